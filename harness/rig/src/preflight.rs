//! Preflight: is every driver there, does it speak our version, does it keep what the rig file promises, is it
//! calibrated, what is its clock's offset? Changes nothing on the rig. Called before every run and by `rig probe`.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use shinsa_model::event::{EquipmentRecord, Fault, Preflight};
use shinsa_model::rig::{Driver, DriverKind};

use crate::bench::{Bench, DEADLINE};

/// Service of `shinsa.v1` behind each capability of a wire driver.
const SERVICES: &[(&str, &str)] = &[
    ("card_feeder", "CardFeeder"),
    ("face_presenter", "FacePresenter"),
    ("card_face_presenter", "CardFacePresenter"),
    ("finger", "Finger"),
    ("screen", "ScreenCamera"),
    ("environment", "Environment"),
    ("power", "Power"),
    ("terminal", "TerminalAgent"),
    ("back_end", "BackEnd"),
    ("matcher", "Matcher"),
    ("face_library", "FaceLibrary"),
    ("inspector", "Inspector"),
    ("usb_switch", "UsbSwitch"),
];

pub(crate) async fn preflight(bench: &Bench) -> Vec<Preflight> {
    let mut results = Vec::new();
    for (name, driver) in &bench.rig.drivers {
        let mut result = match driver.driver {
            DriverKind::Wire => wire(bench, name, driver).await,
            DriverKind::Pcsc => pcsc(bench, name, driver).await,
            DriverKind::Operator => operator(bench, name),
            DriverKind::Command => command(bench, name, driver),
        };
        equip(bench, driver, &mut result);
        calibration(&today(), &mut result);
        results.push(result);
    }
    results
}

fn blank(driver: &str) -> Preflight {
    Preflight {
        driver: driver.into(),
        ready: true,
        notes: Vec::new(),
        equipment: Vec::new(),
        clock: None,
    }
}

fn fail(result: &mut Preflight, fault: &Fault) {
    result.ready = false;
    result
        .notes
        .push(format!("{}; {}", fault.message, fault.todo));
}

async fn wire(bench: &Bench, name: &str, driver: &Driver) -> Preflight {
    let mut result = blank(name);
    let Some(wire) = bench.wires.get(name) else {
        result.ready = false;
        result.notes.push("was not opened".into());
        return result;
    };
    match wire.describe().await {
        Ok(equipment) => result.equipment = equipment,
        Err(fault) => {
            fail(&mut result, &fault);
            return result;
        }
    }
    result.notes.extend(wire.version_note().await);
    for capability in &driver.provides {
        let service = SERVICES.iter().find(|(known, _)| known == capability);
        let Some((_, service)) = service else {
            result.ready = false;
            result.notes.push(format!(
                "promises {capability}, which no wire service offers: correct `provides:` in the rig file"
            ));
            continue;
        };
        if !result.equipment.iter().any(|e| e.service == *service) {
            result.ready = false;
            result.notes.push(format!(
                "promises {capability}, but describes no {service}: correct `provides:` or the driver's process"
            ));
        } else if let Err(fault) = crate::verbs::probe(bench, wire, capability).await {
            fail(&mut result, &fault);
        }
    }
    match wire.clock(bench.clock).await {
        Ok(clock) => result.clock = Some(clock),
        Err(fault) => fail(&mut result, &fault),
    }
    result
}

async fn pcsc(bench: &Bench, name: &str, driver: &Driver) -> Preflight {
    let mut result = blank(name);
    let Some(pcsc) = &bench.pcsc else {
        result.ready = false;
        return result;
    };
    let within = driver.deadline.map_or(DEADLINE, |time| time.duration());
    match pcsc.readers(within).await {
        // A reader that is not listed is the DUT's failure (1-8), not the rig's.
        Ok(readers) if readers.is_empty() => {
            result
                .notes
                .push("PC/SC lists no reader of this rig".into());
        }
        Ok(readers) => result
            .notes
            .push(format!("readers: {}", readers.join(", "))),
        Err(fault) => fail(&mut result, &fault),
    }
    result
}

fn operator(bench: &Bench, name: &str) -> Preflight {
    let mut result = blank(name);
    if bench.options.answers.is_some() {
        result.notes.push("unattended: answers from a file".into());
    } else if !std::io::IsTerminal::is_terminal(&std::io::stdin()) {
        result.ready = false;
        result
            .notes
            .push("no terminal and no answers file: give --answers FILE".into());
    }
    result
}

fn command(bench: &Bench, name: &str, driver: &Driver) -> Preflight {
    const VERBS: &[(&str, &str)] = &[("management", "manage"), ("text_reader", "read-text")];
    let mut result = blank(name);
    for capability in &driver.provides {
        let verb = VERBS.iter().find(|(known, _)| known == capability);
        let words = verb.and_then(|(_, verb)| bench.commands.get(name)?.verbs.get(*verb));
        match words.and_then(|words| words.first()) {
            Some(program) if found(program) => {}
            Some(program) => {
                result.ready = false;
                result
                    .notes
                    .push(format!("{program} is not there or not executable"));
            }
            None => {
                result.ready = false;
                result.notes.push(format!(
                    "promises {capability}, but has no command for it: add {} to `commands:`",
                    verb.map_or("(no verb known)", |verb| verb.1)
                ));
            }
        }
    }
    result
}

fn found(program: &str) -> bool {
    let executable = |path: &std::path::Path| {
        use std::os::unix::fs::PermissionsExt;
        path.metadata()
            .is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
    };
    if program.contains('/') {
        return executable(std::path::Path::new(program));
    }
    let folders = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&folders).any(|folder| executable(&folder.join(program)))
}

/// Adds the rig file's instruments that serve this driver's capabilities.
fn equip(bench: &Bench, driver: &Driver, result: &mut Preflight) {
    for equipment in &bench.rig.equipment {
        if !driver.provides.contains(&equipment.serves) {
            continue;
        }
        result.equipment.push(EquipmentRecord {
            service: equipment.serves.clone(),
            make: equipment.make.clone(),
            model: equipment.model.clone(),
            serial: equipment.serial.clone(),
            firmware: String::new(),
            calibration_due: equipment.calibration_due.clone().unwrap_or_default(),
            simulated: false,
        });
    }
}

/// A calibration date that has passed makes the driver not ready; none means none is needed.
fn calibration(today: &str, result: &mut Preflight) {
    for equipment in &result.equipment {
        let due = equipment.calibration_due.as_str();
        if due.is_empty() {
            continue;
        }
        let what = format!(
            "{} {} ({})",
            equipment.make, equipment.model, equipment.serial
        );
        if !is_date(due) {
            result.ready = false;
            result.notes.push(format!(
                "{what}: calibration due {due:?} is no date YYYY-MM-DD"
            ));
        } else if due < today {
            result.ready = false;
            result.notes.push(format!(
                "{what}: calibration was due {due}: calibrate it, or take another"
            ));
        }
    }
}

fn is_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 10
        && bytes.iter().enumerate().all(|(at, byte)| match at {
            4 | 7 => *byte == b'-',
            _ => byte.is_ascii_digit(),
        })
}

/// Today in UTC, YYYY-MM-DD (proleptic Gregorian; days-to-civil after Howard Hinnant's published derivation).
fn today() -> String {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or(Duration::ZERO);
    civil((since.as_secs() / 86_400) as i64)
}

fn civil(days: i64) -> String {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_become_dates() {
        assert_eq!(civil(0), "1970-01-01");
        assert_eq!(civil(19_782), "2024-02-29");
        assert_eq!(civil(20_454), "2026-01-01");
    }

    #[test]
    fn a_due_date_that_has_passed_is_not_ready() {
        let ready = |due: &str| {
            let mut result = blank("lux");
            result.equipment.push(EquipmentRecord {
                service: "Environment".into(),
                make: "m".into(),
                model: "m".into(),
                serial: "1".into(),
                firmware: String::new(),
                calibration_due: due.into(),
                simulated: false,
            });
            calibration("2026-11-20", &mut result);
            result.ready
        };
        assert!(ready(""));
        assert!(ready("2026-11-20"));
        assert!(!ready("2026-11-19"));
        assert!(!ready("soon"));
    }
}
