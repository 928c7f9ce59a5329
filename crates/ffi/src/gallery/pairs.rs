//! All pairs: who may be in a gallery twice, or in two galleries.

use std::ffi::{c_char, c_void};
use std::io::{self, ErrorKind};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use facecert_core::calibration::Calibration;
use facecert_match::{Pair, PairFile, Pairs, Progress, Resume, Review, Rows as _};

use super::reader::{Opened, facecert_gallery};
use crate::boundary::boundary;
use crate::calibration::{facecert_calibration, fmr, of_contract};
use crate::frame::flag;
use crate::handle;
use crate::memory::{StructOut, Versioned, optional_text_in, struct_in, text_in};
use crate::status::{Failure, Result, StatusInt, facecert_error, facecert_status as Status};

/// Two rows and their score. Frozen.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct facecert_pair {
    /// Number of the one row; within one gallery it is the lower.
    pub row_a: u64,
    /// Number of the other row.
    pub row_b: u64,
    /// Id of row_a.
    pub id_a: u64,
    /// Id of row_b.
    pub id_b: u64,
    /// Person of row_a.
    pub person_a: u64,
    /// Person of row_b.
    pub person_b: u64,
    /// Cosine, -1 to 1.
    pub score: f32,
    /// 0.
    pub reserved: u32,
}

/// Some pairs, in order; the memory is valid during the call only. Return 0 to go on, anything else to stop.
pub type facecert_pairs_fn =
    Option<unsafe extern "C" fn(user: *mut c_void, pairs: *const facecert_pair, count: usize) -> i32>;

/// How many pairs of how many were compared. Called every few milliseconds. Return 0 to go on, anything else to stop.
pub type facecert_progress_fn = Option<unsafe extern "C" fn(user: *mut c_void, done: u64, total: u64) -> i32>;

/// Which pairs are wanted, and who hears of them. Callbacks of one call come one at a time, from any thread; none may
/// throw or jump out.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct facecert_dedup_options {
    /// Set by FACECERT_INIT.
    pub struct_size: u32,
    /// 1: also pairs of two rows of one person, within one gallery; 0: they are left out.
    pub within_person: u32,
    /// The strongest pairs, at most so many, strongest first; 0 without a rate: 1,000.
    pub review_budget: u64,
    /// Instead: all pairs at or above the threshold of this rate (facecert_calibration_threshold), in the order of rows.
    pub fmr_per_billion: u64,
    /// Given to the callbacks.
    pub user: *mut c_void,
    /// Gets the pairs; NULL where they go to a file.
    pub on_pairs: facecert_pairs_fn,
    /// Hears how far the call is; NULL: nobody.
    pub on_progress: facecert_progress_fn,
    /// NULL.
    pub reserved: *mut c_void,
}

// SAFETY: numbers, and pointers that may be NULL or anything.
unsafe impl Versioned for facecert_dedup_options {}

/// What a comparison of all pairs was.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct facecert_dedup_result {
    /// Set by FACECERT_INIT.
    pub struct_size: u32,
    /// 1: fewer than 30 false matches were seen when the threshold was set; else 0.
    pub extrapolated: u32,
    /// Pairs that were compared, those of one person included. Times the rate of facecert_calibration_fmr at the lowest
    /// score they give the false pairs that chance alone brings.
    pub compared_pairs: u64,
    /// The threshold of the rate; 0 without one.
    pub threshold: f32,
    /// 0.
    pub reserved: u32,
}

// SAFETY: all fields are numbers.
unsafe impl Versioned for facecert_dedup_result {}

const DEFAULT_BUDGET: usize = 1000;
/// What an interruption costs at most.
const CHECKPOINT_EVERY: Duration = Duration::from_secs(10);
const HEADING: &str = "id_a,id_b,score\n";

/// The caller's callbacks, called one at a time.
pub(super) struct Callbacks {
    user: *mut c_void,
    on_pairs: facecert_pairs_fn,
    on_progress: facecert_progress_fn,
    turn: Mutex<()>,
}

// SAFETY: `user` is only handed on, and the header says that callbacks come from any thread.
unsafe impl Sync for Callbacks {}

impl Callbacks {
    pub(super) fn new(user: *mut c_void, on_pairs: facecert_pairs_fn, on_progress: facecert_progress_fn) -> Self {
        Self { user, on_pairs, on_progress, turn: Mutex::new(()) }
    }

    pub(super) fn progress(&self, progress: Progress) -> ControlFlow<()> {
        let Some(on_progress) = self.on_progress else { return ControlFlow::Continue(()) };
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        // SAFETY: a function of the caller's, with the caller's argument.
        let answer = unsafe { on_progress(self.user, progress.done_pairs, progress.total_pairs) };
        if answer == 0 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    }

    /// `Interrupted` if the caller wants no more.
    pub(super) fn pairs(&self, pairs: &[Pair]) -> io::Result<()> {
        let Some(on_pairs) = self.on_pairs.filter(|_| !pairs.is_empty()) else { return Ok(()) };
        let pairs: Vec<facecert_pair> = pairs.iter().map(facecert_pair::from).collect();
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        // SAFETY: a function of the caller's, with the caller's argument and pairs that live on.
        let answer = unsafe { on_pairs(self.user, pairs.as_ptr(), pairs.len()) };
        if answer == 0 { Ok(()) } else { Err(ErrorKind::Interrupted.into()) }
    }
}

impl From<&Pair> for facecert_pair {
    fn from(pair: &Pair) -> Self {
        let ([row_a, row_b], [a, b]) = (pair.rows, pair.labels);
        Self {
            row_a: row_a as u64,
            row_b: row_b as u64,
            id_a: a.id,
            id_b: b.id,
            person_a: a.person,
            person_b: b.person,
            score: pair.score,
            reserved: 0,
        }
    }
}

/// One gallery, or two to be compared with each other, and how.
pub(super) struct Job<'a> {
    pub(super) pairs: Pairs<'a>,
    pub(super) review: Review,
    /// What a run without a fault tells.
    pub(super) result: facecert_dedup_result,
}

impl<'a> Job<'a> {
    /// The galleries are arguments 1 and 2, the calibration is 3, the options are 4.
    pub(super) fn new(
        a: &'a Opened,
        b: Option<&'a Opened>,
        calibration: Option<&Calibration>,
        options: &facecert_dedup_options,
    ) -> Result<Self> {
        let within_person = flag("options: within_person", options.within_person).map_err(|failure| failure.at(4))?;
        if !options.reserved.is_null() {
            let message = "options: reserved is not NULL; use FACECERT_INIT";
            return Err(Failure::new(Status::FACECERT_E_ARGUMENT, message).at(4));
        }
        let pairs = all_pairs(a, b)?.within_person(within_person);
        let mut result = facecert_dedup_result {
            struct_size: 0,
            extrapolated: 0,
            compared_pairs: pairs.count(),
            threshold: 0.0,
            reserved: 0,
        };
        let review = match (options.review_budget, options.fmr_per_billion) {
            (0, 0) => Review::Budget(DEFAULT_BUDGET),
            (budget, 0) => Review::Budget(usize::try_from(budget).unwrap_or(usize::MAX)),
            (0, rate) => {
                let calibration = calibration.ok_or_else(|| {
                    Failure::new(Status::FACECERT_E_NULL, "is NULL; a rate needs a calibration").at(3)
                })?;
                let point = of_contract(3, calibration, a.rows.contract())?.at_fmr(fmr(rate));
                let point = point.map_err(|e| Failure::from(e).at(4))?;
                (result.threshold, result.extrapolated) = (point.threshold, point.extrapolated.into());
                Review::Threshold(point.threshold)
            }
            _ => {
                let message = "options: review_budget and fmr_per_billion are both given; give one";
                return Err(Failure::new(Status::FACECERT_E_ARGUMENT, message).at(4));
            }
        };
        Ok(Self { pairs, review, result })
    }
}

/// All pairs of one gallery, argument 1, or of two, arguments 1 and 2, on the threads of the first.
pub(super) fn all_pairs<'a>(a: &'a Opened, b: Option<&'a Opened>) -> Result<Pairs<'a>> {
    let left = a.one_to_many(1)?;
    let pairs = match b {
        None => Pairs::within(left)?,
        Some(b) => Pairs::between(left, b.one_to_many(2)?).map_err(|e| Failure::from(e).at(2))?,
    };
    Ok(pairs.workers(&a.workers))
}

/// Compares every row of a gallery with every other, or two galleries with each other, exactly. Pairs are leads for a
/// person to check, not findings.
/// a, b: galleries of one contract; b NULL: a with itself. calibration: of their contract; NULL unless options name a
/// rate. options: which pairs; they go to on_pairs, which must not be NULL. Threads are those of a.
/// FACECERT_E_PURPOSE; FACECERT_E_CONTRACT; FACECERT_E_ARGUMENT; FACECERT_E_CANCELLED: a callback stopped the call;
/// FACECERT_E_GALLERY, FACECERT_E_IO.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_dedup(
    a: *const facecert_gallery,
    b: *const facecert_gallery,
    calibration: *const facecert_calibration,
    options: *const facecert_dedup_options,
    out: *mut facecert_dedup_result,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (a, b, calibration, options, out) = unsafe {
            let galleries = (handle::get(1, a)?, handle::optional(2, b)?);
            let calibration = handle::optional(3, calibration)?;
            (galleries.0, galleries.1, calibration, struct_in(4, options)?, StructOut::new(5, out)?)
        };
        if options.on_pairs.is_none() {
            return Err(
                Failure::new(Status::FACECERT_E_NULL, "options: on_pairs is NULL; nobody would get pairs").at(4)
            );
        }
        let callbacks = Callbacks::new(options.user, options.on_pairs, options.on_progress);
        let job = Job::new(&a, b.as_deref(), calibration.as_deref(), &options)?;
        let on_progress = |progress| callbacks.progress(progress);
        let pairs = job.pairs.on_progress(&on_progress);
        pairs.run(job.review, Resume::default(), &mut |step| callbacks.pairs(step.pairs))?;
        out.write(&job.result);
        Ok(())
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}

/// As facecert_dedup, into a file of comma-separated values with the heading id_a,id_b,score. An interrupted call is taken
/// up again by the same call; the file is then the same, byte for byte.
/// options: on_pairs must be NULL. output: output_len bytes of UTF-8, or FACECERT_NUL; a file that exists is overwritten
/// unless a checkpoint goes on with it. checkpoint: where the state is kept every ten seconds, and deleted at the end;
/// NULL with checkpoint_len 0: nowhere, so that an interrupted call starts anew.
/// Statuses as facecert_dedup; FACECERT_E_PLAN: the checkpoint is damaged, or of other galleries or options; FACECERT_E_IO;
/// FACECERT_E_UTF8.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_dedup_to_file(
    a: *const facecert_gallery,
    b: *const facecert_gallery,
    calibration: *const facecert_calibration,
    options: *const facecert_dedup_options,
    output: *const c_char,
    output_len: usize,
    checkpoint: *const c_char,
    checkpoint_len: usize,
    out: *mut facecert_dedup_result,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (a, b, calibration, options, output, checkpoint, out) = unsafe {
            let galleries = (handle::get(1, a)?, handle::optional(2, b)?);
            let (calibration, options) = (handle::optional(3, calibration)?, struct_in(4, options)?);
            let (output, checkpoint) =
                (text_in(5, output, output_len)?, optional_text_in(7, checkpoint, checkpoint_len)?);
            (galleries.0, galleries.1, calibration, options, output, checkpoint, StructOut::new(9, out)?)
        };
        if options.on_pairs.is_some() {
            let message = "options: on_pairs is given, but the pairs go to a file; leave it NULL";
            return Err(Failure::new(Status::FACECERT_E_ARGUMENT, message).at(4));
        }
        let callbacks = Callbacks::new(options.user, None, options.on_progress);
        let job = Job::new(&a, b.as_deref(), calibration.as_deref(), &options)?;
        let on_progress = |progress| callbacks.progress(progress);
        let mut saved = Instant::now();
        let file = PairFile {
            output: Path::new(output),
            checkpoint: checkpoint.map(Path::new),
            header: HEADING,
            line: &|pair, out| {
                let [a, b] = pair.labels;
                out.extend(format!("{},{},{}\n", a.id, b.id, pair.score).into_bytes());
            },
            is_due: &mut || {
                let is_due = saved.elapsed() >= CHECKPOINT_EVERY;
                if is_due {
                    saved = Instant::now();
                }
                is_due
            },
        };
        job.pairs.on_progress(&on_progress).run_to_file(job.review, file)?;
        out.write(&job.result);
        Ok(())
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}
