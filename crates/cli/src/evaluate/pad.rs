//! `facecert evaluate pad`: error rates of passive liveness by ISO/IEC 30107-3.
//!
//! A living person taken for an attack, or not decided on, counts in BPCER; an attack taken for a living person counts in APCER
//! of its species, and the worst species counts. What was not decided on is also given apart (non-response).

use std::collections::BTreeMap;
use std::path::PathBuf;

use facecert_core::detect::Face;
use facecert_core::engine::Engine;
use facecert_core::frame::Image;
use facecert_core::geometry::Rect;
use facecert_core::liveness::{Thresholds, Verdict};
use facecert_core::look::Crops;
use facecert_core::metrics::Share;
use facecert_core::verify::main_face;
use rayon::prelude::*;
use serde::Serialize;

use super::table::{Row, Table};
use crate::output::{Answer, Failure, Outcome, print_json, print_line};
use crate::photo::{PackArgs, open};

/// Faces are told apart by their longer side, in pixels, below these.
const SIZE_BANDS_PX: [u32; 3] = [48, 80, 128];

/// BPCER, and APCER by species, source and face size
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Folder with `manifest.tsv` (path, label, species, source, person; box and crop where there) and the unpacked pictures
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    #[command(flatten)]
    pack: PackArgs,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// A rate with its count and Wilson interval.
#[derive(Serialize)]
struct Rate {
    rate: f64,
    #[serde(flatten)]
    share: Share,
    interval: [f64; 2],
}

#[derive(Serialize)]
struct Report {
    bpcer: Rate,
    /// By species; the worst counts.
    apcer: BTreeMap<String, Rate>,
    apcer_worst: f64,
    apcer_by_source: BTreeMap<String, Rate>,
    bpcer_by_source: BTreeMap<String, Rate>,
    /// By longer side of the face in pixels: living, attacks.
    by_face_px: BTreeMap<String, [Rate; 2]>,
    /// Not decided on: living, attacks.
    non_response: [Rate; 2],
    not_detected: u64,
    threshold: Thresholds,
    count: usize,
}

/// One presentation and what was said of it.
struct Presentation {
    living: bool,
    species: String,
    source: String,
    band: String,
    verdict: Verdict,
    detected: bool,
}

pub fn run(args: &Args) -> Outcome {
    let engine = args.pack.engine()?;
    let Some(role) = &engine.pack().manifest().liveness else {
        return Err(Failure::new("the pack has no net for liveness; give another with --pack"));
    };
    let table = Table::read(&args.data.join("manifest.tsv"), &["path", "label", "species", "source", "person"])?;
    let rows: Vec<Row<'_>> = table.rows().collect();
    let look = |row: &Row<'_>| presentation(&engine, row, args);
    let shown: Vec<Presentation> = rows.par_iter().map(look).collect::<Result<_, _>>()?;
    let report = report(&shown, role.thresholds);
    if args.json {
        print_json(&report)?
    } else {
        print_words(&report)?
    }
    Ok(Answer::Yes)
}

fn presentation(engine: &Engine, row: &Row<'_>, args: &Args) -> Result<Presentation, Failure> {
    let living = match row.text("label") {
        "live" => true,
        "spoof" => false,
        _ => return Err(row.fault("label is neither live nor spoof")),
    };
    let path = args.data.join(row.text("path"));
    let image = open(&path)?;
    let crops = if row.text("crop") == "tight" { Crops::TightOnly } else { Crops::Both };
    let face = face(engine, row, &image).map_err(|e| Failure::at(&path, e))?;
    let verdict = match &face {
        None => Verdict::Uncertain,
        Some(rect) => engine
            .liveness(&image, rect, crops)
            .map_err(|e| Failure::at(&path, e))?
            .map_or(Verdict::NotRun, |l| l.verdict),
    };
    let side = face.map_or(0, |r| r.width.max(r.height) as u32);
    let band = SIZE_BANDS_PX.iter().find(|limit| side < **limit);
    Ok(Presentation {
        living,
        species: if row.text("species").is_empty() { "unnamed" } else { row.text("species") }.to_owned(),
        source: row.text("source").to_owned(),
        band: band.map_or_else(|| "128 and more".to_owned(), |limit| format!("below {limit:03}")),
        verdict,
        detected: face.is_some(),
    })
}

/// The table's box, else the one that the detector finds.
fn face(engine: &Engine, row: &Row<'_>, image: &Image) -> facecert_core::Result<Option<Rect>> {
    let sides: Vec<f32> = ["fx", "fy", "fw", "fh"].iter().filter_map(|c| row.number(c).ok()).collect();
    if let [x, y, w, h] = sides[..] {
        return Ok(Some(Rect::new(x, y, w, h)));
    }
    let faces: Vec<Face> = engine.detect(image, &Default::default())?;
    Ok(main_face(&faces, 0.0).ok().map(|f| f.rect))
}

fn report(shown: &[Presentation], threshold: Thresholds) -> Report {
    let rate = |of: &dyn Fn(&Presentation) -> bool, error: &dyn Fn(&Presentation) -> bool| {
        let of: Vec<&Presentation> = shown.iter().filter(|p| of(p)).collect();
        let share = Share { count: of.iter().filter(|p| error(p)).count() as u64, of: of.len() as u64 };
        Rate { rate: share.rate(), share, interval: share.interval() }
    };
    // Undecided counts against the living and not for an attack.
    let error = |p: &Presentation| if p.living { p.verdict != Verdict::Live } else { p.verdict == Verdict::Live };
    let undecided = |p: &Presentation| p.verdict == Verdict::Uncertain;
    let by = |living: bool, name: &dyn Fn(&Presentation) -> String| -> BTreeMap<String, Rate> {
        let names: std::collections::BTreeSet<String> = shown.iter().filter(|p| p.living == living).map(name).collect();
        names.into_iter().map(|n| (n.clone(), rate(&|p| p.living == living && name(p) == n, &error))).collect()
    };
    let bands: std::collections::BTreeSet<&String> = shown.iter().map(|p| &p.band).collect();
    let by_face_px = bands.into_iter().map(|band| {
        (band.clone(), [true, false].map(|living| rate(&|p| p.living == living && p.band == *band, &error)))
    });
    let apcer = by(false, &|p| p.species.clone());
    Report {
        bpcer: rate(&|p| p.living, &error),
        apcer_worst: apcer.values().map(|r| r.rate).fold(0.0, f64::max),
        apcer,
        apcer_by_source: by(false, &|p| p.source.clone()),
        bpcer_by_source: by(true, &|p| p.source.clone()),
        by_face_px: by_face_px.collect(),
        non_response: [true, false].map(|living| rate(&|p| p.living == living, &undecided)),
        not_detected: shown.iter().filter(|p| !p.detected).count() as u64,
        threshold,
        count: shown.len(),
    }
}

fn print_words(report: &Report) -> Result<(), Failure> {
    let line = |name: &str, r: &Rate| {
        print_line(format_args!(
            "{name:32} {:6.2} %  {}/{}  [{:.2}, {:.2}]",
            100.0 * r.rate,
            r.share.count,
            r.share.of,
            100.0 * r.interval[0],
            100.0 * r.interval[1]
        ))
    };
    line("BPCER", &report.bpcer)?;
    for (species, rate) in &report.apcer {
        line(&format!("APCER {species}"), rate)?;
    }
    for (band, [living, attacks]) in &report.by_face_px {
        line(&format!("BPCER face {band} px"), living)?;
        line(&format!("APCER face {band} px"), attacks)?;
    }
    line("undecided, living", &report.non_response[0])?;
    line("undecided, attacks", &report.non_response[1])
}
