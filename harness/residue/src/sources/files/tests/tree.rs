//! Trees: names, links, specials, loops, holes, borders, rights.

use crate::sources::tests::{secret, walked_path};
use crate::sources::{Kind, NotSearched, Place, Special, Why};
use rustix::fs::{CWD, FileType, Mode, mknodat};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileExt, PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::Path;

fn why<'a>(missed: &'a [NotSearched], path: &Path) -> Option<&'a Why> {
    let place = Place::file(path);
    missed
        .iter()
        .find(|missed| missed.place == place)
        .map(|missed| &missed.why)
}

#[test]
fn every_file_of_a_tree_is_read_and_everything_else_listed() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let (top, deep, empty) = (secret(), secret(), root.join("empty"));
    std::fs::write(root.join("top"), &top).unwrap();
    std::fs::create_dir_all(root.join("x/y/z")).unwrap();
    std::fs::write(root.join("x/y/z/deep"), &deep).unwrap();
    std::fs::write(&empty, "").unwrap();
    symlink("..", root.join("x/loop")).unwrap();
    symlink("/etc/hostname", root.join("out")).unwrap();
    mknodat(CWD, root.join("fifo"), FileType::Fifo, Mode::RWXU, 0).unwrap();
    let _socket = UnixListener::bind(root.join("socket")).unwrap();

    let walked = walked_path(root);
    let [(0, region)] = walked.find(&deep)[..] else {
        panic!()
    };
    assert_eq!(region.place, Place::file(&root.join("x/y/z/deep")));
    assert_eq!(walked.kinds(&top), [Kind::File]);
    assert!(
        walked
            .regions
            .iter()
            .any(|region| region.place == Place::file(&empty))
    );
    let missed = &walked.report.not_searched;
    assert_eq!(
        why(missed, &root.join("x/loop")),
        Some(&Why::Link("..".into()))
    );
    assert_eq!(
        why(missed, &root.join("out")),
        Some(&Why::Link("/etc/hostname".into()))
    );
    assert_eq!(
        why(missed, &root.join("fifo")),
        Some(&Why::Special(Special::Fifo))
    );
    assert_eq!(
        why(missed, &root.join("socket")),
        Some(&Why::Special(Special::Socket))
    );
    assert_eq!(missed.len(), 4);
}

#[test]
fn names_and_link_targets_are_searched() {
    let folder = tempfile::tempdir().unwrap();
    let (name, target) = (secret(), secret());
    let os = |bytes| std::ffi::OsStr::from_bytes(bytes);
    std::fs::write(folder.path().join(os(&name)), "").unwrap();
    symlink(os(&target), folder.path().join("link")).unwrap();
    let walked = walked_path(folder.path());
    assert_eq!(walked.kinds(&name), [Kind::Names]);
    assert_eq!(walked.kinds(&target), [Kind::Names]);
}

#[test]
fn devices_and_pseudo_file_systems_are_listed_when_given() {
    let cases = [
        ("/dev/null", Why::Special(Special::CharacterDevice)),
        ("/proc", Why::Pseudo),
        ("/proc/self/environ", Why::Pseudo),
        ("/sys", Why::Pseudo),
        ("/no/such/path", Why::Gone),
    ];
    for (path, expected) in cases {
        let report = walked_path(Path::new(path)).report;
        assert_eq!(why(&report.not_searched, Path::new(path)), Some(&expected));
        assert_eq!(report.searched, 0);
    }
}

#[test]
fn a_link_given_as_the_source_is_followed() {
    let folder = tempfile::tempdir().unwrap();
    let secret = secret();
    std::fs::write(folder.path().join("file"), &secret).unwrap();
    symlink("file", folder.path().join("link")).unwrap();
    assert_eq!(
        walked_path(&folder.path().join("link")).find(&secret).len(),
        1
    );
}

#[test]
fn a_sparse_file_is_read_where_it_has_bytes() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let length: u64 = (2 << 30) + 12345;
    file.as_file().set_len(length).unwrap();
    let places = [0, (1 << 20) - 7, (1 << 30) + 4096 - 24, length - 24];
    let secrets: Vec<_> = places.into_iter().map(|at| (at, secret())).collect();
    for (at, secret) in &secrets {
        file.as_file().write_all_at(secret, *at).unwrap();
    }
    let walked = walked_path(file.path());
    for (at, secret) in &secrets {
        assert_eq!(walked.find(secret)[0].0, *at);
        // Zeros right behind: a form may end with some.
        let behind = [&secret[..], &[0; 100]].concat();
        assert_eq!(walked.find(&behind).len(), usize::from(at + 24 < length));
    }
    assert_eq!(walked.report.searched + walked.report.zeros, length);
    assert!(walked.report.zeros > 2 << 29, "a file system without holes");
    assert!(walked.report.not_searched.is_empty());
}

#[test]
fn without_the_right_a_file_is_listed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("locked");
    let secret = secret();
    std::fs::write(&path, &secret).unwrap();
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o0)).unwrap();
    let walked = walked_path(folder.path());
    // Root may read it all the same: either it was searched, or it is listed.
    let denied = why(&walked.report.not_searched, &path) == Some(&Why::Denied);
    assert_eq!(walked.find(&secret).is_empty(), denied);
    assert_eq!(denied, std::fs::File::open(&path).is_err());
}

#[test]
fn a_tree_deeper_than_paths_go_is_listed_and_ends() {
    let folder = tempfile::tempdir().unwrap();
    let name = "d".repeat(200);
    let mut inside =
        rustix::fs::open(folder.path(), rustix::fs::OFlags::PATH, Mode::empty()).unwrap();
    for _ in 0..25 {
        rustix::fs::mkdirat(&inside, &name, Mode::RWXU).unwrap();
        inside =
            rustix::fs::openat(&inside, &name, rustix::fs::OFlags::PATH, Mode::empty()).unwrap();
    }
    let report = walked_path(folder.path()).report;
    assert_eq!(report.not_searched.len(), 1);
    assert!(matches!(report.not_searched[0].why, Why::Unreadable(_)));
}

/// What hangs on a file and on a folder is searched, and told apart from their own bytes.
#[test]
fn extended_attributes_are_read() {
    use rustix::fs::{XattrFlags, setxattr};

    let folder = tempfile::tempdir().unwrap();
    let (file, name) = (folder.path().join("file"), "user.shinsa");
    std::fs::write(&file, "plain").unwrap();
    let (on_file, on_folder) = (secret(), secret());
    match setxattr(&file, name, &on_file, XattrFlags::empty()) {
        Err(rustix::io::Errno::NOTSUP) => return eprintln!("no extended attributes below /tmp"),
        done => done.unwrap(),
    }
    setxattr(folder.path(), name, &on_folder, XattrFlags::empty()).unwrap();
    let walked = walked_path(folder.path());
    for (secret, path) in [(&on_file, file.as_path()), (&on_folder, folder.path())] {
        let [(_, region)] = walked.find(secret)[..] else {
            panic!("{}: {:?}", path.display(), walked.regions);
        };
        assert_eq!(region.place, Place::file(path).inner("extended attributes"));
    }
    assert!(walked.report.not_searched.is_empty());
    // A file named by itself, too.
    assert_eq!(walked_path(&file).kinds(&on_file), [Kind::File]);
}
