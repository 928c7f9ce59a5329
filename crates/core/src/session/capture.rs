//! A session with pixels: frames in, prompts out, and in the end a portrait, its template and the frames worth keeping.

use std::sync::Arc;

use facecert_match::Template;

use super::camera::{Camera, Looked};
use super::challenge::Action;
use super::nonce::Nonce;
use super::state::{KeyFrame, Session, Settings, Step};
use crate::detect::Face;
use crate::engine::Engine;
use crate::error::Result;
use crate::frame::Image;
use crate::quality::{Profile, Quality};

/// False match rate at which frames of one session count as one face.
const SAME_FACE_FMR: f64 = 1e-3;

/// What the caller decides.
#[derive(Clone, Debug, Default)]
pub struct CaptureOptions {
    /// How many actions are asked for; `None` is two, 0 only looks.
    pub actions: Option<usize>,
    /// Actions that the person cannot do.
    pub without: Vec<Action>,
    /// Twice the time for everything.
    pub slow: bool,
    /// What the kept frame must be good for.
    pub profile: Profile,
}

/// A session before one camera, on an engine.
pub struct Capture {
    camera: Camera,
    session: Session,
    kept: Vec<KeptFrame>,
}

/// A frame that was kept whole.
#[derive(Clone)]
pub struct KeptFrame {
    /// What it shows.
    pub shows: KeyFrame,
    /// Its pixels, upright.
    pub image: Image,
    /// The face in it.
    pub face: Face,
    /// The face's template; of portraits only.
    pub template: Option<Template>,
    /// The face's quality; of portraits only.
    pub quality: Option<Quality>,
}

/// The settings that an engine's pack allows: what it cannot see is not asked for.
///
/// # Errors
/// [`Error::Pack`](crate::Error::Pack) if the calibration is damaged.
pub fn settings(engine: &Engine, options: &CaptureOptions) -> Result<Settings> {
    let manifest = engine.pack().manifest();
    let seen = |action: &Action| match action {
        Action::TurnLeft | Action::TurnRight | Action::Nod => true,
        Action::OpenMouth => manifest.landmarks.is_some(),
        Action::Blink => manifest.landmarks.is_some() && manifest.eyes.is_some(),
    };
    let usual = Settings::default();
    let same_face = engine.calibration()?.and_then(|c| c.at_fmr(SAME_FACE_FMR).ok()).map(|point| point.threshold);
    Ok(Settings {
        actions: options.actions.unwrap_or(usual.actions),
        possible: Action::ALL.into_iter().filter(|a| seen(a) && !options.without.contains(a)).collect(),
        slow: options.slow,
        same_face_cosine: same_face.unwrap_or(usual.same_face_cosine),
        liveness: manifest.liveness.as_ref().map(|l| l.thresholds),
    })
}

impl Capture {
    /// A session with the challenge that the nonce draws.
    ///
    /// # Errors
    /// [`Error::Challenge`](crate::Error::Challenge) if fewer actions are possible than are to be asked for,
    /// [`Error::Pack`](crate::Error::Pack) if the calibration is damaged.
    pub fn new(engine: Arc<Engine>, nonce: Nonce, options: &CaptureOptions) -> Result<Self> {
        let session = Session::new(nonce, settings(&engine, options)?)?;
        Ok(Self { camera: Camera::new(engine, options.profile), session, kept: Vec::new() })
    }

    /// The next frame, upright and as others see the person: a mirrored camera's frames carry the mirror in their
    /// [`Orientation`](crate::frame::Orientation).
    ///
    /// # Errors
    /// [`Error::SessionTime`](crate::Error::SessionTime) if time runs backwards, and as [`Camera::look`].
    pub fn feed(&mut self, image: &Image, time_ms: u64) -> Result<(Step, Looked)> {
        let looked = self.camera.look(image, time_ms)?;
        let step = self.session.observe(&looked.observation)?;
        let named = &self.session.transcript().kept; // none of somebody who left before anything was asked
        self.kept.retain(|kept| named.iter().any(|n| n.shows == kept.shows));
        if let (Some(shows), Some(face)) = (step.keep, looked.face) {
            let template = looked.observation.face.as_ref().and_then(|f| f.template.clone());
            self.kept.retain(|k| k.shows != shows);
            self.kept.push(KeptFrame { shows, image: image.clone(), face, template, quality: looked.quality.clone() });
            self.kept.sort_by_key(|k| k.shows);
        }
        Ok((step, looked))
    }

    /// The engine.
    pub fn engine(&self) -> &Arc<Engine> {
        self.camera.engine()
    }

    /// What the kept frame must be good for.
    pub fn profile(&self) -> Profile {
        self.camera.profile()
    }

    /// The session's state.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// The session's state, to pause or to end it.
    pub fn session_mut(&mut self) -> &mut Session {
        &mut self.session
    }

    /// The frames that were kept: the portrait first, then the actions.
    pub fn kept(&self) -> &[KeptFrame] {
        &self.kept
    }

    /// The best frontal frame.
    pub fn portrait(&self) -> Option<&KeptFrame> {
        self.kept.iter().find(|k| k.shows == KeyFrame::Portrait)
    }

    /// The chip of the portrait.
    ///
    /// # Errors
    /// As [`Engine::chip`].
    pub fn chip(&self) -> Result<Option<Image>> {
        self.portrait().map(|k| self.engine().chip(&k.image, &k.face)).transpose()
    }
}
