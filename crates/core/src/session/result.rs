//! What came of a session: verdicts and reasons.

use serde::Serialize;

use super::nonce::Consumption;
use crate::liveness::Verdict;
use crate::reason::{Audience, Reason};

/// How liveness was challenged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ChallengeKind {
    /// The person was asked to do something.
    Active,
    /// The person was only looked at.
    Passive,
}

/// What came of a session.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SessionResult {
    /// Everything asked was done by one living face, and a good frame was kept. Liveness may be `not_run`.
    pub passed: bool,
    /// Liveness, from the scores and from how the face moved.
    pub liveness: Verdict,
    /// How it was challenged.
    pub challenge: ChallengeKind,
    /// How many challenges this one was drawn from.
    pub challenge_count: u32,
    /// The kept frame meets the quality profile; `None`: no frame was kept.
    pub quality: Option<bool>,
    /// The one to tell the person.
    pub reason: Reason,
    /// All, ascending by number.
    pub reasons: Vec<Reason>,
    /// Times the face was away.
    pub interruptions: u32,
    /// Frames seen.
    pub frames: usize,
}

impl SessionResult {
    /// Adds what became of the nonce: one that was not good ends it all.
    pub fn spend(&mut self, consumption: Consumption) {
        if let Some(reason) = consumption.reason() {
            self.passed = false;
            self.reason = Reason::AnotherWay;
            self.reasons.extend([Reason::AnotherWay, reason]);
            self.reasons.sort_unstable();
            self.reasons.dedup();
        }
    }
}

/// What a session or a check of its package comes to: liveness, the reason for the person, all reasons by number.
///
/// A cue of motion or identity makes it a spoof whatever the scores say; an unfinished challenge leaves open what they say of
/// living people. Whoever is refused for such a cue hears neutral advice only.
pub(super) fn conclude(reasons: &[Reason], scored: Verdict, active: bool) -> (Verdict, Reason, Vec<Reason>) {
    let mut all = reasons.to_vec();
    match scored {
        Verdict::Spoof => all.push(Reason::LivenessSpoof),
        Verdict::Uncertain if reasons.is_empty() => all.push(Reason::LivenessUncertain),
        Verdict::NotRun => all.push(Reason::LivenessNotRun),
        _ => {}
    }
    let audience = |r: &Reason| r.entry().map(|e| e.audience);
    if all.iter().any(|r| audience(r) == Some(Audience::Audit)) {
        all.insert(0, Reason::AnotherWay);
    }
    let reason = all.iter().find(|r| audience(r) == Some(Audience::Subject)).copied().unwrap_or(Reason::SessionDone);
    let liveness = match scored {
        _ if reasons.iter().any(|r| is_cue(*r)) => Verdict::Spoof,
        Verdict::Live if active && !reasons.is_empty() => Verdict::Uncertain,
        other => other,
    };
    all.sort_unstable();
    all.dedup();
    (liveness, reason, all)
}

/// Whether a reason is what motion, identity or a package betrayed.
fn is_cue(reason: Reason) -> bool {
    use Reason::{Cut, FaceChanged, MovedStill, PackageMismatch, RepeatedFrames, StillPicture};
    matches!(reason, StillPicture | MovedStill | Cut | RepeatedFrames | FaceChanged | PackageMismatch)
}
