//! All pairs on many machines: pure tasks whose merged answer is that of one machine.
//!
//! A plan cuts the rows into blocks; a task is a pair of blocks. Running a task reads the
//! sets and writes one part, whole, under its final name: any scheduler may run tasks in any
//! order, twice, or at the same time.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use twox_hash::XxHash3_128;

use super::file::{io_error, read, replace};
use super::{Pair, Pairs, Region, Resume, Review};
use crate::error::MatchError;
use crate::fields::Fields;
use crate::panel::PANEL_ROWS;
use crate::rows::{Label, Rows};
use crate::search::Work;

const VERSION: u32 = 1;
const MAGIC: [u8; 8] = *b"FCPART\0\x01";

/// A plan of block tasks, numbered from 0.
///
/// It is a JSON file, made to be read by other programs: `tasks` lists the left and the
/// right block of each task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    version: u32,
    /// The first set.
    pub left: PlannedSet,
    /// The second set, if two are compared.
    pub right: Option<PlannedSet>,
    /// Which pairs are wanted.
    pub review: Review,
    /// Whether two rows of one person make a pair.
    pub within_person: bool,
    /// Rows of a block.
    pub block_rows: usize,
    /// Left and right block of each task.
    pub tasks: Vec<[usize; 2]>,
}

/// A set of rows that a plan is made for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedSet {
    /// Where the set was found.
    pub path: PathBuf,
    /// Rows, removed ones included.
    pub rows: usize,
    /// Digest of its state, in hexadecimal.
    pub digest: String,
}

impl PlannedSet {
    fn new(path: &Path, rows: &dyn Rows) -> Self {
        let digest = format!("{:032x}", rows.digest());
        Self { path: path.to_owned(), rows: rows.len(), digest }
    }

    fn blocks(&self, block_rows: usize) -> usize {
        self.rows.div_ceil(block_rows)
    }

    /// The rows of block `block`.
    fn block(&self, block: usize, block_rows: usize) -> std::ops::Range<usize> {
        let start = block.saturating_mul(block_rows).min(self.rows);
        start..start.saturating_add(block_rows).min(self.rows)
    }
}

impl Plan {
    /// Plans `pairs` in blocks of `block_rows`, which is rounded up to whole panels of 64.
    /// `paths` tells where the left and the right set are found.
    ///
    /// 65,536 rows are right for clusters: a task then takes some seconds.
    #[must_use]
    pub fn new(pairs: &Pairs, review: Review, block_rows: usize, paths: [&Path; 2]) -> Self {
        let block_rows = block_rows.clamp(PANEL_ROWS, 1 << 31).next_multiple_of(PANEL_ROWS);
        let left = PlannedSet::new(paths[0], pairs.left);
        let right = pairs.right.map(|right| PlannedSet::new(paths[1], right));
        let tasks = Self::tasks_of(&left, right.as_ref(), block_rows).collect();
        let within_person = pairs.within_person;
        // JSON has no infinity, and no score lies beyond these.
        let review = match review {
            Review::Threshold(threshold) => Review::Threshold(threshold.clamp(-2.0, 2.0)),
            budget @ Review::Budget(_) => budget,
        };
        Self { version: VERSION, left, right, review, within_person, block_rows, tasks }
    }

    fn tasks_of(
        left: &PlannedSet,
        right: Option<&PlannedSet>,
        block_rows: usize,
    ) -> impl Iterator<Item = [usize; 2]> + use<> {
        let columns = right.unwrap_or(left).blocks(block_rows);
        let triangle = right.is_none();
        (0..left.blocks(block_rows)).flat_map(move |a| (if triangle { a } else { 0 }..columns).map(move |b| [a, b]))
    }

    /// Reads a plan.
    ///
    /// # Errors
    /// [`MatchError::File`] if it cannot be read, [`MatchError::PlanSyntax`] if it is not a
    /// plan of this version.
    pub fn load(path: &Path) -> Result<Self, MatchError> {
        let text = std::fs::read_to_string(path).map_err(io_error(path, "read"))?;
        let plan: Self =
            serde_json::from_str(&text).map_err(|error| MatchError::PlanSyntax { reason: error.to_string() })?;
        let refuse = |reason: &str| Err(MatchError::PlanSyntax { reason: reason.to_owned() });
        if plan.version != VERSION {
            return refuse("version is not known; use the release that wrote it");
        }
        if plan.block_rows == 0 || !plan.block_rows.is_multiple_of(PANEL_ROWS) {
            return refuse("block_rows is not a multiple of 64");
        }
        let tasks = Self::tasks_of(&plan.left, plan.right.as_ref(), plan.block_rows);
        if !plan.tasks.iter().copied().eq(tasks) {
            return refuse("tasks are not those of its sets");
        }
        Ok(plan)
    }

    /// Writes the plan.
    ///
    /// # Errors
    /// [`MatchError::File`].
    pub fn save(&self, path: &Path) -> Result<(), MatchError> {
        std::fs::write(path, self.to_json()).map_err(io_error(path, "write"))
    }

    fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    fn digest(&self) -> u128 {
        XxHash3_128::oneshot(self.to_json().as_bytes())
    }

    /// Runs task `task` on the sets of `pairs` and writes its part. The part is the same,
    /// byte for byte, wherever and however often it is made.
    ///
    /// # Errors
    /// As [`Pairs::run`]; [`MatchError::TaskNumber`], [`MatchError::PlanMismatch`] if the
    /// sets or settings of `pairs` are not those of the plan.
    pub fn run_block(&self, pairs: &Pairs, task: usize, part: &Path) -> Result<Work, MatchError> {
        let tasks = self.tasks.len();
        let &[a, b] = self.tasks.get(task).ok_or(MatchError::TaskNumber { task, tasks })?;
        self.check(pairs)?;
        let region = self.region([a, b]);
        let mut bytes = MAGIC.to_vec();
        bytes.extend(self.digest().to_le_bytes());
        bytes.extend((task as u64).to_le_bytes());
        let work = pairs.run_region(region, self.review, Resume::default(), &mut |step| {
            for pair in step.pairs {
                append_pair(&mut bytes, &pairs.labelled(pair)?);
            }
            Ok(())
        })?;
        replace(part, &bytes)?;
        Ok(work)
    }

    /// The rows of a task.
    fn region(&self, [a, b]: [usize; 2]) -> Region {
        Region {
            left: self.left.block(a, self.block_rows),
            right: self.right.as_ref().unwrap_or(&self.left).block(b, self.block_rows),
            triangle: self.right.is_none() && a == b,
        }
    }

    /// Reads a part of this plan, whose rows are those of its task.
    fn part(&self, path: &Path) -> Result<Part, MatchError> {
        let part = read(path)?.as_deref().and_then(Part::parse);
        let part = part.ok_or_else(|| MatchError::PartDamaged { path: path.to_owned() })?;
        if part.plan != self.digest() {
            return Err(MatchError::PartForeign { path: path.to_owned() });
        }
        let region = self.tasks.get(part.task).map(|&blocks| self.region(blocks));
        if region.is_some_and(|region| part.pairs.iter().all(|pair| region.holds(pair.rows))) {
            return Ok(part);
        }
        Err(MatchError::PartDamaged { path: path.to_owned() })
    }

    fn check(&self, pairs: &Pairs) -> Result<(), MatchError> {
        let same = |planned: &PlannedSet, rows: &dyn Rows| {
            *planned == PlannedSet { path: planned.path.clone(), ..PlannedSet::new(&planned.path, rows) }
        };
        let what = if !same(&self.left, pairs.left) {
            "the first set"
        } else if !match (&self.right, pairs.right) {
            (None, None) => true,
            (Some(planned), Some(rows)) => same(planned, rows),
            _ => false,
        } {
            "the second set"
        } else if self.within_person != pairs.within_person {
            "pairs within a person"
        } else {
            return Ok(());
        };
        Err(MatchError::PlanMismatch { what })
    }

    /// Hands the pairs of all parts to `take`, in the order and with the bytes of a single
    /// machine's run.
    ///
    /// # Errors
    /// A part that is damaged, of another plan, missing or there twice;
    /// [`MatchError::Output`] with the error of `take`.
    pub fn merge(&self, parts: &[PathBuf], take: &mut dyn FnMut(&[Pair]) -> io::Result<()>) -> Result<(), MatchError> {
        let mut by_task = BTreeMap::new();
        for path in parts {
            let Part { task, .. } = self.part(path)?;
            if by_task.insert(task, path).is_some() {
                return Err(MatchError::PartTwice { task });
            }
        }
        if let Some(task) = (0..self.tasks.len()).find(|task| !by_task.contains_key(task)) {
            return Err(MatchError::PartMissing { task });
        }
        let mut gathered = Vec::new();
        for (task, path) in by_task {
            gathered.extend(self.part(path)?.pairs);
            match self.review {
                Review::Threshold(_) => {
                    // Tasks of one left block follow each other, and no other has its rows.
                    let [a, _] = self.tasks[task];
                    if self.tasks.get(task + 1).is_none_or(|&[next, _]| next != a) {
                        gathered.sort_unstable_by_key(|pair: &Pair| pair.rows);
                        take(&gathered).map_err(MatchError::Output)?;
                        gathered.clear();
                    }
                }
                Review::Budget(budget) => {
                    let last = task + 1 == self.tasks.len();
                    if last || gathered.len() > budget.saturating_mul(2).saturating_add(1 << 16) {
                        gathered.sort_unstable_by(by_strength);
                        gathered.truncate(budget);
                    }
                }
            }
        }
        if let Review::Budget(_) = self.review {
            take(&gathered).map_err(MatchError::Output)?;
        }
        Ok(())
    }
}

/// Stronger first, ties by rows.
fn by_strength(a: &Pair, b: &Pair) -> std::cmp::Ordering {
    let by_score = b.score.partial_cmp(&a.score).unwrap_or(std::cmp::Ordering::Equal);
    by_score.then(a.rows.cmp(&b.rows))
}

fn append_pair(bytes: &mut Vec<u8>, pair: &Pair) {
    for (&row, label) in pair.rows.iter().zip(&pair.labels) {
        bytes.extend((row as u32).to_le_bytes());
        bytes.extend(label.id.to_le_bytes());
        bytes.extend(label.person.to_le_bytes());
    }
    bytes.extend(pair.score.to_le_bytes());
}

/// The answer of one task.
struct Part {
    plan: u128,
    task: usize,
    pairs: Vec<Pair>,
}

impl Part {
    fn parse(bytes: &[u8]) -> Option<Self> {
        let mut fields = Fields(bytes.strip_prefix(&MAGIC)?);
        let (plan, task) = (fields.u128()?, fields.u64()? as usize);
        let mut pairs = Vec::new();
        while !fields.0.is_empty() {
            let mut side = || -> Option<(usize, Label)> {
                let row = fields.u32()? as usize;
                Some((row, Label { id: fields.u64()?, person: fields.u64()? }))
            };
            let ((left, first), (right, second)) = (side()?, side()?);
            pairs.push(Pair { rows: [left, right], labels: [first, second], score: fields.f32()? });
        }
        Some(Self { plan, task, pairs })
    }
}
