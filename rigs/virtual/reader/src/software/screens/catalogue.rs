//! Publishes the screens for whoever tests the reader: `screens.yaml`, a reference picture of each screen, a picture
//! of each digit. Written by `virtual-reader-software screens`.

use std::path::Path;

use ab_glyph::FontVec;
use anyhow::{Context, Result};
use serde::Serialize;

use super::canvas::Canvas;
use super::draw::{self, Varying};
use super::{Body, ECHO, GRID, GUIDANCE, GUIDANCE_NARROW, PREVIEW, Place, SCREENS, Screen, cells};

/// Plain digits in reading order.
pub const ORDERED: [u8; 10] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 0];

#[derive(Serialize)]
struct Catalogue {
    format: u32,
    width_px: u32,
    height_px: u32,
    screens: Vec<Entry>,
    glyphs: std::collections::BTreeMap<String, String>,
}

#[derive(Serialize)]
struct Entry {
    id: String,
    image: String,
    masks: Vec<Place>,
    targets: Vec<Target>,
    texts: Vec<Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    keypad: Option<Keypad>,
}

#[derive(Serialize)]
struct Target {
    name: String,
    id: String,
    #[serde(rename = "box")]
    place: Place,
}

#[derive(Serialize)]
struct Text {
    name: String,
    #[serde(rename = "box")]
    place: Place,
}

#[derive(Serialize)]
struct Keypad {
    cells: Vec<Place>,
}

/// Writes the catalogue into a folder.
pub fn write(out: &Path, font: &FontVec) -> Result<()> {
    std::fs::create_dir_all(out.join("glyphs")).with_context(|| out.display().to_string())?;
    for screen in &SCREENS {
        let varying = Varying {
            guidance: screen.guidance,
            layout: &ORDERED,
            typed: 0,
            preview: None,
            visual: true,
        };
        draw::draw(font, GRID, screen, &varying).save(out.join(format!("{}.png", screen.id)))?;
    }
    let mut glyphs = std::collections::BTreeMap::new();
    for digit in 0..=9 {
        let [_, _, width, height] = cells()[0];
        let mut canvas = Canvas::new(font, GRID);
        draw::key(&mut canvas, [0, 0, width, height], digit);
        let file = format!("glyphs/{digit}.png");
        image::imageops::crop_imm(&canvas.picture, 0, 0, width, height)
            .to_image()
            .save(out.join(&file))?;
        glyphs.insert(digit.to_string(), file);
    }
    let catalogue = Catalogue {
        format: 1,
        width_px: GRID.0,
        height_px: GRID.1,
        screens: SCREENS.iter().map(entry).collect(),
        glyphs,
    };
    std::fs::write(out.join("screens.yaml"), serde_yaml::to_string(&catalogue)?)?;
    Ok(())
}

fn entry(screen: &Screen) -> Entry {
    let keypad = screen.body == Body::Keypad;
    let guidance = if keypad { GUIDANCE_NARROW } else { GUIDANCE };
    let coloured = screen.body == Body::Colours;
    let mut masks = if coloured { vec![] } else { vec![guidance] };
    match screen.body {
        Body::Preview => masks.push(PREVIEW),
        Body::Keypad => masks.extend(cells().into_iter().chain([ECHO])),
        Body::Symbol(_) | Body::Colours => {}
    }
    // 目視 is offered only where the site switched it on.
    masks.extend(
        screen
            .buttons
            .iter()
            .filter(|button| button.id == "visual")
            .map(|button| button.place),
    );
    Entry {
        id: screen.id.into(),
        image: format!("{}.png", screen.id),
        masks,
        targets: screen
            .buttons
            .iter()
            .map(|button| Target {
                name: button.label.into(),
                id: button.id.into(),
                place: button.place,
            })
            .collect(),
        texts: if coloured {
            vec![]
        } else {
            vec![Text {
                name: "guidance".into(),
                place: guidance,
            }]
        },
        keypad: keypad.then(|| Keypad {
            cells: cells().to_vec(),
        }),
    }
}
