//! Handles: what stands behind an opaque pointer, and how it is told from anything else.
//!
//! A cell counts who holds its object: the handle until it is released, and each call. A release in another thread ends
//! the handle, not the call that runs. Released cells are kept for a while, their objects gone, so that a second release
//! or a use after release finds a cell that says so.

use std::any::Any;
use std::cell::UnsafeCell;
use std::collections::VecDeque;
use std::ops::Deref;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

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
    /// A call on the object panicked.
    poisoned: AtomicBool,
    /// The handle while it lives, and each call on it.
    holders: AtomicUsize,
    /// Read by holders; taken when there are none.
    object: UnsafeCell<Option<Box<dyn Any + Send + Sync>>>,
}

/// One holder less. After the last one the object is gone, and the cell soon.
///
/// # Safety
/// A cell of [`create`], held by the caller, who must not use it afterwards.
unsafe fn let_go(cell: NonNull<Cell>) {
    // SAFETY: held.
    let Cell { holders, object, .. } = unsafe { cell.as_ref() };
    if holders.fetch_sub(1, Ordering::AcqRel) == 1 {
        // SAFETY: nobody holds the object, and nobody can hold it again.
        let object = unsafe { (*object.get()).take() };
        keep(cell);
        drop(object);
    }
}

/// An object in use by a call. If the call panics, it is poisoned.
pub(crate) struct Held<T> {
    cell: NonNull<Cell>,
    object: NonNull<T>,
}

impl<T> Held<T> {
    fn cell(&self) -> &Cell {
        // SAFETY: held.
        unsafe { self.cell.as_ref() }
    }
}

impl<T> Deref for Held<T> {
    type Target = T;
    fn deref(&self) -> &T {
        // SAFETY: the object stays where it is while it is held.
        unsafe { self.object.as_ref() }
    }
}

impl<T> Drop for Held<T> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.cell().poisoned.store(true, Ordering::Release);
        }
        // SAFETY: held, and not used afterwards.
        unsafe { let_go(self.cell) };
    }
}

/// A new handle; it ends with [`release`].
pub(crate) fn create<H: Handle>(object: H::Object) -> *mut H {
    fork::watch();
    let cell = Cell {
        tag: AtomicU64::new(LIVE),
        fork_generation: fork::generation(),
        poisoned: AtomicBool::new(false),
        holders: AtomicUsize::new(1),
        object: UnsafeCell::new(Some(Box::new(object))),
    };
    Box::into_raw(Box::new(cell)).cast()
}

/// The object of a handle.
///
/// # Safety
/// The pointer is NULL, or misaligned, or to eight bytes at least that nobody changes; if they are a cell's tag, it is one.
pub(crate) unsafe fn get<H: Handle>(argument: i32, handle: *const H) -> Result<Held<H::Object>> {
    // SAFETY: as the caller vouches.
    let held = unsafe { hold(argument, handle) }?;
    if held.cell().poisoned.load(Ordering::Acquire) {
        let message = "a fault happened in an earlier call on this handle; release it";
        return Err(Failure::new(Status::FACECERT_E_POISONED, message).at(argument));
    }
    Ok(held)
}

/// As [`get`], where NULL stands for none.
///
/// # Safety
/// As for [`get`].
pub(crate) unsafe fn optional<H: Handle>(argument: i32, handle: *const H) -> Result<Option<Held<H::Object>>> {
    // SAFETY: as the caller vouches.
    if handle.is_null() { Ok(None) } else { unsafe { get(argument, handle) }.map(Some) }
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
    let held = unsafe { hold(1, handle) }?;
    let tag = &held.cell().tag;
    tag.compare_exchange(LIVE, RELEASED, Ordering::AcqRel, Ordering::Acquire).map_err(|_| released(1))?;
    // SAFETY: the handle's own hold, given up once, by whoever changed the tag; that of this call goes at the end.
    unsafe { let_go(held.cell) };
    Ok(())
}

/// The object of a handle, poisoned or not.
unsafe fn hold<H: Handle>(argument: i32, handle: *const H) -> Result<Held<H::Object>> {
    // SAFETY: as the caller vouches.
    let cell = unsafe { cell(argument, handle) }?;
    // SAFETY: a cell, which lives until nobody holds it and many others were released after it.
    let Cell { holders, object, .. } = unsafe { cell.as_ref() };
    let more = |holders| (holders > 0).then_some(holders + 1);
    if holders.fetch_update(Ordering::Acquire, Ordering::Relaxed, more).is_err() {
        return Err(released(argument));
    }
    // SAFETY: held, so nobody takes it.
    let object = unsafe { &*object.get() };
    let Some(object) = object.as_deref().and_then(|object| object.downcast_ref::<H::Object>()) else {
        // SAFETY: held just now, and not used afterwards.
        unsafe { let_go(cell) };
        return Err(no_handle(argument));
    };
    Ok(Held { cell, object: NonNull::from(object) })
}

/// The cell behind a pointer, if it is one of this process.
unsafe fn cell<H>(argument: i32, handle: *const H) -> Result<NonNull<Cell>> {
    let Some(cell) = NonNull::new(handle.cast_mut().cast::<Cell>()) else {
        return Err(Failure::new(Status::FACECERT_E_NULL, "is NULL; give a handle").at(argument));
    };
    if !cell.is_aligned() {
        return Err(Failure::new(Status::FACECERT_E_ALIGNMENT, "is not a handle: not aligned").at(argument));
    }
    // SAFETY: aligned, and eight bytes may be read.
    match unsafe { AtomicU64::from_ptr(cell.cast().as_ptr()) }.load(Ordering::Acquire) {
        LIVE => {}
        RELEASED => return Err(released(argument)),
        _ => return Err(no_handle(argument)),
    }
    // SAFETY: the tag is that of a cell.
    let generation = unsafe { cell.as_ref() }.fork_generation;
    if generation == fork::generation() {
        Ok(cell)
    } else {
        let message = "was made before fork(); make it anew in this process";
        Err(Failure::new(Status::FACECERT_E_FORK, message).at(argument))
    }
}

fn no_handle(argument: i32) -> Failure {
    Failure::new(Status::FACECERT_E_HANDLE, "is not a handle of this kind").at(argument)
}

fn released(argument: i32) -> Failure {
    Failure::new(Status::FACECERT_E_HANDLE, "was released before").at(argument)
}

/// A released cell in the queue to be freed.
struct Kept(NonNull<Cell>);

// SAFETY: a cell is made to be shared between threads.
unsafe impl Send for Kept {}

fn keep(cell: NonNull<Cell>) {
    static QUEUE: Mutex<VecDeque<Kept>> = Mutex::new(VecDeque::new());
    let mut queue = QUEUE.lock().unwrap_or_else(PoisonError::into_inner);
    queue.push_back(Kept(cell));
    if queue.len() > KEPT_CELLS {
        let oldest = queue.pop_front();
        drop(queue);
        if let Some(Kept(oldest)) = oldest {
            // SAFETY: made by `create`, and put here once, by its last holder.
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
    fn an_object_goes_with_its_last_holder() {
        struct Shared;
        impl Handle for Shared {
            type Object = std::sync::Arc<()>;
        }
        let object = std::sync::Arc::new(());
        let handle = create::<Shared>(object.clone());
        let held = unsafe { get(1, handle) }.unwrap();
        assert_eq!(status(unsafe { release(handle) }), Status::FACECERT_OK);
        assert_eq!(std::sync::Arc::strong_count(&object), 2);
        drop(held);
        assert_eq!(std::sync::Arc::strong_count(&object), 1);
    }

    #[test]
    fn of_many_releases_at_once_one_ends_the_handle() {
        let address = create::<Number>(7) as usize;
        let use_and_release = || {
            let number = address as *mut Number;
            let read = (0..1000).map_while(|_| unsafe { get(1, number) }.ok()).all(|held| *held == 7);
            read && unsafe { release(number) }.is_ok()
        };
        let ended = std::thread::scope(|threads| {
            let all: Vec<_> = (0..8).map(|_| threads.spawn(use_and_release)).collect();
            all.into_iter().filter_map(|thread| thread.join().ok()).filter(|ended| *ended).count()
        });
        assert_eq!(ended, 1);
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
