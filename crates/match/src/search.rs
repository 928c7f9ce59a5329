//! 1:N: the best rows of a set for one query or a batch, exactly.
//!
//! The int8 screen runs with a rising cut; what passes is re-ranked by the reference score
//! until no row left could matter. A certificate then checks the cut, and a query that does
//! not have it is searched again with the proven cut.

use std::collections::HashSet;
use std::ops::Range;

use crate::bound;
use crate::cut::SharedCut;
use crate::error::MatchError;
use crate::kernel::{Block, Kernel};
use crate::panel::{PANEL_ROWS, Panel, set_bits};
use crate::rows::{Label, Rows};
use crate::template::Template;
use crate::top::{Scored, Top};
use crate::workers::Workers;

/// Queries that share one pass over the rows; at 512 components 384 KiB of second-level cache.
const BLOCK_QUERIES: usize = 768;

/// Panels between two looks at the cuts of other threads.
const PANELS_PER_LOOK: usize = 16;

/// Candidates that must be new before a cut is worth raising again.
const LEAST_NEWS: usize = 8;

/// How many rows ahead of the one that is scored the next ones are asked for.
const ROWS_AHEAD: usize = 8;

/// What a search returns: at most `limit` persons, none below `threshold`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wanted {
    /// Most persons to return, each with its best row; `usize::MAX` for all.
    pub limit: usize,
    /// Lowest reference score to return; minus infinity for any.
    pub threshold: f32,
}

impl Wanted {
    /// The best `limit` persons.
    #[must_use]
    pub const fn top(limit: usize) -> Self {
        Self { limit, threshold: f32::NEG_INFINITY }
    }

    /// Everyone with a score of at least `threshold`.
    #[must_use]
    pub const fn above(threshold: f32) -> Self {
        Self { limit: usize::MAX, threshold }
    }
}

/// A row that was found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hit {
    /// Index of the row.
    pub row: usize,
    /// Who it is.
    pub label: Label,
    /// Reference score, -1.0001..=1.0001.
    pub score: f32,
}

/// How much work a search was. It depends on instruction set and threads; the hits do not.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Work {
    /// Pairs of query and row.
    pub pairs: u64,
    /// Pairs that passed the screen.
    pub screened: u64,
    /// Pairs scored by the reference.
    pub scored: u64,
    /// Queries searched a second time, with the proven cut.
    pub repeated: u64,
}

impl Work {
    /// Share of pairs that passed the screen. Above 0.01 the search is slow: rows or query
    /// look alike (blank photos, one person), or the threshold is too low.
    #[must_use]
    pub fn screened_share(&self) -> f64 {
        self.screened as f64 / self.pairs.max(1) as f64
    }
}

impl std::ops::AddAssign for Work {
    fn add_assign(&mut self, more: Self) {
        self.pairs += more.pairs;
        self.screened += more.screened;
        self.scored += more.scored;
        self.repeated += more.repeated;
    }
}

/// A set of rows, ready to be searched.
pub struct Search<'a> {
    rows: &'a dyn Rows,
    kernel: Kernel,
    workers: &'a Workers,
    margin: Margin,
}

/// How far below its int8 score the reference score of a row is taken to lie, at most, when
/// the cut is raised.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Margin {
    /// This many standard deviations of the quantisation error. Not proven: it is checked
    /// afterwards.
    Deviations(f32),
    /// The proven bound.
    Proven,
}

/// A row that passed the screen.
#[derive(Clone, Copy)]
struct Candidate {
    row: u32,
    /// Upper bound of the reference score.
    upper: f32,
    /// Lower estimate of the reference score, by the [`Margin`].
    lower: f32,
    person: u64,
}

impl<'a> Search<'a> {
    /// Searches `rows` with the fastest kernel, on the calling thread.
    ///
    /// # Errors
    /// [`MatchError::TooManyRows`], or those of [`Kernel::detected`].
    pub fn new(rows: &'a dyn Rows) -> Result<Self, MatchError> {
        check_count(rows.len())?;
        let kernel = Kernel::detected()?;
        Ok(Self { rows, kernel, workers: &Workers::CALLER, margin: Margin::Deviations(4.5) })
    }

    /// With this kernel.
    #[must_use]
    pub fn kernel(self, kernel: Kernel) -> Self {
        Self { kernel, ..self }
    }

    /// On these threads; a single query is split over them too.
    #[must_use]
    pub fn workers(self, workers: &'a Workers) -> Self {
        Self { workers, ..self }
    }

    /// The hits of one query, best first, ties by row.
    ///
    /// # Errors
    /// A query of another contract or dimension, a threshold that is NaN, or a row that
    /// could not be read.
    pub fn one(&self, query: &Template, wanted: Wanted) -> Result<(Vec<Hit>, Work), MatchError> {
        let (mut hits, work) = self.batch(std::slice::from_ref(query), wanted)?;
        Ok((hits.pop().unwrap_or_default(), work))
    }

    /// The hits of each query, as [`Search::one`] would give them.
    ///
    /// # Errors
    /// As [`Search::one`]; one wrong query refuses the batch.
    pub fn batch(&self, queries: &[Template], wanted: Wanted) -> Result<(Vec<Vec<Hit>>, Work), MatchError> {
        if wanted.threshold.is_nan() {
            return Err(MatchError::Threshold);
        }
        for query in queries {
            query.check(self.rows.contract(), self.rows.dim())?;
        }
        let mut work = Work::default();
        if wanted.limit == 0 || self.rows.is_empty() || queries.is_empty() {
            return Ok((vec![Vec::new(); queries.len()], work));
        }
        let screened = self.screen(queries, wanted, self.margin)?;
        work.pairs = queries.len() as u64 * self.rows.len() as u64;
        let mut hits = Vec::with_capacity(queries.len());
        self.workers.in_order(
            queries.len(),
            |query| self.rank(&queries[query], &screened[query], wanted),
            |_, (found, did)| {
                work += did;
                hits.push(found);
                Ok(())
            },
        )?;
        Ok((hits, work))
    }

    /// Candidates of every query, and the cut below which rows were dropped.
    fn screen(&self, queries: &[Template], wanted: Wanted, margin: Margin) -> Result<Vec<Screened>, MatchError> {
        let blocks = queries.len().div_ceil(BLOCK_QUERIES);
        let parts = self.workers.threads().div_ceil(blocks).min(self.rows.panels());
        let panels_per_part = self.rows.panels().div_ceil(parts);
        let cuts: Vec<SharedCut> = queries.iter().map(|_| SharedCut::new(wanted.threshold)).collect();
        let mut screened: Vec<Screened> = Vec::with_capacity(queries.len());
        self.workers.in_order(
            blocks * parts,
            |task| {
                let (block, part) = (task / parts, task % parts);
                let from = block * BLOCK_QUERIES;
                let to = (from + BLOCK_QUERIES).min(queries.len());
                let first = part * panels_per_part;
                let last = (first + panels_per_part).min(self.rows.panels());
                Pass::new(self, &queries[from..to], &cuts[from..to], wanted.limit, margin).run(first..last.max(first))
            },
            |task, lists| {
                if task % parts == 0 {
                    screened.extend(lists.into_iter().map(Screened::new));
                } else {
                    let from = task / parts * BLOCK_QUERIES;
                    for (whole, list) in screened[from..].iter_mut().zip(lists) {
                        whole.candidates.extend(list);
                    }
                }
                Ok(())
            },
        )?;
        for (list, cut) in screened.iter_mut().zip(&cuts) {
            list.cut = cut.get();
        }
        Ok(screened)
    }

    /// Scores candidates, best bound first, until none left can matter.
    fn rank(&self, query: &Template, screened: &Screened, wanted: Wanted) -> Result<(Vec<Hit>, Work), MatchError> {
        let mut work = Work { screened: screened.candidates.len() as u64, ..Work::default() };
        let mut top = Top::new(wanted.limit, self.rows.grouped());
        let mut scratch = vec![0.0; self.rows.dim()];
        let mut candidates = screened.candidates.clone();
        candidates.sort_unstable_by(|a, b| b.upper.total_cmp(&a.upper).then(a.row.cmp(&b.row)));
        candidates.iter().take(ROWS_AHEAD).for_each(|ahead| self.rows.prefetch(ahead.row as usize));
        for (at, candidate) in candidates.iter().enumerate() {
            if let Some(ahead) = candidates.get(at + ROWS_AHEAD) {
                self.rows.prefetch(ahead.row as usize);
            }
            let floor = top.floor().max(wanted.threshold);
            if candidate.upper < floor {
                break;
            }
            let values = self.rows.values(candidate.row as usize, &mut scratch)?;
            let score = self.kernel.score(query.values(), values);
            work.scored += 1;
            if score >= floor {
                top.offer(Scored { score, row: candidate.row, person: candidate.person });
            }
        }
        // The proven cut has its certificate always.
        if self.margin != Margin::Proven && top.floor().max(wanted.threshold) < screened.cut {
            return self.repeat(query, wanted, work);
        }
        let hits = top.into_best().into_iter().map(|best| {
            let row = best.row as usize;
            Ok(Hit { row, label: self.rows.label(row)?, score: best.score })
        });
        Ok((hits.collect::<Result<_, MatchError>>()?, work))
    }

    /// The search of a query whose cut has no certificate, with the proven cut, which always
    /// has one.
    fn repeat(&self, query: &Template, wanted: Wanted, mut work: Work) -> Result<(Vec<Hit>, Work), MatchError> {
        let alone = Search { workers: &Workers::CALLER, margin: Margin::Proven, ..*self };
        let (hits, again) = alone.one(query, wanted)?;
        work += Work { repeated: 1, ..again };
        Ok((hits, work))
    }
}

/// Row numbers are 32 bits wide in candidate lists.
pub(crate) fn check_count(rows: usize) -> Result<(), MatchError> {
    if u32::try_from(rows).is_ok() { Ok(()) } else { Err(MatchError::TooManyRows { rows }) }
}

/// What the screen left of one query.
struct Screened {
    candidates: Vec<Candidate>,
    /// No row that was dropped has a reference score of this or more.
    cut: f32,
}

impl Screened {
    fn new(candidates: Vec<Candidate>) -> Self {
        Self { candidates, cut: f32::NEG_INFINITY }
    }
}

/// One block of queries over a range of panels.
struct Pass<'a> {
    rows: &'a dyn Rows,
    kernel: Kernel,
    block: Block,
    cuts: &'a [SharedCut],
    limit: usize,
    margin: Margin,
    lanes: Vec<Lane>,
}

/// The candidates of one query.
struct Lane {
    candidates: Vec<Candidate>,
    /// Length at which the cut is worth raising again.
    enough: usize,
    cut: f32,
}

impl<'a> Pass<'a> {
    fn new(search: &Search<'a>, queries: &[Template], cuts: &'a [SharedCut], limit: usize, margin: Margin) -> Self {
        let (rows, kernel) = (search.rows, search.kernel.suited(queries.len()));
        let mut block = Block::new(kernel.packing(), rows.dim(), queries.len());
        let mut lanes = Vec::with_capacity(queries.len());
        for (query, template) in queries.iter().enumerate() {
            block.push_values(template.values());
            let cut = cuts[query].get();
            block.set_threshold(query, cut);
            lanes.push(Lane { candidates: Vec::new(), enough: limit, cut });
        }
        Self { rows, kernel, block, cuts, limit, margin, lanes }
    }

    fn run(mut self, panels: Range<usize>) -> Result<Vec<Vec<Candidate>>, MatchError> {
        let first = panels.start;
        for index in panels.clone() {
            if (index - first).is_multiple_of(PANELS_PER_LOOK) {
                self.adopt_cuts();
            }
            let panel = self.rows.panel(index)?;
            let next = self.rows.panel((index + 1).min(panels.end - 1))?;
            self.screen_panel(&panel, &next, (index * PANEL_ROWS) as u32)?;
        }
        Ok(self.lanes.into_iter().map(|lane| lane.candidates).collect())
    }

    /// Takes over what other threads have learnt.
    fn adopt_cuts(&mut self) {
        for (query, (lane, cut)) in self.lanes.iter_mut().zip(self.cuts).enumerate() {
            let cut = cut.get();
            if cut > lane.cut {
                lane.cut = cut;
                self.block.set_threshold(query, cut);
            }
        }
    }

    fn screen_panel(&mut self, panel: &Panel, next: &Panel, base: u32) -> Result<(), MatchError> {
        let Self { rows, kernel, block, cuts, limit, margin, lanes } = self;
        let mut outcome = Ok(());
        kernel.screen(panel, next, block, block.len(), &mut |query, first, passed, dots| {
            let lane = &mut lanes[query];
            for at in set_bits(passed) {
                let row = base + (first + at) as u32;
                let person = match rows.grouped().then(|| rows.label(row as usize)) {
                    None => u64::from(row),
                    Some(Ok(label)) => label.person,
                    Some(Err(error)) => {
                        outcome = Err(error);
                        continue;
                    }
                };
                let residual = panel.bounds.residual[first + at];
                let query = block.bound(query);
                let dot = query.scale * panel.bounds.scale[first + at] * dots[at] as f32;
                let upper = bound::upper(dot, residual, query.residual, query.norm);
                if upper >= lane.cut {
                    let lower = margin.lower(dot, upper, residual, query.residual, rows.dim());
                    lane.candidates.push(Candidate { row, upper, lower, person });
                }
            }
            if lane.candidates.len() >= lane.enough && lane.raise(*limit, rows.grouped()) {
                cuts[query].raise(lane.cut);
                block.set_threshold(query, lane.cut);
            }
        });
        outcome
    }
}

impl Margin {
    /// A lower estimate of the reference score of a row whose int8 score is `dot`.
    fn lower(self, dot: f32, upper: f32, residual_x: f32, residual_y: f32, dim: usize) -> f32 {
        match self {
            Self::Deviations(count) => {
                let variance = (residual_x * residual_x + residual_y * residual_y) / dim as f32;
                dot - count * variance.sqrt()
            }
            Self::Proven => dot - (upper - dot),
        }
    }
}

impl Lane {
    /// Raises the cut to the `limit`-th best lower estimate of distinct persons, and drops
    /// what lies below. Whether the cut has moved.
    fn raise(&mut self, limit: usize, grouped: bool) -> bool {
        let Some(cut) = kth_lower(&mut self.candidates, limit, grouped) else {
            self.enough = self.candidates.len() + limit;
            return false;
        };
        let moved = cut > self.cut;
        if moved {
            self.cut = cut;
            self.candidates.retain(|candidate| candidate.upper >= cut);
        }
        self.enough = self.candidates.len() + limit.max(LEAST_NEWS);
        moved
    }
}

/// The `limit`-th largest lower estimate, counting each person once.
fn kth_lower(candidates: &mut [Candidate], limit: usize, grouped: bool) -> Option<f32> {
    if candidates.len() < limit {
        return None;
    }
    let falling = |a: &Candidate, b: &Candidate| b.lower.total_cmp(&a.lower);
    if !grouped {
        return Some(candidates.select_nth_unstable_by(limit - 1, falling).1.lower);
    }
    candidates.sort_unstable_by(falling);
    let mut persons = HashSet::new();
    candidates
        .iter()
        .find(|candidate| persons.insert(candidate.person) && persons.len() == limit)
        .map(|last| last.lower)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::random_rows;
    use crate::reference;

    #[test]
    fn a_cut_without_certificate_is_searched_again() -> Result<(), MatchError> {
        let rows = random_rows(64, 4000, 30)?;
        let queries = random_rows(64, 200, 31)?;
        let (mut x, mut y) = (vec![0.0; 64], vec![0.0; 64]);
        let mut search = Search::new(&rows)?;
        // No margin at all: often the cut rises above the score that it stands for.
        search.margin = Margin::Deviations(0.0);
        let mut repeated = 0;
        for query in 0..queries.len() {
            let query = Template::new(rows.contract(), queries.values(query, &mut x)?)?;
            let (hits, work) = search.one(&query, Wanted::top(1))?;
            let mut best = (f32::NEG_INFINITY, 0);
            for row in 0..rows.len() {
                let score = reference::score(query.values(), rows.values(row, &mut y)?);
                if score > best.0 {
                    best = (score, row);
                }
            }
            assert_eq!((hits[0].score.to_bits(), hits[0].row), (best.0.to_bits(), best.1));
            repeated += work.repeated;
        }
        assert!(repeated > 0 && repeated < 200, "{repeated}");
        Ok(())
    }
}
