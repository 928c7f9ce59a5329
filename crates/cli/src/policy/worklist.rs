//! `facecert worklist`: what staff have to do.

use super::inputs::{EventArgs, Known, OutputArgs, SchemeArgs};
use crate::output::{Answer, Outcome};
use facecert_policy::{Code, Role, Stamped, WorkItem, worklist};

/// List open items by deadline and township
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(flatten)]
    scheme: SchemeArgs,
    #[command(flatten)]
    events: EventArgs,
    /// Items of one role alone
    #[arg(long, value_name = "ROLE")]
    role: Option<Role>,
    /// Items of one township alone, 9 digits
    #[arg(long, value_name = "CODE")]
    township: Option<Code<9>>,
    #[command(flatten)]
    output: OutputArgs,
}

pub fn run(args: &Args) -> Outcome {
    let known = Known::read(&args.scheme, &args.events)?;
    let mut items = worklist(&known.scheme, &known.events, known.now);
    items.retain(|item| args.role.is_none_or(|role| item.role == role));
    items.retain(|item| args.township.is_none_or(|township| item.township == Some(township)));
    args.output.write_lines(known.stamped(items, &[])?, human)?;
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
