//! Files of a run: interrupted, cut into tasks, merged; the bytes are those of one quiet run.

mod support;

use std::fs;
use std::io::Write;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use facecert_match::kernel::Kernel;
use facecert_match::{MatchError, MemoryRows, Pair, PairFile, Pairs, Plan, Review, Rows};
use support::{Numbers, Shape, rows, templates};
use twox_hash::XxHash3_64;

fn line(pair: &Pair, out: &mut Vec<u8>) {
    let [a, b] = pair.labels;
    writeln!(out, "{},{},{}", a.id, b.id, pair.score).expect("memory");
}

fn set(count: usize, seed: u64) -> MemoryRows {
    rows(&templates(Shape::Clustered, 64, count, &mut Numbers(seed)), |row| row as u64)
}

fn run_to_file(pairs: &Pairs, review: Review, folder: &Path) -> Result<(), MatchError> {
    let file = PairFile {
        output: &folder.join("pairs.csv"),
        checkpoint: Some(&folder.join("checkpoint")),
        header: "id_a,id_b,score\n",
        line: &line,
        is_due: &mut || true,
    };
    pairs.run_to_file(review, file).map(|_| ())
}

#[test]
fn an_interrupted_file_is_finished_to_the_same_bytes() {
    let set = set(3000, 8);
    for review in [Review::Threshold(0.35), Review::Budget(500)] {
        let folder = tempfile::tempdir().expect("scratch folder");
        let quiet = tempfile::tempdir().expect("scratch folder");
        let pairs = Pairs::within(&set).expect("small");
        run_to_file(&pairs, review, quiet.path()).expect("not interrupted");
        let whole = fs::read(quiet.path().join("pairs.csv")).expect("written");
        assert!(whole.len() > 500 && !quiet.path().join("checkpoint").exists());

        let mut interruptions = 0;
        loop {
            let calls = AtomicUsize::new(0);
            let stop = |_| match calls.fetch_add(1, Ordering::Relaxed) {
                0..1 => ControlFlow::Continue(()),
                _ => ControlFlow::Break(()),
            };
            let pairs = Pairs::within(&set).expect("small").on_progress(&stop);
            match run_to_file(&pairs, review, folder.path()) {
                Ok(()) => break,
                Err(error) => assert!(matches!(error, MatchError::Cancelled), "{error}"),
            }
            interruptions += 1;
            // What came after the checkpoint is lost or torn: it does not matter.
            let output = folder.path().join("pairs.csv");
            let mut torn = fs::OpenOptions::new().append(true).open(output).expect("exists");
            torn.write_all(b"torn line").expect("written");
        }
        assert!(interruptions >= 3);
        assert!(fs::read(folder.path().join("pairs.csv")).expect("written") == whole);
    }
}

#[test]
fn a_checkpoint_serves_its_own_run_only() {
    let (first, second) = (set(1000, 9), set(1000, 10));
    let folder = tempfile::tempdir().expect("scratch folder");
    let calls = AtomicUsize::new(0);
    let stop = |_| match calls.fetch_add(1, Ordering::Relaxed) {
        0..1 => ControlFlow::Continue(()),
        _ => ControlFlow::Break(()),
    };
    let pairs = Pairs::within(&first).expect("small").on_progress(&stop);
    let review = Review::Threshold(0.3);
    assert!(run_to_file(&pairs, review, folder.path()).is_err());

    let number = |set: &MemoryRows, review| {
        let pairs = Pairs::within(set).expect("small");
        run_to_file(&pairs, review, folder.path()).map_err(|error| error.number())
    };
    assert_eq!(number(&second, review), Err(42));
    assert_eq!(number(&first, Review::Threshold(0.31)), Err(42));
    let checkpoint = folder.path().join("checkpoint");
    let saved = fs::read(&checkpoint).expect("written");
    for at in 0..saved.len() {
        let mut damaged = saved.clone();
        damaged[at] ^= 1;
        fs::write(&checkpoint, &damaged).expect("written");
        assert_eq!(number(&first, review), Err(41));
    }
    fs::write(&checkpoint, &saved).expect("written");
    let output = folder.path().join("pairs.csv");
    let mut changed = fs::read(&output).expect("written");
    changed[3] ^= 1;
    fs::write(&output, &changed).expect("written");
    assert_eq!(number(&first, review), Err(43));
}

/// A file with other bytes from `at` on and a checksum that fits: written by somebody, not damaged.
fn forged(path: &Path, at: usize, bytes: &[u8]) {
    let mut content = fs::read(path).expect("written");
    content.truncate(content.len() - 8);
    content[at..][..bytes.len()].copy_from_slice(bytes);
    content.extend(XxHash3_64::oneshot(&content).to_le_bytes());
    fs::write(path, content).expect("written");
}

#[test]
fn rows_that_are_not_of_the_run_are_refused() {
    let set = set(900, 15);
    let folder = tempfile::tempdir().expect("scratch folder");
    let stop = |_| ControlFlow::Break(());
    let whole = || Pairs::within(&set).expect("small");
    let review = Review::Budget(50);
    let number = |outcome: Result<(), MatchError>| outcome.map_err(|error| error.number());
    // The first unit is done and kept; the second is stopped.
    let calls = AtomicUsize::new(0);
    let second =
        |progress| if calls.fetch_add(1, Ordering::Relaxed) == 0 { ControlFlow::Continue(()) } else { stop(progress) };
    assert_eq!(number(run_to_file(&whole().on_progress(&second), review, folder.path())), Err(25));
    forged(&folder.path().join("checkpoint"), 80, &900_u32.to_le_bytes());
    assert_eq!(number(run_to_file(&whole(), review, folder.path())), Err(41));

    let plan = Plan::new(&whole(), review, 512, [Path::new("g"), Path::new("g")]);
    let parts: Vec<PathBuf> = (0..plan.tasks.len()).map(|task| folder.path().join(format!("part-{task}"))).collect();
    for (task, part) in parts.iter().enumerate() {
        plan.run_block(&whole(), task, part).expect("a task of the plan");
    }
    for (at, bytes) in [(32, &900_u32.to_le_bytes()[..]), (24, &77_u64.to_le_bytes()[..])] {
        let sound = fs::read(&parts[1]).expect("written");
        forged(&parts[1], at, bytes);
        assert_eq!(number(plan.merge(&parts, &mut |_| Ok(()))), Err(47));
        fs::write(&parts[1], sound).expect("written");
    }
    assert_eq!(number(plan.merge(&parts, &mut |_| Ok(()))), Ok(()));
}

#[test]
fn a_plan_that_promises_too_much_is_refused_at_once() {
    let folder = tempfile::tempdir().expect("scratch folder");
    let file = folder.path().join("plan.json");
    let set = set(100, 16);
    let paths = [Path::new("g"), Path::new("g")];
    Plan::new(&Pairs::within(&set).expect("small"), Review::Budget(1), 64, paths).save(&file).expect("written");
    let text = fs::read_to_string(&file).expect("written");
    fs::write(&file, text.replace("\"rows\":100", &format!("\"rows\":{}", u64::MAX))).expect("written");
    assert_eq!(Plan::load(&file).map_err(|error| error.number()), Err(44));
}

fn run_tasks(plan: &Plan, pairs: &dyn Fn() -> Pairs<'static>, folder: &Path) -> Vec<PathBuf> {
    let kernels: Vec<Kernel> = Kernel::available().collect();
    (0..plan.tasks.len())
        .rev()
        .map(|task| {
            let part = folder.join(format!("part-{task}"));
            let kernel = |n: usize| pairs().kernel(kernels[n % kernels.len()]);
            plan.run_block(&kernel(task), task, &part).expect("a task of the plan");
            let bytes = fs::read(&part).expect("written");
            plan.run_block(&kernel(task + 1), task, &part).expect("idempotent");
            assert!(fs::read(&part).expect("written") == bytes);
            part
        })
        .collect()
}

#[test]
fn merged_tasks_equal_one_machine() {
    let left: &'static MemoryRows = Box::leak(Box::new(set(700, 11)));
    let right: &'static MemoryRows = Box::leak(Box::new(set(330, 12)));
    let folder = tempfile::tempdir().expect("scratch folder");
    let within = || Pairs::within(left).expect("small");
    let between = || Pairs::between(left, right).expect("small");
    let runs: [(&dyn Fn() -> Pairs<'static>, usize); 2] = [(&within, 10), (&between, 12)];
    for (pairs, tasks) in runs {
        for review in [Review::Threshold(0.3), Review::Budget(120)] {
            let paths = [Path::new("left.gallery"), Path::new("right.gallery")];
            let file = folder.path().join("plan.json");
            Plan::new(&pairs(), review, 200, paths).save(&file).expect("written");
            let plan = Plan::load(&file).expect("a plan");
            assert_eq!(plan.block_rows, 256);
            assert!(plan.tasks.len() <= tasks && plan.tasks.len() > 3);
            let parts = run_tasks(&plan, pairs, folder.path());
            let mut merged = Vec::new();
            plan.merge(&parts, &mut |pairs| {
                merged.extend_from_slice(pairs);
                Ok(())
            })
            .expect("all parts");
            let (whole, _) = pairs().collect(review).expect("valid");
            assert!(whole.len() >= 100);
            assert!(merged == whole, "{} pairs, {} expected", merged.len(), whole.len());
        }
    }
}

#[test]
fn what_does_not_fit_the_plan_is_refused() {
    let left: &'static MemoryRows = Box::leak(Box::new(set(300, 13)));
    let folder = tempfile::tempdir().expect("scratch folder");
    let within = || Pairs::within(left).expect("small");
    let paths = [Path::new("g"), Path::new("g")];
    let plan = Plan::new(&within(), Review::Budget(10), 128, paths);
    let mut parts = run_tasks(&plan, &within, folder.path());
    let number = |outcome: Result<(), MatchError>| outcome.map_err(|error| error.number());
    let merge = |plan: &Plan, parts: &[PathBuf]| number(plan.merge(parts, &mut |_| Ok(())));

    assert_eq!(merge(&plan, &parts), Ok(()));
    assert_eq!(merge(&plan, &parts[1..]), Err(49));
    assert_eq!(merge(&Plan::new(&within(), Review::Budget(11), 128, paths), &parts), Err(48));
    parts.push(parts[0].clone());
    assert_eq!(merge(&plan, &parts), Err(50));
    let mut bytes = fs::read(&parts[0]).expect("written");
    bytes.pop();
    fs::write(&parts[0], bytes).expect("written");
    assert_eq!(merge(&plan, &parts), Err(47));

    let part = folder.path().join("part");
    let run = |pairs: &Pairs, task| number(plan.run_block(pairs, task, &part).map(|_| ()));
    assert_eq!(run(&within(), plan.tasks.len()), Err(46));
    assert_eq!(run(&within().within_person(true), 0), Err(45));
    assert_eq!(run(&Pairs::within(&set(300, 14)).expect("small"), 0), Err(45));
    assert_eq!(run(&Pairs::between(left, left).expect("small"), 0), Err(45));
    assert_eq!(left.len(), 300);

    let file = folder.path().join("plan.json");
    plan.save(&file).expect("written");
    let text = fs::read_to_string(&file).expect("written");
    for (from, to) in [("\"version\":1", "\"version\":2"), ("[0,1]", "[0,2]"), ("{", "["), (":128", ":0")] {
        fs::write(&file, text.replacen(from, to, 1)).expect("written");
        assert_eq!(number(Plan::load(&file).map(|_| ())), Err(44), "{from}");
    }
}
