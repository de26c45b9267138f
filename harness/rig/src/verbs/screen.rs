//! `wait_screen`, `stay_on_screen`, `capture_screen`, `read_text`, `read_keypad`.

use std::time::Duration;

use shinsa_model::event::Fault;
use shinsa_model::scenario::{CaptureScreen, ReadText, StayOnScreen, WaitScreen};
use shinsa_vision::Picture;
use shinsa_wire::v1;
use shinsa_wire::v1::screen_camera_client::ScreenCameraClient;

use super::{observed, values};
use crate::bench::{Bench, NewFile, Performed};
use crate::fault::{garbage, harness, incapable};
use crate::screen::Seen;
use crate::texts::similarity::similarity;
use crate::wire::{Wire, timed};

const UNKNOWN: &str = "unknown";

pub async fn wait(bench: &Bench, verb: &WaitScreen, within: Duration) -> Result<Performed, Fault> {
    let screen = bench.need_screen()?;
    let wanted = verb.screen.list();
    for id in &wanted {
        if screen.catalogue().screen(id).is_none() {
            return Err(unlisted(id));
        }
    }
    let start = bench.clock.ns();
    let outcome = screen
        .wait(within, |seen| {
            seen.screen
                .as_deref()
                .is_some_and(|id| wanted.contains(&id))
        })
        .await?;
    let seconds = (bench.clock.ns() - start) as f64 / 1e9;
    let seen = &outcome.seen;
    let label = seen.screen.as_deref().unwrap_or(UNKNOWN);
    let readings = values([
        ("screen", label.into()),
        ("score", rounded(f64::from(seen.score)).into()),
        ("waited_s", rounded(seconds).into()),
    ]);
    let at = if outcome.met {
        seen.since.clone()
    } else {
        seen.at.clone()
    };
    let mut performed = observed(&screen.wire.name, at, readings);
    performed.files.extend(frame(bench, seen, label)?);
    Ok(performed)
}

pub async fn stay(
    bench: &Bench,
    verb: &StayOnScreen,
    within: Duration,
) -> Result<Performed, Fault> {
    let screen = bench.need_screen()?;
    if screen.catalogue().screen(&verb.screen).is_none() {
        return Err(unlisted(&verb.screen));
    }
    let duration = verb.duration.duration();
    let first = screen.now(within).await?;
    let stands = first.screen.as_deref() == Some(&verb.screen);
    let changes = first.changes;
    let seen = if stands {
        screen
            .wait(duration, |seen| seen.changes != changes)
            .await?
            .seen
    } else {
        first
    };
    let label = seen.screen.as_deref().unwrap_or(UNKNOWN);
    let mut readings = values([("screen", label.into())]);
    // A screen that was not recognised may or may not be another one: `stayed` is then not known.
    if seen.screen.is_some() {
        readings.insert("stayed".into(), (stands && seen.changes == changes).into());
    }
    let mut performed = observed(&screen.wire.name, seen.at.clone(), readings);
    performed.files.extend(frame(bench, &seen, label)?);
    Ok(performed)
}

pub async fn capture(
    bench: &Bench,
    verb: &CaptureScreen,
    within: Duration,
) -> Result<Performed, Fault> {
    let screen = bench.need_screen()?;
    let seen = screen.now(within).await?;
    let [red, green, blue] = seen.picture.levels();
    let readings = values([
        ("screen", seen.screen.as_deref().unwrap_or(UNKNOWN).into()),
        ("width_px", seen.picture.width().into()),
        ("height_px", seen.picture.height().into()),
        ("levels_red", red.into()),
        ("levels_green", green.into()),
        ("levels_blue", blue.into()),
        ("levels_red_gap", seen.picture.widest_gaps()[0].into()),
    ]);
    let mut performed = observed(&screen.wire.name, seen.at.clone(), readings);
    performed.files.extend(frame(bench, &seen, &verb.name)?);
    Ok(performed)
}

pub async fn read_keypad(bench: &Bench, within: Duration) -> Result<Performed, Fault> {
    let screen = bench.need_screen()?;
    let seen = screen.now(within).await?;
    let label = seen.screen.as_deref().unwrap_or(UNKNOWN);
    let mut readings = values([("screen", label.into())]);
    let entry = screen.catalogue().screen(label);
    let layout = entry.and_then(|entry| screen.catalogue().keypad(entry, &seen.picture));
    if let Some(layout) = layout {
        let text: String = layout.into_iter().collect();
        readings.insert("layout".into(), text.into());
    }
    let mut performed = observed(&screen.wire.name, seen.at.clone(), readings);
    performed.files.extend(frame(bench, &seen, label)?);
    Ok(performed)
}

/// Repeats reading until the text is there (a customised text may need a moment to be drawn) or the deadline comes;
/// the best reading counts.
pub async fn read_text(
    bench: &Bench,
    verb: &ReadText,
    within: Duration,
) -> Result<Performed, Fault> {
    let screen = bench.need_screen()?;
    let reader = bench.need_command("text_reader")?;
    let entry = screen
        .catalogue()
        .screen(&verb.screen)
        .ok_or_else(|| unlisted(&verb.screen))?;
    let region = entry.text(&verb.region).ok_or_else(|| {
        incapable(
            format!(
                "the catalogue's screen {:?} has no text {:?}",
                verb.screen, verb.region
            ),
            "compare the step with `texts:` in the DUT's screens.yaml",
        )
    })?;
    let deadline = tokio::time::Instant::now() + within;
    let left = || deadline.saturating_duration_since(tokio::time::Instant::now());
    let stands = |seen: &Seen| seen.screen.as_deref() == Some(verb.screen.as_str());
    let waited = screen.wait(left(), stands).await?;
    let mut seen = waited.seen;
    let label = seen.screen.as_deref().unwrap_or(UNKNOWN).to_owned();
    let mut readings = values([("screen", label.clone().into())]);
    let mut best: Option<(f64, String)> = None;
    while stands(&seen) {
        let size = (seen.picture.width(), seen.picture.height());
        let part = region.region.scaled(screen.catalogue().size, size);
        let part = seen.picture.crop(part).ok_or_else(|| {
            garbage("the text's region lies outside the frame: compare screens.yaml with the screen's size")
        })?;
        let text = recognise(bench, reader, &part, left()).await?;
        let score = similarity(&text, &verb.compare_to);
        if best.as_ref().is_none_or(|(before, _)| score > *before) {
            best = Some((score, text));
        }
        if best.as_ref().is_some_and(|(score, _)| *score >= 0.999) {
            break;
        }
        let before = seen.frame;
        let next = screen
            .wait(left() / 4, |now| stands(now) && now.frame > before)
            .await?;
        if !next.met {
            break;
        }
        seen = next.seen;
    }
    if let Some((score, text)) = best {
        readings.insert("similarity".into(), rounded(score).into());
        if synthetic(bench) {
            readings.insert("text".into(), text.into());
        }
    }
    let mut performed = observed(&reader.name, bench.now(), readings);
    performed.files.extend(frame(bench, &seen, &label)?);
    Ok(performed)
}

async fn recognise(
    bench: &Bench,
    reader: &crate::command::Command,
    part: &Picture,
    within: Duration,
) -> Result<String, Fault> {
    let png = part.png().map_err(|error| harness(error.to_string()))?;
    let file = tempfile::Builder::new()
        .suffix(".png")
        .tempfile_in(&bench.options.run_dir)
        .map_err(|error| harness(format!("temporary picture: {error}")))?;
    std::fs::write(file.path(), png)
        .map_err(|error| harness(format!("temporary picture: {error}")))?;
    let request = [("image".to_owned(), file.path().to_string_lossy().into())];
    let answer = reader
        .call("read-text", &request.into_iter().collect(), within)
        .await?;
    let text = answer.values.get("text").and_then(|text| text.as_str());
    text.map(ToOwned::to_owned)
        .ok_or_else(|| garbage("read-text: expected {\"text\": \"…\"} on stdout"))
}

pub async fn probe(wire: &Wire, within: Duration) -> Result<(), Fault> {
    let mut client = ScreenCameraClient::new(wire.channel.clone());
    let call = client.geometry(timed(v1::GeometryRequest {}, within));
    let geometry = wire.call("Geometry", within, call).await?;
    if geometry.width_px == 0 || geometry.height_px == 0 || geometry.frame_period_ns <= 0 {
        return Err(garbage(
            "screen camera: expected a size and a frame period above 0",
        ));
    }
    Ok(())
}

/// The frame as PNG; what the catalogue masks is blackened unless every person of the lab is synthetic. A frame of an
/// unknown screen is then not stored at all but for its size: nobody knows what it shows.
/// The picture for the evidence: none in a trial that a real person stood before the reader, for the panel may show
/// them; elsewhere masked where cards are real.
fn frame(bench: &Bench, seen: &Seen, name: &str) -> Result<Option<NewFile>, Fault> {
    if bench.lock_trial()?.real_person {
        return Ok(None);
    }
    let mut picture = (*seen.picture).clone();
    if !synthetic(bench) {
        let catalogue = bench.need_screen()?.catalogue();
        let size = (picture.width(), picture.height());
        let entry = seen.screen.as_deref().and_then(|id| catalogue.screen(id));
        let masks: Vec<_> = match entry {
            Some(entry) => entry
                .masks
                .iter()
                .map(|mask| mask.scaled(catalogue.size, size))
                .collect(),
            None => vec![shinsa_vision::Region([0, 0, size.0, size.1])],
        };
        picture.mask(&masks);
    }
    Ok(Some(NewFile {
        name: format!("screen/{name}.png"),
        media: "image/png".into(),
        bytes: picture.png().map_err(|error| harness(error.to_string()))?,
    }))
}

fn synthetic(bench: &Bench) -> bool {
    bench.rig.cards.iter().all(|card| card.synthetic)
}

fn rounded(value: f64) -> f64 {
    (value * 1e6).round() / 1e6
}

fn unlisted(id: &str) -> Fault {
    incapable(
        format!("the DUT's screen catalogue has no screen {id:?}"),
        "compare the scenario with the DUT's screens.yaml",
    )
}
