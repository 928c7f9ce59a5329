//! The matching engine beside simsimd and numkong: the same vectors in one process, taken in
//! turns, best of several in processor time of the one thread.
//!
//! ```text
//! match-peers [DIM] [SCAN_ROWS] [PAIR_ROWS] [REPETITIONS]
//! ```
//!
//! Prints a line of JSON for each row, the physical limit among them: products in registers
//! for all pairs, a read of the same codes for the scan. No rows leave a part out. The peers' int8
//! has one scale for all vectors and is not exact; ours answers as the reference score does. `configure_thread` is called for
//! numkong, and its packed product is run in the blocks that serve it best.

use std::hint::black_box;

use facecert_match::buffer::Buffer;
use facecert_match::kernel::{Isa, Kernel};
use facecert_match::measure::{peak_products, random_rows, read_codes, thread_cpu_s};
use facecert_match::{Coded, MemoryRows, Pairs, Review, Rows, Search, Template, Wanted};
use simsimd::SpatialSimilarity;

type Error = Box<dyn std::error::Error>;

unsafe extern "C" {
    fn nk_dots_packed_size_i8(width: usize, depth: usize) -> usize;
    fn nk_dots_pack_i8(b: *const i8, width: usize, depth: usize, stride: usize, packed: *mut u8);
    fn nk_dots_packed_i8(
        a: *const i8,
        packed: *const u8,
        c: *mut i32,
        height: usize,
        width: usize,
        depth: usize,
        a_stride: usize,
        c_stride: usize,
    );
    fn nk_dots_symmetric_i8(
        vectors: *const i8,
        count: usize,
        depth: usize,
        stride: usize,
        result: *mut i32,
        result_stride: usize,
        row_start: usize,
        row_count: usize,
    );
}

fn main() -> Result<(), Error> {
    let argument = |at: usize, otherwise: usize| -> Result<usize, Error> {
        Ok(std::env::args().nth(at).map_or(Ok(otherwise), |text| text.parse())?)
    };
    let (dim, scan_rows) = (argument(1, 512)?, argument(2, 1_000_000)?);
    let (pair_rows, repetitions) = (argument(3, 20_000)?, argument(4, 10)?);
    numkong::capabilities::configure_thread();
    one_to_one(dim, repetitions)?;
    if scan_rows > 0 {
        scan(dim, scan_rows, repetitions)?;
        batch(dim, scan_rows.min(100_000), repetitions)?;
    }
    if pair_rows > 0 { pairs(dim, pair_rows, repetitions) } else { Ok(()) }
}

/// An engine, the call that compares pairs, and how many pairs that are.
type Call<'a> = (String, f64, Box<dyn FnMut() + 'a>);

/// Prints each engine's best, ours first, and how far its repetitions lie apart.
fn in_turns(name: &str, dim: usize, rows: usize, repetitions: usize, mut calls: Vec<Call>) {
    let mut seconds = vec![Vec::new(); calls.len()];
    for _ in 0..repetitions.max(1) {
        for ((_, pairs, call), seconds) in calls.iter_mut().zip(&mut seconds) {
            let start = thread_cpu_s();
            call();
            seconds.push((thread_cpu_s() - start) / *pairs);
        }
    }
    seconds.iter_mut().for_each(|seconds| seconds.sort_unstable_by(f64::total_cmp));
    for ((engine, ..), pair_s) in calls.iter().zip(&seconds) {
        let best_s = pair_s[0];
        println!(
            "{{\"name\":\"{name}\",\"engine\":\"{engine}\",\"dim\":{dim},\"rows\":{rows},\"threads\":1,\
             \"pairs_per_s\":{:.4e},\"ns_per_pair\":{:.4},\"time_over_first\":{:.3},\"median_over_best\":{:.3}}}",
            1.0 / best_s,
            best_s * 1e9,
            best_s / seconds[0][0],
            pair_s[pair_s.len() / 2] / best_s,
        );
    }
}

/// The limit of an instruction set, as an engine that does nothing but multiply.
fn products_limit<'a>(kernel: Kernel, dim: usize) -> Option<Call<'a>> {
    let pairs = peak_products(kernel)? as f64 / dim as f64;
    let run = move || {
        black_box(peak_products(kernel));
    };
    Some((format!("limit: products, {}", kernel.isa()), pairs, Box::new(run)))
}

/// Vectors with one scale for all, as the peers take them.
struct Plain {
    codes: Buffer<i8>,
    dim: usize,
}

impl Plain {
    fn new(rows: &MemoryRows) -> Result<Self, Error> {
        let dim = rows.dim();
        let scale = 127.0 / (5.0 / (dim as f32).sqrt());
        let mut codes = Buffer::zeroed(rows.len() * dim);
        let mut scratch = vec![0.0; dim];
        for (row, codes) in codes.chunks_exact_mut(dim).enumerate() {
            for (code, value) in codes.iter_mut().zip(rows.values(row, &mut scratch)?) {
                *code = (value * scale).round().clamp(-127.0, 127.0) as i8;
            }
        }
        Ok(Self { codes, dim })
    }

    fn row(&self, row: usize) -> &[i8] {
        &self.codes[row * self.dim..][..self.dim]
    }
}

/// Calls of a 1:1 round.
const CALLS: usize = 50_000;

/// An engine that compares one pair, many times.
fn call<'a, T>(engine: &str, pair: impl Fn() -> T + 'a) -> Call<'a> {
    let many = move || (0..CALLS).for_each(|_| drop(black_box(pair())));
    (engine.to_owned(), CALLS as f64, Box::new(many))
}

fn one_to_one(dim: usize, repetitions: usize) -> Result<(), Error> {
    let rows = random_rows(dim, 2, 1)?;
    let plain = Plain::new(&rows)?;
    let kernel = Kernel::detected()?;
    let mut scratch = vec![0.0; dim];
    let x = Template::new(rows.contract(), rows.values(0, &mut scratch)?)?;
    let y = Template::new(rows.contract(), rows.values(1, &mut scratch)?)?;
    let (a, b) = (Coded::new(x.clone()), Coded::new(y.clone()));
    let (x, y) = (x.values(), y.values());
    let (p, q) = (plain.row(0), plain.row(1));
    let calls = vec![
        call("facecert", || black_box(&a).estimate(black_box(&b), kernel).unwrap_or_default()),
        call("numkong", || numkong::Dot::dot(black_box(p), black_box(q))),
        call("simsimd", || <i8 as SpatialSimilarity>::dot(black_box(p), black_box(q))),
    ];
    in_turns("one_to_one_int8", dim, 1, repetitions, calls);
    let calls = vec![
        call("facecert", || kernel.dot(black_box(x), black_box(y))),
        call("simsimd", || <f32 as SpatialSimilarity>::dot(black_box(x), black_box(y))),
    ];
    in_turns("one_to_one_f32", dim, 1, repetitions, calls);
    let calls = vec![
        call("facecert", || kernel.score(black_box(x), black_box(y))),
        call("numkong", || numkong::Dot::dot(black_box(x), black_box(y))),
        call("simsimd (f32 sums, not exact)", || <f32 as SpatialSimilarity>::dot(black_box(x), black_box(y))),
    ];
    in_turns("one_to_one_exact", dim, 1, repetitions, calls);
    Ok(())
}

fn scan(dim: usize, count: usize, repetitions: usize) -> Result<(), Error> {
    let rows = random_rows(dim, count, 2)?;
    let plain = Plain::new(&rows)?;
    let mut scratch = vec![0.0; dim];
    let query = Template::new(rows.contract(), rows.values(7, &mut scratch)?)?;
    let search = Search::new(&rows)?;
    let ours = || drop(black_box(search.one(&query, Wanted::top(10))));
    let numkong = || {
        let dots = plain.codes.chunks_exact(dim).map(|row| numkong::Dot::dot(plain.row(7), row));
        black_box(dots.max());
    };
    let simsimd = || {
        let dots = plain.codes.chunks_exact(dim);
        let dots = dots.map(|row| <i8 as SpatialSimilarity>::dot(plain.row(7), row));
        black_box(dots.flatten().fold(f64::NEG_INFINITY, f64::max));
    };
    let kernel = Kernel::detected()?;
    let calls: Vec<Call> = vec![
        ("facecert exact, top 10".into(), count as f64, Box::new(ours)),
        ("limit: read of the codes".into(), count as f64, Box::new(|| read_codes(kernel, &rows))),
        ("numkong int8 loop, maximum only".into(), count as f64, Box::new(numkong)),
        ("simsimd int8 loop, maximum only".into(), count as f64, Box::new(simsimd)),
    ];
    in_turns("scan", dim, count, repetitions, calls);
    Ok(())
}

fn batch(dim: usize, count: usize, repetitions: usize) -> Result<(), Error> {
    const QUERIES: usize = 256;
    let rows = random_rows(dim, count, 4)?;
    let mut scratch = vec![0.0; dim];
    let asked = random_rows(dim, QUERIES, 5)?;
    let queries: Vec<Template> = (0..QUERIES)
        .map(|row| Ok(Template::new(asked.contract(), asked.values(row, &mut scratch)?)?))
        .collect::<Result<_, Error>>()?;
    let queries = &queries[..];
    let mut calls: Vec<Call> = Vec::new();
    for isa in [Isa::Amx, Isa::Avx512, Isa::Avx2] {
        let Some(kernel) = Kernel::new(isa) else { continue };
        let search = Search::new(&rows)?.kernel(kernel);
        let run = move || drop(black_box(search.batch(queries, Wanted::top(10))));
        calls.push((format!("facecert exact, top 10, {isa}"), (count * QUERIES) as f64, Box::new(run)));
        calls.extend(products_limit(kernel, dim));
    }
    in_turns("batch", dim, count, repetitions, calls);
    Ok(())
}

fn pairs(dim: usize, count: usize, repetitions: usize) -> Result<(), Error> {
    let rows = random_rows(dim, count, 6)?;
    let plain = Plain::new(&rows)?;
    let threshold = 4.75 / (dim as f32).sqrt();
    let scale = 127.0 / (5.0 / (dim as f32).sqrt());
    let cut = (threshold * scale * scale) as i32;
    let all = count as f64 * (count as f64 - 1.0) / 2.0;
    let mut calls: Vec<Call> = Vec::new();
    for isa in [Isa::Amx, Isa::Avx512, Isa::Avx2] {
        let Some(kernel) = Kernel::new(isa) else { continue };
        let pairs = Pairs::within(&rows)?.kernel(kernel);
        let run = move || drop(black_box(pairs.collect(Review::Threshold(threshold))));
        calls.push((format!("facecert exact, {isa}"), all, Box::new(run)));
        calls.extend(products_limit(kernel, dim));
    }
    for (height, width) in [(256, 512), (512, 1024), (768, 2048)] {
        let plain = &plain;
        let run = move || {
            black_box(packed_triangle(plain, count, height, width, cut));
        };
        calls.push((format!("numkong dots_packed {height} x {width}, packing included"), all, Box::new(run)));
    }
    let run = || {
        black_box(symmetric(&plain, count, cut));
    };
    calls.push(("numkong dots_symmetric".into(), all, Box::new(run)));
    in_turns("pairs", dim, count, repetitions, calls);
    Ok(())
}

/// Blocks of rows against packed blocks of columns on and above the diagonal; packing counts.
fn packed_triangle(plain: &Plain, count: usize, height: usize, width: usize, cut: i32) -> usize {
    let dim = plain.dim;
    let mut dots = Buffer::<i32>::zeroed(height * width);
    let mut found = 0;
    // SAFETY: asks for a size.
    let mut packed = Buffer::<u8>::zeroed(unsafe { nk_dots_packed_size_i8(width, dim) });
    for column in (0..count).step_by(width) {
        let columns = width.min(count - column);
        // SAFETY: `columns` rows of `dim` codes from `column` on; the packed size is that of
        // at least as many.
        unsafe { nk_dots_pack_i8(plain.row(column).as_ptr(), columns, dim, dim, packed.as_mut_ptr()) };
        for row in (0..(column + columns).min(count)).step_by(height) {
            let lines = height.min(count - row);
            // SAFETY: `lines` rows of `dim` codes from `row` on; `dots` has room for
            // `height` lines of `width`.
            unsafe {
                nk_dots_packed_i8(
                    plain.row(row).as_ptr(),
                    packed.as_ptr(),
                    dots.as_mut_ptr(),
                    lines,
                    columns,
                    dim,
                    dim,
                    4 * width,
                );
            }
            for (line, dots) in dots.chunks_exact(width).take(lines).enumerate() {
                found += above(&dots[..columns], cut, (row + line + 1).saturating_sub(column));
            }
        }
    }
    found
}

fn symmetric(plain: &Plain, count: usize, cut: i32) -> usize {
    const LINES: usize = 256;
    let dim = plain.dim;
    let mut dots = Buffer::<i32>::zeroed(LINES * count);
    let mut found = 0;
    for row in (0..count).step_by(LINES) {
        let lines = LINES.min(count - row);
        // SAFETY: all rows of `dim` codes; line `row` of the result would lie `row` lines
        // before the buffer's start, and only lines from `row` on are written.
        unsafe {
            nk_dots_symmetric_i8(
                plain.codes.as_ptr(),
                count,
                dim,
                dim,
                dots.as_mut_ptr().wrapping_sub(row * count),
                4 * count,
                row,
                lines,
            );
        }
        for (line, dots) in dots.chunks_exact(count).take(lines).enumerate() {
            found += above(dots, cut, row + line + 1);
        }
    }
    found
}

/// How many of `dots` from `first` on reach `cut`.
fn above(dots: &[i32], cut: i32, first: usize) -> usize {
    dots.iter().skip(first).filter(|&&dot| dot >= cut).count()
}
