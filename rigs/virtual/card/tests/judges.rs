//! The card, read by independent judges: OpenSC and openssl.

mod stack;

use std::fs;

use stack::{secret, send, stack, text, tool};

#[test]
fn opensc_takes_it_for_a_jpki_card_and_reads_its_certificate_to_the_byte() {
    let stack = stack();
    let _card = stack.insert("p001-regular", &[]);
    let name = tool("opensc-tool", &["--name"]);
    assert!(
        text(&name).to_lowercase().contains("jpki"),
        "{}",
        text(&name)
    );
    let pins = text(&tool("pkcs15-tool", &["--list-pins"]));
    assert_eq!(pins.matches("Tries left").count(), 2, "{pins}");
    let read = stack.folder.join("read.pem");
    let certificate = tool(
        "pkcs15-tool",
        &[
            "--read-certificate",
            "1",
            "--output",
            read.to_str().unwrap(),
        ],
    );
    assert!(certificate.status.success(), "{}", text(&certificate));
    let pem = openssl::x509::X509::from_pem(&fs::read(read).unwrap()).unwrap();
    let kept = fs::read(stack.store("p001-regular/auth-certificate.der")).unwrap();
    assert_eq!(pem.to_der().unwrap(), kept);
}

#[test]
fn a_signature_by_the_auth_key_is_good_for_openssl() {
    let stack = stack();
    let on = stack.insert("p002-regular", &[]);
    let card = on.connect();
    let send = |hex: &str| send(&card, hex);
    assert_eq!(send("00A4040C0AD392F000260100000001"), "9000");
    assert_eq!(send("00A4020C020018"), "9000");
    let pin = hex::encode(secret(&stack, "p002-regular", "auth"));
    assert_eq!(send(&format!("0020008004{pin}")), "9000");
    assert_eq!(send("00A4020C020017"), "9000");
    let digest = openssl::sha::sha256(b"to be signed");
    let info = format!(
        "3031300D060960864801650304020105000420{}",
        hex::encode(digest)
    );
    let answer = hex::decode(send(&format!("802A008033{info}00"))).unwrap();
    let (signature, sw) = answer.split_at(answer.len() - 2);
    assert_eq!(sw, [0x90, 0x00]);
    let kept = fs::read(stack.store("p002-regular/auth-certificate.der")).unwrap();
    let key = openssl::x509::X509::from_der(&kept)
        .unwrap()
        .public_key()
        .unwrap();
    let mut verifier =
        openssl::sign::Verifier::new(openssl::hash::MessageDigest::sha256(), &key).unwrap();
    assert!(verifier.verify_oneshot(signature, b"to be signed").unwrap());
}

#[test]
fn counters_go_down_persist_and_block() {
    let stack = stack();
    let empty = |id: &str, wrong: u32| {
        let on = stack.insert(id, &[]);
        let card = on.connect();
        send(&card, "00A4040C0AD392F000260100000001");
        send(&card, "00A4020C020018");
        let answers: Vec<String> = (0..wrong)
            .map(|_| send(&card, "0020008004FFFFFFFF"))
            .collect();
        (answers, send(&card, "00200080"))
    };
    assert_eq!(
        empty("p005-lapsed", 1),
        (vec!["63C2".into()], "63C2".into())
    );
    // Another process, the same card.
    assert_eq!(
        empty("p005-lapsed", 3),
        (
            vec!["63C1".into(), "63C0".into(), "6984".into()],
            "63C0".into()
        )
    );
    assert_eq!(empty("p003-blocked", 0).1, "63C0");
    // 顔認証マイナンバーカード: there is no PIN to ask for.
    let on = stack.insert("p001-face", &[]);
    let card = on.connect();
    send(&card, "00A4040C0AD392F000260100000001");
    assert_eq!(send(&card, "00A4020C020018"), "6A82");
}

#[test]
fn the_holder_is_authenticated_without_pin_by_the_synthetic_terminal() {
    let stack = stack();
    let on = stack.insert("p001-face", &[]);
    let card = on.connect();
    let send = |hex: &str| send(&card, hex);
    send("00A4040C0AD392F000260100000001");
    send("00A4020C020017");
    assert_eq!(send("802A00800130"), "6982");
    let answer = send("0084000010");
    let (challenge, sw) = answer.split_at(answer.len() - 4);
    assert_eq!(sw, "9000");
    let key = openssl::pkey::PKey::hmac(&fs::read(stack.store("terminal.key")).unwrap()).unwrap();
    let mut signer =
        openssl::sign::Signer::new(openssl::hash::MessageDigest::sha256(), &key).unwrap();
    let proof = signer
        .sign_oneshot_to_vec(&hex::decode(challenge).unwrap())
        .unwrap();
    let data = [b"PINLESS-TERMINAL-V1".as_slice(), &proof].concat();
    assert_eq!(
        send(&format!("80A20001{:02X}{}", data.len(), hex::encode(data))),
        "9000"
    );
    assert!(send("802A0080013000").ends_with("9000"));
}

/// The crate `myna-card`, the strictest public reader of the card: offsets, tags, dates, pictures, signatures.
#[test]
fn myna_card_reads_every_application() {
    use myna_card::Pin;
    use myna_card::ap::jpki::{JpkiAp, SignatureScheme};
    use myna_card::ap::{surface::SurfaceAp, text::TextAp};
    use myna_card::data::ImageFormat;
    use myna_card::transport::pcsc::{Sharing, connect};

    let stack = stack();
    let _on = stack.insert("p006-lapsed-new", &[]);
    let mut card = connect("Shinsa test 00 00", Sharing::Shared).unwrap();
    let pin = |name| Pin::numeric(secret(&stack, "p006-lapsed-new", name)).unwrap();

    let mut jpki = JpkiAp::select(&mut card).unwrap();
    let kept = fs::read(stack.store("p006-lapsed-new/auth-certificate.der")).unwrap();
    assert_eq!(jpki.read_auth_certificate_der().unwrap(), kept);
    assert_eq!(jpki.auth_pin_retries().unwrap().count(), Some(3));
    assert_eq!(jpki.sign_pin_retries().unwrap().count(), Some(5));
    jpki.verify_auth_pin(&pin("auth")).unwrap();
    // The one of the card's six schemes that this card has: the caller supplies the DigestInfo.
    let scheme = SignatureScheme::Verbatim;
    let info = myna_card::data::sha256_digest_info(&openssl::sha::sha256(b"to be signed"));
    let signature = jpki.sign_with_auth_key(scheme, &info).unwrap();
    let key = openssl::x509::X509::from_der(&kept)
        .unwrap()
        .public_key()
        .unwrap();
    let mut verifier =
        openssl::sign::Verifier::new(openssl::hash::MessageDigest::sha256(), &key).unwrap();
    assert!(
        verifier
            .verify_oneshot(&signature, b"to be signed")
            .unwrap()
    );

    let mut surface = SurfaceAp::select(&mut card).unwrap();
    assert!(surface.read_card_face().is_err(), "opened by nothing");
    surface.verify_code_b(&pin("number-b")).unwrap();
    let face = surface.read_card_face().unwrap();
    assert_eq!(face.photo.format, ImageFormat::Jpeg2000);
    assert_eq!(face.name_image.format, ImageFormat::Png);
    let born = (
        face.birth_date.year,
        face.birth_date.month,
        face.birth_date.day,
    );
    assert_eq!(born, (1989, 1, 8));
    face.verify(&face.public_key).unwrap();

    let mut text = TextAp::select(&mut card).unwrap();
    text.verify_pin(&pin("text-pin")).unwrap();
    assert_eq!(text.read_attributes().unwrap().name, "標本　めい");
    assert_eq!(text.read_my_number().unwrap().as_str().len(), 12);
}
