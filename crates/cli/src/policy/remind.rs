//! `facecert remind`: reminders that are due, as records; sending them is the caller's.

use super::inputs::{EventArgs, OutputArgs, SchemeArgs, instant, read_all_events};
use crate::output::{Answer, Failure, Outcome};
use facecert_policy::{Instant, Reminder, Stamp, Stamped, remind};

/// List the reminders whose day lies after `--since` and not after `--now`
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(flatten)]
    scheme: SchemeArgs,
    #[command(flatten)]
    events: EventArgs,
    /// Where the last list ended: an instant with offset, or a date, which means the end of that day
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    since: Instant,
    #[command(flatten)]
    output: OutputArgs,
}

pub fn run(args: &Args) -> Outcome {
    let scheme = args.scheme.load()?;
    let events = read_all_events(&args.events.events)?;
    let now = args.events.now;
    let stamp = Stamp::of(&scheme, &events, now, &[("since", &args.since), ("now", &now)]).map_err(Failure::new)?;
    let reminders = remind(&scheme, &events, args.since, now);
    let lines = reminders.into_iter().map(|answer| Stamped { stamp: stamp.clone(), answer });
    args.output.write_lines(lines, human)?;
    Ok(Answer::Yes)
}

fn human(line: &Stamped<Reminder>) -> String {
    let reminder = &line.answer;
    let text = if reminder.sms.is_empty() { "（不发送，请工作人员处理）" } else { &reminder.sms };
    format!("{} {} {} → {}：{text}", reminder.date, reminder.person_ref, reminder.step, reminder.to)
}
