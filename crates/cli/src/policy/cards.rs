//! `facecert cards`: a page per app and per offline door, for people to keep.

use super::inputs::{OutputArgs, SchemeArgs};
use crate::output::{Answer, Failure, Outcome};
use facecert_policy::{Channel, cards};

/// Print step cards in large print, a page per app and per offline door
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(flatten)]
    scheme: SchemeArgs,
    /// A door, several times for several; all of the policy if absent
    #[arg(long, value_name = "ID")]
    channel: Vec<Channel>,
    #[command(flatten)]
    output: OutputArgs,
}

pub fn run(args: &Args) -> Outcome {
    let scheme = args.scheme.load()?;
    let wanted = if args.channel.is_empty() { scheme.channels.keys().copied().collect() } else { args.channel.clone() };
    let doors = wanted.iter().map(|channel| {
        let rule = scheme.channels.get(channel);
        rule.map(|rule| (channel.as_str(), rule.name.as_str()))
            .ok_or_else(|| Failure::new(format_args!("--channel: the policy does not list {channel}")))
    });
    let doors: Vec<(&str, &str)> = doors.collect::<Result<_, _>>()?;
    args.output.write(&cards(doors, &scheme.complaint_phone))?;
    Ok(Answer::Yes)
}
