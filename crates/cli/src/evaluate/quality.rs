//! `facecert evaluate quality`: does the unified score predict who is not recognised? Error versus discard (ISO/IEC 29794-1).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use facecert_core::engine::Engine;
use facecert_core::metrics::Share;
use facecert_core::quality::Profile;
use facecert_core::verify::compare;
use facecert_core::{Template, verify};
use rayon::prelude::*;
use serde::Serialize;

use super::photos::nearest_to_centre;
use crate::output::{Answer, Failure, Outcome, print_json, print_line};
use crate::photo::{PackArgs, open};

/// Shares of the pairs of lowest quality that are discarded.
const DISCARDED: [f64; 7] = [0.0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5];

/// Error versus discard: false non-matches among the mated pairs that are left when the worst are discarded
#[derive(clap::Args, Debug)]
pub struct Args {
    /// TSV: photo, photo, 1 for the same person or 0; paths relative to the file
    #[arg(long, value_name = "FILE")]
    pairs: PathBuf,
    /// False match rate of the threshold
    #[arg(long, default_value_t = 1e-4)]
    fmr: f64,
    #[command(flatten)]
    pack: PackArgs,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report {
    photos: usize,
    not_detected: usize,
    mated_pairs: usize,
    fmr: f64,
    curve: Vec<Point>,
}

#[derive(Serialize)]
struct Point {
    discarded: f64,
    fnmr: f64,
    #[serde(flatten)]
    share: Share,
    /// The same with pairs discarded at random: the rate over all of them.
    at_random: f64,
}

/// What is known of a photo: its template and the unified quality of its face.
type Looked = Option<(Template, f32)>;

pub fn run(args: &Args) -> Outcome {
    let engine = args.pack.engine()?;
    let pairs = mated(&args.pairs)?;
    let mut index: BTreeMap<&PathBuf, usize> = BTreeMap::new();
    for path in pairs.iter().flatten() {
        let next = index.len();
        index.entry(path).or_insert(next);
    }
    let mut photos: Vec<(&PathBuf, usize)> = index.iter().map(|(path, k)| (*path, *k)).collect();
    photos.sort_by_key(|(_, k)| *k);
    let looked: Vec<Looked> = photos.par_iter().map(|(path, _)| look(&engine, path)).collect::<Result<_, _>>()?;
    // A pair is as good as its worse photo; without a face it is the worst, and no match.
    let mut judged: Vec<(f32, bool)> = Vec::with_capacity(pairs.len());
    for [a, b] in &pairs {
        judged.push(match (&looked[index[a]], &looked[index[b]]) {
            (Some((a, quality_a)), Some((b, quality_b))) => {
                let comparison = compare(&engine, a, b, args.fmr).map_err(Failure::new)?;
                (quality_a.min(*quality_b), comparison.outcome() == verify::Outcome::Match)
            }
            _ => (0.0, false),
        });
    }
    judged.sort_by(|a, b| a.0.total_cmp(&b.0));
    let rate =
        |left: &[(f32, bool)]| Share { count: left.iter().filter(|(_, m)| !m).count() as u64, of: left.len() as u64 };
    let all = rate(&judged).rate();
    let point = |discarded: f64| {
        let share = rate(&judged[(discarded * judged.len() as f64) as usize..]);
        Point { discarded, fnmr: share.rate(), share, at_random: all }
    };
    let report = Report {
        photos: looked.len(),
        not_detected: looked.iter().filter(|l| l.is_none()).count(),
        mated_pairs: judged.len(),
        fmr: args.fmr,
        curve: DISCARDED.into_iter().map(point).collect(),
    };
    if args.json {
        print_json(&report)?;
        return Ok(Answer::Yes);
    }
    for p in &report.curve {
        print_line(format_args!(
            "{:4.0} % discarded: FNMR {:.2} % ({}/{})",
            100.0 * p.discarded,
            100.0 * p.fnmr,
            p.share.count,
            p.share.of
        ))?;
    }
    Ok(Answer::Yes)
}

fn mated(file: &Path) -> Result<Vec<[PathBuf; 2]>, Failure> {
    let text = std::fs::read_to_string(file).map_err(|e| Failure::at(file, e))?;
    let folder = file.parent().unwrap_or(Path::new(""));
    let lines = text.lines().map(|line| line.split('\t').collect::<Vec<_>>());
    let pair = |fields: Vec<&str>| match fields[..] {
        [a, b, "1", ..] => Some([folder.join(a), folder.join(b)]),
        _ => None,
    };
    let pairs: Vec<[PathBuf; 2]> = lines.filter_map(pair).collect();
    if pairs.is_empty() { Err(Failure::at(file, "names no pair of one person (photo, photo, 1)")) } else { Ok(pairs) }
}

fn look(engine: &Engine, path: &Path) -> Result<Looked, Failure> {
    let fault = |e| Failure::at(path, e);
    let image = open(path)?;
    let faces = engine.detect(&image, &Default::default()).map_err(fault)?;
    let Some(face) = nearest_to_centre(&faces, &image) else { return Ok(None) };
    let look = engine.look(&image, face).map_err(fault)?;
    let quality = engine.quality(&image, &faces, face, &look, Profile::Phone).map_err(fault)?;
    Ok(Some((engine.embed(&image, face).map_err(fault)?, quality.unified)))
}
