//! Keys of searches that were opened and not yet made. A key lives a minute and serves once.
//!
//! The clock is the caller's, so that a minute can pass in a test. Called by `service`. Opens no set itself and knows no canary.

use std::time::{Duration, Instant};

use shinsa_wire::sealed::SearchKey;

use crate::refused::Refused;

/// How long a key serves.
pub const LIFE: Duration = Duration::from_secs(60);
/// Most keys at once; a client that asks and never searches cannot fill the memory.
pub const MOST: usize = 16;

/// The open searches.
#[derive(Default)]
pub struct Keys(Vec<(Instant, SearchKey)>);

impl Keys {
    /// A new key: number of the search, public key. Forgets those whose time is over.
    ///
    /// # Errors
    /// [`MOST`] searches are open; the system has no random numbers.
    pub fn open(&mut self, now: Instant) -> Result<([u8; 16], [u8; 32]), Refused> {
        self.0.retain(|(made, _)| now.duration_since(*made) <= LIFE);
        if self.0.len() >= MOST {
            return Err(Refused::State(format!(
                "{MOST} searches are open already: use one, or wait a minute"
            )));
        }
        let key = SearchKey::new().map_err(|error| Refused::System(error.to_string()))?;
        let open = (key.search(), key.public_key());
        self.0.push((now, key));
        Ok(open)
    }

    /// The key of a search; it is gone from here afterwards.
    ///
    /// # Errors
    /// Never opened, used already, or opened more than a minute ago: the three are not told apart.
    pub fn take(&mut self, search: &[u8], now: Instant) -> Result<SearchKey, Refused> {
        self.0.retain(|(made, _)| now.duration_since(*made) <= LIFE);
        let place = self.0.iter().position(|(_, key)| key.search() == search);
        let (_, key) = place
            .map(|place| self.0.swap_remove(place))
            .ok_or_else(|| {
                Refused::State(
                    "this search is not open: a key serves once, within a minute; call OpenSearch again".into(),
                )
            })?;
        Ok(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_serves_once() {
        let (mut keys, now) = (Keys::default(), Instant::now());
        let (search, public) = keys.open(now).unwrap();
        assert_eq!(keys.take(&search, now).ok().unwrap().public_key(), public);
        assert!(matches!(keys.take(&search, now), Err(Refused::State(_))));
    }

    #[test]
    fn a_key_lives_a_minute() {
        let (mut keys, now) = (Keys::default(), Instant::now());
        let (search, _) = keys.open(now).unwrap();
        let (other, _) = keys.open(now).unwrap();
        assert!(keys.take(&search, now + LIFE).is_ok());
        let late = now + LIFE + Duration::from_millis(1);
        assert!(matches!(keys.take(&other, late), Err(Refused::State(_))));
    }

    #[test]
    fn there_is_room_again_after_a_minute() {
        let (mut keys, now) = (Keys::default(), Instant::now());
        for _ in 0..MOST {
            keys.open(now).unwrap();
        }
        assert!(keys.open(now).is_err());
        assert!(keys.open(now + 2 * LIFE).is_ok());
    }
}
