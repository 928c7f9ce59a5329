//! All pairs of sets that double: quadratic in rows, linear in memory.
//!
//! ```text
//! match-growth THREADS ROWS...
//! ```
//!
//! Prints a line of JSON for each size: processor time of all threads, time on the wall, and
//! the resident memory.

use std::time::Instant;

use facecert_match::kernel::Kernel;
use facecert_match::measure::random_rows;
use facecert_match::{Pairs, Review, Workers};
use rustix::time::{ClockId, clock_gettime};

/// Components of a template.
const DIM: usize = 512;
/// One pair of strangers in a million.
const THRESHOLD: f32 = 0.2092;

fn process_cpu_s() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}

fn resident_mib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? / 1024)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut numbers = std::env::args().skip(1).map(|text| text.parse::<usize>());
    let threads = numbers.next().unwrap_or(Ok(1))?;
    let workers = Workers::new(threads)?;
    let kernel = Kernel::detected()?;
    for rows in numbers {
        let rows = random_rows(DIM, rows?, 6)?;
        let pairs = Pairs::within(&rows)?.kernel(kernel).workers(&workers);
        let (cpu, wall) = (process_cpu_s(), Instant::now());
        let (found, work) = pairs.collect(Review::Threshold(THRESHOLD))?;
        let (cpu_s, wall_s) = (process_cpu_s() - cpu, wall.elapsed().as_secs_f64());
        println!(
            "{{\"isa\":\"{}\",\"threads\":{threads},\"rows\":{},\"pairs\":{},\"cpu_s\":{cpu_s:.2},\
             \"wall_s\":{wall_s:.2},\"m_pairs_per_cpu_s\":{:.0},\"screened\":{},\"found\":{},\
             \"resident_mib\":{}}}",
            kernel.isa(),
            facecert_match::Rows::len(&rows),
            work.pairs,
            work.pairs as f64 / cpu_s / 1e6,
            work.screened,
            found.len(),
            resident_mib().unwrap_or_default(),
        );
    }
    Ok(())
}
