//! Handles: what stands behind an opaque pointer, and how it is told from anything else.
//!
//! A cell holds the object by `Arc`, which each call clones: a release in another thread ends the handle, not the call
//! that runs. Released cells are kept for a while, their objects gone, so that a second release or a use after release
//! finds a cell that says so.

use std::any::Any;
use std::collections::VecDeque;
use std::mem;
use std::ops::Deref;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::fork;
use crate::status::{Failure, Result, facecert_status as Status};

/// Tags of cells. Text or zeros in their place are no handle.
const LIVE: u64 = 0xFACE_CE27_11FE_0001;
const RELEASED: u64 = 0xFACE_CE27_DEAD_0001;
/// Released cells that are kept.
const KEPT_CELLS: usize = 256;

/// A kind of handle: the opaque C type is its name, `Object` what it stands for.
pub(crate) trait Handle {
    type Object: Send + Sync + 'static;
}

/// What an opaque pointer points to.
#[repr(C)]
struct Cell {
    tag: AtomicU64,
    fork_generation: u32,
    body: Mutex<Option<Arc<dyn Any + Send + Sync>>>,
}

/// An object and whether a call on it panicked.
struct Body<T> {
    poisoned: AtomicBool,
    object: T,
}

/// An object in use by a call. If the call panics, it is poisoned.
pub(crate) struct Held<T>(Arc<Body<T>>);

impl<T> Deref for Held<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0.object
    }
}

impl<T> Drop for Held<T> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.poisoned.store(true, Ordering::Release);
        }
    }
}

/// A new handle; it ends with [`release`].
pub(crate) fn create<H: Handle>(object: H::Object) -> *mut H {
    let body = Arc::new(Body { poisoned: AtomicBool::new(false), object });
    let cell = Cell {
        tag: AtomicU64::new(LIVE),
        fork_generation: fork::generation(),
        body: Mutex::new(Some(body as Arc<dyn Any + Send + Sync>)),
    };
    Box::into_raw(Box::new(cell)).cast()
}

/// The object of a handle.
///
/// # Safety
/// The pointer is NULL, or misaligned, or to eight bytes at least that nobody changes; if they are a cell's tag, it is one.
pub(crate) unsafe fn get<H: Handle>(argument: i32, handle: *const H) -> Result<Held<H::Object>> {
    // SAFETY: as the caller vouches.
    let cell = unsafe { cell(argument, handle) }?;
    let body = cell.body.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let body = body.and_then(|body| body.downcast::<Body<H::Object>>().ok()).ok_or_else(|| no_handle(argument))?;
    if body.poisoned.load(Ordering::Acquire) {
        let message = "a fault happened in an earlier call on this handle; release it";
        return Err(Failure::new(Status::FACECERT_E_POISONED, message).at(argument));
    }
    Ok(Held(body))
}

/// Ends a handle; NULL is none.
///
/// # Safety
/// As for [`get`].
pub(crate) unsafe fn release<H: Handle>(handle: *mut H) -> Result<()> {
    if handle.is_null() {
        return Ok(());
    }
    // SAFETY: as the caller vouches.
    let cell = unsafe { cell(1, handle) }?;
    let body = {
        let mut body = cell.body.lock().unwrap_or_else(PoisonError::into_inner);
        if !body.as_deref().is_some_and(|body| body.is::<Body<H::Object>>()) {
            return Err(no_handle(1));
        }
        cell.tag.store(RELEASED, Ordering::Release);
        body.take()
    };
    keep(NonNull::from(cell));
    drop(body);
    Ok(())
}

/// The cell behind a pointer, if it is one of this process.
unsafe fn cell<'a, H>(argument: i32, handle: *const H) -> Result<&'a Cell> {
    let Some(cell) = NonNull::new(handle.cast_mut().cast::<Cell>()) else {
        return Err(Failure::new(Status::FACECERT_E_NULL, "is NULL; give a handle").at(argument));
    };
    if !cell.is_aligned() {
        return Err(Failure::new(Status::FACECERT_E_ALIGNMENT, "is not a handle: not aligned").at(argument));
    }
    // SAFETY: aligned, and eight bytes may be read.
    match unsafe { AtomicU64::from_ptr(cell.cast().as_ptr()) }.load(Ordering::Acquire) {
        LIVE => {}
        RELEASED => {
            return Err(Failure::new(Status::FACECERT_E_HANDLE, "was released before").at(argument));
        }
        _ => return Err(no_handle(argument)),
    }
    // SAFETY: the tag is that of a cell, which lives until it is released and many others are after it.
    let cell = unsafe { cell.as_ref() };
    if cell.fork_generation == fork::generation() {
        Ok(cell)
    } else {
        let message = "was made before fork(); make it anew in this process";
        Err(Failure::new(Status::FACECERT_E_FORK, message).at(argument))
    }
}

fn no_handle(argument: i32) -> Failure {
    Failure::new(Status::FACECERT_E_HANDLE, "is not a handle of this kind").at(argument)
}

/// A released cell in the queue to be freed.
struct Kept(NonNull<Cell>);

// SAFETY: a cell is shared between threads anyway.
unsafe impl Send for Kept {}

fn keep(cell: NonNull<Cell>) {
    static QUEUE: Mutex<VecDeque<Kept>> = Mutex::new(VecDeque::new());
    let mut queue = QUEUE.lock().unwrap_or_else(PoisonError::into_inner);
    queue.push_back(Kept(cell));
    if queue.len() > KEPT_CELLS {
        let oldest = queue.pop_front();
        mem::drop(queue);
        if let Some(Kept(oldest)) = oldest {
            // SAFETY: made by `create`, and only the one release that saw it live put it here.
            drop(unsafe { Box::from_raw(oldest.as_ptr()) });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boundary::stopped;

    struct Number;
    impl Handle for Number {
        type Object = u32;
    }

    struct Word;
    impl Handle for Word {
        type Object = String;
    }

    fn status<T>(result: Result<T>) -> Status {
        result.map_or_else(|failure| failure.status, |_| Status::FACECERT_OK)
    }

    #[test]
    fn a_handle_serves_until_it_is_released_once() {
        let number = create::<Number>(7);
        assert_eq!(*unsafe { get(1, number) }.unwrap(), 7);
        assert_eq!(status(unsafe { get(1, number.cast::<Word>()) }), Status::FACECERT_E_HANDLE);
        assert_eq!(status(unsafe { release(number.cast::<Word>()) }), Status::FACECERT_E_HANDLE);
        let held = unsafe { get(1, number) }.unwrap();
        assert_eq!(status(unsafe { release(number) }), Status::FACECERT_OK);
        assert_eq!(*held, 7);
        assert_eq!(status(unsafe { release(number) }), Status::FACECERT_E_HANDLE);
        assert_eq!(status(unsafe { get(1, number) }), Status::FACECERT_E_HANDLE);
        assert_eq!(status(unsafe { release::<Number>(std::ptr::null_mut()) }), Status::FACECERT_OK);
    }

    #[test]
    fn what_is_no_handle_is_refused() {
        let zeros = [0_u64; 16];
        assert_eq!(status(unsafe { get(1, zeros.as_ptr().cast::<Number>()) }), Status::FACECERT_E_HANDLE);
        let odd = zeros.as_ptr().wrapping_byte_add(1).cast::<Number>();
        assert_eq!(status(unsafe { get(1, odd) }), Status::FACECERT_E_ALIGNMENT);
        assert_eq!(status(unsafe { get::<Number>(1, std::ptr::null()) }), Status::FACECERT_E_NULL);
    }

    #[test]
    fn a_panic_poisons_what_the_call_held_and_nothing_else() {
        let (faulty, other) = (create::<Number>(1), create::<Number>(2));
        let fault = stopped(|| {
            let _held = unsafe { get(1, faulty) }?;
            panic!("fault");
        });
        assert_eq!(status(fault), Status::FACECERT_E_PANIC);
        assert_eq!(status(unsafe { get(1, faulty) }), Status::FACECERT_E_POISONED);
        assert_eq!(status(unsafe { get(1, other) }), Status::FACECERT_OK);
        for handle in [faulty, other] {
            assert_eq!(status(unsafe { release(handle) }), Status::FACECERT_OK);
        }
    }
}
