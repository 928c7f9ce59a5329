//! `facecert status`: where every benefit line stands.

use super::inputs::{EventArgs, Known, OutputArgs, SchemeArgs};
use crate::output::{Answer, Failure, Outcome};
use facecert_policy::{LineStatus, Ref, Stamped, Status, status};

/// State where every benefit line stands, and why
///
/// With `--person`: exit code 0 if every line is `Active` or `DueSoon`, else 1.
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(flatten)]
    scheme: SchemeArgs,
    #[command(flatten)]
    events: EventArgs,
    /// One person alone
    #[arg(long, value_name = "REF")]
    person: Option<Ref>,
    #[command(flatten)]
    output: OutputArgs,
}

pub fn run(args: &Args) -> Outcome {
    let known = Known::read(&args.scheme, &args.events)?;
    let mut lines = status(&known.scheme, &known.events, known.now);
    if let Some(person) = &args.person {
        lines.retain(|line| line.person_ref == *person);
        if lines.is_empty() {
            return Err(Failure::new(format_args!("--person: no benefit line of {person} in the events")));
        }
    }
    let in_order = lines.iter().all(|line| matches!(line.status, Status::Active | Status::DueSoon));
    args.output.write_lines(known.stamped(lines, &[])?, human)?;
    Ok(if args.person.is_none() || in_order { Answer::Yes } else { Answer::No })
}

fn human(line: &Stamped<LineStatus>) -> String {
    let line = &line.answer;
    let due = line.due.map_or("–".to_owned(), |due| due.to_string());
    let texts: Vec<&str> = line.reasons.iter().filter_map(|reason| reason.entry()).map(|entry| entry.zh).collect();
    format!("{} {} {}，到期日 {due}。{}", line.person_ref, line.entitlement, line.status, texts.join(""))
}
