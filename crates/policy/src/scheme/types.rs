//! A policy, valid once it exists. Fields are named as in the file.

use std::collections::{BTreeMap, BTreeSet};

use super::calendar_file::Calendar;
use super::reader::Origin;
use super::units::{Outlet, Township, Village};
use crate::value::{Code, Day, Hex32, Ref};
use crate::vocabulary::{
    AskedBy, Channel, Document, Ground, Item, Kind, Path, ReferenceSource, Residence, Role, SignatureLine, Who, words,
};

/// The rules of one county.
#[derive(Clone, Debug)]
pub struct Scheme {
    /// Scheme id, on every decision and record.
    pub id: String,
    /// Version, raised with every change.
    pub version: i32,
    /// SHA-256 over the parsed rules and all named files.
    pub hash: Hex32,
    /// Number of the document.
    pub document: String,
    /// Title of the document.
    pub title: String,
    /// The paying county.
    pub county: Code<6>,
    /// First day of the scheme.
    pub effective_from: Day,
    /// Nobody is due earlier than that many days after the first day.
    pub floor_days: i32,
    /// Evidence of a pack that is not accepted certifies, and every record says so.
    pub pilot: bool,
    /// Telephone for complaints and advice.
    pub complaint_phone: String,
    /// Who signs a reminder.
    pub sms_sign: String,
    /// Core sentences of the document, by clause.
    pub sentences: BTreeMap<String, String>,
    /// The open question that each assumption `A-nn` answers for now.
    pub questions: BTreeMap<Ref, String>,
    /// Kinds that share a cycle.
    pub bundles: Vec<Bundle>,
    /// Lengths of cycles.
    pub cycles: Vec<Cycle>,
    /// How due dates are counted.
    pub cycle_rule: CycleRule,
    /// Working days.
    pub calendar: Calendar,
    /// Which date a pass bears.
    pub certified_on: CertifiedOn,
    /// When a stop is advised.
    pub suspension: Suspension,
    /// The doors.
    pub channels: BTreeMap<Channel, ChannelRule>,
    /// Residence rules of channels.
    pub channel_residence: ChannelResidence,
    /// Identity documents.
    pub documents: Documents,
    /// The reviewer differs from everybody who attested.
    pub staff_distinct: bool,
    /// Roles that close items.
    pub close_roles: BTreeMap<CloseItem, Vec<Role>>,
    /// Roles that review what is not an attestation or a form.
    pub other_review_roles: Vec<Role>,
    /// Grounds of a home visit.
    pub visit_grounds: Vec<Ground>,
    /// Who may ask for a home visit.
    pub visit_asked_by: Vec<AskedBy>,
    /// Which desk serves which kind.
    pub desk: BTreeMap<Kind, Role>,
    /// Face evidence.
    pub face: FaceRules,
    /// Search of one face among many.
    pub one_to_many: OneToMany,
    /// The manual route.
    pub manual: Manual,
    /// Days for which photos of forms are kept.
    pub photo_retention_days: i32,
    /// Years for which digests are kept.
    pub digest_retention_years: i32,
    /// Facts by which a benefit may be lost.
    pub facts: FactRules,
    /// Key figures.
    pub kpi: KpiRules,
    /// Reminders.
    pub reminder: ReminderRules,
    /// Deadlines of staff work, in working days.
    pub deadline: Deadlines,
    /// Townships.
    pub townships: Vec<Township>,
    /// Villages and communities; `None` until the county supplies them.
    pub villages: Option<BTreeMap<Code<12>, Village>>,
    /// Outlets, kiosks and windows; `None` until the county supplies them.
    pub outlets: Option<BTreeMap<Ref, Outlet>>,
}

impl Scheme {
    /// Whether residents of that class live outside the mainland.
    #[must_use]
    pub fn is_outside(&self, residence: Residence) -> bool {
        self.channel_residence.outside.contains(&residence)
    }

    /// Whether a channel is listed and open to a residence class.
    #[must_use]
    pub fn is_open(&self, channel: Channel, residence: Residence) -> bool {
        self.channels.get(&channel).is_some_and(|rule| rule.is_for(self.is_outside(residence)))
    }

    /// Working days of waiting for imported results of people with that residence: the largest of
    /// the apps open to them, 0 where none is.
    #[must_use]
    pub fn wait_days(&self, residence: Residence) -> i32 {
        let open =
            self.channels.iter().filter(|(channel, rule)| channel.is_app() && rule.is_for(self.is_outside(residence)));
        open.map(|(_, rule)| rule.wait_days).max().unwrap_or(0)
    }
}

/// Kinds that share a cycle, for a span of time.
#[derive(Clone, Debug)]
pub struct Bundle {
    /// Id; elements of one id are joined.
    pub id: String,
    /// The kinds.
    pub kinds: Vec<Kind>,
    /// First day, from the beginning if absent.
    pub from: Option<Day>,
    /// Last day, open if absent.
    pub until: Option<Day>,
    /// What it rests on.
    pub origin: Option<Origin>,
}

impl Bundle {
    /// Whether it holds a kind on a day.
    #[must_use]
    pub fn holds(&self, kind: Kind, day: Day) -> bool {
        self.kinds.contains(&kind)
            && self.from.is_none_or(|from| from <= day)
            && self.until.is_none_or(|until| day <= until)
    }
}

/// Length of a bundle's cycle from a day on.
#[derive(Clone, Debug)]
pub struct Cycle {
    /// The bundle.
    pub bundle: String,
    /// Months.
    pub months: i32,
    /// First day of the value.
    pub from: Day,
}

words! {
    /// What a cycle runs from.
    Mode: "rolling or anchored" {
        /// The last certification.
        Rolling = "rolling",
        /// A fixed rhythm.
        Anchored = "anchored",
    }
}

words! {
    /// Which day of the month a cycle ends on.
    DueRule: "exact or month_end" {
        /// The corresponding day.
        Exact = "exact",
        /// The last day of the month.
        MonthEnd = "month_end",
    }
}

words! {
    /// Where a day moves that is not a working day.
    Roll: "next_working_day, previous_working_day or none" {
        /// To the next working day.
        Next = "next_working_day",
        /// To the working day before.
        Previous = "previous_working_day",
        /// Nowhere.
        None = "none",
    }
}

words! {
    /// Which civil date an instant outside the mainland gives.
    OutsideDate: "earlier_of_local_and_policy_zone or policy_zone" {
        /// The earlier of the local date and the scheme's.
        Earlier = "earlier_of_local_and_policy_zone",
        /// The scheme's.
        PolicyZone = "policy_zone",
    }
}

/// How due dates are counted.
#[derive(Clone, Debug)]
pub struct CycleRule {
    /// Rolling or anchored.
    pub mode: Mode,
    /// Corresponding day or end of the month.
    pub due_rule: DueRule,
    /// Anchored: a pass that many days before a due date serves it.
    pub early_window_days: i32,
    /// Where a due date moves that is not a working day: next working day or nowhere.
    pub roll: Roll,
    /// Days before the due date on which it becomes near.
    pub due_soon_days: i32,
    /// Days after the due date that still count as on time.
    pub grace_days: i32,
    /// Date of an instant outside the mainland.
    pub outside_date: OutsideDate,
}

words! {
    /// Which date a pass of the manual route bears.
    ManualDate: "lodged_on, photo or reviewed_on" {
        /// Day of lodging.
        LodgedOn = "lodged_on",
        /// Day of the photo.
        Photo = "photo",
        /// Day of the review.
        ReviewedOn = "reviewed_on",
    }
}

words! {
    /// Which benefit lines of a person a pass serves.
    PassCovers: "all_entitlements or named_entitlement" {
        /// All of them.
        AllEntitlements = "all_entitlements",
        /// The one that it names; all, if it names none.
        NamedEntitlement = "named_entitlement",
    }
}

/// Which date a pass bears, and for what.
#[derive(Clone, Debug)]
pub struct CertifiedOn {
    /// Benefit lines that a pass serves.
    pub covers: PassCovers,
    /// Days after capture within which evidence may be uploaded without a review.
    pub offline_max_days: i32,
    /// The manual route.
    pub manual: ManualDate,
}

/// When a stop is advised.
#[derive(Clone, Debug)]
pub struct Suspension {
    /// Day of the month on which payroll closes.
    pub cutoff_day: i8,
    /// Months from the payroll month to the month of that day; negative.
    pub cutoff_month_offset: i32,
    /// Where the cut-off moves: previous working day or nowhere.
    pub cutoff_roll: Roll,
    /// Days for which a home visit holds a stop.
    pub visit_hold_days: i32,
    /// Days for which a form or another submission under review holds a stop.
    pub form_hold_days: i32,
    /// Days for which an appeal holds a stop.
    pub appeal_hold_days: i32,
    /// Days for which a referral by an open case holds a stop.
    pub referral_hold_days: i32,
    /// Advice without a recorded contact says so.
    pub warn_without_contact: bool,
}

/// One door.
#[derive(Clone, Debug)]
pub struct ChannelRule {
    /// Name in the document.
    pub name: String,
    /// For whom.
    pub who: Vec<Who>,
    /// Ways of proof.
    pub paths: Vec<Path>,
    /// Documents accepted.
    pub documents: Vec<Document>,
    /// Originals only.
    pub original: bool,
    /// Module of the platform for passes without a machine match.
    pub module: Option<String>,
    /// Agency codes begin with one of these.
    pub agency_prefix: Vec<Ref>,
    /// Agency codes begin with none of these.
    pub agency_prefix_not: Vec<Ref>,
    /// Data sources accepted.
    pub sources: Vec<Ref>,
    /// Days since issue within which a paper needs no review.
    pub max_days_since_issue: Option<i32>,
    /// Working days until its results are imported.
    pub wait_days: i32,
    /// Attesting staff; `None` if the channel is not in `[staff]`.
    pub attest_staff: Option<i32>,
    /// Reviewing staff, 0 or 1.
    pub review_staff: i32,
    /// Roles that may attest.
    pub attest_roles: Vec<Role>,
    /// Roles that may review.
    pub review_roles: Vec<Role>,
    /// Face references accepted.
    pub references: Vec<ReferenceSource>,
    /// Evidence without checked capture integrity goes to review.
    pub integrity_review: bool,
}

impl ChannelRule {
    /// A door that the scheme does not list: for everybody, with no way through.
    pub(crate) fn closed() -> Self {
        Self {
            name: String::new(),
            who: vec![Who::Any],
            paths: Vec::new(),
            documents: Vec::new(),
            original: false,
            module: None,
            agency_prefix: Vec::new(),
            agency_prefix_not: Vec::new(),
            sources: Vec::new(),
            max_days_since_issue: None,
            wait_days: 0,
            attest_staff: None,
            review_staff: 0,
            attest_roles: Vec::new(),
            review_roles: Vec::new(),
            references: Vec::new(),
            integrity_review: true,
        }
    }

    /// Whether it is for people on, or outside, the mainland.
    #[must_use]
    pub fn is_for(&self, outside: bool) -> bool {
        let class = if outside { Who::Outside } else { Who::Mainland };
        self.who.contains(&Who::Any) || self.who.contains(&class)
    }

    /// Whether it takes results of an agency: 6-12 digits that begin as they should.
    #[must_use]
    pub fn knows_agency(&self, agency: &Ref) -> bool {
        let code = agency.as_str();
        let begins = |prefixes: &[Ref]| prefixes.iter().any(|prefix| code.starts_with(prefix.as_str()));
        (6..=12).contains(&code.len())
            && code.bytes().all(|byte| byte.is_ascii_digit())
            && (self.agency_prefix.is_empty() || begins(&self.agency_prefix))
            && !begins(&self.agency_prefix_not)
    }

    /// Whether it has a way of proof without a face scan that the person can take.
    #[must_use]
    pub fn has_faceless_path(&self) -> bool {
        self.paths.iter().any(|path| matches!(path, Path::Attest | Path::Form | Path::Paper))
    }
}

words! {
    /// What becomes of a channel that does not fit the residence.
    Fit: "strict or accept_and_note" {
        /// Refused, with other doors.
        Strict = "strict",
        /// Accepted, and staff confirm the residence.
        AcceptAndNote = "accept_and_note",
    }
}

/// Residence rules of channels.
#[derive(Clone, Debug)]
pub struct ChannelResidence {
    /// Own evaluation.
    pub own: Fit,
    /// Results of the platform.
    pub platform: Fit,
    /// Classes outside the mainland.
    pub outside: BTreeSet<Residence>,
}

/// Identity documents.
#[derive(Clone, Debug)]
pub struct Documents {
    /// Accepted for people under 18 only.
    pub under_18_only: Vec<Document>,
    /// Months after expiry during which a document is accepted with a warning.
    pub expired_ok_months: i32,
}

words! {
    /// What may be closed by staff; `revoke` is the revocation of anything.
    CloseItem: "an item that staff close, or revoke" {
        /// Home visit.
        Visit = "visit",
        /// Identity.
        Identity = "identity",
        /// Reported death.
        CaseDeath = "case_death",
        /// Pass after a recorded death.
        LivingAfterDeath = "living_after_death",
        /// Other case.
        CaseOther = "case_other",
        /// Survivor's conditions.
        SurvivorCheck = "survivor_check",
        /// Over-payment.
        Overpayment = "overpayment",
        /// Appeal.
        Appeal = "appeal",
        /// Platform stopped without our advice.
        PlatformMismatch = "platform_mismatch",
        /// Revocation of anything.
        Revoke = "revoke",
    }
}

words! {
    /// What passive liveness is worth.
    PassiveOnly: "accept, review or refuse" {
        /// As good as active.
        Accept = "accept",
        /// A person reviews.
        Review = "review",
        /// Nothing.
        Refuse = "refuse",
    }
}

words! {
    /// Legal basis of own face capture.
    ConsentBasis: "separate_consent or statutory_duty" {
        /// Separate consent.
        SeparateConsent = "separate_consent",
        /// A statutory duty.
        StatutoryDuty = "statutory_duty",
    }
}

/// Face evidence.
#[derive(Clone, Debug)]
pub struct FaceRules {
    /// Packs that the operator has accepted: whole id, or its digest part.
    pub accepted_packs: Vec<String>,
    /// Loosest threshold, false matches per thousand million.
    pub max_fmr_per_billion: i32,
    /// Passive liveness.
    pub passive_only: PassiveOnly,
    /// Years from which a reference is old.
    pub reference_warn_years: i32,
    /// Months after which a minor's reference counts as none.
    pub reference_minor_max_months: i32,
    /// Failed attempts after which help is offered.
    pub attempts: i32,
    /// Days in which they are counted.
    pub attempts_within_days: i32,
    /// Legal basis.
    pub consent_basis: ConsentBasis,
    /// Age below which the guardian consents.
    pub guardian_under: i32,
}

/// Search of one face among many.
#[derive(Clone, Debug)]
pub struct OneToMany {
    /// Switched on.
    pub enabled: bool,
    /// Faces stored.
    pub stored_faces: i32,
}

words! {
    /// Reading of the manual route's precondition.
    Reading: "either or both" {
        /// One of the two facts.
        Either = "either",
        /// Both facts.
        Both = "both",
    }
}

words! {
    /// Which month a newspaper must be of.
    PressMonth: "photo or lodging" {
        /// That of the photo.
        Photo = "photo",
        /// That of lodging.
        Lodging = "lodging",
    }
}

words! {
    /// A year that may stand on the form.
    FormYear: "lodging or due" {
        /// Year of lodging.
        Lodging = "lodging",
        /// Year of the due date.
        Due = "due",
    }
}

/// The manual route.
#[derive(Clone, Debug)]
pub struct Manual {
    /// Reading of the precondition.
    pub reading: Reading,
    /// Days before lodging within which a failed kiosk counts.
    pub kiosk_failed_within_days: i32,
    /// Text of the form.
    pub form_text: String,
    /// SHA-256 of that text's bytes.
    pub form_sha256: Hex32,
    /// Signature lines.
    pub signatures: Vec<SignatureLine>,
    /// Days before lodging within which the form is dated.
    pub form_max_days: i32,
    /// Years that may stand on the form.
    pub form_years: Vec<FormYear>,
    /// Days before lodging within which the photo is taken.
    pub photo_max_days: i32,
    /// A newspaper's day proves an undated photo.
    pub lower_bound_from_press: bool,
    /// Month of the newspaper.
    pub press_month: PressMonth,
}

/// Facts by which a benefit may be lost.
#[derive(Clone, Debug)]
pub struct FactRules {
    /// Classes of a sentence that stop.
    pub stopping: Vec<Ref>,
    /// Classes that do not.
    pub not_stopping: Vec<Ref>,
    /// Classes for which a person decides.
    pub person_decides: Vec<Ref>,
    /// After release nobody is due earlier than that many days.
    pub release_floor_days: i32,
    /// Kinds that do not go together.
    pub incompatible: Vec<(Kind, Kind)>,
    /// One kind twice is a duplicate.
    pub same_kind_twice: bool,
    /// Further kinds of facts.
    pub other: Vec<Ref>,
    /// Days before a survivor's end on which a check opens.
    pub eligible_until_notice_days: i32,
    /// Staff needed to confirm a case.
    pub confirmed_staff: i32,
}

words! {
    /// What the headline rate counts.
    K1: "coverage or closed_cycles" {
        /// Valid over liable entitlements.
        Coverage = "coverage",
        /// Cycles closed in time.
        ClosedCycles = "closed_cycles",
    }
}

/// Key figures.
#[derive(Clone, Debug)]
pub struct KpiRules {
    /// Target of the headline rate, per cent.
    pub target_percent: i32,
    /// What the headline rate counts.
    pub k1: K1,
    /// Figures below this are masked in the public form.
    pub mask_k: i32,
}

/// Reminders.
#[derive(Clone, Debug, Default)]
pub struct ReminderRules {
    /// Days against the due date.
    pub steps: Vec<i32>,
    /// Working days before the cut-off for the last call.
    pub last_call_working_days: i32,
    /// Days between reminders after a suspension.
    pub after_suspension_every_days: i32,
    /// How many of them.
    pub after_suspension_times: i32,
    /// First step that goes to a relative too.
    pub contact_from_step: i32,
    /// Days before the first payment on which people about to retire are told.
    pub pre_retirement_days: i32,
}

/// Deadlines of staff work, in working days.
#[derive(Clone, Debug)]
pub struct Deadlines {
    /// By item.
    pub items: BTreeMap<Item, i32>,
    /// A record that the platform rejected.
    pub export_rejected: i32,
    /// A record that the platform did not acknowledge.
    pub export_unacknowledged: i32,
    /// An item this near to a payroll cut-off comes first.
    pub priority_days_before_cutoff: i32,
}
