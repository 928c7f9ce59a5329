//! Engines.

use std::sync::Arc;

use facecert_core::engine::Engine;
use facecert_core::pack::Pack;

use crate::boundary::boundary;
use crate::handle::{self, Handle};
use crate::memory::Slot;
use crate::pack::facecert_pack;
use crate::status::{StatusInt, facecert_error};

/// The nets of a pack, ready to run. Nets are loaded when they are first needed; calls run on the calling thread.
pub struct facecert_engine {
    _private: [u8; 0],
}

impl Handle for facecert_engine {
    type Object = Arc<Engine>;
}

/// An engine on a pack. No net is loaded yet. out: a handle, yours to release; the pack may be released before it.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_engine_create(
    pack: *const facecert_pack,
    out: *mut *mut facecert_engine,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (pack, out) = unsafe { (handle::get(1, pack)?, Slot::new(2, out)?) };
        out.write(handle::create(Arc::new(Engine::new(Pack::clone(&pack)))));
        Ok(())
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}

/// Loads and checks every net and the calibration, so that the first person does not wait: seconds.
/// FACECERT_E_PACK: a net is damaged or does not run.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_engine_warm_up(
    engine: *const facecert_engine,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointer is as the header demands.
        let engine = unsafe { handle::get(1, engine) }?;
        engine.warm_up_detector()?;
        Ok(engine.prepare()?)
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}

/// Ends the handle; a call that runs on it ends as usual. NULL is allowed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_engine_release(engine: *mut facecert_engine) -> StatusInt {
    // SAFETY: the pointer is as the header demands.
    unsafe { boundary(std::ptr::null_mut(), || handle::release(engine)) }
}
