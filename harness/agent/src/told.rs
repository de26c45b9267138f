//! Places and kinds of memory in the wire's words. Called by `missed`, `search` and `vectors`.

use std::path::Path;

use shinsa_residue::sources::Kind;

/// A place without the target's own path before it; that of a target that is one file is its name.
pub fn below(root: Option<&Path>, place: &str) -> String {
    let Some(root) = root else {
        return place.to_owned();
    };
    let name = root
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    let (root, place) = (slashed(&root.display().to_string()), slashed(place));
    match place.strip_prefix(root.trim_end_matches('/')) {
        Some(rest) if rest.starts_with('/') => rest.trim_start_matches('/').to_owned(),
        Some(rest) => name.unwrap_or_default() + rest,
        None => place,
    }
}

/// With forward slashes, as the wire has paths.
fn slashed(path: &str) -> String {
    if cfg!(windows) {
        path.replace('\\', "/")
    } else {
        path.to_owned()
    }
}

/// A kind of memory.
pub fn region(kind: Kind) -> &'static str {
    match kind {
        Kind::Heap => "heap",
        Kind::Stack => "stack",
        Kind::Anonymous => "anonymous",
        Kind::Shared => "shared",
        Kind::Mapped => "mapped",
        Kind::Device => "device",
        Kind::Vdso => "vdso",
        Kind::Names => "names",
        Kind::File => "file",
        Kind::BlockDevice => "block-device",
        Kind::Dumped => "dumped",
        Kind::Unpacked => "unpacked",
        Kind::Disk => "disk",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_told_below_its_target() {
        let below = |root: &str, place| below(Some(Path::new(root)), place);
        assert_eq!(below("/run/x", "/run/x/log/a.gz > gzip"), "log/a.gz > gzip");
        assert_eq!(below("/run/x/", "/run/x/a"), "a");
        assert_eq!(below("/run/x/flash.img", "/run/x/flash.img"), "flash.img");
        assert_eq!(below("/run/x", "/elsewhere"), "/elsewhere");
        #[cfg(windows)]
        assert_eq!(below(r"C:\x", r"C:\x\log\a.gz > gzip"), "log/a.gz > gzip");
    }
}
