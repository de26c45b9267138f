//! Why a request was not served, and how the wire says it. Holds no secret and no byte of a target.

use tonic::Status;

/// Why a request was not served. Each text says what was expected and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The request names something that the configuration does not.
    #[error("{0}")]
    Unknown(String),
    /// The request contradicts itself or its sealed set.
    #[error("{0}")]
    Invalid(String),
    /// It cannot be done in the present state: nothing runs, the key is used up.
    #[error("{0}")]
    State(String),
    /// The operating system refused.
    #[error("{0}")]
    System(String),
}

impl From<Refused> for Status {
    fn from(refused: Refused) -> Self {
        let text = refused.to_string();
        match refused {
            Refused::Unknown(_) => Self::not_found(text),
            Refused::Invalid(_) => Self::invalid_argument(text),
            Refused::State(_) => Self::failed_precondition(text),
            Refused::System(_) => Self::internal(text),
        }
    }
}
