//! A card that is taken away in the middle of a command. Alone in its process: pcscd does not get over it at once.

mod stack;

use stack::{send, stack};

#[test]
fn a_card_pulled_in_mid_command_is_no_answer() {
    let stack = stack();
    let on = stack.insert("p006-lapsed-new", &["--drop-after", "1"]);
    let card = on.connect();
    assert_eq!(send(&card, "00A4040C0AD392F000260100000001"), "9000");
    let mut buffer = [0; 258];
    let answer = card.transmit(&[0x00, 0xA4, 0x02, 0x0C, 0x02, 0x00, 0x18], &mut buffer);
    assert!(answer.map_or(true, |bytes| bytes.len() < 2));
}
