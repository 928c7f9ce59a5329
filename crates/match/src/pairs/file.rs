//! Whole files, written at once or not at all, with a checksum at their end.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use twox_hash::XxHash3_64;

use crate::error::MatchError;

pub(super) fn io_error<'a>(path: &'a Path, step: &'static str) -> impl Fn(io::Error) -> MatchError + 'a {
    move |source| MatchError::File { path: path.to_owned(), step, source }
}

/// Puts `bytes` and their checksum at `path`: a reader sees the old file or the new one,
/// whole, even if the machine stops in between or two writers race.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> Result<(), MatchError> {
    let write = || -> io::Result<()> {
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(bytes)?;
        file.write_all(&XxHash3_64::oneshot(bytes).to_le_bytes())?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        sync_folder(folder)
    };
    write().map_err(io_error(path, "write"))
}

/// A rename lasts once the folder is on disk.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// The bytes of a file by [`replace`], without the checksum; `None` if they are damaged.
pub(super) fn read(path: &Path) -> Result<Option<Vec<u8>>, MatchError> {
    let mut bytes = fs::read(path).map_err(io_error(path, "read"))?;
    let checksum = bytes.len().checked_sub(8).map(|end| bytes.split_off(end));
    let right = XxHash3_64::oneshot(&bytes).to_le_bytes();
    Ok((checksum.as_deref() == Some(&right)).then_some(bytes))
}
