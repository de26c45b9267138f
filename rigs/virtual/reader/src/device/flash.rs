//! The firmware's storage: a flash of 1 MiB with a FAT file system (`RUN/device/flash.img`), on which it writes its events.
//! Holds no personal data: neither what passes the radio nor a card's number. Used by the relay alone.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result};
use fatfs::{FileSystem, FormatVolumeOptions, FsOptions};
use jiff::Timestamp;

/// Size of the flash, bytes.
const SIZE: u64 = 1 << 20;
/// The events, in the root folder.
const EVENTS: &str = "EVENTS.LOG";
/// The event log is begun anew from this size on, bytes.
const LARGEST: u64 = 64 << 10;

/// The flash. Mounted for each access: a power cut finds it unmounted nearly always.
pub struct Flash {
    path: PathBuf,
    one_at_a_time: Mutex<()>,
}

impl Flash {
    /// The rig's; made and formatted where there is none that can be mounted.
    pub fn open(run_dir: &Path) -> Result<Self> {
        let folder = run_dir.join("device");
        std::fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
        let flash = Self {
            path: folder.join("flash.img"),
            one_at_a_time: Mutex::default(),
        };
        if flash.image().and_then(mount).is_err() {
            flash
                .format()
                .with_context(|| flash.path.display().to_string())?;
        }
        Ok(flash)
    }

    /// Writes an event. A flash that fails must not stop the radio; the cause goes to stderr.
    pub fn event(&self, what: &str) {
        let line = format!("{:.0} {what}\n", Timestamp::now());
        if let Err(error) = self.append(EVENTS, line.as_bytes()) {
            eprintln!("flash: {error:#}");
        }
    }

    /// Appends to a file, which is made where there is none and begun anew where it has grown.
    pub fn append(&self, name: &str, bytes: &[u8]) -> Result<()> {
        let _one = self
            .one_at_a_time
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let system = mount(self.image()?)?;
        let mut file = system.root_dir().create_file(name)?;
        if file.seek(SeekFrom::End(0))? > LARGEST {
            file.seek(SeekFrom::Start(0))?;
            file.truncate()?;
        }
        file.write_all(bytes)?;
        Ok(())
    }

    /// Deletes a file, as file systems do: its clusters keep what stands in them. No-op where there is none.
    pub fn delete(&self, name: &str) -> Result<()> {
        let _one = self
            .one_at_a_time
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        match mount(self.image()?)?.root_dir().remove(name) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }

    fn image(&self) -> Result<File> {
        let image = OpenOptions::new().read(true).write(true).open(&self.path);
        image.with_context(|| self.path.display().to_string())
    }

    fn format(&self) -> Result<()> {
        let mut image = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(true)
            .open(&self.path)?;
        image.set_len(SIZE)?;
        fatfs::format_volume(
            &mut image,
            FormatVolumeOptions::new().volume_label(*b"READER     "),
        )?;
        Ok(())
    }
}

fn mount<T: Read + Write + Seek>(image: T) -> Result<FileSystem<T>> {
    Ok(FileSystem::new(image, FsOptions::new())?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &Path, name: &str) -> Option<Vec<u8>> {
        let system = mount(
            OpenOptions::new()
                .read(true)
                .write(true)
                .open(path)
                .unwrap(),
        )
        .unwrap();
        let mut bytes = Vec::new();
        let mut file = system.root_dir().open_file(name).ok()?;
        file.read_to_end(&mut bytes).unwrap();
        Some(bytes)
    }

    #[test]
    fn events_stand_on_a_fat_that_others_mount_and_survive_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        Flash::open(folder.path()).unwrap().event("power on");
        Flash::open(folder.path())
            .unwrap()
            .event("card in the field");
        let image = folder.path().join("device/flash.img");
        let events = String::from_utf8(file(&image, EVENTS).unwrap()).unwrap();
        let lines: Vec<&str> = events.lines().collect();
        assert_eq!(lines.len(), 2, "{events}");
        assert!(lines[1].ends_with("Z card in the field"), "{events}");
        assert_eq!(std::fs::metadata(&image).unwrap().len(), SIZE);
        std::fs::write(&image, [0; 4096]).unwrap();
        Flash::open(folder.path()).unwrap().event("formatted");
        assert!(file(&image, EVENTS).is_some());
    }

    #[test]
    fn a_deleted_files_clusters_keep_it() {
        let folder = tempfile::tempdir().unwrap();
        let flash = Flash::open(folder.path()).unwrap();
        let photo: Vec<u8> = (0..6000_u32).map(|n| (n * 7 % 251) as u8).collect();
        for part in photo.chunks(256) {
            flash.append("CACHE.BIN", part).unwrap();
        }
        flash.delete("CACHE.BIN").unwrap();
        flash.delete("CACHE.BIN").unwrap();
        flash.event("card left the field");
        let image = folder.path().join("device/flash.img");
        assert!(file(&image, "CACHE.BIN").is_none());
        let raw = std::fs::read(image).unwrap();
        assert!(raw.windows(300).any(|window| window == &photo[2000..2300]));
    }
}
