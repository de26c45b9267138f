//! What stands before the reader's cameras. Pictures are drawn once, and each exposure gets its sensor's noise.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Context, Result};
use fixture_people::attack::{self, Species, Standing};
use fixture_people::cards::{self, Card};
use fixture_people::persona::Persona;
use fixture_people::{card_face, face};

use super::noise;

/// An empty slot under the card-face camera: dark, uniform.
const EMPTY_SLOT: u8 = 25;
/// Card faces are kept drawn up to this count.
const KEPT: usize = 32;

/// An exposure without meaning: pixels and their shape.
pub struct Exposure {
    pub width: u32,
    pub height: u32,
    pub channels: u32,
    pub pixels: Vec<u8>,
}

type Pixels = Arc<Vec<u8>>;

/// The scene.
pub struct Scene {
    cards: BTreeMap<String, Card>,
    people: BTreeMap<String, Persona>,
    /// Who or what stands there.
    patient: Mutex<Option<Arc<Standing>>>,
    /// What the card-face camera sees instead of the slot.
    shown: Mutex<Option<(String, u32)>>,
    /// By card and wear.
    drawn: Mutex<BTreeMap<(String, u32), Pixels>>,
    exposures: AtomicU64,
}

/// Reads the list of cards, the population's among them, and the people they belong to.
pub fn load(list: &Path) -> Result<(Vec<Card>, Vec<Persona>)> {
    let cards = cards::everyone(list)?;
    let mut people: BTreeMap<String, Persona> = BTreeMap::new();
    for card in &cards {
        for person in [&card.persona, &card.printed] {
            people.insert(person.id.clone(), person.clone());
        }
    }
    Ok((cards, people.into_values().collect()))
}

impl Scene {
    /// Nobody is there.
    pub fn new(cards: Vec<Card>, people: Vec<Persona>) -> Self {
        Self {
            cards: cards
                .into_iter()
                .map(|card| (card.id.clone(), card))
                .collect(),
            people: people
                .into_iter()
                .map(|person| (person.id.clone(), person))
                .collect(),
            patient: Mutex::default(),
            shown: Mutex::default(),
            drawn: Mutex::default(),
            exposures: AtomicU64::new(0),
        }
    }

    /// Ids of the cards.
    pub fn cards(&self) -> Vec<String> {
        self.cards.keys().cloned().collect()
    }

    /// Is there such a card?
    pub fn knows(&self, card: &str) -> bool {
        self.cards.contains_key(card)
    }

    /// Ids of the people.
    pub fn people(&self) -> Vec<String> {
        self.people.keys().cloned().collect()
    }

    /// Puts a person, or an artefact that shows one, before the camera; `false` where nobody has that id.
    pub fn present(&self, subject: &str, species: Option<Species>, variation_seed: u64) -> bool {
        let Some(person) = self.people.get(subject) else {
            return false;
        };
        let live = face::live_face(person, variation_seed);
        let standing = match species {
            None => attack::bona_fide(live),
            Some(species) => attack::artefact(species, &live, variation_seed),
        };
        *lock(&self.patient) = Some(Arc::new(standing));
        true
    }

    /// The person leaves.
    pub fn withdraw(&self) {
        *lock(&self.patient) = None;
    }

    /// Shows a card's face instead of the slot.
    pub fn show(&self, card: &str, wear: u32) {
        *lock(&self.shown) = Some((card.into(), wear));
    }

    /// The camera sees the slot again.
    pub fn clear(&self) {
        *lock(&self.shown) = None;
    }

    fn standing(&self) -> Arc<Standing> {
        let standing = lock(&self.patient).clone();
        standing.unwrap_or_else(|| Arc::new(attack::nobody(face::empty_room())))
    }

    /// One exposure of the patient camera, 640x480 RGB.
    pub fn patient(&self) -> Exposure {
        self.exposed(640, 480, 3, self.standing().colour.as_raw().clone())
    }

    /// One exposure of a camera that is turned to a portrait on the wall, 640x480 RGB.
    pub fn portrait(&self) -> Exposure {
        let hangs = self.people.values().next().expect("the list has people");
        let drawn = attack::bona_fide(face::live_face(hangs, 0));
        self.exposed(640, 480, 3, drawn.colour.into_raw())
    }

    /// One exposure of the infrared camera, 640x480 grey.
    pub fn infrared(&self) -> Exposure {
        self.exposed(640, 480, 1, self.standing().infrared.as_raw().clone())
    }

    /// One exposure of the depth sensor: 3 mm of noise, and here and there no return.
    pub fn depth(&self) -> Exposure {
        let (width, height) = attack::DEPTH;
        let mut noise = vec![128; (width * height) as usize];
        noise::add(&mut noise, self.exposures.fetch_add(1, Ordering::Relaxed));
        let points = self
            .standing()
            .depth
            .iter()
            .zip(&noise)
            .flat_map(|(mm, noise)| {
                let off = i32::from(*noise) - 128;
                let mm = if off.abs() >= 4 {
                    0
                } else {
                    (i32::from(*mm) + off * 3 / 2).max(1) as u16
                };
                mm.to_le_bytes()
            })
            .collect();
        Exposure {
            width,
            height,
            channels: 2,
            pixels: points,
        }
    }

    /// One exposure of the card-face camera, grey; `lies`: the card in the slot.
    pub fn card_face(&self, lies: Option<String>) -> Result<Exposure> {
        let (width, height) = (card_face::WIDTH, card_face::HEIGHT);
        let seen = lock(&self.shown).clone().or(lies.map(|card| (card, 0)));
        let pixels = match seen {
            Some((card, wear)) => self.drawn(card, wear)?.to_vec(),
            None => vec![EMPTY_SLOT; (width * height) as usize],
        };
        Ok(self.exposed(width, height, 1, pixels))
    }

    fn drawn(&self, card: String, wear: u32) -> Result<Pixels> {
        let key = (card, wear);
        if let Some(picture) = lock(&self.drawn).get(&key) {
            return Ok(picture.clone());
        }
        let card = self.cards.get(&key.0).context("unknown card")?;
        let picture = card_face::wear(&card_face::front(card)?, wear);
        let picture = Arc::new(picture.into_raw());
        let mut drawn = lock(&self.drawn);
        if drawn.len() >= KEPT {
            drawn.pop_first();
        }
        drawn.insert(key, picture.clone());
        Ok(picture)
    }

    fn exposed(&self, width: u32, height: u32, channels: u32, mut pixels: Vec<u8>) -> Exposure {
        noise::add(&mut pixels, self.exposures.fetch_add(1, Ordering::Relaxed));
        Exposure {
            width,
            height,
            channels,
            pixels,
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
