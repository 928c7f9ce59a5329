//! Shared parts of the benches.

use std::path::PathBuf;

/// A sample photo of the repository.
pub fn sample(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/data/photos").join(name)
}

/// CPU time of the calling thread in nanoseconds: what a busy machine disturbs least.
pub fn thread_cpu_ns() -> u64 {
    let t = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    t.tv_sec.unsigned_abs() * 1_000_000_000 + t.tv_nsec.unsigned_abs()
}
