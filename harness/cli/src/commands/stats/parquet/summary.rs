//! Rates and curve of a Parquet file that is not held whole: 10⁹ scores within 1 GiB. Says nothing about subjects.

use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde::Serialize;
use shinsa_stats::Unusable;
use shinsa_stats::accuracy::det::Counter;
use shinsa_stats::accuracy::{Rates, Tail, allowed};
use shinsa_stats::scores::{Direction, Problem};

use super::columns::COLUMNS;
use super::guard::DAMAGED;
use super::{Block, Opened};

/// Most scores that a summary's tail keeps: 24 bytes each.
const MOST_KEPT: u64 = 1 << 24;

/// Most genuine scores of a summary: about 100 bytes each on two threads.
const MOST_GENUINE: usize = 1 << 22;

/// Points of a summary's curve.
pub(super) const POINTS: usize = 400;

/// What a file says without being held: see [`summary`].
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Summary {
    /// Genuine comparisons.
    pub genuine: u64,
    /// Impostor comparisons.
    pub impostors: u64,
    /// One per target.
    pub rates: Vec<Operating>,
    /// Where false matches and false non-matches are equally frequent.
    pub equal_error_rate: f64,
    /// Points (FMR, FNMR) of the curve, evenly spaced in log FMR.
    pub curve: Vec<(f64, f64)>,
}

/// Errors at a target.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Operating {
    /// False match rate asked for.
    pub target_fmr: f64,
    /// Errors there; none where so few comparisons cannot show it, or where so many false matches cannot be kept.
    pub rates: Option<Rates>,
    /// Impostor comparisons that it would take.
    pub needed: Option<u64>,
}

/// Rates and curve of a file of any length in at most 1 GiB. Two passes: genuine scores first, then the others past them.
/// Repeated comparisons are not looked for, for that would take all of them at once.
///
/// # Errors
/// As [`stream`]; one class only; too many genuine scores for the memory.
pub fn summary(path: &Path, direction: Direction, target_fmrs: &[f64]) -> Result<Summary, Problem> {
    let collected = side_by_side(path, direction, Vec::new(), |mine, block| {
        let both = block.score.iter().zip(block.genuine);
        mine.extend(both.filter(|(_, own)| **own).map(|(score, _)| *score));
        (mine.len() <= MOST_GENUINE).then_some(())
    })?;
    let genuine = collected.shares.concat();
    if genuine.len() > MOST_GENUINE {
        return Err(Problem::whole(
            format!(
                "more than {MOST_GENUINE} genuine comparisons in a file that is not held whole"
            ),
            "give it in parts, or as CSV or compact file",
        ));
    }
    let impostors = collected.rows - genuine.len() as u64;
    if genuine.is_empty() || impostors == 0 {
        let missing = if genuine.is_empty() {
            "genuine"
        } else {
            "impostor"
        };
        return Err(Problem::whole(
            format!("the file has no {missing} comparison"),
            "error rates need both classes: give the whole score matrix in one file",
        ));
    }
    let allowances: Vec<_> = target_fmrs
        .iter()
        .map(|target| allowed(*target, impostors))
        .collect();
    let kept = allowances
        .iter()
        .flatten()
        .filter(|count| **count < MOST_KEPT);
    let most = kept.copied().max().unwrap_or(0);
    let tail = Mutex::new(Tail::keeping(most as usize + 1));
    let start =
        Counter::new(&genuine).map_err(|error| Problem::whole(error.to_string(), COLUMNS))?;
    let passed = side_by_side(
        path,
        direction,
        (start, Vec::new()),
        |(counter, others), block| {
            let scores = if block.genuine.contains(&true) {
                others.clear();
                let both = block.score.iter().zip(block.genuine);
                others.extend(both.filter(|(_, own)| !**own).map(|(score, _)| *score));
                others.as_slice()
            } else {
                block.score
            };
            counter.feed(scores);
            // Only thresholds are asked of this tail, so whose scores they are does not matter.
            let mut tail = tail.lock().expect("feeding does not panic");
            tail.feed(scores, |_| (0, 0));
            Some(())
        },
    )?;
    let mut counters = passed.shares.into_iter().map(|(counter, _)| counter);
    let mut counter = counters.next().expect("a share at least");
    counters.for_each(|other| counter.add(other));
    let det = counter
        .det()
        .map_err(|error| Problem::whole(error.to_string(), DAMAGED))?;
    if (det.genuine, det.impostors) != (genuine.len() as u64, impostors) {
        let message = "the file changed while it was read";
        return Err(Problem::whole(message, "wait until it is written"));
    }
    let tail = tail.into_inner().expect("feeding does not panic").sorted();
    let operating = |(target_fmr, allowed): (&f64, Result<u64, Unusable>)| {
        let rates = |allowed: u64| {
            let threshold = tail.threshold(allowed);
            let matched = tail.0.partition_point(|entry| entry.score >= threshold);
            det.rates(threshold, matched as u64)
        };
        Operating {
            target_fmr: *target_fmr,
            rates: allowed
                .clone()
                .ok()
                .filter(|count| *count < MOST_KEPT)
                .map(rates),
            needed: match allowed {
                Err(Unusable::TooFew { needed, .. }) => Some(needed),
                _ => None,
            },
        }
    };
    Ok(Summary {
        genuine: det.genuine,
        impostors: det.impostors,
        rates: target_fmrs.iter().zip(allowances).map(operating).collect(),
        equal_error_rate: det.equal_error_rate(),
        curve: det.thinned(POINTS),
    })
}

/// What threads made of a file.
struct Collected<T> {
    rows: u64,
    shares: Vec<T>,
}

/// Row groups on all processors; each thread has its own share of the result, begun from `start`. `None` ends it all.
fn side_by_side<T: Clone + Send>(
    path: &Path,
    direction: Direction,
    start: T,
    each: impl Fn(&mut T, &Block) -> Option<()> + Sync,
) -> Result<Collected<T>, Problem> {
    let file = Opened::open(path)?;
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = threads.min(8).min(file.starts.len()).max(1);
    let next = AtomicUsize::new(0);
    let worker = |mut mine: T| {
        // Positions in a file are shared by all its handles: every thread opens its own.
        let file = Opened::open(path)?;
        loop {
            let group = next.fetch_add(1, Ordering::Relaxed);
            if group >= file.starts.len() {
                return Ok(mine);
            }
            let mut enough = false;
            let result = file.group(group, direction, &mut |block| {
                enough = enough || each(&mut mine, &block).is_none();
            });
            if enough || result.is_err() {
                next.store(file.starts.len(), Ordering::Relaxed);
            }
            result?;
        }
    };
    let results: Vec<Result<T, Problem>> = std::thread::scope(|scope| {
        let worker = &worker;
        let shares = std::iter::repeat_n(start, threads);
        let workers: Vec<_> = shares
            .map(|share| scope.spawn(move || worker(share)))
            .collect();
        let joined = workers.into_iter().map(std::thread::ScopedJoinHandle::join);
        joined
            .map(|result| result.expect("panics are caught"))
            .collect()
    });
    let mut shares = Vec::new();
    let mut problems = Vec::new();
    for result in results {
        match result {
            Ok(share) => shares.push(share),
            Err(problem) => problems.push(problem),
        }
    }
    match problems.into_iter().min_by_key(|problem| problem.line) {
        Some(problem) => Err(problem),
        None => Ok(Collected {
            rows: file.rows,
            shares,
        }),
    }
}
