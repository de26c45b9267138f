//! Commands of a My Number card (facts from the published drivers): SELECT, READ BINARY, VERIFY, and their status words.

use zeroize::Zeroizing;

use super::CardError;

/// Done.
pub const OK: u16 = 0x9000;
/// No such file.
pub const NOT_FOUND: u16 = 0x6A82;

/// A card inside a transaction.
pub struct Card<'a> {
    transaction: &'a pcsc::Transaction<'a>,
}

impl<'a> Card<'a> {
    /// Inside this transaction.
    pub fn new(transaction: &'a pcsc::Transaction<'a>) -> Self {
        Self { transaction }
    }

    /// One command; its data and status word. The answer is wiped when dropped.
    pub fn send(&mut self, command: &[u8]) -> Result<(Zeroizing<Vec<u8>>, u16), CardError> {
        let mut buffer = Zeroizing::new(vec![0; 1024]);
        let length = self.transaction.transmit(command, &mut buffer)?.len();
        // A card that is pulled in the middle of a command gives no answer and no error.
        let Some(end) = length.checked_sub(2) else {
            return Err(pcsc::Error::RemovedCard.into());
        };
        let sw = u16::from_be_bytes([buffer[end], buffer[end + 1]]);
        Ok((Zeroizing::new(buffer[..end].to_vec()), sw))
    }

    fn must(
        &mut self,
        what: &'static str,
        command: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, CardError> {
        match self.send(command)? {
            (data, OK) => Ok(data),
            (_, sw) => Err(CardError::Refused { what, sw }),
        }
    }

    /// Selects an application.
    pub fn application(&mut self, aid: &[u8]) -> Result<(), CardError> {
        let command = [&[0x00, 0xA4, 0x04, 0x0C, aid.len() as u8], aid].concat();
        self.must("SELECT application", &command).map(drop)
    }

    /// Selects an elementary file; `false` where this card has none.
    pub fn file(&mut self, id: u16) -> Result<bool, CardError> {
        let [high, low] = id.to_be_bytes();
        match self.send(&[0x00, 0xA4, 0x02, 0x0C, 0x02, high, low])?.1 {
            OK => Ok(true),
            NOT_FOUND => Ok(false),
            sw => Err(CardError::Refused {
                what: "SELECT file",
                sw,
            }),
        }
    }

    /// Reads the selected file: one data object, as long as its own length field says.
    pub fn read(&mut self) -> Result<Zeroizing<Vec<u8>>, CardError> {
        let mut content = self.must("READ BINARY", &[0x00, 0xB0, 0x00, 0x00, 0x00])?;
        let whole = object_length(&content).ok_or(CardError::Garbage("file without a length"))?;
        while content.len() < whole {
            let [high, low] = (content.len() as u16).to_be_bytes();
            let part = self.must("READ BINARY", &[0x00, 0xB0, high, low, 0x00])?;
            if part.is_empty() {
                return Err(CardError::Garbage("file shorter than its length field"));
            }
            // Growing in place would leave a copy behind.
            content = Zeroizing::new([content.as_slice(), part.as_slice()].concat());
        }
        Ok(content)
    }

    /// Tries left of the selected secret; costs none.
    pub fn tries(&mut self) -> Result<u8, CardError> {
        match self.send(&[0x00, 0x20, 0x00, 0x80])?.1 {
            sw if sw & 0xFFF0 == 0x63C0 => Ok((sw & 0xF) as u8),
            0x6983 | 0x6984 => Ok(0),
            sw => Err(CardError::Refused {
                what: "empty VERIFY",
                sw,
            }),
        }
    }

    /// Presents the selected secret; whether it was right.
    pub fn verify(&mut self, secret: &[u8]) -> Result<bool, CardError> {
        let mut command = Zeroizing::new(vec![0x00, 0x20, 0x00, 0x80]);
        command.reserve_exact(secret.len() + 1);
        if !secret.is_empty() {
            command.push(secret.len() as u8);
            command.extend_from_slice(secret);
        }
        match self.send(&command)?.1 {
            OK => Ok(true),
            sw if sw & 0xFFF0 == 0x63C0 || sw == 0x6983 || sw == 0x6984 => Ok(false),
            sw => Err(CardError::Refused { what: "VERIFY", sw }),
        }
    }
}

/// Length of a BER-TLV object with a one- or two-byte tag, header included.
fn object_length(head: &[u8]) -> Option<usize> {
    let tag = if head.first()? & 0x1F == 0x1F { 2 } else { 1 };
    match *head.get(tag)? {
        short @ 0..=0x7F => Some(tag + 1 + usize::from(short)),
        0x81 => Some(tag + 2 + usize::from(*head.get(tag + 1)?)),
        0x82 => {
            let length = u16::from_be_bytes([*head.get(tag + 1)?, *head.get(tag + 2)?]);
            Some(tag + 3 + usize::from(length))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::object_length;

    #[test]
    fn length_fields() {
        assert_eq!(object_length(&[0x30, 0x82, 0x03, 0x10]), Some(4 + 0x310));
        assert_eq!(object_length(&[0xFF, 0x20, 0x81, 0x90]), Some(4 + 0x90));
        assert_eq!(object_length(&[0xDF, 0x22, 0x08]), Some(11));
        assert_eq!(object_length(&[0x30, 0x83, 1, 1, 1]), None);
        assert_eq!(object_length(&[]), None);
    }
}
