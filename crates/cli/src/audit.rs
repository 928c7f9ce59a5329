//! `facecert audit`: verify the audit log.

use crate::output::{Failure, Outcome, print_json};
use crate::record::{answer, said};
use serde_json::json;
use std::path::PathBuf;

/// Look after the audit log
#[derive(clap::Subcommand, Debug)]
pub enum Command {
    Verify(VerifyArgs),
}

/// Verify every line of the log: exit code 0 if all of it holds
#[derive(clap::Args, Debug)]
pub struct VerifyArgs {
    /// The log
    log: PathBuf,
}

pub fn run(command: &Command) -> Outcome {
    let Command::Verify(args) = command;
    let summary = facecert_record::audit::verify(&args.log).map_err(|e| Failure::at(&args.log, e))?;
    print_json(&json!({
        "file": args.log.display().to_string(),
        "answer": said(summary.reason),
        "lines": summary.lines,
        "first_bad": summary.first_bad,
        "last": summary.last,
    }))?;
    // A file without a line is a log on its first day.
    Ok(answer(summary.reason.holds() || summary.lines == 0 && summary.first_bad.is_none()))
}
