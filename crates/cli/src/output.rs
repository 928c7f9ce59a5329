//! What every command shares: its answer, its failure, and how both leave the program.

use std::fmt;
use std::io::Write as _;
use std::path::Path;

/// The answer of a command that did its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Done, or the positive answer (exit code 0).
    Yes,
    /// A negative answer (exit code 1): not the same person, not certified.
    No,
}

/// Why a command could not do its work: one line that names the file and what to do (exit code 2).
#[derive(Debug)]
pub struct Failure(String);

/// What a command returns.
pub type Outcome = Result<Answer, Failure>;

impl Failure {
    /// A failure in words.
    pub fn new(message: impl fmt::Display) -> Self {
        Self(message.to_string())
    }

    /// A failure about one file.
    pub fn at(path: &Path, cause: impl fmt::Display) -> Self {
        Self(format!("{}: {cause}", path.display()))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // One line, whatever the cause brought along.
        for (i, line) in self.0.lines().map(str::trim).filter(|l| !l.is_empty()).enumerate() {
            if i > 0 {
                f.write_str("; ")?;
            }
            f.write_str(line)?;
        }
        Ok(())
    }
}

/// Writes bytes to a file whole or not at all: a temporary file beside it, then a rename.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let write = || {
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        file.persist(path).map_err(|e| e.error)?;
        Ok::<(), std::io::Error>(())
    };
    write().map_err(|e| Failure::at(path, e))
}

/// Prints a value as one line of JSON.
pub fn print_json(value: &impl serde::Serialize) -> Result<(), Failure> {
    print_line(serde_json::to_string(value).map_err(Failure::new)?)
}

/// Prints a line to standard output; a closed pipe ends the program quietly, as `head` expects.
pub fn print_line(text: impl fmt::Display) -> Result<(), Failure> {
    match writeln!(std::io::stdout().lock(), "{text}") {
        Err(e) if e.kind() == std::io::ErrorKind::BrokenPipe => std::process::exit(0),
        other => other.map_err(|e| Failure::new(format_args!("standard output: {e}"))),
    }
}
