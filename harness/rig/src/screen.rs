//! Watches the DUT's screen: one task takes every frame, one recognises them in order, and the newest state is kept.
//!
//! A screen's stamp is interval-censored: it changed somewhere between the frame before (one frame period earlier) and
//! the first frame that shows it. The stamp is the middle of that interval; its half-width is half the frame period,
//! plus exposure, plus the half-width of the frame's own stamp. Unknown stays unknown. Never judges.

use std::sync::Arc;
use std::time::Duration;

use shinsa_model::event::Fault;
use shinsa_model::observation::Stamp;
use shinsa_vision::{Catalogue, Picture};
use shinsa_wire::v1;
use shinsa_wire::v1::screen_camera_client::ScreenCameraClient;
use tokio::sync::{Mutex, mpsc, watch};
use tokio::task::JoinHandle;

use crate::clock::stamp;
use crate::fault::{garbage, harness, timeout, unreachable};
use crate::wire::{LARGEST_MESSAGE, Wire, timed};

/// Frames that may wait for the recogniser; more are dropped by the stream's sender, never the newest.
const QUEUE: usize = 32;

/// The newest recognised frame.
#[derive(Debug, Clone)]
pub struct Seen {
    /// Pixels.
    pub picture: Arc<Picture>,
    /// Screen id; `None`: unknown.
    pub screen: Option<String>,
    /// NCC of the best candidate.
    pub score: f32,
    /// When this label (or unknown) began to stand, without a break.
    pub since: Stamp,
    /// When this frame was taken.
    pub at: Stamp,
    /// Counts changes of the label.
    pub changes: u64,
    /// Number of the frame.
    pub frame: u64,
}

#[derive(Debug, Clone)]
enum State {
    Waiting,
    Seen(Seen),
    Lost(Fault),
}

/// The screen channel of a rig.
pub struct Screen {
    /// The wire driver that provides it.
    pub wire: Wire,
    catalogue: Arc<Catalogue>,
    watcher: Mutex<Option<Watcher>>,
}

struct Watcher {
    states: watch::Receiver<State>,
    tasks: [JoinHandle<()>; 2],
}

impl Drop for Watcher {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

/// What waiting for a screen came to.
pub struct Waited {
    /// The newest state.
    pub seen: Seen,
    /// Was the condition met before the deadline?
    pub met: bool,
}

impl Screen {
    /// A channel that begins to watch at its first use.
    pub fn new(wire: Wire, catalogue: Catalogue) -> Self {
        Self {
            wire,
            catalogue: Arc::new(catalogue),
            watcher: Mutex::new(None),
        }
    }

    /// The vendor's screens.
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// Waits until `condition` holds for the newest frame. At the deadline the newest state is given back, unmet; a
    /// channel that showed no frame at all is a fault.
    pub async fn wait(
        &self,
        within: Duration,
        condition: impl Fn(&Seen) -> bool,
    ) -> Result<Waited, Fault> {
        let mut states = self.states().await?;
        let deadline = tokio::time::Instant::now() + within;
        loop {
            let state = states.borrow_and_update().clone();
            match &state {
                State::Seen(seen) if condition(seen) => {
                    return Ok(Waited {
                        seen: seen.clone(),
                        met: true,
                    });
                }
                State::Lost(fault) => return Err(fault.clone()),
                _ => {}
            }
            match tokio::time::timeout_at(deadline, states.changed()).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) => return Err(lost("the watcher ended")),
                Err(_) => {
                    return match state {
                        State::Seen(seen) => Ok(Waited { seen, met: false }),
                        _ => Err(timeout("first frame of the screen camera", within)),
                    };
                }
            }
        }
    }

    /// The newest state.
    pub async fn now(&self, within: Duration) -> Result<Seen, Fault> {
        self.wait(within, |_| true).await.map(|waited| waited.seen)
    }

    async fn states(&self) -> Result<watch::Receiver<State>, Fault> {
        let mut watcher = self.watcher.lock().await;
        let over = watcher
            .as_ref()
            .is_none_or(|running| running.tasks.iter().any(JoinHandle::is_finished));
        if over {
            *watcher = Some(self.start().await?);
        }
        watcher
            .as_ref()
            .map(|running| running.states.clone())
            .ok_or_else(|| harness("no screen watcher"))
    }

    async fn start(&self) -> Result<Watcher, Fault> {
        let within = self.wire.deadline;
        let mut client = ScreenCameraClient::new(self.wire.channel.clone())
            .max_decoding_message_size(LARGEST_MESSAGE);
        let call = client.geometry(timed(v1::GeometryRequest {}, within));
        let geometry = self.wire.call("Geometry", within, call).await?;
        if geometry.frame_period_ns <= 0 || geometry.exposure_ns < 0 {
            return Err(garbage(
                "screen camera: expected a frame period above 0 ns and an exposure of 0 ns or more",
            ));
        }
        let call = client.watch(v1::WatchRequest {});
        let mut stream = self.wire.call("Watch", within, call).await?;
        let (frames, queue) = mpsc::channel(QUEUE);
        let (publish, states) = watch::channel(State::Waiting);
        let (wire, failing) = (self.wire.clone(), publish.clone());
        let receive = tokio::spawn(async move {
            let fault = loop {
                match stream.message().await {
                    Ok(Some(frame)) => {
                        if frames.send(frame).await.is_err() {
                            return;
                        }
                    }
                    Ok(None) => break lost("the camera ended the stream of frames"),
                    Err(refused) => break wire.failed("Watch", within, &refused),
                }
            };
            failing.send_replace(State::Lost(fault));
        });
        let recognise = tokio::spawn(recognise(self.catalogue.clone(), geometry, queue, publish));
        Ok(Watcher {
            states,
            tasks: [receive, recognise],
        })
    }
}

async fn recognise(
    catalogue: Arc<Catalogue>,
    geometry: v1::GeometryReply,
    mut queue: mpsc::Receiver<v1::Frame>,
    publish: watch::Sender<State>,
) {
    let mut last: Option<Seen> = None;
    while let Some(frame) = queue.recv().await {
        let catalogue = catalogue.clone();
        let work = tokio::task::spawn_blocking(move || look(&catalogue, frame));
        let (picture, recognition, at, number) = match work.await {
            Ok(Ok(looked)) => looked,
            Ok(Err(fault)) => {
                publish.send_replace(State::Lost(fault));
                return;
            }
            Err(_) => {
                publish.send_replace(State::Lost(harness("screen recognition failed")));
                return;
            }
        };
        let same = last
            .as_ref()
            .filter(|before| before.screen == recognition.screen);
        let seen = Seen {
            since: same.map_or_else(|| censored(&at, &geometry), |before| before.since.clone()),
            changes: last.as_ref().map_or(0, |before| {
                before.changes + u64::from(before.screen != recognition.screen)
            }),
            screen: recognition.screen,
            score: recognition.score,
            picture: Arc::new(picture),
            at,
            frame: number,
        };
        last = Some(seen.clone());
        publish.send_modify(|state| {
            if !matches!(state, State::Lost(_)) {
                *state = State::Seen(seen);
            }
        });
    }
}

fn look(
    catalogue: &Catalogue,
    frame: v1::Frame,
) -> Result<(Picture, shinsa_vision::Recognition, Stamp, u64), Fault> {
    let at = stamp("frame", frame.at.as_ref())?;
    let picture = Picture::new(frame.width, frame.height, frame.rgb)
        .map_err(|error| garbage(format!("screen camera: {error}")))?;
    let recognition = catalogue.recognise(&picture);
    Ok((picture, recognition, at, frame.number))
}

/// Stamp of a change first seen in the frame taken at `at`.
fn censored(at: &Stamp, geometry: &v1::GeometryReply) -> Stamp {
    Stamp {
        clock: at.clock.clone(),
        ns: at.ns.saturating_sub(geometry.frame_period_ns / 2),
        half_width_ns: (geometry.frame_period_ns + 1) / 2
            + geometry.exposure_ns
            + at.half_width_ns.max(geometry.stamp_half_width_ns),
    }
}

fn lost(why: &str) -> Fault {
    unreachable(
        format!("screen channel: {why}"),
        "is the screen camera's process alive? bring the rig up again, then `shinsa resume`",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_stamped_by_the_interval_that_holds_it() {
        let at = Stamp {
            clock: "world".into(),
            ns: 1_000_000_000,
            half_width_ns: 5,
        };
        let geometry = v1::GeometryReply {
            frame_period_ns: 16_666_666,
            exposure_ns: 100,
            stamp_half_width_ns: 7,
            ..Default::default()
        };
        let stamp = censored(&at, &geometry);
        let (low, high) = (
            stamp.ns - stamp.half_width_ns,
            stamp.ns + stamp.half_width_ns,
        );
        assert!(low <= at.ns - geometry.frame_period_ns - 107 && high >= at.ns);
    }
}
