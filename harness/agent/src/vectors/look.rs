//! One walk of a process: its pages and the runs of numbers in it, of every format, handed over as they come.

use std::hash::Hasher;
use std::ops::ControlFlow;

use shinsa_residue::sources::process::Identity;
use shinsa_residue::sources::{Item, Kind, Options, Report, Source, walk};
use shinsa_residue::templates::{self, Format, Runs};
use twox_hash::XxHash3_64;

/// A run of numbers where it stands.
pub struct Run<'a> {
    /// Class of the region that it begins in.
    pub region: Kind,
    pub format: Format,
    pub address: u64,
    pub numbers: &'a [f32],
}

impl Run<'_> {
    /// By which the same numbers at the same place are known again.
    pub fn hash(&self, key: u64) -> u64 {
        let mut hasher = XxHash3_64::with_seed(key);
        hasher.write_u64(self.address);
        hasher.write(self.format.name().as_bytes());
        for number in self.numbers {
            hasher.write(&number.to_le_bytes());
        }
        hasher.finish()
    }
}

/// Hands every chunk to `page` and every run to `run`; regions of kind `without` are not looked at.
pub fn look(
    process: Identity,
    without: Option<Kind>,
    mut page: impl FnMut(u64, &[u8]),
    mut run: impl FnMut(&Run<'_>),
) -> Report {
    let mut runs = Runs::new();
    // A run may end in the region after the one that it began in.
    let mut regions = [(0, Kind::Anonymous); 2];
    let on = |item: Item<'_>| {
        match item {
            Item::Region(region) => regions = [regions[1], (region.start, region.kind)],
            Item::Chunk(_) if Some(regions[1].1) == without => {}
            Item::Chunk(chunk) => {
                page(chunk.position, chunk.bytes);
                let mut found = |one: templates::Run<'_>| run(&at(one, regions));
                runs.take(chunk.position, chunk.bytes, chunk.joins, &mut found);
            }
        }
        ControlFlow::Continue(())
    };
    let report = walk(&Source::Process(process), &Options::default(), on);
    runs.end(&mut |one| run(&at(one, regions)));
    report
}

fn at(run: templates::Run<'_>, regions: [(u64, Kind); 2]) -> Run<'_> {
    let [before, last] = regions;
    Run {
        region: if run.address < last.0 {
            before.1
        } else {
            last.1
        },
        format: run.format,
        address: run.address,
        numbers: run.numbers,
    }
}
