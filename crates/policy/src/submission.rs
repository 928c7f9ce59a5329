//! A submission, as a case to decide. Its schema is committed.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::event::{Actor, ReviewResult};
use crate::evidence::FaceEvidence;
use crate::json;
use crate::reason::Reasons;
use crate::value::{Code, Day, Digest, Hex32, IdMatch, Instant, Month, Ref};
use crate::vocabulary::{AskedBy, Channel, Document, Ground, Role, SignatureLine, words};

/// A submission to decide. Consents come from the events.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Submission {
    /// The person; somebody not on the roster has the reference that `identify` gives.
    pub person_ref: Ref,
    /// The benefit line that it is made for; absent: none in particular.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entitlement: Option<Ref>,
    /// Keyed digest of the number, for an assist record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id_match: Option<IdMatch>,
    /// The paying county, as stated or looked up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub county: Option<Code<6>>,
    /// By which door.
    pub channel: Channel,
    /// When it was lodged or uploaded.
    pub at: Instant,
    /// The event by which it was lodged, when it is decided again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lodged: Option<Hex32>,
    /// At which outlet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outlet_id: Option<Ref>,
    /// A guardian is there.
    #[serde(default)]
    pub guardian_present: bool,
    /// Documents shown.
    #[serde(default)]
    pub documents: Vec<ShownDocument>,
    /// Face evidence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub face_evidence: Option<FaceEvidence>,
    /// The person does not want a face scan.
    #[serde(default)]
    pub face_declined: bool,
    /// What staff attest.
    #[serde(default)]
    pub attestations: Vec<Attestation>,
    /// Commitment form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<FormPaper>,
    /// Photo with document and newspaper.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub photo: Option<DatedPhoto>,
    /// Review.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<Review>,
    /// Home visit that is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visit: Option<VisitWish>,
    /// Assisting agency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agency: Option<Ref>,
    /// Consular paper.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paper: Option<ConsularPaper>,
    /// Data source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<DataHit>,
}

impl Submission {
    /// Reads a case. `file` and `line` (from 1) only name the place in an error.
    ///
    /// # Errors
    /// [`Error::Input`] with the field at fault.
    pub fn read(file: &str, line: usize, text: &str) -> Result<Self, Error> {
        json::read(text).map_err(|problem| problem.of_input(file, line))
    }
}

/// A document that was shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ShownDocument {
    /// Which.
    pub code: Document,
    /// An original, not a copy.
    pub original: bool,
    /// Last day; absent: none, or permanent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_on: Option<Day>,
    /// Its number is the person's.
    pub number_matches: bool,
}

words! {
    /// What staff attest.
    Statement: "a statement" {
        /// The person is there and is the person of the document.
        PresentInPerson = "present_in_person",
    }
}

/// An attestation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Attestation {
    /// Pseudonymous staff reference.
    pub staff: Ref,
    /// In which role.
    pub role: Role,
    /// What is attested.
    pub statement: Statement,
    /// When.
    pub at: Instant,
}

words! {
    /// A field of the commitment form.
    FormField: "a field of the form" {
        /// 申请人
        Applicant = "申请人",
        /// 证件号码
        IdNumber = "证件号码",
        /// 户籍（乡镇）
        Township = "乡镇",
        /// 户籍（村）
        Village = "村",
        /// 联系电话
        Phone = "联系电话",
        /// 原因
        Reason = "原因",
        /// 年度
        Year = "年度",
    }
}

words! {
    /// Who signed for the person.
    Proxy: "guardian or thumbprint" {
        /// The guardian.
        Guardian = "guardian",
        /// A thumbprint before two witnesses.
        Thumbprint = "thumbprint",
    }
}

/// A signature on the form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// Which line.
    pub line: SignatureLine,
    /// Staff reference; absent for 承诺人.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub staff: Option<Ref>,
}

/// The commitment form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FormPaper {
    /// Fields that are filled.
    pub filled: BTreeSet<FormField>,
    /// Year written on it.
    pub year: i16,
    /// 承诺日期
    pub signed_on: Day,
    /// Signatures.
    pub signatures: Vec<Signature>,
    /// Who signed for the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proxy: Option<Proxy>,
    /// The person cannot come.
    pub cannot_visit: bool,
    /// Staff note that the kiosk failed.
    pub kiosk_failed_noted: bool,
    /// SHA-256 of the form's wording.
    pub wording_sha256: Hex32,
}

/// Date printed on a newspaper or magazine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Press {
    /// A day.
    Day(Day),
    /// A month.
    Month(Month),
}

/// Photo with document and newspaper.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DatedPhoto {
    /// Digest of the file's bytes.
    pub digest: Digest,
    /// EXIF `DateTimeOriginal`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exif_on: Option<Day>,
    /// Day that the person states.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declared_on: Option<Day>,
    /// Date printed on the paper.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub press: Option<Press>,
    /// The person holds the document.
    pub document_held: bool,
    /// Staff doubt the face.
    pub face_doubt: bool,
}

/// A review.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Review {
    /// Pseudonymous staff reference.
    pub staff: Ref,
    /// In which role.
    pub role: Role,
    /// Result.
    pub result: ReviewResult,
    /// When.
    pub at: Instant,
    /// What is missing.
    #[serde(default)]
    pub missing: Reasons,
}

/// A home visit that is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VisitWish {
    /// Ground, self-declared.
    pub ground: Ground,
    /// Who asks.
    pub asked_by: AskedBy,
    /// Who doubts the ground.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ground_query: Option<Actor>,
}

/// Paper of an embassy or consulate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConsularPaper {
    /// Digest of the paper.
    pub digest: Digest,
    /// Day of issue.
    pub issued_on: Day,
    /// Day on which it was presented.
    pub presented_on: Day,
}

/// A trace of life in another system's data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DataHit {
    /// Source.
    pub source: Ref,
    /// Day of the activity.
    pub activity_on: Day,
}
