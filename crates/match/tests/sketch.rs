//! Sketches find what lies near, score it exactly and say what they would miss.

mod support;

use facecert_match::kernel::Kernel;
use facecert_match::{Search, Sketches, Wanted};
use support::{Numbers, Shape, rows, templates};

#[test]
fn a_wide_cut_finds_what_search_finds() {
    for dim in [64, 100, 512] {
        let all = templates(Shape::Clustered, dim, 500, &mut Numbers(20));
        let set = rows(&all, |row| row as u64 / 3);
        let search = Search::new(&set).expect("small");
        for kernel in Kernel::available() {
            let sketches = Sketches::new(&set).expect("small").kernel(kernel);
            for query in all.iter().step_by(50) {
                let (hits, work) = sketches.search(query, Wanted::top(7), dim as u32).expect("valid");
                assert_eq!(hits, search.one(query, Wanted::top(7)).expect("valid").0);
                assert_eq!(work.screened, 500);
            }
        }
    }
}

#[test]
fn a_narrow_cut_passes_few_and_counts_its_misses() {
    let all = templates(Shape::Clustered, 512, 3000, &mut Numbers(21));
    let set = rows(&all, |row| row as u64 / 3);
    for kernel in Kernel::available() {
        let sketches = Sketches::new(&set).expect("small").kernel(kernel);
        let (hits, work) = sketches.search(&all[4], Wanted::top(1), 210).expect("valid");
        assert_eq!(hits[0].label.person, 1);
        assert!(work.screened < 20, "{work:?}");
        let misses = |cut| sketches.misses(cut).expect("in memory");
        assert_eq!(misses(0).genuine_pairs, 3000);
        assert_eq!(misses(0).missed, 3000);
        assert_eq!(misses(512).missed, 0);
        assert!(misses(210).missed < 10, "{:?}", misses(210));
    }
}
