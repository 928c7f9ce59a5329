//! Which library is loaded.

use std::ffi::c_char;

use facecert_match::kernel::Kernel;

use crate::boundary::boundary;
use crate::memory::{StructOut, Versioned};
use crate::status::{StatusInt, c_text, facecert_error, facecert_status as Status};

/// The number of the ABI: that of the SONAME.
pub(crate) const ABI_VERSION: u32 = 0;

/// What was loaded.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct facecert_build {
    /// Set by FACECERT_INIT.
    pub struct_size: u32,
    /// As facecert_abi_version.
    pub abi: u32,
    /// Version of the library, such as "0.1.0".
    pub version: [c_char; 32],
    /// Instruction set that templates are compared with: "portable", "avx512", "amx"; an open list.
    pub isa: [c_char; 32],
}

// SAFETY: all fields are numbers.
unsafe impl Versioned for facecert_build {}

/// ABI of the loaded library; compare with FACECERT_ABI_VERSION.
#[unsafe(no_mangle)]
pub extern "C" fn facecert_abi_version() -> u32 {
    ABI_VERSION
}

/// Version and instruction set of the loaded library.
/// FACECERT_E_UNSUPPORTED: the environment variable FACECERT_ISA names what this machine does not run.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_build_info(out: *mut facecert_build, err: *mut facecert_error) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let out = unsafe { StructOut::new(1, out) }?;
        out.write(&facecert_build {
            struct_size: 0,
            abi: ABI_VERSION,
            version: c_text(env!("CARGO_PKG_VERSION")),
            isa: c_text(Kernel::detected()?.isa().name()),
        });
        Ok(())
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}

/// The name of a status, such as "FACECERT_E_NULL", or "FACECERT_E_UNKNOWN". Static text, never NULL.
#[unsafe(no_mangle)]
pub extern "C" fn facecert_status_name(status: StatusInt) -> *const c_char {
    const NAMES: [(Status, &std::ffi::CStr); 33] = [
        (Status::FACECERT_OK, c"FACECERT_OK"),
        (Status::FACECERT_E_NULL, c"FACECERT_E_NULL"),
        (Status::FACECERT_E_ARGUMENT, c"FACECERT_E_ARGUMENT"),
        (Status::FACECERT_E_STRUCT_SIZE, c"FACECERT_E_STRUCT_SIZE"),
        (Status::FACECERT_E_BUFFER, c"FACECERT_E_BUFFER"),
        (Status::FACECERT_E_UTF8, c"FACECERT_E_UTF8"),
        (Status::FACECERT_E_ALIGNMENT, c"FACECERT_E_ALIGNMENT"),
        (Status::FACECERT_E_HANDLE, c"FACECERT_E_HANDLE"),
        (Status::FACECERT_E_POISONED, c"FACECERT_E_POISONED"),
        (Status::FACECERT_E_STATE, c"FACECERT_E_STATE"),
        (Status::FACECERT_E_BUSY, c"FACECERT_E_BUSY"),
        (Status::FACECERT_E_FORK, c"FACECERT_E_FORK"),
        (Status::FACECERT_E_CONTRACT, c"FACECERT_E_CONTRACT"),
        (Status::FACECERT_E_LIMIT, c"FACECERT_E_LIMIT"),
        (Status::FACECERT_E_UNSUPPORTED, c"FACECERT_E_UNSUPPORTED"),
        (Status::FACECERT_E_PURPOSE, c"FACECERT_E_PURPOSE"),
        (Status::FACECERT_E_IO, c"FACECERT_E_IO"),
        (Status::FACECERT_E_LOCKED, c"FACECERT_E_LOCKED"),
        (Status::FACECERT_E_FORMAT, c"FACECERT_E_FORMAT"),
        (Status::FACECERT_E_IMAGE, c"FACECERT_E_IMAGE"),
        (Status::FACECERT_E_PACK, c"FACECERT_E_PACK"),
        (Status::FACECERT_E_GALLERY, c"FACECERT_E_GALLERY"),
        (Status::FACECERT_E_POLICY, c"FACECERT_E_POLICY"),
        (Status::FACECERT_E_JSON, c"FACECERT_E_JSON"),
        (Status::FACECERT_E_KEY, c"FACECERT_E_KEY"),
        (Status::FACECERT_E_SEAL, c"FACECERT_E_SEAL"),
        (Status::FACECERT_E_RECORD, c"FACECERT_E_RECORD"),
        (Status::FACECERT_E_CALIBRATION, c"FACECERT_E_CALIBRATION"),
        (Status::FACECERT_E_PLAN, c"FACECERT_E_PLAN"),
        (Status::FACECERT_E_CANCELLED, c"FACECERT_E_CANCELLED"),
        (Status::FACECERT_E_CALLBACK, c"FACECERT_E_CALLBACK"),
        (Status::FACECERT_E_PANIC, c"FACECERT_E_PANIC"),
        (Status::FACECERT_E_INTERNAL, c"FACECERT_E_INTERNAL"),
    ];
    let name = NAMES.iter().find(|(known, _)| *known as i32 == status).map(|(_, name)| *name);
    name.unwrap_or(c"FACECERT_E_UNKNOWN").as_ptr()
}
