//! Vectors that appear in a process are told by sketches alone; what was there before, what is too much and what was let go, as such.

use shinsa_wire::v1::{
    CollectVectorsReply, CollectVectorsRequest, SearchRequest, SnapshotPagesRequest, VectorSketch,
};
use tonic::{Code, Status};

use crate::support::{Agent, fresh, open_folder, set, stored};
use crate::victim::{Victim, told_as_let_go};

impl Agent {
    async fn snapshot(&self, mark: &str) -> u64 {
        let request = SnapshotPagesRequest {
            mark: mark.into(),
            targets: Vec::new(),
            freeze: true,
        };
        let reply = self.inspector().snapshot_pages(request).await;
        let reply = reply.unwrap().into_inner();
        let harmful = reply.not_searched.iter().any(|missed| !missed.harmless);
        assert!(!harmful, "{:?}", reply.not_searched);
        assert!(reply.processes == 1 && reply.pages > 10 && reply.at.is_some());
        reply.vectors
    }

    async fn collect(&self, since: &str, seed: &str) -> Result<CollectVectorsReply, Status> {
        let request = CollectVectorsRequest {
            since: since.into(),
            targets: Vec::new(),
            freeze: true,
            seed: seed.into(),
        };
        Ok(self
            .inspector()
            .collect_vectors(request)
            .await?
            .into_inner())
    }
}

/// Numbers like a template's, by the system's randomness.
fn numbers(length: usize) -> Vec<f32> {
    let mut random = vec![0; length * 2];
    getrandom::fill(&mut random).unwrap();
    let pairs = random.as_chunks::<2>().0.iter();
    pairs
        .map(|pair| f32::from(i16::from_le_bytes(*pair)) / 1e6 + 1e-6)
        .collect()
}

fn bytes(numbers: &[f32]) -> Vec<u8> {
    numbers.iter().flat_map(|n| n.to_le_bytes()).collect()
}

fn hold(victim: &mut Victim, bytes: &[u8]) {
    assert_eq!(victim.tell(&format!("hold {}", hex::encode(bytes))), "hold");
}

fn of_shape<'a>(
    reply: &'a CollectVectorsReply,
    format: &str,
    length: u32,
) -> Vec<&'a VectorSketch> {
    let vectors = reply.vectors.iter();
    vectors
        .filter(|vector| vector.format == format && vector.length == length)
        .collect()
}

fn of_length(reply: &CollectVectorsReply, length: u32) -> Vec<&VectorSketch> {
    of_shape(reply, "f32", length)
}

fn cosine(a: &VectorSketch, b: &VectorSketch) -> f64 {
    let product = |a: &VectorSketch, b: &VectorSketch| -> f64 {
        let pairs = a.sketch.iter().zip(&b.sketch);
        pairs
            .map(|(a, b)| f64::from(a.cast_signed()) * f64::from(b.cast_signed()))
            .sum()
    };
    product(a, b) / (product(a, a) * product(b, b)).sqrt()
}

#[tokio::test]
async fn vectors_that_appeared_are_told_by_sketches_that_no_other_agent_makes() {
    let mut victim = Victim::start("vectors");
    let (old, new) = (numbers(257), numbers(513));
    hold(&mut victim, &bytes(&old));
    let agent = Agent::start(&[victim.target("reader")], "").await;
    let other = Agent::start(&[victim.target("reader")], "").await;
    assert!(agent.snapshot("t1").await > 0);
    other.snapshot("t1").await;
    hold(&mut victim, &bytes(&new));
    let reply = agent.collect("t1", "").await.unwrap();
    assert_eq!(of_length(&reply, 257).len(), 0);
    assert!(reply.unchanged > 0 && reply.planted.is_empty() && reply.ended.is_some());
    let found = of_length(&reply, 513);
    assert_eq!(found.len(), 1, "{:?}", reply.vectors);
    assert_eq!(
        (found[0].target.as_str(), found[0].format.as_str()),
        ("reader", "f32")
    );
    assert_eq!(found[0].sketch.len(), 96);
    let again = agent.collect("t1", "").await.unwrap();
    assert_eq!(of_length(&again, 513)[0], found[0]);
    // Another agent knows it under another key.
    let elsewhere = other.collect("t1", "").await.unwrap();
    assert!(cosine(of_length(&elsewhere, 513)[0], found[0]).abs() < 0.45);
    // After the next mark it is old.
    agent.snapshot("t2").await;
    let reply = agent.collect("t2", "").await.unwrap();
    assert_eq!(of_length(&reply, 513).len(), 0);
    assert!(victim.is_well());
    for agent in [agent, other] {
        let (status, printed) = agent.end();
        assert!(status.success());
        for chunk in bytes(&new).chunks_exact(16) {
            assert!(memchr::memmem::find(&printed, chunk).is_none());
        }
    }
}

#[tokio::test]
async fn planted_vectors_agree_within_a_label_alone() {
    let victim = Victim::start("planted");
    let agent = Agent::start(&[victim.target("reader")], "").await;
    agent.snapshot("t1").await;
    let mut collected = Vec::new();
    for label in ["f0001", "f0001", "f0002"] {
        let reply = agent.collect("t1", label).await.unwrap();
        assert_eq!(reply.planted, [128, 512, 1024]);
        assert_eq!(reply.formats, ["f32", "f64", "f16", "i8", "u8"]);
        collected.push(reply);
    }
    let formats = ["f32", "f64", "f16", "i8", "u8"].into_iter();
    for (format, length) in
        formats.flat_map(|format| [128, 512, 1024].map(|length| (format, length)))
    {
        // What else stands in that process is not of that length, or is not planted: the planted one comes with its label.
        let best = |a: &CollectVectorsReply, b: &CollectVectorsReply| {
            let seeded = |reply| {
                let all = of_shape(reply, format, length).into_iter();
                all.filter(|vector| vector.target == "seeded")
                    .collect::<Vec<_>>()
            };
            let (a, b) = (seeded(a), seeded(b));
            assert_eq!((a.len(), b.len()), (1, 1), "{format} {length}");
            cosine(a[0], b[0])
        };
        let within = best(&collected[0], &collected[1]);
        assert!((0.6..0.95).contains(&within), "{format} {length}: {within}");
        assert!(best(&collected[0], &collected[2]).abs() < 0.45);
    }
}

#[tokio::test]
async fn a_search_since_a_mark_looks_at_changed_pages_alone() {
    let (before, after) = (fresh(20), fresh(20));
    let mut victim = Victim::start("differential");
    // Far from its neighbours, so that nothing else changes its page.
    let padding = vec![0x80; 32 << 10];
    hold(
        &mut victim,
        &[&padding, before.as_bytes(), &padding].concat(),
    );
    let agent = Agent::start(&[victim.target("reader")], "").await;
    agent.snapshot("t1").await;
    hold(&mut victim, after.as_bytes());
    let search = async |since: &str| {
        let canaries = set(&[
            ("t1/before", "text", before.as_bytes()),
            ("t1/after", "text", after.as_bytes()),
        ]);
        let request = SearchRequest {
            freeze: true,
            changed_since: since.into(),
            ..Default::default()
        };
        let reply = agent.search_for(canaries, request).await?;
        let mut found: Vec<String> = reply
            .findings
            .iter()
            .map(|found| found.canary.clone())
            .collect();
        found.sort_unstable();
        found.dedup();
        Ok::<_, Status>((found, reply.searched[0].clone()))
    };
    let (found, all) = search("").await.unwrap();
    assert_eq!((found.len(), all.left_out), (2, 0));
    let (found, changed) = search("t1").await.unwrap();
    assert_eq!(found, ["t1/after"]);
    assert!(
        changed.bytes < all.bytes && changed.left_out > 64 << 10,
        "{changed:?} of {all:?}"
    );
    assert_eq!(
        search("t2").await.unwrap_err().code(),
        Code::FailedPrecondition
    );
}

#[tokio::test]
async fn more_vectors_than_are_told_are_counted() {
    let mut victim = Victim::start("many");
    let agent = Agent::start(&[victim.target("reader")], "").await;
    agent.snapshot("t1").await;
    let mut many = Vec::new();
    for _ in 0..2_500 {
        many.extend(bytes(&numbers(64)));
        many.extend([17, 0, 0, 0]);
    }
    hold(&mut victim, &many);
    let reply = agent.collect("t1", "f0001").await.unwrap();
    let floats = reply.vectors.iter().filter(|one| one.format == "f32");
    assert_eq!(floats.count(), 1_024);
    assert!(reply.more_vectors >= 1_476, "{}", reply.more_vectors);
    // What was planted is never what is dropped.
    let seeded = reply.vectors.iter().filter(|one| one.target == "seeded");
    assert!(seeded.count() >= 12);
}

#[tokio::test]
async fn only_the_last_marks_are_kept_and_wrong_targets_refused() {
    let victim = Victim::start("marks");
    let (_folder, path) = open_folder();
    let targets = [victim.target("reader"), stored("storage", "files", &path)];
    let agent = Agent::start(&targets, "").await;
    for mark in ["a", "b", "c", "d", "e", "b"] {
        agent.snapshot(mark).await;
    }
    assert!(agent.collect("b", "").await.is_ok() && agent.collect("c", "").await.is_ok());
    for (mark, code) in [("a", Code::FailedPrecondition), ("", Code::InvalidArgument)] {
        assert_eq!(agent.collect(mark, "").await.unwrap_err().code(), code);
    }
    for (target, code) in [
        ("storage", Code::InvalidArgument),
        ("nobody", Code::NotFound),
    ] {
        let request = SnapshotPagesRequest {
            mark: "x".into(),
            targets: vec![target.into()],
            freeze: false,
        };
        let refused = agent.inspector().snapshot_pages(request).await.unwrap_err();
        assert_eq!(refused.code(), code, "{refused:?}");
    }
}

#[tokio::test]
async fn make_safe_lets_go_what_is_collected_from_and_the_reply_says_so() {
    let snapshot = async |agent: &Agent| {
        let request = SnapshotPagesRequest {
            mark: "t1".into(),
            targets: Vec::new(),
            freeze: true,
        };
        let reply = agent.inspector().snapshot_pages(request).await.unwrap();
        reply.into_inner().not_searched
    };
    assert!(
        told_as_let_go(snapshot).await,
        "no snapshot was ever let go"
    );
}
