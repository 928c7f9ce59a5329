//! `facecert nonce`: nonces for capture sessions.

use std::path::PathBuf;

use facecert_core::session::{Nonce, NonceStore as _};
use facecert_policy::Instant;

use crate::output::{Answer, Failure, Outcome, print_line};
use crate::policy::instant;
use crate::session::store::FileStore;

/// Nonces for capture sessions: issued once, used once
#[derive(clap::Subcommand, Debug)]
pub enum Command {
    /// Issue nonces, one a line; a batch serves a kiosk that works offline
    Issue {
        /// File of issued nonces
        #[arg(long, value_name = "FILE")]
        nonces: PathBuf,
        /// Now: an instant with offset
        #[arg(long, value_name = "INSTANT", value_parser = instant)]
        now: Instant,
        /// How long they are good
        #[arg(long, value_name = "SECONDS", default_value_t = 600, value_parser = clap::value_parser!(i64).range(1..=31_536_000))]
        valid_s: i64,
        /// How many
        #[arg(long, value_name = "N", default_value_t = 1)]
        count: u32,
    },
}

/// Bytes of a nonce that is issued here.
const NONCE_BYTES: usize = 16;

pub fn run(command: &Command) -> Outcome {
    let Command::Issue { nonces, now, valid_s, count } = command;
    let mut store = FileStore::new(nonces);
    for _ in 0..*count {
        let mut bytes = vec![0; NONCE_BYTES];
        getrandom::fill(&mut bytes).map_err(Failure::new)?;
        let nonce = Nonce::new(bytes).map_err(Failure::new)?;
        if !store.issue(&nonce, (now.unix_s() + valid_s) * 1000)? {
            return Err(Failure::at(nonces, "the system's random numbers repeat; do not use this machine"));
        }
        print_line(nonce)?;
    }
    Ok(Answer::Yes)
}
