//! One patient's visit: a thread, a runtime and cables of his own. Everything that holds his data (tasks, connections with
//! their buffers, working threads and their stacks) ends with it and is overwritten before the start screen stands again.

use std::time::Duration;

use tokio::runtime;
use tokio::sync::watch;
use virtual_reader::stack;

use super::Reader;
use crate::sight::eyes::Eyes;

/// Stack of the visit's threads, bytes. They are overwritten from end to end.
const STACK: usize = 1 << 20;
/// Longest wait for work that the visit began. What a card or the back end keeps longer overwrites its memory when it ends.
const WORK: Duration = Duration::from_secs(2);

/// How a visit ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// With this screen, which stands until the card is taken away.
    Shown(&'static str),
    /// The card was taken away too early.
    Removed,
    /// A foreign device was plugged in.
    Foreign,
    /// The software is told to stop.
    Stopped,
}

impl Reader {
    /// From the card's arrival to the screen that ends the transaction. Blocks.
    pub(super) fn visit(&mut self, stop: &watch::Receiver<bool>) -> End {
        let logs = self.logs.clone();
        let end = std::thread::scope(|scope| {
            let thread = std::thread::Builder::new()
                .name("visit".into())
                .stack_size(STACK);
            let work = || {
                let end = self.in_own_runtime(stop.clone());
                stack::scrub();
                end
            };
            let visit = thread.spawn_scoped(scope, work)?;
            // A visit that broke off ended all the same; its thread's stack was unwound.
            visit.join().unwrap_or(Ok(End::Shown("out-of-service")))
        });
        let end = end.unwrap_or_else(|error: std::io::Error| {
            logs.error(&format!("装置: {error}"));
            End::Shown("out-of-service")
        });
        self.slips.end(end == End::Shown("done"));
        end
    }

    #[inline(never)]
    fn in_own_runtime(&mut self, stop: watch::Receiver<bool>) -> std::io::Result<End> {
        let runtime = runtime::Builder::new_current_thread()
            .enable_all()
            .thread_name("visit-work")
            .thread_stack_size(STACK)
            .on_thread_stop(stack::scrub)
            .build()?;
        let end = runtime.block_on(self.begin_to_end(stop));
        runtime.shutdown_timeout(WORK);
        Ok(end)
    }

    async fn begin_to_end(&mut self, mut stop: watch::Receiver<bool>) -> End {
        let (mut cards, mut foreign) = (self.cards.clone(), self.foreign.clone());
        let end = tokio::select! {
            biased;
            _ = stop.wait_for(|stop| *stop) => End::Stopped,
            Ok(_) = foreign.wait_for(|foreign| *foreign) => End::Foreign,
            end = self.plugged_in() => End::Shown(end),
            () = cards.until(false) => End::Removed,
        };
        self.eyes = None;
        self.ui.unplug().await;
        match end {
            End::Shown(screen) => self.ui.show(screen),
            End::Removed => {
                self.logs.error("カード: 途中で外された");
                self.ui.show("card-removed-early");
            }
            End::Foreign => {
                self.logs.error("装置: 不明な USB 機器");
                self.ui.show("foreign-device");
            }
            End::Stopped => {}
        }
        end
    }

    async fn plugged_in(&mut self) -> &'static str {
        match self.bus.connect().await {
            Ok(bus) => {
                self.ui.plug(&bus).await;
                self.eyes = Some(Eyes::new(bus));
                self.transaction().await
            }
            Err(error) => {
                self.logs.error(&format!("装置: {error}"));
                "out-of-service"
            }
        }
    }
}
