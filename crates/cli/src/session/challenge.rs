//! `facecert session challenge`: what a nonce will ask for.

use std::sync::Arc;

use facecert_core::session::{Action, Capture, CaptureOptions, Nonce};
use serde::Serialize;

use crate::output::{Answer, Failure, Outcome, print_json, print_line};
use crate::photo::PackArgs;

/// What is asked, and of whom it is not.
#[derive(clap::Args, Debug)]
pub struct ChallengeArgs {
    /// How many actions are asked for; 0 only looks
    #[arg(long, value_name = "N", default_value_t = 2)]
    pub actions: usize,
    /// Actions that the person cannot do: `turn_left`, `turn_right`, `nod`, `open_mouth`, `blink`
    #[arg(long, value_name = "ACTION,...", value_delimiter = ',')]
    pub without: Vec<Action>,
    /// Twice the time for everything
    #[arg(long)]
    pub slow: bool,
}

impl ChallengeArgs {
    /// As the core takes them.
    pub fn options(&self) -> CaptureOptions {
        CaptureOptions {
            actions: Some(self.actions),
            without: self.without.clone(),
            slow: self.slow,
            ..CaptureOptions::default()
        }
    }
}

/// Print what a session with this nonce will ask for
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The nonce, 8 to 64 bytes in hexadecimal
    #[arg(long, value_name = "HEX")]
    nonce: Nonce,
    #[command(flatten)]
    challenge: ChallengeArgs,
    #[command(flatten)]
    pack: PackArgs,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report<'a> {
    actions: &'a [Action],
    challenge_count: u32,
}

pub fn run(args: &Args) -> Outcome {
    let engine = args.pack.engine()?;
    let capture =
        Capture::new(Arc::new(engine), args.nonce.clone(), &args.challenge.options()).map_err(Failure::new)?;
    let challenge = capture.session().challenge();
    if args.json {
        print_json(&Report { actions: &challenge.actions, challenge_count: challenge.count })?;
        return Ok(Answer::Yes);
    }
    for action in &challenge.actions {
        let words = action.prompt().entry().map_or("", |e| e.zh.as_str());
        print_line(format_args!("{action}: {words}"))?;
    }
    print_line(format_args!("one of {} challenges", challenge.count))?;
    Ok(Answer::Yes)
}
