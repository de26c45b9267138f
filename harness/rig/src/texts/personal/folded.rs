//! Lines compared without regard to spaces, case and width. Called by the search for canaries.

/// A line as compared: spaces dropped, ASCII case folded, full-width ASCII made half-width; each letter remembers its place.
pub struct Folded {
    pub letters: Vec<char>,
    places: Vec<usize>,
}

impl Folded {
    pub fn of(text: &str) -> Self {
        let (letters, places) = text
            .chars()
            .enumerate()
            .filter(|(_, letter)| !letter.is_whitespace())
            .map(|(at, letter)| (fold(letter), at))
            .unzip();
        Self { letters, places }
    }

    /// Places of a needle; one of ASCII letters or digits only must not be a part of a longer word or number.
    pub fn find(&self, needle: &[char]) -> Vec<(usize, usize)> {
        if needle.is_empty() || needle.len() > self.letters.len() {
            return Vec::new();
        }
        let whole = needle.iter().all(char::is_ascii_alphanumeric);
        let free = |at: Option<usize>| {
            at.and_then(|at| self.letters.get(at))
                .is_none_or(|letter| !letter.is_ascii_alphanumeric())
        };
        (0..=self.letters.len() - needle.len())
            .filter(|at| self.letters[*at..*at + needle.len()] == *needle)
            .filter(|at| {
                // Spaces were dropped: words beside each other count as free.
                let (before, after) = (at.checked_sub(1), *at + needle.len());
                let gap = |a: usize, b: usize| {
                    self.places
                        .get(b)
                        .zip(self.places.get(a))
                        .is_some_and(|(b, a)| b - a > 1)
                };
                !whole
                    || (free(before) || before.is_some_and(|before| gap(before, *at)))
                        && (free(Some(after)) || gap(after - 1, after))
            })
            .map(|at| (self.places[at], self.places[at + needle.len() - 1] + 1))
            .collect()
    }
}

/// One letter: full-width ASCII made half-width, ASCII case folded.
pub fn fold(letter: char) -> char {
    let narrow = match letter {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(letter as u32 - 0xFEE0).unwrap_or(letter),
        _ => letter,
    };
    narrow.to_ascii_lowercase()
}
