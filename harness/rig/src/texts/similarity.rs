//! How alike two texts are: 1 − edit distance / length of the longer one, without spaces. For texts read from a screen.

/// 0 (nothing alike) to 1 (the same but for spaces). Two empty texts are alike.
pub fn similarity(a: &str, b: &str) -> f64 {
    let letters = |text: &str| {
        text.chars()
            .filter(|c| !c.is_whitespace())
            .collect::<Vec<_>>()
    };
    let (a, b) = (letters(a), letters(b));
    let longest = a.len().max(b.len());
    if longest == 0 {
        return 1.0;
    }
    1.0 - distance(&a, &b) as f64 / longest as f64
}

fn distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_wrong_letter_of_five() {
        assert!((similarity("あいうえお", "あ いうえか") - 0.8).abs() < 1e-9);
        assert!((similarity("", " ") - 1.0).abs() < 1e-9);
        assert!(similarity("abc", "") < 1e-9);
    }
}
