//! `enter_pin`: types a PIN wherever the keypad's digits stand, behind the PIN interlock.

use std::time::{Duration, Instant};

use shinsa_model::event::{Fault, FaultKind};
use shinsa_model::scenario::{EnterPin, PinChoice, PinKind};
use zeroize::Zeroizing;

use super::{observed, touch, values};
use crate::bench::{Bench, Performed, TrialContext};
use crate::fault::{fault, garbage, incapable};
use crate::interlock;
use crate::screen::Seen;

/// Longest wait for the screen's reaction to a digit; a keypad without echo must not block the typing.
const ECHO: Duration = Duration::from_millis(400);

pub async fn enter(
    bench: &Bench,
    verb: &EnterPin,
    context: &TrialContext,
    within: Duration,
) -> Result<Performed, Fault> {
    let deadline = Instant::now() + within;
    let left = || deadline.saturating_duration_since(Instant::now());
    if let Some(lies) = super::card::in_slot(bench, left()).await?
        && lies != verb.card
    {
        return Err(fault(
            FaultKind::Interlock,
            format!(
                "PIN interlock: card {} was expected on the reader; nothing was typed",
                verb.card
            ),
            "type a card's PIN only while that card lies on the reader",
        ));
    }
    let secrets = bench.secrets_of(&verb.card)?;
    let secret = secrets.pin(&verb.card).ok_or_else(|| {
        incapable(
            format!("no PIN of card {} in the rig's secrets file", verb.card),
            "add it there (`secrets:` in the rig file names the file)",
        )
    })?;
    let digits = match verb.pin.unwrap_or(PinChoice::Right) {
        PinChoice::Right => Zeroizing::new(secret.reveal().to_owned()),
        PinChoice::Wrong => other_than(secret.reveal(), context.seed),
    };
    let count = verb.digits.map_or(usize::MAX, |n| n as usize);
    let typed: Zeroizing<Vec<char>> = Zeroizing::new(digits.chars().take(count).collect());

    let reply = bench
        .need_pcsc()?
        .retry_counter(PinKind::Auth, left())
        .await
        .map_err(|cause| interlock::unread(&cause))?;
    let tries = interlock::permit(PinKind::Auth, &bench.rig.limits, reply.sw)?;

    let mut at = bench.now();
    for digit in typed.iter() {
        let seen = bench.need_screen()?.now(left()).await?;
        let cell = cell_of(bench, &seen, *digit)?;
        at = touch::press(bench, cell, &seen, left()).await?.0;
        let before = seen.frame;
        bench
            .need_screen()?
            .wait(ECHO.min(left()), |now| now.frame > before)
            .await?;
    }
    let readings = values([
        ("digits", typed.len().into()),
        ("tries_left_before", tries.into()),
    ]);
    Ok(observed(&bench.need_wire("finger")?.name, at, readings))
}

fn cell_of(bench: &Bench, seen: &Seen, digit: char) -> Result<shinsa_vision::Region, Fault> {
    let catalogue = bench.need_screen()?.catalogue();
    let entry = seen.screen.as_deref().and_then(|id| catalogue.screen(id));
    let cells = entry.and_then(|entry| Some((entry, entry.keypad.as_ref()?)));
    let Some((entry, keypad)) = cells else {
        return Err(incapable(
            format!(
                "no keypad stands on the screen ({})",
                seen.screen.as_deref().unwrap_or("unknown")
            ),
            "wait for the PIN screen before `enter_pin`",
        ));
    };
    let layout = catalogue.keypad(entry, &seen.picture).ok_or_else(|| {
        garbage("the keypad's digits cannot be told apart; nothing more was typed")
    })?;
    let place = layout.iter().position(|shown| *shown == digit);
    place
        .and_then(|place| keypad.cells.get(place))
        .copied()
        .ok_or_else(|| {
            incapable(
                "a digit of the PIN is not on the keypad",
                "is the PIN numeric?",
            )
        })
}

/// Another PIN of the same length, made from the trial's seed.
fn other_than(pin: &str, seed: u64) -> Zeroizing<String> {
    let shift = 1 + (seed % 9) as u32;
    let other = pin.chars().map(|digit| {
        let shifted = digit.to_digit(10).map_or(0, |value| (value + shift) % 10);
        char::from_digit(shifted, 10).unwrap_or('0')
    });
    Zeroizing::new(other.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_pin_is_another_one() {
        for seed in 0..20 {
            let other = other_than("9071", seed);
            assert_eq!(other.len(), 4);
            assert_ne!(*other, "9071");
        }
    }
}
