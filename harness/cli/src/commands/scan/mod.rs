//! `scan`: searches processes, files, dumps and disk images for what an authentication left behind.
//!
//! Reads canaries and pictures, lets `shinsa_residue::hunt` search, and tells what was found, what was not searched and what nothing
//! looks for. Must not show a searched byte or a secret, nor call a source clean of which a part was not searched. Called by `main`.
//!
//! # `--json`
//! One object: `seed` (hex; draws the control values), `forms`, `picture_bytes`, `left_out` (`kind/form`), `findings` (each: `source`,
//! `place`, `region`, `position`, `length`, `encoding`, `canary`, `controlled`), `more` (findings too many to be kept), `by_chance`,
//! `rules` (matches of `--yara`: `source`, `place`, `rule`, `string`, `position`, `length`), `pins` (each: `canary`, `cell`, `region`,
//! `count`, `rank`: how many of the 10,000 PINs were seen at least as often, `mean`), `bytes` (`searched`, `zeros`), `not_searched`
//! (each: `source`, `place`, `range`, `why`, `counts`: whether it makes the search incomplete), `not_listed`, `notes`, `code`.

mod canaries;
mod outcome;
mod pictures;
mod pins;
mod rules;
mod table;
mod targets;

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

use clap::Args;
use shinsa_residue::canary::Kind;
use shinsa_residue::hunt::{Hunt, Trail, Wanted};
use shinsa_residue::images::Rectangle;
use shinsa_residue::sources::Options;

use crate::exit::Stop;
use outcome::Outcome;
use rules::{Matches, Rules};
use targets::Target;

/// Searches processes, files, folders, dumps and disk images for canaries, in every encoding.
///
/// Exit codes: 0 nothing found and everything searched, 1 found, 3 nothing found but not everything could be searched (also: a link led
/// out of what is named, a process started children or could not be stopped for --freeze), 2 bad usage, 4 harness error. PINs in their plain forms, and hits in forms in which control values were met too, are told and never change the
/// code: one scan says nothing about them.
#[derive(Debug, Args)]
pub struct Scan {
    /// What to look for: YAML, `cards: {CARD: {auth_pin: "1234", name: …}}`. Keys that hold `pin` are PINs.
    #[arg(long, required_unless_present_any = ["pictures"])]
    canaries: Option<PathBuf>,
    /// A live process: its number, or the name of all that are to be searched.
    #[arg(long, value_name = "PID|NAME")]
    process: Vec<String>,
    /// Files, folders, dumps, disk images, block devices.
    #[arg(required_unless_present = "process")]
    paths: Vec<PathBuf>,
    /// A picture to look for: PNG, JPEG and BMP as file and decoded, any other format as file.
    #[arg(long, value_name = "FILE")]
    pictures: Vec<PathBuf>,
    /// Where the inner part of the face (brows to mouth) lies on the pictures, in pixels: faces cut out of them or inside larger pictures are
    /// looked for, too.
    #[arg(long, value_name = "LEFT,TOP,WIDTH,HEIGHT", value_parser = pictures::face, requires = "pictures")]
    face: Option<Rectangle>,
    /// Rules of YARA that are also run on every source.
    #[arg(long, value_name = "RULES")]
    yara: Option<PathBuf>,
    /// Everything as JSON.
    #[arg(long)]
    json: bool,
    /// Stops each process while it is searched.
    #[arg(long)]
    freeze: bool,
    /// Sources searched at the same time; one source is searched by one thread.
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=256))]
    threads: Option<u16>,
    /// Lists everything that was not searched, not only the first of each reason.
    #[arg(long)]
    not_searched: bool,
}

/// Runs `scan`.
pub fn scan(arguments: &Scan) -> Result<u8, Stop> {
    let mut wanted = Wanted::default();
    if let Some(path) = &arguments.canaries {
        wanted.canaries = canaries::read(path)?;
    }
    for path in &arguments.pictures {
        wanted.pictures.push(pictures::read(path, arguments.face)?);
    }
    wanted.count_pins = wanted.canaries.iter().any(|one| one.kind() == Kind::Pin);
    let seed: [u8; 32] = rand::random();
    let hunt =
        Hunt::new(&wanted, seed).map_err(|refused| Stop::usage(format!("error: {refused}")))?;
    let watched = pins::watched(&wanted);
    // The forms are in the search now, wiped with it.
    drop(wanted);

    let rules = arguments.yara.as_deref().map(Rules::read).transpose()?;

    let (targets, missing) = targets::all(&arguments.process, &arguments.paths)?;
    let threads = arguments.threads.map_or_else(
        || std::thread::available_parallelism().map_or(1, usize::from),
        usize::from,
    );
    let searched = search(&hunt, rules.as_ref(), targets, threads, arguments.freeze);
    let outcome = Outcome::of(&hunt, seed, searched, missing, &watched);
    if arguments.json {
        let text = serde_json::to_string_pretty(&outcome)
            .map_err(|error| Stop::rig(format!("error: cannot write JSON: {error}")))?;
        println!("{text}");
    } else {
        print!("{}", table::text(&outcome, arguments.not_searched));
    }
    Ok(outcome.code)
}

/// One source and what came of it.
struct Searched {
    target: Target,
    trail: Trail,
    rules: Matches,
    /// Why it could not be held still, when it was to be.
    not_frozen: Option<String>,
}

/// Searches all targets, some at the same time; the order stays.
fn search(
    hunt: &Hunt,
    rules: Option<&Rules>,
    targets: Vec<Target>,
    threads: usize,
    freeze: bool,
) -> Vec<Searched> {
    let next = AtomicUsize::new(0);
    let (sender, receiver) = mpsc::channel();
    std::thread::scope(|scope| {
        for _ in 0..threads.clamp(1, targets.len().max(1)) {
            let (sender, next, targets) = (sender.clone(), &next, &targets);
            scope.spawn(move || {
                loop {
                    let place = next.fetch_add(1, Ordering::Relaxed);
                    let Some(target) = targets.get(place) else {
                        return;
                    };
                    let (frozen, not_frozen) = targets::hold(target, freeze);
                    let trail = hunt.search(&target.source, &Options::default());
                    let matches = rules.map(|rules| rules.search(&target.source));
                    drop(frozen);
                    // The receiver outlives the threads.
                    let _ = sender.send((place, trail, matches.unwrap_or_default(), not_frozen));
                }
            });
        }
    });
    drop(sender);
    let mut ended: Vec<_> = receiver.into_iter().collect();
    ended.sort_by_key(|(place, ..)| *place);
    targets
        .into_iter()
        .zip(ended)
        .map(|(target, (_, trail, rules, not_frozen))| Searched {
            target,
            trail,
            rules,
            not_frozen,
        })
        .collect()
}
