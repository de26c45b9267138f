//! Presentation attack detection: is it a living face before the camera, or something that shows one?
//!
//! Shape from the depth sensor, material from the infrared camera; the colour picture is the matcher's business. Works on what
//! the sensors give alone. A picture that is not live never becomes a match.

use super::eyes::DepthMap;
use super::grey::Grey;

/// A head is curved across and down by more than this, mm.
const CURVE: f32 = 6.0;
/// Skin in the lamp's infrared: mean grey level.
const SKIN: std::ops::Range<f32> = 80.0..190.0;
/// Eyes and brows against skin in infrared: standard deviation of grey levels.
const CONTRAST: f32 = 8.0;
/// Where the marked place puts a face, in the infrared picture: left, top, width, height.
const FACE: (usize, usize, usize, usize) = (250, 175, 140, 120);

/// What the sensors say.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Signs {
    /// How much nearer the middle is than the sides, mm.
    pub across: f32,
    /// How much nearer the middle is than forehead and chin, mm.
    pub down: f32,
    /// Mean infrared level of the face.
    pub level: f32,
    /// Spread of infrared levels of the face.
    pub contrast: f32,
}

impl Signs {
    /// Reads the sensors; `None` where the depth map has no face-sized surface.
    pub fn of(infrared: &Grey, depth: &DepthMap) -> Option<Self> {
        let middle = depth.mean(-4..=4, -4..=4)?;
        let sides = f32::midpoint(depth.mean(-19..=-15, -4..=4)?, depth.mean(15..=19, -4..=4)?);
        let ends = f32::midpoint(depth.mean(-5..=5, -20..=-16)?, depth.mean(-5..=5, 16..=20)?);
        let face = infrared.part(FACE.0, FACE.1, FACE.2, FACE.3)?;
        let level = face.values.iter().sum::<f32>() / face.values.len() as f32;
        Some(Self {
            across: sides - middle,
            down: ends - middle,
            level,
            contrast: face.spread(),
        })
    }

    /// Head-shaped and of skin.
    pub fn live(&self) -> bool {
        self.across >= CURVE
            && self.down >= CURVE
            && SKIN.contains(&self.level)
            && self.contrast >= CONTRAST
    }
}

#[cfg(test)]
mod tests {
    use fixture_people::attack::{SPECIES, Standing, artefact, bona_fide};
    use fixture_people::{face, persona};

    use super::*;

    fn signs(standing: &Standing) -> Signs {
        let infrared = Grey::of(640, 480, 1, standing.infrared.as_raw()).unwrap();
        let bytes: Vec<u8> = standing
            .depth
            .iter()
            .flat_map(|mm| mm.to_le_bytes())
            .collect();
        Signs::of(&infrared, &DepthMap::of(160, 120, &bytes).unwrap()).unwrap()
    }

    #[test]
    fn the_living_are_told_from_every_species() {
        let people =
            persona::load(std::path::Path::new("../../../fixtures/personas.yaml")).unwrap();
        for person in &people {
            for seed in 0..16 {
                let live = face::live_face(person, seed * 7 + 1);
                for (name, species) in SPECIES {
                    let signs = signs(&artefact(species, &live, seed * 977));
                    assert!(!signs.live(), "{name}: {signs:?}");
                }
                let signs = signs(&bona_fide(live));
                assert!(signs.live(), "{}: {signs:?}", person.id);
                // Well inside: noise of the sensors is added by the world.
                assert!(
                    signs.across > CURVE + 4.0 && signs.down > CURVE + 4.0,
                    "{signs:?}"
                );
                assert!(signs.contrast > CONTRAST + 2.0, "{signs:?}");
            }
        }
    }
}
