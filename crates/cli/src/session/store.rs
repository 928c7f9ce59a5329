//! A nonce store in one file: lines of `issue HEX EXPIRES_MS` and `consume HEX NOW_MS`, appended under a lock.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::path::Path;

use facecert_core::session::{Consumption, Nonce, NonceStore};

use crate::output::Failure;

/// The store in a file, which is made when the first nonce is issued.
pub struct FileStore<'a> {
    path: &'a Path,
}

/// What the file says of a nonce.
#[derive(Default)]
struct Known {
    expires_ms: Option<i64>,
    used: bool,
}

impl<'a> FileStore<'a> {
    /// The store in this file.
    pub fn new(path: &'a Path) -> Self {
        Self { path }
    }

    /// The locked file and what it says of a nonce. The lock goes with the file.
    fn look_up(&self, nonce: &Nonce, create: bool) -> Result<(File, Known), Failure> {
        let fault = |e: std::io::Error| Failure::at(self.path, e);
        let mut file = OpenOptions::new().read(true).append(true).create(create).open(self.path).map_err(fault)?;
        file.lock().map_err(fault)?;
        let mut text = String::new();
        file.read_to_string(&mut text).map_err(fault)?;
        let wanted = nonce.to_string();
        let mut known = Known::default();
        for (number, line) in text.lines().enumerate() {
            match line.split(' ').collect::<Vec<_>>()[..] {
                ["issue", hex, time] if time.parse::<i64>().is_ok() => {
                    if hex == wanted {
                        known.expires_ms = time.parse().ok();
                    }
                }
                ["consume", hex, time] if time.parse::<i64>().is_ok() => known.used |= hex == wanted,
                _ => {
                    let what = format!("line {}: not a line of a nonce store; restore the file", number + 1);
                    return Err(Failure::at(self.path, what));
                }
            }
        }
        Ok((file, known))
    }

    fn append(&self, mut file: File, verb: &str, nonce: &Nonce, time_ms: i64) -> Result<(), Failure> {
        let line = format!("{verb} {nonce} {time_ms}\n"); // one write: whole or not at all
        file.write_all(line.as_bytes()).and_then(|()| file.sync_data()).map_err(|e| Failure::at(self.path, e))
    }
}

impl NonceStore for FileStore<'_> {
    type Fault = Failure;

    fn issue(&mut self, nonce: &Nonce, expires_ms: i64) -> Result<bool, Failure> {
        let (file, known) = self.look_up(nonce, true)?;
        if known.expires_ms.is_some() {
            return Ok(false);
        }
        self.append(file, "issue", nonce, expires_ms).map(|()| true)
    }

    fn consume(&mut self, nonce: &Nonce, now_ms: i64) -> Result<Consumption, Failure> {
        let (file, known) = self.look_up(nonce, false)?;
        match known {
            Known { expires_ms: None, .. } => Ok(Consumption::Unknown),
            Known { used: true, .. } => Ok(Consumption::Used),
            Known { expires_ms: Some(expires), .. } if now_ms > expires => Ok(Consumption::Expired),
            Known { .. } => self.append(file, "consume", nonce, now_ms).map(|()| Consumption::Consumed),
        }
    }
}
