//! What is known of a person: benefit lines, residence, consents, difficulties.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Actor;
use crate::event::{Consent, ConsentBy, Difficulty};
use crate::value::{Code, Day, Hex32, IdMatch, KeyCheck, Ref};
use crate::vocabulary::{Kind, Residence};

/// A benefit line of a person, as the roster states it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RosterEntry {
    /// The person.
    pub person_ref: Ref,
    /// The benefit line.
    pub entitlement: Ref,
    /// Kind of benefit.
    pub kind: Kind,
    /// First day of the first paid month.
    pub benefit_start: Day,
    /// Village or community.
    pub unit_code: Code<12>,
    /// Keyed digest of the document number.
    pub id_match: IdMatch,
    /// Keyed digest of the name.
    pub name_hmac: IdMatch,
    /// Which key made the digests.
    pub key_check: KeyCheck,
    /// Row identity.
    pub row: Hex32,
    /// Birth date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birth_date: Option<Day>,
    /// Residence, `county` if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub residence: Option<Residence>,
    /// Start of the rhythm where cycles are anchored, `benefit_start` if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub anchor: Option<Day>,
    /// A pass of this entitlement from before, for due dates only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_certified: Option<Day>,
    /// End of a survivor's condition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub eligible_until: Option<Day>,
    /// A guardian is registered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guardian: Option<bool>,
    /// A relative is registered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<bool>,
}

/// The person lives elsewhere from that day on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ResidenceChanged {
    /// The person.
    pub person_ref: Ref,
    /// Where.
    pub residence: Residence,
    /// Who entered it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Actor>,
}

/// A consent given or withdrawn from that day on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConsentRecorded {
    /// The person.
    pub person_ref: Ref,
    /// To what.
    pub consent: Consent,
    /// Given, or withdrawn.
    pub given: bool,
    /// By whom.
    pub by: ConsentBy,
    /// The form that it stands in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<Hex32>,
}

/// Somebody saw that certifying is hard for the person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DifficultyFlag {
    /// The person.
    pub person_ref: Ref,
    /// What is hard.
    pub flag: Difficulty,
    /// Who saw it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Actor>,
}
