//! What the platform says, and what it is told.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::event::{AckStatus, AdviceType, ExportedType, NameMatch, PaymentCause, PaymentState, Source};
use crate::reason::Reason;
use crate::value::{Hex32, IdMatch, Instant, Month, Ref, Token};

/// What the platform says of a month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlatformPayment {
    /// The person.
    pub person_ref: Ref,
    /// The benefit line.
    pub entitlement: Ref,
    /// The payroll month.
    pub month: Month,
    /// Paid or suspended.
    pub state: PaymentState,
    /// Row identity.
    pub row: Hex32,
    /// Why it is suspended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<PaymentCause>,
    /// Amount in fen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount_fen: Option<i64>,
    /// Whether the names agree.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_match: Option<NameMatch>,
}

/// The platform has ended a benefit line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EntitlementEnded {
    /// The person.
    pub person_ref: Ref,
    /// The benefit line.
    pub entitlement: Ref,
    /// Row identity.
    pub row: Hex32,
}

/// An imported row that was not applied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RowReferred {
    /// Row identity.
    pub row: Hex32,
    /// Kind of import.
    pub file: Source,
    /// Why.
    pub reason: Reason,
    /// Keyed digest of the number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id_match: Option<IdMatch>,
    /// The person, if found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person_ref: Option<Ref>,
    /// Whether the names agree.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_match: Option<NameMatch>,
}

/// An advice was written out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AdviceIssued {
    /// Key of the record.
    pub key: Hex32,
    /// Which advice.
    #[serde(rename = "type")]
    pub record_type: AdviceType,
    /// The person.
    pub person_ref: Ref,
    /// The benefit line.
    pub entitlement: Ref,
    /// The month of a stop.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payroll_month: Option<Month>,
    /// The months to pay back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backpay_months: Option<BTreeSet<Month>>,
}

/// An advice was withdrawn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AdviceWithdrawn {
    /// Key of the record.
    pub key: Hex32,
    /// The advice.
    pub of: Hex32,
    /// The person.
    pub person_ref: Ref,
    /// The benefit line.
    pub entitlement: Ref,
    /// The advice's month.
    pub payroll_month: Month,
}

/// Another record was written out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordExported {
    /// Key of the record.
    pub key: Hex32,
    /// Which record.
    #[serde(rename = "type")]
    pub record_type: ExportedType,
    /// The person.
    pub person_ref: Ref,
    /// The benefit line, `-` if none.
    pub entitlement: Ref,
    /// The event behind it.
    pub of: Hex32,
    /// Key of the record that it undoes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrects: Option<Hex32>,
}

/// The platform has answered a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AckReceived {
    /// Key of the record.
    pub ack_of: Hex32,
    /// Answer.
    pub status: AckStatus,
    /// When.
    pub at: Instant,
    /// Row identity.
    pub row: Hex32,
    /// The platform's code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Token>,
}
