//! `facecert session`: a capture session from recorded frames, its challenge beforehand, and the check of its package.

mod challenge;
mod check;
mod frames;
mod hold;
mod report;
pub mod store;

use crate::output::Outcome;

/// Hold a capture session on recorded frames: exit code 0 if it passes, 1 if not
///
/// DIR holds the frames and `times.tsv`: file name, tab, milliseconds.
#[derive(clap::Args, Debug)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Args {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    hold: hold::Args,
}

#[derive(clap::Subcommand, Debug)]
enum Command {
    Challenge(challenge::Args),
    Check(check::Args),
}

pub fn run(args: &Args) -> Outcome {
    match &args.command {
        Some(Command::Challenge(args)) => challenge::run(args),
        Some(Command::Check(args)) => check::run(args),
        None => hold::run(&args.hold),
    }
}
