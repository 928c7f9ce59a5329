//! Checks that apply to every path: person, channel, residence, outlet, documents, guardian.

use super::{ADULT_YEARS, Context};
use crate::reason::{Reason, Reasons};
use crate::scheme::Fit;
use crate::submission::{Proxy, ShownDocument};
use crate::value::Day;
use crate::vocabulary::{Channel, Document, Role, Who};

impl Context<'_> {
    /// Reasons of the general checks; `certified_on` decides residence.
    pub(super) fn general(&self, certified_on: Day) -> Reasons {
        let mut reasons = Reasons::new();
        if self.person.entries.is_empty() {
            let elsewhere = self.case.county.is_some_and(|county| county != self.scheme.county);
            reasons.insert(if elsewhere { Reason::NOT_THIS_COUNTY } else { Reason::NOT_IN_ROSTER });
        } else if let Some(named) = &self.case.entitlement {
            let known = self.person.entries.iter().any(|entry| entry.entitlement == *named);
            reasons.extend((!known).then_some(Reason::NOT_IN_ROSTER));
        }
        if self.is_listed {
            reasons.extend(self.residence(certified_on));
            reasons.extend(self.documents());
        } else {
            reasons.insert(Reason::CHANNEL_CLOSED);
        }
        reasons.extend(self.outlet());
        reasons.extend(self.guardian());
        reasons
    }

    fn residence(&self, certified_on: Day) -> Option<Reason> {
        let outside = self.scheme.is_outside(self.person.residence(certified_on));
        if self.rule.is_for(outside) {
            return None;
        }
        match self.scheme.channel_residence.own {
            Fit::AcceptAndNote => Some(Reason::RESIDENCE_MISMATCH),
            Fit::Strict if self.rule.who.contains(&Who::Mainland) => Some(Reason::CHANNEL_NOT_ABROAD),
            Fit::Strict => Some(Reason::CHANNEL_ABROAD_ONLY),
        }
    }

    fn outlet(&self) -> Option<Reason> {
        let outlets = self.scheme.outlets.as_ref().filter(|outlets| !outlets.is_empty())?;
        let id = self.case.outlet_id.as_ref()?;
        let open = outlets.get(id).is_some_and(|outlet| outlet.is_open(self.case.at.day()));
        (!open).then_some(Reason::OUTLET_NOT_OPEN)
    }

    fn guardian(&self) -> Option<Reason> {
        let asks = !self.is_assisted() && self.case.channel != Channel::DataMatch;
        let minor = asks && self.person.is_under(ADULT_YEARS, self.case.at.day());
        let signed = self.case.form.as_ref().is_some_and(|form| form.proxy == Some(Proxy::Guardian));
        (minor && !self.case.guardian_present && !signed).then_some(Reason::MINOR_NEEDS_GUARDIAN)
    }

    /// One good document is enough; without one the codes of all are given.
    fn documents(&self) -> Reasons {
        let visit_only =
            self.case.visit.is_some() && self.case.attestations.is_empty() && self.case.face_evidence.is_none();
        let vouched = self.case.channel == Channel::HomeVisit
            && self.case.attestations.iter().any(|attestation| attestation.role == Role::GridWorker);
        if self.rule.documents.is_empty() || self.case.channel.is_manual() || visit_only {
            return Reasons::new();
        }
        let judged = self.case.documents.iter().map(|document| self.document(document)).collect::<Vec<_>>();
        let good = judged.iter().filter(|codes| codes.iter().all(|code| *code == Reason::DOC_EXPIRED_RECENT));
        match good.min_by_key(|codes| codes.len()) {
            Some(good) => good.clone(),
            None if vouched => Reasons::new(),
            None if judged.is_empty() => Reasons::from([Reason::DOC_MISSING]),
            None => judged.into_iter().flatten().collect(),
        }
    }

    fn document(&self, document: &ShownDocument) -> Reasons {
        let today = self.case.at.day();
        let mut codes = Reasons::new();
        let too_old_for = |code: Document| {
            self.scheme.documents.under_18_only.contains(&code) && !self.person.is_under(ADULT_YEARS, today)
        };
        if !self.rule.documents.contains(&document.code) || too_old_for(document.code) {
            codes.insert(Reason::DOC_NOT_READABLE_HERE);
        }
        if self.rule.original && !document.original {
            codes.insert(Reason::DOC_NOT_ORIGINAL);
        }
        if !document.number_matches {
            codes.insert(Reason::DOC_OTHER_PERSON);
        }
        if let Some(expired) = document.expires_on.filter(|day| *day < today) {
            let recent = today <= expired.add_months(self.scheme.documents.expired_ok_months);
            codes.insert(if recent { Reason::DOC_EXPIRED_RECENT } else { Reason::DOC_MISSING });
        }
        codes
    }
}
