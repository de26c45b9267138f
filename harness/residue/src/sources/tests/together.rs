//! Walks across kinds of sources: breaking off, and what a report promises.

use crate::sources::{Item, Options, Source, walk};
use std::ops::ControlFlow;

#[test]
fn a_walk_ends_where_the_caller_breaks_it_off() {
    let directory = tempfile::tempdir().unwrap();
    for name in ["a", "b", "c"] {
        std::fs::write(directory.path().join(name), name).unwrap();
    }
    let source = Source::Path(directory.path().to_owned());
    for steps in 1..8 {
        let mut seen = 0;
        let report = walk(&source, &Options::default(), |_: Item<'_>| {
            seen += 1;
            if seen == steps {
                return ControlFlow::Break(());
            }
            ControlFlow::Continue(())
        });
        assert_eq!((seen, report.broken_off), (steps, true));
    }
}
