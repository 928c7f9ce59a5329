//! The face path: own evidence against the policy.

use super::{Context, Verdict};
use crate::event::Consent;
use crate::evidence::{
    CaptureIntegrity, Challenge, FaceEvidence, MatchVerdict, NonceCheck, PackGrade, PadVerdict, QualityVerdict,
};
use crate::reason::{Reason, Reasons, Severity};
use crate::scheme::{ConsentBasis, PassiveOnly};
use crate::value::Day;
use crate::vocabulary::Method;

pub(super) fn judge(context: &Context<'_>) -> Verdict {
    let captured_on =
        context.case.face_evidence.as_ref().map_or(context.case.at.day(), |e| context.date_of(e.captured_at));
    let mut reasons = Reasons::new();
    if context.case.face_declined {
        reasons.insert(Reason::FACE_DECLINED);
    } else {
        match &context.case.face_evidence {
            Some(evidence) => {
                reasons.extend(consent(context, captured_on));
                judge_evidence(context, evidence, captured_on, &mut reasons);
            }
            None => {
                reasons.insert(Reason::FACE_LIVENESS_MISSING);
            }
        }
    }
    // A case that people look at turns a face alone into a referral; other paths still count.
    let cases = context.person.cases.iter().filter_map(|case| case.reason(context.scheme));
    reasons.extend(cases.filter(|reason| reason.severity() == Severity::Refer));
    let approved = context.review(false, &mut reasons);
    Verdict::new(Method::Face, reasons, captured_on, approved, Reason::FACE_PASS)
}

fn consent(context: &Context<'_>, day: Day) -> Option<Reason> {
    let child = context.person.is_under(context.scheme.face.guardian_under, day);
    let given = context.person.consents(Consent::FaceCapture, day, child);
    let needed = child || context.scheme.face.consent_basis == ConsentBasis::SeparateConsent;
    let missing = if child { Reason::GUARDIAN_CONSENT_MISSING } else { Reason::FACE_DECLINED };
    (needed && !given).then_some(missing)
}

fn judge_evidence(context: &Context<'_>, evidence: &FaceEvidence, captured_on: Day, reasons: &mut Reasons) {
    let rules = &context.scheme.face;
    let quality_failed = evidence.quality == QualityVerdict::Fail;
    reasons.extend(match evidence.match_verdict {
        MatchVerdict::Match => None,
        MatchVerdict::NoMatch => Some(Reason::FACE_NO_MATCH),
        MatchVerdict::NotDecidable => Some(Reason::FACE_UNCERTAIN),
        MatchVerdict::NotRun => (!quality_failed).then_some(Reason::FACE_NO_REFERENCE),
    });
    let loosest = rules.max_fmr_per_billion.unsigned_abs();
    reasons.extend(evidence.fmr_per_billion.filter(|fmr| *fmr > loosest).map(|_| Reason::FACE_THRESHOLD_LOOSE));
    reasons.extend(match evidence.pad {
        PadVerdict::Live => None,
        PadVerdict::Spoof => Some(Reason::FACE_NOT_LIVE),
        PadVerdict::Uncertain => Some(Reason::FACE_UNCERTAIN),
        PadVerdict::NotRun => Some(Reason::FACE_LIVENESS_MISSING),
    });
    if evidence.challenge != Challenge::Active {
        reasons.extend(match rules.passive_only {
            PassiveOnly::Accept => None,
            PassiveOnly::Review => Some(Reason::FACE_PASSIVE_ONLY),
            PassiveOnly::Refuse => Some(Reason::FACE_LIVENESS_MISSING),
        });
    }
    reasons.extend(quality_failed.then_some(Reason::FACE_QUALITY));
    if !is_accepted(context, evidence) {
        reasons.insert(if context.scheme.pilot { Reason::PILOT_RECORD } else { Reason::FACE_EVALUATION_GRADE });
    }
    let days_on_the_way = context.case.at.day().days_since(captured_on);
    if !(-1..=context.scheme.certified_on.offline_max_days).contains(&days_on_the_way) {
        reasons.insert(Reason::FACE_EVIDENCE_LATE);
    }
    reasons.extend(reference(context, evidence, captured_on));
    let unknown =
        evidence.capture_integrity == CaptureIntegrity::NotRun || evidence.nonce_check == NonceCheck::NotChecked;
    if evidence.capture_integrity == CaptureIntegrity::Failed || (unknown && context.rule.integrity_review) {
        reasons.insert(Reason::FACE_INTEGRITY_UNKNOWN);
    }
    if evidence.nonce_check == NonceCheck::Failed {
        reasons.insert(Reason::FACE_NONCE_FAILED);
    }
}

/// The engine says so, and the policy names the pack, by its whole id or its digest.
fn is_accepted(context: &Context<'_>, evidence: &FaceEvidence) -> bool {
    let digest = evidence.pack_id.split_once('@').map(|(_, digest)| digest);
    evidence.pack_grade == PackGrade::Accepted
        && context
            .scheme
            .face
            .accepted_packs
            .iter()
            .any(|pack| *pack == evidence.pack_id || Some(pack.as_str()) == digest)
}

fn reference(context: &Context<'_>, evidence: &FaceEvidence, captured_on: Day) -> Option<Reason> {
    let rules = &context.scheme.face;
    let listed = evidence.reference_source.is_some_and(|source| context.rule.references.contains(&source));
    let minor = context.person.is_under(super::ADULT_YEARS, captured_on);
    let fresh_for_minor =
        evidence.reference_date.is_some_and(|date| captured_on <= date.add_months(rules.reference_minor_max_months));
    let old =
        evidence.reference_date.is_some_and(|date| captured_on > date.add_months(12 * rules.reference_warn_years));
    if !listed || (minor && !fresh_for_minor) {
        Some(Reason::FACE_NO_REFERENCE)
    } else {
        old.then_some(Reason::FACE_REFERENCE_OLD)
    }
}
