mod bombs;
mod gzip;
mod hostile;
mod zip;

use crate::sources::tests::{Walked, walked};
use crate::sources::{NotSearched, Options, Source};
use std::io::Write;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// An archive of deflated entries, except those whose name starts with `stored`.
fn archive(entries: &[(&str, &[u8])]) -> Vec<u8> {
    use ::zip::write::SimpleFileOptions;
    use ::zip::{CompressionMethod, ZipWriter};
    let mut writer = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        let method = if name.starts_with("stored") {
            CompressionMethod::Stored
        } else {
            CompressionMethod::Deflated
        };
        let options = SimpleFileOptions::default().compression_method(method);
        writer.start_file(*name, options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn walk_bytes(bytes: &[u8], options: &Options) -> Walked {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    walked(&Source::Path(file.path().to_owned()), options)
}

/// Containers opened on the way, and why what lies there was not searched.
fn missed(missed: &[NotSearched]) -> Vec<String> {
    let text = |missed: &NotSearched| {
        let crate::sources::Place::File { inside, .. } = &missed.place else {
            panic!("no file")
        };
        format!("{}:{}: {}", inside.join("/"), missed.name, missed.why)
    };
    missed.iter().map(text).collect()
}
