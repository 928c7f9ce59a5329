//! Facecert on the command line: one file per command, `output.rs` for what they share.
//!
//! Exit codes: 0 done or a positive answer, 1 a negative answer, 2 an error (one line on standard error).
#![forbid(unsafe_code)]

mod output;

use clap::{Parser, Subcommand};
use output::{Answer, Outcome};
use std::process::ExitCode;

/// Face certification of pension recipients: compare, search, decide, record.
#[derive(Parser)]
#[command(name = "facecert", version, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {}

fn run(command: Command) -> Outcome {
    match command {}
}

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(Answer::Yes) => ExitCode::SUCCESS,
        Ok(Answer::No) => ExitCode::from(1),
        Err(failure) => {
            eprintln!("facecert: {failure}");
            ExitCode::from(2)
        }
    }
}
