//! Arguments of the verbs that ask what a machine keeps and whom it lets in: residue of secrets, files, dumps, entrances, foreign
//! devices. What each does and reads stands at its field of [`Step`](super::Step). Layouts only.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[cfg(doc)]
use super::Step;

/// See [`Step::search_residue`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SearchResidue {
    /// Card whose data are searched for: PIN, printed data, chip photo, as the rig's secrets file has them.
    pub card: String,
    /// Where: default everywhere that the agent knows.
    #[serde(default, rename = "in", skip_serializing_if = "Option::is_none")]
    pub within: Option<Keeper>,
    /// Counts all 10,000 PINs too, and what for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pins: Option<PinCount>,
}

/// What may keep data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Keeper {
    /// Memory of running processes.
    Memory,
    /// Files, disk images, swap: what outlives the supply.
    Storage,
}

/// What a count of PINs is for. Counts of one trial are compared with its `before`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PinCount {
    /// Before the card is there.
    Before,
    /// While the reader must hold the PIN: shows that the search would see it.
    Live,
    /// After the authentication's end: what is judged. Also looks for the PIN in its longer forms, which are not counted.
    After,
    /// With a leak that the agent plants: shows how sensitive the search is. Compared with the trial's `before` too.
    Seeded,
}

/// See [`Step::collect_vectors`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CollectVectors {
    /// Whose face was shown: subject id of the rig, never a name. Planted vectors of one subject agree with each other.
    pub subject: String,
    /// With vectors that the agent plants: shows that a template would be seen.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub seeded: bool,
}

/// See [`Step::try_dumps`] and [`Step::crash`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OfTarget {
    /// Process as the agent's configuration names it.
    pub target: String,
}

/// See [`Step::usb_cable`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UsbCable {
    /// Plugged in, or pulled.
    pub plugged: bool,
}

/// See [`Step::attach_usb`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AttachUsb {
    /// Device as the switch names it, e.g. `keyboard`.
    pub device: String,
}
