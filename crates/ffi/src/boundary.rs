//! The one place where a panic ends: every entry runs its body in here.

use std::cell::{Cell, RefCell};
use std::mem;
use std::panic::{self, AssertUnwindSafe, PanicHookInfo, catch_unwind};
use std::sync::Once;

use crate::memory::StructOut;
use crate::status::{Failure, Result, StatusInt, facecert_error, facecert_status as Status};

thread_local! {
    /// This thread runs the body of an entry.
    static INSIDE: Cell<bool> = const { Cell::new(false) };
    /// Where it panicked. What a panic says is dropped, since it may quote data.
    static PLACE: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Runs the body of an entry and says how it went, in the return value and, on failure, in `err`.
///
/// # Safety
/// `err` is NULL, or misaligned, or points to a facecert_error of the size that it says.
pub(crate) unsafe fn boundary(err: *mut facecert_error, body: impl FnOnce() -> Result<()>) -> StatusInt {
    const ERR_ARGUMENT: i32 = 0; // its own faults cannot be told in it
    let err = if err.is_null() {
        None
    } else {
        // SAFETY: as the caller vouches.
        match unsafe { StructOut::new(ERR_ARGUMENT, err) } {
            Ok(out) => Some(out),
            Err(failure) => return failure.status as i32,
        }
    };
    match stopped(body) {
        Ok(()) => Status::FACECERT_OK as i32,
        Err(failure) => {
            if let Some(out) = err {
                out.write(&failure.to_c());
            }
            failure.status as i32
        }
    }
}

/// Runs `body`; a panic in it becomes a failure, unseen and without its text.
pub(crate) fn stopped(body: impl FnOnce() -> Result<()>) -> Result<()> {
    stay_silent();
    let outer = INSIDE.replace(true);
    let outcome = catch_unwind(AssertUnwindSafe(body)); // what it held is poisoned
    let outcome = outcome.unwrap_or_else(|payload| {
        let place = PLACE.take();
        if let Err(second) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
            mem::forget(second);
        }
        let message = format!("a fault inside the library at {place}; release the handles of this call and report it");
        Err(Failure::new(Status::FACECERT_E_PANIC, message))
    });
    INSIDE.set(outer);
    outcome
}

/// The hook of this library's own copy of the standard library: panics print nothing.
fn stay_silent() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let others = panic::take_hook();
        panic::set_hook(Box::new(move |info: &PanicHookInfo| {
            // In a library of C every thread that runs this copy of the standard library is one of ours.
            if INSIDE.get() || cfg!(not(test)) {
                let place = info.location().map(|at| format!("{}:{}", at.file(), at.line()));
                PLACE.replace(place.unwrap_or_default());
            } else {
                others(info);
            }
        }));
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    struct PanicsAgain;

    impl Drop for PanicsAgain {
        fn drop(&mut self) {
            panic!("again");
        }
    }

    #[test]
    fn a_panic_becomes_a_status_and_keeps_its_text_to_itself() {
        let failure = stopped(|| panic!("secret of {}", 42)).unwrap_err();
        assert_eq!(failure.status, Status::FACECERT_E_PANIC);
        assert!(failure.to_string().contains("boundary.rs:") && !failure.to_string().contains("secret"));
        let failure = stopped(|| panic::panic_any(PanicsAgain)).unwrap_err();
        assert_eq!(failure.status, Status::FACECERT_E_PANIC);
        assert!(PLACE.take().contains("boundary.rs:"), "the panic while the first one was dropped was printed");
    }
}
