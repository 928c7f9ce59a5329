//! Search answers what the definition answers, to the bit.

mod support;

use facecert_match::kernel::Kernel;
use facecert_match::{ContractId, Hit, MatchError, Search, Template, Wanted, Workers};
use support::{Numbers, SHAPES, Shape, rows, search_by_definition, template, templates};

fn bits(hits: &[Hit]) -> Vec<(u32, usize)> {
    hits.iter().map(|hit| (hit.score.to_bits(), hit.row)).collect()
}

#[test]
fn screen_then_rerank_equals_reference() {
    let mut numbers = Numbers(1);
    let two = Workers::new(2).expect("threads");
    for shape in SHAPES {
        for (dim, count) in [(64, 700), (65, 64), (127, 300), (128, 300), (256, 200), (512, 400), (1024, 130)] {
            let per_person = 1 + numbers.below(3);
            let all = templates(shape, dim, count, &mut numbers);
            let set = rows(&all, |row| (row / per_person) as u64);
            let mut queries = templates(Shape::Random, dim, 5, &mut numbers);
            queries.extend(all.iter().step_by(count / 8 + 1).cloned());
            let expected: Vec<Vec<(f32, usize)>> =
                queries.iter().map(|query| search_by_definition(&set, query)).collect();
            for kernel in Kernel::available() {
                for workers in [&Workers::CALLER, &two] {
                    let search = Search::new(&set).expect("small").kernel(kernel).workers(workers);
                    for limit in [1, 10, 50, usize::MAX] {
                        // A threshold exactly on a score, too.
                        for threshold in [f32::NEG_INFINITY, expected[6][count.min(40) / 3].0] {
                            let wanted = Wanted { limit, threshold };
                            let (found, _) = search.batch(&queries, wanted).expect("valid");
                            for (hits, expected) in found.iter().zip(&expected) {
                                let right: Vec<(u32, usize)> = expected
                                    .iter()
                                    .filter(|(score, _)| *score >= threshold)
                                    .take(limit)
                                    .map(|&(score, row)| (score.to_bits(), row))
                                    .collect();
                                assert_eq!(bits(hits), right, "{shape:?} {dim} {kernel:?} {wanted:?}");
                            }
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn a_batch_answers_as_single_queries_do() {
    let mut numbers = Numbers(2);
    let all = templates(Shape::Clustered, 128, 1000, &mut numbers);
    let set = rows(&all, |row| row as u64);
    let search = Search::new(&set).expect("small");
    let (batch, work) = search.batch(&all[..250], Wanted::top(5)).expect("valid");
    assert_eq!(work.pairs, 250_000);
    for (query, hits) in all[..250].iter().zip(&batch) {
        assert_eq!(&search.one(query, Wanted::top(5)).expect("valid").0, hits);
        assert_eq!(hits.len(), 5);
        assert_eq!(hits[0].label.id, 1000 + hits[0].row as u64);
    }
}

#[test]
fn what_cannot_be_answered_is_refused() {
    let set = rows(&templates(Shape::Random, 64, 10, &mut Numbers(3)), |row| row as u64);
    let search = Search::new(&set).expect("small");
    let number = |query: &Template, wanted| search.one(query, wanted).map_err(|e| e.number());
    assert_eq!(number(&template(&[0.5; 65]), Wanted::top(1)), Err(4));
    let foreign = Template::new(ContractId::from_bytes([0; 32]), &[0.5; 64]).expect("finite");
    assert_eq!(number(&foreign, Wanted::top(1)), Err(5));
    let fine = template(&[0.5; 64]);
    assert_eq!(number(&fine, Wanted::above(f32::NAN)), Err(MatchError::Threshold.number()));
    assert!(search.one(&fine, Wanted::top(0)).expect("an empty answer").0.is_empty());
    assert!(search.one(&fine, Wanted::above(1.1)).expect("an empty answer").0.is_empty());
}
