//! Containers (stub).
use super::item::Place;
use super::scan::Scan;
use std::fs::File;
use std::ops::ControlFlow;
pub(super) fn open(_: &mut Scan<'_>, _: &Place, _: &File, _: u64) -> ControlFlow<()> {
    ControlFlow::Continue(())
}
