//! Lines of the maps, and what remains of one list without another.

use crate::sources::process::linux::maps::parse;
use crate::sources::process::mapping::without;
use crate::sources::{Kind, Why};

type Ranges = [(u64, u64)];

#[test]
fn every_line_has_its_kind() {
    let cases = [
        (
            "rw-p 00000000 00:00 0                  [heap]",
            Some(Kind::Heap),
            "[heap]",
        ),
        (
            "rw-p 00000000 00:00 0                  [stack]",
            Some(Kind::Stack),
            "[stack]",
        ),
        ("rw-p 00000000 00:00 0 ", Some(Kind::Anonymous), ""),
        (
            "rw-p 00000000 00:00 0     [anon:scudo:primary]",
            Some(Kind::Anonymous),
            "[anon:scudo:primary]",
        ),
        (
            "r--p 00000000 00:00 0                  [vvar]",
            None,
            "[vvar]",
        ),
        (
            "r--p 00000000 00:00 0                  [vvar_vclock]",
            None,
            "[vvar_vclock]",
        ),
        (
            "--xp 00000000 00:00 0                  [vsyscall]",
            None,
            "[vsyscall]",
        ),
        (
            "r-xp 00000000 00:00 0                  [vdso]",
            Some(Kind::Vdso),
            "[vdso]",
        ),
        (
            "r-xp 00001000 fe:00 1234   /usr/lib/a b.so (deleted)",
            Some(Kind::Mapped),
            "/usr/lib/a b.so (deleted)",
        ),
        (
            "rw-s 00000000 00:01 77     /memfd:x (deleted)",
            Some(Kind::Shared),
            "/memfd:x (deleted)",
        ),
        (
            "rw-s 00000000 00:01 77     /dev/zero (deleted)",
            Some(Kind::Shared),
            "/dev/zero (deleted)",
        ),
        (
            "rw-s 00000000 00:06 77     /dev/dri/card0",
            Some(Kind::Device),
            "/dev/dri/card0",
        ),
        (
            "rw-s 00000000 00:0e 77     anon_inode:[io_uring]",
            Some(Kind::Device),
            "anon_inode:[io_uring]",
        ),
    ];
    for (line, kind, name) in cases {
        let parsed = parse(&format!("7f0000000000-7f0000001000 {line}\n")).unwrap();
        assert_eq!(parsed[0].kind, kind, "{line}");
        assert_eq!(parsed[0].name, name);
        assert_eq!(parsed[0].range, 0x7f00_0000_0000..0x7f00_0000_1000);
        assert_eq!(parsed[0].permissions.shared, line.starts_with("rw-s"));
    }
    for bad in [
        "x",
        "2000-1000 rw-p 0 0:0 0",
        "1000-2000 rw",
        "1000-2000 rw-p 0 0:0 x",
    ] {
        assert!(matches!(parse(bad), Err(Why::Damaged(_))), "{bad}");
    }
}

#[test]
fn what_is_left_without_another_list() {
    let list = |ranges: &Ranges| {
        let lines = ranges
            .iter()
            .map(|(start, end)| format!("{start:x}-{end:x} rw-p 0 00:00 0\n"));
        parse(&lines.collect::<String>()).unwrap()
    };
    let cases: [(&Ranges, &Ranges, &Ranges); 5] = [
        (&[(1, 5)], &[], &[(1, 5)]),
        (&[(1, 5)], &[(1, 5)], &[]),
        (&[(1, 9)], &[(2, 3), (5, 6)], &[(1, 2), (3, 5), (6, 9)]),
        (
            &[(1, 3), (3, 6), (8, 9)],
            &[(2, 4), (5, 10)],
            &[(1, 2), (4, 5)],
        ),
        (&[(4, 6)], &[(1, 5), (7, 8)], &[(5, 6)]),
    ];
    for (these, those, expected) in cases {
        let (mappings, covers) = (list(these), list(those));
        let left: Vec<_> = without(&mappings, &covers)
            .into_iter()
            .map(|(_, range)| (range.start, range.end))
            .collect();
        assert_eq!(left, expected);
    }
}
