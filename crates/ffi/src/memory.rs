//! The caller's memory. A pointer is checked before it is followed; a struct is copied, never referred to.
//!
//! The constructors are `unsafe`: the caller of the C function promises that a pointer is NULL, or misaligned, or valid
//! for the length that comes with it, and that nobody changes the memory during the call. What they return can be used
//! freely until the call ends.

use std::ffi::{CStr, c_char};
use std::mem::MaybeUninit;
use std::ptr::{self, NonNull};
use std::slice;

use zeroize::Zeroize as _;

use crate::status::{Failure, Result, facecert_status as Status};

/// No struct of any version is larger.
const MAX_STRUCT_BYTES: u32 = 65_536;
const STRUCT_SIZE_BYTES: usize = size_of::<u32>();
/// `FACECERT_NUL`: text ends at its NUL.
const NUL: usize = usize::MAX;

/// A struct that begins with its own size and grows at its end.
///
/// # Safety
/// `repr(C)`, `struct_size: u32` first, valid for every pattern of bits, without hidden gaps.
pub(crate) unsafe trait Versioned: Copy {}

// SAFETY: all fields are numbers.
unsafe impl Versioned for crate::status::facecert_error {}

/// A value from outside that must be there.
fn present<T>(argument: i32, pointer: *const T) -> Result<NonNull<T>> {
    let Some(pointer) = NonNull::new(pointer.cast_mut()) else {
        return Err(Failure::new(Status::FACECERT_E_NULL, "is NULL; give a pointer").at(argument));
    };
    if pointer.is_aligned() {
        Ok(pointer)
    } else {
        let message = format!("is not aligned to {} bytes", align_of::<T>());
        Err(Failure::new(Status::FACECERT_E_ALIGNMENT, message).at(argument))
    }
}

/// The size that the caller gave, if it can be the size of a `T`.
unsafe fn struct_size<T: Versioned>(argument: i32, pointer: NonNull<T>) -> Result<usize> {
    // SAFETY: the pointer is aligned, and a struct of any version has its size first.
    let size = unsafe { pointer.cast::<u32>().read() };
    // Every struct is in its first version, so none may be smaller.
    if (size_of::<T>()..=MAX_STRUCT_BYTES as usize).contains(&(size as usize)) {
        Ok(size as usize)
    } else {
        let message = format!("struct_size is {size}, not {}; use FACECERT_INIT", size_of::<T>());
        Err(Failure::new(Status::FACECERT_E_STRUCT_SIZE, message).at(argument))
    }
}

/// A copy of the caller's struct. What a newer header has more of must be zero.
pub(crate) unsafe fn struct_in<T: Versioned>(argument: i32, pointer: *const T) -> Result<T> {
    let pointer = present(argument, pointer)?;
    // SAFETY: present and aligned; the caller vouches for as many bytes as struct_size says.
    let (value, tail) = unsafe {
        let size = struct_size(argument, pointer)?;
        let bytes = slice::from_raw_parts(pointer.as_ptr().cast::<u8>(), size);
        (pointer.read(), &bytes[size_of::<T>()..])
    };
    if tail.iter().all(|&byte| byte == 0) {
        Ok(value)
    } else {
        let message =
            "has a field that this library does not know and that is not zero; use the header of this library";
        Err(Failure::new(Status::FACECERT_E_STRUCT_SIZE, message).at(argument))
    }
}

/// As [`struct_in`], where NULL stands for the defaults.
pub(crate) unsafe fn optional_struct_in<T: Versioned>(argument: i32, pointer: *const T) -> Result<Option<T>> {
    // SAFETY: as the caller vouches.
    if pointer.is_null() { Ok(None) } else { unsafe { struct_in(argument, pointer) }.map(Some) }
}

/// A copy of a frozen value, one that is valid for every pattern of bits.
pub(crate) unsafe fn value_in<T: Copy>(argument: i32, pointer: *const T) -> Result<T> {
    // SAFETY: present and aligned; the caller vouches for its bytes.
    present(argument, pointer).map(|pointer| unsafe { pointer.read() })
}

/// Borrowed values; NULL with length 0 is none.
pub(crate) unsafe fn slice_in<'a, T>(argument: i32, start: *const T, len: usize) -> Result<&'a [T]> {
    if start.is_null() && len == 0 {
        return Ok(&[]);
    }
    let start = present(argument, start)?;
    check_len::<T>(argument + 1, len)?;
    // SAFETY: present, aligned, of a possible length; the caller vouches for the values.
    Ok(unsafe { slice::from_raw_parts(start.as_ptr(), len) })
}

fn check_len<T>(argument: i32, len: usize) -> Result<()> {
    if len <= isize::MAX as usize / size_of::<T>() {
        Ok(())
    } else {
        let message = format!("is {len}, more than memory can hold; give the true length");
        Err(Failure::new(Status::FACECERT_E_ARGUMENT, message).at(argument))
    }
}

/// Borrowed UTF-8 text of `len` bytes, or up to its NUL.
pub(crate) unsafe fn text_in<'a>(argument: i32, start: *const c_char, len: usize) -> Result<&'a str> {
    let present = present(argument, start)?.cast::<u8>();
    let bytes = if len == NUL {
        // SAFETY: with this length the caller vouches for a NUL.
        unsafe { CStr::from_ptr(start) }.to_bytes()
    } else {
        // SAFETY: the caller vouches for the length.
        unsafe { slice_in(argument, present.as_ptr().cast_const(), len) }?
    };
    str::from_utf8(bytes).map_err(|_| Failure::new(Status::FACECERT_E_UTF8, "is not UTF-8").at(argument))
}

/// As [`text_in`], where NULL with length 0 stands for none.
pub(crate) unsafe fn optional_text_in<'a>(argument: i32, start: *const c_char, len: usize) -> Result<Option<&'a str>> {
    if start.is_null() && len == 0 {
        return Ok(None);
    }
    // SAFETY: as the caller vouches.
    unsafe { text_in(argument, start, len) }.map(Some)
}

/// Zeroes the caller's bytes.
pub(crate) unsafe fn wipe(argument: i32, start: *mut u8, len: usize) -> Result<()> {
    // SAFETY: as the caller vouches, for writing too; any byte is a `MaybeUninit`.
    let bytes = unsafe { slice_in(argument, start.cast_const().cast::<MaybeUninit<u8>>(), len) }?;
    if !bytes.is_empty() {
        // SAFETY: checked just now, and the caller gave the pointer for writing.
        unsafe { slice::from_raw_parts_mut(start.cast::<MaybeUninit<u8>>(), len) }.zeroize();
    }
    Ok(())
}

/// Where one value goes.
pub(crate) struct Slot<T>(NonNull<T>);

impl<T> Slot<T> {
    pub(crate) unsafe fn new(argument: i32, pointer: *mut T) -> Result<Self> {
        present(argument, pointer).map(Self)
    }

    pub(crate) fn write(&self, value: T) {
        // SAFETY: present and aligned; the caller of `new` vouched for its memory.
        unsafe { self.0.write(value) };
    }
}

/// Where a versioned struct goes.
pub(crate) struct StructOut<T> {
    start: NonNull<T>,
    size: usize,
}

impl<T: Versioned> StructOut<T> {
    pub(crate) unsafe fn new(argument: i32, pointer: *mut T) -> Result<Self> {
        let start = present(argument, pointer)?;
        // SAFETY: present and aligned.
        Ok(Self { start, size: unsafe { struct_size(argument, start) }? })
    }

    /// Writes all but the size, which is the caller's; a newer header's fields become zero.
    pub(crate) fn write(&self, value: &T) {
        let (to, from) = (self.start.as_ptr().cast::<u8>(), ptr::from_ref(value).cast::<u8>());
        let known = size_of::<T>();
        // SAFETY: the caller of `new` vouched for `size` bytes, of which `known` are not more.
        unsafe {
            ptr::copy(from.add(STRUCT_SIZE_BYTES), to.add(STRUCT_SIZE_BYTES), known - STRUCT_SIZE_BYTES);
            ptr::write_bytes(to.add(known), 0, self.size - known);
        }
    }
}

/// Where a list of any length goes: all of it or nothing, and its length in any case.
pub(crate) struct Buffer<T> {
    argument: i32,
    start: Option<NonNull<T>>,
    capacity: usize,
    len: Slot<usize>,
}

impl<T: Copy> Buffer<T> {
    /// Three arguments in a row, the first of them `argument`.
    pub(crate) unsafe fn new(argument: i32, start: *mut T, capacity: usize, len: *mut usize) -> Result<Self> {
        let start = if start.is_null() && capacity == 0 { None } else { Some(present(argument, start)?) };
        check_len::<T>(argument + 1, capacity)?;
        // SAFETY: as the caller vouches.
        let len = unsafe { Slot::new(argument + 2, len) }?;
        Ok(Self { argument, start, capacity, len })
    }

    pub(crate) fn fill(&self, values: &[T]) -> Result<()> {
        self.fill_as(values, values.len())
    }

    /// For a result that is made once: tells that its length is at most `most`. Whether it is wanted now; if so, there is
    /// room.
    pub(crate) fn reserve(&self, most: usize) -> Result<bool> {
        self.len.write(most);
        if self.start.is_some() { self.check_room(most).map(|()| true) } else { Ok(false) }
    }

    fn check_room(&self, needed: usize) -> Result<()> {
        if needed <= self.capacity {
            return Ok(());
        }
        let message = format!("has room for {}; {needed} are needed", self.capacity);
        Err(Failure::new(Status::FACECERT_E_BUFFER, message).at(self.argument))
    }

    /// Tells `len`, and writes all values if there is room.
    fn fill_as(&self, values: &[T], len: usize) -> Result<()> {
        self.len.write(len);
        let Some(start) = self.start else { return Ok(()) };
        self.check_room(values.len())?;
        // SAFETY: the caller of `new` vouched for `capacity` values.
        unsafe { ptr::copy(values.as_ptr(), start.as_ptr(), values.len()) };
        Ok(())
    }
}

impl Buffer<c_char> {
    /// Writes a value as one line of JSON.
    pub(crate) fn fill_json(&self, value: &impl serde::Serialize) -> Result<()> {
        self.fill_text(&json(value)?)
    }

    /// Writes a NUL after the text, which the length does not count.
    pub(crate) fn fill_text(&self, text: &str) -> Result<()> {
        let with_nul: Vec<c_char> = text.bytes().chain([0]).map(|byte| byte as c_char).collect();
        self.fill_as(&with_nul, text.len())
    }

    /// As [`Buffer::reserve`], with room for the NUL.
    pub(crate) fn reserve_text(&self, most: usize) -> Result<bool> {
        self.len.write(most);
        if self.start.is_some() { self.check_room(most + 1).map(|()| true) } else { Ok(false) }
    }

    /// Two texts: both are written or neither, and both lengths are told.
    pub(crate) fn fill_text_beside(&self, text: &str, other: &Self, other_text: &str) -> Result<()> {
        self.len.write(text.len());
        other.len.write(other_text.len());
        if self.start.is_none() || other.start.is_none() {
            return Ok(());
        }
        self.check_room(text.len() + 1)?;
        other.check_room(other_text.len() + 1)?;
        self.fill_text(text)?;
        other.fill_text(other_text)
    }
}

/// A value as one line of JSON.
pub(crate) fn json(value: &impl serde::Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|e| Failure::new(Status::FACECERT_E_INTERNAL, e.to_string()))
}

/// Values as JSON Lines.
pub(crate) fn json_lines<T: serde::Serialize>(values: impl IntoIterator<Item = T>) -> Result<String> {
    values.into_iter().map(|value| Ok(json(&value)? + "\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[repr(C)]
    #[derive(Clone, Copy, Debug, PartialEq)]
    struct Old {
        struct_size: u32,
        value: u32,
    }
    // SAFETY: two numbers.
    unsafe impl Versioned for Old {}

    /// A newer header's struct, whose size is given and whose last field is unknown here.
    #[repr(C)]
    struct New {
        old: Old,
        added: [u8; 5],
    }

    fn new(struct_size: u32, added: u8) -> New {
        New { old: Old { struct_size, value: 7 }, added: [0, 0, 0, 0, added] }
    }

    #[test]
    fn a_struct_may_be_longer_but_its_unknown_tail_must_be_zero() {
        let read = |new: &New| unsafe { struct_in(1, ptr::from_ref(new).cast::<Old>()) }.map_err(|f| f.status);
        assert_eq!(read(&new(8, 9)).unwrap().value, 7);
        assert_eq!(read(&new(13, 0)).unwrap().value, 7);
        for refused in [new(0, 0), new(7, 0), new(13, 1), new(65_537, 0)] {
            assert_eq!(read(&refused), Err(Status::FACECERT_E_STRUCT_SIZE));
        }
    }

    #[test]
    fn a_written_struct_keeps_its_size_and_loses_its_unknown_tail() {
        let mut to = new(13, 9);
        let out = unsafe { StructOut::new(1, ptr::from_mut(&mut to).cast::<Old>()) }.unwrap();
        out.write(&Old { struct_size: 0, value: 3 });
        assert_eq!((to.old, to.added), (Old { struct_size: 13, value: 3 }, [0; 5]));
    }

    #[test]
    fn a_buffer_takes_all_or_nothing_and_tells_the_length() {
        let (mut room, mut len) = ([9_u8; 4], 0);
        let mut fill = |capacity, text: &str| {
            let start = ptr::from_mut(&mut room).cast::<c_char>();
            let done = unsafe { Buffer::new(1, start, capacity, &raw mut len) }.unwrap().fill_text(text);
            (done.map_err(|f| f.status), len, room)
        };
        assert_eq!(fill(3, "abc"), (Err(Status::FACECERT_E_BUFFER), 3, [9; 4]));
        assert_eq!(fill(4, "abc"), (Ok(()), 3, *b"abc\0"));
        let none = unsafe { Buffer::<u8>::new(1, ptr::null_mut(), 0, &raw mut len) }.unwrap();
        assert!(none.fill(&[1, 2]).is_ok() && len == 2);
        assert!(none.reserve(9).is_ok_and(|wanted| !wanted) && len == 9);
        let some = unsafe { Buffer::<u8>::new(1, room.as_mut_ptr(), 4, &raw mut len) }.unwrap();
        assert!(some.reserve(5).is_err() && some.reserve(4).is_ok_and(|wanted| wanted));
    }
}
