//! `facecert evaluate`: error rates on labelled data, one file per question.

mod agreement;
mod detection;
mod landmarks;
mod pad;
mod photos;
mod plot;
mod quality;
mod state;
mod table;
mod verification;

use facecert_core::look::Part;

use crate::output::Outcome;

/// Measure error rates on labelled data
#[derive(clap::Subcommand, Debug)]
pub enum Command {
    Verification(verification::Args),
    Detection(detection::Args),
    Agreement(agreement::Args),
    Landmarks(landmarks::Args),
    Eyes(state::Args),
    Mouth(state::Args),
    Pad(pad::Args),
    Quality(quality::Args),
}

pub fn run(command: &Command) -> Outcome {
    match command {
        Command::Verification(args) => verification::run(args),
        Command::Detection(args) => detection::run(args),
        Command::Agreement(args) => agreement::run(args),
        Command::Landmarks(args) => landmarks::run(args),
        Command::Eyes(args) => state::run(args, Part::Eye),
        Command::Mouth(args) => state::run(args, Part::Mouth),
        Command::Pad(args) => pad::run(args),
        Command::Quality(args) => quality::run(args),
    }
}
