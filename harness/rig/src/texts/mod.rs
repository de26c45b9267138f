//! What collected text files hold: encoding, kinds of log lines and their order, personal data. Pure.
//!
//! Called by the verb `collect`. Findings name file, line and datum, never the text; files with findings leave this
//! module only redacted.

pub mod encoding;
pub mod kinds;
pub mod personal;
pub mod similarity;

pub use kinds::Kinds;
