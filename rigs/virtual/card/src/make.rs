//! Personalisation: makes each card of a list that the store lacks, with fresh keys, certificates and random PINs.
//! Never touches a card that is there. The store's authority is synthetic and says so in its name.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use fixture_people::cards::{Card, Kind};
use fixture_people::{cards, face};
use openssl::asn1::Asn1Time;
use openssl::bn::BigNum;
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::x509::extension::{BasicConstraints, KeyUsage};
use openssl::x509::{X509, X509Builder, X509Name, X509NameBuilder};
use serde::{Deserialize, Serialize};

use crate::personal;
use crate::profile::Profile;
use crate::store::write_whole;

/// The lab's view of a card: `secrets.yaml` of the store, mode 0600.
#[derive(Default, Serialize, Deserialize)]
struct Secrets {
    format: u32,
    cards: BTreeMap<String, BTreeMap<String, String>>,
}

/// Makes what is missing: the listed cards, or the one that is named, which may be the population's.
pub fn make(list: &Path, store: &Path, only: Option<&str>) -> Result<()> {
    fs::create_dir_all(store).with_context(|| store.display().to_string())?;
    if !store.join("terminal.key").exists() {
        let mut key = [0; 32];
        openssl::rand::rand_bytes(&mut key)?;
        write_whole(&store.join("terminal.key"), &key, 0o600)?;
    }
    let authority = Authority::open(store)?;
    let profile = Profile::built_in()?;
    let wanted = match only {
        None => cards::load(list)?,
        Some(id) => {
            let mut everyone = cards::everyone(list)?;
            everyone.retain(|card| card.id == id);
            anyhow::ensure!(!everyone.is_empty(), "no card {id:?} in the list");
            everyone
        }
    };
    for card in wanted {
        if store.join(&card.id).exists() {
            continue;
        }
        // Made aside and moved in place: a store never holds half a card.
        let aside = tempfile::tempdir_in(store)?;
        let secrets = make_card(&card, store, aside.path(), &authority, &profile)?;
        remember(store, &card.id, secrets)?;
        fs::rename(aside.keep(), store.join(&card.id))?;
    }
    Ok(())
}

/// The lab's view of the whole store; empty where there is none yet.
fn read(store: &Path) -> Result<Secrets> {
    let path = store.join("secrets.yaml");
    match fs::read(&path) {
        Ok(text) => serde_yaml::from_slice(&text)
            .map_err(|_| anyhow::anyhow!("{}: cannot be read", path.display())),
        Err(_) => Ok(Secrets {
            format: 1,
            ..Secrets::default()
        }),
    }
}

fn remember(store: &Path, card: &str, secrets: BTreeMap<String, String>) -> Result<()> {
    let mut all = read(store)?;
    all.cards.insert(card.into(), secrets);
    write_whole(
        &store.join("secrets.yaml"),
        serde_yaml::to_string(&all)?.as_bytes(),
        0o600,
    )
}

/// A random PIN that no other card of the store has: whoever looks for one finds one card's.
fn unused_pin(store: &Path) -> Result<String> {
    let made = read(store)?.cards;
    loop {
        let pin = random_text(b"0123456789", 4)?;
        if made.values().all(|card| card.get("auth_pin") != Some(&pin)) {
            return Ok(pin);
        }
    }
}

fn make_card(
    card: &Card,
    store: &Path,
    folder: &Path,
    authority: &Authority,
    profile: &Profile,
) -> Result<BTreeMap<String, String>> {
    let put = |name: &str, bytes: &[u8]| write_whole(&folder.join(name), bytes, 0o600);
    let person = &card.persona;
    if card.kind == Kind::Broken {
        put("broken", b"")?;
    }
    let (auth_key, auth) = authority.issue(&format!("AUTH {}", card.id))?;
    put("auth-key.der", &auth_key.rsa()?.private_key_to_der()?)?;
    put("auth-certificate.der", &auth.to_der()?)?;
    put("auth-ca.der", &authority.certificate.to_der()?)?;
    put("sign-ca.der", &authority.certificate.to_der()?)?;
    put("token.bin", b"JPKIAPICCTOKEN2                 ")?;
    let photo = fixture_people::jp2::compress(&face::card_photo(person))?;
    put(
        "card-face.bin",
        &personal::card_face(card, &photo, &authority.key)?,
    )?;
    put("photo.jp2", &photo)?;
    put("card-face-info.bin", b"SIMULATED CARD FACE AP")?;
    put("text-aid-info.bin", b"SIMULATED TEXT AID AP")?;
    put("attributes.bin", &personal::attributes(card))?;
    put("my-number.bin", &personal::my_number(person.face_seed))?;

    let mut secrets = BTreeMap::from([
        ("number-b".to_owned(), person.number_b()),
        ("text-b".to_owned(), person.number_b()),
        ("birth".to_owned(), person.birth_era_digits.clone()),
    ]);
    if card.kind != Kind::Face {
        let (sign_key, sign) = authority.issue(&format!("SIGN {}", card.id))?;
        put("sign-key.der", &sign_key.rsa()?.private_key_to_der()?)?;
        put("sign-certificate.der", &sign.to_der()?)?;
        secrets.insert("auth".into(), unused_pin(store)?);
        secrets.insert("text-pin".into(), random_text(b"0123456789", 4)?);
        secrets.insert("juki".into(), random_text(b"0123456789", 4)?);
        secrets.insert(
            "sign".into(),
            random_text(b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789", 8)?,
        );
    }
    let counters: BTreeMap<&str, u8> = profile
        .elements
        .iter()
        .filter_map(|element| element.pin.as_deref().map(|pin| (pin, element.tries)))
        .filter(|(pin, _)| secrets.contains_key(*pin))
        .map(|(pin, tries)| {
            (
                pin,
                if card.kind == Kind::Blocked && pin == "auth" {
                    0
                } else {
                    tries
                },
            )
        })
        .collect();
    put("secrets.yaml", serde_yaml::to_string(&secrets)?.as_bytes())?;
    put(
        "counters.yaml",
        serde_yaml::to_string(&counters)?.as_bytes(),
    )?;
    Ok(for_the_lab(card, &secrets))
}

/// PINs by the names the rig's secrets file uses, and printed data that must appear in no log. Family names alone are left out: 試験 or 検査
/// stands in honest log lines.
fn for_the_lab(card: &Card, secrets: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let person = &card.persona;
    let pins = [
        ("auth", "auth_pin"),
        ("sign", "sign_pin"),
        ("text-pin", "text_pin"),
    ];
    let mut lab: BTreeMap<String, String> = pins
        .iter()
        .filter_map(|(secret, name)| {
            secrets
                .get(*secret)
                .map(|value| ((*name).to_owned(), value.clone()))
        })
        .collect();
    lab.extend([
        ("number_b".to_owned(), person.number_b()),
        ("name_kanji".to_owned(), person.kanji.clone()),
        (
            "name_kanji_joined".to_owned(),
            person.kanji.replace('\u{3000}', ""),
        ),
        (
            "name_kanji_spaced".to_owned(),
            person.kanji.replace('\u{3000}', " "),
        ),
        ("name_kana".to_owned(), person.kana.clone()),
        (
            "name_kana_joined".to_owned(),
            person.kana.replace('\u{3000}', ""),
        ),
        ("name_romaji".to_owned(), person.romaji.clone()),
        ("birth_printed".to_owned(), person.birth_printed.clone()),
        ("birth_iso".to_owned(), person.birth.clone()),
        ("birth_digits".to_owned(), person.birth.replace('-', "")),
        ("address".to_owned(), person.address.clone()),
        ("chip_photo".to_owned(), format!("{}/photo.jp2", card.id)),
    ]);
    lab
}

fn random_text(alphabet: &[u8], length: usize) -> Result<String> {
    let mut text = String::new();
    while text.len() < length {
        let mut byte = [0];
        openssl::rand::rand_bytes(&mut byte)?;
        // Rejection keeps the choice uniform.
        let limit = 256 / alphabet.len() * alphabet.len();
        if usize::from(byte[0]) < limit {
            text.push(char::from(alphabet[usize::from(byte[0]) % alphabet.len()]));
        }
    }
    Ok(text)
}

/// The store's certification authority.
struct Authority {
    key: PKey<Private>,
    certificate: X509,
}

impl Authority {
    fn open(store: &Path) -> Result<Self> {
        let (key_path, certificate_path) = (store.join("ca-key.der"), store.join("ca.der"));
        if !certificate_path.exists() {
            let key = PKey::from_rsa(Rsa::generate(2048)?)?;
            let name = name("SIMULATED JPKI CA")?;
            let mut builder = builder(&name, &name, &key)?;
            builder.append_extension(BasicConstraints::new().critical().ca().build()?)?;
            builder.append_extension(
                KeyUsage::new()
                    .critical()
                    .key_cert_sign()
                    .crl_sign()
                    .build()?,
            )?;
            builder.sign(&key, MessageDigest::sha256())?;
            write_whole(&key_path, &key.private_key_to_der()?, 0o600)?;
            write_whole(&certificate_path, &builder.build().to_der()?, 0o644)?;
        }
        Ok(Self {
            key: PKey::private_key_from_der(&fs::read(key_path)?)?,
            certificate: X509::from_der(&fs::read(certificate_path)?)?,
        })
    }

    fn issue(&self, subject: &str) -> Result<(PKey<Private>, X509)> {
        let key = PKey::from_rsa(Rsa::generate(2048)?)?;
        let subject = name(subject)?;
        let mut builder = builder(&subject, self.certificate.subject_name(), &key)?;
        builder.append_extension(KeyUsage::new().critical().digital_signature().build()?)?;
        builder.sign(&self.key, MessageDigest::sha256())?;
        Ok((key, builder.build()))
    }
}

fn name(common: &str) -> Result<X509Name> {
    let mut name = X509NameBuilder::new()?;
    name.append_entry_by_text("C", "JP")?;
    name.append_entry_by_text("O", "Shinsa virtual rig (simulated)")?;
    name.append_entry_by_text("CN", common)?;
    Ok(name.build())
}

fn builder(
    subject: &openssl::x509::X509NameRef,
    issuer: &openssl::x509::X509NameRef,
    key: &PKey<Private>,
) -> Result<X509Builder> {
    let mut serial = BigNum::new()?;
    serial.rand(63, openssl::bn::MsbOption::MAYBE_ZERO, false)?;
    let mut builder = X509Builder::new()?;
    builder.set_version(2)?;
    let serial = serial.to_asn1_integer()?;
    builder.set_serial_number(&serial)?;
    builder.set_subject_name(subject)?;
    builder.set_issuer_name(issuer)?;
    builder.set_pubkey(key)?;
    let (from, until) = (Asn1Time::days_from_now(0)?, Asn1Time::days_from_now(3650)?);
    builder.set_not_before(&from)?;
    builder.set_not_after(&until)?;
    Ok(builder)
}
