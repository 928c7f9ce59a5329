//! `facecert session`: a capture session from recorded frames, its challenge beforehand, and the check of its package.

mod challenge;
mod check;
mod frames;
mod hold;
mod report;
pub mod store;

use crate::output::{Failure, Outcome};

/// Hold a capture session on recorded frames: exit code 0 if it passes, 1 if not
///
/// DIR holds the frames and `times.tsv`: file name, tab, milliseconds.
#[derive(clap::Args, Debug)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Args {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    hold: Option<hold::Args>,
}

#[derive(clap::Subcommand, Debug)]
enum Command {
    Challenge(challenge::Args),
    Check(check::Args),
}

pub fn run(args: &Args) -> Outcome {
    match (&args.command, &args.hold) {
        (Some(Command::Challenge(args)), _) => challenge::run(args),
        (Some(Command::Check(args)), _) => check::run(args),
        (None, Some(args)) => hold::run(args),
        (None, None) => Err(Failure::new("session: give --frames DIR and --nonce HEX, or challenge, or check PACKAGE")),
    }
}
