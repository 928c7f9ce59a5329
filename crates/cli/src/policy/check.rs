//! `facecert policy check`: lint a policy, every fault at once.

use super::inputs::{OutputArgs, scheme_files};
use crate::output::{Answer, Failure, Outcome};
use facecert_policy::Day;
use facecert_policy::scheme::{Finding, Report, check};
use std::path::PathBuf;

/// Check a policy: every fault at once, with file, line and key
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Folder of the policy or its root file
    #[arg(value_name = "PATH", required_unless_present = "scheme")]
    path: Option<PathBuf>,
    /// The same
    #[arg(long, value_name = "PATH", conflicts_with = "path")]
    scheme: Option<PathBuf>,
    /// First day of the scheme, which the document leaves open
    #[arg(long, value_name = "DATE")]
    effective_from: Option<Day>,
    #[command(flatten)]
    output: OutputArgs,
}

pub fn run(args: &Args) -> Outcome {
    let path = args.path.as_ref().or(args.scheme.as_ref()).ok_or_else(|| Failure::new("name the policy"))?;
    let (files, root) = scheme_files(path)?;
    let (report, _) = check(&files, &root, args.effective_from);
    args.output.write_one(&report, human)?;
    match report.faults.len() {
        0 => Ok(Answer::Yes),
        faults => Err(Failure::at(path, format_args!("{faults} fault(s), listed in the report; mend them"))),
    }
}

fn human(report: &Report) -> String {
    let mut lines = vec![format!("政策：{}", report.scheme.as_deref().unwrap_or("（未读出）"))];
    if let Some(hash) = &report.policy_hash {
        lines.push(format!("摘要：{hash}"));
    }
    for file in &report.files {
        lines.push(format!("文件：{} {}", file.name, file.sha256));
    }
    let finding = |kind: &str, finding: &Finding| format!("{kind}：{finding}");
    lines.extend(report.faults.iter().map(|fault| finding("须改", fault)));
    lines.extend(report.warnings.iter().map(|warning| finding("请看", warning)));
    for assumption in &report.assumptions {
        lines.push(format!("待县里确认：{} {}（{}）", assumption.id, assumption.question, assumption.keys.join(" ")));
    }
    lines.join("\n")
}
