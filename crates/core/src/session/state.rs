//! The session itself: what to show now, and what came of it.

use facecert_match::{Template, reference};
use serde::{Deserialize, Serialize};

use super::challenge::{Action, Challenge};
use super::gesture::{Gesture, Gestures, Progress};
use super::motion::{Finding, Motion};
use super::nonce::Nonce;
use super::observation::{Observation, SeenFace};
use super::result::{ChallengeKind, SessionResult, conclude};
use super::settle::{Settling, settle};
use super::transcript::{Happened, Transcript};
use crate::error::{Error, Result};
use crate::liveness::{Thresholds, Verdict};
use crate::reason::Reason;

/// A face must come before the camera within this time, ...
const ARRIVE_MS: u64 = 20_000;
/// ... an action be done within this time, ...
const ACTION_MS: u64 = 12_000;
/// ... and a good frame be had within this time. All of them twice as long in slow mode.
const PORTRAIT_MS: u64 = 10_000;
/// A session that only looks, looks for so long.
const PASSIVE_MS: u64 = 2_000;
/// Without the face, or without a frame, for longer than this the session begins its present step anew.
const AWAY_MS: u64 = 1_000;
/// So many times; then it ends.
const MAX_INTERRUPTIONS: u32 = 3;
/// So many other actions than those asked for are met with a hint; the next one ends the session.
const MAX_OTHER_ACTIONS: u32 = 1;
/// The hint is shown for so long; then the prompt again.
const HINT_MS: u64 = 2_000;
/// The kept frame is off front by no more than this.
const FRONTAL_DEG: f32 = 12.0;
/// Liveness is told from at least so many frames, ...
const MIN_LIVE_SCORES: usize = 3;
/// ... and at most so many.
const MAX_LIVE_SCORES: usize = 128;
/// So many frames in a row must look like another person before it is one.
const MAX_STRANGE: u32 = 2;
/// Frames of a session: two minutes at 60 a second are 7,200.
const MAX_FRAMES: usize = 20_000;

/// How a session is held.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// How many actions are asked for; 0 only looks.
    pub actions: usize,
    /// Actions that can be asked for: all, less what the person cannot do and the pack cannot see.
    pub possible: Vec<Action>,
    /// Twice the time for everything.
    pub slow: bool,
    /// The face stays the same while its templates' cosine with the first stays above this.
    pub same_face_cosine: f32,
    /// What liveness scores mean; `None`: they are not measured.
    pub liveness: Option<Thresholds>,
}

impl Default for Settings {
    fn default() -> Self {
        Self { actions: 2, possible: Action::ALL.to_vec(), slow: false, same_face_cosine: 0.35, liveness: None }
    }
}

/// What to do now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// Go on or stop.
    pub kind: StepKind,
    /// What to show and say.
    pub reason: Reason,
    /// The action that is asked for.
    pub action: Option<Action>,
    /// Which of the actions, from 0.
    pub step: usize,
    /// How many actions there are.
    pub steps: usize,
    /// Time left for this step, in milliseconds.
    pub remaining_ms: u64,
    /// The frame just fed shows this better than any before: keep its pixels.
    pub keep: Option<KeyFrame>,
}

/// Go on or stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    /// Show the prompt and feed the next frame.
    Show,
    /// The result is there.
    Done,
}

/// What a kept frame shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyFrame {
    /// The best frontal view.
    Portrait,
    /// The action with this number at its height.
    Action(usize),
}

#[derive(Clone, Debug)]
enum Phase {
    /// Waits for a face at rest; then goes on with the action of this number.
    Settle {
        next: usize,
        at_rest: Option<Settling>,
    },
    /// Has asked for the action of this number.
    Asked {
        step: usize,
        gestures: Gestures,
    },
    /// Everything is done; waits for a good frame and enough scores.
    Portrait,
    Ended(SessionResult),
}

/// One person before one camera. Memory is bounded; nothing depends on anything but the observations and the nonce.
#[derive(Clone, Debug)]
pub struct Session {
    settings: Settings,
    phase: Phase,
    /// When the present step began, and when the last frame came.
    since_ms: u64,
    now_ms: u64,
    first_ms: Option<u64>,
    last_seen_ms: u64,
    motion: Motion,
    anchor: Option<Template>,
    strange: u32,
    interruptions: u32,
    other_actions: u32,
    hint_until_ms: u64,
    ever_seen: bool,
    crowded: bool,
    /// What would make the frames better.
    advice: Option<Reason>,
    live_scores: Vec<f32>,
    best: Option<(bool, f32)>,
    transcript: Transcript,
}

impl Session {
    /// A session with the challenge that the nonce draws.
    ///
    /// # Errors
    /// [`Error::Challenge`] if fewer actions are possible than are to be asked for.
    pub fn new(nonce: Nonce, settings: Settings) -> Result<Self> {
        let challenge = Challenge::draw(&nonce, &settings.possible, settings.actions)?;
        let transcript = Transcript {
            format: 1,
            nonce,
            possible: settings.possible.clone(),
            challenge,
            slow: settings.slow,
            frames: Vec::new(),
            events: Vec::new(),
            kept: Vec::new(),
        };
        Ok(Self {
            settings,
            phase: Phase::Settle { next: 0, at_rest: None },
            since_ms: 0,
            now_ms: 0,
            first_ms: None,
            last_seen_ms: 0,
            motion: Motion::default(),
            anchor: None,
            strange: 0,
            interruptions: 0,
            other_actions: 0,
            hint_until_ms: 0,
            ever_seen: false,
            crowded: false,
            advice: None,
            live_scores: Vec::new(),
            best: None,
            transcript,
        })
    }

    /// What is asked for.
    pub fn challenge(&self) -> &Challenge {
        &self.transcript.challenge
    }

    /// What happened so far.
    pub fn transcript(&self) -> &Transcript {
        &self.transcript
    }

    /// The result, once the session has ended.
    pub fn result(&self) -> Option<&SessionResult> {
        if let Phase::Ended(result) = &self.phase { Some(result) } else { None }
    }

    /// One more frame.
    ///
    /// # Errors
    /// [`Error::SessionTime`] if its time is before the last one's.
    pub fn observe(&mut self, seen: &Observation) -> Result<Step> {
        let first = *self.first_ms.get_or_insert(seen.time_ms);
        let time_ms = seen.time_ms.checked_sub(first).filter(|t| *t >= self.now_ms);
        let time_ms = time_ms.ok_or(Error::SessionTime { given_ms: seen.time_ms, last_ms: first + self.now_ms })?;
        if self.result().is_some() {
            return Ok(self.step(None));
        }
        if self.ever_seen && time_ms - self.last_seen_ms > AWAY_MS {
            self.interrupt(time_ms);
            if self.result().is_some() {
                return Ok(self.step(None));
            }
        }
        self.now_ms = time_ms;
        self.transcript.frames.push((time_ms, seen.frame));
        self.crowded = seen.crowded;
        let keep = match &seen.face {
            Some(face) if !seen.crowded => self.look(seen, face),
            _ => None,
        };
        self.check_time();
        Ok(self.step(keep))
    }

    /// The app was put aside: the present step begins anew with the next frame.
    pub fn pause(&mut self) {
        if self.result().is_none() {
            self.interrupt(self.now_ms);
        }
    }

    /// Ends the session as it stands, as when the person gives up.
    pub fn finish(&mut self) {
        if self.result().is_none() {
            self.run_out();
        }
    }

    /// A frame with the face in it.
    fn look(&mut self, seen: &Observation, face: &SeenFace) -> Option<KeyFrame> {
        self.last_seen_ms = self.now_ms;
        self.ever_seen = true;
        let depth = match self.motion.feed(seen, face) {
            Finding::Duplicate => return None,
            Finding::Cue(cue) => {
                self.refuse(cue);
                return None;
            }
            Finding::Natural(depth) => depth,
        };
        if self.at_rest() && self.is_strange(face) {
            self.refuse(Reason::FaceChanged);
            return None;
        }
        if self.live_scores.len() < MAX_LIVE_SCORES {
            self.live_scores.extend(face.live_log_odds);
        }
        if face.quality.is_some() {
            self.advice = face.refused;
        }
        let keep = self.advance(face, depth).or_else(|| self.keep_portrait(face));
        if let Some(shows) = keep {
            self.transcript.keep(shows);
        }
        keep
    }

    /// Whether no gesture is under way: a nod or an open mouth changes a template more than another day does.
    fn at_rest(&self) -> bool {
        match &self.phase {
            Phase::Asked { gestures, .. } => gestures.at_rest(),
            Phase::Settle { .. } | Phase::Portrait => true,
            Phase::Ended(_) => false,
        }
    }

    /// Whether another face has taken the place of the first.
    fn is_strange(&mut self, face: &SeenFace) -> bool {
        let Some(template) = &face.template else { return false };
        let anchor = self.anchor.get_or_insert_with(|| template.clone());
        self.strange = if same_face(anchor, template, &self.settings) { 0 } else { self.strange + 1 };
        self.strange >= MAX_STRANGE
    }

    /// Whether this is the best frontal view so far: passing before not passing, then by quality.
    fn keep_portrait(&mut self, face: &SeenFace) -> Option<KeyFrame> {
        let rank = (face.refused.is_none(), face.quality?);
        let better = self.best.is_none_or(|best| rank > best);
        if !better || !self.at_rest() || face.template.is_none() || face.pose.off_front_deg() > FRONTAL_DEG {
            return None;
        }
        self.best = Some(rank);
        Some(KeyFrame::Portrait)
    }

    /// Moves the phase on by one frame; the action under way if this frame shows it best.
    fn advance(&mut self, face: &SeenFace, depth: f32) -> Option<KeyFrame> {
        match &mut self.phase {
            Phase::Settle { next, at_rest } => {
                let next = *next;
                if settle(at_rest, self.now_ms, face) {
                    let rest = at_rest.take().map(|s| s.rest)?;
                    self.go_to(next, Gestures::new(rest));
                }
                None
            }
            Phase::Asked { step, gestures } => {
                let step = *step;
                let asked = self.transcript.challenge.actions.get(step).copied();
                let Progress { peak, finished } = gestures.feed(self.now_ms, face, depth);
                if let Some(gesture) = finished {
                    self.respond(step, asked, gesture);
                }
                peak.filter(|action| Some(*action) == asked).map(|_| KeyFrame::Action(step))
            }
            Phase::Portrait => {
                let enough = self.settings.liveness.is_none() || self.live_scores.len() >= MIN_LIVE_SCORES;
                let looked = self.settings.actions > 0 || self.now_ms - self.since_ms >= PASSIVE_MS;
                if enough && looked && self.best.is_some_and(|(passes, _)| passes) {
                    self.end(&[]);
                }
                None
            }
            Phase::Ended(_) => None,
        }
    }

    /// A gesture was finished while another or the same one was asked for.
    fn respond(&mut self, step: usize, asked: Option<Action>, gesture: Gesture) {
        if gesture.started_ms < self.since_ms {
            return; // it began before it was asked for
        }
        let what = Happened::Seen { action: gesture.action, started_ms: gesture.started_ms };
        if Some(gesture.action) == asked {
            self.transcript.note(self.now_ms, what);
            if let Phase::Asked { gestures, .. } = &self.phase {
                let gestures = gestures.clone();
                self.go_to(step + 1, gestures);
            }
        } else if gesture.action != Action::Blink {
            self.transcript.note(self.now_ms, what);
            self.other_actions += 1;
            self.hint_until_ms = self.now_ms + HINT_MS;
            if self.other_actions > MAX_OTHER_ACTIONS {
                self.run_out();
            }
        }
    }

    /// Asks for the action of this number, or for a good look after the last.
    fn go_to(&mut self, step: usize, gestures: Gestures) {
        self.since_ms = self.now_ms;
        match self.transcript.challenge.actions.get(step) {
            Some(action) => {
                self.transcript.note(self.now_ms, Happened::Asked(*action));
                self.phase = Phase::Asked { step, gestures };
            }
            None => self.phase = Phase::Portrait,
        }
    }

    /// The face was away: the present step begins anew, so nothing that was hidden counts.
    fn interrupt(&mut self, time_ms: u64) {
        self.motion.interrupt();
        self.last_seen_ms = time_ms;
        let next = match &mut self.phase {
            Phase::Settle { next: 0, at_rest } => {
                *at_rest = None;
                return self.start_over(); // whoever comes next may be somebody else
            }
            Phase::Settle { at_rest, .. } => {
                *at_rest = None;
                return; // it is interrupted already
            }
            Phase::Asked { step, .. } => *step,
            Phase::Portrait => self.transcript.challenge.actions.len(),
            Phase::Ended(_) => return,
        };
        self.interruptions += 1;
        self.transcript.note(time_ms, Happened::Interrupted);
        self.since_ms = time_ms;
        self.phase = Phase::Settle { next, at_rest: None };
        if self.interruptions > MAX_INTERRUPTIONS {
            self.end(&[if self.crowded { Reason::SeveralFaces } else { Reason::FaceLeft }]);
        }
    }

    /// Forgets whoever was seen before anything was asked.
    fn start_over(&mut self) {
        self.motion = Motion::default();
        self.anchor = None;
        self.strange = 0;
        self.live_scores.clear();
        self.best = None;
        self.transcript.kept.clear();
    }

    fn limit_ms(&self) -> u64 {
        let limit = match self.phase {
            Phase::Settle { .. } => ARRIVE_MS,
            Phase::Asked { .. } => ACTION_MS,
            Phase::Portrait => PORTRAIT_MS,
            Phase::Ended(_) => 0,
        };
        if self.settings.slow { 2 * limit } else { limit }
    }

    fn check_time(&mut self) {
        let late = self.now_ms.saturating_sub(self.since_ms) > self.limit_ms();
        if self.result().is_none() && (late || self.transcript.frames.len() >= MAX_FRAMES) {
            self.run_out();
        }
    }

    /// Ends a session in which something did not come in time.
    fn run_out(&mut self) {
        let reason = match &self.phase {
            Phase::Settle { .. } if self.crowded => Reason::SeveralFaces,
            Phase::Settle { .. } if !self.ever_seen => Reason::NoFace,
            Phase::Settle { .. } if self.now_ms - self.last_seen_ms > AWAY_MS => Reason::FaceLeft,
            Phase::Settle { .. } => self.advice.unwrap_or(Reason::HeadTurned),
            Phase::Portrait => Reason::NoGoodPicture,
            _ if self.other_actions > 0 => Reason::WrongOrder,
            _ => Reason::ActionNotSeen,
        };
        let still = match reason {
            _ if self.motion.frozen() => Some(Reason::StillPicture),
            Reason::ActionNotSeen | Reason::WrongOrder => self.motion.still(),
            _ => None,
        };
        match (still, self.advice) {
            (Some(cue), _) => self.refuse(cue),
            (None, Some(advice)) if reason == Reason::NoGoodPicture => self.end(&[reason, advice]),
            (None, _) => self.end(&[reason]),
        }
    }

    /// Ends a session that shows an attack. The person hears neutral advice, the audit the cue.
    fn refuse(&mut self, cue: Reason) {
        self.end(&[cue]);
    }

    /// Ends the session; without reasons everything went well, as far as motion and order can tell.
    fn end(&mut self, reasons: &[Reason]) {
        let active = self.settings.actions > 0;
        let (liveness, reason, reasons) = conclude(reasons, self.scored(), active);
        self.transcript.end(self.now_ms, &reasons);
        self.phase = Phase::Ended(SessionResult {
            passed: reason == Reason::SessionDone,
            liveness,
            challenge: if active { ChallengeKind::Active } else { ChallengeKind::Passive },
            challenge_count: self.transcript.challenge.count,
            quality: self.best.map(|(passes, _)| passes),
            reason,
            reasons,
            interruptions: self.interruptions,
            frames: self.transcript.frames.len(),
        });
    }

    /// The verdict of the scores alone: their median.
    fn scored(&self) -> Verdict {
        let Some(thresholds) = &self.settings.liveness else { return Verdict::NotRun };
        if self.live_scores.len() < MIN_LIVE_SCORES {
            return Verdict::Uncertain;
        }
        thresholds.median(&self.live_scores)
    }

    fn step(&self, keep: Option<KeyFrame>) -> Step {
        let steps = self.transcript.challenge.actions.len();
        let look = self.advice.unwrap_or(Reason::LookStraight);
        let (step, action, prompt) = match &self.phase {
            Phase::Settle { next, .. } => (*next, None, look),
            Phase::Asked { step, .. } => {
                let action = self.transcript.challenge.actions.get(*step).copied();
                let prompt = action.map_or(Reason::LookStraight, Action::prompt);
                (*step, action, if self.now_ms < self.hint_until_ms { Reason::OtherAction } else { prompt })
            }
            Phase::Portrait => (steps, None, look),
            Phase::Ended(result) => (steps, None, result.reason),
        };
        let ended = matches!(self.phase, Phase::Ended(_));
        Step {
            kind: if ended { StepKind::Done } else { StepKind::Show },
            reason: if self.crowded && !ended { Reason::SeveralFaces } else { prompt },
            action,
            step,
            steps,
            remaining_ms: (self.since_ms + self.limit_ms()).saturating_sub(self.now_ms),
            keep,
        }
    }
}

/// Whether two frames of a session show the same face.
pub(super) fn same_face(a: &Template, b: &Template, settings: &Settings) -> bool {
    a.contract() == b.contract() && reference::score(a.values(), b.values()) >= settings.same_face_cosine
}
