//! Decisions: a submission, the person's events and the policy give an outcome. Deciding writes
//! nothing; the caller appends the event that comes with the decision.

mod face;
mod general;
mod other;
mod record;

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::canonical::canonical;
use crate::error::Error;
use crate::event::{Event, Payload, ReviewResult};
use crate::log::Log;
use crate::manual;
use crate::reason::{Reason, Reasons, Severity};
use crate::scheme::{ChannelRule, OutsideDate, Scheme};
use crate::status::{LineStatus, Person, Status};
use crate::submission::Submission;
use crate::value::{Day, Digest, Hex32, Instant, Ref};
use crate::vocabulary::{Channel, Method, Path, SignatureLine, words};

/// Age from which nobody needs a guardian.
pub(crate) const ADULT_YEARS: i32 = 18;

words! {
    /// Outcome of a submission, mildest first.
    Outcome: "an outcome" {
        /// 认证通过
        Certified = "Certified",
        /// 待审核
        Pending = "Pending",
        /// 本次未通过
        NotPassed = "NotPassed",
        /// 待补正
        Incomplete = "Incomplete",
        /// 无需认证
        NotApplicable = "NotApplicable",
        /// 转人工
        Referred = "Referred",
    }
}

impl From<Severity> for Outcome {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Info | Severity::Warn => Self::Certified,
            Severity::Review => Self::Pending,
            Severity::Fail => Self::NotPassed,
            Severity::Missing => Self::Incomplete,
            Severity::Stop => Self::NotApplicable,
            Severity::Refer => Self::Referred,
        }
    }
}

/// What a decision means for one entitlement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DecisionLine {
    /// The benefit line.
    pub entitlement: Ref,
    /// Outcome.
    pub outcome: Outcome,
    /// Next due date.
    pub next_due: Option<Day>,
}

/// A decision. It holds no name, number, phone or image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Decision {
    /// The worst of the lines that apply.
    pub outcome: Outcome,
    /// One line per entitlement.
    pub lines: Vec<DecisionLine>,
    /// The date that the pass bears; none unless certified.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certified_on: Option<Day>,
    /// Why, ascending.
    pub reasons: Reasons,
    /// Doors to go to, in order; none if certified.
    pub doors: Vec<Channel>,
    /// Scheme.
    pub policy_id: String,
    /// Version of the scheme.
    pub policy_version: i32,
    /// SHA-256 of the rules.
    pub policy_hash: Hex32,
    /// SHA-256 over the case, the ids of the known events and `now`.
    pub input_digest: Hex32,
    /// Made in a pilot run.
    pub pilot: bool,
    /// The event that the caller appends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<Event>,
}

impl Decision {
    /// Certified, and so for every line that applies.
    #[must_use]
    pub fn is_certified(&self) -> bool {
        self.outcome == Outcome::Certified
    }
}

/// Decides submissions about one set of events.
pub struct Decider<'a> {
    scheme: &'a Scheme,
    log: Log<'a>,
    now: Instant,
    events_digest: Hex32,
    stories: BTreeMap<Ref, Vec<&'a Event>>,
    photos: BTreeMap<Digest, Vec<&'a Event>>,
}

impl<'a> Decider<'a> {
    /// Makes ready to decide at `now`. Forms need the county's events, not one person's, since a
    /// photo may have been used by somebody else.
    #[must_use]
    pub fn new(scheme: &'a Scheme, events: &'a [Event], now: Instant) -> Self {
        let log = Log::new(events, now);
        let ids = log.events.iter().map(|event| event.event_id).collect::<BTreeSet<_>>();
        let mut digest = Sha256::new();
        for id in &ids {
            digest.update(id.as_bytes());
        }
        let events_digest = Hex32::from(<[u8; 32]>::from(digest.finalize()));
        let stories = log.people().map(|(person, story)| (person.clone(), story.to_vec())).collect();
        let mut photos: BTreeMap<Digest, Vec<&Event>> = BTreeMap::new();
        for event in &log.events {
            if let Some((digest, ..)) = photo_of(event) {
                photos.entry(digest).or_default().push(event);
            }
        }
        Self { scheme, log, now, events_digest, stories, photos }
    }

    /// Decides one submission.
    ///
    /// # Errors
    /// [`Error::NotCanonical`], which no submission gives.
    pub fn decide(&self, case: &Submission) -> Result<Decision, Error> {
        let story = self.stories.get(&case.person_ref).map_or(&[][..], Vec::as_slice);
        let person = Person::new(self.scheme, &self.log, &case.person_ref, story);
        let closed = ChannelRule::closed();
        let rule = self.scheme.channels.get(&case.channel);
        let context = Context {
            scheme: self.scheme,
            decider: self,
            case,
            is_listed: rule.is_some(),
            rule: rule.unwrap_or(&closed),
            person,
        };
        let mut digest = Sha256::new();
        digest.update(canonical(case)?);
        digest.update(self.events_digest.as_bytes());
        digest.update(self.now.to_string());
        context.decide(Hex32::from(<[u8; 32]>::from(digest.finalize())))
    }
}

/// A photo of the manual route: digest, person, day of lodging.
pub(crate) fn photo_of(event: &Event) -> Option<(Digest, &Ref, Day)> {
    match &event.payload {
        Payload::FormLodged(form) => Some((form.photo_digest, &form.person_ref, event.effective)),
        Payload::SubmissionFailed(failed) if failed.channel.is_manual() => {
            failed.photo_digest.map(|digest| (digest, &failed.person_ref, event.effective))
        }
        _ => None,
    }
}

/// Decides one submission about events, known at `now`.
///
/// # Errors
/// [`Error::NotCanonical`], which no submission gives.
pub fn decide(scheme: &Scheme, events: &[Event], case: &Submission, now: Instant) -> Result<Decision, Error> {
    Decider::new(scheme, events, now).decide(case)
}

/// Everything that a path is judged by.
pub(crate) struct Context<'a> {
    pub(crate) scheme: &'a Scheme,
    decider: &'a Decider<'a>,
    pub(crate) case: &'a Submission,
    is_listed: bool,
    pub(crate) rule: &'a ChannelRule,
    pub(crate) person: Person<'a>,
}

/// What one path gives.
pub(crate) struct Verdict {
    method: Method,
    reasons: Reasons,
    certified_on: Day,
    approved: bool,
}

impl Verdict {
    /// A path that has nothing against it adds the reason that says so.
    pub(crate) fn new(
        method: Method,
        mut reasons: Reasons,
        certified_on: Day,
        approved: bool,
        complete: Reason,
    ) -> Self {
        if weigh(&reasons, approved) <= Severity::Warn {
            reasons.insert(complete);
        }
        Self { method, reasons, certified_on, approved }
    }

    fn severity(&self) -> Severity {
        weigh(&self.reasons, self.approved)
    }
}

/// The worst severity; an approving review takes the review codes out of the weighing.
fn weigh(reasons: &Reasons, approved: bool) -> Severity {
    let severities = reasons.iter().map(|reason| reason.severity());
    severities.filter(|severity| !(approved && *severity == Severity::Review)).max().unwrap_or(Severity::Info)
}

impl Context<'_> {
    fn decide(&self, input_digest: Hex32) -> Result<Decision, Error> {
        let verdicts = self.judge_paths();
        let verdict = verdicts.iter().min_by_key(|verdict| verdict.severity());
        let certified_on = verdict.map_or(self.case.at.day(), |verdict| verdict.certified_on);
        let complete = verdict.is_some_and(|verdict| verdict.severity() <= Severity::Warn);
        let general = self.general(certified_on);
        let mut reasons = verdicts.iter().flat_map(|verdict| verdict.reasons.iter().copied()).collect::<Reasons>();
        let failed_face = verdicts.iter().any(|v| v.method == Method::Face && v.severity() == Severity::Fail);
        let attested = verdicts.iter().any(|v| v.method == Method::Staff && v.severity() <= Severity::Warn);
        reasons.extend((failed_face && attested).then_some(Reason::ATTESTED_AFTER_FACE_FAIL));
        reasons.extend((failed_face && self.is_many_attempts()).then_some(Reason::FACE_ATTEMPTS_MANY));
        reasons.extend(general.iter().copied());
        let path = verdict.map_or(Severity::Info, Verdict::severity);
        let submission = path.max(weigh(&general, false));

        let statuses = self.person.statuses(self.case.at.day());
        let may_serve = general.contains(&Reason::NOT_IN_ROSTER) || statuses.iter().any(|line| self.applies(line));
        reasons.extend(statuses.iter().filter(|line| inapplicable(line.status)).map(|line| line.status.reason()));
        let severity = if statuses.is_empty() || may_serve { submission } else { submission.max(Severity::Stop) };
        let outcome = Outcome::from(severity);
        let certified = outcome == Outcome::Certified;
        reasons.extend((complete && self.is_after_death(certified_on)).then_some(Reason::LIVING_PASS_AFTER_DEATH));
        let lines = self.lines(&statuses, outcome, certified_on, &mut reasons);
        if certified {
            reasons.insert(Reason::CERTIFIED);
        }
        let assisted = complete && general.contains(&Reason::NOT_THIS_COUNTY) && self.case.id_match.is_some();
        reasons.extend(assisted.then_some(Reason::ASSIST_GIVEN));
        let mut decision = Decision {
            outcome,
            lines,
            certified_on: certified.then_some(certified_on),
            doors: if certified { Vec::new() } else { self.doors(&reasons, certified_on, severity) },
            reasons,
            policy_id: self.scheme.id.clone(),
            policy_version: self.scheme.version,
            policy_hash: self.scheme.hash,
            input_digest,
            pilot: self.scheme.pilot,
            event: None,
        };
        decision.event = Some(self.record(&decision, verdict, failed_face, assisted)?);
        Ok(decision)
    }

    /// Every path with input, each with all its checks; without input the one that needs no face
    /// scan, as empty.
    fn judge_paths(&self) -> Vec<Verdict> {
        let case = self.case;
        if let Some(visit) = &case.visit
            && case.attestations.is_empty()
            && case.face_evidence.is_none()
        {
            return vec![other::judge_visit(self, visit.ground_query.is_some())];
        }
        let has_input = |path: &Path| match path {
            Path::Platform => false,
            Path::Face => case.face_evidence.is_some() || case.face_declined,
            Path::Attest => !case.attestations.is_empty(),
            Path::Form => case.form.is_some() || case.photo.is_some(),
            Path::Agency => case.agency.is_some(),
            Path::Data => case.data.is_some(),
            Path::Paper => case.paper.is_some(),
        };
        let paths = || self.rule.paths.iter().filter(|path| **path != Path::Platform);
        let mut judged = paths().filter(|path| has_input(path)).collect::<Vec<_>>();
        if judged.is_empty() {
            judged.extend(paths().find(|path| **path != Path::Face).or_else(|| paths().next()));
        }
        judged.into_iter().map(|path| self.judge(*path)).collect()
    }

    fn judge(&self, path: Path) -> Verdict {
        match path {
            Path::Platform | Path::Face => face::judge(self),
            Path::Attest => other::judge_attestation(self),
            Path::Form => manual::judge(self),
            Path::Agency => other::judge_agency(self),
            Path::Data => other::judge_data(self),
            Path::Paper => other::judge_paper(self),
        }
    }

    /// Adds what the review gives; true if a distinct reviewer whose role may has approved.
    pub(crate) fn review(&self, needed: bool, reasons: &mut Reasons) -> bool {
        let worst = weigh(reasons, false);
        let Some(review) = &self.case.review else {
            reasons.extend((needed && worst <= Severity::Review).then_some(Reason::REVIEW_PENDING));
            return false;
        };
        if !needed && worst != Severity::Review {
            return false;
        }
        let roles = if needed { &self.rule.review_roles } else { &self.scheme.other_review_roles };
        let allowed = roles.contains(&review.role);
        let distinct = !self.scheme.staff_distinct || !self.hands().any(|staff| *staff == review.staff);
        reasons.extend((!allowed).then_some(Reason::STAFF_ROLE_NOT_ALLOWED));
        reasons.extend((!distinct).then_some(Reason::REVIEWER_NOT_DISTINCT));
        reasons.extend(match review.result {
            ReviewResult::Approve => None,
            ReviewResult::Return => Some(Reason::REVIEW_RETURNED),
            ReviewResult::Refuse => Some(Reason::REVIEW_REFUSED),
            ReviewResult::Refer => Some(Reason::REVIEW_REFERRED),
        });
        allowed && distinct && review.result == ReviewResult::Approve
    }

    /// Staff through whose hands the submission went.
    fn hands(&self) -> impl Iterator<Item = &Ref> {
        let lines = [SignatureLine::GridWorker, SignatureLine::Head];
        let signers =
            self.case.form.iter().flat_map(move |form| lines.into_iter().filter_map(|line| manual::signer(form, line)));
        self.case.attestations.iter().map(|attestation| &attestation.staff).chain(signers)
    }

    /// The certification date of an instant: abroad the earlier of the local date and the scheme's.
    pub(crate) fn date_of(&self, instant: Instant) -> Day {
        let day = instant.day();
        let outside = self.scheme.is_outside(self.person.residence(day));
        if outside && self.scheme.cycle_rule.outside_date == OutsideDate::Earlier {
            day.min(instant.local_day())
        } else {
            day
        }
    }

    /// Due dates of the person's lines as they stand.
    pub(crate) fn due_days(&self) -> impl Iterator<Item = Day> {
        self.person.entries.iter().map(|entry| {
            let passes = self.person.pass_days_for(&entry.entitlement);
            self.person.due(entry, &passes).due
        })
    }

    /// The photo stands for another person, or for this person in another cycle.
    pub(crate) fn is_photo_used(&self, digest: &Digest) -> bool {
        let used = self.decider.photos.get(digest).map_or(&[][..], Vec::as_slice);
        used.iter().filter(|event| Some(event.event_id) != self.case.lodged).filter_map(|event| photo_of(event)).any(
            |(_, person, lodged_on)| {
                let cycle = |day: Day| self.person.pass_days.iter().filter(|pass| **pass < day).max();
                *person != self.case.person_ref || cycle(lodged_on) != cycle(self.case.at.day())
            },
        )
    }

    fn is_many_attempts(&self) -> bool {
        let today = self.case.at.day();
        let since = today.add_days(-self.scheme.face.attempts_within_days);
        let earlier = self.person.story.iter().filter(|event| match &event.payload {
            Payload::SubmissionFailed(failed) => failed.attempt && (since..=today).contains(&event.effective),
            _ => false,
        });
        earlier.count() + 1 >= self.scheme.face.attempts.unsigned_abs() as usize
    }

    fn is_after_death(&self, certified_on: Day) -> bool {
        self.person.cases.iter().any(|case| match &case.key {
            crate::event::CaseKey::Fact { fact: crate::event::Fact::Death, day, .. } => {
                certified_on > *day && (case.is_open() || case.death().is_some())
            }
            _ => false,
        })
    }

    /// Whether the submission can serve the line.
    fn applies(&self, line: &LineStatus) -> bool {
        !inapplicable(line.status) && self.scheme.names(self.case.entitlement.as_ref(), &line.entitlement)
    }

    fn lines(
        &self,
        statuses: &[LineStatus],
        outcome: Outcome,
        certified_on: Day,
        reasons: &mut Reasons,
    ) -> Vec<DecisionLine> {
        let certified = outcome == Outcome::Certified;
        let served = statuses.iter().filter(|line| self.applies(line)).count();
        reasons.extend((certified && served > 1).then_some(Reason::OTHER_ENTITLEMENT_COVERED));
        let lines = statuses.iter().zip(&self.person.entries).map(|(line, entry)| {
            let applies = self.applies(line);
            let mut passes = self.person.pass_days_for(&entry.entitlement);
            passes.extend((certified && applies).then_some(certified_on));
            let due = self.person.due(entry, &passes);
            if certified && applies {
                let late = certified_on > self.person.last_day_before(entry, certified_on);
                reasons.extend(late.then_some(Reason::CERTIFIED_LATE));
                reasons.extend(due.reasons);
            }
            DecisionLine {
                entitlement: line.entitlement.clone(),
                outcome: if applies { outcome } else { Outcome::NotApplicable },
                next_due: Some(due.due),
            }
        });
        lines.collect()
    }

    /// Doors of the reasons that stand in the way; the door that has just failed goes last.
    fn doors(&self, reasons: &Reasons, certified_on: Day, severity: Severity) -> Vec<Channel> {
        let failed = (severity == Severity::Fail).then_some(self.case.channel);
        let hindering = reasons.iter().copied().filter(|reason| reason.severity() >= Severity::Review).collect();
        self.scheme.doors_for(self.person.residence(certified_on), &hindering, failed)
    }
}

fn inapplicable(status: Status) -> bool {
    matches!(status, Status::NotStarted | Status::Ended | Status::StoppedByDecision)
}
