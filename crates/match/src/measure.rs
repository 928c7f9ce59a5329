//! Measures this crate on the machine at hand, each row beside its physical limit.
//!
//! One thread is timed by its own processor time, best of several, so that other programs
//! disturb little; several threads by the wall clock.

use std::hint::black_box;
use std::sync::LazyLock;
use std::time::Instant;

use serde::Serialize;

use crate::compare::Coded;
use crate::error::MatchError;
use crate::kernel::Kernel;
use crate::pairs::{Pairs, Review};
use crate::rows::{Label, MemoryRows, Rows};
use crate::search::{Search, Wanted};
use crate::template::{ContractId, Template};
use crate::workers::Workers;

/// What to measure.
#[derive(Clone, Debug)]
pub struct Sizes {
    /// Components; 128, 256 and 512 are tuned.
    pub dim: usize,
    /// Rows of a scan by one query.
    pub scan_rows: usize,
    /// Rows of a batch.
    pub batch_rows: usize,
    /// Queries of a batch.
    pub batch_queries: usize,
    /// Rows of all pairs.
    pub pair_rows: usize,
    /// Threads; 0 takes one for each processor.
    pub threads: usize,
    /// Repetitions, of which the best counts.
    pub repetitions: usize,
}

/// One measured row.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Measured {
    /// What was measured; begins with `one_to_one`, `scan`, `batch` or `pairs`.
    pub name: &'static str,
    /// Instruction set.
    pub isa: &'static str,
    /// Components.
    pub dim: usize,
    /// Rows of the set.
    pub rows: usize,
    /// Queries; for all pairs, the rows.
    pub queries: usize,
    /// Threads.
    pub threads: usize,
    /// Pairs compared in a second.
    pub pairs_per_s: f64,
    /// Pairs that the machine could compare at most: products of int8 codes for `batch` and
    /// `pairs`, reading of memory for `scan`, reading of the first-level cache for
    /// `one_to_one`. Absent where no limit is known.
    pub limit_pairs_per_s: Option<f64>,
    /// Their ratio.
    pub share_of_limit: Option<f64>,
}

/// Measures every row for `sizes`, telling `on_row` as it goes.
///
/// # Errors
/// A dimension that is not supported, or threads that could not be started.
pub fn measure(kernel: Kernel, sizes: &Sizes, on_row: &mut dyn FnMut(&Measured)) -> Result<(), MatchError> {
    let workers = Workers::new(sizes.threads)?;
    let bench = Bench { kernel, sizes, workers: &workers };
    bench.one_to_one(on_row)?;
    on_row(&bench.scan()?);
    on_row(&bench.batch()?);
    on_row(&bench.pairs()?);
    Ok(())
}

/// Rows of persons that do not exist: components are sums of three uniform numbers.
///
/// # Errors
/// [`MatchError::Dimension`].
pub fn random_rows(dim: usize, len: usize, seed: u64) -> Result<MemoryRows, MatchError> {
    let mut random = Random(seed);
    MemoryRows::new(CONTRACT, dim, len, |row| {
        let label = Label { id: row as u64, person: row as u64 };
        Ok((label, random.template(dim)?))
    })
}

/// Contract of [`random_rows`] and of other rows that are measured only.
pub const CONTRACT: ContractId = ContractId::from_bytes([0; 32]);

/// Multiplies and adds int8 codes in registers for one or two milliseconds, as fast as the
/// instruction set can: the number of products, or `None` where no such limit is known.
pub fn peak_products(kernel: Kernel) -> Option<u64> {
    kernel.peak(PEAK_ROUNDS)
}

/// Reads the codes of all rows, which is what a scan waits for.
pub fn read_codes(kernel: Kernel, rows: &MemoryRows) {
    black_box(kernel.read(rows.codes()));
}

/// A xorshift generator; the quality of its bits is of no concern here.
struct Random(u64);

impl Random {
    fn uniform(&mut self) -> f32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 40) as f32 / (1 << 23) as f32 - 1.0
    }

    fn template(&mut self, dim: usize) -> Result<Template, MatchError> {
        let values: Vec<f32> = (0..dim).map(|_| self.uniform() + self.uniform() + self.uniform()).collect();
        Template::new(CONTRACT, &values)
    }
}

struct Bench<'a> {
    kernel: Kernel,
    sizes: &'a Sizes,
    workers: &'a Workers,
}

/// Best seconds of a call and of what limits it, taken in turns.
struct Best {
    call_s: f64,
    limit_s: f64,
}

impl Bench<'_> {
    fn in_turns(
        &self,
        limit: &mut dyn FnMut(),
        call: &mut dyn FnMut() -> Result<(), MatchError>,
    ) -> Result<Best, MatchError> {
        let mut best = Best { call_s: f64::INFINITY, limit_s: f64::INFINITY };
        for _ in 0..self.sizes.repetitions.max(1) {
            let start = thread_cpu_s();
            limit();
            best.limit_s = best.limit_s.min(thread_cpu_s() - start);
            let start = self.now_s();
            call()?;
            best.call_s = best.call_s.min(self.now_s() - start);
        }
        Ok(best)
    }

    /// One thread is timed by what it ran, several by the clock on the wall.
    fn now_s(&self) -> f64 {
        if self.workers.threads() == 1 { thread_cpu_s() } else { wall_s() }
    }

    fn row(&self, name: &'static str, rows: usize, queries: usize, pairs_per_s: f64, limit: Option<f64>) -> Measured {
        Measured {
            name,
            isa: self.kernel.isa().name(),
            dim: self.sizes.dim,
            rows,
            queries,
            threads: self.workers.threads(),
            pairs_per_s,
            limit_pairs_per_s: limit,
            share_of_limit: limit.map(|limit| pairs_per_s / limit),
        }
    }

    fn one_to_one(&self, on_row: &mut dyn FnMut(&Measured)) -> Result<(), MatchError> {
        let alone = Self { workers: &Workers::CALLER, ..*self };
        let dim = self.sizes.dim;
        let mut random = Random(1);
        let (x, y) = (random.template(dim)?, random.template(dim)?);
        let (a, b) = (Coded::new(x.clone()), Coded::new(y.clone()));
        let kernel = self.kernel;
        let (x, y) = (x.values(), y.values());
        let estimate = || black_box(&a).estimate(black_box(&b), kernel).unwrap_or_default();
        let calls: [(&'static str, usize, &dyn Fn() -> f32); 3] = [
            ("one_to_one_int8", 2 * dim, &estimate),
            ("one_to_one_f32", 8 * dim, &|| kernel.dot(black_box(x), black_box(y))),
            ("one_to_one_exact", 8 * dim, &|| kernel.score(black_box(x), black_box(y))),
        ];
        for (name, bytes_per_pair, call) in calls {
            let best = alone.in_turns(
                &mut || repeat(CACHE_READS, || kernel.read(black_box(&[1; CACHE_BYTES]))),
                &mut || {
                    repeat(CALLS, call);
                    Ok(())
                },
            )?;
            let limit = (CACHE_READS * CACHE_BYTES) as f64 / best.limit_s / bytes_per_pair as f64;
            on_row(&alone.row(name, 1, 1, CALLS as f64 / best.call_s, Some(limit)));
        }
        Ok(())
    }

    fn scan(&self) -> Result<Measured, MatchError> {
        let rows = random_rows(self.sizes.dim, self.sizes.scan_rows, 2)?;
        let query = Random(3).template(self.sizes.dim)?;
        let search = Search::new(&rows)?.kernel(self.kernel).workers(self.workers);
        let best = self.in_turns(&mut || read_codes(self.kernel, &rows), &mut || {
            search.one(&query, Wanted::top(10)).map(|found| drop(black_box(found)))
        })?;
        let count = rows.len() as f64;
        let limit = count / best.limit_s * self.workers.threads() as f64;
        Ok(self.row("scan_top10", rows.len(), 1, count / best.call_s, Some(limit)))
    }

    fn batch(&self) -> Result<Measured, MatchError> {
        let rows = random_rows(self.sizes.dim, self.sizes.batch_rows, 4)?;
        let mut random = Random(5);
        let queries: Vec<Template> =
            (0..self.sizes.batch_queries).map(|_| random.template(self.sizes.dim)).collect::<Result<_, _>>()?;
        let search = Search::new(&rows)?.kernel(self.kernel).workers(self.workers);
        let pairs = (rows.len() * queries.len()) as f64;
        let (rate, limit) = self
            .beside_peak(pairs, &mut || search.batch(&queries, Wanted::top(10)).map(|found| drop(black_box(found))))?;
        Ok(self.row("batch_top10", rows.len(), queries.len(), rate, limit))
    }

    fn pairs(&self) -> Result<Measured, MatchError> {
        let rows = random_rows(self.sizes.dim, self.sizes.pair_rows, 6)?;
        let pairs = Pairs::within(&rows)?.kernel(self.kernel).workers(self.workers);
        // One pair of strangers in a million reaches 4.75 standard deviations.
        let threshold = 4.75 / (self.sizes.dim as f32).sqrt();
        let (rate, limit) = self.beside_peak(pairs.count() as f64, &mut || {
            pairs.collect(Review::Threshold(threshold)).map(|found| drop(black_box(found)))
        })?;
        Ok(self.row("pairs_above_threshold", rows.len(), rows.len(), rate, limit))
    }

    /// Pairs per second of a call that compares `pairs`, and those that the peak of products
    /// would allow.
    fn beside_peak(
        &self,
        pairs: f64,
        call: &mut dyn FnMut() -> Result<(), MatchError>,
    ) -> Result<(f64, Option<f64>), MatchError> {
        let products = peak_products(self.kernel);
        let best = self.in_turns(&mut || repeat(1, || peak_products(self.kernel)), call)?;
        let limit = products
            .map(|products| products as f64 / best.limit_s / self.sizes.dim as f64 * self.workers.threads() as f64);
        Ok((pairs / best.call_s, limit))
    }
}

const CALLS: usize = 20_000;
const CACHE_BYTES: usize = 16 << 10;
const CACHE_READS: usize = 500;
/// One or two milliseconds.
const PEAK_ROUNDS: u64 = 200_000;

fn repeat<T>(times: usize, mut call: impl FnMut() -> T) {
    for _ in 0..times {
        black_box(call());
    }
}

fn wall_s() -> f64 {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    START.elapsed().as_secs_f64()
}

/// Processor time of the calling thread.
#[cfg(target_os = "linux")]
pub fn thread_cpu_s() -> f64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: writes the one structure it is given.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut time) };
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}

#[cfg(not(target_os = "linux"))]
pub fn thread_cpu_s() -> f64 {
    wall_s()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_beside_its_limit() -> Result<(), MatchError> {
        let sizes = Sizes {
            dim: 128,
            scan_rows: 1000,
            batch_rows: 1000,
            batch_queries: 40,
            pair_rows: 500,
            threads: 1,
            repetitions: 2,
        };
        for kernel in Kernel::available() {
            let mut rows = Vec::new();
            measure(kernel, &sizes, &mut |row| rows.push(row.clone()))?;
            assert_eq!(rows.len(), 6);
            for row in rows {
                assert!(row.pairs_per_s > 1000.0, "{row:?}");
                assert!(row.limit_pairs_per_s.is_none_or(|limit| limit > 0.0), "{row:?}");
            }
        }
        Ok(())
    }
}
