//! The threads that a caller grants.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::sync_channel;
use std::{collections::BTreeMap, sync::atomic::AtomicUsize};

use crate::error::MatchError;

/// A pool of threads, shared by concurrent calls. One thread means the caller's own.
///
/// The number of threads never changes an answer.
pub struct Workers(Option<rayon::ThreadPool>);

impl Workers {
    /// The calling thread alone.
    pub const CALLER: Self = Self(None);

    /// A pool of `threads`; 0 takes one for each processor.
    ///
    /// # Errors
    /// [`MatchError::Threads`] if the system grants no thread.
    pub fn new(threads: usize) -> Result<Self, MatchError> {
        if threads == 1 {
            return Ok(Self::CALLER);
        }
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        Ok(Self(Some(pool.map_err(MatchError::Threads)?)))
    }

    /// Number of threads.
    #[must_use]
    pub fn threads(&self) -> usize {
        self.0.as_ref().map_or(1, rayon::ThreadPool::current_num_threads)
    }

    /// Computes `work(0)`, `work(1)`, ... up to `count` on all threads and hands the results
    /// to `take` on the calling thread, in order, as soon as they are there.
    ///
    /// The first error, of either, ends the run and is returned.
    pub(crate) fn in_order<T: Send>(
        &self,
        count: usize,
        work: impl Fn(usize) -> Result<T, MatchError> + Sync,
        mut take: impl FnMut(usize, T) -> Result<(), MatchError>,
    ) -> Result<(), MatchError> {
        let Some(pool) = &self.0 else {
            return (0..count).try_for_each(|index| take(index, work(index)?));
        };
        let threads = pool.current_num_threads();
        let (next, stopped) = (AtomicUsize::new(0), AtomicBool::new(false));
        let (results, arrived) = sync_channel(2 * threads);
        pool.in_place_scope(|scope| {
            for _ in 0..threads {
                let results = results.clone();
                let (next, stopped, work) = (&next, &stopped, &work);
                scope.spawn(move |_| {
                    while !stopped.load(Ordering::Relaxed) {
                        let index = next.fetch_add(1, Ordering::Relaxed);
                        if index >= count || results.send((index, work(index))).is_err() {
                            return;
                        }
                    }
                });
            }
            drop(results);
            let mut early = BTreeMap::new();
            let mut due = 0;
            let outcome = arrived.iter().try_for_each(|(index, result)| {
                early.insert(index, result?);
                while let Some(result) = early.remove(&due) {
                    take(due, result)?;
                    due += 1;
                }
                Ok(())
            });
            stopped.store(true, Ordering::Relaxed);
            // Threads that wait to send see the channel closed.
            drop(arrived);
            outcome
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_order() -> Result<(), MatchError> {
        for threads in [1, 2, 5] {
            let mut seen = Vec::new();
            let workers = Workers::new(threads)?;
            workers.in_order(
                100,
                |n| Ok(n * n),
                |n, square| {
                    seen.push((n, square));
                    Ok(())
                },
            )?;
            assert_eq!(seen, (0..100).map(|n| (n, n * n)).collect::<Vec<_>>());
        }
        Ok(())
    }

    #[test]
    fn an_error_of_either_side_ends_the_run() -> Result<(), MatchError> {
        for threads in [1, 3] {
            let workers = Workers::new(threads)?;
            let work = |n| {
                if n == 7 { Err(MatchError::Cancelled) } else { Ok(n) }
            };
            let mut taken = 0;
            let outcome = workers.in_order(1000, work, |_, _| {
                taken += 1;
                Ok(())
            });
            assert!(matches!(outcome, Err(MatchError::Cancelled)) && taken <= 7);
            let outcome = workers.in_order(1000, Ok, |n, _| if n == 3 { Err(MatchError::Threshold) } else { Ok(()) });
            assert!(matches!(outcome, Err(MatchError::Threshold)));
        }
        Ok(())
    }
}
