//! Templates, and their bytes.
//!
//! ```text
//! "FCTM" | format u32 = 1 | contract id 32 | components u32 | component f32, each      (numbers little-endian)
//! ```

use facecert_core::detect::Face;
use facecert_core::{ContractId, Template};
use zeroize::Zeroizing;

use crate::boundary::boundary;
use crate::detect::facecert_face;
use crate::engine::facecert_engine;
use crate::frame::{facecert_frame, frame_in};
use crate::handle::{self, Handle};
use crate::memory::{Buffer, Slot, slice_in, value_in, wipe};
use crate::status::{Failure, Result, StatusInt, facecert_error, facecert_status as Status};

const MAGIC: [u8; 8] = *b"FCTM\x01\0\0\0";
const CONTRACT_BYTES: usize = 32;

/// A face template: biometric data of one person.
pub struct facecert_template {
    _private: [u8; 0],
}

impl Handle for facecert_template {
    type Object = Template;
}

fn to_bytes(template: &Template) -> Zeroizing<Vec<u8>> {
    let dim = template.dim() as u32;
    let values = template.values().iter().flat_map(|value| value.to_le_bytes());
    let head = MAGIC.into_iter().chain(*template.contract().as_bytes()).chain(dim.to_le_bytes());
    Zeroizing::new(head.chain(values).collect())
}

fn from_bytes(bytes: &[u8]) -> Result<Template> {
    let fault = |what: &str| {
        let message = format!("template: {what}; make it again from the photo");
        Failure::new(Status::FACECERT_E_FORMAT, message)
    };
    let rest = bytes.strip_prefix(&MAGIC).ok_or_else(|| fault("does not begin like one of format 1"))?;
    let cut = || fault("its end is missing, or there is more than one");
    let (contract, rest) = rest.split_first_chunk::<CONTRACT_BYTES>().ok_or_else(cut)?;
    let (dim, rest) = rest.split_first_chunk::<4>().ok_or_else(cut)?;
    let (components, []) = rest.as_chunks::<4>() else { return Err(cut()) };
    if components.len() != u32::from_le_bytes(*dim) as usize {
        return Err(cut());
    }
    let values: Zeroizing<Vec<f32>> =
        Zeroizing::new(components.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect());
    let template = Template::new(ContractId::from_bytes(*contract), &values).map_err(|e| fault(&e.to_string()))?;
    // A template keeps its bits; values that had to be scaled are not those of one.
    if template.values() == values.as_slice() { Ok(template) } else { Err(fault("its components were altered")) }
}

/// Copies of the templates behind an array of handles.
///
/// # Safety
/// As for [`slice_in`] and [`handle::get`].
pub(crate) unsafe fn templates_in(
    argument: i32,
    start: *const *const facecert_template,
    count: usize,
) -> Result<Vec<Template>> {
    // SAFETY: as the caller vouches.
    let handles = unsafe { slice_in(argument, start, count) }?;
    // SAFETY: as the caller vouches.
    handles.iter().map(|&handle| Ok(Template::clone(&*unsafe { handle::get(argument, handle) }?))).collect()
}

/// The template of a face.
/// face: one of facecert_detect on the same frame. out: a handle, yours to release.
/// FACECERT_E_ARGUMENT: the frame, or five points that do not span a face; FACECERT_E_PACK.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_embed(
    engine: *const facecert_engine,
    frame: *const facecert_frame,
    face: *const facecert_face,
    out: *mut *mut facecert_template,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (engine, frame, face, out) =
            unsafe { (handle::get(1, engine)?, frame_in(2, frame)?, value_in(3, face)?, Slot::new(4, out)?) };
        let template = engine.embed(&frame.to_rgb(), &Face::from(&face)).map_err(|e| Failure::from(e).at(3))?;
        out.write(handle::create(template));
        Ok(())
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}

/// A template from an embedding of your own embedder; it is brought to unit length.
/// contract_id: 32 bytes that you choose once for the embedder with all its settings, such as a digest of its file.
/// values: dim finite components, 64 to 1,024 of them. out: a handle, yours to release.
/// FACECERT_E_ARGUMENT: dim, a component that is not finite, or all zero.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_template_from_floats(
    contract_id: *const u8,
    values: *const f32,
    dim: usize,
    out: *mut *mut facecert_template,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (contract, values, out) =
            unsafe { (value_in(1, contract_id.cast::<[u8; 32]>())?, slice_in(2, values, dim)?, Slot::new(4, out)?) };
        let template = Template::new(ContractId::from_bytes(contract), values).map_err(|e| Failure::from(e).at(2))?;
        out.write(handle::create(template));
        Ok(())
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}

/// A template from the bytes of facecert_template_to_bytes. out: a handle, yours to release.
/// FACECERT_E_FORMAT: not a template, cut or altered.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_template_from_bytes(
    bytes: *const u8,
    bytes_len: usize,
    out: *mut *mut facecert_template,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (bytes, out) = unsafe { (slice_in(1, bytes, bytes_len)?, Slot::new(3, out)?) };
        out.write(handle::create(from_bytes(bytes).map_err(|failure| failure.at(1))?));
        Ok(())
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}

/// The bytes of a template, the same on every machine. They are biometric data in the clear: seal them before they are
/// stored, and facecert_wipe your copy.
/// buf: room for capacity bytes; NULL with capacity 0 asks for len.
/// FACECERT_E_BUFFER.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_template_to_bytes(
    tmpl: *const facecert_template,
    buf: *mut u8,
    capacity: usize,
    len: *mut usize,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (template, buf) = unsafe { (handle::get(1, tmpl)?, Buffer::new(2, buf, capacity, len)?) };
        buf.fill(&to_bytes(&template))
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}

/// The contract of a template; only templates of one contract are compared.
/// contract_id: room for 32 bytes.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_template_contract(
    tmpl: *const facecert_template,
    contract_id: *mut u8,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (template, out) = unsafe { (handle::get(1, tmpl)?, Slot::new(2, contract_id.cast::<[u8; 32]>())?) };
        out.write(*template.contract().as_bytes());
        Ok(())
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}

/// Ends the handle. NULL is allowed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_template_release(tmpl: *mut facecert_template) -> StatusInt {
    // SAFETY: the pointer is as the header demands.
    unsafe { boundary(std::ptr::null_mut(), || handle::release(tmpl)) }
}

/// Overwrites memory of yours with zeros, which no compiler drops. NULL with len 0 is allowed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_wipe(bytes: *mut u8, len: usize) -> StatusInt {
    // SAFETY: the pointer and its length are as the header demands.
    unsafe { boundary(std::ptr::null_mut(), || wipe(1, bytes, len)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template() -> Template {
        let values: Vec<f32> = (0..256).map(|k| (k as f32 * 0.7).sin()).collect();
        Template::new(ContractId::from_bytes([3; 32]), &values).unwrap()
    }

    #[test]
    fn bytes_go_there_and_back_bit_by_bit() {
        let template = template();
        let bytes = to_bytes(&template);
        assert_eq!((bytes.len(), &bytes[..8], &bytes[40..44]), (1068, &MAGIC[..], &[0, 1, 0, 0][..]));
        let again = from_bytes(&bytes).unwrap();
        assert_eq!((again.contract(), again.values()), (template.contract(), template.values()));
    }

    #[test]
    fn what_is_cut_extended_or_altered_is_refused() {
        let bytes = to_bytes(&template());
        for len in 0..bytes.len() {
            assert!(from_bytes(&bytes[..len]).is_err());
        }
        assert!(from_bytes(&[&bytes[..], &[0]].concat()).is_err());
        for at in [0, 4, 40, 47, 1067] {
            let mut altered = bytes.to_vec();
            altered[at] ^= 0x40;
            assert_eq!(from_bytes(&altered).unwrap_err().status, Status::FACECERT_E_FORMAT, "byte {at}");
        }
    }
}
