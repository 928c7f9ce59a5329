//! `facecert remind`: reminders that are due, as records; sending them is the caller's.

use super::inputs::{EventArgs, Known, OutputArgs, SchemeArgs, instant};
use crate::output::{Answer, Outcome};
use facecert_policy::{Instant, Reminder, Stamped, remind};

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
    let known = Known::read(&args.scheme, &args.events)?;
    let reminders = remind(&known.scheme, &known.events, args.since, known.now);
    args.output.write_lines(known.stamped(reminders, &[("since", &args.since)])?, human)?;
    Ok(Answer::Yes)
}

fn human(line: &Stamped<Reminder>) -> String {
    let reminder = &line.answer;
    let text = if reminder.sms.is_empty() { "（不发送，请工作人员处理）" } else { &reminder.sms };
    format!("{} {} {} → {}：{text}", reminder.date, reminder.person_ref, reminder.step, reminder.to)
}
