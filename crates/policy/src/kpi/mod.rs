//! Key figures K1 to K12 by township and the five levels, with small cells masked in the public form.
//!
//! Counts of villages add up; rates are taken last, in integers.

mod cells;
mod count;
mod csv;
mod mask;
mod page;
mod report;
mod tally;

use crate::coverage;
use crate::error::Error;
use crate::event::Event;
use crate::log::Log;
use crate::reason::Reason;
use crate::scheme::Scheme;
use crate::stamp::Stamp;
use crate::status::statuses;
use crate::value::{Code, Day, Instant};
use crate::worklist::items;
use cells::Unit;
use count::{Leaves, Period};
use std::collections::{BTreeMap, BTreeSet};
use tally::Tally;

pub use report::{Count, Gap, Headline, KpiReport, Level, Losses, Rate, ResumeTime, Row, StaffShare};

/// Key figures of the period from `from` to `to`, as known at `now`; statuses are those of the last day.
///
/// # Errors
/// [`Error::NotCanonical`], which no event of this crate gives.
pub fn kpi(
    scheme: &Scheme,
    events: &[Event],
    from: Day,
    to: Day,
    now: Instant,
    public: bool,
) -> Result<KpiReport, Error> {
    // The story up to the last day, as it is known now.
    let last = Instant::end_of(to);
    let log = Log::new(events, now);
    let story = Log::until(events, now, to);
    let lines = statuses(scheme, &story, last);
    let items = items(scheme, &story, &lines, last);
    let leaves = Period { scheme, log: &log, lines: &lines, items: &items, from, to }.count();
    let units = units(scheme, &leaves);
    let target_percent = u64::try_from(scheme.kpi.target_percent).unwrap_or_default();
    let mask_k = u64::try_from(scheme.kpi.mask_k).unwrap_or_default();
    let mut rows = cells::rows(&units, target_percent, public.then_some(mask_k));
    rows.extend(levels_above(scheme, &rows));
    let gaps = coverage::gaps(scheme, to).into_iter().map(|(code, village)| Gap {
        unit: code.to_string(),
        name: village.name.clone(),
        reason: Reason::KPI_OUTLET_GAP,
    });
    let stamp = Stamp::new(scheme, &log, &[("from", &from), ("to", &to), ("now", &now)])?;
    Ok(KpiReport { stamp, from, to, public, target_percent, mask_k, rows, gaps: gaps.collect() })
}

impl KpiReport {
    /// The report as one self-contained HTML page with charts; `title` is the scheme's.
    #[must_use]
    pub fn to_html(&self, title: &str) -> String {
        page::html(self, title)
    }
}

/// The county, its townships, its villages, and what the policy does not know.
fn units(scheme: &Scheme, leaves: &Leaves) -> Vec<Unit> {
    let mut total = Tally::default();
    for tally in leaves.values() {
        total.add(tally);
    }
    let mut units =
        vec![Unit { code: scheme.county.to_string(), name: None, level: Level::County, above: None, tally: total }];
    let mut by_township: BTreeMap<Code<9>, BTreeSet<Code<12>>> = BTreeMap::new();
    for code in leaves.keys().flatten() {
        if let Some(township) = township_of(scheme, *code) {
            by_township.entry(township).or_default().insert(*code);
        }
    }
    for township in &scheme.townships {
        let villages = by_township.get(&township.code).cloned().unwrap_or_default();
        let mut tally = Tally::default();
        villages.iter().filter_map(|code| leaves.get(&Some(*code))).for_each(|leaf| tally.add(leaf));
        let at = units.len();
        let name = Some(township.name.clone());
        units.push(Unit { code: township.code.to_string(), name, level: Level::Township, above: Some(0), tally });
        for code in villages {
            let name = scheme.villages.as_ref().and_then(|known| known.get(&code)).map(|village| village.name.clone());
            let tally = leaves.get(&Some(code)).cloned().unwrap_or_default();
            units.push(Unit { code: code.to_string(), name, level: Level::Village, above: Some(at), tally });
        }
    }
    let unknown = leaves.get(&None).cloned().unwrap_or_default();
    let code = Level::Unassigned.to_string();
    units.push(Unit { code, name: None, level: Level::Unassigned, above: Some(0), tally: unknown });
    units
}

/// The township of a village: as the policy says, else by its code.
fn township_of(scheme: &Scheme, code: Code<12>) -> Option<Code<9>> {
    let listed = scheme.villages.as_ref().and_then(|villages| villages.get(&code)).map(|village| village.township);
    listed.or_else(|| code.prefix())
}

/// City and province hold this county's part alone.
fn levels_above(scheme: &Scheme, rows: &[Row]) -> Vec<Row> {
    let Some(county) = rows.first() else { return Vec::new() };
    let above = [(Level::City, scheme.county.as_str().get(..4)), (Level::Province, scheme.county.as_str().get(..2))];
    let row = |(level, code): (Level, Option<&str>)| Row {
        unit: code.unwrap_or_default().to_owned(),
        name: None,
        level,
        partial: true,
        ..county.clone()
    };
    above.into_iter().map(row).collect()
}
