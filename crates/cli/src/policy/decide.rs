//! `facecert decide`: a submission, the known events and the policy give an outcome and the event to append.

use super::inputs::{EventArgs, OutputArgs, SchemeArgs, read_all_events, read_text};
use crate::output::{Answer, Failure, Outcome};
use facecert_policy::{Decider, Decision, Submission};
use std::path::PathBuf;

/// Decide submissions; nothing is written but the answer, whose `event` the caller appends
///
/// Exit code of one case: 0 certified, 1 any other outcome. Of many: 0.
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(flatten)]
    scheme: SchemeArgs,
    /// The case as JSON, or cases as JSON Lines; `-` for standard input
    #[arg(long, value_name = "FILE")]
    case: PathBuf,
    #[command(flatten)]
    events: EventArgs,
    #[command(flatten)]
    output: OutputArgs,
}

pub fn run(args: &Args) -> Outcome {
    let scheme = args.scheme.load()?;
    let events = read_all_events(&args.events.events)?;
    let file = args.case.display().to_string();
    let cases = read_cases(&file, &read_text(&args.case)?)?;
    let decider = Decider::new(&scheme, &events, args.events.now);
    let decisions: Result<Vec<Decision>, _> = cases.iter().map(|case| decider.decide(case)).collect();
    let decisions = decisions.map_err(Failure::new)?;
    let refused = matches!(decisions.as_slice(), [only] if !only.is_certified());
    args.output.write_lines(decisions, human)?;
    Ok(if refused { Answer::No } else { Answer::Yes })
}

/// One case over several lines, or one case a line.
fn read_cases(file: &str, text: &str) -> Result<Vec<Submission>, Failure> {
    let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    let first_is_whole =
        text.lines().find(|line| !line.trim().is_empty()).is_some_and(|line| line.trim_end().ends_with('}'));
    if first_is_whole {
        lines.map(|(at, line)| Submission::read(file, at, line).map_err(Failure::new)).collect()
    } else {
        Submission::read(file, 1, text).map(|case| vec![case]).map_err(Failure::new)
    }
}

fn human(decision: &Decision) -> String {
    let texts: Vec<&str> = decision.reasons.iter().filter_map(|reason| reason.entry()).map(|entry| entry.zh).collect();
    let doors: Vec<&str> = decision.doors.iter().map(|door| door.as_str()).collect();
    let pilot = if decision.pilot { "（试点）" } else { "" };
    let next = if doors.is_empty() { String::new() } else { format!("还可以：{}", doors.join("、")) };
    format!("{}{pilot}：{}{next}", decision.outcome, texts.join(""))
}
