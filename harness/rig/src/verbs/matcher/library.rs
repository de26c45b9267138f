//! The face library: who is there, and their pictures on the way to the engine.

use std::time::Duration;

use sha2::{Digest, Sha256};
use shinsa_model::event::Fault;
use shinsa_model::scenario::EvaluateMatcher;
use shinsa_wire::v1;
use shinsa_wire::v1::face_library_client::FaceLibraryClient;
use shinsa_wire::v1::get_picture_request::Which;

use super::Faces;
use crate::bench::Bench;
use crate::fault::{garbage, incapable};
use crate::wire::{LARGEST_MESSAGE, Wire, timed};

/// Pictures of subjects.
#[derive(Clone)]
pub(super) struct Library {
    wire: Wire,
    client: FaceLibraryClient<tonic::transport::Channel>,
}

impl Library {
    pub(super) fn new(wire: &Wire) -> Self {
        let client = FaceLibraryClient::new(wire.channel.clone());
        Self {
            wire: wire.clone(),
            client: client.max_decoding_message_size(LARGEST_MESSAGE),
        }
    }

    async fn list(&self, within: Duration) -> Result<v1::ListFacesReply, Fault> {
        let mut client = self.client.clone();
        let call = client.list_faces(timed(v1::ListFacesRequest {}, within));
        self.wire.call("list faces", within, call).await
    }

    /// Whom the step asks for.
    pub(super) async fn faces(&self, verb: &EvaluateMatcher) -> Result<Faces, Fault> {
        let mut list = self.list(self.wire.deadline).await?;
        let condition = verb.condition.clone().unwrap_or_else(|| "ideal".into());
        let known = list.conditions.iter().find(|known| known.name == condition);
        let Some(known) = known else {
            let names: Vec<&str> = list
                .conditions
                .iter()
                .map(|known| known.name.as_str())
                .collect();
            return Err(incapable(
                format!("the face library has no condition {condition}"),
                format!("it has: {}", names.join(", ")),
            ));
        };
        let presentations = verb.presentations.unwrap_or(known.presentations);
        if !verb.only.is_empty() {
            list.subjects = only(&verb.only, &list.subjects)?;
        }
        let wanted = verb.subjects.map_or(list.subjects.len(), |n| n as usize);
        if wanted > list.subjects.len() || presentations > known.presentations || presentations == 0
        {
            return Err(incapable(
                format!("the step wants {wanted} subjects with {presentations} presentations each"),
                format!(
                    "the library has {} with {}",
                    list.subjects.len(),
                    known.presentations
                ),
            ));
        }
        let chosen = &list.subjects[..wanted];
        let mut ids: Vec<&str> = chosen.iter().map(|subject| subject.id.as_str()).collect();
        ids.sort_unstable();
        let mut twice = ids.iter().zip(ids.iter().skip(1)).filter(|(a, b)| a == b);
        if let Some((id, _)) = twice.next() {
            return Err(garbage(format!("the face library has two subjects {id}")));
        }
        let sound = |id: &str| !id.is_empty() && id.len() <= 64 && !id.contains(['\n', '/']);
        if let Some(id) = ids.iter().find(|id| !sound(id)) {
            return Err(garbage(format!(
                "{id:?} is no subject id: 1 to 64 bytes without `/` and line ends"
            )));
        }
        let mut hash = Sha256::new();
        for subject in chosen {
            hash.update(format!("{}\n", subject.id));
        }
        Ok(Faces {
            subjects: chosen.iter().map(|subject| subject.id.clone()).collect(),
            condition,
            presentations,
            sha256: hex::encode(hash.finalize()),
            synthetic: chosen.iter().all(|subject| subject.synthetic),
            groups: groups(chosen)?,
        })
    }

    /// Reference photo (attempt 0) or a live presentation.
    pub(super) async fn picture(
        &self,
        subject: &str,
        condition: &str,
        attempt: u32,
    ) -> Result<v1::Picture, Fault> {
        let which = match attempt {
            0 => Which::Reference(true),
            number => Which::Presentation(v1::Presentation {
                condition: condition.into(),
                number,
            }),
        };
        let request = v1::GetPictureRequest {
            subject: subject.into(),
            which: Some(which),
        };
        let within = self.wire.deadline;
        let mut client = self.client.clone();
        let call = client.get_picture(timed(request, within));
        self.wire.call("get picture", within, call).await
    }
}

/// Which groups the subjects belong to: CSV with a column for each grouping that every subject has.
fn groups(subjects: &[v1::FaceSubject]) -> Result<String, Fault> {
    let Some(first) = subjects.first() else {
        return Ok(String::new());
    };
    let everywhere = |name: &&String| subjects.iter().all(|one| one.groups.contains_key(*name));
    let mut names: Vec<&String> = first.groups.keys().filter(everywhere).collect();
    names.sort();
    if names.is_empty() {
        return Ok(String::new());
    }
    let mut text = "subject".to_owned();
    for name in &names {
        text.push(',');
        text.push_str(name);
    }
    for subject in subjects {
        text.push('\n');
        text.push_str(&subject.id);
        for name in &names {
            text.push(',');
            text.push_str(&subject.groups[*name]);
        }
    }
    text.push('\n');
    let cells = subjects.iter().flat_map(|one| one.groups.iter());
    let odd =
        |cell: &str| cell.is_empty() || cell.len() > 64 || cell.contains([',', '"', '\n', '\r']);
    let odd_id = subjects.iter().any(|one| odd(&one.id));
    if odd_id
        || cells
            .flat_map(|(name, value)| [name, value])
            .any(|cell| odd(cell))
    {
        return Err(garbage(
            "the face library's ids, groups or their names are not words of 1 to 64 bytes without commas, quotes and line ends",
        ));
    }
    Ok(text)
}

/// Those of the named subjects, in the order of the names.
fn only(names: &[String], known: &[v1::FaceSubject]) -> Result<Vec<v1::FaceSubject>, Fault> {
    let of = |name: &String| {
        let found = known.iter().find(|subject| subject.id == *name).cloned();
        found.ok_or_else(|| {
            incapable(
                format!("the face library has no subject {name}"),
                "name subjects of the library in `only`",
            )
        })
    };
    names.iter().map(of).collect()
}

/// A library without subjects is of no use.
pub async fn probe(_: &Bench, wire: &Wire, within: Duration) -> Result<(), Fault> {
    let list = Library::new(wire).list(within).await?;
    if list.subjects.is_empty() || list.conditions.is_empty() {
        return Err(incapable(
            "the face library is empty",
            "give it subjects and conditions",
        ));
    }
    Ok(())
}
