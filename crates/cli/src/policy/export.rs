//! `facecert export`: what the platform has to be told, and the events that say so.

use super::inputs::{
    EventArgs, Hmac, SchemeArgs, event_lines, hmac_key, json_lines, read_all_events, read_bytes, read_text,
};
use crate::output::{Answer, Failure, Outcome, write_whole};
use facecert_policy::{Exported, Mapping, RecordType, export};
use std::collections::BTreeSet;
use std::path::PathBuf;

/// Write import records that are due, and the events that say that they were written
///
/// Running twice with the new events gives nothing the second time. The platform's file is personal data.
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(flatten)]
    scheme: SchemeArgs,
    #[command(flatten)]
    events: EventArgs,
    /// A type of record, several times for several; all if absent
    #[arg(long = "type", value_name = "TYPE")]
    types: Vec<RecordType>,
    /// Write the records as CSV instead of JSON Lines
    #[arg(long)]
    csv: bool,
    /// Where the records go, without personal data
    #[arg(short, long, value_name = "RECORDS")]
    output: PathBuf,
    /// Where the events go that say what was written
    #[arg(long, value_name = "FILE")]
    new_events: PathBuf,
    #[command(flatten)]
    platform: Platform,
}

/// The last step: number and name are joined from the roster.
#[expect(clippy::struct_field_names, reason = "the field is the argument's name")]
#[derive(clap::Args, Debug)]
struct Platform {
    /// Mapping of the platform's columns
    #[arg(long, value_name = "FILE", requires_all = ["roster", "key_file", "platform_file"])]
    mapping: Option<PathBuf>,
    /// Roster that number and name are joined from
    #[arg(long, value_name = "FILE", requires = "mapping")]
    roster: Option<PathBuf>,
    /// Key of the roster's digests: 64 hex digits on one line
    #[arg(long, value_name = "FILE", requires = "mapping")]
    key_file: Option<PathBuf>,
    /// Hash function of the key's digests
    #[arg(long, value_enum, default_value = "sha256")]
    hmac: Hmac,
    /// Where the platform's file goes: personal data, readable by its owner alone
    #[arg(long, value_name = "FILE", requires = "mapping")]
    platform_file: Option<PathBuf>,
}

pub fn run(args: &Args) -> Outcome {
    let scheme = args.scheme.load()?;
    let events = read_all_events(&args.events.events)?;
    let types: BTreeSet<RecordType> = if args.types.is_empty() {
        RecordType::ALL.iter().copied().collect()
    } else {
        args.types.iter().copied().collect()
    };
    let exported = export(&scheme, &events, args.events.now, &types).map_err(Failure::new)?;
    // Everything that can fail comes before the first file is written.
    let records = if args.csv { exported.to_csv().map_err(Failure::new)? } else { json_lines(&exported.records)? };
    let new_events = event_lines(&exported.events)?;
    let platform = args.platform.bytes(&exported)?;
    if let Some((path, bytes)) = platform {
        write_whole(path, &bytes)?;
    }
    write_whole(&args.output, records.as_bytes())?;
    write_whole(&args.new_events, new_events.as_bytes())?;
    Ok(Answer::Yes)
}

impl Platform {
    /// The platform's file, if it is asked for.
    fn bytes(&self, exported: &Exported) -> Result<Option<(&PathBuf, Vec<u8>)>, Failure> {
        let (Some(mapping), Some(roster), Some(key_file), Some(file)) =
            (&self.mapping, &self.roster, &self.key_file, &self.platform_file)
        else {
            return Ok(None);
        };
        let mapping = Mapping::read(&mapping.display().to_string(), &read_text(mapping)?).map_err(Failure::new)?;
        let key = hmac_key(key_file, self.hmac)?;
        let roster_file = roster.display().to_string();
        let bytes = mapping.platform_file(&exported.records, &roster_file, &read_bytes(roster)?, &key);
        Ok(Some((file, bytes.map_err(Failure::new)?)))
    }
}
