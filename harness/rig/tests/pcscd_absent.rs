//! The PC/SC driver where no pcscd runs. One test binary of its own: a process can use one pcscd socket only.

use std::time::Duration;

use shinsa_model::event::FaultKind;
use shinsa_model::scenario::PinKind;
use shinsa_rig::pcsc::Pcsc;

#[tokio::test]
async fn an_absent_pcscd_is_unreachable_and_a_second_one_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("pcscd.comm");
    let pcsc = Pcsc::open("pcsc", Some(socket.clone()), None).unwrap();
    let within = Duration::from_secs(30);
    let listed = pcsc.readers(within).await.unwrap_err();
    assert_eq!(listed.kind, FaultKind::Unreachable);
    assert!(listed.todo.contains("pcscd"));
    let counter = pcsc.retry_counter(PinKind::Auth, within).await.unwrap_err();
    assert_eq!(counter.kind, FaultKind::Unreachable);
    assert!(Pcsc::open("again", Some(socket), None).is_ok());
    let other = Pcsc::open("other", None, None).err().unwrap();
    assert_eq!(other.kind, FaultKind::Incapable);
}
