//! `facecert evaluate detection`: average precision, false boxes and recall under rotation on labelled photos.
//!
//! Truth: faces of at least 32 px among the human boxes of `ytf` and `wider`, and the teacher's box of any other human box
//! that has one. Every other box is neither hit nor miss, and what overlaps it is no false box.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use facecert_core::detect::DetectOptions;
use facecert_core::engine::Engine;
use facecert_core::frame::{Border, Image, warp};
use facecert_core::geometry::Rect;
use facecert_core::metrics::Share;
use facecert_core::pack::Pack;
use rayon::prelude::*;
use serde::Serialize;

use crate::output::{Answer, Failure, Outcome, print_json, print_line};
use crate::photo::{PackArgs, open};
use crate::progress;

/// Smallest face that counts: root of the area, in pixels of the photo.
const MIN_FACE_PX: f32 = 32.0;
/// Recall is also given for these.
const LARGE_FACE_PX: f32 = 40.0;
/// IoU from which a detection is a hit.
const HIT_IOU: f32 = 0.5;
/// IoU to any box below which a detection is a false box.
const FALSE_IOU: f32 = 0.3;
/// Detections below this score are not looked at.
const LOWEST_SCORE: f32 = 0.02;
/// Degrees at which recall is measured.
const ANGLES: [u32; 4] = [0, 15, 30, 45];
/// Bootstrap replicates over photos.
const REPLICATES: u64 = 1000;

/// Average precision, false boxes and recall under rotation
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Folder with `labels.tsv` and the photos that it names
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    #[command(flatten)]
    pack: PackArgs,
    /// Another pack on the same photos, with the difference and its interval
    #[arg(long, value_name = "DIR")]
    against: Option<PathBuf>,
    /// Input size of the detector as WIDTHxHEIGHT instead of one by the photo
    #[arg(long, value_name = "WxH", value_parser = size)]
    size: Option<[u32; 2]>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

fn size(text: &str) -> Result<[u32; 2], String> {
    let parse = |s: &str| s.parse().map_err(|_| "give WIDTHxHEIGHT".to_owned());
    let (width, height) = text.split_once('x').ok_or("give WIDTHxHEIGHT")?;
    Ok([parse(width)?, parse(height)?])
}

#[derive(Serialize)]
struct Report {
    photos: usize,
    faces: usize,
    average_precision: f64,
    interval: [f64; 2],
    threshold: f32,
    recall: Share,
    recall_from_40_px: Share,
    false_boxes: u64,
    recall_by_degrees: BTreeMap<u32, Share>,
    #[serde(skip_serializing_if = "Option::is_none")]
    against: Option<Difference>,
}

#[derive(Serialize)]
struct Difference {
    average_precision: f64,
    recall: Share,
    recall_from_40_px: Share,
    false_boxes: u64,
    recall_by_degrees: BTreeMap<u32, Share>,
    difference: f64,
    interval: [f64; 2],
}

/// A labelled photo.
struct Photo {
    path: PathBuf,
    faces: Vec<Rect>,
    left_out: Vec<Rect>,
}

/// Detections of one photo that count, as (score, hit, side of the face that was hit).
#[derive(Default)]
struct Judged {
    detections: Vec<(f32, bool, f32)>,
    faces: Vec<f32>,
}

pub fn run(args: &Args) -> Outcome {
    let photos = labels(&args.data)?;
    let engine = args.pack.engine()?;
    let own = Measured::of(&engine, &photos, args.size)?;
    let against = match &args.against {
        Some(folder) => {
            let engine = Pack::open(folder).map(Engine::new).map_err(|e| Failure::at(folder, e))?;
            let other = Measured::of(&engine, &photos, args.size)?;
            let difference = |pick: &[usize]| own.average_precision(pick) - other.average_precision(pick);
            let all: Vec<usize> = (0..photos.len()).collect();
            Some(Difference {
                average_precision: other.average_precision(&all),
                recall: other.recall(MIN_FACE_PX),
                recall_from_40_px: other.recall(LARGE_FACE_PX),
                false_boxes: other.false_boxes(),
                recall_by_degrees: other.by_degrees(),
                difference: difference(&all),
                interval: bootstrap(photos.len(), difference),
            })
        }
        None => None,
    };
    let all: Vec<usize> = (0..photos.len()).collect();
    let report = Report {
        photos: photos.len(),
        faces: photos.iter().map(|p| p.faces.len()).sum(),
        average_precision: own.average_precision(&all),
        interval: bootstrap(photos.len(), |pick| own.average_precision(pick)),
        threshold: own.threshold,
        recall: own.recall(MIN_FACE_PX),
        recall_from_40_px: own.recall(LARGE_FACE_PX),
        false_boxes: own.false_boxes(),
        recall_by_degrees: own.by_degrees(),
        against,
    };
    if args.json {
        print_json(&report)?
    } else {
        print_words(&report)?
    }
    Ok(Answer::Yes)
}

/// Label rows by photo, in the order of the file.
fn labels(folder: &Path) -> Result<Vec<Photo>, Failure> {
    let file = folder.join("labels.tsv");
    let text = std::fs::read_to_string(&file).map_err(|e| Failure::at(&file, e))?;
    let mut lines = text.lines();
    let head: Vec<&str> = lines.next().unwrap_or_default().split('\t').collect();
    let column = |name: &str| {
        head.iter().position(|h| *h == name).ok_or_else(|| Failure::at(&file, format_args!("has no column {name}")))
    };
    let (image, x, kind) = (column("image")?, column("x")?, column("kind")?);
    let (source, ignore, tail) = (column("source")?, column("ignore")?, column("img_h")?);
    let mut photos: Vec<Photo> = Vec::new();
    for (line, text) in lines.enumerate() {
        let fields: Vec<&str> = text.split('\t').collect();
        let field = |k: usize| fields.get(k).copied().unwrap_or_default();
        let fault = || Failure::at(&file, format_args!("line {}: a number is not one", line + 2));
        let path = folder.join(field(image));
        if photos.last().is_none_or(|p| p.path != path) {
            photos.push(Photo { path, faces: Vec::new(), left_out: Vec::new() });
        }
        if field(kind) == "none" {
            continue;
        }
        let numbers =
            |from: &[&str]| from.iter().map(|v| v.parse().map_err(|_| fault())).collect::<Result<Vec<f32>, _>>();
        let own = numbers(fields.get(x..x + 4).unwrap_or_default())?;
        // A row with a teacher's box lacks `img_h`: the box, its score and its points are the last 15 numbers given.
        let given: Vec<&str> = fields.iter().skip(tail).copied().filter(|v| !v.is_empty()).collect();
        let teacher = given.len().checked_sub(15).map(|start| numbers(&given[start..start + 4])).transpose()?;
        let human = field(kind) == "human" && field(ignore) != "1";
        let (numbers, counts) = match teacher {
            _ if human && (field(source).starts_with("ytf") || field(source).starts_with("wider")) => (own, true),
            Some(teacher) if human => (teacher, true),
            _ => (own, false),
        };
        let [x, y, w, h] = numbers[..] else { return Err(fault()) };
        let rect = Rect::new(x, y, w, h);
        if let Some(photo) = photos.last_mut() {
            let list = if counts && side(&rect) >= MIN_FACE_PX { &mut photo.faces } else { &mut photo.left_out };
            list.push(rect);
        }
    }
    Ok(photos)
}

fn side(rect: &Rect) -> f32 {
    rect.area().sqrt()
}

/// One detector on all photos.
struct Measured {
    threshold: f32,
    upright: Vec<Judged>,
    turned: Vec<Vec<Judged>>,
}

impl Measured {
    fn of(engine: &Engine, photos: &[Photo], size: Option<[u32; 2]>) -> Result<Self, Failure> {
        let options = DetectOptions {
            score_threshold: Some(LOWEST_SCORE),
            min_face_px: 0.0,
            size,
            any_rotation: false,
            close_ups: false,
        };
        let bar = progress::bar(photos.len() as u64, "photos");
        let look = |photo: &Photo| {
            let image = open(&photo.path)?;
            let judged = judge(engine, &image, &photo.faces, &photo.left_out, &options)?;
            let turned = ANGLES.map(|degrees| at_angle(engine, &image, photo, degrees, &options));
            bar.inc(1);
            Ok((judged, turned.into_iter().collect::<Result<Vec<_>, Failure>>()?))
        };
        let found = photos.par_iter().map(look).collect::<Result<Vec<_>, Failure>>()?;
        bar.finish_and_clear();
        let (upright, turned) = found.into_iter().unzip();
        Ok(Self { threshold: engine.pack().manifest().detector.score_threshold, upright, turned })
    }

    /// Area under the precision envelope over the photos picked.
    fn average_precision(&self, pick: &[usize]) -> f64 {
        let mut all: Vec<(f32, bool)> =
            pick.iter().flat_map(|k| &self.upright[*k].detections).map(|d| (d.0, d.1)).collect();
        all.sort_by(|a, b| b.0.total_cmp(&a.0));
        let faces: usize = pick.iter().map(|k| self.upright[*k].faces.len()).sum();
        let mut hits = 0.0;
        let precision: Vec<f64> = all
            .iter()
            .enumerate()
            .map(|(k, d)| {
                hits += f64::from(u8::from(d.1));
                hits / (k + 1) as f64
            })
            .collect();
        let (mut best, mut area) = (0.0f64, 0.0);
        for (precision, detection) in precision.iter().zip(&all).rev() {
            best = best.max(*precision);
            area += if detection.1 { best } else { 0.0 };
        }
        area / faces.max(1) as f64
    }

    fn recall(&self, min_px: f32) -> Share {
        recall(&self.upright, self.threshold, min_px)
    }

    fn by_degrees(&self) -> BTreeMap<u32, Share> {
        let at = |k: usize| {
            let judged: Vec<&Judged> = self.turned.iter().map(|t| &t[k]).collect();
            recall(judged, self.threshold, MIN_FACE_PX)
        };
        ANGLES.iter().enumerate().map(|(k, degrees)| (*degrees, at(k))).collect()
    }

    fn false_boxes(&self) -> u64 {
        let all = self.upright.iter().flat_map(|j| &j.detections);
        all.filter(|(score, hit, _)| *score >= self.threshold && !hit).count() as u64
    }
}

fn recall<'a>(judged: impl IntoIterator<Item = &'a Judged>, threshold: f32, min_px: f32) -> Share {
    let mut share = Share { count: 0, of: 0 };
    for j in judged {
        share.of += j.faces.iter().filter(|s| **s >= min_px).count() as u64;
        share.count +=
            j.detections.iter().filter(|(score, hit, s)| *hit && *score >= threshold && *s >= min_px).count() as u64;
    }
    share
}

/// Best detections first take the free face that they overlap most.
fn judge(
    engine: &Engine,
    image: &Image,
    faces: &[Rect],
    left_out: &[Rect],
    options: &DetectOptions,
) -> Result<Judged, Failure> {
    let found = engine.detect(image, options).map_err(Failure::new)?;
    let mut free = vec![true; faces.len()];
    let mut judged = Judged { detections: Vec::new(), faces: faces.iter().map(side).collect() };
    for face in &found {
        let overlap = |k: usize| faces[k].iou(&face.rect);
        let nearest = (0..faces.len()).filter(|k| free[*k]).max_by(|a, b| overlap(*a).total_cmp(&overlap(*b)));
        match nearest.filter(|k| overlap(*k) >= HIT_IOU) {
            Some(k) => {
                free[k] = false;
                judged.detections.push((face.score, true, side(&faces[k])));
            }
            None => {
                let touches = (0..faces.len()).any(|k| overlap(k) >= FALSE_IOU);
                let inside =
                    |r: &Rect| r.iou(&face.rect) >= FALSE_IOU || r.overlap(&face.rect) >= 0.5 * face.rect.area();
                if !touches && !left_out.iter().any(inside) {
                    judged.detections.push((face.score, false, 0.0));
                }
            }
        }
    }
    Ok(judged)
}

/// The photo turned about its centre. Only faces that stay inside it at every angle are counted, so that all angles are
/// measured on the same ones.
fn at_angle(
    engine: &Engine,
    image: &Image,
    photo: &Photo,
    degrees: u32,
    options: &DetectOptions,
) -> Result<Judged, Failure> {
    let (width, height) = (image.width() as f32, image.height() as f32);
    let whole = Rect::new(0.0, 0.0, width, height);
    let stays = |r: &Rect| {
        ANGLES.iter().all(|a| turn(r, *a, width, height).overlap(&whole) >= 0.95 * turn(r, *a, width, height).area())
    };
    let (kept, gone): (Vec<Rect>, Vec<Rect>) = photo.faces.iter().partition(|r| stays(r));
    if kept.is_empty() {
        return Ok(Judged::default());
    }
    let (sin, cos) = f64::from(degrees).to_radians().sin_cos();
    let (cx, cy) = (f64::from(width) / 2.0, f64::from(height) / 2.0);
    let matrix = [[cos, sin, cx - cos * cx - sin * cy], [-sin, cos, cy + sin * cx - cos * cy]];
    let border = Border::Constant([0; 3]);
    let turned = warp(image, &matrix, image.width(), image.height(), border).map_err(Failure::new)?;
    let move_all = |rects: &[Rect]| rects.iter().map(|r| turn(r, degrees, width, height)).collect::<Vec<_>>();
    judge(engine, &turned, &move_all(&kept), &move_all(&[&photo.left_out[..], &gone].concat()), options)
}

/// The upright box around the turned ellipse that a box encloses: what a detector draws around a turned face.
fn turn(rect: &Rect, degrees: u32, width: f32, height: f32) -> Rect {
    let (sin, cos) = (degrees as f32).to_radians().sin_cos();
    let c = rect.centre();
    let (dx, dy) = (c.x - width / 2.0, c.y - height / 2.0);
    let centre = (width / 2.0 + cos * dx + sin * dy, height / 2.0 - sin * dx + cos * dy);
    let half = |a: f32, b: f32| (a * rect.width / 2.0).hypot(b * rect.height / 2.0);
    let (half_width, half_height) = (half(cos, sin), half(sin, cos));
    Rect::new(centre.0 - half_width, centre.1 - half_height, 2.0 * half_width, 2.0 * half_height)
}

/// 95 % interval of a figure under resampling of photos, from a fixed sequence.
fn bootstrap(photos: usize, figure: impl Fn(&[usize]) -> f64 + Sync) -> [f64; 2] {
    let draw = |replicate: u64| {
        let mut state = replicate.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as usize % photos.max(1)
        };
        let pick: Vec<usize> = (0..photos).map(|_| next()).collect();
        figure(&pick)
    };
    let mut values: Vec<f64> = (0..REPLICATES).into_par_iter().map(draw).collect();
    values.sort_by(f64::total_cmp);
    let at = |q: f64| values.get((q * REPLICATES as f64) as usize).copied().unwrap_or_default();
    [at(0.025), at(0.975)]
}

fn print_words(report: &Report) -> Result<(), Failure> {
    let percent = |share: &Share| format!("{:.2} % ({}/{})", 100.0 * share.rate(), share.count, share.of);
    let [low, high] = report.interval.map(|v| 100.0 * v);
    print_line(format_args!("photos {}, faces of at least 32 px {}", report.photos, report.faces))?;
    print_line(format_args!("average precision {:.2} ({low:.2} to {high:.2})", 100.0 * report.average_precision))?;
    print_line(format_args!(
        "at score {}: recall {}, from 40 px {}, false boxes {}",
        report.threshold,
        percent(&report.recall),
        percent(&report.recall_from_40_px),
        report.false_boxes
    ))?;
    for (degrees, share) in &report.recall_by_degrees {
        print_line(format_args!("turned by {degrees} degrees: recall {}", percent(share)))?;
    }
    if let Some(other) = &report.against {
        let [low, high] = other.interval.map(|v| 100.0 * v);
        print_line(format_args!(
            "the other pack: average precision {:.2}, recall {}, from 40 px {}, false boxes {}",
            100.0 * other.average_precision,
            percent(&other.recall),
            percent(&other.recall_from_40_px),
            other.false_boxes
        ))?;
        for (degrees, share) in &other.recall_by_degrees {
            print_line(format_args!("the other pack turned by {degrees} degrees: recall {}", percent(share)))?;
        }
        print_line(format_args!("difference {:+.2} points ({low:+.2} to {high:+.2})", 100.0 * other.difference))?;
    }
    Ok(())
}
