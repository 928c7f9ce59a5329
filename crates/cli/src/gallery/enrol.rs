//! `facecert enrol`: photos or templates into a gallery.

use std::path::{Path, PathBuf};
use std::time::Instant;

use facecert_core::verify::VerifyOptions;
use facecert_core::{ContractId, Template};
use facecert_match::MatchError;
use facecert_match::gallery::Writer;

use super::{Purpose, append, count, open, photos, writer};
use crate::labelled;
use crate::output::{Answer, Failure, Outcome, print_line};
use crate::photo::{DetectArgs, PackArgs};
use crate::progress;

/// Add photos, or templates from elsewhere, to a gallery; the file is created if it is not there
///
/// DIR holds DIR/PERSON/PHOTO, or photos whose name without the ending is the person.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Folder of photos
    #[arg(required_unless_present = "templates", conflicts_with = "templates")]
    dir: Option<PathBuf>,
    /// The gallery
    #[arg(short, long, value_name = "G")]
    output: PathBuf,
    /// Templates from elsewhere: a two-dimensional f32 array, one row each
    #[arg(long, value_name = "F.npy", requires_all = ["ids", "contract"])]
    templates: Option<PathBuf>,
    /// Their names: row, id and person, separated by tabs
    #[arg(long, value_name = "F.tsv", requires = "templates")]
    ids: Option<PathBuf>,
    /// Their contract: 64 hexadecimal digits that stand for the model and settings that made them
    #[arg(long, value_name = "ID", requires = "templates")]
    contract: Option<ContractId>,
    #[command(flatten)]
    purpose: Purpose,
    #[command(flatten)]
    pack: PackArgs,
    #[command(flatten)]
    detect: DetectArgs,
}

pub fn run(args: &Args) -> Outcome {
    match (&args.dir, &args.templates, &args.ids, args.contract) {
        (Some(dir), ..) => folder(args, dir),
        (_, Some(array), Some(ids), Some(contract)) => templates(args, array, ids, contract),
        _ => Err(Failure::new("name a folder of photos, or --templates, --ids and --contract")),
    }
}

/// All rows of the array or none.
fn templates(args: &Args, array: &Path, ids: &Path, contract: ContractId) -> Outcome {
    let start = Instant::now();
    let templates = labelled::read(array, ids)?;
    let mut writer = writer(&args.output, contract, templates.dim)?;
    let bar = progress::bar(templates.labels.len() as u64, "templates");
    for (row, label) in templates.labels.iter().enumerate() {
        let fault = |cause: MatchError| Failure::at(array, format_args!("row {row}: {cause}"));
        let template = Template::new(contract, templates.row(row)).map_err(fault)?;
        append(&mut writer, &label.id, &label.person, &template).map_err(fault)?;
        bar.inc(1);
    }
    writer.commit().map_err(Failure::new)?;
    bar.finish_and_clear();
    let count = templates.labels.len();
    print_line(format_args!("{count} templates added, {:.0} per second", rate(count, start)))?;
    finish(args, writer)
}

fn folder(args: &Args, dir: &Path) -> Outcome {
    let engine = args.pack.engine()?;
    let options = VerifyOptions { detect: args.detect.options(), ..VerifyOptions::default() };
    let photos = photos::find(dir)?;
    let mut writer = writer(&args.output, engine.contract(), engine.pack().manifest().embedder.dim)?;
    let start = Instant::now();
    let added = photos::add(&photos, &mut writer, &engine, &options)?;
    let per_second = rate(photos.len(), start);
    print_line(format_args!(
        "{added} photos added, {} skipped, {per_second:.1} photos per second",
        photos.len() - added
    ))?;
    finish(args, writer)
}

fn finish(args: &Args, writer: Writer) -> Outcome {
    drop(writer);
    args.purpose.announce([count(&open(&args.output)?)]);
    Ok(Answer::Yes)
}

fn rate(count: usize, start: Instant) -> f64 {
    count as f64 / start.elapsed().as_secs_f64().max(1e-9)
}
