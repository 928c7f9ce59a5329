//! Townships, villages and outlets: data of a county.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::finding::{Findings, Place};
use crate::value::{Code, Day, Ref};
use crate::vocabulary::words;

/// A township.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Township {
    /// Nine digits.
    pub code: Code<9>,
    /// Name.
    pub name: String,
}

/// A village or community.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Village {
    /// Name.
    pub name: String,
    /// Its township.
    pub township: Code<9>,
}

words! {
    /// Kind of a place where people certify.
    OutletKind: "outlet, kiosk or window" {
        /// Staffed outlet of a village or community.
        Outlet = "outlet",
        /// Kiosk.
        Kiosk = "kiosk",
        /// Window of the county.
        Window = "window",
    }
}

/// A place where people certify.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outlet {
    /// Its village or community.
    pub unit: Code<12>,
    /// Kind.
    pub kind: OutletKind,
    /// First day.
    pub open_from: Option<Day>,
    /// Last day.
    pub open_until: Option<Day>,
}

impl Outlet {
    /// Whether it is open on a day.
    #[must_use]
    pub fn is_open(&self, day: Day) -> bool {
        self.open_from.is_none_or(|from| from <= day) && self.open_until.is_none_or(|until| day <= until)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct VillageRow {
    code12: Code<12>,
    name: String,
    #[serde(rename = "type")]
    _type: VillageType,
    township: Code<9>,
}

words! {
    /// Village or community.
    VillageType: "village or community" {
        /// 行政村
        Village = "village",
        /// 社区
        Community = "community",
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OutletRow {
    outlet_id: Ref,
    code12: Code<12>,
    kind: OutletKind,
    open_from: Option<Day>,
    open_until: Option<Day>,
}

/// Reads `code12,name,type,township`.
pub(super) fn villages(
    file: &str,
    bytes: &[u8],
    townships: &[Township],
    findings: &mut Findings,
) -> BTreeMap<Code<12>, Village> {
    let mut villages = BTreeMap::new();
    rows::<VillageRow>(file, bytes, findings, |row, place, findings| {
        let known = townships.iter().any(|township| township.code == row.township);
        if !known || row.code12.prefix() != Some(row.township) {
            findings.fault_at(place, "township", "unit", "not the policy's township with these first nine digits");
        }
        if villages.insert(row.code12, Village { name: row.name, township: row.township }).is_some() {
            findings.fault_at(place, "code12", "unit", "this code stands in an earlier line too");
        }
    });
    villages
}

/// Reads `outlet_id,code12,kind,open_from,open_until`; empty dates are open ends.
pub(super) fn outlets(file: &str, bytes: &[u8], findings: &mut Findings) -> BTreeMap<Ref, Outlet> {
    let mut outlets = BTreeMap::new();
    rows::<OutletRow>(file, bytes, findings, |row, place, findings| {
        let outlet = Outlet { unit: row.code12, kind: row.kind, open_from: row.open_from, open_until: row.open_until };
        if outlets.insert(row.outlet_id, outlet).is_some() {
            findings.fault_at(place, "outlet_id", "unit", "this id stands in an earlier line too");
        }
    });
    outlets
}

fn rows<T: serde::de::DeserializeOwned>(
    file: &str,
    bytes: &[u8],
    findings: &mut Findings,
    mut take: impl FnMut(T, &Place, &mut Findings),
) {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(bytes);
    let headers = reader.headers().cloned().unwrap_or_default();
    for record in reader.into_records() {
        let line = match &record {
            Ok(record) => record.position().map(csv::Position::line),
            Err(error) => error.position().map(csv::Position::line),
        };
        let place = Place { file: file.into(), line: line.unwrap_or(1) as usize };
        match record.and_then(|record| record.deserialize(Some(&headers))) {
            Ok(row) => take(row, &place, findings),
            Err(error) => findings.fault_at(&place, &field(&error, &headers), "csv", "not what this column holds"),
        }
    }
}

fn field(error: &csv::Error, headers: &csv::StringRecord) -> String {
    match error.kind() {
        csv::ErrorKind::Deserialize { err, .. } => {
            let name = err.field().and_then(|i| headers.get(i as usize));
            name.unwrap_or_default().to_owned()
        }
        _ => String::new(),
    }
}
