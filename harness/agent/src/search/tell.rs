//! From trails of the residue package to the wire's reply. Holds places and counts, never bytes.

use std::path::Path;

use shinsa_residue::hunt::{Finding, PinCounts, Trail};
use shinsa_residue::search::Cell;
use shinsa_residue::sources::{Kind, NotSearched, Place, Why};
use shinsa_wire::v1;

/// Findings listed at most, all targets together; the rest is counted.
const FINDINGS: usize = 10_000;
/// Entries of what was not searched, likewise.
const NOT_SEARCHED: usize = 10_000;

/// A reply that grows by one target after the other.
#[derive(Debug, Default)]
pub struct Telling(v1::SearchReply);

impl Telling {
    /// What the search of one process (`pid`) or path (`root`) of a target gave.
    pub fn trail(&mut self, target: &str, pid: Option<u32>, root: Option<&Path>, trail: Trail) {
        self.0.more_findings += trail.more;
        for found in trail.findings {
            if self.0.findings.len() < FINDINGS {
                self.0.findings.push(finding(target, root, found));
            } else {
                self.0.more_findings += 1;
            }
        }
        self.0.searched.push(v1::Searched {
            target: target.into(),
            regions: trail.report.regions,
            bytes: trail.report.searched,
            zeros: trail.report.zeros,
            pid: pid.unwrap_or(0),
            left_out: trail.report.left_out,
        });
        self.0.more_not_searched += trail.report.not_listed;
        for missed in trail.report.not_searched {
            self.push(not_searched(target, root, &missed));
        }
        for counts in trail.pins {
            self.0.pin_counts.push(pins(target, &counts));
        }
    }

    /// Something that no walk told of.
    pub fn missed(&mut self, target: &str, place: &str, why: &str, harmless: bool) {
        self.push(v1::NotSearched {
            target: target.into(),
            place: place.into(),
            bytes: 0,
            why: why.into(),
            harmless,
        });
    }

    /// The reply.
    pub fn finish(self) -> v1::SearchReply {
        self.0
    }

    fn push(&mut self, missed: v1::NotSearched) {
        if self.0.not_searched.len() < NOT_SEARCHED {
            self.0.not_searched.push(missed);
        } else {
            self.0.more_not_searched += 1;
        }
    }
}

fn finding(target: &str, root: Option<&Path>, found: Finding) -> v1::Finding {
    v1::Finding {
        canary: found.canary,
        encoding: found.encoding,
        target: target.into(),
        region: region(found.region).into(),
        place: below(root, &found.place),
        position: found.position,
        length: found.length,
        controlled: found.controlled,
    }
}

pub(crate) fn not_searched(
    target: &str,
    root: Option<&Path>,
    missed: &NotSearched,
) -> v1::NotSearched {
    let place = match &missed.place {
        Place::Process { .. } => format!("{} {}", missed.place, missed.name)
            .trim_end()
            .to_owned(),
        Place::File { .. } => below(root, &missed.place.to_string()),
    };
    let range = missed.range.as_ref();
    v1::NotSearched {
        target: target.into(),
        place,
        bytes: range.map_or(0, |range| range.end.saturating_sub(range.start)),
        why: missed.why.to_string(),
        harmless: harmless(root, missed),
    }
}

/// The kernel's own pages; a link whose target lies in the tree and is searched there.
fn harmless(root: Option<&Path>, missed: &NotSearched) -> bool {
    match (&missed.why, &missed.place, root) {
        (Why::KernelPages, _, _) => true,
        (Why::Link(_), Place::File { path, .. }, Some(root)) => {
            let (to, root) = (path.canonicalize(), root.canonicalize());
            to.is_ok_and(|to| root.is_ok_and(|root| to.starts_with(root)))
        }
        _ => false,
    }
}

/// A place without the target's own path before it; that of a target that is one file is its name.
fn below(root: Option<&Path>, place: &str) -> String {
    let Some(root) = root else {
        return place.to_owned();
    };
    let name = root
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    let (root, place) = (slashed(&root.display().to_string()), slashed(place));
    match place.strip_prefix(root.trim_end_matches('/')) {
        Some(rest) if rest.starts_with('/') => rest.trim_start_matches('/').to_owned(),
        Some(rest) => name.unwrap_or_default() + rest,
        None => place,
    }
}

/// With forward slashes, as the wire has paths.
fn slashed(path: &str) -> String {
    if cfg!(windows) {
        path.replace('\\', "/")
    } else {
        path.to_owned()
    }
}

fn pins(target: &str, counts: &PinCounts) -> v1::PinCounts {
    v1::PinCounts {
        form: form(counts.cell).into(),
        target: target.into(),
        region: region(counts.region).into(),
        counts: counts.counts.to_vec(),
    }
}

/// Names of the short forms: those of the same bytes in `shinsa_residue::encodings`, so that one of them can be asked for as seed.
pub fn form(cell: Cell) -> &'static str {
    match cell {
        Cell::Ascii => "ascii",
        Cell::Utf16Le => "utf-16le",
        Cell::Utf16Be => "utf-16be",
        Cell::Utf32Le => "utf-32le",
        Cell::Stride2 => "ascii>stride-2",
        Cell::Stride4 => "ascii>stride-4",
        Cell::Stride8 => "ascii>stride-8",
        Cell::Stride16 => "ascii>stride-16",
        Cell::Stride24 => "ascii>stride-24",
        Cell::Values => "digit-values",
        Cell::Values32 => "digit-values>u32-array",
        Cell::U32Le => "u32-le",
        Cell::U32Be => "u32-be",
        Cell::U64Le => "u64-le",
    }
}

pub(crate) fn region(kind: Kind) -> &'static str {
    match kind {
        Kind::Heap => "heap",
        Kind::Stack => "stack",
        Kind::Anonymous => "anonymous",
        Kind::Shared => "shared",
        Kind::Mapped => "mapped",
        Kind::Device => "device",
        Kind::Vdso => "vdso",
        Kind::Names => "names",
        Kind::File => "file",
        Kind::BlockDevice => "block-device",
        Kind::Dumped => "dumped",
        Kind::Unpacked => "unpacked",
        Kind::Disk => "disk",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shinsa_residue::canary::{Canary, Kind as CanaryKind, SecretBytes};
    use shinsa_residue::encodings::forms;

    #[test]
    fn a_place_is_told_below_its_target() {
        let below = |root: &str, place| below(Some(Path::new(root)), place);
        assert_eq!(below("/run/x", "/run/x/log/a.gz > gzip"), "log/a.gz > gzip");
        assert_eq!(below("/run/x/", "/run/x/a"), "a");
        assert_eq!(below("/run/x/flash.img", "/run/x/flash.img"), "flash.img");
        assert_eq!(below("/run/x", "/elsewhere"), "/elsewhere");
        #[cfg(windows)]
        assert_eq!(below(r"C:\x", r"C:\x\log\a.gz > gzip"), "log/a.gz > gzip");
    }

    #[test]
    fn every_counted_form_can_be_seeded() {
        let value = SecretBytes::copied(b"4711");
        let pin = Canary::new("t/pin".into(), CanaryKind::Pin, value).unwrap();
        let known = forms(&pin);
        for cell in Cell::ALL {
            let name = form(cell);
            assert!(known.iter().any(|form| form.name() == name), "{name}");
        }
    }

    #[test]
    fn lists_end_and_the_rest_is_counted() {
        let mut telling = Telling::default();
        for _ in 0..NOT_SEARCHED + 2 {
            telling.missed("t", "", "x", false);
        }
        let reply = telling.finish();
        assert_eq!(reply.not_searched.len(), NOT_SEARCHED);
        assert_eq!(reply.more_not_searched, 2);
    }
}
