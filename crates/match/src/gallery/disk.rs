//! The file under a gallery: positioned reads, and writes that tests can stop or tear.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use crate::error::MatchError;

/// A gallery file that is open for reading, with the name that errors give it.
///
/// It is read by position and never through a mapping: if another process truncates the file, a
/// read comes up short, where a mapping would kill the host.
#[derive(Debug)]
pub(super) struct Source {
    pub file: File,
    pub path: PathBuf,
}

impl Source {
    pub(super) fn open(path: &Path) -> Result<Self, MatchError> {
        let file = File::open(path).map_err(io_error(path, "open"))?;
        Ok(Self { file, path: path.to_owned() })
    }

    pub(super) fn len(&self) -> Result<u64, MatchError> {
        Ok(self.file.metadata().map_err(io_error(&self.path, "look up"))?.len())
    }

    /// Fills `bytes` from `offset` on.
    pub(super) fn read_into(&self, bytes: &mut [u8], offset: u64) -> Result<(), MatchError> {
        let filled = read_at(&self.file, bytes, offset).map_err(io_error(&self.path, "read"))?;
        if filled < bytes.len() {
            let end = self.len()?.min(offset + filled as u64);
            let missing = offset + bytes.len() as u64 - end;
            return Err(MatchError::GalleryTruncated { path: self.path.clone(), offset: end, missing });
        }
        Ok(())
    }

    pub(super) fn read(&self, offset: u64, len: usize) -> Result<Vec<u8>, MatchError> {
        let mut bytes = vec![0; len];
        self.read_into(&mut bytes, offset)?;
        Ok(bytes)
    }

    /// Whether the name now leads to another file, as after a compaction.
    #[cfg(unix)]
    pub(super) fn was_replaced(&self) -> Result<bool, MatchError> {
        use std::os::unix::fs::MetadataExt;
        let own = self.file.metadata().map_err(io_error(&self.path, "look up"))?;
        let named = std::fs::metadata(&self.path).map_err(io_error(&self.path, "look up"))?;
        Ok((own.dev(), own.ino()) != (named.dev(), named.ino()))
    }

    /// Windows does not rename over a file that is open.
    #[cfg(windows)]
    pub(super) fn was_replaced(&self) -> Result<bool, MatchError> {
        Ok(false)
    }

    pub(super) fn damaged(&self, offset: u64, part: &'static str) -> MatchError {
        MatchError::GalleryDamaged { path: self.path.clone(), offset, part }
    }
}

/// Names the file and the step in an error of the operating system.
pub(super) fn io_error(path: &Path, step: &'static str) -> impl FnOnce(io::Error) -> MatchError {
    move |source| MatchError::GalleryIo { path: path.to_owned(), step, source }
}

/// A file that is being written.
pub(super) trait Disk: Send + Sync {
    fn write_all_at(&mut self, bytes: &[u8], offset: u64) -> io::Result<()>;
    fn set_len(&mut self, len: u64) -> io::Result<()>;
    /// Returns once everything written before is on stable storage.
    fn sync(&mut self) -> io::Result<()>;
}

impl Disk for File {
    #[cfg(unix)]
    fn write_all_at(&mut self, bytes: &[u8], offset: u64) -> io::Result<()> {
        std::os::unix::fs::FileExt::write_all_at(self, bytes, offset)
    }

    #[cfg(windows)]
    fn write_all_at(&mut self, mut bytes: &[u8], mut offset: u64) -> io::Result<()> {
        while !bytes.is_empty() {
            let written = std::os::windows::fs::FileExt::seek_write(self, bytes, offset)?;
            bytes = &bytes[written..];
            offset += written as u64;
        }
        Ok(())
    }

    fn set_len(&mut self, len: u64) -> io::Result<()> {
        File::set_len(self, len)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }
}

/// Fills `bytes` from `offset` on; returns how many there were.
fn read_at(file: &File, bytes: &mut [u8], offset: u64) -> io::Result<usize> {
    let mut filled = 0;
    while filled < bytes.len() {
        match read_some_at(file, &mut bytes[filled..], offset + filled as u64) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

#[cfg(unix)]
fn read_some_at(file: &File, bytes: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, bytes, offset)
}

#[cfg(windows)]
fn read_some_at(file: &File, bytes: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, bytes, offset)
}

/// Makes a rename or a new name in `path`'s folder last.
pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    match folder.unwrap_or(Path::new(".")) {
        folder if cfg!(unix) => File::open(folder)?.sync_all(),
        // Windows opens no folders; its renames go through the journal.
        _ => Ok(()),
    }
}
