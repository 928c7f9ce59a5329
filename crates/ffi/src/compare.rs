//! Scores, thresholds and answers.

use facecert_core::verify::{Comparison, Outcome, Side, Verification, VerifyOptions, compare_by, verify};

use crate::boundary::boundary;
use crate::calibration::{facecert_calibration, fmr};
use crate::engine::facecert_engine;
use crate::frame::{facecert_frame, frame_in};
use crate::handle;
use crate::memory::{StructOut, Versioned};
use crate::status::{StatusInt, facecert_error};
use crate::template::facecert_template;

/// The answer's kind.
#[repr(i32)]
#[derive(Clone, Copy)]
pub enum facecert_outcome {
    /// The same person, at the false match rate asked for.
    FACECERT_MATCH = 1,
    /// Not shown to be the same person.
    FACECERT_NO_MATCH = 2,
    /// A photo does not allow an answer: reason and side say why.
    FACECERT_NOT_DECIDABLE = 3,
}

/// Which of two photos.
#[repr(i32)]
#[derive(Clone, Copy)]
pub enum facecert_side {
    /// Neither.
    FACECERT_SIDE_NONE = 0,
    /// The photo that is known to be the person.
    FACECERT_REFERENCE = 1,
    /// The photo in question.
    FACECERT_PROBE = 2,
}

/// A facecert_outcome as C passes it.
pub type OutcomeInt = i32;

/// A facecert_side as C passes it.
pub type SideInt = i32;

/// An answer, and what it rests on.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct facecert_comparison {
    /// Set by FACECERT_INIT.
    pub struct_size: u32,
    /// Match, no match or not decidable.
    pub outcome: OutcomeInt,
    /// Why there is no answer (facecert_reason_text), or 0.
    pub reason: i32,
    /// The photo that the reason is about.
    pub side: SideInt,
    /// Cosine, -1 to 1; 0 if not decidable. Not a percentage of anything.
    pub score: f32,
    /// A pair matches from this score on; 0 if not decidable.
    pub threshold: f32,
    /// 1: fewer than 30 false matches were seen when the threshold was set; else 0.
    pub extrapolated: u32,
    /// 0.
    pub reserved: u32,
    /// False matches in a billion comparisons of different people that the threshold stands for.
    pub fmr_per_billion: u64,
    /// Probability of the same person at the calibration's prior, 0 to 1; negative: not known.
    pub probability: f64,
}

// SAFETY: all fields are numbers.
unsafe impl Versioned for facecert_comparison {}

fn answered(comparison: &Comparison, fmr_per_billion: u64) -> facecert_comparison {
    facecert_comparison {
        outcome: outcome(comparison.outcome()),
        score: comparison.score,
        threshold: comparison.threshold,
        extrapolated: comparison.extrapolated.into(),
        probability: comparison.probability.unwrap_or(-1.0),
        ..not_decidable(fmr_per_billion)
    }
}

fn not_decidable(fmr_per_billion: u64) -> facecert_comparison {
    facecert_comparison {
        struct_size: 0,
        outcome: outcome(Outcome::NotDecidable),
        reason: 0,
        side: facecert_side::FACECERT_SIDE_NONE as i32,
        score: 0.0,
        threshold: 0.0,
        extrapolated: 0,
        reserved: 0,
        fmr_per_billion,
        probability: -1.0,
    }
}

fn outcome(outcome: Outcome) -> OutcomeInt {
    (match outcome {
        Outcome::Match => facecert_outcome::FACECERT_MATCH,
        Outcome::NoMatch => facecert_outcome::FACECERT_NO_MATCH,
        Outcome::NotDecidable => facecert_outcome::FACECERT_NOT_DECIDABLE,
    }) as i32
}

fn verified(verification: &Verification, fmr_per_billion: u64) -> facecert_comparison {
    if let Some(comparison) = &verification.comparison {
        return answered(comparison, fmr_per_billion);
    }
    let (side, reason) = match verification.reason {
        Some((Side::Reference, reason)) => (facecert_side::FACECERT_REFERENCE, reason.number()),
        Some((Side::Probe, reason)) => (facecert_side::FACECERT_PROBE, reason.number()),
        None => (facecert_side::FACECERT_SIDE_NONE, 0),
    };
    facecert_comparison { side: side as i32, reason: reason as i32, ..not_decidable(fmr_per_billion) }
}

/// Compares two templates of the calibration's contract.
/// fmr_per_billion: as facecert_calibration_threshold; 100,000 (1e-4) is usual. The order of a and b does not matter.
/// FACECERT_E_CONTRACT: a template of another contract; FACECERT_E_ARGUMENT: a rate outside the calibration.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_compare(
    calibration: *const facecert_calibration,
    a: *const facecert_template,
    b: *const facecert_template,
    fmr_per_billion: u64,
    out: *mut facecert_comparison,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (calibration, a, b, out) =
            unsafe { (handle::get(1, calibration)?, handle::get(2, a)?, handle::get(3, b)?, StructOut::new(5, out)?) };
        let comparison = compare_by(&calibration, &a, &b, fmr(fmr_per_billion))?;
        out.write(&answered(&comparison, fmr_per_billion));
        Ok(())
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}

/// Are two photos of the same person? Detects, chooses the main face of each, embeds and compares.
/// Scores are read by the calibration of the engine's pack.
/// fmr_per_billion: as facecert_calibration_threshold; 100,000 (1e-4) is usual.
/// Statuses as facecert_detect, facecert_embed and facecert_compare; FACECERT_E_CALIBRATION: the pack has none.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_verify(
    engine: *const facecert_engine,
    reference: *const facecert_frame,
    probe: *const facecert_frame,
    fmr_per_billion: u64,
    out: *mut facecert_comparison,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (engine, reference, probe, out) =
            unsafe { (handle::get(1, engine)?, frame_in(2, reference)?, frame_in(3, probe)?, StructOut::new(5, out)?) };
        let options = VerifyOptions { fmr: fmr(fmr_per_billion), ..VerifyOptions::default() };
        let verification = verify(&engine, &reference.to_rgb(), &probe.to_rgb(), &options)?;
        out.write(&verified(&verification, fmr_per_billion));
        Ok(())
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}
