//! Standing: on which screens the DUT can be, followed along the flow of its profile. Sound, never exact: whatever is not told may
//! happen, so that nothing right is refused. Called by `waits`.
//!
//! Paths through the start screen are followed like any other: a reader may read a card anew that still lies there.

use std::collections::BTreeSet;

use crate::rig::Flow;

/// What is known at one place of a scenario.
#[derive(Clone)]
pub struct Standing<'f> {
    flow: &'f Flow,
    /// Screens it can have come to with the last touch; what follows them untouched is not among them yet. `None`: any.
    on: Option<BTreeSet<&'f str>>,
    /// Screens of the last wait that was met.
    since: Vec<&'f str>,
}

impl<'f> Standing<'f> {
    /// Nothing is known.
    pub fn anywhere(flow: &'f Flow) -> Self {
        Self {
            flow,
            on: None,
            since: Vec::new(),
        }
    }

    /// Something happened that the flow does not tell of.
    pub fn forget(&mut self) {
        self.on = None;
    }

    /// A wait was met: it stands on one of these.
    pub fn come_to(&mut self, screens: &[&'f str]) {
        self.on = Some(screens.iter().copied().collect());
        self.since = screens.to_vec();
    }

    /// The patient's card is away, after which every reader comes back to its start.
    pub fn card_taken(&mut self) {
        if let Some(on) = &mut self.on {
            on.insert(self.flow.start.as_str());
        }
    }

    /// A target was touched, or one that is not told (`None`). The touch may have come at any time since, and may have been missed.
    pub fn touched(&mut self, target: Option<&str>) {
        let Some(on) = &self.on else { return };
        let before = untouched(self.flow, on);
        let screens = before.iter().filter_map(|id| self.flow.screens.get(*id));
        let touched: Vec<&str> = screens
            .flat_map(|screen| screen.targets.led())
            .filter(|(id, _)| target.is_none_or(|target| target == *id))
            .flat_map(|(_, next)| next.iter().map(String::as_str))
            .collect();
        self.on = Some(before.into_iter().chain(touched).collect());
    }

    /// Which of these can stand now, or come untouched?
    pub fn possible(&self, wanted: &[&'f str]) -> Vec<&'f str> {
        let Some(on) = &self.on else {
            return wanted.to_vec();
        };
        let reached = untouched(self.flow, on);
        let wanted = wanted.iter().copied();
        wanted.filter(|id| reached.contains(id)).collect()
    }

    /// Why none of these can come, and what to do about it.
    pub fn words(&self, wanted: &[&str]) -> (String, String) {
        let since = quoted(&self.since, " or ");
        let message = format!(
            "the screen {} cannot come here after {since}",
            quoted(wanted, " or ")
        );
        let ways = self.ways(wanted);
        let way = if ways.is_empty() {
            "nothing leads there in the DUT's flow".to_owned()
        } else {
            format!(
                "in the DUT's flow it comes {}: do that first",
                ways.join(", or ")
            )
        };
        let known = self
            .since
            .iter()
            .filter_map(|id| self.flow.screens.get(*id));
        let next: BTreeSet<&str> = known
            .flat_map(|screen| screen.leads_to.iter().map(String::as_str))
            .collect();
        let next: Vec<&str> = next.into_iter().collect();
        let help = format!(
            "{way}, wait for what follows {since} untouched ({}), or correct `flow:` of the DUT's profile",
            next.join(", ")
        );
        (message, help)
    }

    /// What directly leads to these, in words.
    fn ways(&self, wanted: &[&str]) -> Vec<String> {
        let leads = |list: &[String]| list.iter().any(|id| wanted.contains(&id.as_str()));
        let mut ways = Vec::new();
        for (id, screen) in &self.flow.screens {
            let touches = screen.targets.led().filter(|(_, next)| leads(next));
            ways.extend(touches.map(|(target, _)| format!("by a touch of `{target}` on `{id}`")));
            if leads(&screen.leads_to) {
                ways.push(format!("after `{id}`"));
            }
        }
        ways
    }
}

/// These screens, and all that follow without a touch.
fn untouched<'f>(flow: &'f Flow, from: &BTreeSet<&'f str>) -> BTreeSet<&'f str> {
    let mut reached = BTreeSet::new();
    let mut open: Vec<&str> = from.iter().copied().collect();
    while let Some(id) = open.pop() {
        if reached.insert(id)
            && let Some(screen) = flow.screens.get(id)
        {
            open.extend(screen.leads_to.iter().map(String::as_str));
        }
    }
    reached
}

fn quoted(ids: &[&str], glue: &str) -> String {
    let ids: Vec<String> = ids.iter().map(|id| format!("`{id}`")).collect();
    ids.join(glue)
}
