//! Digits as keys: what event queues between keyboard and window hold.
//!
//! A queue entry holds more than the key (time, device, window), so most forms have gaps: the digits' codes at
//! strides of 2 to 24 bytes with anything between. Arrays of wider whole numbers are the same with zeros between.

use std::ops::Range;

use super::form::List;
use crate::canary::SecretBytes;

/// Byte distances of digits in a queue.
const STRIDES: [usize; 5] = [2, 4, 8, 16, 24];

/// One-byte code of each digit 0 … 9.
type Code = (&'static str, [u8; 10]);

/// Linux `input-event-codes.h`: KEY_1 = 2 … KEY_9 = 10, KEY_0 = 11.
const EVDEV: [u8; 10] = [11, 2, 3, 4, 5, 6, 7, 8, 9, 10];
/// The same: KEY_KP0 … KEY_KP9.
const EVDEV_KEYPAD: [u8; 10] = [82, 79, 80, 81, 75, 76, 77, 71, 72, 73];
/// USB HID Usage Tables 1.5 §10 (page 0x07): `1` = 1E … `9` = 26, `0` = 27.
const HID: [u8; 10] = [0x27, 0x1E, 0x1F, 0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26];
/// The same: Keypad 1 = 59 … 9 = 61, 0 = 62.
const HID_KEYPAD: [u8; 10] = [0x62, 0x59, 0x5A, 0x5B, 0x5C, 0x5D, 0x5E, 0x5F, 0x60, 0x61];

const CODES: [Code; 9] = [
    // Also Windows VK_0 … VK_9 (0x30 …) and X11 keysyms XK_0 … XK_9.
    ("ascii", above(0x30)),
    ("digit-values", above(0)),
    ("evdev", EVDEV),
    ("evdev-keypad", EVDEV_KEYPAD),
    ("hid", HID),
    ("hid-keypad", HID_KEYPAD),
    // X11 keycodes are evdev codes plus 8.
    ("x11-keycode", plus_8(EVDEV)),
    ("x11-keycode-keypad", plus_8(EVDEV_KEYPAD)),
    // Windows VK_NUMPAD0 … VK_NUMPAD9.
    ("vk-numpad", above(0x60)),
];

const fn above(zero: u8) -> [u8; 10] {
    let mut code = [zero; 10];
    let mut digit = 0;
    while digit < 10 {
        code[digit] += digit as u8;
        digit += 1;
    }
    code
}

const fn plus_8(mut code: [u8; 10]) -> [u8; 10] {
    let mut digit = 0;
    while digit < 10 {
        code[digit] += 8;
        digit += 1;
    }
    code
}

/// Adds the key forms of `text`, which holds ASCII digits only.
pub(super) fn add(text: &str, list: &mut List) {
    let digits: SecretBytes = text.bytes().map(|byte| byte.wrapping_sub(b'0')).collect();
    for (name, code) in CODES {
        let keys: SecretBytes = digits
            .reveal()
            .iter()
            .map(|&d| code[usize::from(d % 10)])
            .collect();
        for (width, array) in [
            (1, "u8-array"),
            (2, "u16-array"),
            (4, "u32-array"),
            (8, "u64-array"),
        ] {
            let zeros = |key: u8| std::iter::once(key).chain(std::iter::repeat_n(0, width - 1));
            list.add(
                format!("{name}>{array}"),
                keys.reveal().iter().copied().flat_map(zeros).collect(),
            );
        }
        for stride in STRIDES {
            strided(
                format!("{name}>stride-{stride}"),
                keys.reveal(),
                1,
                stride,
                list,
            );
        }
    }
    keysyms(digits.reveal(), list);
    evdev_events(digits.reveal(), list);
    hid_reports(digits.reveal(), list);
}

/// X11 keypad keysyms XK_KP_0 … XK_KP_9 = 0xFFB0 …, as 32-bit numbers and at strides.
fn keysyms(digits: &[u8], list: &mut List) {
    let keys: SecretBytes = digits
        .iter()
        .flat_map(|digit| [0xB0 + digit, 0xFF])
        .collect();
    let wide = digits
        .iter()
        .flat_map(|digit| [0xB0 + digit, 0xFF, 0, 0])
        .collect();
    list.add("x11-keysym-keypad>u32-array".into(), wide);
    for stride in STRIDES.into_iter().filter(|&stride| stride > 2) {
        let name = format!("x11-keysym-keypad>stride-{stride}");
        strided(name, keys.reveal(), 2, stride, list);
    }
}

/// 64-bit `struct input_event` (24 bytes: time 16, type, code, value): type, code and value of each press or release.
/// Strides: that event alone, with its SYN_REPORT, with the other event of the key, with an MSC_SCAN before both.
fn evdev_events(digits: &[u8], list: &mut List) {
    for (name, code) in [("evdev", EVDEV), ("evdev-keypad", EVDEV_KEYPAD)] {
        for (event, value) in [("press", 1), ("release", 0)] {
            let events: SecretBytes = digits
                .iter()
                .flat_map(|&digit| [1, 0, code[usize::from(digit % 10)], 0, value, 0, 0, 0])
                .collect();
            for stride in [24, 48, 96, 144] {
                strided(
                    format!("{name}-{event}>stride-{stride}"),
                    events.reveal(),
                    8,
                    stride,
                    list,
                );
            }
        }
    }
}

/// Boot-protocol keyboard reports (HID 1.11, appendix B.1): 8 bytes, the key in the third; with and without the empty
/// report of each release.
fn hid_reports(digits: &[u8], list: &mut List) {
    for (name, code) in [("hid", HID), ("hid-keypad", HID_KEYPAD)] {
        let report = |&digit: &u8| [0, 0, code[usize::from(digit % 10)], 0, 0, 0, 0, 0];
        list.add(
            format!("{name}-report"),
            digits.iter().flat_map(report).collect(),
        );
        let released = digits
            .iter()
            .flat_map(|digit| [report(digit), [0; 8]].concat());
        list.add(format!("{name}-report-released"), released.collect());
    }
}

/// Elements of `width` bytes, one every `stride` bytes.
fn strided(name: String, elements: &[u8], width: usize, stride: usize, list: &mut List) {
    let count = elements.len() / width;
    let length = count.saturating_sub(1) * stride + width;
    let mut bytes: SecretBytes = std::iter::repeat_n(0, length).collect();
    let mut fixed: Vec<Range<usize>> = Vec::with_capacity(count);
    for (place, element) in elements.chunks_exact(width).enumerate() {
        let run = place * stride..place * stride + width;
        bytes.reveal_mut()[run.clone()].copy_from_slice(element);
        fixed.push(run);
    }
    list.add_gapped(name, bytes, fixed);
}
