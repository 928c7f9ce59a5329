//! `facecert calibrate`: thresholds by false match rate for any embedder, from labelled templates.

use std::path::PathBuf;

use facecert_core::calibrate::calibrate;
use facecert_core::impostors::Labelled;
use facecert_core::{ContractId, Template};

use crate::labelled;
use crate::output::{Answer, Failure, Outcome, print_line, write_whole};

/// Make a calibration: which threshold stands for which false match rate
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Templates: rows x components, f32, as numpy.save writes it
    #[arg(long, value_name = "F.npy")]
    templates: PathBuf,
    /// TSV: row, id, person, and optionally a group within which pairs are formed
    #[arg(long, value_name = "F.tsv")]
    ids: PathBuf,
    /// The contract of the templates: 64 hexadecimal digits (`facecert models list`)
    #[arg(long, value_name = "ID")]
    contract: ContractId,
    /// A sentence on the data, kept in the file
    #[arg(long, default_value = "")]
    note: String,
    /// Where the calibration goes
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

pub fn run(args: &Args) -> Outcome {
    let given = labelled::read(&args.templates, &args.ids)?;
    let templates: Vec<Template> = (0..given.labels.len())
        .map(|row| {
            Template::new(args.contract, given.row(row))
                .map_err(|e| Failure::at(&args.templates, format_args!("row {row}: {e}")))
        })
        .collect::<Result<_, _>>()?;
    let persons = labelled::numbered(given.labels.iter().map(|l| l.person.as_str()));
    let groups = labelled::numbered(given.labels.iter().map(|l| l.group.as_str()));
    let labels = persons.into_iter().zip(groups);
    let rows: Vec<Labelled> = templates
        .iter()
        .zip(labels)
        .map(|(t, (person, group))| Labelled { values: t.values(), person, group })
        .collect();
    let calibration = calibrate(args.contract, &rows, &args.note).map_err(|e| Failure::at(&args.templates, e))?;
    let mut json = serde_json::to_string_pretty(&calibration).map_err(Failure::new)?;
    json.push('\n');
    write_whole(&args.output, json.as_bytes())?;
    print_line(format_args!(
        "{} people, {} templates, {} impostor pairs, {} mated pairs",
        calibration.persons, calibration.templates, calibration.impostor_pairs, calibration.mated_pairs
    ))?;
    for p in &calibration.points {
        let note = if p.extrapolated { ", extrapolated" } else { "" };
        print_line(format_args!(
            "false match rate {:.2e}: threshold {:.3} ({:.3} to {:.3}), {} false matches seen{note}",
            p.fmr, p.threshold, p.low, p.high, p.false_matches
        ))?;
    }
    Ok(Answer::Yes)
}
