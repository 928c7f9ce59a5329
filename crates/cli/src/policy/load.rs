//! `facecert load`: files of the platform, staff events and face pairs become events.

use super::inputs::{
    Hmac, OutputArgs, SchemeArgs, event_lines, hmac_key, instant, json_lines, read_all_events, read_bytes, read_text,
};
use crate::output::{Answer, Failure, Outcome, write_whole};
use clap::ValueEnum;
use facecert_policy::{FileKind, Import, Instant, LoadReport, Loaded, Mapping, Stamp, Stamped};
use std::fmt::Display;
use std::path::PathBuf;

/// Load a file into events: every row is an event, a duplicate or a rejected row
///
/// A file that a spreadsheet has spoilt, or that is not in the encoding its mapping declares, is refused whole.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// What it holds
    #[arg(long, value_enum)]
    kind: Kind,
    #[command(flatten)]
    scheme: SchemeArgs,
    /// Mapping of the platform's columns (roster, results, payments, acks, facts)
    #[arg(long, value_name = "FILE")]
    mapping: Option<PathBuf>,
    /// Key for numbers and names: 64 hex digits on one line (roster, results, payments, acks, facts)
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
    /// Hash function of the key's digests
    #[arg(long, value_enum, default_value = "sha256")]
    hmac: Hmac,
    /// Whom the gallery's ids stand for: CSV `id,person_ref` (pairs)
    #[arg(long, value_name = "FILE")]
    persons: Option<PathBuf>,
    /// Events that are known already; may be given several times
    #[arg(long, value_name = "EXISTING")]
    events: Vec<PathBuf>,
    /// When the file is received: an instant with offset, or a date, which means the end of that day
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    now: Instant,
    /// Where rejected rows go, JSON Lines without number or name
    #[arg(long, value_name = "FILE")]
    rejected: PathBuf,
    /// Where new events go
    #[arg(short, long, value_name = "NEW_EVENTS")]
    output: PathBuf,
    /// Readable text in Chinese, the default on a terminal
    #[arg(long, conflicts_with = "json")]
    human: bool,
    /// JSON, the default elsewhere
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Kind {
    Roster,
    Results,
    Payments,
    Acks,
    Facts,
    Events,
    Pairs,
}

pub fn run(args: &Args) -> Outcome {
    let scheme = args.scheme.load()?;
    let existing = read_all_events(&args.events)?;
    let bytes = read_bytes(&args.file)?;
    let file = args.file.display().to_string();
    let import = Import { scheme: &scheme, existing: &existing, now: args.now, file: &file };
    let loaded = match args.kind {
        Kind::Events => import.load_events(&bytes).map_err(Failure::new)?,
        Kind::Pairs => {
            let persons = args.persons.as_ref().ok_or_else(|| Failure::new("--kind pairs needs --persons FILE"))?;
            let name = persons.display().to_string();
            import.load_pairs(&bytes, &name, &read_bytes(persons)?).map_err(Failure::new)?
        }
        Kind::Roster => args.table(&import, FileKind::Roster, &bytes)?,
        Kind::Results => args.table(&import, FileKind::Results, &bytes)?,
        Kind::Payments => args.table(&import, FileKind::Payments, &bytes)?,
        Kind::Acks => args.table(&import, FileKind::Acks, &bytes)?,
        Kind::Facts => args.table(&import, FileKind::Facts, &bytes)?,
    };
    write_whole(&args.output, event_lines(&loaded.events)?.as_bytes())?;
    write_whole(&args.rejected, json_lines(&loaded.rejected)?.as_bytes())?;
    let output = OutputArgs { output: None, human: args.human, json: args.json };
    let (sha256, kind) = (loaded.report.file_sha256, loaded.report.kind);
    let arguments: [(&str, &dyn Display); 3] = [("file", &sha256), ("kind", &kind), ("now", &args.now)];
    let stamp = Stamp::of(&scheme, &existing, args.now, &arguments).map_err(Failure::new)?;
    output.write_one(&Stamped { stamp, answer: loaded.report }, human)?;
    Ok(Answer::Yes)
}

impl Args {
    fn table(&self, import: &Import<'_>, kind: FileKind, bytes: &[u8]) -> Result<Loaded, Failure> {
        let needs = |argument| Failure::new(format_args!("--kind {kind} needs {argument} FILE"));
        let mapping_file = self.mapping.as_ref().ok_or_else(|| needs("--mapping"))?;
        let key_file = self.key_file.as_ref().ok_or_else(|| needs("--key-file"))?;
        let mapping = Mapping::read(&mapping_file.display().to_string(), &read_text(mapping_file)?);
        let key = hmac_key(key_file, self.hmac)?;
        import.load(kind, bytes, &mapping.map_err(Failure::new)?, &key).map_err(Failure::new)
    }
}

fn human(report: &Stamped<LoadReport>) -> String {
    let report = &report.answer;
    let mut lines = vec![
        format!("文件摘要：{}", report.file_sha256),
        format!(
            "共 {} 行：新事件 {}，重复 {}，转人工 {}，未导入 {}",
            report.rows, report.events, report.duplicates, report.referred, report.rejected
        ),
    ];
    lines.extend(report.by_reason.iter().map(|(reason, count)| format!("原因 {reason}：{count} 次")));
    lines.join("\n")
}
