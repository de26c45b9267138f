//! What a search is for, and why it cannot be. Filled by the scanner's and the agent's callers.

use crate::canary::{Canary, SecretBytes};
use crate::images::{Picture, Rectangle};
use crate::search::Around;

/// Everything to be looked for in one search. Wiped on drop.
#[derive(Default)]
pub struct Wanted {
    /// Secrets that are no pictures.
    pub canaries: Vec<Canary>,
    /// Pictures.
    pub pictures: Vec<WantedPicture>,
    /// Count all 10,000 PINs: slower, and the only way to say anything about a PIN in its plain forms.
    pub count_pins: bool,
    /// While PINs are counted, also tell where those of `canaries` stand and in what contexts.
    pub around: Option<Around>,
}

/// A picture: a file, its pixels, or both.
pub struct WantedPicture {
    /// Its id, as a canary's.
    pub id: String,
    /// The file as it was sent or stored; empty when only pixels are known.
    pub encoded: SecretBytes,
    /// The file's format as findings shall name it: `jpeg`, `jp2`, `png`, `bmp`.
    pub format: String,
    /// The decoded pixels; without them no decoded copy is looked for.
    pub picture: Option<Picture>,
    /// Where on it the inner part of the face lies, from the brows to the mouth: with it, faces cut out of the picture or standing inside
    /// larger ones are looked for; without it they are told as left out.
    pub face: Option<Rectangle>,
    /// Another picture of what was captured: copies are told by likeness alone, for none has a byte of it.
    pub alike: bool,
    /// Of a picture that is `alike`: the same scene without anybody. Where that would be found, too, a finding would say nothing: refused.
    pub nobody: Option<Picture>,
}

/// Why nothing can be searched for. Names ids, never values.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Nothing is wanted.
    #[error("nothing to look for: give at least one canary or picture, or let PINs be counted")]
    Nothing,
    /// Every form of what is wanted is too short.
    #[error(
        "nothing that can be looked for: all forms have fewer than 7 bytes; give longer values, or let PINs be counted"
    )]
    TooShort,
    /// More forms than an index takes.
    #[error("{0}; search for fewer canaries at once")]
    Needles(#[from] crate::search::Refused),
    /// A picture with neither file nor pixels.
    #[error("picture {0}: neither a file nor pixels; give one of them")]
    EmptyPicture(String),
    /// A picture of which only what is alike can be found, and nothing in it to tell that by.
    #[error(
        "picture {0}: nothing in it to tell a copy by (plain, under 32 px wide, or more than twice as long as wide); look at the camera that took it"
    )]
    Plain(String),
    /// The scene alone is as much like the picture as a copy would be.
    #[error(
        "picture {0}: the scene without anybody cannot be told from it, and what is found would say nothing; put a plain wall behind, without lamps or edges"
    )]
    NotPlain(String),
    /// Pictures that an index does not take.
    #[error("pictures: {0}; search for fewer or smaller pictures at once")]
    Pictures(#[from] crate::search::Unsearchable),
}
