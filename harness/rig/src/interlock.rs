//! The PIN interlock: no VERIFY is sent or caused unless the card's retry counter was read just before and stands at or
//! above the rig's floor. Three wrong PINs lock a person's card. Pure; called by the verb `enter_pin`.

use shinsa_model::event::{Fault, FaultKind};
use shinsa_model::rig::Limits;
use shinsa_model::scenario::PinKind;

use crate::apdu;
use crate::fault::fault;

/// Tries left if the interlock lets a VERIFY pass; a fault `Interlock` otherwise.
pub fn permit(pin: PinKind, limits: &Limits, sw: [u8; 2]) -> Result<u32, Fault> {
    let floor = match pin {
        PinKind::Auth | PinKind::Sign => limits.pin_floor,
        PinKind::NumberB => limits.number_b_floor,
    };
    let refuse = |message: String, todo: &str| Err(fault(FaultKind::Interlock, message, todo));
    match apdu::tries_left(sw) {
        Some(left) if left >= floor => Ok(left),
        Some(left) => refuse(
            format!(
                "PIN interlock: {left} tries left, the rig's floor is {floor}; nothing was typed"
            ),
            "enter the right PIN once with a tool of your own, or take another card; see `limits:` in the rig file",
        ),
        None => refuse(
            format!(
                "PIN interlock: the retry counter cannot be read (status {:02X}{:02X}); nothing was typed",
                sw[0], sw[1]
            ),
            "look whether the right card lies on the reader and has this PIN",
        ),
    }
}

/// What to do when the counter could not even be asked for.
pub fn unread(cause: &Fault) -> Fault {
    fault(
        FaultKind::Interlock,
        format!(
            "PIN interlock: the retry counter cannot be read ({}); nothing was typed",
            cause.message
        ),
        cause.todo.clone(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn below_the_floor_nothing_is_typed() {
        let limits = Limits::default();
        let permit = |pin, sw| permit(pin, &limits, sw).map_err(|fault| fault.kind);
        assert_eq!(permit(PinKind::Auth, [0x63, 0xC3]), Ok(3));
        assert_eq!(permit(PinKind::Auth, [0x63, 0xC2]), Ok(2));
        for sw in [
            [0x63, 0xC1],
            [0x63, 0xC0],
            [0x69, 0x84],
            [0x90, 0],
            [0x6A, 0x82],
        ] {
            assert_eq!(permit(PinKind::Auth, sw), Err(FaultKind::Interlock));
        }
        assert_eq!(permit(PinKind::NumberB, [0x63, 0xC4]), Ok(4));
        assert_eq!(
            permit(PinKind::NumberB, [0x63, 0xC3]),
            Err(FaultKind::Interlock)
        );
    }
}
