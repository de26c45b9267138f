//! Each slip leaves what it should, and without one nothing is left.

use super::*;

fn slips(folder: &Path, defects: Vec<Defect>) -> Slips {
    Slips::new(&folder.join("terminal"), &Defects::new(defects))
}

fn feed(slips: &Slips) {
    slips.pin(b"4071");
    slips.number_b(b"33041230129999");
    slips.photo(b"JP2");
    slips.decoded(192, 2, &[9; 384]);
    slips.frame(&RgbImage::from_pixel(192, 144, image::Rgb([1, 2, 3])));
    slips.infrared(&Grey::of(4, 1, 1, &[5, 6, 7, 8]).unwrap());
}

#[test]
fn a_conforming_reader_keeps_and_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let slips = slips(folder.path(), vec![]);
    feed(&slips);
    let kept = slips.kept();
    assert!(kept.pins.is_empty() && kept.typed.is_empty() && kept.log.is_empty());
    assert!(kept.grey.is_empty() && kept.resized.is_empty() && kept.captured.is_empty());
    assert!(kept.visit.is_empty());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn each_slip_leaves_what_it_should() {
    let folder = tempfile::tempdir().unwrap();
    let all = slips(
        folder.path(),
        vec![
            Defect::PinOnHeap,
            Defect::PinUtf16,
            Defect::PinApduBase64,
            Defect::PinLeftOnCancel,
            Defect::OcrInLogBuffer,
            Defect::GreyLeft,
            Defect::ResizedLeft,
            Defect::FrameLeft,
            Defect::FaceCutLeft,
            Defect::PreviewLeft,
            Defect::InfraredLeft,
            Defect::SwapUsed,
            Defect::JpegInTemp,
        ],
    );
    feed(&all);
    all.cancelled_pin(b"5821");
    let kept = all.kept();
    assert_eq!(kept.pins, ["4071", "ACAAgAQ0MDcx", "5821"]);
    assert_eq!(kept.typed, "4071".encode_utf16().collect::<Vec<_>>());
    assert!(kept.log[0].ends_with("B=33041230129999"));
    assert_eq!((kept.grey[0].len(), kept.resized[0].len()), (384, 96));
    assert_eq!(kept.captured[0].len(), 192 * 144 * 3);
    assert_eq!(kept.captured[3], [20, 0, 24, 0, 28, 0, 32, 0]);
    let swap = std::fs::read(folder.path().join("terminal.swap")).unwrap();
    assert_eq!(
        (&swap[..4], &swap[4096..4110]),
        (&b"4071"[..], &b"33041230129999"[..])
    );
    let jpeg = std::fs::read(folder.path().join("terminal/temp/01.jpg")).unwrap();
    assert_eq!(jpeg[..2], [0xFF, 0xD8]);
}

#[test]
fn a_visits_record_is_cleared_at_its_end_or_kept_by_the_slip() {
    let folder = tempfile::tempdir().unwrap();
    let slips = slips(folder.path(), vec![Defect::WipesOnSuccessOnly]);
    feed(&slips);
    assert_eq!(slips.kept().visit.len(), 5);
    slips.end(true);
    assert!(slips.kept().visit.is_empty());
    feed(&slips);
    let at = slips.kept().visit[0].as_ptr();
    slips.end(false);
    // SAFETY: the slip never gives it back.
    #[allow(unsafe_code, reason = "reads what the slip leaves")]
    let left = unsafe { std::slice::from_raw_parts(at, 4) };
    assert_eq!(left, b"4071");
}
