//! All pairs are what the definition says, in order, for any kernel and number of threads.

mod support;

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};

use facecert_match::kernel::Kernel;
use facecert_match::{MatchError, MemoryRows, Pair, Pairs, Resume, Review, Rows, Workers, reference};
use support::{Numbers, SHAPES, Shape, rows, templates};

/// All pairs in the order of rows, by definition.
fn by_definition(left: &MemoryRows, right: Option<&MemoryRows>, within_person: bool) -> Vec<Pair> {
    let (mut x, mut y) = (vec![0.0; left.dim()], vec![0.0; left.dim()]);
    let mut pairs = Vec::new();
    for i in 0..left.len() {
        let first = if right.is_some() { 0 } else { i + 1 };
        let other = right.unwrap_or(left);
        for j in first..other.len() {
            let labels = [left.label(i).expect("in memory"), other.label(j).expect("in memory")];
            let same = right.is_none() && labels[0].person == labels[1].person;
            if within_person || !same {
                let values = left.values(i, &mut x).expect("in memory");
                let score = reference::score(values, other.values(j, &mut y).expect("in memory"));
                pairs.push(Pair { rows: [i, j], labels, score });
            }
        }
    }
    pairs
}

fn strongest(mut pairs: Vec<Pair>, budget: usize) -> Vec<Pair> {
    pairs.sort_by(|a, b| b.score.partial_cmp(&a.score).expect("no NaN").then(a.rows.cmp(&b.rows)));
    pairs.truncate(budget);
    pairs
}

fn assert_same(found: &[Pair], right: &[Pair], what: &str) {
    let bits = |pairs: &[Pair]| -> Vec<_> { pairs.iter().map(|p| (p.rows, p.labels, p.score.to_bits())).collect() };
    assert_eq!(found.len(), right.len(), "{what}");
    assert!(bits(found) == bits(right), "{what}");
}

#[test]
fn all_pairs_equal_the_definition() {
    let mut numbers = Numbers(4);
    let two = Workers::new(2).expect("threads");
    for shape in SHAPES {
        for (dim, count) in [(64, 260), (101, 193), (128, 150), (256, 129), (512, 129), (1024, 70)] {
            let set = rows(&templates(shape, dim, count, &mut numbers), |row| row as u64 / 2);
            let other = rows(&templates(shape, dim, 130, &mut numbers), |row| row as u64);
            for (right, within_person) in [(None, false), (None, true), (Some(&other), false)] {
                let all = by_definition(&set, right, within_person);
                let threshold = strongest(all.clone(), 100)[99].score;
                let above: Vec<Pair> = all.iter().copied().filter(|p| p.score >= threshold).collect();
                let best = strongest(all, 77);
                for (kernel, workers) in Kernel::available().flat_map(|k| [(k, &Workers::CALLER), (k, &two)]) {
                    let pairs = match right {
                        None => Pairs::within(&set),
                        Some(right) => Pairs::between(&set, right),
                    };
                    let pairs = pairs.expect("one kind").kernel(kernel).workers(workers).within_person(within_person);
                    let what = format!("{shape:?} {dim} {kernel:?} {within_person}");
                    let (found, work) = pairs.collect(Review::Threshold(threshold)).expect("valid");
                    assert_same(&found, &above, &what);
                    assert_eq!(work.pairs, pairs.count());
                    let (found, _) = pairs.collect(Review::Budget(77)).expect("valid");
                    assert_same(&found, &best, &what);
                }
            }
        }
    }
}

#[test]
fn a_run_taken_up_again_gives_the_rest() {
    let mut numbers = Numbers(5);
    let set = rows(&templates(Shape::Clustered, 64, 5000, &mut numbers), |row| row as u64);
    for review in [Review::Threshold(0.3), Review::Budget(200)] {
        let pairs = Pairs::within(&set).expect("small");
        let (whole, whole_work) = pairs.collect(review).expect("valid");
        for stop_after in 0..6 {
            let mut found = Vec::new();
            let mut resume = Resume::default();
            let mut steps = 0;
            let first = pairs.run(review, Resume::default(), &mut |step| {
                if steps == stop_after {
                    return Err(std::io::Error::other("disk full"));
                }
                steps += 1;
                found.extend_from_slice(step.pairs);
                resume = step.resume.clone();
                Ok(())
            });
            assert!(matches!(first, Err(MatchError::Output(_))), "{stop_after}");
            let work = pairs.run(review, resume, &mut |step| {
                found.extend_from_slice(step.pairs);
                Ok(())
            });
            assert_same(&found, &whole, "resumed");
            assert_eq!(work.expect("valid").pairs, whole_work.pairs);
        }
    }
}

#[test]
fn progress_reaches_the_end_and_can_cancel() {
    let set = rows(&templates(Shape::Random, 64, 5000, &mut Numbers(6)), |row| row as u64);
    let two = Workers::new(2).expect("threads");
    for workers in [&Workers::CALLER, &two] {
        let calls = AtomicUsize::new(0);
        let last = AtomicUsize::new(0);
        let watch = |progress: facecert_match::Progress| {
            calls.fetch_add(1, Ordering::Relaxed);
            last.fetch_max(progress.done_pairs as usize, Ordering::Relaxed);
            assert_eq!(progress.total_pairs, 5000 * 4999 / 2);
            ControlFlow::Continue(())
        };
        let pairs = Pairs::within(&set).expect("small").workers(workers).on_progress(&watch);
        pairs.collect(Review::Budget(1)).expect("not cancelled");
        assert_eq!(last.load(Ordering::Relaxed), 5000 * 4999 / 2);
        assert!(calls.load(Ordering::Relaxed) >= 7);
        let stop = |_| ControlFlow::Break(());
        let pairs = Pairs::within(&set).expect("small").workers(workers).on_progress(&stop);
        assert!(matches!(pairs.collect(Review::Budget(1)), Err(MatchError::Cancelled)));
    }
}

#[test]
fn two_kinds_are_refused() {
    let of = |dim| rows(&templates(Shape::Random, dim, 5, &mut Numbers(7)), |row| row as u64);
    let number = |pairs: Result<Pairs, MatchError>| pairs.err().map(|error| error.number());
    assert_eq!(number(Pairs::between(&of(64), &of(65))), Some(4));
    let set = of(64);
    let pairs = Pairs::within(&set).expect("small");
    assert!(matches!(pairs.collect(Review::Threshold(f32::NAN)), Err(MatchError::Threshold)));
    assert!(pairs.collect(Review::Budget(0)).expect("nothing wanted").0.is_empty());
    let none = rows(&templates(Shape::Random, 64, 1, &mut Numbers(7)), |row| row as u64);
    assert!(Pairs::within(&none).expect("small").collect(Review::Budget(9)).expect("fine").0.is_empty());
}
