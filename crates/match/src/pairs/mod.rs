//! All pairs: every row of a set with every other, or of two sets with each other, exactly.

mod checkpoint;
mod file;
mod plan;
mod strongest;
mod unit;

use std::io;
use std::ops::{ControlFlow, Range};
use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};
use twox_hash::XxHash3_128;

use crate::cut::SharedCut;
use crate::error::MatchError;
use crate::kernel::Kernel;
use crate::rows::{Label, Rows};
use crate::search::{Work, check_count};
use crate::workers::Workers;
use strongest::{ScoredPair, Strongest};
use unit::Job;

pub use checkpoint::PairFile;
pub use plan::{Plan, PlannedSet};

/// Which pairs are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Review {
    /// Those with at least this reference score, in the order of rows.
    Threshold(f32),
    /// The strongest, at most so many; strongest first, ties in the order of rows. A person
    /// can look at a fixed number only: with 300,000 faces there are 4.5e10 pairs, of which
    /// a false match rate of 1e-6 lets 45,000 pass.
    Budget(usize),
}

/// Two rows and their score.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pair {
    /// Indices of the rows; within one set the first is the lower.
    pub rows: [usize; 2],
    /// Who they are.
    pub labels: [Label; 2],
    /// Reference score, -1.0001..=1.0001.
    pub score: f32,
}

/// How far a run has come.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// Pairs looked at.
    pub done_pairs: u64,
    /// Pairs of the whole run.
    pub total_pairs: u64,
}

/// Where a run can be taken up again.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Resume {
    /// First unit of 768 query rows that is still to be done.
    pub(crate) next_unit: usize,
    /// Strongest pairs so far, under a budget.
    pub(crate) strongest: Vec<ScoredPair>,
    /// What was done.
    pub(crate) work: Work,
}

/// One step of a run: pairs that are new, and where to go on after them.
pub struct Step<'a> {
    /// New pairs, in order. Under a budget the last step brings them all.
    pub pairs: &'a [Pair],
    /// Once the pairs are safely kept, the run may be taken up here.
    pub resume: &'a Resume,
}

/// Rows of the left and of the right set that are paired. Both ranges begin at a panel and
/// end at one or with the set.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Region {
    pub(crate) left: Range<usize>,
    pub(crate) right: Range<usize>,
    /// Whether both are the same rows, each pair of which is taken once.
    pub(crate) triangle: bool,
}

impl Region {
    fn pairs(&self) -> u64 {
        let (left, right) = (self.left.len() as u64, self.right.len() as u64);
        if self.triangle { left * left.saturating_sub(1) / 2 } else { left * right }
    }

    /// Whether two rows make one of these pairs.
    fn holds(&self, [left, right]: [usize; 2]) -> bool {
        self.left.contains(&left) && self.right.contains(&right) && (!self.triangle || left < right)
    }
}

/// All pairs of one set, or of two.
pub struct Pairs<'a> {
    left: &'a dyn Rows,
    right: Option<&'a dyn Rows>,
    kernel: Kernel,
    workers: &'a Workers,
    within_person: bool,
    on_progress: &'a (dyn Fn(Progress) -> ControlFlow<()> + Sync),
}

impl<'a> Pairs<'a> {
    /// Every row of `rows` with every later one.
    ///
    /// # Errors
    /// [`MatchError::TooManyRows`], or those of [`Kernel::detected`].
    pub fn within(rows: &'a dyn Rows) -> Result<Self, MatchError> {
        Self::new(rows, None)
    }

    /// Every row of `left` with every row of `right`.
    ///
    /// # Errors
    /// As [`Pairs::within`]; two contracts or dimensions are refused.
    pub fn between(left: &'a dyn Rows, right: &'a dyn Rows) -> Result<Self, MatchError> {
        let (expected, found) = (left.contract(), right.contract());
        if expected != found {
            return Err(MatchError::ContractMismatch { expected, found });
        }
        let (expected, found) = (left.dim(), right.dim());
        if expected != found {
            return Err(MatchError::DimensionMismatch { expected, found });
        }
        check_count(right.len())?;
        Self::new(left, Some(right))
    }

    fn new(left: &'a dyn Rows, right: Option<&'a dyn Rows>) -> Result<Self, MatchError> {
        check_count(left.len())?;
        Ok(Self {
            left,
            right,
            kernel: Kernel::detected()?,
            workers: &Workers::CALLER,
            within_person: false,
            on_progress: &|_| ControlFlow::Continue(()),
        })
    }

    /// With this kernel.
    #[must_use]
    pub fn kernel(self, kernel: Kernel) -> Self {
        Self { kernel, ..self }
    }

    /// On these threads.
    #[must_use]
    pub fn workers(self, workers: &'a Workers) -> Self {
        Self { workers, ..self }
    }

    /// Whether two rows of one person make a pair; within one set only. Off by default:
    /// several photos of each person would fill any budget.
    #[must_use]
    pub fn within_person(self, within_person: bool) -> Self {
        Self { within_person, ..self }
    }

    /// Calls this every few milliseconds, from any thread; `Break` cancels the run.
    #[must_use]
    pub fn on_progress(self, on_progress: &'a (dyn Fn(Progress) -> ControlFlow<()> + Sync)) -> Self {
        Self { on_progress, ..self }
    }

    /// Number of pairs, those of one person included.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.region().pairs()
    }

    /// All wanted pairs at once.
    ///
    /// # Errors
    /// As [`Pairs::run`].
    pub fn collect(&self, review: Review) -> Result<(Vec<Pair>, Work), MatchError> {
        let mut all = Vec::new();
        let work = self.run(review, Resume::default(), &mut |step| {
            all.extend_from_slice(step.pairs);
            Ok(())
        })?;
        Ok((all, work))
    }

    /// Hands the wanted pairs to `take`, step by step and in order, from `resume` on. What
    /// `take` sees does not depend on threads or instruction set.
    ///
    /// # Errors
    /// A threshold that is NaN, [`MatchError::Cancelled`], [`MatchError::Output`] with the
    /// error of `take`, or rows that could not be read.
    pub fn run(
        &self,
        review: Review,
        resume: Resume,
        take: &mut dyn FnMut(Step) -> io::Result<()>,
    ) -> Result<Work, MatchError> {
        self.run_region(self.region(), review, resume, &mut |step| {
            let pairs: Vec<Pair> = step.pairs.iter().map(|pair| self.labelled(pair)).collect::<Result<_, _>>()?;
            take(Step { pairs: &pairs, resume: step.resume }).map_err(MatchError::Output)
        })
    }

    /// [`Pairs::run`] for a part of the rows, without labels.
    pub(crate) fn run_region(
        &self,
        region: Region,
        review: Review,
        mut resume: Resume,
        take: &mut dyn FnMut(RawStep) -> Result<(), MatchError>,
    ) -> Result<Work, MatchError> {
        let (cut, mut strongest) = match review {
            Review::Threshold(threshold) if threshold.is_nan() => return Err(MatchError::Threshold),
            Review::Threshold(threshold) => (threshold, None),
            Review::Budget(budget) => (f32::NEG_INFINITY, Some(Strongest::new(budget))),
        };
        if let Some(strongest) = &mut strongest {
            resume.strongest.drain(..).for_each(|pair| strongest.offer(pair));
            strongest.trim();
        }
        let total_pairs = region.pairs();
        let done_pairs = AtomicU64::new(resume.work.pairs);
        let report = |pairs| {
            let done_pairs = done_pairs.fetch_add(pairs, Ordering::Relaxed) + pairs;
            match (self.on_progress)(Progress { done_pairs, total_pairs }) {
                ControlFlow::Continue(()) => Ok(()),
                ControlFlow::Break(()) => Err(MatchError::Cancelled),
            }
        };
        let job = Job {
            left: self.left,
            right: self.right.unwrap_or(self.left),
            region,
            kernel: self.kernel,
            review,
            skip_same_person: self.skips_same_person(),
            cut: SharedCut::new(cut),
            report: &report,
        };
        let first = resume.next_unit;
        let units = job.units().saturating_sub(first);
        self.workers.in_order(
            units,
            |index| job.run(first + index),
            |index, (pairs, work)| {
                resume.work += work;
                resume.next_unit = first + index + 1;
                let Some(strongest) = &mut strongest else {
                    return take(RawStep { pairs: &pairs, resume: &resume });
                };
                for pair in pairs {
                    strongest.offer(pair);
                }
                job.cut.raise(strongest.trim());
                resume.strongest.clear();
                resume.strongest.extend_from_slice(strongest.pairs());
                take(RawStep { pairs: &[], resume: &resume })
            },
        )?;
        if let Some(strongest) = strongest {
            take(RawStep { pairs: &strongest.into_pairs(), resume: &resume })?;
        }
        Ok(resume.work)
    }

    fn skips_same_person(&self) -> bool {
        self.right.is_none() && self.left.grouped() && !self.within_person
    }

    /// Digest of everything that decides what a run brings, and of its order.
    fn digest(&self, review: Review) -> u128 {
        let mut hasher = XxHash3_128::new();
        hasher.write(&self.left.digest().to_le_bytes());
        hasher.write(&self.right.map_or(0, Rows::digest).to_le_bytes());
        let (kind, value) = match review {
            Review::Threshold(threshold) => (0, u64::from(threshold.to_bits())),
            Review::Budget(pairs) => (1, pairs as u64),
        };
        let settings = [self.right.is_some().into(), self.within_person.into(), kind];
        hasher.write(&settings);
        hasher.write(&value.to_le_bytes());
        hasher.write(&(unit::UNIT_ROWS as u64).to_le_bytes());
        hasher.finish_128()
    }

    fn region(&self) -> Region {
        let right = self.right.unwrap_or(self.left);
        Region { left: 0..self.left.len(), right: 0..right.len(), triangle: self.right.is_none() }
    }

    fn labelled(&self, pair: &ScoredPair) -> Result<Pair, MatchError> {
        let (left, right) = (pair.left as usize, pair.right as usize);
        let labels = [self.left.label(left)?, self.right.unwrap_or(self.left).label(right)?];
        Ok(Pair { rows: [left, right], labels, score: pair.score })
    }
}

/// A [`Step`] without labels.
pub(crate) struct RawStep<'a> {
    pub(crate) pairs: &'a [ScoredPair],
    pub(crate) resume: &'a Resume,
}
