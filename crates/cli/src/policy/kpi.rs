//! `facecert kpi`: key figures of a period as JSON, CSV and one HTML page.

use super::inputs::{EventArgs, OutputArgs, SchemeArgs, read_all_events};
use crate::output::{Answer, Failure, Outcome, write_whole};
use facecert_policy::{Day, KpiReport, Level, kpi};
use std::path::PathBuf;

/// Count K1 to K12 of a period, by unit
///
/// Without `--public` the figures are internal: small cells are not masked.
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(flatten)]
    scheme: SchemeArgs,
    #[command(flatten)]
    events: EventArgs,
    /// First day of the period
    #[arg(long, value_name = "DATE")]
    from: Day,
    /// Last day of the period, on which statuses are taken
    #[arg(long, value_name = "DATE")]
    to: Day,
    /// Mask small cells, so that no other figure gives them back
    #[arg(long)]
    public: bool,
    /// Write one self-contained page with charts
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Write the figures as CSV
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    #[command(flatten)]
    output: OutputArgs,
}

pub fn run(args: &Args) -> Outcome {
    let scheme = args.scheme.load()?;
    let events = read_all_events(&args.events.events)?;
    if args.from > args.to {
        return Err(Failure::new("--from: later than --to"));
    }
    let report = kpi(&scheme, &events, args.from, args.to, args.events.now, args.public).map_err(Failure::new)?;
    if let Some(path) = &args.html {
        write_whole(path, report.to_html(&scheme.title).as_bytes())?;
    }
    if let Some(path) = &args.csv {
        write_whole(path, report.to_csv().map_err(Failure::new)?.as_bytes())?;
    }
    args.output.write_one(&report, human)?;
    Ok(Answer::Yes)
}

fn human(report: &KpiReport) -> String {
    let shown = |bp: Option<u64>| bp.map_or("–".to_owned(), |bp| format!("{}.{:02}%", bp / 100, bp % 100));
    let mut lines = vec![format!(
        "{} 至 {}（{}），目标 {}%",
        report.from,
        report.to,
        if report.public { "公开" } else { "内部" },
        report.target_percent
    )];
    for row in report.rows.iter().filter(|row| row.level != Level::Village) {
        lines.push(format!(
            "{} {}：通过率 {}（{}/{}），人工 {}，符合条件而被停发 {}/{}",
            row.unit,
            row.name.as_deref().unwrap_or_default(),
            shown(row.k1.rate.bp),
            row.k1.rate.num,
            row.k1.rate.den,
            shown(row.k4.rate.bp),
            row.k5.num,
            row.k5.den
        ));
    }
    lines.extend(report.gaps.iter().map(|gap| format!("没有开放网点：{} {}", gap.unit, gap.name)));
    lines.join("\n")
}
