//! `facecert explain`: a decision, a status or one code in words, for whoever reads it.

use super::inputs::{OutputArgs, SchemeArgs, read_text};
use crate::output::{Answer, Failure, Outcome};
use facecert_policy::{Audience, Explanation, Language, Reason, Stamp, Stamped, Told, explain};
use std::path::{Path, PathBuf};

/// Say a decision or a status in words: reasons with their clause, doors by name
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(flatten)]
    scheme: SchemeArgs,
    #[command(flatten)]
    subject: Subject,
    /// Language
    #[arg(long, value_name = "zh-CN|en", default_value = "zh-CN")]
    lang: Language,
    /// Who reads it: the person, staff or auditors
    #[arg(long, value_name = "subject|operator|audit", default_value = "subject")]
    audience: Audience,
    #[command(flatten)]
    output: OutputArgs,
}

/// What is to be explained.
#[derive(clap::Args, Debug)]
#[group(required = true, multiple = false)]
struct Subject {
    /// What `decide` printed, one decision a line
    #[arg(long, value_name = "FILE")]
    decision: Option<PathBuf>,
    /// What `status` printed, one benefit line a line
    #[arg(long, value_name = "FILE")]
    status: Option<PathBuf>,
    /// The number of a reason
    #[arg(long, value_name = "N")]
    code: Option<u16>,
}

pub fn run(args: &Args) -> Outcome {
    let scheme = args.scheme.load()?;
    let lines = match (&args.subject.decision, &args.subject.status, args.subject.code) {
        (Some(file), ..) | (_, Some(file), _) => {
            let told = told(file)?;
            let explained = told.iter().map(|told| told.explain(&scheme, args.lang, args.audience));
            explained.collect::<Result<Vec<_>, _>>().map_err(Failure::new)?
        }
        (.., code) => {
            let reason = code.and_then(Reason::from_number).filter(|reason| reason.entry().is_some());
            let reason =
                reason.ok_or_else(|| Failure::new("--code: no reason has this number, see the reason table"))?;
            let stamp = Stamp::without_events(&scheme, &[("code", &reason.number())]).map_err(Failure::new)?;
            let answer = explain(&scheme, &[reason].into(), &[], args.lang, args.audience);
            vec![Stamped { stamp, answer }]
        }
    };
    args.output.write_lines(lines, human)?;
    Ok(Answer::Yes)
}

fn told(file: &Path) -> Result<Vec<Told>, Failure> {
    let (name, text) = (file.display().to_string(), read_text(file)?);
    let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    lines.map(|(at, line)| Told::read(&name, at, line).map_err(Failure::new)).collect()
}

fn human(line: &Stamped<Explanation>) -> String {
    let told = &line.answer;
    let first = told.outcome.map(|o| o.to_string()).or(told.status.map(|s| s.to_string()));
    let reasons =
        told.reasons.iter().map(|reason| format!("{}（{} {}）", reason.text, reason.no.number(), reason.clause));
    let doors = told.doors.iter().map(|door| door.name.as_str()).collect::<Vec<_>>().join("、");
    let doors = Some(format!("可以到：{doors}")).filter(|_| !told.doors.is_empty());
    first.into_iter().chain(reasons).chain(doors).collect::<Vec<_>>().join("\n")
}
