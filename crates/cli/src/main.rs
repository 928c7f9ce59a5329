//! Facecert on the command line: one file per command, `output.rs` for what they share.
//!
//! Exit codes: 0 done or a positive answer, 1 a negative answer, 2 an error (one line on standard error).
#![forbid(unsafe_code)]

mod annotate;
mod audit;
mod bench;
mod calibrate;
mod dedup;
mod detect;
mod embed;
mod evaluate;
mod evidence;
mod gallery;
mod labelled;
mod liveness;
mod models;
mod nonce;
mod output;
mod photo;
mod policy;
mod progress;
mod quality;
mod receipt;
mod record;
mod review_photo;
mod session;
mod verify;

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
enum Command {
    Verify(verify::Args),
    Detect(detect::Args),
    Embed(embed::Args),
    ReviewPhoto(review_photo::Args),
    Quality(quality::Args),
    Liveness(liveness::Args),
    Session(Box<session::Args>),
    #[command(subcommand)]
    Nonce(nonce::Command),
    #[command(subcommand)]
    Evaluate(evaluate::Command),
    Calibrate(calibrate::Args),
    Enrol(gallery::enrol::Args),
    Search(gallery::search::Args),
    Dedup(dedup::Args),
    #[command(subcommand)]
    Bench(bench::Command),
    #[command(subcommand)]
    Gallery(gallery::Command),
    #[command(subcommand)]
    Models(models::Command),
    #[command(subcommand)]
    Record(record::Command),
    #[command(subcommand)]
    Receipt(receipt::Command),
    #[command(subcommand)]
    Audit(audit::Command),
    #[command(flatten)]
    Rules(policy::Command),
}

fn run(command: &Command) -> Outcome {
    match command {
        Command::Verify(args) => verify::run(args),
        Command::Detect(args) => detect::run(args),
        Command::Embed(args) => embed::run(args),
        Command::ReviewPhoto(args) => review_photo::run(args),
        Command::Quality(args) => quality::run(args),
        Command::Liveness(args) => liveness::run(args),
        Command::Session(args) => session::run(args),
        Command::Nonce(command) => nonce::run(command),
        Command::Evaluate(command) => evaluate::run(command),
        Command::Calibrate(args) => calibrate::run(args),
        Command::Enrol(args) => gallery::enrol::run(args),
        Command::Search(args) => gallery::search::run(args),
        Command::Dedup(args) => dedup::run(args),
        Command::Bench(command) => bench::run(command),
        Command::Gallery(command) => gallery::run(command),
        Command::Models(command) => models::run(command),
        Command::Record(command) => record::run(command),
        Command::Receipt(command) => receipt::run(command),
        Command::Audit(command) => audit::run(command),
        Command::Rules(command) => policy::run(command),
    }
}

fn main() -> ExitCode {
    match run(&Cli::parse().command) {
        Ok(Answer::Yes) => ExitCode::SUCCESS,
        Ok(Answer::No) => ExitCode::from(1),
        Err(failure) => {
            eprintln!("facecert: {failure}");
            ExitCode::from(2)
        }
    }
}
