//! `facecert evaluate`: error rates on labelled data, one file per question.

mod agreement;
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
    Agreement(agreement::Args),
}

pub fn run(command: &Command) -> Outcome {
    match command {
        Command::Verification(args) => verification::run(args),
        Command::Detection(args) => detection::run(args),
        Command::Agreement(args) => agreement::run(args),
    }
}
