//! `facecert worklist`: what staff have to do.

use super::inputs::{EventArgs, OutputArgs, SchemeArgs, read_all_events};
use crate::output::{Answer, Failure, Outcome};
use facecert_policy::{Code, Expected, Role, Stamp, Stamped, WorkItem, worklist};

/// List open items by deadline and township
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(flatten)]
    scheme: SchemeArgs,
    #[command(flatten)]
    events: EventArgs,
    /// Items of one role alone
    #[arg(long, value_name = "ROLE", value_parser = role)]
    role: Option<Role>,
    /// Items of one township alone, 9 digits
    #[arg(long, value_name = "CODE", value_parser = township)]
    township: Option<Code<9>>,
    #[command(flatten)]
    output: OutputArgs,
}

fn role(text: &str) -> Result<Role, String> {
    text.parse().map_err(|error: Expected| error.to_string())
}

fn township(text: &str) -> Result<Code<9>, String> {
    text.parse().map_err(|error: Expected| error.to_string())
}

pub fn run(args: &Args) -> Outcome {
    let scheme = args.scheme.load()?;
    let events = read_all_events(&args.events.events)?;
    let now = args.events.now;
    let stamp = Stamp::of(&scheme, &events, now, &[("now", &now)]).map_err(Failure::new)?;
    let mut items = worklist(&scheme, &events, now);
    items.retain(|item| args.role.is_none_or(|role| item.role == role));
    items.retain(|item| args.township.is_none_or(|township| item.township == Some(township)));
    let lines = items.into_iter().map(|answer| Stamped { stamp: stamp.clone(), answer });
    args.output.write_lines(lines, human)?;
    Ok(Answer::Yes)
}

fn human(line: &Stamped<WorkItem>) -> String {
    let item = &line.answer;
    let first = if item.priority { "【先办】" } else { "" };
    let people: Vec<&str> = item.person_refs.iter().map(facecert_policy::Ref::as_str).collect();
    format!(
        "{first}{} 前：{} {} 由 {} 办，下一步 {}",
        item.deadline,
        item.name,
        people.join(" "),
        item.role,
        item.next_role
    )
}
