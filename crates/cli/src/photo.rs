//! From a photo's path to a face and its template, with the time that each stage took.

use std::path::{Path, PathBuf};
use std::time::Instant;

use facecert_core::detect::{DetectOptions, Face};
use facecert_core::engine::Engine;
use facecert_core::frame::{Image, Limits};
use facecert_core::look::Look;
use facecert_core::pack::Pack;
use facecert_core::pack::manifest::Manifest;
use facecert_core::reason::Reason;
use facecert_core::{Template, verify};
use serde::Serialize;

use crate::output::Failure;

/// Which models to use.
#[derive(clap::Args, Debug)]
pub struct PackArgs {
    /// Folder of a model pack instead of the built-in one
    #[arg(long, value_name = "DIR")]
    pub pack: Option<PathBuf>,
}

impl PackArgs {
    /// The engine on that pack.
    pub fn engine(&self) -> Result<Engine, Failure> {
        let Some(folder) = &self.pack else { return Engine::embedded().map_err(Failure::new) };
        Pack::open(folder).map(Engine::new).map_err(|e| Failure::at(folder, e))
    }
}

/// Reads a photo within the default limits.
pub fn open(path: &Path) -> Result<Image, Failure> {
    Image::open(path, &Limits::default()).map_err(|e| Failure::at(path, e))
}

/// Milliseconds per stage of one photo.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Timing {
    /// File to picture.
    pub decode: f64,
    /// Picture to faces.
    pub detect: f64,
    /// Face to template, alignment included.
    pub embed: f64,
}

/// A photo that was looked at.
pub struct Subject {
    /// The picture.
    pub image: Image,
    /// Its one face and template, or why there is none.
    pub face: Result<(Face, Template), Reason>,
    /// How long it took.
    pub timing: Timing,
}

/// Milliseconds since `start`.
pub fn since(start: Instant) -> f64 {
    (start.elapsed().as_secs_f64() * 1e6).round() / 1e3
}

/// Decodes, detects, aligns, embeds.
pub fn subject(engine: &Engine, path: &Path, options: &verify::VerifyOptions) -> Result<Subject, Failure> {
    let mut timing = Timing::default();
    let start = Instant::now();
    let image = open(path)?;
    timing.decode = since(start);
    let start = Instant::now();
    let faces = engine.detect(&image, &options.detect).map_err(Failure::new)?;
    timing.detect = since(start);
    let start = Instant::now();
    let face = match verify::main_face(&faces, options.min_inter_eye_px) {
        Ok(face) => Ok((face, engine.embed(&image, &face).map_err(|e| Failure::at(path, e))?)),
        Err(reason) => Err(reason),
    };
    timing.embed = since(start);
    Ok(Subject { image, face, timing })
}

/// A face as JSON shows it.
#[derive(Serialize)]
pub struct FaceView {
    /// Box, points, detection score.
    #[serde(flatten)]
    pub face: Face,
    /// Distance between the eyes in pixels.
    pub inter_eye_px: f32,
}

impl From<Face> for FaceView {
    fn from(face: Face) -> Self {
        Self { face, inter_eye_px: face.inter_eye_px() }
    }
}

/// What answered: ids, digests, grade.
#[derive(Serialize)]
pub struct ModelsView {
    /// Name of the pack and digest of its manifest.
    pub pack: String,
    /// `evaluation` or `accepted`.
    pub grade: &'static str,
    /// Detector file and digest.
    pub detector: String,
    /// Embedder file and digest.
    pub embedder: String,
    /// Contract of the templates, in hexadecimal.
    pub contract: String,
}

impl ModelsView {
    /// The view of an engine's pack.
    pub fn of(engine: &Engine) -> Self {
        let pack = engine.pack();
        let manifest: &Manifest = pack.manifest();
        let net = |file: &str, sha256: &str| format!("{file}@sha256:{sha256}");
        Self {
            pack: pack.name(),
            grade: pack.grade().as_str(),
            detector: net(&manifest.detector.net.file, &manifest.detector.net.sha256),
            embedder: net(&manifest.embedder.net.file, &manifest.embedder.net.sha256),
            contract: engine.contract().to_string(),
        }
    }
}

/// How faces are looked for, as arguments.
#[derive(clap::Args, Debug)]
pub struct DetectArgs {
    /// Also look at the photo turned by 90, 180 and 270 degrees
    #[arg(long)]
    pub any_rotation: bool,
    /// Leave out faces smaller than this
    #[arg(long, value_name = "PX", default_value_t = 12.0)]
    pub min_face_px: f32,
}

impl DetectArgs {
    /// As the core takes them.
    pub fn options(&self) -> DetectOptions {
        DetectOptions { any_rotation: self.any_rotation, min_face_px: self.min_face_px, ..DetectOptions::default() }
    }
}

/// A photo's one face, looked at closely.
pub struct LookedAt {
    /// The picture.
    pub image: Image,
    /// Every face in it.
    pub faces: Vec<Face>,
    /// The one that the photo is of.
    pub face: Face,
    /// What the pack's nets say of it.
    pub look: Look,
}

/// Decodes, detects, looks closely; a reason if the photo has no single face.
pub fn look_at(engine: &Engine, path: &Path, options: &DetectOptions) -> Result<Result<LookedAt, Reason>, Failure> {
    let fault = |e| Failure::at(path, e);
    let image = open(path)?;
    let faces = engine.detect(&image, options).map_err(fault)?;
    match verify::main_face(&faces, 0.0) {
        Err(reason) => Ok(Err(reason)),
        Ok(face) => {
            let look = engine.look(&image, &face).map_err(fault)?;
            Ok(Ok(LookedAt { image, faces, face, look }))
        }
    }
}
