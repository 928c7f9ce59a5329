//! `facecert evaluate agreement`: do two packs find the same face, and the same points, in photos of one centred face each?

use std::path::{Path, PathBuf};

use facecert_core::detect::Face;
use facecert_core::engine::Engine;
use facecert_core::geometry::Point;
use facecert_core::pack::Pack;
use facecert_core::verify::VerifyOptions;
use rayon::prelude::*;
use serde::Serialize;

use super::photos::nearest_to_centre;
use crate::output::{Answer, Failure, Outcome, print_json, print_line};
use crate::photo::{PackArgs, open};
use crate::progress;

/// Points agree within this share of the distance between the eyes.
const NEAR: f32 = 0.15;

/// Faces and points beside those of another pack, on photos of one centred face each
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Folder of photos, with folders in it
    #[arg(long, value_name = "DIR")]
    photos: PathBuf,
    #[command(flatten)]
    pack: PackArgs,
    /// The other pack
    #[arg(long, value_name = "DIR")]
    against: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Default, Serialize)]
struct Report {
    photos: usize,
    /// The chosen box contains the middle of the photo, and every point is near the other pack's.
    agree: usize,
    not_detected: usize,
    not_detected_by_the_other: usize,
    beside_the_centre: usize,
    /// Quantiles of the farthest point's distance, in distances between the eyes.
    median: f32,
    p90: f32,
    p99: f32,
}

pub fn run(args: &Args) -> Outcome {
    let engine = args.pack.engine()?;
    let other = Pack::open(&args.against).map(Engine::new).map_err(|e| Failure::at(&args.against, e))?;
    let mut photos = Vec::new();
    collect(&args.photos, &mut photos)?;
    let bar = progress::bar(photos.len() as u64, "photos");
    let look = |path: &PathBuf| {
        let image = open(path)?;
        let find = |engine: &Engine| -> Result<Option<Face>, Failure> {
            let faces = engine.detect(&image, &VerifyOptions::default().detect).map_err(|e| Failure::at(path, e))?;
            Ok(nearest_to_centre(&faces, &image).copied())
        };
        let found =
            (find(&engine)?, find(&other)?, Point::new(image.width() as f32 / 2.0, image.height() as f32 / 2.0));
        bar.inc(1);
        Ok(found)
    };
    let found = photos.par_iter().map(look).collect::<Result<Vec<_>, Failure>>()?;
    bar.finish_and_clear();
    let report = count(&found);
    if args.json {
        print_json(&report)?;
    } else {
        print_line(format_args!(
            "{} of {} photos agree; not detected {} (the other pack {}), beside the centre {}; farthest point {:.3} / {:.3} / {:.3} \
             of the distance between the eyes (median, 90 %, 99 %)",
            report.agree,
            report.photos,
            report.not_detected,
            report.not_detected_by_the_other,
            report.beside_the_centre,
            report.median,
            report.p90,
            report.p99
        ))?;
    }
    Ok(Answer::Yes)
}

fn count(found: &[(Option<Face>, Option<Face>, Point)]) -> Report {
    let mut report = Report { photos: found.len(), ..Report::default() };
    let mut distances = Vec::new();
    for (own, other, centre) in found {
        report.not_detected += usize::from(own.is_none());
        report.not_detected_by_the_other += usize::from(other.is_none());
        let (Some(own), Some(other)) = (own, other) else { continue };
        let inside = own.rect.contains(*centre);
        let farthest = own.points.iter().zip(&other.points).map(|(p, q)| p.distance(*q)).fold(0.0, f32::max)
            / other.inter_eye_px();
        report.beside_the_centre += usize::from(!inside);
        report.agree += usize::from(inside && farthest <= NEAR);
        distances.push(farthest);
    }
    distances.sort_by(f32::total_cmp);
    let quantile = |q: f32| distances.get((q * distances.len() as f32) as usize).copied().unwrap_or_default();
    (report.median, report.p90, report.p99) = (quantile(0.5), quantile(0.9), quantile(0.99));
    report
}

/// Every file below a folder, sorted.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let entries = std::fs::read_dir(folder)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|e| Failure::at(folder, e))?;
    let mut paths: Vec<PathBuf> = entries.iter().map(std::fs::DirEntry::path).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() { collect(&path, files)? } else { files.push(path) }
    }
    Ok(())
}
