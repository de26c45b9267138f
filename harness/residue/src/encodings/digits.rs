//! Binary forms of a row of decimal digits: BCD, digit values, whole numbers, floating point, each also reversed.

use zeroize::Zeroizing;

use super::form::List;
use crate::canary::SecretBytes;

/// Adds the binary forms of `text`, which holds ASCII digits only.
pub(super) fn add(text: &str, list: &mut List) {
    let values: SecretBytes = text.bytes().map(|byte| byte.wrapping_sub(b'0')).collect();
    let reversed = |bytes: &SecretBytes| bytes.reveal().iter().rev().copied().collect();

    for (name, packed) in bcd(values.reveal()) {
        list.add(
            format!("{name}-swapped"),
            packed.reveal().iter().map(|b| b.rotate_left(4)).collect(),
        );
        list.add(format!("{name}-reversed"), reversed(&packed));
        list.add(name.into(), packed);
    }
    list.add("digit-values-reversed".into(), reversed(&values));
    list.add("reversed".into(), text.bytes().rev().collect());

    let number = values.reveal().iter().try_fold(0_u64, |sum, &digit| {
        sum.checked_mul(10)?.checked_add(digit.into())
    });
    if let Some(number) = number.map(Zeroizing::new) {
        whole(*number, list);
        // Up to 2⁵³ a double holds every whole number exactly; My Number and 照合番号B are below 10¹⁴.
        let double = *number as f64;
        list.add("f64-le".into(), SecretBytes::copied(&double.to_le_bytes()));
        list.add("f64-be".into(), SecretBytes::copied(&double.to_be_bytes()));
    }
    list.add("digit-values".into(), values);
}

fn whole(number: u64, list: &mut List) {
    if let Ok(number) = u16::try_from(number) {
        list.add("u16-le".into(), SecretBytes::copied(&number.to_le_bytes()));
        list.add("u16-be".into(), SecretBytes::copied(&number.to_be_bytes()));
    }
    if let Ok(number) = u32::try_from(number) {
        list.add("u32-le".into(), SecretBytes::copied(&number.to_le_bytes()));
        list.add("u32-be".into(), SecretBytes::copied(&number.to_be_bytes()));
    }
    list.add("u64-le".into(), SecretBytes::copied(&number.to_le_bytes()));
    list.add("u64-be".into(), SecretBytes::copied(&number.to_be_bytes()));
}

/// Two digits a byte, high nibble first. An odd row begins with a zero nibble, or ends with F (as telephone numbers do).
fn bcd(values: &[u8]) -> Vec<(&'static str, SecretBytes)> {
    let pack = |lead: &[u8], values: &[u8], trail: &[u8]| -> SecretBytes {
        let nibbles: SecretBytes = lead.iter().chain(values).chain(trail).copied().collect();
        nibbles
            .reveal()
            .chunks_exact(2)
            .map(|pair| pair[0] << 4 | pair[1])
            .collect()
    };
    if values.len().is_multiple_of(2) {
        vec![("bcd", pack(&[], values, &[]))]
    } else {
        vec![
            ("bcd", pack(&[0], values, &[])),
            ("bcd-f", pack(&[], values, &[0xF])),
        ]
    }
}
