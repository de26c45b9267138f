//! Secrets are found where they lie; what could not be searched is said.

use shinsa_wire::sealed::{Opened, seal};
use shinsa_wire::v1::{CanarySet, OpenSearchRequest, SearchRequest};
use tonic::Code;

use crate::support::{Agent, fresh, is_root, open_folder, set, stored, utf_16};
use crate::victim::{Victim, told_as_let_go};

#[tokio::test]
async fn secrets_on_a_heap_and_in_files_are_found_and_others_are_not() {
    let (on_heap, wide, in_file, absent) = (fresh(20), fresh(20), fresh(20), fresh(20));
    let mut victim = Victim::start("heap");
    victim.tell(&format!("hold {}", hex::encode(&on_heap)));
    victim.tell(&format!("hold {}", hex::encode(utf_16(&wide))));
    let (_folder, path) = open_folder();
    std::fs::create_dir(path.join("log")).unwrap();
    std::fs::write(path.join("log/a.log"), format!("name={in_file}\n")).unwrap();
    let targets = [victim.target("reader"), stored("storage", "files", &path)];
    let agent = Agent::start(&targets, "").await;
    let canaries = [
        ("t1/heap", "text", on_heap.as_bytes()),
        ("t1/wide", "text", wide.as_bytes()),
        ("t1/file", "text", in_file.as_bytes()),
        ("t1/absent", "text", absent.as_bytes()),
    ];
    let reply = agent.search(set(&canaries)).await;
    let found = |canary: &str, encoding: &str, target: &str| {
        reply.findings.iter().find(|found| {
            found.canary == canary && found.encoding == encoding && found.target == target
        })
    };
    assert!(
        found("t1/heap", "ascii", "reader").is_some(),
        "{:?}",
        reply.findings
    );
    assert!(
        found("t1/wide", "utf-16le", "reader").is_some(),
        "{:?}",
        reply.findings
    );
    let file = found("t1/file", "ascii", "storage").expect("the file");
    assert_eq!(
        (file.place.as_str(), file.position, file.length),
        ("log/a.log", 5, 20)
    );
    assert_eq!(file.region, "file");
    assert!(
        reply
            .findings
            .iter()
            .all(|found| found.canary != "t1/absent")
    );
    assert!(reply.patterns > 4 && reply.ended.unwrap().at_ns > reply.begun.unwrap().at_ns);
    let searched: Vec<_> = reply
        .searched
        .iter()
        .map(|searched| (searched.target.as_str(), searched.pid))
        .collect();
    assert_eq!(searched, [("reader", victim.pid()), ("storage", 0)]);
    let harmful: Vec<_> = reply
        .not_searched
        .iter()
        .filter(|missed| !missed.harmless)
        .collect();
    assert!(harmful.is_empty(), "{harmful:?}");
}

#[tokio::test]
async fn a_set_opens_once_and_for_its_own_key_alone() {
    let (_folder, path) = open_folder();
    let agent = Agent::start(&[stored("storage", "files", &path)], "").await;
    let mut inspector = agent.inspector();
    let first = inspector
        .open_search(OpenSearchRequest {})
        .await
        .unwrap()
        .into_inner();
    let other = inspector
        .open_search(OpenSearchRequest {})
        .await
        .unwrap()
        .into_inner();
    let canaries = set(&[("t1/x", "text", fresh(20).as_bytes())]);
    let sealed = seal(&Opened::new(canaries), &first.search, &first.public_key).unwrap();
    let ask = |search: &[u8]| SearchRequest {
        search: search.into(),
        sealed: sealed.clone(),
        ..Default::default()
    };
    let wrong = inspector.search(ask(&other.search)).await.unwrap_err();
    assert_eq!(wrong.code(), Code::InvalidArgument, "{wrong:?}");
    assert!(inspector.search(ask(&first.search)).await.is_ok());
    let again = inspector.search(ask(&first.search)).await.unwrap_err();
    assert_eq!(again.code(), Code::FailedPrecondition);
    assert!(
        again.message().contains("serves once, within a minute"),
        "{again:?}"
    );
    let used_up = inspector.search(ask(&other.search)).await.unwrap_err();
    assert_eq!(used_up.code(), Code::FailedPrecondition);
}

#[tokio::test]
async fn what_is_no_target_or_no_canary_is_refused() {
    let (_folder, path) = open_folder();
    let agent = Agent::start(&[stored("storage", "files", &path)], "").await;
    let request = SearchRequest {
        targets: vec!["/etc".into()],
        ..Default::default()
    };
    let secret = fresh(20);
    let unknown = agent
        .search_for(set(&[("t1/x", "text", secret.as_bytes())]), request)
        .await
        .unwrap_err();
    assert_eq!(unknown.code(), Code::NotFound);
    assert!(unknown.message().contains("expected one of storage"));
    let no_pin = set(&[("t1/pin", "pin", secret.as_bytes())]);
    let refused = agent
        .search_for(no_pin, SearchRequest::default())
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
    assert!(refused.message().contains("t1/pin") && !refused.message().contains(&secret));
}

#[tokio::test]
async fn every_process_of_a_target_is_searched() {
    let secret = fresh(20);
    let (_one, mut two) = (Victim::start("twins"), Victim::start("twins"));
    two.tell(&format!("hold {}", hex::encode(&secret)));
    let agent = Agent::start(&[two.target("reader")], "").await;
    let reply = agent
        .search(set(&[("t1/x", "text", secret.as_bytes())]))
        .await;
    assert_eq!(reply.searched.len(), 2);
    assert!(
        reply
            .findings
            .iter()
            .any(|found| found.place.contains(&two.pid().to_string()))
    );
}

#[tokio::test]
async fn a_target_that_does_not_run_is_not_searched() {
    let mut victim = Victim::start("gone");
    let (_folder, path) = open_folder();
    let targets = [
        victim.target("reader"),
        stored("swap", "swap", &path.join("none")),
        stored("image", "image", &path.join("none")),
    ];
    victim.kill();
    victim.wait();
    let agent = Agent::start(&targets, "").await;
    let reply = agent
        .search(set(&[("t1/x", "text", fresh(20).as_bytes())]))
        .await;
    let harmless = |target: &str| {
        reply
            .not_searched
            .iter()
            .find(|missed| missed.target == target)
            .unwrap()
            .harmless
    };
    assert!(
        !harmless("reader") && !harmless("image") && harmless("swap"),
        "{:?}",
        reply.not_searched
    );
}

#[tokio::test]
async fn a_target_that_ends_during_the_search_is_told() {
    // The victim is killed when the agent has stopped it, and before all of it is read; should the search have been faster, more is
    // given to read.
    for round in 1..=5 {
        let mut victim = Victim::start("ends");
        victim.tell(&format!("fill {}", round * (256 << 20)));
        let agent = Agent::start(&[victim.target("reader")], "").await;
        let request = SearchRequest {
            freeze: true,
            ..Default::default()
        };
        let canaries = set(&[("t1/x", "text", fresh(20).as_bytes())]);
        let killing = async {
            victim.stopped().await;
            victim.kill();
        };
        let (reply, ()) = tokio::join!(agent.search_for(canaries, request), killing);
        let reply = reply.unwrap();
        let told = reply
            .not_searched
            .iter()
            .any(|missed| missed.target == "reader" && !missed.harmless);
        if told {
            return;
        }
    }
    panic!("the end of the target was never told");
}

#[tokio::test]
async fn make_safe_lets_go_what_is_searched_and_the_search_says_so() {
    let search = async |agent: &Agent| {
        let request = SearchRequest {
            freeze: true,
            ..Default::default()
        };
        let canaries = set(&[("t1/x", "text", fresh(20).as_bytes())]);
        let reply = agent.search_for(canaries, request).await.unwrap();
        reply.not_searched
    };
    assert!(told_as_let_go(search).await, "no search was ever let go");
}

#[tokio::test]
async fn an_agent_that_ends_lets_go_what_it_searches() {
    let mut victim = Victim::start("ending");
    victim.tell(&format!("fill {}", 512 << 20));
    let agent = Agent::start(&[victim.target("reader")], "").await;
    let request = SearchRequest {
        freeze: true,
        ..Default::default()
    };
    let canaries = set(&[("t1/x", "text", fresh(20).as_bytes())]);
    tokio::select! {
        _ = agent.search_for(canaries, request) => {}
        () = victim.stopped() => {}
    }
    let (status, _) = agent.end();
    assert!(status.success());
    assert!(!victim.is_stopped(), "left stopped");
    assert!(victim.is_well());
}

#[tokio::test]
async fn a_frozen_target_goes_on_afterwards() {
    let mut victim = Victim::start("frozen");
    let agent = Agent::start(&[victim.target("reader")], "").await;
    let request = SearchRequest {
        freeze: true,
        ..Default::default()
    };
    let canaries = set(&[("t1/x", "text", fresh(20).as_bytes())]);
    let reply = agent.search_for(canaries, request).await.unwrap();
    let harmful: Vec<_> = reply
        .not_searched
        .iter()
        .filter(|missed| !missed.harmless)
        .collect();
    assert!(harmful.is_empty(), "{harmful:?}");
    assert!(victim.is_well());
}

#[tokio::test]
async fn what_the_rights_do_not_reach_is_not_searched() {
    let (_folder, path) = open_folder();
    std::fs::write(path.join("closed"), "x").unwrap();
    std::fs::set_permissions(
        path.join("closed"),
        std::os::unix::fs::PermissionsExt::from_mode(0o0),
    )
    .unwrap();
    let victim = Victim::start("denied");
    let targets = [victim.target("reader"), stored("storage", "files", &path)];
    let user = is_root().then_some(65_534);
    let agent = Agent::start_as(&targets, "", user).await;
    let reply = agent
        .search(set(&[("t1/x", "text", fresh(20).as_bytes())]))
        .await;
    let denied = |target: &str| {
        let mut missed = reply
            .not_searched
            .iter()
            .filter(|missed| missed.target == target);
        missed.any(|missed| missed.why.contains("denied") && !missed.harmless)
    };
    assert!(denied("storage"), "{:?}", reply.not_searched);
    // Who does not run the tests as root is the victim's own user.
    assert!(denied("reader") || !is_root(), "{:?}", reply.not_searched);
}

/// A buffer that is used again, with another PIN each time: the same place, the same context.
#[tokio::test]
async fn places_and_contexts_of_a_pin_are_told_under_the_askers_key() {
    let (folder, path) = open_folder();
    let agent = Agent::start(&[stored("storage", "files", &path)], "").await;
    let told = async |pin: &str, key: u8, follow: &[u64]| {
        let text = format!("{:>40}{pin}{:>40}", "before;", ";behind");
        std::fs::write(folder.path().join("buffer"), text).unwrap();
        let request = SearchRequest {
            count_pins: true,
            ..Default::default()
        };
        let set = CanarySet {
            place_key: vec![key; 16],
            follow: follow.to_vec(),
            ..set(&[("t1/pin", "pin", pin.as_bytes())])
        };
        let reply = agent.search_for(set, request).await.unwrap();
        let ascii = reply.pin_places.into_iter().find(|one| one.form == "ascii");
        (ascii.unwrap(), reply.followed)
    };
    let (first, nothing) = told("4711", 1, &[]).await;
    assert_eq!(
        (first.target.as_str(), first.region.as_str()),
        ("storage", "file")
    );
    assert!(nothing.is_empty());
    let (again, followed) = told("0815", 1, &first.contexts).await;
    assert_eq!(again, first);
    assert_eq!(
        (followed[0].context, followed[0].pins),
        (first.contexts[0], 1)
    );
    let (other, _) = told("0815", 2, &[]).await;
    assert!(other.places != first.places && other.contexts != first.contexts);
}

#[tokio::test]
async fn a_seeded_pin_is_counted_in_its_form_and_region() {
    let (_folder, path) = open_folder();
    let agent = Agent::start(&[stored("storage", "files", &path)], "").await;
    let mut random = [0; 2];
    getrandom::fill(&mut random).unwrap();
    let pin = 1000 + usize::from(u16::from_le_bytes(random)) % 9000;
    for form in ["ascii", "utf-16le", "ascii>stride-8", "u32-le"] {
        let counted = async |seed: &str| {
            let request = SearchRequest {
                count_pins: true,
                seed_form: seed.into(),
                ..Default::default()
            };
            let value = pin.to_string();
            let reply = agent
                .search_for(set(&[("t1/pin", "pin", value.as_bytes())]), request)
                .await
                .unwrap();
            let of_form = reply
                .pin_counts
                .iter()
                .filter(|counts| counts.form == form && counts.target == "seeded");
            assert!(
                reply
                    .pin_counts
                    .iter()
                    .all(|counts| counts.counts.len() == 10_000)
            );
            of_form.map(|counts| counts.counts[pin]).sum::<u32>()
        };
        assert_eq!(counted("").await, 0, "nothing is seeded unasked");
        assert!(counted(form).await >= 1, "{form}");
    }
    let request = SearchRequest {
        seed_form: "rot13".into(),
        ..Default::default()
    };
    let refused = agent
        .search_for(set(&[("t1/pin", "pin", b"1234")]), request)
        .await
        .unwrap_err();
    assert!(
        refused.message().contains("expected a form of a PIN"),
        "{refused:?}"
    );
}
