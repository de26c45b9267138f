//! Names in the records that `ReadDirectoryChangesW` fills: parsing, no call of the system.

use std::ffi::OsString;
use std::os::windows::ffi::OsStringExt;
use std::path::PathBuf;

use windows_sys::Win32::Storage::FileSystem::{FILE_ACTION_ADDED, FILE_ACTION_RENAMED_NEW_NAME};

/// Bytes of a record before its name: distance to the next, action, length of the name.
const HEAD: usize = 12;

/// Names that appeared, below the watched folder; none when the records contradict themselves.
pub fn came(records: &[u8]) -> Option<Vec<PathBuf>> {
    let mut came = Vec::new();
    let mut rest = records;
    loop {
        let number = |at: usize| {
            let bytes = rest.get(at..at + 4)?.try_into().ok()?;
            Some(u32::from_le_bytes(bytes))
        };
        let (next, action, bytes) = (number(0)? as usize, number(4)?, number(8)? as usize);
        let name = rest.get(HEAD..HEAD.checked_add(bytes)?)?;
        if matches!(action, FILE_ACTION_ADDED | FILE_ACTION_RENAMED_NEW_NAME) {
            let units = name
                .chunks_exact(2)
                .map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
            came.push(OsString::from_wide(&units.collect::<Vec<_>>()).into());
        }
        match next {
            0 => return Some(came),
            next if next < HEAD => return None,
            next => rest = rest.get(next..)?,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(next: u32, action: u32, name: &str) -> Vec<u8> {
        let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let head = [next, action, name.len() as u32]
            .map(u32::to_le_bytes)
            .concat();
        [head, name].concat()
    }

    #[test]
    fn names_that_came_are_told_and_others_are_not() {
        let records = [
            record(20, 1, r"a\bc"),
            record(16, 2, "de"),
            record(0, 5, "fg"),
        ]
        .concat();
        assert_eq!(came(&records), Some(vec![r"a\bc".into(), "fg".into()]));
        assert_eq!(came(&record(4, 1, "x")), None);
        assert_eq!(came(&record(0, 1, "xyz")[..16]), None);
    }

    proptest::proptest! {
        #[test]
        fn any_records_are_read_or_refused(records in proptest::collection::vec(0..=255_u8, 0..64)) {
            let _ = came(&records);
        }
    }
}
