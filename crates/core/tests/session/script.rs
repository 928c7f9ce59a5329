//! People and recordings, scripted: what they would show a camera, frame by frame.

use std::sync::LazyLock;

use facecert_core::geometry::{Point, Rect, mouth_openness};
use facecert_core::pose::{Pose, mean_face};
use facecert_core::reason::Reason;
use facecert_core::session::{
    Action, Nonce, Observation, SeenFace, Session, SessionResult, Settings, StepKind, Transcript,
};
use facecert_core::{ContractId, Template};
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;

/// Actions that nobody does unasked.
pub const MARKED: [Action; 4] = [Action::TurnLeft, Action::TurnRight, Action::Nod, Action::OpenMouth];

/// Somebody before a camera.
#[derive(Clone, Debug)]
pub struct Person {
    pub fps: f32,
    pub slow: bool,
    /// Share of frames that never arrive.
    pub dropped: f32,
    /// Time until the person reacts to a prompt, and time that a movement takes, in milliseconds.
    pub reaction_ms: f32,
    pub movement_ms: f32,
    pub turn_deg: f32,
    pub nod_deg: f32,
    pub gape: f32,
    /// How the phone is held.
    pub rest: Pose,
    pub eye_px: f32,
    /// Trembling of the points, in eye distances.
    pub noise: f32,
    /// Swaying, in eye distances.
    pub sway: f32,
    /// How often the face leaves.
    pub away: Option<u32>,
    pub crowded: bool,
    /// Does the two actions in the other order.
    pub swaps: bool,
    pub live_log_odds: Option<f32>,
    pub seed: u64,
    pub kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    Living,
    Still,
    MovedStill,
}

/// What a camera saw.
#[derive(Clone, Debug, Default)]
pub struct Recording(pub Vec<Observation>);

/// A session that was held.
pub struct Shown {
    pub challenge: Vec<Action>,
    pub result: SessionResult,
    pub transcript: Transcript,
    pub recording: Recording,
}

pub fn nonce(number: u64) -> Nonce {
    Nonce::new([b"scripted", number.to_le_bytes().as_slice()].concat()).unwrap()
}

/// A frame without a face.
pub fn empty(time_ms: u64) -> Observation {
    let mut frame = [0; 32];
    frame[..8].copy_from_slice(&time_ms.to_le_bytes());
    Observation { time_ms, frame, face: None, crowded: false }
}

impl Person {
    /// Somebody drawn at random: 5 to 60 frames a second, slow or quick, phone held low or tilted.
    pub fn drawn(runner: &mut TestRunner) -> Self {
        let mut draw = |low: f32, high: f32| (low..high).new_tree(runner).unwrap().current();
        let slow = draw(0.0, 1.0) < 0.3;
        let pace = if slow { 2.0 } else { 1.0 };
        Self {
            fps: [5.0, 10.0, 15.0, 30.0, 60.0][draw(0.0, 4.99) as usize],
            slow,
            dropped: draw(0.0, 0.15),
            reaction_ms: draw(300.0, 2500.0) * pace,
            movement_ms: draw(900.0, 2400.0) * pace,
            turn_deg: draw(22.0, 45.0),
            nod_deg: draw(13.0, 30.0),
            gape: draw(0.4, 0.9),
            rest: Pose { yaw_deg: draw(-5.0, 5.0), pitch_deg: draw(-9.0, 9.0), roll_deg: draw(-20.0, 20.0) },
            eye_px: draw(40.0, 120.0),
            noise: draw(0.002, 0.012),
            sway: draw(0.02, 0.2),
            away: (draw(0.0, 1.0) < 0.1).then_some(1),
            crowded: false,
            swaps: false,
            live_log_odds: None,
            seed: draw(0.0, 1e6) as u64,
            kind: Kind::Living,
        }
    }

    pub fn still(&self) -> Self {
        Self { kind: Kind::Still, sway: 0.0, away: None, ..self.clone() }
    }

    pub fn moved_still(&self) -> Self {
        Self { kind: Kind::MovedStill, away: None, ..self.clone() }
    }

    /// The face at a time, while an action is so far under way (0 at rest, 1 at its height).
    fn face(&self, time_ms: u64, action: Option<(Action, f32)>, noise: &mut Noise) -> SeenFace {
        let t = time_ms as f32 / 1000.0 + self.seed as f32 * 0.37;
        let done =
            |wanted: Action| action.filter(|(a, _)| *a == wanted && self.kind == Kind::Living).map_or(0.0, |(_, s)| s);
        let alive = if self.kind == Kind::Living { 1.0 } else { 0.0 };
        let mut pose = self.rest;
        pose.yaw_deg +=
            self.turn_deg * (done(Action::TurnLeft) - done(Action::TurnRight)) + alive * 1.5 * (1.1 * t).sin();
        pose.pitch_deg += self.nod_deg * done(Action::Nod) + alive * (0.7 * t).cos();
        let sway = self.sway * self.eye_px;
        let at = Point::new(320.0 + sway * (0.9 * t).sin(), 220.0 + sway * (0.6 * t).cos());
        let mut points = mean_face(pose, self.eye_px, at);
        let gape = self.gape * done(Action::OpenMouth) * points[60].distance(points[64]);
        for lower in [65, 66, 67, 55, 56, 57, 58, 59, 7, 8, 9] {
            points[lower].y += gape;
        }
        if self.kind == Kind::MovedStill {
            points = points.map(|p| wave(p, at, t));
        }
        for p in &mut points {
            *p = Point::new(
                p.x + noise.draw() * self.noise * self.eye_px,
                p.y + noise.draw() * self.noise * self.eye_px,
            );
        }
        // A natural blink every four seconds, as short as they are.
        let blinks = self.kind == Kind::Living && (time_ms + self.seed) % 4000 < 150;
        let shut = if blinks { 1.0 } else { ((done(Action::Blink) - 0.2) * 4.0).clamp(0.0, 1.0) };
        let seen = Pose::of_landmarks(&points).unwrap();
        SeenFace {
            rect: Rect::new(at.x - self.eye_px, at.y - self.eye_px, 2.0 * self.eye_px, 2.4 * self.eye_px),
            pose: seen,
            eyes_open: Some((0.93 - 0.9 * shut + 0.03 * noise.draw()).clamp(0.0, 1.0)),
            mouth_open: Some(mouth_openness(&points)),
            live_log_odds: self.live_log_odds,
            quality: Some(60.0 + noise.draw()),
            refused: (seen.off_front_deg() >= 15.0).then_some(Reason::HeadTurned),
            template: (seen.off_front_deg() < 20.0).then(|| template(self.seed, noise)),
            points: points.to_vec(),
        }
    }
}

/// A flat picture that is moved, leaned and tilted.
fn wave(p: Point, about: Point, t: f32) -> Point {
    let (x, y) = (p.x - about.x, p.y - about.y);
    let (tilt, lean) = (0.85 + 0.15 * (1.3 * t).cos(), 0.3 * (0.8 * t).sin());
    Point::new(about.x + tilt * x - lean * y + 40.0 * (1.1 * t).sin(), about.y + lean * x + y + 30.0 * (0.9 * t).cos())
}

/// Holds a session with a person who follows its prompts.
pub fn run(person: &Person, nonce: Nonce, settings: &Settings) -> Shown {
    let mut session = Session::new(nonce, settings.clone()).unwrap();
    let challenge = session.challenge().actions.clone();
    let mut noise = Noise(person.seed | 1);
    let mut recording = Recording::default();
    let (mut asked, mut since_ms, mut time_ms, mut gone) = (None, 0, 0, 0);
    loop {
        let frame_ms = 1000.0 / person.fps * (1.0 + 0.1 * noise.draw().clamp(-1.0, 1.0));
        time_ms += frame_ms as u64;
        if noise.uniform() < person.dropped {
            continue;
        }
        let action = asked.map(|k: usize| challenge[if person.swaps { challenge.len() - 1 - k } else { k }]);
        let progress = ((time_ms - since_ms) as f32 - person.reaction_ms) / person.movement_ms;
        let height = (progress.clamp(0.0, 1.0) * std::f32::consts::PI).sin();
        let mut seen = Observation { crowded: person.crowded, ..empty(time_ms) };
        let leaves = person.away.is_some_and(|times| gone < times) && asked.is_some() && progress < 0.0;
        if leaves && time_ms - since_ms > 100 {
            time_ms += 1500; // out of the picture
            gone += 1;
            recording.0.push(empty(time_ms - 750));
            session.observe(&empty(time_ms - 750)).unwrap();
            continue;
        }
        seen.face = Some(person.face(time_ms, action.map(|a| (a, height)), &mut noise));
        let step = session.observe(&seen).unwrap();
        recording.0.push(seen);
        if step.kind == StepKind::Done {
            let (result, transcript) = (session.result().unwrap().clone(), session.transcript().clone());
            return Shown { challenge, result, transcript, recording };
        }
        let now = step.action.map(|_| step.step);
        if now != asked {
            (asked, since_ms) = (now, time_ms);
        }
    }
}

impl Recording {
    /// Plays it to a session that does not know it, until it ends or frames run out.
    pub fn replay(&self, nonce: Nonce, settings: &Settings) -> (Vec<Action>, SessionResult) {
        let mut session = Session::new(nonce, settings.clone()).unwrap();
        for seen in &self.0 {
            if session.observe(seen).unwrap().kind == StepKind::Done {
                break;
            }
        }
        session.finish();
        (session.challenge().actions.clone(), session.result().unwrap().clone())
    }

    /// From the middle on the face is elsewhere.
    pub fn jump_in_the_middle(mut self) -> Self {
        let middle = self.0.len() / 2;
        for face in self.0[middle..].iter_mut().filter_map(|seen| seen.face.as_mut()) {
            let far = 1.2 * face.points[36].distance(face.points[45]);
            face.points.iter_mut().for_each(|p| p.x += far);
            face.rect.x += far;
        }
        self
    }

    /// The middle second comes a second time, bit by bit the same.
    pub fn frames_again(mut self) -> Self {
        let middle = self.0.len() / 2;
        let again: Vec<[u8; 32]> = self.0[middle - 10..middle].iter().map(|seen| seen.frame).collect();
        self.0[middle..].iter_mut().zip(again).for_each(|(seen, frame)| seen.frame = frame);
        self
    }

    /// A stretch with movement comes again and again, each time through a codec that leaves a little noise.
    pub fn looped_through_a_codec(&self, runner: &mut TestRunner) -> Self {
        let mut noise = Noise((0u64..1 << 40).new_tree(runner).unwrap().current() | 1);
        let stretch = &self.0[..self.0.len() * 45 / 100];
        let span_ms = stretch.last().unwrap().time_ms - stretch[0].time_ms + 66;
        let mut frames = Vec::new();
        for round in 0..4 {
            // Back and forth, so that there is no jump where it closes.
            for k in 0..2 * stretch.len() {
                let source = &stretch[if k < stretch.len() { k } else { 2 * stretch.len() - 1 - k }];
                let mut seen = source.clone();
                seen.time_ms = stretch[0].time_ms + 2 * round * span_ms + (k as u64 * span_ms / stretch.len() as u64);
                seen.frame = empty(seen.time_ms ^ 0x5555).frame;
                if let Some(face) = &mut seen.face {
                    let eye = face.points[36].distance(face.points[45]);
                    face.points.iter_mut().for_each(|p| p.x += 0.002 * eye * noise.draw());
                }
                frames.push(seen);
            }
        }
        Self(frames)
    }

    /// From the middle on it is another person, who stands just so.
    pub fn another_face_from_the_middle(mut self) -> Self {
        let (middle, mut noise) = (self.0.len() / 2, Noise(99));
        for face in self.0[middle..].iter_mut().filter_map(|seen| seen.face.as_mut()) {
            face.template = face.template.as_ref().map(|_| template(u64::MAX, &mut noise));
        }
        self
    }
}

/// A template of a person, as one frame gives it.
fn template(person: u64, noise: &mut Noise) -> Template {
    static CONTRACT: LazyLock<ContractId> = LazyLock::new(|| ContractId::from_bytes([5; 32]));
    let mut own = Noise(person.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let values: Vec<f32> = (0..64).map(|_| own.draw() + 0.4 * noise.draw()).collect();
    Template::new(*CONTRACT, &values).unwrap()
}

/// Numbers that look random: xorshift64*.
pub struct Noise(u64);

impl Noise {
    fn uniform(&mut self) -> f32 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 40) as f32 / (1u64 << 24) as f32
    }

    /// About normal: mean 0, deviation 1.
    fn draw(&mut self) -> f32 {
        (0..12).map(|_| self.uniform()).sum::<f32>() - 6.0
    }
}
