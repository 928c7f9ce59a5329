//! One unit of all pairs: a block of query rows against every panel from its diagonal on.

use std::ops::Range;

use super::strongest::{ScoredPair, Strongest};
use super::{Region, Review};
use crate::cut::SharedCut;
use crate::error::MatchError;
use crate::kernel::{Block, Kernel};
use crate::panel::{PANEL_ROWS, Panel, set_bits};
use crate::rows::Rows;
use crate::search::Work;

/// Query rows of a unit: 12 panels, 384 KiB of second-level cache at 512 components. Fewer
/// would make AMX wait for the panels to come from the third level.
pub(super) const UNIT_ROWS: usize = 12 * PANEL_ROWS;

/// Panels between two reports of progress, about two milliseconds.
const PANELS_PER_REPORT: usize = 64;

/// Pairs that wait to be scored together, so that their cache misses overlap.
const BATCH_PAIRS: usize = 4096;

/// How many pairs ahead the rows of a pair are asked for.
const PAIRS_AHEAD: usize = 4;

/// What all units of a run have in common.
pub(super) struct Job<'a> {
    pub(super) left: &'a dyn Rows,
    pub(super) right: &'a dyn Rows,
    pub(super) region: Region,
    pub(super) kernel: Kernel,
    pub(super) review: Review,
    pub(super) skip_same_person: bool,
    /// Score that a pair must reach; rises under a budget.
    pub(super) cut: SharedCut,
    /// Told of pairs that were looked at; may end the run.
    pub(super) report: &'a (dyn Fn(u64) -> Result<(), MatchError> + Sync),
}

impl Job<'_> {
    pub(super) fn units(&self) -> usize {
        self.region.left.len().div_ceil(UNIT_ROWS)
    }

    /// The pairs of unit `index` that are wanted, in the order of rows.
    pub(super) fn run(&self, index: usize) -> Result<(Vec<ScoredPair>, Work), MatchError> {
        let start = self.region.left.start + index * UNIT_ROWS;
        let queries = start..(start + UNIT_ROWS).min(self.region.left.end);
        let mut unit = Unit::new(self, queries)?;
        unit.screen()?;
        unit.score_waiting()?;
        let mut pairs = match unit.kept {
            Kept::All(pairs) => pairs,
            Kept::Strongest(strongest) => strongest.into_pairs(),
        };
        pairs.sort_unstable_by(ScoredPair::by_rows);
        Ok((pairs, unit.work))
    }
}

struct Unit<'a> {
    job: &'a Job<'a>,
    queries: Range<usize>,
    block: Block,
    /// Rows of pairs that passed the screen.
    waiting: Vec<(u32, u32)>,
    kept: Kept,
    cut: f32,
    work: Work,
}

enum Kept {
    All(Vec<ScoredPair>),
    Strongest(Strongest),
}

impl<'a> Unit<'a> {
    fn new(job: &'a Job<'a>, queries: Range<usize>) -> Result<Self, MatchError> {
        let mut block = Block::new(job.kernel.packing(), job.left.dim(), queries.len());
        let cut = job.cut.get();
        for first in queries.clone().step_by(PANEL_ROWS) {
            let panel = job.left.panel(first / PANEL_ROWS)?;
            for row in 0..PANEL_ROWS.min(queries.end - first) {
                block.push_row(&panel, row);
            }
        }
        let kept = match job.review {
            Review::Threshold(_) => Kept::All(Vec::new()),
            Review::Budget(pairs) => Kept::Strongest(Strongest::new(pairs)),
        };
        let mut unit = Self { job, queries, block, waiting: Vec::new(), kept, cut, work: Work::default() };
        unit.set_cut(cut)?;
        Ok(unit)
    }

    /// Opens the screens of rows that exist.
    fn set_cut(&mut self, cut: f32) -> Result<(), MatchError> {
        self.cut = cut;
        for first in self.queries.clone().step_by(PANEL_ROWS) {
            let live = self.job.left.panel(first / PANEL_ROWS)?.live;
            let at = first - self.queries.start;
            for row in set_bits(live).take_while(|row| at + row < self.block.len()) {
                self.block.set_threshold(at + row, cut);
            }
        }
        Ok(())
    }

    fn screen(&mut self) -> Result<(), MatchError> {
        let region = &self.job.region;
        let first = if region.triangle { self.queries.start } else { region.right.start };
        let panels = first / PANEL_ROWS..region.right.end.div_ceil(PANEL_ROWS);
        let mut looked_at = 0;
        for index in panels.clone() {
            let panel = self.job.right.panel(index)?;
            let next = self.job.right.panel((index + 1).min(panels.end - 1))?;
            looked_at += self.screen_panel(&panel, &next, index * PANEL_ROWS);
            if self.waiting.len() >= BATCH_PAIRS {
                self.score_waiting()?;
            }
            if (index + 1 - panels.start).is_multiple_of(PANELS_PER_REPORT) || index + 1 == panels.end {
                (self.job.report)(looked_at)?;
                self.work.pairs += looked_at;
                looked_at = 0;
            }
        }
        Ok(())
    }

    /// Screens one panel; the number of pairs that it holds for this unit.
    fn screen_panel(&mut self, panel: &Panel, next: &Panel, base: usize) -> u64 {
        let Self { job, queries, block, waiting, .. } = self;
        let start = queries.start;
        let rows = PANEL_ROWS.min(job.region.right.end - base);
        // A row is paired with later rows only: in its own panel it meets a part of them.
        let (lanes, pairs) = if job.region.triangle && base < queries.end {
            let lanes = (base + rows - 1 - start).min(queries.len());
            (lanes, (start..start + lanes).map(|row| base + rows - base.max(row + 1)).sum())
        } else {
            (queries.len(), queries.len() * rows)
        };
        let triangle = job.region.triangle;
        job.kernel.screen(panel, next, block, lanes, &mut |lane, first, passed, _| {
            let (query, first) = (start + lane, base + first);
            for row in set_bits(passed).map(|at| first + at) {
                if !triangle || row > query {
                    waiting.push((query as u32, row as u32));
                }
            }
        });
        pairs as u64
    }

    /// Scores what waits and keeps what is wanted.
    fn score_waiting(&mut self) -> Result<(), MatchError> {
        let Job { left, right, kernel, .. } = *self.job;
        let (mut left_scratch, mut right_scratch) = (vec![0.0; left.dim()], vec![0.0; left.dim()]);
        let waiting = std::mem::take(&mut self.waiting);
        self.work.screened += waiting.len() as u64;
        for (at, &(x, y)) in waiting.iter().enumerate() {
            if let Some(&(_, ahead)) = waiting.get(at + PAIRS_AHEAD) {
                right.prefetch(ahead as usize);
            }
            if self.job.skip_same_person && left.label(x as usize)?.person == right.label(y as usize)?.person {
                continue;
            }
            let values = left.values(x as usize, &mut left_scratch)?;
            let score = kernel.score(values, right.values(y as usize, &mut right_scratch)?);
            self.work.scored += 1;
            if score >= self.cut {
                let pair = ScoredPair { left: x, right: y, score };
                match &mut self.kept {
                    Kept::All(pairs) => pairs.push(pair),
                    Kept::Strongest(strongest) => strongest.offer(pair),
                }
            }
        }
        if let Kept::Strongest(strongest) = &self.kept {
            let cut = strongest.floor().max(self.job.cut.get());
            if cut > self.cut {
                self.set_cut(cut)?;
            }
        }
        Ok(())
    }
}
