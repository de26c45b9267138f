//! `shinsa scan` as a lab uses it: planted secrets found in processes, files, containers and images, exit codes, hostile places.
#![cfg(target_os = "linux")]

use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use image::imageops::{FilterType, resize};
use image::{GrayImage, Luma};
use rand::rngs::StdRng;
use rand::{RngCore, SeedableRng};

mod pages;

const NAME: &str = "見本　審査郎";
const NUMBER: &str = "63022920431234";

fn shinsa(arguments: &[&str]) -> Output {
    let output = Command::new(env!("CARGO_BIN_EXE_shinsa"))
        .arg("scan")
        .args(arguments)
        .output();
    output.expect("shinsa runs")
}

fn told(output: &Output) -> String {
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    text(&output.stdout) + &text(&output.stderr)
}

/// A canary file in a folder of its own that anybody may read.
fn canaries(folder: &Path) -> String {
    let path = folder.join("canaries.yaml");
    let text = format!(
        "cards:\n  c1: {{ auth_pin: '4711', name_kanji: {NAME}, birth_iso: 1988-02-29, number_b: '{NUMBER}' }}\n"
    );
    std::fs::write(&path, text).unwrap();
    std::fs::set_permissions(folder, PermissionsExt::from_mode(0o755)).unwrap();
    path.display().to_string()
}

fn utf_16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn verify() -> Vec<u8> {
    [b"\x00\x20\x00\x80\x04".as_slice(), b"4711"].concat()
}

/// One secret in each of a text encoding, a transport, a command and a queue of keys with gaps.
fn planted() -> Vec<(&'static str, Vec<u8>)> {
    let keys = NUMBER
        .bytes()
        .flat_map(|digit| [digit, 1, 2, 3, 4, 5, 6, 7])
        .collect();
    let hex = hex::encode(NUMBER);
    vec![
        ("utf-16le", utf_16(NAME)),
        ("ascii>hex-lower", hex.into_bytes()),
        ("verify*", verify()),
        ("ascii>stride-8", keys),
        ("yyyy-mm-dd>ascii*", b"1988-02-29".to_vec()),
        (
            "xor>ascii",
            NUMBER.bytes().map(|byte| byte ^ 0x5C).collect(),
        ),
    ]
}

/// All of it, far apart, the first across a border of 1 MiB.
fn disk() -> Vec<u8> {
    let mut bytes = vec![b'.'; 3 << 20];
    let mut at = (1 << 20) - 5;
    for (_, secret) in planted() {
        bytes[at..at + secret.len()].copy_from_slice(&secret);
        at += 100_001;
    }
    bytes
}

fn all_found(output: &Output) {
    found(output, true);
}

/// Libraries hold dates: in a process, controls may be met.
fn found(output: &Output, dates: bool) {
    let text = told(output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    let looked_for = planted()
        .into_iter()
        .filter(|(name, _)| dates || !name.starts_with("yyyy"));
    for (encoding, _) in looked_for {
        let shown = |line: &str| line.contains(&format!(" {encoding} "));
        assert!(text.lines().any(shown), "{encoding} in:\n{text}");
    }
    no_secret(&text);
}

fn no_secret(text: &str) {
    for secret in [NAME, NUMBER, "1988-02-29", "19880229"] {
        assert!(!text.contains(secret), "{text}");
    }
}

#[test]
fn files_containers_and_images() {
    let folder = tempfile::tempdir().unwrap();
    let canaries = canaries(folder.path());
    let places = tempfile::tempdir().unwrap();
    let put = |name: &str, bytes: &[u8]| -> PathBuf {
        let path = places.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let plain = put("plain.log", &disk());
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(&disk()).unwrap();
    let packed = put("app.log.1.gz", &packed.finish().unwrap());
    for path in [&plain, &packed] {
        let output = shinsa(&["--canaries", &canaries, &path.display().to_string()]);
        all_found(&output);
    }
    let output = shinsa(&["--canaries", &canaries, &packed.display().to_string()]);
    assert!(
        told(&output).contains("app.log.1.gz > gzip"),
        "{}",
        told(&output)
    );
}

/// A picture's own pixels, and a copy of which no byte need be the same; another picture of the same kind is neither.
#[test]
fn pictures_and_resized_copies() {
    let folder = tempfile::tempdir().unwrap();
    let drawn = |phase: f32| {
        GrayImage::from_fn(240, 300, |x, y| {
            let (x, y) = (x as f32, y as f32);
            let level = 128.0 + 60.0 * (x / 17.0 + y / 40.0 + phase).sin();
            Luma([(level + 40.0 * (y / 9.0 + phase * x / 50.0).cos()) as u8])
        })
    };
    let photo = folder.path().join("photo.png");
    drawn(0.0).save(&photo).unwrap();
    let small = |picture: &GrayImage| resize(picture, 96, 120, FilterType::Triangle).into_raw();
    let mut noise = vec![0; 20_000];
    StdRng::seed_from_u64(7).fill_bytes(&mut noise);
    for (bytes, form) in [
        (drawn(0.0).into_raw(), "gray8"),
        (small(&drawn(0.0)), "gray8>resized-"),
        (small(&drawn(2.0)), ""),
    ] {
        let memory = [&noise[..], &bytes, &noise].concat();
        let path = folder.path().join("memory.bin");
        std::fs::write(&path, memory).unwrap();
        let [photo, path] = [&photo, &path].map(|path| path.display().to_string());
        let output = shinsa(&["--pictures", &photo, &path]);
        let text = told(&output);
        assert_eq!(text.contains("gray8"), !form.is_empty(), "{text}");
        assert!(text.contains(form), "{text}");
        assert_eq!(output.status.code(), Some(i32::from(!form.is_empty())));
    }
}

/// A file that a file system wrote, and forgot: its blocks are still on the disk.
#[test]
fn a_deleted_file_in_a_raw_image() {
    let folder = tempfile::tempdir().unwrap();
    let canaries = canaries(folder.path());
    let image = folder.path().join("disk.img");
    std::fs::File::create(&image)
        .unwrap()
        .set_len(16 << 20)
        .unwrap();
    let secret = folder.path().join("secret.log");
    std::fs::write(&secret, disk()).unwrap();
    let tool = |name: &str, arguments: &[&str]| {
        let path = format!(
            "{}:/sbin:/usr/sbin",
            std::env::var("PATH").unwrap_or_default()
        );
        let output = Command::new(name)
            .args(arguments)
            .env("PATH", path)
            .output();
        output.is_ok_and(|output| output.status.success())
    };
    let (image, secret) = (image.display().to_string(), secret.display().to_string());
    if !tool("mke2fs", &["-q", "-t", "ext2", &image]) {
        eprintln!("not tested: mke2fs is not installed");
        return;
    }
    assert!(tool(
        "debugfs",
        &["-w", "-R", &format!("write {secret} gone.log"), &image]
    ));
    assert!(tool("debugfs", &["-w", "-R", "rm gone.log", &image]));
    all_found(&shinsa(&["--canaries", &canaries, &image]));
}

/// A child that holds what it was given in its buffer.
struct Holder(Child);

impl Holder {
    fn of(bytes: &[u8]) -> Self {
        let mut child = Command::new("cat")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let line = [bytes, b"\n"].concat();
        child.stdin.as_mut().unwrap().write_all(&line).unwrap();
        // What came back was in its memory, and still is.
        let mut back = Vec::new();
        BufReader::new(child.stdout.as_mut().unwrap())
            .read_until(b'\n', &mut back)
            .unwrap();
        assert_eq!(back, line);
        Self(child)
    }

    fn pid(&self) -> String {
        self.0.id().to_string()
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_process_s_memory_frozen_or_not() {
    let folder = tempfile::tempdir().unwrap();
    let canaries = canaries(folder.path());
    let bytes: Vec<u8> = planted()
        .into_iter()
        .flat_map(|(_, secret)| [secret, vec![b'.'; 40]].concat())
        .collect();
    let holder = Holder::of(&bytes);
    for more in [&[][..], &["--freeze"]] {
        let pid = holder.pid();
        found(
            &shinsa(&[&["--canaries", &canaries, "--process", &pid], more].concat()),
            false,
        );
    }
    let empty = Holder::of(b"nothing");
    let output = shinsa(&["--canaries", &canaries, "--process", &empty.pid()]);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    let pid = empty.pid();
    drop(empty);
    let output = shinsa(&["--canaries", &canaries, "--process", &pid]);
    assert_eq!(
        output.status.code(),
        Some(3),
        "an ended process: {}",
        told(&output)
    );
}

#[test]
fn clean_incomplete_and_hostile_folders() {
    let folder = tempfile::tempdir().unwrap();
    let canaries = canaries(folder.path());
    let place = tempfile::tempdir().unwrap();
    let path = place.path().display().to_string();
    std::fs::write(place.path().join("log"), b"19880228 started").unwrap();
    std::os::unix::fs::symlink(place.path(), place.path().join("loop")).unwrap();
    let output = shinsa(&["--canaries", &canaries, &path]);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    // Where a link leads out, what it leads to was not searched, unless it is named, too.
    let beside = tempfile::tempdir().unwrap();
    let link = place.path().join("link");
    std::os::unix::fs::symlink(beside.path(), &link).unwrap();
    let output = shinsa(&["--canaries", &canaries, &path]);
    assert_eq!(output.status.code(), Some(3), "{}", told(&output));
    assert!(
        told(&output).contains("not searched: 1 × link to "),
        "{}",
        told(&output)
    );
    let beside = beside.path().display().to_string();
    let output = shinsa(&["--canaries", &canaries, &path, &beside]);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    std::fs::remove_file(link).unwrap();
    // Nobody may hang on a pipe, nor call clean what was not read.
    assert!(
        Command::new("mkfifo")
            .arg(place.path().join("pipe"))
            .status()
            .unwrap()
            .success()
    );
    let output = shinsa(&["--canaries", &canaries, &path]);
    assert_eq!(output.status.code(), Some(3), "{}", told(&output));
    assert!(
        told(&output).contains("not searched: 1 × FIFO"),
        "{}",
        told(&output)
    );
}

#[test]
fn permission_denied_is_not_clean() {
    let folder = tempfile::tempdir().unwrap();
    let canaries = canaries(folder.path());
    let place = tempfile::tempdir().unwrap();
    let closed = place.path().join("closed");
    std::fs::write(&closed, disk()).unwrap();
    std::fs::set_permissions(&closed, PermissionsExt::from_mode(0o000)).unwrap();
    std::fs::set_permissions(place.path(), PermissionsExt::from_mode(0o755)).unwrap();
    let program = folder.path().join("shinsa");
    std::fs::copy(env!("CARGO_BIN_EXE_shinsa"), &program).unwrap();
    let mut command = Command::new(&program);
    command
        .args(["scan", "--canaries", &canaries])
        .arg(place.path());
    // The superuser is denied nothing: nobody is asked to try. Needs a temporary folder that all may enter.
    let superuser = std::fs::metadata("/proc/self")
        .is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0);
    if superuser {
        command.uid(65_534).gid(65_534);
    }
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{}", told(&output));
    assert!(
        told(&output).contains("not searched: 1 × permission denied"),
        "{}",
        told(&output)
    );
}

#[test]
fn json_rules_and_bad_usage() {
    let folder = tempfile::tempdir().unwrap();
    let canaries = canaries(folder.path());
    let file = folder.path().join("data");
    std::fs::write(&file, disk()).unwrap();
    let file = file.display().to_string();
    let output = shinsa(&["--canaries", &canaries, "--json", &file]);
    let value: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        (value["code"].as_u64(), output.status.code()),
        (Some(1), Some(1))
    );
    let first = &value["findings"][0];
    assert_eq!(first["position"], (1 << 20) - 5);
    assert_eq!(
        (&first["encoding"], &first["canary"]),
        (&"utf-16le".into(), &"c1/name_kanji".into())
    );
    no_secret(&String::from_utf8_lossy(&output.stdout));

    let rules = folder.path().join("rules.yar");
    std::fs::write(
        &rules,
        "rule dotted { strings: $d = \"1988-02\" condition: $d }",
    )
    .unwrap();
    let rules = rules.display().to_string();
    let text = told(&shinsa(&["--canaries", &canaries, "--yara", &rules, &file]));
    assert!(text.contains("rule dotted $d at "), "{text}");

    for wrong in [
        &["--canaries", &canaries][..],
        &["--canaries", "/nowhere.yaml", &file],
        &["--canaries", &rules, &file],
        &["--canaries", &canaries, "--yara", &canaries, &file],
        &["--canaries", &canaries, "--pictures", &canaries],
        &[&file],
    ] {
        assert_eq!(shinsa(wrong).status.code(), Some(2), "{wrong:?}");
    }
}
