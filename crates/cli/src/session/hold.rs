//! `facecert session --frames`: a session on recorded frames.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use facecert_core::session::{Capture, Looked, Nonce, Package, Step, StepKind};
use facecert_policy::NonceCheck;
use facecert_record::hpke::{self, RecipientPublicKey};
use zeroize::Zeroizing;

use super::challenge::ChallengeArgs;
use super::frames;
use super::report::{Held, ReferenceArgs, Report};
use crate::annotate;
use crate::evidence::EvidenceArgs;
use crate::output::{Answer, Failure, Outcome, write_whole};
use crate::photo::{PackArgs, open};
use facecert_core::frame::{Image, Orientation};
use facecert_core::quality::Profile;
use facecert_core::reason::Reason;

/// A session on recorded frames
#[derive(clap::Args, Debug)]
#[group(id = "hold")]
pub struct Args {
    /// Folder with the frames and `times.tsv`
    #[arg(long, value_name = "DIR")]
    frames: Option<PathBuf>,
    /// The nonce, 8 to 64 bytes in hexadecimal
    #[arg(long, value_name = "HEX")]
    nonce: Option<Nonce>,
    #[command(flatten)]
    challenge: ChallengeArgs,
    /// The frames are mirrored, as front cameras show them
    #[arg(long)]
    mirrored: bool,
    /// What the kept frame must be good for: `phone`, `kiosk` or `id_reference`
    #[arg(long, default_value_t = Profile::Phone)]
    profile: Profile,
    #[command(flatten)]
    reference: ReferenceArgs,
    #[command(flatten)]
    evidence: EvidenceArgs,
    #[command(flatten)]
    pack: PackArgs,
    /// Write the capture package; it holds pictures of the face
    #[arg(long, value_name = "OUT", requires = "captured_at")]
    package: Option<PathBuf>,
    /// Seal the package to the server with this public key: PEM, X25519
    #[arg(long, value_name = "FILE", requires = "package")]
    package_for: Option<PathBuf>,
    /// Write each frame, with points, pose and prompt drawn in, to this folder
    #[arg(long, value_name = "DIR")]
    annotate: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub fn run(args: &Args) -> Outcome {
    let (Some(frames), Some(nonce)) = (&args.frames, &args.nonce) else {
        return Err(Failure::new("session: give --frames DIR and --nonce HEX, or challenge, or check PACKAGE"));
    };
    let engine = Arc::new(args.pack.engine()?);
    let options = facecert_core::session::CaptureOptions { profile: args.profile, ..args.challenge.options() };
    let mut capture = Capture::new(engine.clone(), nonce.clone(), &options).map_err(Failure::new)?;
    for (path, time_ms) in frames::read(frames)? {
        let image = open(&path)?.oriented(Orientation { mirror: args.mirrored, ..Orientation::default() });
        let (step, looked) = capture.feed(&image, time_ms).map_err(|e| Failure::at(&path, e))?;
        if let Some(folder) = &args.annotate {
            let name = path.file_stem().unwrap_or_default();
            write_whole(&folder.join(name).with_extension("png"), &drawn(&image, &step, &looked)?)?;
        }
        if step.kind == StepKind::Done {
            break;
        }
    }
    capture.session_mut().finish();
    if let (Some(path), Some(start), Some(device)) =
        (&args.package, &args.evidence.captured_at, &args.evidence.device_id)
    {
        let package = Package::of(&capture, &device.to_string(), &start.to_string());
        let plain = Zeroizing::new(package.and_then(|p| p.to_bytes()).map_err(Failure::new)?);
        match &args.package_for {
            Some(server) => write_whole(path, &sealed(&plain, server)?)?,
            None => write_whole(path, &plain)?,
        }
    }
    let result = capture.session().result().cloned();
    let held = Held {
        engine: &engine,
        result: result.ok_or_else(|| Failure::new("the session has not ended"))?,
        transcript: capture.session().transcript(),
        template: capture.portrait().and_then(|k| k.template.as_ref()),
        nonce: NonceCheck::NotChecked,
        package_sealed: None,
    };
    let report = Report::new(held, &args.reference, &args.evidence)?;
    report.print(args.json)?;
    Ok(if report.positive() { Answer::Yes } else { Answer::No })
}

/// The package, sealed to a server's public key.
fn sealed(plain: &[u8], server: &Path) -> Result<Vec<u8>, Failure> {
    let pem = std::fs::read_to_string(server).map_err(|e| Failure::at(server, e))?;
    let key = RecipientPublicKey::from_pem(&pem).map_err(|e| Failure::at(server, e))?;
    hpke::seal(plain, &key, &mut getrandom::SysRng).map_err(|e| Failure::at(server, e))
}

/// The frame with its face, its points, the direction of the nose, and a bar in the colour of what is asked.
fn drawn(image: &Image, step: &Step, looked: &Looked) -> Result<Vec<u8>, Failure> {
    let mut canvas = annotate::faces(image, looked.face.iter());
    if let Some(face) = &looked.observation.face {
        annotate::landmarks(&mut canvas, &face.points);
        annotate::direction(&mut canvas, &face.rect, &face.pose);
    }
    annotate::progress(&mut canvas, step.step, step.steps, step.reason == Reason::SessionDone);
    canvas.to_png().map_err(Failure::new)
}
