//! Where wanted PINs stand, as numbers that are the same for the same place and for the same surroundings.

use super::*;
use crate::search::{Around, Cell};

fn hunt_for(pin: &str, follow: &[u64]) -> Hunt {
    let wanted = Wanted {
        canaries: vec![canary("c/pin", Kind::Pin, pin)],
        count_pins: true,
        around: Some(Around::new(&[5; 16], follow.to_vec())),
        ..Wanted::default()
    };
    Hunt::new(&wanted, [1; 32]).unwrap()
}

/// What is told of the PIN's plain form in a file with these bytes.
fn told(folder: &std::path::Path, pin: &str, follow: &[u64], bytes: &[u8]) -> (PinPlaces, Trail) {
    let file = folder.join("buffer");
    std::fs::write(&file, bytes).unwrap();
    let trail = hunt_for(pin, follow).search(&Source::Path(file), &Options::default());
    let mut ascii = trail.pin_places.iter();
    let ascii = ascii.find(|one| one.cell == Cell::Ascii).cloned();
    let nothing = PinPlaces {
        cell: Cell::Ascii,
        region: crate::sources::Kind::File,
        places: Vec::new(),
        contexts: Vec::new(),
    };
    (ascii.unwrap_or(nothing), trail)
}

#[test]
fn the_same_place_and_the_same_context_are_known_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut bytes = vec![b' '; 2 << 20];
    let field = |pin: &str| format!("session.secret={pin};attempts=1;end");
    let put = |bytes: &mut Vec<u8>, at: usize, pin: &str| {
        let field = field(pin);
        bytes[at..][..field.len()].copy_from_slice(field.as_bytes());
    };
    put(&mut bytes, 1_500_000, "4711");
    let (first, trail) = told(folder.path(), "4711", &[], &bytes);
    assert_eq!((first.places.len(), first.contexts.len()), (1, 1));
    assert!(trail.followed.is_empty());
    // Another PIN at the same place.
    put(&mut bytes, 1_500_000, "0815");
    let (same, trail) = told(folder.path(), "0815", &first.contexts, &bytes);
    assert_eq!(same, first);
    assert_eq!(trail.followed, [(first.contexts[0], 1)]);
    // Elsewhere: the context is known again, the place is another; and there are two PINs in such a context now.
    put(&mut bytes, 700_001, "9031");
    let (moved, trail) = told(folder.path(), "9031", &first.contexts, &bytes);
    assert_eq!(moved.contexts, first.contexts);
    assert_ne!(moved.places, first.places);
    assert_eq!(trail.followed, [(first.contexts[0], 2)]);
    // A PIN that is not there has no place; the context still shows two others.
    let (none, trail) = told(folder.path(), "5550", &first.contexts, &bytes);
    assert!(none.places.is_empty());
    assert_eq!(trail.followed, [(first.contexts[0], 2)]);
}

#[test]
fn nothing_is_told_unasked() {
    let wanted = Wanted {
        canaries: vec![canary("c/pin", Kind::Pin, "4711")],
        count_pins: true,
        ..Wanted::default()
    };
    let trail = search(&Hunt::new(&wanted, [1; 32]).unwrap(), b"pin 4711 and more");
    assert!(trail.pin_places.is_empty() && trail.followed.is_empty());
    assert!(!trail.pins.is_empty());
}
