//! `facecert dedup`: who may be in a gallery twice, on one machine or on many.

mod expected;
mod lines;
mod tasks;

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use facecert_core::calibration::Calibration;
use facecert_match::gallery::Gallery;
use facecert_match::{PairFile, Pairs, Progress, Review, Rows as _, Work, Workers};

use crate::gallery::{Purpose, count, open};
use crate::output::{Answer, Failure, Outcome, print_line};
use crate::photo::PackArgs;
use crate::progress;
use expected::expected_false_pairs;
use lines::{HEADING, Names, summary};
use tasks::Task;

/// f32 rows stay in memory up to this size; larger sets read the few that they need.
const RESIDENT_MAX_BYTES: u64 = 2 << 30;
/// What an interruption costs at most.
const CHECKPOINT_EVERY: Duration = Duration::from_secs(10);

/// Compare all templates with each other: the most alike pairs of different people, for a person to check
///
/// One run on one machine, or `plan`, `run-block` for each task on any machine, and `merge`: the
/// same bytes either way.
#[derive(clap::Args, Debug)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Args {
    #[command(subcommand)]
    task: Option<Task>,
    #[command(flatten)]
    run: RunArgs,
}

#[derive(clap::Args, Debug)]
struct RunArgs {
    /// The gallery
    #[arg(required = true)]
    gallery: Option<PathBuf>, // absent beside a step alone
    /// A second gallery, to compare each template of the one with each of the other
    other: Option<PathBuf>,
    #[command(flatten)]
    wanted: Wanted,
    /// The pairs, as comma-separated values: two ids and the score
    #[arg(short, long, value_name = "FILE", default_value = "pairs.csv")]
    output: PathBuf,
    /// Keep the state here every ten seconds; the same command takes an interrupted run up again
    #[arg(long, value_name = "FILE")]
    checkpoint: Option<PathBuf>,
    #[command(flatten)]
    threads: Threads,
}

/// Which pairs are wanted, and why.
#[derive(clap::Args, Debug)]
struct Wanted {
    /// The strongest pairs, as many as people can look at
    #[arg(long, value_name = "N", default_value_t = 1000)]
    review_budget: usize,
    /// Instead: all pairs at or above the threshold of this false match rate
    #[arg(long, value_name = "F", conflicts_with = "review_budget")]
    fmr: Option<f64>,
    #[command(flatten)]
    calibration: CalibrationArgs,
    /// Also list pairs of one person's templates
    #[arg(long)]
    within_person: bool,
    #[command(flatten)]
    purpose: Purpose,
}

/// What scores mean.
#[derive(clap::Args, Debug)]
struct CalibrationArgs {
    /// Calibration of the templates, as `calibrate` writes it; needed if they are not the pack's own
    #[arg(long, value_name = "FILE")]
    calibration: Option<PathBuf>,
    #[command(flatten)]
    pack: PackArgs,
}

#[derive(clap::Args, Debug)]
struct Threads {
    /// Threads; 0 for one on each processor
    #[arg(long, value_name = "N", default_value_t = 0)]
    threads: usize,
}

impl Threads {
    fn workers(&self) -> Result<Workers, Failure> {
        Workers::new(self.threads).map_err(Failure::new)
    }
}

pub fn run(args: &Args) -> Outcome {
    match (&args.task, &args.run.gallery) {
        (Some(task), _) => tasks::run(task),
        (None, Some(gallery)) => whole(gallery, &args.run),
        (None, None) => Err(Failure::new("name a gallery")),
    }
}

fn whole(gallery: &Path, args: &RunArgs) -> Outcome {
    let sets = Sets::open(gallery, args.other.as_deref())?;
    args.wanted.purpose.announce(sets.all().into_iter().map(count));
    let calibration = args.wanted.calibration.of(&sets.left)?;
    let review = args.wanted.review(calibration.as_ref())?;
    let workers = args.threads.workers()?;
    let bar = progress::bar(0, "pairs");
    let on_progress = shown_on(&bar);
    let pairs = sets.pairs()?.within_person(args.wanted.within_person);
    let pairs = pairs.workers(&workers).on_progress(&on_progress);
    let names = Names(&sets);
    let mut saved = Instant::now();
    let file = PairFile {
        output: &args.output,
        checkpoint: args.checkpoint.as_deref(),
        header: HEADING,
        line: &|pair, out| names.append_line(pair, out),
        is_due: &mut || {
            let due = saved.elapsed() >= CHECKPOINT_EVERY;
            if due {
                saved = Instant::now();
            }
            due
        },
    };
    let work = pairs.run_to_file(review, file).map_err(Failure::new)?;
    bar.finish_and_clear();
    warn_if_slow(&work);
    report(&args.output, review, pairs.count(), calibration.as_ref())
}

impl CalibrationArgs {
    /// The calibration of the gallery's contract: the file given, else the pack's if it is its own.
    fn of(&self, gallery: &Gallery) -> Result<Option<Calibration>, Failure> {
        let Some(path) = &self.calibration else {
            let engine = self.pack.engine()?;
            if engine.contract() != gallery.contract() {
                return Ok(None);
            }
            return engine.calibration().map(Option::<&_>::cloned).map_err(Failure::new);
        };
        let bytes = std::fs::read(path).map_err(|e| Failure::at(path, e))?;
        let calibration = Calibration::from_json(&bytes).map_err(|e| Failure::at(path, e))?;
        if calibration.contract == gallery.contract() {
            return Ok(Some(calibration));
        }
        Err(Failure::at(path, "is the calibration of other templates than the gallery's; see `calibrate`"))
    }
}

impl Wanted {
    fn review(&self, calibration: Option<&Calibration>) -> Result<Review, Failure> {
        let Some(fmr) = self.fmr else { return Ok(Review::Budget(self.review_budget)) };
        let calibration = calibration
            .ok_or_else(|| Failure::new("--fmr needs a calibration of the gallery's templates: give --calibration"))?;
        Ok(Review::Threshold(calibration.at_fmr(fmr).map_err(Failure::new)?.threshold))
    }
}

/// One gallery, or two to be compared with each other.
struct Sets {
    left: Gallery,
    right: Option<Gallery>,
}

impl Sets {
    fn open(left: &Path, right: Option<&Path>) -> Result<Self, Failure> {
        let resident = |path: &Path| open(path).map(|g| g.with_resident_values(RESIDENT_MAX_BYTES));
        Ok(Self { left: resident(left)?, right: right.map(resident).transpose()? })
    }

    fn all(&self) -> Vec<&Gallery> {
        std::iter::once(&self.left).chain(&self.right).collect()
    }

    fn pairs(&self) -> Result<Pairs<'_>, Failure> {
        let pairs = match &self.right {
            Some(right) => Pairs::between(&self.left, right),
            None => Pairs::within(&self.left),
        };
        pairs.map_err(Failure::new)
    }
}

fn shown_on(bar: &indicatif::ProgressBar) -> impl Fn(Progress) -> ControlFlow<()> + Sync {
    |progress| {
        bar.set_length(progress.total_pairs);
        bar.set_position(progress.done_pairs);
        ControlFlow::Continue(())
    }
}

fn warn_if_slow(work: &Work) {
    let share = work.screened_share();
    if share > 0.01 {
        eprintln!(
            "{:.1} % of the pairs had to be scored exactly, which is slow: many photos look alike, \
             or the false match rate is high",
            share * 100.0
        );
    }
}

/// Says how many pairs were written and how many of them chance alone would bring.
fn report(output: &Path, review: Review, compared: u64, calibration: Option<&Calibration>) -> Outcome {
    let found = summary(output)?;
    print_line(format_args!("{} pairs of {compared} compared: {}", found.pairs, output.display()))?;
    let lowest = match review {
        Review::Threshold(threshold) => Some(threshold),
        Review::Budget(_) => found.lowest_score,
    };
    match (calibration, lowest) {
        (Some(calibration), Some(score)) => print_line(expected_false_pairs(calibration, compared, score))?,
        (None, Some(_)) => print_line("expected by chance: not known without a calibration of these templates")?,
        (_, None) => {}
    }
    Ok(Answer::Yes)
}
