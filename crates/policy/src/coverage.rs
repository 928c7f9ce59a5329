//! Villages and communities, and whether an open outlet serves them.

use crate::scheme::{OutletKind, Scheme, Village};
use crate::value::{Code, Day};
use std::collections::BTreeSet;

/// Villages and communities without an open outlet on a day; none where the county has not supplied both lists.
pub(crate) fn gaps(scheme: &Scheme, day: Day) -> Vec<(Code<12>, &Village)> {
    let (Some(villages), Some(outlets)) = (&scheme.villages, &scheme.outlets) else { return Vec::new() };
    let open = |kind| matches!(kind, OutletKind::Outlet | OutletKind::Kiosk);
    let served: BTreeSet<Code<12>> =
        outlets.values().filter(|outlet| open(outlet.kind) && outlet.is_open(day)).map(|outlet| outlet.unit).collect();
    villages.iter().filter(|(code, _)| !served.contains(*code)).map(|(code, village)| (*code, village)).collect()
}
