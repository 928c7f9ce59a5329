//! `facecert evaluate landmarks`: error of the 68 points on labelled faces, on our own detector's box.

use std::path::{Path, PathBuf};

use facecert_core::engine::Engine;
use facecert_core::frame::Image;
use facecert_core::geometry::{Landmarks, Point, Rect};
use facecert_core::metrics::Share;
use rayon::prelude::*;
use serde::Serialize;

use super::table::Table;
use crate::output::{Answer, Failure, Outcome, print_json, print_line};
use crate::photo::{PackArgs, open};

/// A face's error above this share of the distance of the outer eye corners is a failure.
const FAILURE: f64 = 0.10;
/// A box belongs to a labelled face if it overlaps the points' box by this much.
const OWN_IOU: f32 = 0.3;

/// Mean error of the points over the distance of the outer eye corners; a missed detection is a failure
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Folder with `points.tsv`, whose pictures are named from the folder above
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
    /// Mean over the faces that were found, in percent.
    nme_percent: f64,
    failure_percent: f64,
    failures: Share,
    missed: u64,
    count: u64,
}

/// A labelled face.
struct Labelled {
    picture: PathBuf,
    points: Landmarks,
}

pub fn run(args: &Args) -> Outcome {
    let engine = args.pack.engine()?;
    if engine.pack().manifest().landmarks.is_none() {
        return Err(Failure::new("the pack has no net for landmarks; give another with --pack"));
    }
    let faces = labels(&args.data)?;
    let errors: Vec<Option<f64>> = faces.par_iter().map(|face| error(&engine, face)).collect::<Result<_, _>>()?;
    let found: Vec<f64> = errors.iter().flatten().copied().collect();
    let failed = errors.iter().filter(|e| e.is_none_or(|e| e > FAILURE)).count() as u64;
    let failures = Share { count: failed, of: errors.len() as u64 };
    let report = Report {
        nme_percent: 100.0 * found.iter().sum::<f64>() / found.len().max(1) as f64,
        failure_percent: 100.0 * failures.rate(),
        failures,
        missed: (errors.len() - found.len()) as u64,
        count: errors.len() as u64,
    };
    if args.json {
        print_json(&report)?
    } else {
        print_line(format_args!(
            "{} faces: mean error {:.2} %, failures above 10 % {:.2} % ({} faces missed)",
            report.count, report.nme_percent, report.failure_percent, report.missed
        ))?
    }
    Ok(Answer::Yes)
}

fn labels(folder: &Path) -> Result<Vec<Labelled>, Failure> {
    let table = Table::read(&folder.join("points.tsv"), &["image", "x0", "y0", "x67", "y67"])?;
    let above = folder.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new(".."));
    let face = |row: super::table::Row<'_>| {
        let mut points = [Point::default(); 68];
        for (k, point) in points.iter_mut().enumerate() {
            *point = Point::new(row.number(&format!("x{k}"))?, row.number(&format!("y{k}"))?);
        }
        Ok(Labelled { picture: above.join(row.text("image")), points })
    };
    table.rows().map(face).collect()
}

/// The face's mean error over the distance of its outer eye corners; `None` if the detector missed it.
fn error(engine: &Engine, labelled: &Labelled) -> Result<Option<f64>, Failure> {
    let fault = |e| Failure::at(&labelled.picture, e);
    let image: Image = open(&labelled.picture)?;
    let faces = engine.detect(&image, &Default::default()).map_err(fault)?;
    let own = around(&labelled.points);
    let face = faces.iter().max_by(|a, b| a.rect.iou(&own).total_cmp(&b.rect.iou(&own)));
    let Some(face) = face.filter(|f| f.rect.iou(&own) >= OWN_IOU) else { return Ok(None) };
    let Some(points) = engine.look(&image, face).map_err(fault)?.landmarks else { return Ok(None) };
    let eyes = labelled.points[36].distance(labelled.points[45]);
    let sum: f32 = points.iter().zip(&labelled.points).map(|(p, q)| p.distance(*q)).sum();
    Ok(Some(f64::from(sum / 68.0 / eyes)))
}

fn around(points: &Landmarks) -> Rect {
    let span = |values: [f32; 68]| {
        let (low, high) = values.iter().fold((f32::MAX, f32::MIN), |(low, high), v| (low.min(*v), high.max(*v)));
        (low, high - low)
    };
    let ((x, width), (y, height)) = (span(points.map(|p| p.x)), span(points.map(|p| p.y)));
    Rect::new(x, y, width, height)
}
