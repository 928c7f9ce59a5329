//! `facecert evaluate`: error rates on labelled data, one file per question.

mod detection;
mod photos;
mod plot;
mod verification;

use crate::output::Outcome;

/// Measure error rates on labelled data
#[derive(clap::Subcommand, Debug)]
pub enum Command {
    Verification(verification::Args),
    Detection(detection::Args),
}

pub fn run(command: &Command) -> Outcome {
    match command {
        Command::Verification(args) => verification::run(args),
        Command::Detection(args) => detection::run(args),
    }
}
