//! Files that are replaced as a whole: after a power cut the old one or the new one stands.

use std::io::Write;
use std::path::Path;

/// Replaces a file.
pub fn replace(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let aside = path.with_extension("new");
    let mut file = std::fs::File::create(&aside)?;
    file.write_all(bytes)?;
    file.sync_data()?;
    std::fs::rename(aside, path)
}
