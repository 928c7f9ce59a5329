//! The report: one row per unit, rates in basis points, counts as numbers or as what masking leaves of them.

use super::mask::Mask;
use crate::reason::Reason;
use crate::stamp::Stamp;
use crate::value::Day;
use crate::vocabulary::words;
use schemars::JsonSchema;
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;
use std::fmt;

words! {
    /// Level of a unit.
    Level: "a level" {
        /// 省; this county's part of it.
        Province = "province",
        /// 市; this county's part of it.
        City = "city",
        /// 县
        County = "county",
        /// 乡镇
        Township = "township",
        /// 村（社区）
        Village = "village",
        /// Units that the policy does not know, never dropped.
        Unassigned = "unassigned",
    }
}

/// A count as the report prints it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// The number.
    Number(u64),
    /// `"<k"`: at least 1, less than the masking threshold.
    Below(u64),
    /// `"masked"`: any number.
    Masked,
}

impl Count {
    pub(super) fn new(value: u64, mask: Mask, k: u64) -> Self {
        match mask {
            Mask::Shown => Self::Number(value),
            Mask::Small => Self::Below(k),
            Mask::Hidden => Self::Masked,
        }
    }

    /// The number, if it is printed.
    #[must_use]
    pub const fn number(self) -> Option<u64> {
        match self {
            Self::Number(number) => Some(number),
            Self::Below(_) | Self::Masked => None,
        }
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Below(k) => write!(f, "<{k}"),
            Self::Masked => f.write_str("masked"),
        }
    }
}

impl Serialize for Count {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Number(number) => serializer.serialize_u64(*number),
            other => serializer.collect_str(other),
        }
    }
}

impl JsonSchema for Count {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Count".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "oneOf": [
                { "type": "integer", "minimum": 0 },
                { "type": "string", "pattern": "^(<\\d+|masked)$" }
            ]
        })
    }
}

/// A rate: `bp` = 10000 · num div den, `null` if a figure is masked or there is no data (`den` = 0).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Rate {
    /// Numerator.
    pub num: Count,
    /// Denominator.
    pub den: Count,
    /// Basis points.
    pub bp: Option<u64>,
}

impl Rate {
    pub(super) fn new(num: Count, den: Count) -> Self {
        let bp = match (num.number(), den.number()) {
            (Some(num), Some(den)) => (10_000 * num).checked_div(den),
            _ => None,
        };
        Self { num, den, bp }
    }
}

/// K1, the headline: valid over liable entitlements, against the target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Headline {
    /// The rate.
    #[serde(flatten)]
    pub rate: Rate,
    /// Whether the target is met; `null` if masked or without data.
    pub target_met: Option<bool>,
    /// `KPI_BELOW_TARGET` or `KPI_NO_DATA`.
    pub reasons: Vec<Reason>,
}

impl Headline {
    pub(super) fn new(num: Count, den: Count, target_percent: u64) -> Self {
        let target_met = match (num.number(), den.number()) {
            (Some(num), Some(den)) if den > 0 => Some(100 * num >= target_percent * den),
            _ => None,
        };
        let reasons = match (target_met, den) {
            (Some(false), _) => vec![Reason::KPI_BELOW_TARGET],
            (None, Count::Number(0)) => vec![Reason::KPI_NO_DATA],
            _ => Vec::new(),
        };
        Self { rate: Rate::new(num, den), target_met, reasons }
    }
}

/// K4: passes without a machine match made by staff; `manual` is those by the manual route alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct StaffShare {
    /// The rate.
    #[serde(flatten)]
    pub rate: Rate,
    /// Passes by `manual_*`.
    pub manual: Count,
}

/// K8: working days from resume advice to payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ResumeTime {
    /// How many.
    pub count: Count,
    /// Lower median.
    pub median_days: Option<i32>,
    /// Maximum.
    pub max_days: Option<i32>,
}

/// K12, one kind of fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Losses {
    /// Precision: confirmed over closed cases.
    #[serde(flatten)]
    pub precision: Rate,
    /// Refuted cases.
    pub refuted: Count,
    /// Months paid too long; `null` if masked.
    pub months: Option<u64>,
    /// Amount of these, in fen, as far as known; `null` if masked.
    pub fen: Option<u64>,
}

/// All figures of one unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Row {
    /// Administrative code, or `unassigned`.
    pub unit: String,
    /// Name, where the policy gives one.
    pub name: Option<String>,
    /// Level.
    pub level: Level,
    /// City and province: this county's part alone.
    pub partial: bool,
    /// 认证通过率
    pub k1: Headline,
    /// On-time rate.
    pub k2: Rate,
    /// Online share.
    pub k3: Rate,
    /// Manual share, beside K1.
    pub k4: StaffShare,
    /// Suspended while eligible, beside K1.
    pub k5: Rate,
    /// First-try face rate.
    pub k6: Rate,
    /// Home visits in time.
    pub k7: Rate,
    /// Time to resume.
    pub k8: ResumeTime,
    /// Data-match share.
    pub k9: Rate,
    /// Outlet coverage.
    pub k10: Rate,
    /// Worklist past deadline.
    pub k11: Rate,
    /// Losses found, by kind of fact.
    pub k12: BTreeMap<String, Losses>,
}

/// A village or community without an open outlet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Gap {
    /// Its code.
    pub unit: String,
    /// Its name.
    pub name: String,
    /// `KPI_OUTLET_GAP`.
    pub reason: Reason,
}

/// Key figures of a period, by unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct KpiReport {
    /// Which rules and which input.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// First day of the period.
    pub from: Day,
    /// Last day of the period, on which statuses are taken.
    pub to: Day,
    /// Masked for the public; else internal.
    pub public: bool,
    /// Target of K1.
    pub target_percent: u64,
    /// Counts below this are masked in the public form.
    pub mask_k: u64,
    /// Units, county first, then by code.
    pub rows: Vec<Row>,
    /// Villages and communities without an open outlet.
    pub gaps: Vec<Gap>,
}
