//! From the set that travelled to what the residue package searches for. Values are copied into wiped memory once.

use shinsa_residue::canary::{Canary, Kind, SecretBytes};
use shinsa_residue::hunt::{Wanted, WantedPicture};
use shinsa_residue::images::{Picture, Rectangle};
use shinsa_residue::search::Around;
use shinsa_wire::v1;

use crate::refused::Refused;

/// Checks every canary and picture.
///
/// # Errors
/// Names the first id that is not what it is said to be; never a value.
pub fn wanted(set: &v1::CanarySet, count_pins: bool) -> Result<Wanted, Refused> {
    let canaries = set.canaries.iter().map(canary).collect::<Result<_, _>>()?;
    let pictures = set.pictures.iter().map(picture).collect::<Result<_, _>>()?;
    Ok(Wanted {
        canaries,
        pictures,
        count_pins,
        around: around(set)?,
    })
}

/// How places of PINs are told, if they are.
fn around(set: &v1::CanarySet) -> Result<Option<Around>, Refused> {
    if set.place_key.is_empty() {
        return Ok(None);
    }
    let key = set.place_key.as_slice().try_into().map_err(|_| {
        Refused::Invalid(format!(
            "place_key has {} bytes: expected 16, or none",
            set.place_key.len()
        ))
    })?;
    Ok(Some(Around::new(key, set.follow.clone())))
}

fn canary(canary: &v1::Canary) -> Result<Canary, Refused> {
    let kind = match canary.kind.as_str() {
        "pin" => Kind::Pin,
        "number" => Kind::Number,
        "date" => Kind::Date,
        "text" => Kind::Text,
        "bytes" => Kind::Bytes,
        kind => {
            return Err(Refused::Invalid(format!(
                "canary {}: kind {kind:?}: expected pin, number, date, text or bytes",
                canary.id
            )));
        }
    };
    Canary::new(canary.id.clone(), kind, SecretBytes::copied(&canary.value))
        .map_err(|error| Refused::Invalid(error.to_string()))
}

fn picture(picture: &v1::CanaryPicture) -> Result<WantedPicture, Refused> {
    let refuse = |why: String| Refused::Invalid(format!("picture {}: {why}", picture.id));
    let size = (picture.width as usize, picture.height as usize);
    let of = |samples: &[u8]| {
        if samples.is_empty() {
            return Ok(None);
        }
        let samples = SecretBytes::copied(samples);
        let picture = match picture.channels {
            1 => Picture::grey(size.0, size.1, samples),
            3 => Picture::rgb(size.0, size.1, samples),
            other => return Err(refuse(format!("{other} channels: expected 1 or 3"))),
        };
        picture.map(Some).map_err(|error| refuse(error.to_string()))
    };
    Ok(WantedPicture {
        id: picture.id.clone(),
        encoded: SecretBytes::copied(&picture.encoded),
        format: picture.format.clone(),
        picture: of(&picture.pixels)?,
        face: picture.face.as_ref().map(|face| Rectangle {
            left: face.left as usize,
            top: face.top as usize,
            width: face.width as usize,
            height: face.height as usize,
        }),
        alike: picture.alike,
        nobody: of(&picture.nobody)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(kind: &str, value: &str) -> Option<String> {
        let canary = v1::Canary {
            id: "t1/x".into(),
            kind: kind.into(),
            value: value.into(),
        };
        let set = v1::CanarySet {
            canaries: vec![canary],
            ..Default::default()
        };
        wanted(&set, false).err().map(|refused| refused.to_string())
    }

    #[test]
    fn what_is_no_canary_is_named_without_its_value() {
        assert_eq!(refused("pin", "4711"), None);
        for (kind, value, words) in [
            ("pin", "47x1", "not four digits"),
            ("Pin", "4711", "expected pin, number"),
            ("number", "", "empty"),
        ] {
            let message = refused(kind, value).unwrap();
            assert!(
                message.contains("t1/x") && message.contains(words),
                "{message}"
            );
            assert!(value.is_empty() || !message.contains(value));
        }
    }

    #[test]
    fn a_place_key_has_sixteen_bytes() {
        let set = |place_key| v1::CanarySet {
            place_key,
            ..Default::default()
        };
        let around = |key| wanted(&set(key), true).map(|wanted| wanted.around.is_some());
        assert!(around(vec![1; 16]).is_ok_and(|is| is) && around(Vec::new()).is_ok_and(|is| !is));
        let why = around(vec![1; 15]).unwrap_err().to_string();
        assert!(why.contains("15 bytes: expected 16"), "{why}");
    }

    #[test]
    fn a_picture_must_have_the_pixels_it_says() {
        let picture = |channels, pixels| v1::CanaryPicture {
            id: "t1/face".into(),
            width: 2,
            height: 1,
            channels,
            pixels,
            ..Default::default()
        };
        assert!(super::picture(&picture(3, vec![0; 6])).is_ok());
        assert!(super::picture(&picture(3, vec![0; 5])).is_err());
        assert!(super::picture(&picture(4, vec![0; 8])).is_err());
        assert!(super::picture(&picture(0, Vec::new())).is_ok_and(|made| made.picture.is_none()));
    }
}
