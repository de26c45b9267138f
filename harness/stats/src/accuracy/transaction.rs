//! Transactions: what a patient meets, when failed attempts may be repeated.
//!
//! A transaction is the attempts of one person at one reference, in order; it succeeds with the first attempt that
//! matches within the policy's number of attempts. Failures to acquire count as attempts that did not match
//! (ISO/IEC 19795-1: FRR = FTA + FNMR · (1 − FTA) where one attempt is allowed); a subject who could not be enrolled
//! fails every transaction in the generalised rates (GFRR) and is nobody's impostor in GFAR.

use std::collections::BTreeMap;

/// One attempt as the ledger of a study has it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Attempt {
    /// Whose reference.
    pub reference: u32,
    /// Who tried.
    pub probe: u32,
    /// Order within the transaction, rising.
    pub number: u32,
    /// `None`: nothing could be acquired.
    pub score: Option<f32>,
}

/// Rates of one policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Outcome {
    /// Attempts allowed.
    pub attempts: u32,
    /// Genuine transactions.
    pub genuine: u64,
    /// Of these rejected.
    pub false_rejects: u64,
    /// Impostor transactions.
    pub impostor: u64,
    /// Of these accepted.
    pub false_accepts: u64,
}

impl Outcome {
    /// With what subjects who could not be enrolled would have met, all of it rejected: each one genuine transaction (GFRR)
    /// and one impostor transaction with each other subject (GFAR).
    #[must_use]
    pub fn generalised(mut self, unenrolled: u64, subjects: u64) -> Self {
        self.genuine += unenrolled;
        self.false_rejects += unenrolled;
        self.impostor += unenrolled * subjects.saturating_sub(1);
        self
    }
}

/// What each policy from one attempt to `most` attempts does with these attempts at a threshold.
pub fn policies(attempts: &[Attempt], threshold: f32, most: u32) -> Vec<Outcome> {
    let mut transactions: BTreeMap<(u32, u32), Vec<(u32, bool)>> = BTreeMap::new();
    for attempt in attempts {
        let matched = attempt.score.is_some_and(|score| score >= threshold);
        transactions
            .entry((attempt.reference, attempt.probe))
            .or_default()
            .push((attempt.number, matched));
    }
    let mut outcomes: Vec<_> = (1..=most)
        .map(|attempts| Outcome {
            attempts,
            genuine: 0,
            false_rejects: 0,
            impostor: 0,
            false_accepts: 0,
        })
        .collect();
    for ((reference, probe), mut list) in transactions {
        list.sort_unstable();
        let first = list.iter().position(|(_, matched)| *matched);
        for outcome in &mut outcomes {
            let accepted = first.is_some_and(|place| place < outcome.attempts as usize);
            if reference == probe {
                outcome.genuine += 1;
                outcome.false_rejects += u64::from(!accepted);
            } else {
                outcome.impostor += 1;
                outcome.false_accepts += u64::from(accepted);
            }
        }
    }
    outcomes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attempt(reference: u32, probe: u32, number: u32, score: impl Into<Option<f32>>) -> Attempt {
        Attempt {
            reference,
            probe,
            number,
            score: score.into(),
        }
    }

    #[test]
    fn retries_lower_rejection_and_raise_acceptance() {
        let ledger = [
            attempt(1, 1, 2, 0.9),
            attempt(1, 1, 1, 0.2),
            attempt(2, 2, 1, None),
            attempt(2, 2, 2, 0.3),
            attempt(2, 2, 3, 0.7),
            attempt(1, 2, 1, 0.1),
            attempt(1, 2, 2, 0.8),
        ];
        let outcomes = policies(&ledger, 0.5, 3);
        let rejects: Vec<_> = outcomes
            .iter()
            .map(|o| (o.false_rejects, o.false_accepts))
            .collect();
        assert_eq!(rejects, [(2, 0), (1, 1), (0, 1)]);
        assert!(outcomes.iter().all(|o| (o.genuine, o.impostor) == (2, 1)));
        let general = outcomes[2].generalised(1, 3);
        assert_eq!((general.genuine, general.false_rejects), (3, 1));
        assert_eq!((general.impostor, general.false_accepts), (3, 1));
    }
}
