//! An APDU round trip through the driver against raw `pcsc`, on the virtual rig's card over the real PC/SC stack, in the same
//! run. Goal: at most 1.1 times. Needs the debug build of the virtual rig (`cargo build --workspace --bins`).
//! `cargo bench -p shinsa-rig --bench apdu`; results in the README.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use shinsa_rig::pcsc::Pcsc;
use shinsa_wire::address::Address;
use shinsa_wire::v1::card_feeder_client::CardFeederClient;
use shinsa_wire::v1::{InsertRequest, RemoveRequest};

/// GET CHALLENGE: needs no selected application and changes nothing.
const COMMAND: [u8; 5] = [0x00, 0x84, 0x00, 0x00, 0x10];
const WITHIN: Duration = Duration::from_secs(5);

struct Rig {
    process: Child,
    folder: tempfile::TempDir,
}

impl Rig {
    fn up() -> Self {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .parent()
            .expect("target folder");
        let folder = tempfile::tempdir_in("/tmp").expect("folder");
        let mut process = Command::new(target.join("debug/virtual-rig"))
            .args([
                "up",
                "--cards",
                "../../rigs/virtual/cards.yaml",
                "--run-dir",
            ])
            .arg(folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .expect("virtual-rig: cargo build --workspace --bins");
        let output = process.stdout.take().expect("stdout");
        let line = BufReader::new(output)
            .lines()
            .next()
            .expect("output")
            .expect("output");
        assert_eq!(line, "ready");
        Self { process, folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

impl Drop for Rig {
    fn drop(&mut self) {
        let pid = self.process.id().to_string();
        let _ = Command::new("kill").arg(pid).status();
        let _ = self.process.wait();
    }
}

fn bench(c: &mut Criterion) {
    let rig = Rig::up();
    let runtime = tokio::runtime::Runtime::new().expect("runtime");
    let driver = Pcsc::open("pcsc", Some(rig.path("pcscd.comm")), None).expect("driver");
    let channel = runtime
        .block_on(Address::Unix(rig.path("world.sock")).connect(None))
        .expect("world");
    let mut feeder = CardFeederClient::new(channel);
    let card = "p001-regular".to_owned();
    runtime
        .block_on(feeder.insert(InsertRequest { card }))
        .expect("card in");
    runtime
        .block_on(driver.state(Some(true), WITHIN))
        .expect("card seen");
    let mut group = c.benchmark_group("APDU round trip");
    group.bench_function("driver", |b| {
        b.iter(|| {
            let reply = runtime.block_on(driver.transmit(COMMAND.to_vec(), WITHIN));
            assert_eq!(reply.expect("reply").sw, [0x90, 0x00]);
        });
    });
    let context = pcsc::Context::establish(pcsc::Scope::User).expect("pcscd");
    let reader = context.list_readers_owned().expect("readers").remove(0);
    let mut raw = context
        .connect(&reader, pcsc::ShareMode::Shared, pcsc::Protocols::ANY)
        .expect("card");
    let mut buffer = [0; 300];
    group.bench_function("raw pcsc, in a transaction each", |b| {
        b.iter(|| {
            let transaction = raw.transaction().expect("transaction");
            let length = transaction
                .transmit(&COMMAND, &mut buffer)
                .expect("answer")
                .len();
            assert_eq!(length, 18);
            transaction
                .end(pcsc::Disposition::LeaveCard)
                .map_err(|error| error.1)
                .expect("end");
        });
    });
    group.bench_function("raw pcsc, transmit alone", |b| {
        b.iter(|| {
            let length = raw.transmit(&COMMAND, &mut buffer).expect("answer").len();
            assert_eq!(length, 18);
        });
    });
    group.finish();
    runtime
        .block_on(feeder.remove(RemoveRequest {}))
        .expect("card out");
}

criterion_group!(benches, bench);
criterion_main!(benches);
