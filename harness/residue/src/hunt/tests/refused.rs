//! What cannot be looked for is refused or named, never passed over.

use super::*;

#[test]
fn what_cannot_be_looked_for_is_refused_or_named() {
    assert_eq!(
        Hunt::new(&Wanted::default(), [0; 32]).err(),
        Some(Refused::Nothing)
    );
    let short = Wanted {
        canaries: vec![canary("c/code", Kind::Bytes, "abc")],
        ..Wanted::default()
    };
    // Three bytes as hex in UTF-16 are long enough; the bytes themselves are not.
    let hunt = Hunt::new(&short, [0; 32]).unwrap();
    assert!(hunt.left_out().contains(&"bytes/raw".into()));
    let empty = WantedPicture {
        id: "p".into(),
        encoded: SecretBytes::default(),
        format: String::new(),
        picture: None,
        face: None,
        alike: false,
        nobody: None,
    };
    let wanted = Wanted {
        pictures: vec![empty],
        ..Wanted::default()
    };
    assert_eq!(
        Hunt::new(&wanted, [0; 32]).err(),
        Some(Refused::EmptyPicture("p".into()))
    );
}

#[test]
fn rows_left_out_of_large_pictures_are_named() {
    let thinned = |height: usize| {
        // Plain rows, of which no index is made: fast.
        let shades = (0..400 * height).map(|at| (at / 400 / 4) as u8);
        let picture = Picture::grey(400, height, shades.collect()).unwrap();
        let hunt = for_picture("p", picture, false).unwrap();
        assert!(hunt.picture_bytes() < 21 << 20);
        hunt.left_out().contains(&"picture/thinned".into())
    };
    assert!(!thinned(200) && thinned(800));
}
