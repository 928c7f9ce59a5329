//! Passive liveness (presentation attack detection, ISO/IEC 30107-3): scores and verdicts.

use serde::{Deserialize, Serialize};

/// What can be said about liveness.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// A living person.
    Live,
    /// An artefact.
    Spoof,
    /// It cannot be told.
    Uncertain,
    /// Not checked.
    NotRun,
}

/// Between which scores nothing can be told; set by a BPCER target on training folds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thresholds {
    /// Scores from here on are of the living.
    pub live_from: f32,
    /// Scores below this are of artefacts; not above `live_from`.
    pub spoof_below: f32,
}

impl Thresholds {
    /// The verdict for a score: the logarithm of the odds of a living person.
    pub fn verdict(&self, live_log_odds: f32) -> Verdict {
        if live_log_odds >= self.live_from {
            Verdict::Live
        } else if live_log_odds < self.spoof_below {
            Verdict::Spoof
        } else {
            Verdict::Uncertain
        }
    }

    /// The verdict for several frames: that of their median score. Without any it cannot be told.
    pub fn median(&self, live_log_odds: &[f32]) -> Verdict {
        let mut scores = live_log_odds.to_vec();
        scores.sort_by(f32::total_cmp);
        scores.get(scores.len() / 2).map_or(Verdict::Uncertain, |median| self.verdict(*median))
    }
}
