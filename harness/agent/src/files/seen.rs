//! Files that a watch saw appear, what they held, and where it may have missed some. Holds names and kinds of content only.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::content::Content;

/// Names remembered at most.
const MOST: usize = 100_000;

/// What was seen so far.
#[derive(Debug, Default, Clone)]
pub struct Seen {
    /// Names that appeared or were written, below the root; whether they are still there is another question.
    pub came: BTreeMap<PathBuf, Held>,
    /// Where names may have been missed, and why.
    pub missed: Vec<(PathBuf, String)>,
}

/// What the files held that had a name, one after the other.
#[derive(Debug, Default, Clone)]
pub struct Held {
    /// A picture if any of them was one, else what was seen last.
    seen: Option<Content>,
    /// Something was written that was not seen yet.
    awaited: bool,
    /// Something was written that nobody will see any more.
    lost: bool,
}

impl Held {
    /// A picture if one of them was seen to be one; else what all that is known of says; none when something was not seen.
    pub fn content(&self) -> Option<Content> {
        let known = !self.awaited && !self.lost;
        self.picture().or(self.seen.filter(|_| known))
    }

    /// Whether something came and went that nobody saw.
    pub fn is_lost(&self) -> bool {
        self.lost
    }

    /// A picture, if one of them was seen to be one.
    pub fn picture(&self) -> Option<Content> {
        self.seen.filter(|seen| seen.is_picture())
    }
}

#[cfg_attr(
    windows,
    allow(dead_code, reason = "only inotify is quick enough to look")
)]
impl Seen {
    /// A name appeared, with something that was not looked at yet.
    pub fn came(&mut self, below: PathBuf) {
        if let Some(held) = self.held(below) {
            held.lost |= held.awaited;
            held.awaited = true;
        }
    }

    /// What a name stands for was looked at; none: it could not be, or was gone.
    pub fn looked(&mut self, below: PathBuf, content: Option<Content>) {
        if let Some(held) = self.held(below) {
            held.awaited = content.is_none();
            held.seen = held.picture().or(content).or(held.seen);
        }
    }

    /// What a name stood for went before it was looked at, though something was looked at under that name.
    pub fn lost(&mut self, below: PathBuf) {
        if let Some(held) = self.held(below) {
            held.lost = true;
        }
    }

    /// Whether it is not known what a name stands or stood for.
    pub fn is_awaited(&self, below: &PathBuf) -> bool {
        self.came.get(below).is_some_and(|held| held.awaited)
    }

    fn held(&mut self, below: PathBuf) -> Option<&mut Held> {
        if self.came.len() >= MOST && !self.came.contains_key(&below) {
            let why = format!("more than {MOST} files came; later short-lived ones are not told");
            if !self.missed.iter().any(|(_, told)| *told == why) {
                self.missed.push((PathBuf::new(), why));
            }
            return None;
        }
        Some(self.came.entry(below).or_default())
    }

    /// Names below a folder may have been missed.
    pub fn miss(&mut self, below: PathBuf, error: &dyn std::error::Error) {
        let why = format!("short-lived files are not seen here: {error}");
        self.missed.push((below, why));
    }

    /// The system dropped some.
    pub fn dropped(&mut self) {
        let why = "the system dropped events: more files came than could be told";
        self.missed.push((PathBuf::new(), why.into()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `+`: a name appears; `j`, `t`: looked at, a picture or text; `-`: looked for and gone.
    fn told(life: &str) -> Option<Content> {
        let mut seen = Seen::default();
        for event in life.chars() {
            match event {
                '+' => seen.came("a".into()),
                'j' => seen.looked("a".into(), Some(Content::Jpeg)),
                't' => seen.looked("a".into(), Some(Content::Text)),
                _ => seen.looked("a".into(), None),
            }
        }
        seen.came.values().next().and_then(Held::content)
    }

    #[test]
    fn a_picture_stays_one_and_what_nobody_saw_stays_unknown() {
        for (life, content) in [
            ("+", None),
            ("+t", Some(Content::Text)),
            ("+-", None),
            ("+-t", Some(Content::Text)),
            // Written again, and gone before anybody looked.
            ("+t-", None),
            // The first one was never seen.
            ("++t", None),
            ("+j+t", Some(Content::Jpeg)),
            ("+j-", Some(Content::Jpeg)),
            ("+t+j+", Some(Content::Jpeg)),
        ] {
            assert_eq!(told(life), content, "{life}");
        }
    }
}
