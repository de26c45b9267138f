//! What a person does with their own hands where no machine does it: cards, faces, touches; and `consent`.
//!
//! The operator is told what to do and says when it is done. Records role, subject number and time; never a name.

use std::time::Duration;

use shinsa_model::event::{Fault, FaultKind};
use shinsa_model::observation::Stamp;
use shinsa_model::scenario::{AnswerKind, Ask, Consent};
use shinsa_model::text::Bilingual;

use super::{Values, observed, values};
use crate::bench::{Bench, Performed};
use crate::fault::{fault, harness, incapable};
use crate::operator::Operator;

/// Who does things on the rig.
const ROLE: &str = "operator";

/// Something to do: key in an answers file, and words.
pub struct Words {
    key: &'static str,
    ja: String,
    en: String,
}

pub fn insert(card: &str) -> Words {
    Words {
        key: "insert-card",
        ja: format!("カード {card} を読取口に置いてください。置いたら yes。"),
        en: format!("Put card {card} on the reader; yes when it lies there."),
    }
}

pub fn remove() -> Words {
    Words {
        key: "remove-card",
        ja: "カードを取り除いてください。取り除いたら yes（なければ yes）。".into(),
        en: "Take the card away; yes when none lies there.".into(),
    }
}

fn present(subject: &str, presentation: &str) -> Words {
    let what = if presentation == "bona-fide" {
        ("本人".to_owned(), "themselves".to_owned())
    } else {
        (
            format!("攻撃 {presentation}（fixtures/attacks）"),
            format!("attack {presentation} (fixtures/attacks)"),
        )
    };
    Words {
        key: "present-face",
        ja: format!(
            "被験者 {subject} を機器の前に案内してください（提示：{}）。準備ができたら yes。できないときは no。",
            what.0
        ),
        en: format!(
            "Subject {subject} before the reader, presenting {}; yes when ready, no when they cannot.",
            what.1
        ),
    }
}

pub fn withdraw() -> Words {
    Words {
        key: "withdraw-face",
        ja: "被験者は機器の前を離れてください。離れたら yes。".into(),
        en: "The subject steps aside; yes when nobody stands there.".into(),
    }
}

pub fn touch(target: &str) -> Words {
    Words {
        key: "touch",
        ja: format!("画面の「{target}」に触れ、触れたら yes。"),
        en: format!("Touch `{target}` on the screen; yes when touched."),
    }
}

/// Has it done. The stamp is the answer's, which comes after the deed by nobody knows how much: its clock is therefore
/// nobody else's, so that no interval is ever taken from it.
pub async fn do_it(
    bench: &Bench,
    person: &Operator,
    words: Words,
    mut readings: Values,
    within: Duration,
) -> Result<Performed, Fault> {
    let key = words.key;
    let given = person.ask(&question(words), within).await?;
    if given.answer.as_bool() != Some(true) {
        return Err(fault(
            FaultKind::Operator,
            format!("{key}: the operator said no"),
            "see why; then `shinsa resume`, which begins the trial again",
        ));
    }
    readings.insert("role".into(), given.role.into());
    Ok(observed(&person.name, by_word(bench), readings))
}

/// Leads a person before the reader. Who does not come (any more) is not asked again: their trials end `declined`.
pub async fn present_them(
    bench: &Bench,
    person: &Operator,
    subject: &str,
    presentation: &str,
    within: Duration,
) -> Result<Performed, Fault> {
    let given = person
        .ask(&question(present(subject, presentation)), within)
        .await?;
    let came = given.answer.as_bool() == Some(true);
    if !came {
        let poisoned = |_| harness("consents: lock poisoned");
        let mut consents = bench.consents.lock().map_err(poisoned)?;
        consents.insert(subject.to_owned(), false);
    }
    let readings = values([
        ("subject", subject.into()),
        ("presentation", presentation.into()),
        ("presented", came.into()),
        ("role", given.role.into()),
    ]);
    Ok(observed(&person.name, by_word(bench), readings))
}

/// Stamp of something that a person says to have done.
fn by_word(bench: &Bench) -> Stamp {
    Stamp {
        clock: "operator's word".into(),
        ..bench.now()
    }
}

fn question(words: Words) -> Ask {
    Ask {
        question: words.key.into(),
        text: Bilingual {
            ja: words.ja,
            en: words.en,
        },
        role: ROLE.into(),
        kind: AnswerKind::YesNo,
    }
}

/// Does this person take part? Asked once a session.
pub async fn consent(bench: &Bench, verb: &Consent, within: Duration) -> Result<Performed, Fault> {
    let person = bench.operator.as_ref().ok_or_else(|| {
        incapable(
            "no driver of this rig is an operator",
            "add `driver: operator` with `provides: [operator]` to the rig file",
        )
    })?;
    let consents = || {
        let poisoned = |_| harness("consents: lock poisoned");
        bench.consents.lock().map_err(poisoned)
    };
    let known = consents()?.get(&verb.subject).copied();
    let consented = if let Some(said) = known {
        said
    } else {
        let subject = &verb.subject;
        let mut ask = question(Words {
            key: "consent",
            ja: format!(
                "被験者 {subject} に説明書を渡し、試験への参加（画像は保存しない）に同意するか尋ねてください。氏名は入力しないこと。"
            ),
            en: format!(
                "Give subject {subject} the information sheet: do they take part (no picture is kept)? Enter no name."
            ),
        });
        // A rehearsal may answer for one person by itself.
        let own = format!("consent-{subject}");
        if person.has_answer_to(&own) {
            ask.question = own;
        }
        let given = person.ask(&ask, within).await?;
        given.answer.as_bool() == Some(true)
    };
    consents()?.insert(verb.subject.clone(), consented);
    let readings = values([
        ("subject", verb.subject.clone().into()),
        ("consented", consented.into()),
        ("asked_now", known.is_none().into()),
        ("role", ROLE.into()),
    ]);
    Ok(observed(&person.name, bench.now(), readings))
}
