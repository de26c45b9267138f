//! ELF cores, of a process (gcore, `core_pattern`) or of a machine (`vmcore`, QEMU): 32 and 64 bits, both byte orders.

use super::bytes::Bytes;
use super::{Header, Memory};
use crate::sources::item::Permissions;
use object::Endianness;
use object::elf::{ET_CORE, FileHeader32, FileHeader64, PF_R, PF_W, PF_X, PN_XNUM, PT_LOAD};
use object::pod::Pod;
use object::read::elf::{FileHeader, ProgramHeader, SectionHeader};

pub(super) fn read(bytes: &Bytes<'_>) -> Option<Header> {
    if !bytes.starts_with(b"\x7fELF") {
        return None;
    }
    match bytes.array::<5>(0)?[4] {
        1 => core::<FileHeader32<Endianness>>(bytes),
        2 => core::<FileHeader64<Endianness>>(bytes),
        _ => None,
    }
}

fn core<H: FileHeader<Endian = Endianness>>(bytes: &Bytes<'_>) -> Option<Header> {
    let file = structure::<H>(bytes, 0)?;
    let order = file.endian().ok()?;
    if file.e_type(order) != ET_CORE {
        return None;
    }
    let mut header = Header::default();
    if usize::from(file.e_phentsize(order)) != size_of::<H::ProgramHeader>() {
        header.fault("program headers of an unknown size");
        return Some(header);
    }
    let count = match file.e_phnum(order) {
        // More than 16 bits hold: the count stands in the first section header.
        PN_XNUM => structure::<H::SectionHeader>(bytes, file.e_shoff(order).into())
            .map_or(0, |section| section.sh_info(order)),
        count => u32::from(count),
    };
    let mut position: u64 = file.e_phoff(order).into();
    for _ in 0..header.entries(count.into()) {
        let Some(segment) = structure::<H::ProgramHeader>(bytes, position) else {
            header.fault("fewer program headers than claimed");
            break;
        };
        position += size_of::<H::ProgramHeader>() as u64;
        if segment.p_type(order) != PT_LOAD {
            continue;
        }
        let length: u64 = segment.p_filesz(order).into();
        let in_memory: u64 = segment.p_memsz(order).into();
        header.left_out = header
            .left_out
            .saturating_add(in_memory.saturating_sub(length));
        let flags = segment.p_flags(order);
        let room = header.add(Memory {
            start: segment.p_offset(order).into(),
            length,
            address: segment.p_vaddr(order).into(),
            permissions: Some(Permissions {
                read: flags.contains(PF_R),
                write: flags.contains(PF_W),
                execute: flags.contains(PF_X),
                shared: false,
            }),
            physical: segment.p_paddr(order).into() != 0,
        });
        if !room {
            break;
        }
    }
    // Cores of processes name no physical address; of a machine's stretches one may begin at 0.
    let machine = header.memory.iter().any(|memory| memory.physical);
    for memory in &mut header.memory {
        memory.physical = machine;
    }
    Some(header)
}

fn structure<T: Pod>(bytes: &Bytes<'_>, position: u64) -> Option<T> {
    let mut buffer = [0; 64];
    let buffer = buffer.get_mut(..size_of::<T>())?;
    if !bytes.fill(position, buffer) {
        return None;
    }
    object::pod::from_bytes::<T>(buffer)
        .ok()
        .map(|(read, _)| *read)
}
