//! All pairs on many machines: a plan, its tasks, and their parts put together.

use std::ffi::{c_char, c_void};
use std::path::{Path, PathBuf};

use facecert_match::Plan;

use super::pairs::{Callbacks, Job, all_pairs, facecert_dedup_options, facecert_pairs_fn, facecert_progress_fn};
use super::reader::facecert_gallery;
use crate::boundary::boundary;
use crate::calibration::facecert_calibration;
use crate::handle;
use crate::memory::{Slot, struct_in, text_in};
use crate::status::{Failure, Result, StatusInt, facecert_error, facecert_status as Status};

/// Rows of a block, unless the caller says otherwise: a task then takes some seconds.
const DEFAULT_BLOCK_ROWS: usize = 65_536;

/// The file of a task's part.
fn part_of(parts: &str, task: usize) -> PathBuf {
    Path::new(parts).join(format!("part-{task}"))
}

/// Cuts the comparison of facecert_dedup into tasks for many machines and writes the plan, a JSON file.
/// a, b, calibration, options: as facecert_dedup; callbacks must be NULL. block_rows: a task compares two blocks of so
/// many rows; 0: 65,536. plan: where it goes, plan_len bytes of UTF-8, or FACECERT_NUL. tasks: their number; they are
/// counted from 0.
/// Statuses as facecert_dedup; FACECERT_E_IO; FACECERT_E_UTF8.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_dedup_plan(
    a: *const facecert_gallery,
    b: *const facecert_gallery,
    calibration: *const facecert_calibration,
    options: *const facecert_dedup_options,
    block_rows: u64,
    plan: *const c_char,
    plan_len: usize,
    tasks: *mut u64,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (a, b, calibration, options, path, tasks) = unsafe {
            let galleries = (handle::get(1, a)?, handle::optional(2, b)?);
            let (calibration, options) = (handle::optional(3, calibration)?, struct_in(4, options)?);
            (galleries.0, galleries.1, calibration, options, text_in(6, plan, plan_len)?, Slot::new(8, tasks)?)
        };
        if options.on_pairs.is_some() || options.on_progress.is_some() {
            let message = "options: a callback is given, but a plan calls none; leave them NULL";
            return Err(Failure::new(Status::FACECERT_E_ARGUMENT, message).at(4));
        }
        let job = Job::new(&a, b.as_deref(), calibration.as_deref(), &options)?;
        let block_rows = match usize::try_from(block_rows) {
            Ok(0) => DEFAULT_BLOCK_ROWS,
            Ok(rows) => rows,
            Err(_) => usize::MAX,
        };
        let paths = [a.path.as_path(), b.as_deref().map_or(a.path.as_path(), |b| &b.path)];
        let plan = Plan::new(&job.pairs, job.review, block_rows, paths);
        plan.save(Path::new(path)).map_err(|e| Failure::from(e).at(6))?;
        tasks.write(plan.tasks.len() as u64);
        Ok(())
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}

/// Runs one task of a plan and writes its part, whole, under its final name: any machine that has the galleries may run
/// any task at any time, twice or at once. A part has the same bytes wherever it is made.
/// a, b: the galleries of the plan, in the state that it was made for. plan: its file. task: 0 to tasks - 1.
/// parts: the folder of parts, which must be there; the part is called part- and the task's number.
/// on_progress: NULL, or as in facecert_dedup_options, with user.
/// FACECERT_E_PLAN: not a plan, another gallery, no such task; FACECERT_E_PURPOSE; FACECERT_E_CANCELLED;
/// FACECERT_E_GALLERY, FACECERT_E_IO; FACECERT_E_UTF8.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_dedup_run_task(
    a: *const facecert_gallery,
    b: *const facecert_gallery,
    plan: *const c_char,
    plan_len: usize,
    task: u64,
    parts: *const c_char,
    parts_len: usize,
    on_progress: facecert_progress_fn,
    user: *mut c_void,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (a, b, path, parts) = unsafe {
            let galleries = (handle::get(1, a)?, handle::optional(2, b)?);
            (galleries.0, galleries.1, text_in(3, plan, plan_len)?, text_in(6, parts, parts_len)?)
        };
        let plan = load(3, path)?;
        let callbacks = Callbacks::new(user, None, on_progress);
        let on_progress = |progress| callbacks.progress(progress);
        let pairs = all_pairs(&a, b.as_deref())?.within_person(plan.within_person).on_progress(&on_progress);
        let task = usize::try_from(task).unwrap_or(usize::MAX);
        plan.run_block(&pairs, task, &part_of(parts, task))?;
        Ok(())
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}

/// Puts the parts of all tasks together: the pairs that facecert_dedup would have given, in the same order.
/// plan: its file. parts: the folder with the part of every task. on_pairs: gets the pairs, with user.
/// FACECERT_E_PLAN: not a plan, a part is missing, damaged or of another plan; FACECERT_E_CANCELLED; FACECERT_E_IO;
/// FACECERT_E_UTF8.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_dedup_merge(
    plan: *const c_char,
    plan_len: usize,
    parts: *const c_char,
    parts_len: usize,
    on_pairs: facecert_pairs_fn,
    user: *mut c_void,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (path, parts) = unsafe { (text_in(1, plan, plan_len)?, text_in(3, parts, parts_len)?) };
        if on_pairs.is_none() {
            return Err(Failure::new(Status::FACECERT_E_NULL, "is NULL; nobody would get the pairs").at(5));
        }
        let plan = load(1, path)?;
        let parts = (0..plan.tasks.len()).map(|task| part_of(parts, task));
        let parts: Vec<PathBuf> = parts.filter(|part| part.exists()).collect();
        let callbacks = Callbacks::new(user, on_pairs, None);
        Ok(plan.merge(&parts, &mut |pairs| callbacks.pairs(pairs))?)
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}

fn load(argument: i32, path: &str) -> Result<Plan> {
    Plan::load(Path::new(path)).map_err(|e| Failure::from(e).at(argument))
}
