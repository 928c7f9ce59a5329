//! The same comparison as tasks for many machines: plan, run each task anywhere, merge.

use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use facecert_match::{Plan, PlannedSet, Rows as _};

use super::lines::{HEADING, Names};
use super::{CalibrationArgs, Sets, Threads, Wanted, report, shown_on, warn_if_slow};
use crate::gallery::count;
use crate::output::{Answer, Failure, Outcome, print_line};
use crate::progress;

/// Steps of a run on many machines
#[derive(clap::Subcommand, Debug)]
pub enum Task {
    Plan(PlanArgs),
    RunBlock(RunBlockArgs),
    Merge(MergeArgs),
}

/// Cut the comparison into tasks, numbered from 0 in the plan
#[derive(clap::Args, Debug)]
pub struct PlanArgs {
    /// The gallery
    gallery: PathBuf,
    /// A second gallery, to compare each template of the one with each of the other
    other: Option<PathBuf>,
    #[command(flatten)]
    wanted: Wanted,
    /// Rows of a block; a task compares two blocks
    #[arg(long, value_name = "ROWS", default_value_t = 65_536)]
    block: usize,
    /// The plan
    #[arg(short, long, value_name = "PLAN")]
    output: PathBuf,
}

/// Run one task of a plan: any machine that sees the galleries under the same path, any number of times
#[derive(clap::Args, Debug)]
pub struct RunBlockArgs {
    /// The plan
    plan: PathBuf,
    /// Number of the task
    #[arg(long, value_name = "N")]
    task: usize,
    /// The task's part of the answer
    #[arg(short, long, value_name = "PART")]
    output: PathBuf,
    #[command(flatten)]
    threads: Threads,
}

/// Put the parts of all tasks together: the file that one machine would have written
#[derive(clap::Args, Debug)]
pub struct MergeArgs {
    /// The plan
    plan: PathBuf,
    /// One part for each task, in any order; a folder stands for the files in it
    #[arg(required = true, value_name = "PART")]
    parts: Vec<PathBuf>,
    /// The pairs, as comma-separated values: two ids and the score
    #[arg(short, long, value_name = "FILE", default_value = "pairs.csv")]
    output: PathBuf,
    #[command(flatten)]
    calibration: CalibrationArgs,
}

pub fn run(task: &Task) -> Outcome {
    match task {
        Task::Plan(args) => plan(args),
        Task::RunBlock(args) => run_block(args),
        Task::Merge(args) => merge(args),
    }
}

fn plan(args: &PlanArgs) -> Outcome {
    let absolute = |path: &PathBuf| std::path::absolute(path).map_err(|e| Failure::at(path, e));
    let left = absolute(&args.gallery)?;
    let right = args.other.as_ref().map(absolute).transpose()?;
    let sets = Sets::open(&left, right.as_deref())?;
    args.wanted.purpose.announce(sets.all().into_iter().map(count));
    let review = args.wanted.review(args.wanted.calibration.of(&sets.left)?.as_ref())?;
    let pairs = sets.pairs()?.within_person(args.wanted.within_person);
    let plan = Plan::new(&pairs, review, args.block, [&left, right.as_deref().unwrap_or(&left)]);
    plan.save(&args.output).map_err(Failure::new)?;
    print_line(format_args!("{} tasks, {} pairs", plan.tasks.len(), pairs.count()))?;
    Ok(Answer::Yes)
}

fn run_block(args: &RunBlockArgs) -> Outcome {
    let plan = Plan::load(&args.plan).map_err(|e| Failure::at(&args.plan, e))?;
    let sets = planned(&plan)?;
    let workers = args.threads.workers()?;
    let bar = progress::bar(0, "pairs");
    let on_progress = shown_on(&bar);
    let pairs = sets.pairs()?.within_person(plan.within_person).workers(&workers).on_progress(&on_progress);
    let work = plan.run_block(&pairs, args.task, &args.output).map_err(Failure::new)?;
    bar.finish_and_clear();
    warn_if_slow(&work);
    Ok(Answer::Yes)
}

fn merge(args: &MergeArgs) -> Outcome {
    let plan = Plan::load(&args.plan).map_err(|e| Failure::at(&args.plan, e))?;
    let sets = planned(&plan)?;
    let names = Names(&sets);
    let folder = args.output.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let fault = |e| Failure::at(&args.output, e);
    let mut file = BufWriter::new(tempfile::NamedTempFile::new_in(folder).map_err(fault)?);
    file.write_all(HEADING.as_bytes()).map_err(fault)?;
    let mut lines = Vec::new();
    plan.merge(&files(&args.parts)?, &mut |pairs| {
        lines.clear();
        for pair in pairs {
            names.append_line(pair, &mut lines);
        }
        file.write_all(&lines)
    })
    .map_err(Failure::new)?;
    let file = file.into_inner().map_err(|e| fault(e.into_error()))?;
    file.as_file().sync_all().map_err(fault)?;
    file.persist(&args.output).map_err(|e| fault(e.error))?;
    let calibration = args.calibration.of(&sets.left)?;
    report(&args.output, plan.review, sets.pairs()?.count(), calibration.as_ref())
}

/// The parts, with each folder replaced by its files. Hidden ones are those of attempts that were cut off.
fn files(parts: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for part in parts {
        if !part.is_dir() {
            files.push(part.clone());
            continue;
        }
        for entry in std::fs::read_dir(part).map_err(|e| Failure::at(part, e))? {
            let entry = entry.map_err(|e| Failure::at(part, e))?;
            if !entry.file_name().as_encoded_bytes().starts_with(b".") {
                files.push(entry.path());
            }
        }
    }
    Ok(files)
}

/// The galleries of a plan, in the state that it was made for.
fn planned(plan: &Plan) -> Result<Sets, Failure> {
    let sets = Sets::open(&plan.left.path, plan.right.as_ref().map(|set| set.path.as_path()))?;
    for (planned, gallery) in std::iter::once(&plan.left).chain(&plan.right).zip(sets.all()) {
        let PlannedSet { path, digest, .. } = planned;
        if *digest != format!("{:032x}", gallery.digest()) {
            return Err(Failure::at(path, "was changed since the plan was made; plan again"));
        }
    }
    Ok(sets)
}
