//! From tallies to rows: every count of every unit as a term, the sums between them, the masks, the printed cells.

use super::mask::{Mask, Sum, Term, mask};
use super::report::{Count, Headline, Level, Losses, Rate, ResumeTime, Row, StaffShare};
use super::tally::{Loss, Tally};
use std::collections::{BTreeMap, BTreeSet};

/// One unit of the report.
pub(super) struct Unit {
    pub code: String,
    pub name: Option<String>,
    pub level: Level,
    /// Place of the unit above in the list; `None` for the county.
    pub above: Option<usize>,
    pub tally: Tally,
}

/// Counts of a unit in the order of the key figures, so that ties go to the lower one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Figure {
    Valid,
    Liable,
    CyclesInTime,
    Cycles,
    Online,
    Passes,
    ByStaff,
    ByForm,
    SuspendedEligible,
    FirstTry,
    FirstTries,
    VisitsInTime,
    Visits,
    Resumed,
    ByData,
    ItemsLate,
    Items,
    Confirmed(usize),
    Refuted(usize),
    Closed(usize),
}

/// The terms of all units.
struct Terms {
    list: Vec<Term>,
    sums: Vec<Sum>,
    /// Place of each figure of each unit.
    places: Vec<BTreeMap<Figure, usize>>,
}

/// The rows of the units, in their order; `mask_k` = `None` prints everything.
pub(super) fn rows(units: &[Unit], target_percent: u64, mask_k: Option<u64>) -> Vec<Row> {
    let kinds: BTreeSet<&str> = units.iter().flat_map(|unit| unit.tally.losses.keys().map(String::as_str)).collect();
    let kinds: Vec<&str> = kinds.into_iter().collect();
    let terms = Terms::new(units, &kinds);
    let k = mask_k.unwrap_or(0);
    let masks = mask(&terms.list, &terms.sums, k);
    units.iter().zip(&terms.places).map(|(unit, places)| row(unit, places, &masks, &kinds, target_percent, k)).collect()
}

impl Terms {
    fn new(units: &[Unit], kinds: &[&str]) -> Self {
        let mut terms = Self { list: Vec::new(), sums: Vec::new(), places: Vec::new() };
        for unit in units {
            let places = terms.add_figures(&unit.tally, kinds);
            terms.add_inner_sums(&places, kinds.len());
            terms.places.push(places);
        }
        for at in 0..units.len() {
            let below: Vec<usize> = (0..units.len()).filter(|&unit| units[unit].above == Some(at)).collect();
            for figure in terms.places[at].keys().copied().collect::<Vec<_>>() {
                let parts: Vec<usize> = below.iter().map(|&unit| terms.places[unit][&figure]).collect();
                if !parts.is_empty() {
                    terms.sums.push(Sum { total: terms.places[at][&figure], parts });
                }
            }
        }
        terms
    }

    fn add(&mut self, value: u64, printed: bool) -> usize {
        self.list.push(Term { value, printed });
        self.list.len() - 1
    }

    fn add_figures(&mut self, tally: &Tally, kinds: &[&str]) -> BTreeMap<Figure, usize> {
        let counts = [
            (Figure::Valid, tally.valid),
            (Figure::Liable, tally.liable),
            (Figure::CyclesInTime, tally.cycles_in_time),
            (Figure::Cycles, tally.cycles),
            (Figure::Online, tally.online),
            (Figure::Passes, tally.passes),
            (Figure::ByStaff, tally.by_staff),
            (Figure::ByForm, tally.by_form),
            (Figure::SuspendedEligible, tally.suspended_eligible),
            (Figure::FirstTry, tally.first_try),
            (Figure::FirstTries, tally.first_tries),
            (Figure::VisitsInTime, tally.visits_in_time),
            (Figure::Visits, tally.visits),
            (Figure::Resumed, tally.resume_days.len() as u64),
            (Figure::ByData, tally.by_data),
            (Figure::ItemsLate, tally.items_late),
            (Figure::Items, tally.items),
        ];
        let mut places: BTreeMap<Figure, usize> =
            counts.into_iter().map(|(figure, count)| (figure, self.add(count, true))).collect();
        for (at, kind) in kinds.iter().enumerate() {
            let Loss { confirmed, refuted, .. } = tally.losses.get(*kind).copied().unwrap_or_default();
            places.insert(Figure::Confirmed(at), self.add(confirmed, true));
            places.insert(Figure::Refuted(at), self.add(refuted, true));
            places.insert(Figure::Closed(at), self.add(confirmed + refuted, true));
        }
        places
    }

    /// den = num + rest of every rate; the doors of the passes; the two ways of K4; closed cases.
    fn add_inner_sums(&mut self, places: &BTreeMap<Figure, usize>, kinds: usize) {
        for (num, den) in [
            (Figure::Valid, Figure::Liable),
            (Figure::CyclesInTime, Figure::Cycles),
            (Figure::Online, Figure::Passes),
            (Figure::ByStaff, Figure::Passes),
            (Figure::SuspendedEligible, Figure::Liable),
            (Figure::FirstTry, Figure::FirstTries),
            (Figure::VisitsInTime, Figure::Visits),
            (Figure::ByData, Figure::Passes),
            (Figure::ItemsLate, Figure::Items),
            (Figure::ByForm, Figure::ByStaff),
        ] {
            self.add_sum(places[&den], vec![places[&num]]);
        }
        self.add_sum(
            places[&Figure::Passes],
            [Figure::Online, Figure::ByStaff, Figure::ByData].iter().map(|figure| places[figure]).collect(),
        );
        for kind in 0..kinds {
            let parts = vec![places[&Figure::Confirmed(kind)], places[&Figure::Refuted(kind)]];
            self.sums.push(Sum { total: places[&Figure::Closed(kind)], parts });
        }
    }

    /// A sum whose last part is what the printed parts leave, itself not printed.
    fn add_sum(&mut self, total: usize, mut parts: Vec<usize>) {
        let printed: u64 = parts.iter().map(|&part| self.list[part].value).sum();
        let rest = self.list[total].value.saturating_sub(printed);
        parts.push(self.add(rest, false));
        self.sums.push(Sum { total, parts });
    }
}

fn row(
    unit: &Unit,
    places: &BTreeMap<Figure, usize>,
    masks: &[Mask],
    kinds: &[&str],
    target_percent: u64,
    k: u64,
) -> Row {
    let tally = &unit.tally;
    let cell = |figure: Figure, value: u64| Count::new(value, masks[places[&figure]], k);
    let liable = cell(Figure::Liable, tally.liable);
    let passes = cell(Figure::Passes, tally.passes);
    let rate = |num, value, den, of| Rate::new(cell(num, value), cell(den, of));
    let losses = kinds.iter().enumerate().map(|(at, kind)| {
        let loss = tally.losses.get(*kind).copied().unwrap_or_default();
        let confirmed = cell(Figure::Confirmed(at), loss.confirmed);
        let closed = cell(Figure::Closed(at), loss.confirmed + loss.refuted);
        let shown = confirmed.number().is_some();
        let losses = Losses {
            precision: Rate::new(confirmed, closed),
            refuted: cell(Figure::Refuted(at), loss.refuted),
            months: shown.then_some(loss.months),
            fen: shown.then_some(loss.fen),
        };
        ((*kind).to_owned(), losses)
    });
    Row {
        unit: unit.code.clone(),
        name: unit.name.clone(),
        level: unit.level,
        partial: matches!(unit.level, Level::City | Level::Province),
        k1: Headline::new(cell(Figure::Valid, tally.valid), liable, target_percent),
        k2: rate(Figure::CyclesInTime, tally.cycles_in_time, Figure::Cycles, tally.cycles),
        k3: Rate::new(cell(Figure::Online, tally.online), passes),
        k4: StaffShare {
            rate: Rate::new(cell(Figure::ByStaff, tally.by_staff), passes),
            manual: cell(Figure::ByForm, tally.by_form),
        },
        k5: Rate::new(cell(Figure::SuspendedEligible, tally.suspended_eligible), liable),
        k6: rate(Figure::FirstTry, tally.first_try, Figure::FirstTries, tally.first_tries),
        k7: rate(Figure::VisitsInTime, tally.visits_in_time, Figure::Visits, tally.visits),
        k8: resume_time(cell(Figure::Resumed, tally.resume_days.len() as u64), &tally.resume_days),
        k9: Rate::new(cell(Figure::ByData, tally.by_data), passes),
        k10: Rate::new(Count::Number(tally.covered), Count::Number(tally.villages)),
        k11: rate(Figure::ItemsLate, tally.items_late, Figure::Items, tally.items),
        k12: losses.collect(),
    }
}

fn resume_time(count: Count, days: &[i32]) -> ResumeTime {
    let mut days = days.to_vec();
    days.sort_unstable();
    let shown = count.number().is_some();
    let lower_median = days.len().checked_sub(1).and_then(|last| days.get(last / 2)).copied();
    ResumeTime { count, median_days: lower_median.filter(|_| shown), max_days: days.last().copied().filter(|_| shown) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kpi::mask::tests::values;
    use crate::reason::Reason;
    use proptest::prelude::*;

    fn unit(code: &str, level: Level, above: Option<usize>, tally: Tally) -> Unit {
        Unit { code: code.to_owned(), name: None, level, above, tally }
    }

    fn county(townships: Vec<Tally>) -> Vec<Unit> {
        let mut total = Tally::default();
        for tally in &townships {
            total.add(tally);
        }
        let mut units = vec![unit("990101", Level::County, None, total)];
        let below = townships
            .into_iter()
            .zip(1..)
            .map(|(tally, at)| unit(&format!("99010110{at}"), Level::Township, Some(0), tally));
        units.extend(below);
        units
    }

    fn k1(valid: u64, liable: u64) -> Tally {
        Tally { liable, valid, ..Tally::default() }
    }

    fn texts(rate: &Rate) -> (String, String, Option<u64>) {
        (rate.num.to_string(), rate.den.to_string(), rate.bp)
    }

    fn is(num: &str, den: &str, bp: Option<u64>) -> (String, String, Option<u64>) {
        (num.to_owned(), den.to_owned(), bp)
    }

    #[test]
    fn the_target_is_met_from_85_in_100_on() {
        let headline = |valid, liable| rows(&county(vec![k1(valid, liable)]), 85, None).remove(0).k1;
        assert_eq!((headline(17, 20).rate.bp, headline(17, 20).target_met), (Some(8500), Some(true)));
        let below = headline(84, 99);
        assert_eq!(
            (below.rate.bp, below.target_met, below.reasons),
            (Some(8484), Some(false), vec![Reason::KPI_BELOW_TARGET])
        );
        let none = headline(0, 0);
        assert_eq!((none.rate.bp, none.target_met, none.reasons), (None, None, vec![Reason::KPI_NO_DATA]));
    }

    #[test]
    fn a_small_township_is_masked_with_the_next_smallest() {
        let rows = rows(&county(vec![k1(45, 60), k1(20, 31), k1(9, 9)]), 85, Some(10));
        let k1: Vec<_> = rows.iter().map(|row| texts(&row.k1.rate)).collect();
        assert_eq!(
            k1,
            [
                is("74", "100", Some(7400)),
                is("45", "60", Some(7500)),
                is("masked", "masked", None),
                is("<10", "<10", None)
            ]
        );
        assert_eq!((rows[2].k1.target_met, rows[3].k1.target_met), (None, None));
    }

    #[test]
    fn shares_of_one_total_are_masked_together() {
        let tally = Tally { passes: 120, online: 90, by_data: 23, by_staff: 7, ..Tally::default() };
        let units = county(vec![tally]);
        let public = &rows(&units, 85, Some(10))[0];
        assert_eq!(texts(&public.k3), is("90", "120", Some(7500)));
        assert_eq!((texts(&public.k4.rate), public.k4.manual), (is("<10", "120", None), Count::Number(0)));
        assert_eq!(texts(&public.k9), is("masked", "120", None));
        let internal = &rows(&units, 85, None)[0];
        assert_eq!(
            (texts(&internal.k4.rate), texts(&internal.k9)),
            (is("7", "120", Some(583)), is("23", "120", Some(1916)))
        );
    }

    #[test]
    fn a_masked_count_takes_its_months_and_times_with_it() {
        let loss = Loss { confirmed: 3, refuted: 0, months: 7, fen: 70_000 };
        let tally =
            Tally { resume_days: vec![5, 1, 9, 3], losses: [("death".to_owned(), loss)].into(), ..Tally::default() };
        let units = county(vec![tally]);
        let internal = &rows(&units, 85, None)[0];
        assert_eq!((internal.k8.median_days, internal.k8.max_days), (Some(3), Some(9)));
        assert_eq!((internal.k12["death"].months, internal.k12["death"].precision.bp), (Some(7), Some(10_000)));
        let public = &rows(&units, 85, Some(10))[0];
        assert_eq!((public.k8.count, public.k8.median_days, public.k8.max_days), (Count::Below(10), None, None));
        assert_eq!((public.k12["death"].months, public.k12["death"].fen), (None, None));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        /// Invariant I9: whatever else the report prints, each masked figure keeps at least two possible values.
        #[test]
        fn no_other_public_figure_gives_a_masked_one_back(
            townships in prop::collection::vec([0u64..14, 0..14, 0..14, 0..14, 0..14, 0..14, 0..14], 1..4),
        ) {
            let tally = |[online, form, attested, data, other, valid, overdue]: [u64; 7]| Tally {
                passes: online + form + attested + data + other,
                online,
                by_staff: form + attested,
                by_form: form,
                by_data: data,
                valid,
                liable: valid + overdue,
                suspended_eligible: valid.min(other),
                ..Tally::default()
            };
            let units = county(townships.into_iter().map(tally).collect());
            let terms = Terms::new(&units, &[]);
            let masks = mask(&terms.list, &terms.sums, 10);
            let limit = terms.list.iter().map(|term| term.value).max().unwrap_or_default() + 2;
            for (at, term) in terms.list.iter().enumerate() {
                if term.printed && masks[at] != Mask::Shown {
                    prop_assert_eq!(values(&terms.list, &terms.sums, &masks, at, limit), 2, "term {} of {:?}", at, term);
                }
            }
        }
    }
}
