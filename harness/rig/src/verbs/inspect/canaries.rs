//! The set that an agent searches for: one card's printed data and chip photo, from the rig's secrets file. Its PIN only where PINs are counted
//! (`pins`), which tells of its short forms; the longer ones are looked for then.
//!
//! Must not keep a value: the set is sealed and wiped. Refuses a card of which the lab knows too little, for a search without a
//! photo would look like one that found none.

use std::path::Path;

use shinsa_model::event::Fault;
use shinsa_wire::sealed::Opened;
use shinsa_wire::v1;

use crate::bench::Bench;
use crate::fault::incapable;
use crate::photo;
use crate::secrets::Canary;

/// Everything that must not be left of a card, and the faces captured with it; findings name `CARD/KEY`. `pin`: its PIN too, where it is known.
pub fn of_card(
    bench: &Bench,
    card: &str,
    faces: Vec<v1::CanaryPicture>,
    pin: bool,
) -> Result<Opened, Fault> {
    let secrets = bench.secrets_of(card)?;
    let mut canaries: Vec<v1::Canary> = secrets.of_card(card).map(of_text).collect();
    if canaries.is_empty() {
        return Err(unknown(card, "data"));
    }
    let known = secrets.pin(card).filter(|_| pin);
    canaries.extend(known.map(|pin| pin_of(card, pin.reveal())));
    let photo = secrets
        .chip_photo(card)
        .ok_or_else(|| unknown(card, "chip_photo"))?;
    let mut pictures = faces;
    pictures.push(picture(card, photo)?);
    Ok(Opened::new(v1::CanarySet {
        canaries,
        pictures,
        ..Default::default()
    }))
}

/// A PIN alone.
pub fn pin_of(card: &str, pin: &str) -> v1::Canary {
    v1::Canary {
        id: format!("{card}/pin"),
        kind: "pin".into(),
        value: pin.as_bytes().to_vec(),
    }
}

fn unknown(card: &str, what: &str) -> Fault {
    incapable(
        format!("no {what} of card {card} in the rig's secrets file: nothing to search for"),
        "add it there (`secrets:` in the rig file names the file); of the virtual rig, remove the old card store below its folder",
    )
}

fn of_text(canary: &Canary) -> v1::Canary {
    let value = canary.value.reveal();
    v1::Canary {
        id: canary.id.clone(),
        kind: kind(&canary.id, value).into(),
        value: value.as_bytes().to_vec(),
    }
}

/// Is it of a kind of which there are so few values that one is met by chance in any memory? A finding of such a canary proves nothing by itself.
pub fn common(id: &str) -> bool {
    is_date(id) || id.ends_with("/pin")
}

/// How many of a set's values share the controls of their kind, at most.
pub fn sharing(set: &[v1::Canary]) -> usize {
    let of = |kind: &str| set.iter().filter(|one| one.kind == kind).count();
    of("date").max(of("pin")).max(1)
}

fn is_date(id: &str) -> bool {
    id.contains("birth") || id.contains("expiry")
}

/// What kind of datum it is, by its key and form.
fn kind(id: &str, value: &str) -> &'static str {
    let digits = value.bytes().all(|byte| byte.is_ascii_digit());
    let date = is_date(id);
    match (digits, date) {
        (true, true) if value.len() == 8 => "date",
        (true, _) => "number",
        _ => "text",
    }
}

/// From the brows to the mouth of a photo for documents: in its middle, the eyes two fifths from the top, the head somewhat more than half as
/// wide as the picture (ISO/IEC 19794-5:2011, full frontal image: eyes at 0.5 ... 0.7 of the height from below, head 0.5 ... 0.75 of the width).
fn face_of_a_portrait(width: u32, height: u32) -> v1::PixelRectangle {
    let percent = |part: u32, whole: u32| whole * part / 100;
    v1::PixelRectangle {
        left: percent(31, width),
        top: percent(36, height),
        width: percent(38, width),
        height: percent(32, height),
    }
}

fn picture(card: &str, path: &Path) -> Result<v1::CanaryPicture, Fault> {
    let broken = |why: String| {
        incapable(
            format!("chip photo {}: {why}", path.display()),
            "give the JPEG 2000 file as the card holds it",
        )
    };
    let encoded = std::fs::read(path).map_err(|error| broken(error.to_string()))?;
    let grey = photo::decoded(&encoded).map_err(broken)?;
    Ok(v1::CanaryPicture {
        id: format!("{card}/chip_photo"),
        encoded,
        format: "jp2".into(),
        width: grey.width,
        height: grey.height,
        channels: 1,
        pixels: grey.pixels.to_vec(),
        face: Some(face_of_a_portrait(grey.width, grey.height)),
        alike: false,
        nobody: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::kind;

    #[test]
    fn kinds() {
        assert_eq!(kind("c/birth_digits", "19800102"), "date");
        assert_eq!(kind("c/birth_iso", "1980-01-02"), "text");
        assert_eq!(kind("c/number_b", "01020320301234"), "number");
        assert_eq!(kind("c/name_kanji", "見本　太郎"), "text");
    }
}
