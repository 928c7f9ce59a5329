//! The capture package: what a phone sends, so that a server need not trust its verdict.

use std::collections::HashSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::camera::Camera;
use super::capture::{Capture, CaptureOptions, KeptFrame, settings};
use super::challenge::Challenge;
use super::gesture::{Rest, share};
use super::motion::MAX_REPEATED;
use super::observation::SeenFace;
use super::result::{ChallengeKind, SessionResult, conclude};
use super::state::{KeyFrame, Settings, same_face};
use super::transcript::{Happened, Transcript};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::frame::{Image, Limits};
use crate::liveness::Verdict;
use crate::quality::Profile;
use crate::reason::{ALL, Reason};

/// No package is larger: a few frames and a list of digests.
pub const MAX_PACKAGE_BYTES: usize = 64 << 20;
/// No session takes longer.
const MAX_SESSION_MS: u64 = 3_600_000;
/// A kept frame must show its action at least so far, as a share of what counts in a session.
const SHOWN: f32 = 0.8;

/// A session's transcript and its kept frames, in CBOR. It holds pictures of a face: seal it before it travels.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Package {
    /// Version of this layout: 1.
    format: u32,
    /// What was asked and seen.
    pub transcript: Transcript,
    /// The quality profile of the portrait.
    pub profile: Profile,
    /// Digest of the pack that measured.
    pub pack: [u8; 32],
    /// The caller's pseudonym for the device.
    pub device_id: String,
    /// Wall clock at the first frame, RFC 3339, as the caller gave it.
    pub started_at: String,
    pictures: Vec<Picture>,
}

/// A kept frame as PNG, so that its pixels and their digest stay what they were.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Picture {
    shows: KeyFrame,
    #[serde(with = "serde_bytes")]
    png: Vec<u8>,
}

/// A package that was looked at anew.
pub struct Checked {
    /// What the server itself sees; what the device claimed can only make it worse.
    pub result: SessionResult,
    /// The portrait, measured here.
    pub portrait: Option<KeptFrame>,
}

impl Package {
    /// The package of a session that has ended.
    ///
    /// # Errors
    /// [`Error::Package`] if the session goes on.
    pub fn of(capture: &Capture, device_id: &str, started_at: &str) -> Result<Self> {
        if capture.session().result().is_none() {
            return Err(fault("the session has not ended; feed more frames or finish it"));
        }
        let picture = |kept: &KeptFrame| Ok(Picture { shows: kept.shows, png: kept.image.to_png()? });
        Ok(Self {
            format: 1,
            transcript: capture.session().transcript().clone(),
            profile: capture.profile(),
            pack: capture.engine().pack().digest(),
            device_id: device_id.to_owned(),
            started_at: started_at.to_owned(),
            pictures: capture.kept().iter().map(picture).collect::<Result<_>>()?,
        })
    }

    /// As CBOR; the same package gives the same bytes.
    ///
    /// # Errors
    /// [`Error::Package`] if it cannot be encoded, which no package of a session makes happen.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        ciborium::into_writer(self, &mut bytes).map_err(|e| fault(&e.to_string()))?;
        Ok(bytes)
    }

    /// Reads a package from anybody.
    ///
    /// # Errors
    /// [`Error::Package`] if the bytes are not exactly a package as [`Package::to_bytes`] writes it.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        if bytes.len() > MAX_PACKAGE_BYTES {
            return Err(fault("larger than 64 MiB; not a capture package"));
        }
        let package: Self =
            ciborium::from_reader(bytes).map_err(|_| fault("not a capture package, or damaged; send it again"))?;
        if package.format != 1 {
            return Err(fault("of another version; use a matching program"));
        }
        if package.transcript.frames.iter().any(|(time_ms, _)| *time_ms > MAX_SESSION_MS) {
            return Err(fault("its session is longer than an hour"));
        }
        if package.to_bytes()? != bytes {
            return Err(fault("not in its canonical form; send it as the session wrote it"));
        }
        Ok(package)
    }

    /// Looks at it anew: challenge, order, times, digests, and in the frames themselves face, actions, liveness, quality.
    ///
    /// # Errors
    /// [`Error::Pack`] or [`Error::Net`] if the engine's pack is damaged.
    pub fn check(&self, engine: &Arc<Engine>) -> Result<Checked> {
        let transcript = &self.transcript;
        let actions = transcript.challenge.actions.len();
        let options = CaptureOptions { actions: Some(actions), slow: transcript.slow, ..CaptureOptions::default() };
        let settings = settings(engine, &options)?;
        let mut reasons = self.claimed();
        let complete = !reasons.is_empty() || self.did_all();
        if !self.follows_the_challenge(&settings) || !complete {
            reasons.push(Reason::PackageMismatch);
        }
        if repeated(&transcript.frames) >= MAX_REPEATED {
            reasons.push(Reason::RepeatedFrames);
        }
        let mut seen: Vec<(KeyFrame, Option<SeenFace>)> = Vec::with_capacity(self.pictures.len());
        let mut portrait = None;
        for picture in &self.pictures {
            let image = self.pixels(picture);
            let looked =
                image.as_ref().map(|image| Camera::new(engine.clone(), self.profile).look(image, 0)).transpose()?;
            let face = looked.as_ref().and_then(|l| l.observation.face.clone());
            if let (KeyFrame::Portrait, Some(image), Some(looked)) = (picture.shows, image, looked) {
                let template = face.as_ref().and_then(|f| f.template.clone());
                let kept =
                    |own| KeptFrame { shows: picture.shows, image, face: own, template, quality: looked.quality };
                portrait = looked.face.map(kept);
            }
            seen.push((picture.shows, face));
        }
        if !self.pictures_show(&settings, &seen) {
            reasons.push(Reason::PackageMismatch);
        }
        let scores: Vec<f32> = seen.iter().filter_map(|(_, face)| face.as_ref()?.live_log_odds).collect();
        let quality = portrait.as_ref().and_then(|p| p.quality.as_ref()).map(|q| q.pass);
        if quality == Some(false) {
            reasons.push(Reason::NoGoodPicture);
        }
        Ok(Checked { result: self.concluded(&settings, &reasons, &scores, quality), portrait })
    }

    fn concluded(
        &self,
        settings: &Settings,
        reasons: &[Reason],
        scores: &[f32],
        quality: Option<bool>,
    ) -> SessionResult {
        let scored = match &settings.liveness {
            None => Verdict::NotRun,
            Some(thresholds) => thresholds.median(scores),
        };
        let active = !self.transcript.challenge.actions.is_empty();
        let (liveness, reason, reasons) = conclude(reasons, scored, active);
        let interrupted = |e: &&super::transcript::Event| e.what == Happened::Interrupted;
        SessionResult {
            passed: reason == Reason::SessionDone,
            liveness,
            challenge: if active { ChallengeKind::Active } else { ChallengeKind::Passive },
            challenge_count: self.transcript.challenge.count,
            quality,
            reason,
            reasons,
            interruptions: self.transcript.events.iter().filter(interrupted).count() as u32,
            frames: self.transcript.frames.len(),
        }
    }

    /// The device's own reasons, as far as they say more than that all went well.
    fn claimed(&self) -> Vec<Reason> {
        let Some(Happened::Ended(numbers)) = self.transcript.events.last().map(|e| &e.what) else {
            return vec![Reason::PackageMismatch];
        };
        ALL.iter().filter(|r| numbers.contains(&r.number()) && r.is_refusal()).copied().collect()
    }

    /// The challenge is the nonce's, and times run forward.
    fn follows_the_challenge(&self, settings: &Settings) -> bool {
        let Transcript { nonce, possible, challenge, frames, events, .. } = &self.transcript;
        let drawn = Challenge::draw(nonce, possible, challenge.actions.len());
        let seen_by_pack = possible.iter().all(|a| settings.possible.contains(a));
        let ordered = frames.is_sorted_by(|a, b| a.0 <= b.0) && events.is_sorted_by_key(|e| e.time_ms);
        drawn.is_ok_and(|drawn| drawn == *challenge) && seen_by_pack && ordered && !frames.is_empty()
    }

    /// Every action was asked for and then seen, in order.
    fn did_all(&self) -> bool {
        let mut wanted = self.transcript.challenge.actions.iter();
        let mut asked = None;
        let mut next = wanted.next();
        for event in &self.transcript.events {
            match event.what {
                Happened::Asked(action) => asked = Some((action, event.time_ms)),
                Happened::Seen { action, started_ms }
                    if Some(&action) == next && asked.is_some_and(|(a, at)| a == action && started_ms >= at) =>
                {
                    next = wanted.next();
                }
                _ => {}
            }
        }
        next.is_none()
    }

    /// The pixels of a picture, if they are the ones that the transcript names.
    fn pixels(&self, picture: &Picture) -> Option<Image> {
        let kept = self.transcript.kept.iter().find(|k| k.shows == picture.shows)?;
        let image = Image::decode(&picture.png, &Limits::default()).ok()?;
        self.transcript.frames.get(kept.frame).is_some_and(|(_, digest)| *digest == image.sha256()).then_some(image)
    }

    /// Each action's picture shows that action, and one face is in all of them.
    fn pictures_show(&self, settings: &Settings, seen: &[(KeyFrame, Option<SeenFace>)]) -> bool {
        let find = |shows| seen.iter().find(|(s, _)| *s == shows).and_then(|(_, face)| face.as_ref());
        let Some(portrait) = find(KeyFrame::Portrait) else { return false };
        let rest = Rest { pose: portrait.pose, eyes_open: portrait.eyes_open, mouth_open: portrait.mouth_open };
        self.transcript.challenge.actions.iter().enumerate().all(|(k, action)| {
            find(KeyFrame::Action(k)).is_some_and(|face| {
                let same = portrait.template.as_ref().zip(face.template.as_ref());
                share(&rest, face, *action) >= SHOWN && same.is_none_or(|(a, b)| same_face(a, b, settings))
            })
        })
    }
}

/// Frames that come again after another one.
fn repeated(frames: &[(u64, [u8; 32])]) -> u32 {
    let mut known = HashSet::new();
    let mut last = None;
    let mut again = 0;
    for (_, digest) in frames {
        if last.replace(digest) != Some(digest) && !known.insert(digest) {
            again += 1;
        }
    }
    again
}

fn fault(what: &str) -> Error {
    Error::Package { what: what.to_owned() }
}
