//! `facecert evaluate eyes` and `mouth`: open pictures taken for closed ones, and closed for open.

use std::collections::BTreeMap;
use std::path::PathBuf;

use facecert_core::look::Part;
use facecert_core::metrics::Share;
use rayon::prelude::*;
use serde::Serialize;

use super::table::{Row, Table};
use crate::output::{Answer, Failure, Outcome, print_json, print_line};
use crate::photo::{PackArgs, open};

/// From here on a picture counts as open.
const OPEN: f32 = 0.5;

/// Both class errors on labelled pictures of single eyes or mouths
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Folder with `index.tsv` (image, state) and the unpacked pictures
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    #[command(flatten)]
    pack: PackArgs,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report {
    open_error: f64,
    closed_error: f64,
    /// By source: open pictures taken for closed, closed ones taken for open.
    sources: BTreeMap<String, [Share; 2]>,
    count: usize,
}

pub fn run(args: &Args, part: Part) -> Outcome {
    let engine = args.pack.engine()?;
    let table = Table::read(&args.data.join("index.tsv"), &["image", "state"])?;
    let rows: Vec<Row<'_>> = table.rows().collect();
    let wrong = |row: &Row<'_>| {
        let open_now = match row.text("state") {
            "open" => true,
            "closed" => false,
            _ => return Err(row.fault("state is neither open nor closed")),
        };
        let path = args.data.join(row.text("image"));
        let openness = engine.openness(&open(&path)?, part).map_err(|e| Failure::at(&path, e))?;
        let openness =
            openness.ok_or_else(|| Failure::new("the pack has no net for this; give another with --pack"))?;
        Ok((row.text("source").to_owned(), open_now, (openness >= OPEN) != open_now))
    };
    let answers: Vec<(String, bool, bool)> = rows.par_iter().map(wrong).collect::<Result<_, _>>()?;
    let nothing = Share { count: 0, of: 0 };
    let (mut all, mut sources) = ([nothing; 2], BTreeMap::<String, [Share; 2]>::new());
    for (source, is_open, wrong) in answers {
        let of_source = sources.entry(source).or_insert([nothing; 2]);
        for share in [&mut all[usize::from(!is_open)], &mut of_source[usize::from(!is_open)]] {
            share.of += 1;
            share.count += u64::from(wrong);
        }
    }
    let report = Report { open_error: all[0].rate(), closed_error: all[1].rate(), sources, count: rows.len() };
    if args.json {
        print_json(&report)?
    } else {
        print_line(format_args!(
            "{} pictures: {:.2} % of the open taken for closed, {:.2} % of the closed for open",
            report.count,
            100.0 * report.open_error,
            100.0 * report.closed_error
        ))?
    }
    Ok(Answer::Yes)
}
