//! How often this process was forked into being: handles of the parent are of no use in the child.

#[cfg(unix)]
pub(crate) fn generation() -> u32 {
    use std::sync::Once;
    use std::sync::atomic::{AtomicU32, Ordering};

    static WATCH: Once = Once::new();
    static GENERATION: AtomicU32 = AtomicU32::new(0);

    unsafe extern "C" fn in_child() {
        GENERATION.fetch_add(1, Ordering::Relaxed);
    }

    WATCH.call_once(|| {
        // SAFETY: the handler only adds to an atomic. Without memory for it forks go unnoticed, which harms nobody else.
        unsafe { libc::pthread_atfork(None, None, Some(in_child)) };
    });
    GENERATION.load(Ordering::Relaxed)
}

#[cfg(not(unix))]
pub(crate) fn generation() -> u32 {
    0
}
