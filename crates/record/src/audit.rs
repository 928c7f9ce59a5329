//! The audit log: who looked, decided, exported, erased, and when. Append-only, hash-chained,
//! crash-safe, without personal data.
//!
//! A line is `<64 hex digits> <JSON>\n`. The digits are the SHA-256 of the digits before it (as
//! text; of nothing for the first line) and of this line's JSON, so no line can be altered, taken
//! out or put in without every later digest changing. Whoever can rewrite the whole file can rewrite
//! all digests: keep [`Summary::last`] elsewhere, for instance among the evidence digests of a
//! signed record.

use crate::digest::{Digest, HashAlgorithm};
use crate::error::{Error, Result};
use crate::reason::Reason;
use crate::record::{Fact, Facts};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::Path;

/// Longest line that is written or read, in bytes.
pub const MAX_LINE_BYTES: usize = 16 * 1024;

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// When, in whole seconds.
    pub at: Timestamp,
    /// What was done, a code such as `decide`, `export` or `gallery-search`.
    pub action: String,
    /// The pseudonym of who did it.
    pub actor: String,
    /// Further facts: pseudonyms, codes, digests, numbers.
    pub facts: Facts,
}

/// What a walk through a log found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Whether all of it holds, and if not, why the first faulty line does not.
    pub reason: Reason,
    /// Number of the first faulty line, counted from 1.
    pub first_bad: Option<u64>,
    /// Lines that hold, from the first on.
    pub lines: u64,
    /// The digest of the last line that holds.
    pub last: Option<Digest>,
    /// Length in bytes of what holds.
    #[serde(skip)]
    whole_bytes: u64,
}

/// A log that is open for appending, locked against other writers.
#[derive(Debug)]
pub struct AuditLog {
    file: File,
    last: Option<Digest>,
    len_bytes: u64,
}

impl AuditLog {
    /// Opens or creates a log. A last line that a crash left unfinished is cut off.
    ///
    /// # Errors
    /// [`Error::Audit`] if the file cannot be opened, is in use, or does not verify.
    pub fn open(path: &Path) -> Result<Self> {
        let file =
            OpenOptions::new().create(true).read(true).append(true).open(path).map_err(|error| io_fault(&error))?;
        file.try_lock().map_err(|_| Error::audit("in use by another program; let it finish"))?;
        let summary = walk(&file)?;
        match summary.reason {
            Reason::Valid | Reason::Empty => {}
            Reason::TailTorn => {
                file.set_len(summary.whole_bytes).and_then(|()| file.sync_all()).map_err(|error| io_fault(&error))?;
            }
            _ => {
                let line = summary.first_bad.unwrap_or_default();
                let what = format!("line {line} was altered; restore it from the backup, nothing was appended");
                return Err(Error::audit(what));
            }
        }
        if summary.lines == 0 {
            sync_folder(path).map_err(|error| io_fault(&error))?;
        }
        Ok(Self { file, last: summary.last, len_bytes: summary.whole_bytes })
    }

    /// Appends one line; it is on the disk when this returns.
    ///
    /// # Errors
    /// [`Error::Record`] if the entry holds what a log may not, [`Error::Audit`] if it cannot be
    /// written.
    pub fn append(&mut self, entry: &Entry) -> Result<Digest> {
        entry.check()?;
        let json = serde_json::to_string(entry).map_err(|_| Error::audit("the entry cannot be written as JSON"))?;
        let digest = next_digest(self.last, json.as_bytes());
        let line = format!("{} {json}\n", hex::encode(digest.bytes));
        if line.len() > MAX_LINE_BYTES {
            return Err(Error::audit("an entry of more than 16 KiB; log digests, not content"));
        }
        if let Err(error) = self.file.write_all(line.as_bytes()).and_then(|()| self.file.sync_data()) {
            // What a full disk left of the line must not stand before the next one.
            let _ = self.file.set_len(self.len_bytes);
            return Err(io_fault(&error));
        }
        self.len_bytes += line.len() as u64;
        self.last = Some(digest);
        Ok(digest)
    }

    /// The digest of the last line.
    pub fn last(&self) -> Option<Digest> {
        self.last
    }
}

/// Verifies a log without changing it.
///
/// # Errors
/// [`Error::Audit`] if the file cannot be read; a log that does not hold is an answer.
pub fn verify(path: &Path) -> Result<Summary> {
    File::open(path).map_err(|error| io_fault(&error)).and_then(|file| walk(&file))
}

impl Entry {
    fn check(&self) -> Result<()> {
        for (name, word) in [("action", &self.action), ("actor", &self.actor)] {
            Fact::Word(word.clone()).check(name, 0)?;
        }
        if self.at.subsec_nanosecond() != 0 {
            return Err(Error::record("at", "must be in whole seconds"));
        }
        Fact::Group(self.facts.clone()).check("facts", 0)
    }
}

fn walk(mut file: &File) -> Result<Summary> {
    file.seek(SeekFrom::Start(0)).map_err(|error| io_fault(&error))?;
    let mut reader = BufReader::new(file);
    let mut summary = Summary { reason: Reason::Empty, first_bad: None, lines: 0, last: None, whole_bytes: 0 };
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = reader
            .by_ref()
            .take(MAX_LINE_BYTES as u64 + 1)
            .read_until(b'\n', &mut line)
            .map_err(|error| io_fault(&error))?;
        if read == 0 {
            return Ok(summary);
        }
        summary.reason = match judge(&line, summary.last) {
            Ok(digest) => {
                summary.lines += 1;
                summary.whole_bytes += read as u64;
                summary.last = Some(digest);
                Reason::Valid
            }
            Err(reason) => {
                summary.first_bad = Some(summary.lines + 1);
                summary.reason = reason;
                return Ok(summary);
            }
        };
    }
}

fn judge(line: &[u8], before: Option<Digest>) -> std::result::Result<Digest, Reason> {
    let Some(line) = line.strip_suffix(b"\n") else {
        // Without its end a line is the last one; too long a one is no line of ours.
        return Err(if line.len() > MAX_LINE_BYTES { Reason::LineAltered } else { Reason::TailTorn });
    };
    let (digits, rest) = line.split_at_checked(64).ok_or(Reason::LineAltered)?;
    let json = rest.strip_prefix(b" ").ok_or(Reason::LineAltered)?;
    let digest = next_digest(before, json);
    let entry: Entry = serde_json::from_slice(json).map_err(|_| Reason::LineAltered)?;
    if digits == hex::encode(digest.bytes).as_bytes() && entry.check().is_ok() {
        Ok(digest)
    } else {
        Err(Reason::LineAltered)
    }
}

fn next_digest(before: Option<Digest>, json: &[u8]) -> Digest {
    let before = before.map(|digest| hex::encode(digest.bytes)).unwrap_or_default();
    HashAlgorithm::Sha256.digest(&[before.as_bytes(), json])
}

/// The name of a new file must be on the disk too, or a crash takes the log with all its lines.
fn sync_folder(path: &Path) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    match folder.unwrap_or(Path::new(".")) {
        folder if cfg!(unix) => File::open(folder)?.sync_all(),
        // Windows opens no folders.
        _ => Ok(()),
    }
}

fn io_fault(error: &std::io::Error) -> Error {
    Error::audit(format!("cannot be read or written: {error}"))
}
