//! The statistics of certification.
//!
//! Plain functions of numbers: no vocabulary of criteria, no I/O, no randomness but from a seed that the caller records. Called by `shinsa-model`
//! (`measure` bounds its estimates, `plan` asks how many trials are enough). Every function is checked against
//! published tables or R/SciPy figures that its tests quote. Proportions and confidences are fractions (0 … 1).

pub mod accuracy;
pub mod beta_binomial;
pub mod binomial;
mod bisect;
pub mod chi_square;
pub mod controls;
pub mod interval;
pub mod mean;
pub mod percentile;
pub mod pins;
pub mod power;
pub mod sample_size;
pub mod scores;
pub mod sequential;
pub mod study;
pub mod templates;

/// An argument that no statement can be made with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// A confidence or share outside the open interval.
    #[error("{0} must lie strictly between 0 and 1")]
    NotAShare(&'static str),
    /// More events than trials.
    #[error("{events} events among {trials} trials: cannot be")]
    MoreThanAll {
        /// Events.
        events: u64,
        /// Trials.
        trials: u64,
    },
    /// Too few values for any statement.
    #[error("needs at least {needed} values, has {has}")]
    TooFew {
        /// Smallest usable number.
        needed: u64,
        /// Number given.
        has: u64,
    },
    /// NaN or infinite.
    #[error("a value is not finite")]
    NotFinite,
    /// No sample size below the search limit suffices.
    #[error("no sample of up to {0} trials suffices")]
    Unreachable(u64),
}

/// Checks that a share is usable.
fn share(value: f64, name: &'static str) -> Result<f64, Unusable> {
    if value > 0.0 && value < 1.0 {
        Ok(value)
    } else {
        Err(Unusable::NotAShare(name))
    }
}
