//! Planted in texts, and what honest logs hold.

use super::*;
use crate::secrets::Secret;

fn search(text: &str, canaries: &[Canary]) -> Vec<Finding> {
    Searcher::new(canaries).search(text)
}

fn canary(value: &str) -> Vec<Canary> {
    vec![Canary {
        id: "c1/x".into(),
        value: Secret::new(value.into()),
    }]
}

#[test]
fn canaries_are_found_in_other_spellings() {
    let found = |needle: &str, text: &str| search(text, &canary(needle)).len();
    assert_eq!(found("見本太郎", "利用者 見本　太郎 様"), 1);
    assert_eq!(found("MIHON TARO", "mihon taro"), 1);
    assert_eq!(found("1234", "１２３４"), 1);
    assert_eq!(found("1234", "tx 99123456"), 0);
    assert_eq!(found("1234", "at 1234 x"), 1);
    assert_eq!(found("見本太郎", "見本次郎"), 0);
}

#[test]
fn numbers_of_the_forms_are_found() {
    assert_eq!(search("n=123456789018", &[])[0].kind, "my-number-form");
    assert!(search("n=123456789012", &[]).is_empty());
    assert_eq!(search("b 01020320301234", &[])[0].kind, "number-b-form");
    assert!(search("b 01990320301234", &[]).is_empty());
    assert!(search("2026-11-20T23:30:00.123456789+09:00", &[]).is_empty());
}

#[test]
fn a_redacted_text_holds_no_finding() {
    let text = "a 見本 太郎 b\nok\n";
    let canaries = canary("見本太郎");
    let redacted = redact(text, &search(text, &canaries));
    assert_eq!(redacted, "a █████ b\nok\n");
    assert!(search(&redacted, &canaries).is_empty());
}

proptest::proptest! {
    #[test]
    fn redaction_is_complete(text in ".{0,60}", needle in "[a-z見本0-9]{2,5}") {
        let canaries = canary(&needle);
        let redacted = redact(&text, &search(&text, &canaries));
        proptest::prop_assert!(search(&redacted, &canaries).is_empty());
    }
}

#[test]
fn a_date_of_birth_is_found_however_it_is_written() {
    let canaries = vec![Canary {
        id: "c1/birth_iso".into(),
        value: Secret::new("1988-02-17".into()),
    }];
    for text in [
        "1988-02-17",
        "生まれ 1988/2/17",
        "dob=19880217 ",
        "昭和63年2月17日",
        "昭和６３年０２月１７日",
        "S63.2.17",
        "1988年2月17日生",
    ] {
        let found = search(text, &canaries);
        assert!(
            found.iter().any(|one| one.canary == "c1/birth_iso"),
            "{text}: {found:?}"
        );
        let redacted = redact(text, &found);
        assert!(search(&redacted, &canaries).is_empty(), "{redacted}");
    }
    assert!(search("1988-02-18 x", &canaries).is_empty());
    assert!(search("tx 1198802175", &canaries).is_empty());
}

#[test]
fn dates_of_nobody_known_count_where_they_can_only_be_of_birth() {
    let kinds = |text| {
        let found = search(text, &[]);
        found.iter().map(|one| one.kind).collect::<Vec<_>>()
    };
    assert_eq!(
        kinds("2026-11-20T10:00:00+09:00 操作 生年月日 1970/01/02"),
        ["birth-date-form"]
    );
    assert_eq!(kinds("x 昭和55年1月2日"), ["birth-date-form"]);
    assert_eq!(kinds("DOB H3.12.31"), ["birth-date-form"]);
    for honest in [
        "2026-11-20T10:00:00+09:00 起動 firmware 1.2.3 (2024-05-01)",
        "令和8年11月20日 起動",
        "2026-11-20 birth of a process",
        "接続 serial S63-2-99",
        "T10.20.30.40",
        "hardware H12.1.4",
    ] {
        assert_eq!(kinds(honest), [""; 0], "{honest}");
    }
}

#[test]
fn pictures_as_text_are_found_with_all_their_lines() {
    use base64::Engine as _;
    let data: Vec<u8> = (0..200_u32).map(|n| (n * 37 % 251) as u8).collect();
    for magic in [
        &b"\xFF\xD8\xFF\xE0"[..],
        b"\x89PNG\r\n\x1a\n",
        b"\0\0\0\x0CjP  \r\n\x87\n",
        b"\xFF\x4F\xFF\x51",
        b"GIF89a",
        b"BM\x36\x10\0\0\0\0\0\0\x36\0\0\0",
    ] {
        let bytes = [magic, &data].concat();
        let standard = base64::engine::general_purpose::STANDARD.encode(&bytes);
        let lines = [&standard[..76], &standard[76..152], &standard[152..]].join("\n");
        for (text, kind) in [
            (format!("photo={standard} end"), "picture-base64"),
            (format!("data:image/x;base64,{standard}"), "picture-base64"),
            (lines, "picture-base64"),
            (
                base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(&bytes),
                "picture-base64",
            ),
            (hex::encode(&bytes), "picture-hex"),
            (hex::encode_upper(&bytes), "picture-hex"),
        ] {
            let found = search(&text, &[]);
            assert!(
                found.iter().all(|one| one.kind == kind) && !found.is_empty(),
                "{kind}"
            );
            let redacted = redact(&text, &found);
            let longest = redacted
                .split(|c: char| !c.is_ascii_alphanumeric())
                .map(str::len)
                .max();
            assert!(longest < Some(10), "{redacted}");
        }
    }
    let honest = base64::engine::general_purpose::STANDARD.encode(&data);
    for text in [
        honest.as_str(),
        "sha256=9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    ] {
        assert!(search(text, &[]).is_empty());
    }
}

#[test]
fn a_file_name_is_stored_without_the_name_in_it() {
    let canaries = canary("見本太郎");
    let searcher = Searcher::new(&canaries);
    assert_eq!(searcher.hide("result/見本太郎.json"), "result/████.json");
    assert_eq!(searcher.hide("log/a.log"), "log/a.log");
}
