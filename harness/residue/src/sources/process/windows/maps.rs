//! Regions of a process by `VirtualQueryEx`: which addresses mean what. Reads no memory.
//!
//! Addresses that are only reserved have no bytes and are no region. Heaps are not told from other private memory: the calls that
//! list heaps start a thread in the process, which a search must not do.

use super::super::mapping::{Mapping, Reach};
use super::memory::Memory;
use super::{handle, stacks};
use crate::sources::item::{Kind, Permissions};
use crate::sources::report::Why;
use std::collections::BTreeSet;
use std::os::windows::io::OwnedHandle;
use std::ptr;
use windows_sys::Win32::System::Memory::{
    MEM_COMMIT, MEM_IMAGE, MEM_MAPPED, MEM_PRIVATE, MEMORY_BASIC_INFORMATION, PAGE_EXECUTE,
    PAGE_EXECUTE_READ, PAGE_EXECUTE_READWRITE, PAGE_EXECUTE_WRITECOPY, PAGE_GUARD, PAGE_READONLY,
    PAGE_READWRITE, PAGE_WRITECOPY, VirtualQueryEx,
};
use windows_sys::Win32::System::ProcessStatus::K32GetMappedFileNameW;
use windows_sys::Win32::System::Threading::{PROCESS_QUERY_INFORMATION, PROCESS_VM_READ};

/// The page of clocks and version numbers that the kernel shows to every process (`KUSER_SHARED_DATA`).
const KERNEL: u64 = 0x7FFE_0000;
/// Longest name of a mapped file asked for, in UTF-16 units.
const LONGEST: usize = 4096;

pub(in super::super) fn read(pid: u32) -> Result<Vec<Mapping>, Why> {
    let process = handle::open(pid, PROCESS_QUERY_INFORMATION | PROCESS_VM_READ)?;
    let regions = regions(&process);
    let ends = stacks::ends(pid, &Memory::open(pid)?);
    let holds = |region: &MEMORY_BASIC_INFORMATION, end: u64| {
        let start = region.BaseAddress.addr() as u64;
        (start..start + region.RegionSize as u64).contains(&end)
    };
    let stacks: BTreeSet<usize> = regions
        .iter()
        .filter(|region| ends.iter().any(|end| holds(region, *end)))
        .map(|region| region.AllocationBase.addr())
        .collect();
    let mapping = |region: &MEMORY_BASIC_INFORMATION| {
        let name = match region.Type {
            MEM_IMAGE | MEM_MAPPED => mapped_name(&process, region),
            _ => String::new(),
        };
        mapping(region, name, stacks.contains(&region.AllocationBase.addr()))
    };
    Ok(regions.iter().map(mapping).collect())
}

/// All committed regions, by address.
fn regions(process: &OwnedHandle) -> Vec<MEMORY_BASIC_INFORMATION> {
    let mut regions = Vec::new();
    let mut address = 0_usize;
    loop {
        let mut region = MEMORY_BASIC_INFORMATION::default();
        let place = ptr::without_provenance(address);
        let size = size_of::<MEMORY_BASIC_INFORMATION>();
        // SAFETY: the handle is open; the system writes at most `size` bytes into our region. The address is only looked up.
        let written = unsafe { VirtualQueryEx(handle::raw(process), place, &raw mut region, size) };
        let end = region.BaseAddress.addr().checked_add(region.RegionSize);
        let Some(end) = end.filter(|end| written == size && *end > address) else {
            // Above the last address that a process may have.
            return regions;
        };
        if region.State == MEM_COMMIT {
            regions.push(region);
        }
        address = end;
    }
}

fn mapping(region: &MEMORY_BASIC_INFORMATION, name: String, in_stack: bool) -> Mapping {
    let start = region.BaseAddress.addr() as u64;
    let kind = match region.Type {
        _ if start == KERNEL => None,
        // Without a file it is shared memory, in the page file.
        MEM_MAPPED if name.is_empty() => Some(Kind::Shared),
        MEM_IMAGE | MEM_MAPPED => Some(Kind::Mapped),
        _ if in_stack => Some(Kind::Stack),
        _ => Some(Kind::Anonymous),
    };
    let armed = region.Protect & PAGE_GUARD != 0;
    let reach = match kind {
        // A stack's guard lies below everything that the thread has ever touched: touching it moves it.
        Some(Kind::Stack) if armed => Reach::Zeros,
        _ if armed => Reach::Barred("guard page: reading would disarm it"),
        _ => Reach::Read,
    };
    Mapping {
        range: start..start + region.RegionSize as u64,
        permissions: permissions(region),
        kind,
        own: region.Type == MEM_PRIVATE,
        reach,
        name,
    }
}

fn permissions(region: &MEMORY_BASIC_INFORMATION) -> Permissions {
    let is = |protections: &[u32]| protections.contains(&(region.Protect & 0xFF));
    let (run_write, run_copy) = (PAGE_EXECUTE_READWRITE, PAGE_EXECUTE_WRITECOPY);
    let write = is(&[PAGE_READWRITE, PAGE_WRITECOPY, run_write, run_copy]);
    Permissions {
        read: write || is(&[PAGE_READONLY, PAGE_EXECUTE_READ]),
        write,
        execute: is(&[PAGE_EXECUTE, PAGE_EXECUTE_READ, run_write, run_copy]),
        shared: region.Type == MEM_MAPPED && is(&[PAGE_READWRITE, run_write]),
    }
}

/// The file behind a region, as the system's device path; empty when there is none.
fn mapped_name(process: &OwnedHandle, region: &MEMORY_BASIC_INFORMATION) -> String {
    let mut name = vec![0_u16; LONGEST];
    let (handle, longest) = (handle::raw(process), LONGEST as u32);
    // SAFETY: the handle is open; the system writes at most `longest` units into `name`. The address is only looked up.
    let length =
        unsafe { K32GetMappedFileNameW(handle, region.BaseAddress, name.as_mut_ptr(), longest) };
    String::from_utf16_lossy(&name[..(length as usize).min(LONGEST)])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(kind: u32, protect: u32, name: &str, in_stack: bool, start: usize) -> Mapping {
        let region = MEMORY_BASIC_INFORMATION {
            BaseAddress: ptr::without_provenance_mut(start),
            RegionSize: 4096,
            Type: kind,
            Protect: protect,
            ..Default::default()
        };
        mapping(&region, name.into(), in_stack)
    }

    #[test]
    fn every_region_has_its_kind_and_reach() {
        let (write, guard) = (PAGE_READWRITE, PAGE_READWRITE | PAGE_GUARD);
        let barred = |mapping: &Mapping| matches!(mapping.reach, Reach::Barred(_));
        assert_eq!(
            told(MEM_PRIVATE, write, "", false, 0x1000).kind,
            Some(Kind::Anonymous)
        );
        assert_eq!(
            told(MEM_PRIVATE, write, "", true, 0x1000).kind,
            Some(Kind::Stack)
        );
        assert_eq!(
            told(MEM_PRIVATE, guard, "", true, 0x1000).reach,
            Reach::Zeros
        );
        assert!(barred(&told(MEM_PRIVATE, guard, "", false, 0x1000)));
        assert_eq!(
            told(MEM_MAPPED, write, "", false, 0x1000).kind,
            Some(Kind::Shared)
        );
        assert_eq!(
            told(MEM_MAPPED, write, "x", false, 0x1000).kind,
            Some(Kind::Mapped)
        );
        assert_eq!(
            told(MEM_IMAGE, PAGE_EXECUTE_READ, "x", false, 0x1000).kind,
            Some(Kind::Mapped)
        );
        assert_eq!(
            told(MEM_PRIVATE, PAGE_READONLY, "", false, 0x7FFE_0000).kind,
            None
        );
        let run = told(MEM_IMAGE, PAGE_EXECUTE_READ, "x", false, 0x1000).permissions;
        assert!(run.read && run.execute && !run.write && !run.shared);
    }
}
