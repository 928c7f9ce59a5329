//! Model packs.

use std::ffi::c_char;
use std::path::Path;

use facecert_core::pack::Pack;

use crate::boundary::boundary;
use crate::handle::{self, Handle};
use crate::memory::{Slot, text_in};
use crate::status::{Failure, StatusInt, facecert_error};

/// A model pack: nets and what their scores mean. It never changes; engines share it.
pub struct facecert_pack {
    _private: [u8; 0],
}

impl Handle for facecert_pack {
    type Object = Pack;
}

/// The pack inside the library.
/// out: a handle, yours to release.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_pack_default(out: *mut *mut facecert_pack, err: *mut facecert_error) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let out = unsafe { Slot::new(1, out) }?;
        out.write(handle::create(Pack::embedded()?));
        Ok(())
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}

/// The pack in a folder. Every file of it is read and its digest verified.
/// path: the folder, path_len bytes of UTF-8 or FACECERT_NUL. out: a handle, yours to release.
/// FACECERT_E_UTF8; FACECERT_E_PACK: a file is missing, damaged or not understood.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_pack_open(
    path: *const c_char,
    path_len: usize,
    out: *mut *mut facecert_pack,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (path, out) = unsafe { (text_in(1, path, path_len)?, Slot::new(3, out)?) };
        let pack = Pack::open(Path::new(path)).and_then(|pack| pack.check().map(|()| pack));
        out.write(handle::create(pack.map_err(|e| Failure::from(e).at(1))?));
        Ok(())
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}

/// The contract of the templates that the pack makes: what decides whether templates can be compared.
/// contract_id: room for 32 bytes.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_pack_contract(
    pack: *const facecert_pack,
    contract_id: *mut u8,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (pack, out) = unsafe { (handle::get(1, pack)?, Slot::new(2, contract_id.cast::<[u8; 32]>())?) };
        out.write(*pack.contract().as_bytes());
        Ok(())
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}

/// The identity of the pack: SHA-256 of its manifest, which holds the digests of all its files.
/// digest: room for 32 bytes.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_pack_digest(
    pack: *const facecert_pack,
    digest: *mut u8,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (pack, out) = unsafe { (handle::get(1, pack)?, Slot::new(2, digest.cast::<[u8; 32]>())?) };
        out.write(pack.digest());
        Ok(())
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}

/// Ends the handle; engines made of it stay. NULL is allowed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_pack_release(pack: *mut facecert_pack) -> StatusInt {
    // SAFETY: the pointer is as the header demands.
    unsafe { boundary(std::ptr::null_mut(), || handle::release(pack)) }
}
