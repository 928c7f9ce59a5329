//! The event that a decision leaves behind.

use super::{Context, Decision, Outcome, Verdict};
use crate::canonical::canonical;
use crate::error::Error;
use crate::event::{
    AssistGiven, Event, FailedOutcome, FormLodged, Need, PassRecorded, Payload, Source, SubmissionFailed,
    SubmissionLodged, VisitRequested,
};
use crate::manual::signer;
use crate::reason::Reason;
use crate::value::{Day, Digest, Hex32, Ref};
use crate::vocabulary::{Method, SignatureLine};

impl Context<'_> {
    /// What the caller appends to the events; it carries the digest of the decision without itself.
    pub(super) fn record(
        &self,
        decision: &Decision,
        verdict: Option<&Verdict>,
        attempt: bool,
        assisted: bool,
    ) -> Result<Event, Error> {
        let digest = Digest::Sha256(Hex32::sha256(canonical(decision)?.as_bytes()));
        let at = self.case.at.day();
        let method = verdict.map_or(Method::Staff, |verdict| verdict.method);
        let certified_on = verdict.map_or(at, |verdict| verdict.certified_on);
        let visit = self.visit_requested().filter(|_| decision.outcome != Outcome::Certified);
        let (effective, payload) = match (decision.outcome, visit) {
            (_, Some(visit)) => (at, visit.into()),
            (_, None) if assisted => match self.assist(decision, method, digest)? {
                Some(assist) => (certified_on, assist.into()),
                None => (at, self.failed(decision, attempt, digest).into()),
            },
            (Outcome::Certified, _) => (certified_on, self.pass(decision, method, digest)?.into()),
            (Outcome::Pending, _) => match self.form_lodged(decision, digest) {
                Some(form) => (at, form.into()),
                None => (at, self.lodged(decision, method, certified_on, digest)?.into()),
            },
            _ => (at, self.failed(decision, attempt, digest).into()),
        };
        let payload: Payload = payload;
        Event::new(effective, self.decider.now, Source::Decide, payload)
    }

    fn staff(&self) -> Vec<Ref> {
        self.hands().cloned().collect()
    }

    /// Digest of what the pass rests on.
    fn evidence_digest(&self, method: Method) -> Result<Option<Digest>, Error> {
        Ok(match method {
            Method::Face => self.case.face_evidence.as_ref().map(|evidence| evidence.evidence_digest),
            Method::Form => self.case.photo.as_ref().map(|photo| photo.digest),
            Method::Paper => self.case.paper.as_ref().map(|paper| paper.digest),
            Method::Staff => {
                let attestations = canonical(&self.case.attestations)?;
                Some(Digest::Sha256(Hex32::sha256(attestations.as_bytes())))
            }
            Method::Data | Method::Agency => None,
        })
    }

    fn pass(&self, decision: &Decision, method: Method, digest: Digest) -> Result<PassRecorded, Error> {
        Ok(PassRecorded {
            person_ref: self.case.person_ref.clone(),
            entitlement: self.case.entitlement.clone(),
            channel: self.case.channel,
            method,
            at: self.case.at,
            staff: self.staff(),
            reasons: decision.reasons.clone(),
            pilot: decision.pilot,
            decided_at: Some(self.decider.now),
            reviewer: self.case.review.as_ref().map(|review| review.staff.clone()),
            agency: self.case.agency.clone(),
            data_source: self.case.data.as_ref().map(|data| data.source.clone()),
            evidence_digest: self.evidence_digest(method)?,
            decision_digest: Some(digest),
            of: self.case.lodged,
            row: None,
            remote_id: None,
            name_match: None,
        })
    }

    fn assist(&self, decision: &Decision, method: Method, digest: Digest) -> Result<Option<AssistGiven>, Error> {
        let (Some(id_match), Some(county)) = (self.case.id_match, self.case.county) else { return Ok(None) };
        Ok(Some(AssistGiven {
            person_ref: self.case.person_ref.clone(),
            id_match,
            county,
            channel: self.case.channel,
            method,
            at: self.case.at,
            decided_at: self.decider.now,
            staff: self.staff(),
            reasons: decision.reasons.clone(),
            decision_digest: digest,
            pilot: decision.pilot,
            kind: None,
            reviewer: self.case.review.as_ref().map(|review| review.staff.clone()),
            evidence_digest: self.evidence_digest(method)?,
        }))
    }

    fn lodged(
        &self,
        decision: &Decision,
        method: Method,
        certified_on: Day,
        digest: Digest,
    ) -> Result<SubmissionLodged, Error> {
        Ok(SubmissionLodged {
            person_ref: self.case.person_ref.clone(),
            channel: self.case.channel,
            at: self.case.at,
            certified_on,
            method,
            need: match method {
                Method::Staff | Method::Form => Need::Attestation,
                Method::Face => Need::Evidence,
                Method::Paper => Need::Paper,
                Method::Agency => Need::Agency,
                Method::Data => Need::Source,
            },
            staff: self.staff(),
            reasons: decision.reasons.clone(),
            evidence_digest: self.evidence_digest(method)?,
            decision_digest: Some(digest),
            agency: self.case.agency.clone(),
            data_source: self.case.data.as_ref().map(|data| data.source.clone()),
            row: None,
        })
    }

    fn form_lodged(&self, decision: &Decision, digest: Digest) -> Option<FormLodged> {
        let (form, photo) = (self.case.form.as_ref()?, self.case.photo.as_ref()?);
        Some(FormLodged {
            person_ref: self.case.person_ref.clone(),
            channel: self.case.channel,
            at: self.case.at,
            year: form.year,
            photo_digest: photo.digest,
            grid_worker: signer(form, SignatureLine::GridWorker)?.clone(),
            head: signer(form, SignatureLine::Head)?.clone(),
            staff: self.case.attestations.iter().map(|attestation| attestation.staff.clone()).collect(),
            cannot_visit: form.cannot_visit,
            kiosk_failed_noted: form.kiosk_failed_noted,
            reasons: decision.reasons.clone(),
            decision_digest: digest,
        })
    }

    fn visit_requested(&self) -> Option<VisitRequested> {
        let visit = self.case.visit.as_ref()?;
        Some(VisitRequested {
            person_ref: self.case.person_ref.clone(),
            ground: visit.ground,
            asked_by: visit.asked_by,
            ground_query: visit.ground_query.clone(),
        })
    }

    fn failed(&self, decision: &Decision, attempt: bool, digest: Digest) -> SubmissionFailed {
        let open = self.person.cases.iter().filter(|case| case.is_open()).map(|case| case.key.clone());
        let by_case = decision.outcome == Outcome::Referred && decision.reasons.iter().copied().any(is_case);
        SubmissionFailed {
            person_ref: self.case.person_ref.clone(),
            channel: self.case.channel,
            at: self.case.at,
            outcome: match decision.outcome {
                Outcome::Referred => FailedOutcome::Referred,
                Outcome::NotApplicable => FailedOutcome::NotApplicable,
                Outcome::Incomplete => FailedOutcome::Incomplete,
                Outcome::NotPassed | Outcome::Pending | Outcome::Certified => FailedOutcome::NotPassed,
            },
            reasons: decision.reasons.clone(),
            attempt,
            photo_digest: self.case.photo.as_ref().map(|photo| photo.digest),
            cases: by_case.then(|| open.collect()).filter(|cases: &std::collections::BTreeSet<_>| !cases.is_empty()),
            decision_digest: Some(digest),
            row: None,
        }
    }
}

fn is_case(reason: Reason) -> bool {
    (Reason::DEATH_REPORTED..=Reason::OTHER_FACT_REPORTED).contains(&reason)
}
