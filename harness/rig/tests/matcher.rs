//! `evaluate_matcher` against an adapter that works, answers nonsense, or dies and comes back.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Instant;

use shinsa_model::event::{Fault, FaultKind};
use shinsa_model::rig::RigFile;
use shinsa_model::scenario::{EvaluateMatcher, Step};
use shinsa_rig::bench::{Performed, TrialContext};
use shinsa_rig::{Bench, OpenOptions};
use shinsa_stats::scores::compact;
use shinsa_wire::v1;
use shinsa_wire::v1::face_library_server::{FaceLibrary, FaceLibraryServer};
use shinsa_wire::v1::matcher_server::{Matcher, MatcherServer};
use tonic::transport::Server;
use tonic::{Request, Response, Status};

const SUBJECTS: u32 = 6;

/// What goes wrong with the adapter.
#[derive(Clone, Copy, PartialEq)]
enum Adapter {
    Well,
    Distance,
    WrongCount,
    NotANumber,
    OtherReference,
    /// The fourth row finds nobody there, once.
    DiesOnce,
    /// From the fourth row on nobody is there.
    Dies,
    Late,
}

struct Fake {
    adapter: Adapter,
    rows: AtomicU32,
}

#[tonic::async_trait]
impl FaceLibrary for Fake {
    async fn list_faces(
        &self,
        _: Request<v1::ListFacesRequest>,
    ) -> Result<Response<v1::ListFacesReply>, Status> {
        let subject = |n: u32| v1::FaceSubject {
            id: format!("s{n}"),
            synthetic: true,
            groups: [(
                "glasses".to_owned(),
                if n < 2 { "yes" } else { "no" }.to_owned(),
            )]
            .into(),
        };
        Ok(Response::new(v1::ListFacesReply {
            subjects: (0..SUBJECTS).map(subject).collect(),
            conditions: vec![v1::FaceCondition {
                name: "ideal".into(),
                presentations: 2,
            }],
        }))
    }

    async fn get_picture(
        &self,
        request: Request<v1::GetPictureRequest>,
    ) -> Result<Response<v1::Picture>, Status> {
        let data = request.into_inner().subject.into_bytes();
        Ok(Response::new(v1::Picture {
            media: "image/png".into(),
            data,
        }))
    }
}

#[tonic::async_trait]
impl Matcher for Fake {
    async fn describe_engine(
        &self,
        _: Request<v1::DescribeEngineRequest>,
    ) -> Result<Response<v1::DescribeEngineReply>, Status> {
        Ok(Response::new(v1::DescribeEngineReply {
            name: "fake".into(),
            version: "1".into(),
            distance: self.adapter == Adapter::Distance,
            threshold: Some(0.5),
        }))
    }

    /// The last subject has no usable photo, the first no usable second presentation.
    async fn extract(
        &self,
        request: Request<v1::ExtractRequest>,
    ) -> Result<Response<v1::ExtractReply>, Status> {
        let id = request.into_inner().id;
        let extracted = id != format!("s{}/0", SUBJECTS - 1) && id != "s0/2";
        Ok(Response::new(v1::ExtractReply { extracted }))
    }

    async fn compare(
        &self,
        request: Request<v1::CompareRequest>,
    ) -> Result<Response<v1::CompareReply>, Status> {
        let request = request.into_inner();
        let number = self.rows.fetch_add(1, Ordering::SeqCst);
        match self.adapter {
            Adapter::DiesOnce if number == 3 => return Err(Status::unavailable("gone")),
            Adapter::Dies if number >= 3 => return Err(Status::unavailable("gone")),
            Adapter::Late => std::future::pending().await,
            _ => {}
        }
        let reference = request.references[0].clone();
        let own = |probe: &String| probe.split('/').next() == reference.split('/').next();
        let mut scores: Vec<f32> = request
            .probes
            .iter()
            .map(|probe| if own(probe) { 0.9 } else { 0.1 })
            .collect();
        match self.adapter {
            Adapter::WrongCount => scores.truncate(2),
            Adapter::NotANumber => scores[0] = f32::NAN,
            _ => {}
        }
        let reference = if self.adapter == Adapter::OtherReference {
            "s9/0".into()
        } else {
            reference
        };
        Ok(Response::new(v1::CompareReply {
            rows: vec![v1::ScoreRow { reference, scores }],
        }))
    }

    async fn forget(
        &self,
        _: Request<v1::ForgetRequest>,
    ) -> Result<Response<v1::ForgetReply>, Status> {
        Ok(Response::new(v1::ForgetReply { done: None }))
    }
}

fn serve(folder: &Path, adapter: Adapter) -> Arc<Fake> {
    let fake = Arc::new(Fake {
        adapter,
        rows: AtomicU32::new(0),
    });
    let listener = tokio::net::UnixListener::bind(folder.join("fake.sock")).unwrap();
    let incoming = tokio_stream::wrappers::UnixListenerStream::new(listener);
    let server = Server::builder()
        .add_service(FaceLibraryServer::from_arc(fake.clone()))
        .add_service(MatcherServer::from_arc(fake.clone()));
    tokio::spawn(server.serve_with_incoming(incoming));
    fake
}

async fn evaluated(folder: &Path) -> Result<Performed, Fault> {
    std::fs::write(
        folder.join("dut.yaml"),
        std::fs::read("../../rigs/virtual/dut.yaml").unwrap(),
    )
    .unwrap();
    let rig = "rig: fake\nformat: 1\ntitle: { ja: a, en: a }\nplace: here\nrun_dir: .\ndut: dut.yaml\ncards: []\nsubjects: []\nlimits: { pin_floor: 2, number_b_floor: 4 }\ndrivers:\n  fake: { driver: wire, address: \"unix:fake.sock\", provides: [matcher, face_library], deadline: 2 s }\n";
    let rig: RigFile = serde_yaml::from_str(rig).unwrap();
    let mut options = OpenOptions::new(folder, folder);
    options.scratch = Some(folder.join("partial"));
    let bench = Bench::open(&rig, &options).await?;
    let step = Step {
        evaluate_matcher: Some(EvaluateMatcher {
            only: Vec::new(),
            subjects: None,
            presentations: None,
            condition: None,
        }),
        within: Some(serde_yaml::from_str("20 s").unwrap()),
        ..Step::default()
    };
    let context = TrialContext {
        trial: "t#1".into(),
        seed: 1,
        started: Instant::now(),
    };
    bench.perform(&step, &context).await
}

#[tokio::test]
async fn every_usable_picture_is_compared_with_every_usable_photo() {
    let folder = tempfile::tempdir().unwrap();
    serve(folder.path(), Adapter::Well);
    let performed = evaluated(folder.path()).await.unwrap();
    let scores = compact::read(&performed.files[0].bytes).unwrap();
    // Five photos, eleven presentations; of the first subject one, of the last none has its photo.
    assert_eq!((scores.genuine.len(), scores.impostor.len()), (9, 46));
    assert!(scores.genuine.score.iter().all(|score| *score > 0.8));
    let failures: Vec<_> = scores
        .failures
        .iter()
        .map(|f| (f.probe, f.attempt, f.to_enrol))
        .collect();
    assert_eq!(failures, [(0, 2, false), (5, 1, true)]);
    let groups = String::from_utf8(performed.files[1].bytes.clone()).unwrap();
    assert!(
        groups.starts_with("subject,glasses\ns0,yes\ns1,yes\ns2,no\n"),
        "{groups}"
    );
    let read = &performed.observation.unwrap().value;
    assert_eq!(
        (&read["threshold"], &read["failures_to_acquire"]),
        (&0.5.into(), &1.into())
    );
    assert_eq!(
        std::fs::read_dir(folder.path().join("partial"))
            .unwrap()
            .count(),
        0
    );
}

#[tokio::test]
async fn distances_become_similarities_and_so_does_the_threshold() {
    let folder = tempfile::tempdir().unwrap();
    serve(folder.path(), Adapter::Distance);
    let performed = evaluated(folder.path()).await.unwrap();
    let scores = compact::read(&performed.files[0].bytes).unwrap();
    assert!(scores.genuine.score.iter().all(|score| *score < -0.8));
    assert_eq!(performed.observation.unwrap().value["threshold"], -0.5);
}

#[tokio::test]
async fn nonsense_is_garbage_and_never_a_score() {
    for adapter in [
        Adapter::WrongCount,
        Adapter::NotANumber,
        Adapter::OtherReference,
    ] {
        let folder = tempfile::tempdir().unwrap();
        serve(folder.path(), adapter);
        assert_eq!(
            evaluated(folder.path()).await.unwrap_err().kind,
            FaultKind::Garbage
        );
    }
    let folder = tempfile::tempdir().unwrap();
    serve(folder.path(), Adapter::Late);
    assert_eq!(
        evaluated(folder.path()).await.unwrap_err().kind,
        FaultKind::Timeout
    );
}

/// Three rows are there when the adapter dies; it comes back, and exactly the other two are compared.
#[tokio::test]
async fn an_adapter_that_comes_back_is_not_asked_again_for_what_is_stored() {
    let folder = tempfile::tempdir().unwrap();
    let fake = serve(folder.path(), Adapter::DiesOnce);
    let performed = evaluated(folder.path()).await.unwrap();
    assert_eq!(fake.rows.load(Ordering::SeqCst), 6);
    assert_eq!(performed.observation.unwrap().value["adapter_restarts"], 1);
}

/// It stays away; the next session of the run finds the three rows.
#[tokio::test]
async fn rows_outlive_the_session() {
    let folder = tempfile::tempdir().unwrap();
    serve(folder.path(), Adapter::Dies);
    let fault = evaluated(folder.path()).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Unreachable);
    std::fs::remove_file(folder.path().join("fake.sock")).unwrap();
    let fake = serve(folder.path(), Adapter::Well);
    let performed = evaluated(folder.path()).await.unwrap();
    assert_eq!(fake.rows.load(Ordering::SeqCst), 2);
    assert_eq!(performed.observation.unwrap().value["rows_from_before"], 3);
}
