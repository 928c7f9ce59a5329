//! `facecert evaluate verification`: LFW's ten folds and all its pairs, or any list of pairs.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use facecert_core::Template;
use facecert_core::engine::Engine;
use facecert_core::impostors::{Labelled, count, strongest};
use facecert_core::metrics::{Share, Trial, det_curve, equal_error_rate, errors_at, fold_accuracy};
use facecert_match::reference;
use serde::Serialize;

use super::photos::{self, View};
use super::plot;
use crate::output::{Answer, Failure, Outcome, print_json, print_line, write_whole};
use crate::photo::PackArgs;

/// A photo without a face scores this against everything.
const NO_FACE: f32 = -1.0;
/// False match rates at which the share of accepted mated pairs is given.
const RATES: [f64; 4] = [1e-2, 1e-3, 1e-4, 1e-5];

/// Accuracy, EER and true accept rates; LFW (View 2) or a list of pairs
#[derive(clap::Args, Debug)]
#[group(id = "source", required = true, multiple = false, args = ["lfw", "pairs"])]
pub struct Args {
    /// Folder with `images/NAME/NAME_0001.EXT` and `pairs.txt`
    #[arg(long, value_name = "DIR")]
    lfw: Option<PathBuf>,
    /// TSV: photo, photo, 1 for the same person or 0, further columns as groups; paths relative to the file
    #[arg(long, value_name = "FILE")]
    pairs: Option<PathBuf>,
    /// Look at photos as portraits on a card's chip (102x126, eyes 27 px apart, JPEG 30): the first of each pair, or both
    #[arg(long, value_enum)]
    card: Option<Card>,
    #[command(flatten)]
    pack: PackArgs,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Draw the DET curve
    #[arg(long, value_name = "OUT.svg")]
    plot: Option<PathBuf>,
}

/// Which photo of a pair is looked at as a card's portrait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Card {
    Reference,
    Both,
}

#[derive(Serialize)]
struct Report {
    photos: usize,
    not_detected: usize,
    pairs: usize,
    accuracy: Option<f64>,
    accuracy_std: Option<f64>,
    threshold: Option<f32>,
    eer: Option<f64>,
    /// Over all pairs of the photos, by false match rate.
    #[serde(skip_serializing_if = "Option::is_none")]
    tar: Option<BTreeMap<String, TrueAccept>>,
    /// Errors on the listed pairs at the pack's own thresholds.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    at: Vec<Errors>,
    /// The same for each value of each further column.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    groups: BTreeMap<String, BTreeMap<String, Vec<Errors>>>,
    contract: String,
}

#[derive(Serialize)]
struct TrueAccept {
    tar: f64,
    threshold: f32,
    impostor_pairs: u64,
    mated_pairs: u64,
}

#[derive(Serialize)]
struct Errors {
    calibrated_fmr: f64,
    threshold: f32,
    fmr: Rate,
    fnmr: Rate,
}

#[derive(Serialize)]
struct Rate {
    rate: f64,
    #[serde(flatten)]
    share: Share,
    interval: [f64; 2],
}

impl From<Share> for Rate {
    fn from(share: Share) -> Self {
        Self { rate: share.rate(), share, interval: share.interval() }
    }
}

/// A line of a list of pairs; indices into the list of photos.
struct Pair {
    a: usize,
    b: usize,
    mated: bool,
    groups: Vec<(String, String)>,
}

/// What is compared: photos, pairs, the folds they fall into.
#[derive(Default)]
struct Experiment {
    photos: Vec<PathBuf>,
    index: BTreeMap<PathBuf, usize>,
    folds: Vec<Vec<Pair>>,
}

impl Experiment {
    fn photo(&mut self, path: PathBuf) -> usize {
        *self.index.entry(path).or_insert_with_key(|path| {
            self.photos.push(path.clone());
            self.photos.len() - 1
        })
    }
}

pub fn run(args: &Args) -> Outcome {
    let engine = args.pack.engine()?;
    let mut experiment = match (&args.lfw, &args.pairs) {
        (Some(folder), _) => lfw(folder)?,
        (None, Some(file)) => listed(file)?,
        (None, None) => return Err(Failure::new("give --lfw DIR or --pairs FILE")),
    };
    let templates = photos::templates(&engine, &experiment.photos, View::Photo)?;
    let cards = args.card.map(|_| photos::templates(&engine, &experiment.photos, View::Card)).transpose()?;
    let first = cards.as_ref().unwrap_or(&templates);
    let second = if args.card == Some(Card::Both) { first } else { &templates };
    let score = |p: &Pair| match (&first[p.a], &second[p.b]) {
        (Some(a), Some(b)) => reference::score(a.values(), b.values()),
        _ => NO_FACE,
    };
    let trial = |p: &Pair| Trial { score: score(p), mated: p.mated };
    let folds: Vec<Vec<Trial>> = experiment.folds.iter().map(|f| f.iter().map(trial).collect()).collect();
    let trials = folds.concat();
    let accuracy = fold_accuracy(&folds);
    let (at, groups) =
        if args.pairs.is_some() { at_thresholds(&engine, &mut experiment, &folds)? } else { <_>::default() };
    let report = Report {
        photos: templates.len(),
        not_detected: first.iter().filter(|t| t.is_none()).count(),
        pairs: trials.len(),
        accuracy: accuracy.map(|a| a.mean),
        accuracy_std: accuracy.map(|a| a.std),
        threshold: accuracy.map(|a| a.threshold),
        eer: equal_error_rate(&trials),
        tar: (args.lfw.is_some() && args.card.is_none()).then(|| all_pairs(&experiment.photos, &templates)),
        at,
        groups,
        contract: engine.contract().to_string(),
    };
    if let Some(path) = &args.plot {
        write_whole(path, plot::det("DET, listed pairs", &det_curve(&trials))?.as_bytes())?;
    }
    if args.json {
        print_json(&report)?
    } else {
        print_words(&report)?
    }
    Ok(Answer::Yes)
}

/// LFW: `pairs.txt` in its ten folds, and every photo below `images`.
fn lfw(folder: &Path) -> Result<Experiment, Failure> {
    let (images, list) = (folder.join("images"), folder.join("pairs.txt"));
    let mut experiment = Experiment::default();
    let mut known: BTreeMap<String, PathBuf> = BTreeMap::new();
    for person in sorted(&images)? {
        for photo in sorted(&person)? {
            experiment.photo(photo.clone());
            known.insert(photo.file_stem().unwrap_or_default().to_string_lossy().into_owned(), photo);
        }
    }
    let text = std::fs::read_to_string(&list).map_err(|e| Failure::at(&list, e))?;
    let fault = |line: usize, what: &str| Failure::at(&list, format_args!("line {}: {what}", line + 1));
    let mut lines = text.lines().enumerate();
    let head: Vec<usize> = lines.next().iter().flat_map(|(_, l)| l.split('\t')).flat_map(str::parse).collect();
    let [folds, half] = head[..] else { return Err(fault(0, "must hold the number of folds and of pairs")) };
    for (line, text) in lines {
        let fields: Vec<&str> = text.split('\t').collect();
        let (first, second, mated) = match fields[..] {
            [name, a, b] => ((name, a), (name, b), true),
            [name, a, other, b] => ((name, a), (other, b), false),
            _ => return Err(fault(line, "must hold three or four fields")),
        };
        let mut find = |(name, number): (&str, &str)| {
            let number: u32 = number.parse().map_err(|_| fault(line, "the photo's number is not a number"))?;
            let photo = known
                .get(&format!("{name}_{number:04}"))
                .ok_or_else(|| fault(line, "names a photo that is not there"))?;
            Ok(experiment.photo(photo.clone()))
        };
        let pair = Pair { a: find(first)?, b: find(second)?, mated, groups: Vec::new() };
        let started = experiment.folds.len();
        match experiment.folds.last_mut() {
            Some(fold) if fold.len() < 2 * half => fold.push(pair),
            _ if started < folds => experiment.folds.push(vec![pair]),
            _ => return Err(fault(line, "more pairs than the first line says")),
        }
    }
    Ok(experiment)
}

fn sorted(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let entries = std::fs::read_dir(folder)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|e| Failure::at(folder, e))?;
    let mut paths: Vec<PathBuf> = entries.iter().map(std::fs::DirEntry::path).collect();
    paths.sort();
    Ok(paths)
}

/// A list of pairs, in ten folds by position.
fn listed(file: &Path) -> Result<Experiment, Failure> {
    let folder = file.parent().unwrap_or(Path::new("."));
    let text = std::fs::read_to_string(file).map_err(|e| Failure::at(file, e))?;
    let mut experiment = Experiment { folds: (0..10).map(|_| Vec::new()).collect(), ..Experiment::default() };
    let mut names: Vec<String> = Vec::new();
    let mut read = 0;
    for (line, text) in text.lines().enumerate() {
        let fields: Vec<&str> = text.split('\t').collect();
        let mated = match fields.get(2) {
            Some(&"1") => true,
            Some(&"0") => false,
            Some(_) if line == 0 => {
                names = fields.iter().skip(3).map(ToString::to_string).collect();
                continue;
            }
            _ => {
                return Err(Failure::at(
                    file,
                    format_args!("line {}: give photo, photo, and 1 or 0, parted by tabs", line + 1),
                ));
            }
        };
        let (a, b) = (experiment.photo(folder.join(fields[0])), experiment.photo(folder.join(fields[1])));
        let name = |k: usize| names.get(k).cloned().unwrap_or_else(|| format!("column {}", k + 4));
        let groups =
            fields.iter().skip(3).enumerate().filter(|(_, v)| !v.is_empty()).map(|(k, v)| (name(k), v.to_string()));
        experiment.folds[read % 10].push(Pair { a, b, mated, groups: groups.collect() });
        read += 1;
    }
    Ok(experiment)
}

type Groups = BTreeMap<String, BTreeMap<String, Vec<Errors>>>;

/// Errors at the calibrated thresholds, over all and by group.
fn at_thresholds(
    engine: &Engine,
    experiment: &mut Experiment,
    folds: &[Vec<Trial>],
) -> Result<(Vec<Errors>, Groups), Failure> {
    let Some(calibration) = engine.calibration().map_err(Failure::new)? else { return Ok(<_>::default()) };
    let errors = |trials: &[Trial]| -> Result<Vec<Errors>, Failure> {
        let at = |fmr: &f64| {
            let threshold = calibration.at_fmr(*fmr).map_err(Failure::new)?.threshold;
            let (false_matches, false_non_matches) = errors_at(trials.iter().copied(), threshold);
            Ok(Errors { calibrated_fmr: *fmr, threshold, fmr: false_matches.into(), fnmr: false_non_matches.into() })
        };
        RATES.iter().map(at).collect()
    };
    let mut by_group: BTreeMap<(String, String), Vec<Trial>> = BTreeMap::new();
    for (pair, trial) in experiment.folds.iter().flatten().zip(folds.iter().flatten()) {
        for group in &pair.groups {
            by_group.entry(group.clone()).or_default().push(*trial);
        }
    }
    let mut groups = Groups::new();
    for ((column, value), trials) in by_group {
        groups.entry(column).or_default().insert(value, errors(&trials)?);
    }
    Ok((errors(&folds.concat())?, groups))
}

/// True accept rates over all pairs: photos of one folder are of one person.
fn all_pairs(photos: &[PathBuf], templates: &[Option<Template>]) -> BTreeMap<String, TrueAccept> {
    let mut people: BTreeMap<&Path, u32> = BTreeMap::new();
    let person = photos.iter().map(|photo| {
        let next = people.len() as u32;
        *people.entry(photo.parent().unwrap_or(Path::new(""))).or_insert(next)
    });
    // Zeros score 0 against everything; what is not detected is set right below.
    let nothing = vec![0.0; templates.iter().flatten().next().map_or(0, Template::dim)];
    let labelled: Vec<Labelled> = person
        .zip(templates)
        .map(|(person, t)| Labelled { values: t.as_ref().map_or(&nothing, Template::values), person, group: 0 })
        .collect();
    let all: Vec<&Labelled> = labelled.iter().collect();
    let (impostor_pairs, mated_pairs) = count(&all);
    let found: Vec<&Labelled> = labelled.iter().zip(templates).filter(|(_, t)| t.is_some()).map(|(l, _)| l).collect();
    let tail = strongest(&found, (impostor_pairs as f64 * RATES[0]) as usize + 1);
    let mut mated: Vec<f32> = Vec::new();
    for (i, x) in found.iter().enumerate() {
        mated.extend(found[..i].iter().filter(|y| y.person == x.person).map(|y| reference::score(x.values, y.values)));
    }
    let at = |fmr: f64| {
        let threshold = tail.get((impostor_pairs as f64 * fmr) as usize).map_or(NO_FACE, |p| p.score.next_up());
        let accepted = mated.iter().filter(|s| **s >= threshold).count() as f64;
        TrueAccept { tar: accepted / mated_pairs.max(1) as f64, threshold, impostor_pairs, mated_pairs }
    };
    RATES.iter().map(|fmr| (format!("{fmr:e}"), at(*fmr))).collect()
}

fn print_words(report: &Report) -> Result<(), Failure> {
    let percent = |v: Option<f64>| v.map_or("-".to_owned(), |v| format!("{:.2} %", 100.0 * v));
    print_line(format_args!(
        "photos {}, without a face {}, pairs {}",
        report.photos, report.not_detected, report.pairs
    ))?;
    print_line(format_args!(
        "accuracy in ten folds {} +- {}, threshold {:.3}, equal error rate {}",
        percent(report.accuracy),
        percent(report.accuracy_std),
        report.threshold.unwrap_or_default(),
        percent(report.eer)
    ))?;
    for (fmr, t) in report.tar.iter().flatten().rev() {
        let (share, all) = (100.0 * t.tar, t.impostor_pairs);
        print_line(format_args!(
            "accepted at false match rate {fmr}: {share:.2} % (threshold {:.3}, {all} impostor pairs)",
            t.threshold
        ))?;
    }
    for e in &report.at {
        print_line(format_args!(
            "at the pack's threshold for {:e}: false matches {}/{}, false non-matches {}/{}",
            e.calibrated_fmr, e.fmr.share.count, e.fmr.share.of, e.fnmr.share.count, e.fnmr.share.of
        ))?;
    }
    Ok(())
}
