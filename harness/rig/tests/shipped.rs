//! The shipped rig file and DUT profile are valid and promise only known capabilities.

use std::path::Path;

use shinsa_model::rig::{CAPABILITIES, DutProfile, RigFile};
use shinsa_rig::texts::Kinds;

#[test]
fn the_virtual_rig_file_is_valid() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rigs/virtual");
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let rig: RigFile = serde_yaml::from_str(&read("rig.yaml")).unwrap();
    for capability in rig.drivers.values().flat_map(|driver| &driver.provides) {
        assert!(CAPABILITIES.contains(&capability.as_str()), "{capability}");
    }
    for card in &rig.cards {
        assert!(rig.subjects.contains(&card.subject), "{}", card.id);
    }
    let profile: DutProfile = serde_yaml::from_str(&read(&rig.dut)).unwrap();
    Kinds::compile(&profile.log_kinds).unwrap();
}
