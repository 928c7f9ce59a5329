//! `facecert gallery`: verify a gallery file, remove rows, erase them, seal it, take it to another model.

pub mod enrol;
mod migrate;
mod name;
mod photos;
mod sealed;
pub mod search;

use std::path::{Path, PathBuf};

use facecert_match::gallery::{self, Gallery, Recovered, Writer};
use facecert_match::{ContractId, Label, MatchError, Rows, Template};

use crate::output::{Answer, Failure, Outcome, print_line};
use crate::progress;
use name::Name;

/// Verify a gallery file, remove templates, erase them, seal them, take them to another model
#[derive(clap::Subcommand, Debug)]
pub enum Command {
    Check(CheckArgs),
    Remove(RemoveArgs),
    Compact(CompactArgs),
    Seal(sealed::Args),
    Migrate(migrate::Args),
}

/// Verify every byte: exit code 0 sound, 1 the newest commit is in doubt, 2 damaged
#[derive(clap::Args, Debug)]
pub struct CheckArgs {
    /// The gallery
    gallery: PathBuf,
    /// Take the older commit that was found as the true one and cut off what lies beyond it
    #[arg(long)]
    accept_recovered: bool,
}

/// Remove templates by id; their bytes stay in the file until `gallery compact`
#[derive(clap::Args, Debug)]
pub struct RemoveArgs {
    /// The gallery
    gallery: PathBuf,
    /// Ids as `search` prints them
    #[arg(long, required = true, num_args = 1.., value_name = "ID")]
    id: Vec<String>,
}

/// Write the file anew without removed templates: the only step that erases their bytes
///
/// Backups, snapshots and programs that still have the old file open keep them.
#[derive(clap::Args, Debug)]
pub struct CompactArgs {
    /// The gallery
    gallery: PathBuf,
}

pub fn run(command: &Command) -> Outcome {
    match command {
        Command::Check(args) => check(args),
        Command::Remove(args) => remove(args),
        Command::Compact(args) => compact(args),
        Command::Seal(args) => sealed::run(args),
        Command::Migrate(args) => migrate::run(args),
    }
}

fn check(args: &CheckArgs) -> Outcome {
    let bar = progress::bar(rows(&args.gallery)?, "rows");
    let found = gallery::check(&args.gallery, |rows| bar.set_position(rows)).map_err(Failure::new)?;
    bar.finish_and_clear();
    print_line(format_args!(
        "sound: {} templates of {} people; {} removed, not erased; {} bytes, {} unused",
        found.rows - found.removed_rows,
        found.subjects,
        found.removed_rows,
        found.bytes,
        found.unused_bytes,
    ))?;
    let Some(recovered) = found.recovered else { return Ok(Answer::Yes) };
    print_line(doubt(recovered))?;
    if !args.accept_recovered {
        print_line("restore a backup, or keep this state with --accept-recovered")?;
        return Ok(Answer::No);
    }
    gallery::accept_recovered(&args.gallery).map_err(Failure::new)?;
    print_line("accepted: what lay beyond was cut off")?;
    Ok(Answer::Yes)
}

fn remove(args: &RemoveArgs) -> Outcome {
    let ids: Vec<u64> = args.id.iter().map(|text| Name::new(text).id).collect();
    let mut writer = Writer::open(&args.gallery).map_err(Failure::new)?;
    writer.remove(&ids).map_err(|error| match error {
        MatchError::UnknownId { position } => {
            Failure::new(format_args!("--id number {}: not in the gallery; nothing was removed", position + 1))
        }
        other => Failure::new(other),
    })?;
    writer.commit().map_err(Failure::new)?;
    print_line(format_args!("{} people left; `gallery compact` erases what was removed", writer.subjects()))?;
    Ok(Answer::Yes)
}

fn compact(args: &CompactArgs) -> Outcome {
    let bar = progress::bar(rows(&args.gallery)?, "rows");
    let done = gallery::compact(&args.gallery, |rows| bar.set_position(rows)).map_err(Failure::new)?;
    bar.finish_and_clear();
    print_line(format_args!(
        "{} removed templates erased; {} bytes before, {} after",
        done.erased_rows, done.bytes_before, done.bytes_after,
    ))?;
    Ok(Answer::Yes)
}

/// Why one-to-many comparison is used: it is off unless asked for.
#[derive(clap::Args, Debug)]
pub struct Purpose {
    /// What the comparison is for, in words, as your records state it
    #[arg(long = "purpose", value_name = "TEXT", value_parser = not_blank, required = true)]
    text: Option<String>, // absent beside a subcommand that needs none alone
}

fn not_blank(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.is_empty() { Err("say what the comparison is for".into()) } else { Ok(text.to_owned()) }
}

impl Purpose {
    /// Says on standard error what is compared, why, and what the results are.
    pub fn announce(&self, galleries: impl IntoIterator<Item = Count>) {
        for Count { templates, people } in galleries {
            eprintln!("{templates} templates of {people} people are stored");
        }
        eprintln!("purpose: {}", self.text.as_deref().unwrap_or_default());
        eprintln!("results are leads for a person to check, not findings");
    }
}

/// How much a gallery holds.
pub struct Count {
    pub templates: usize,
    pub people: u64,
}

/// What a gallery holds but for what was removed.
pub fn count(gallery: &Gallery) -> Count {
    Count { templates: gallery.len() - gallery.removed_rows(), people: gallery.subjects() }
}

/// Opens a gallery and says so if its newest commit is in doubt.
pub fn open(path: &Path) -> Result<Gallery, Failure> {
    let gallery = Gallery::open(path).map_err(Failure::new)?;
    if let Some(recovered) = gallery.recovered() {
        eprintln!("{}: {}", path.display(), doubt(recovered));
    }
    Ok(gallery)
}

/// What a row is called: its key, else its id.
pub fn row_name(gallery: &Gallery, row: usize) -> Result<String, Failure> {
    let key = gallery.key(row).map_err(Failure::new)?;
    if key.is_empty() {
        return gallery.label(row).map(|label| label.id.to_string()).map_err(Failure::new);
    }
    Ok(String::from_utf8_lossy(key).into_owned())
}

fn writer(path: &Path, contract: ContractId, dim: usize) -> Result<Writer, Failure> {
    if path.exists() {
        return Writer::open(path).map_err(Failure::new);
    }
    let mut creation_id = [0; 16];
    getrandom::fill(&mut creation_id).map_err(Failure::new)?;
    Writer::create(path, contract, dim, creation_id).map_err(Failure::new)
}

fn append(writer: &mut Writer, id: &str, person: &str, template: &Template) -> Result<(), MatchError> {
    let (name, person) = (Name::new(id), Name::new(person).id);
    writer.append(Label { id: name.id, person }, name.key, template).map(drop)
}

fn rows(path: &Path) -> Result<u64, Failure> {
    Ok(open(path)?.len() as u64)
}

fn doubt(recovered: Recovered) -> String {
    format!("the newest commit is in doubt: an older one was opened, {} rows lie beyond it", recovered.rows_beyond)
}
