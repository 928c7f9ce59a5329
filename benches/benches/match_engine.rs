//! The matching engine: 1:1, 1:N, batch, all pairs.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use facecert_match::kernel::Kernel;
use facecert_match::measure::random_rows;
use facecert_match::{Coded, MemoryRows, Pairs, Review, Rows, Search, Sketches, Template, Wanted};

const DIM: usize = 512;
/// Sign bits in which a row may differ: passes 4 in 1,000 strangers.
const SKETCH_CUT: u32 = 226;

fn templates(rows: &MemoryRows, count: usize) -> Vec<Template> {
    let mut scratch = vec![0.0; DIM];
    (0..count)
        .map(|row| {
            let values = rows.values(row, &mut scratch).expect("in memory");
            Template::new(rows.contract(), values).expect("unit norm")
        })
        .collect()
}

fn one_to_one(criterion: &mut Criterion) {
    let pair = templates(&random_rows(DIM, 2, 1).expect("supported"), 2);
    let kernel = Kernel::detected().expect("supported");
    let (x, y) = (pair[0].values(), pair[1].values());
    let (a, b) = (Coded::new(pair[0].clone()), Coded::new(pair[1].clone()));
    let mut group = criterion.benchmark_group("one_to_one");
    group.bench_function("int8", |bench| bench.iter(|| black_box(&a).estimate(black_box(&b), kernel)));
    group.bench_function("f32", |bench| bench.iter(|| kernel.dot(black_box(x), black_box(y))));
    group.bench_function("exact", |bench| bench.iter(|| kernel.score(black_box(x), black_box(y))));
    group.finish();
}

fn one_to_many(criterion: &mut Criterion) {
    let queries = templates(&random_rows(DIM, 256, 3).expect("supported"), 256);
    let mut group = criterion.benchmark_group("one_to_many");
    group.sample_size(10);
    for (name, count) in [("scan_100k", 100_000), ("scan_1m", 1_000_000)] {
        let rows = random_rows(DIM, count, 2).expect("supported");
        let search = Search::new(&rows).expect("small");
        group.throughput(Throughput::Elements(count as u64));
        group.bench_function(name, |bench| bench.iter(|| search.one(&queries[0], Wanted::top(10))));
        let sketches = Sketches::new(&rows).expect("small");
        group.bench_function(format!("{name}_sketch"), |bench| {
            bench.iter(|| sketches.search(&queries[0], Wanted::top(10), SKETCH_CUT));
        });
        if count == 100_000 {
            group.throughput(Throughput::Elements(256 * count as u64));
            group.bench_function("batch_256", |bench| {
                bench.iter(|| search.batch(&queries, Wanted::top(10)));
            });
        }
    }
    group.finish();
}

fn all_pairs(criterion: &mut Criterion) {
    let rows = random_rows(DIM, 20_000, 6).expect("supported");
    let mut group = criterion.benchmark_group("all_pairs_20k");
    group.sample_size(10);
    for kernel in Kernel::available().skip(1) {
        let pairs = Pairs::within(&rows).expect("small").kernel(kernel);
        group.throughput(Throughput::Elements(pairs.count()));
        group.bench_function(kernel.isa().name(), |bench| {
            bench.iter(|| pairs.collect(Review::Threshold(0.21)));
        });
    }
    group.finish();
}

criterion_group!(benches, one_to_one, one_to_many, all_pairs);
criterion_main!(benches);
