//! `touch`: a target of a screen, or millimetres. Stamped at contact, by the finger's clock.

use std::time::Duration;

use shinsa_model::event::Fault;
use shinsa_model::observation::Stamp;
use shinsa_model::scenario::Touch;
use shinsa_vision::Region;
use shinsa_wire::v1;
use shinsa_wire::v1::finger_client::FingerClient;
use shinsa_wire::v1::touch_request::At;

use super::{Values, by_hand, observed, values};
use crate::bench::{Bench, Performed};
use crate::clock::stamp;
use crate::fault::incapable;
use crate::screen::Seen;
use crate::wire::timed;

pub async fn touch(bench: &Bench, verb: &Touch, within: Duration) -> Result<Performed, Fault> {
    if let Some(person) = bench.by_hand("finger") {
        let Some(target) = &verb.target else {
            return Err(incapable(
                "a person does not touch a place given in millimetres",
                "name a `target:`, or give the rig a finger",
            ));
        };
        let words = by_hand::touch(target);
        return by_hand::do_it(bench, person, words, Values::new(), within).await;
    }
    let finger = bench.need_wire("finger")?.name.clone();
    if let Some([x, y]) = verb.at_mm {
        let at = put(bench, At::Mm(v1::Point { x, y }), within).await?;
        let readings = values([("x_mm", x.into()), ("y_mm", y.into())]);
        return Ok(observed(&finger, at, readings));
    }
    let screen = bench.need_screen()?;
    let seen = screen.now(within).await?;
    let Some(id) = verb.screen.as_deref().or(seen.screen.as_deref()) else {
        return Err(incapable(
            "no known screen stands, so its targets are not known",
            "name the `screen:` whose target is meant",
        ));
    };
    let wanted = verb.target.as_deref().unwrap_or_default();
    let entry = screen.catalogue().screen(id);
    let target = entry
        .and_then(|entry| entry.target(wanted))
        .ok_or_else(|| {
            incapable(
                format!("the catalogue's screen {id:?} has no target {wanted:?}"),
                "compare the step with `targets:` in the DUT's screens.yaml",
            )
        })?;
    let (at, [x, y]) = press(bench, target.region, &seen, within).await?;
    let readings = values([("x_px", x.into()), ("y_px", y.into())]);
    Ok(observed(&finger, at, readings))
}

/// Touches the middle of a region of the catalogue; gives the contact's stamp and px of the frame.
pub async fn press(
    bench: &Bench,
    region: Region,
    seen: &Seen,
    within: Duration,
) -> Result<(Stamp, [f64; 2]), Fault> {
    let size = bench.need_screen()?.catalogue().size;
    let frame = (seen.picture.width(), seen.picture.height());
    let [x, y, w, h] = region.0.map(f64::from);
    let x = (x + w / 2.0) * f64::from(frame.0) / f64::from(size.0);
    let y = (y + h / 2.0) * f64::from(frame.1) / f64::from(size.1);
    let at = put(bench, At::Px(v1::Point { x, y }), within).await?;
    Ok((at, [x, y]))
}

async fn put(bench: &Bench, at: At, within: Duration) -> Result<Stamp, Fault> {
    let wire = bench.need_wire("finger")?;
    let mut client = FingerClient::new(wire.channel.clone());
    let request = v1::TouchRequest {
        at: Some(at),
        hold_ms: 0,
    };
    let call = client.touch(timed(request, within));
    let done = wire.call("touch", within, call).await?;
    stamp("touch", done.at.as_ref())
}
