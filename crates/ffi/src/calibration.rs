//! What a score means: the calibration of one contract.

use std::collections::BTreeMap;
use std::ffi::c_char;

use facecert_core::Error as CoreError;
use facecert_core::calibrate::calibrate;
use facecert_core::calibration::Calibration;
use facecert_core::impostors::Labelled;

use crate::boundary::boundary;
use crate::handle::{self, Handle};
use crate::memory::{Buffer, Slot, optional_text_in, slice_in, text_in};
use crate::pack::facecert_pack;
use crate::status::{Failure, Result, StatusInt, facecert_error, facecert_status as Status};
use crate::template::{facecert_template, templates_in};

/// Which score stands for which false match rate, for the templates of one contract. It never changes.
pub struct facecert_calibration {
    _private: [u8; 0],
}

impl Handle for facecert_calibration {
    type Object = Calibration;
}

/// The caller's rate as a share of all comparisons.
pub(crate) fn fmr(per_billion: u64) -> f64 {
    per_billion as f64 / 1e9
}

/// The calibration of a pack's own templates. out: a handle, yours to release.
/// FACECERT_E_CALIBRATION: the pack has none; FACECERT_E_PACK.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_pack_calibration(
    pack: *const facecert_pack,
    out: *mut *mut facecert_calibration,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (pack, out) = unsafe { (handle::get(1, pack)?, Slot::new(2, out)?) };
        out.write(handle::create(pack.calibration()?.ok_or(CoreError::NoCalibration)?));
        Ok(())
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}

/// Makes the calibration of templates of any embedder from templates whose people are known. It runs on every processor
/// and may take minutes.
/// templates: count handles of one contract, with at least 3,000 pairs of different people. persons: count numbers; two
/// templates with the same number are of the same person, and a wrong number spoils the result. Review the strongest
/// pairs first (facecert_dedup). note: a sentence on the data, kept in the JSON; NULL with note_len 0: none.
/// out: a handle, yours to release.
/// FACECERT_E_CONTRACT; FACECERT_E_CALIBRATION: too few pairs; FACECERT_E_UTF8; FACECERT_E_UNSUPPORTED: no threads.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_calibrate(
    templates: *const *const facecert_template,
    persons: *const u64,
    count: usize,
    note: *const c_char,
    note_len: usize,
    out: *mut *mut facecert_calibration,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (persons, note, out) = unsafe {
            let persons = slice_in(2, persons, count)?;
            (persons, optional_text_in(4, note, note_len)?.unwrap_or_default(), Slot::new(6, out)?)
        };
        // SAFETY: as above.
        let templates = unsafe { templates_in(1, templates, count) }?;
        let contract = templates.first().ok_or_else(no_templates)?.contract();
        if templates.iter().any(|template| template.contract() != contract) {
            return Err(Failure::from(CoreError::Contract).at(1));
        }
        let mut numbers = BTreeMap::new();
        let labelled: Vec<Labelled> = templates
            .iter()
            .zip(persons)
            .map(|(template, person)| {
                let next = numbers.len() as u32;
                Labelled { values: template.values(), person: *numbers.entry(person).or_insert(next), group: 0 }
            })
            .collect();
        // Threads of its own: the process-wide pool is the host's.
        let pool = rayon::ThreadPoolBuilder::new().build();
        let pool = pool.map_err(|e| Failure::new(Status::FACECERT_E_UNSUPPORTED, e.to_string()))?;
        let calibration = pool.install(|| calibrate(contract, &labelled, note)).map_err(|e| Failure::from(e).at(1))?;
        out.write(handle::create(calibration));
        Ok(())
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}

fn no_templates() -> Failure {
    Failure::new(Status::FACECERT_E_CALIBRATION, "there are no templates; give those of many people").at(1)
}

/// A calibration from the JSON of facecert_calibration_json or of the program. out: a handle, yours to release.
/// FACECERT_E_CALIBRATION: not one; FACECERT_E_UTF8.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_calibration_load(
    json: *const c_char,
    json_len: usize,
    out: *mut *mut facecert_calibration,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (json, out) = unsafe { (text_in(1, json, json_len)?, Slot::new(3, out)?) };
        let calibration = Calibration::from_json(json.as_bytes()).map_err(|e| Failure::from(e).at(1))?;
        out.write(handle::create(calibration));
        Ok(())
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}

/// The calibration as JSON: rates, thresholds with their 95 % intervals, false matches that were seen. No personal data.
/// buf: room for capacity bytes, the NUL included; NULL with capacity 0 asks for len, which does not count the NUL.
/// FACECERT_E_BUFFER.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_calibration_json(
    calibration: *const facecert_calibration,
    buf: *mut c_char,
    capacity: usize,
    len: *mut usize,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (calibration, buf) = unsafe { (handle::get(1, calibration)?, Buffer::new(2, buf, capacity, len)?) };
        buf.fill_json(&*calibration)
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}

/// The score from which a pair matches at a false match rate.
/// fmr_per_billion: 1,000 (1e-6) to 10,000,000 (1e-2); 100,000 (1e-4) is usual for 1:1.
/// extrapolated: 1 if fewer than 30 false matches were seen at it, else 0.
/// FACECERT_E_ARGUMENT: a rate outside the calibration.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_calibration_threshold(
    calibration: *const facecert_calibration,
    fmr_per_billion: u64,
    threshold: *mut f32,
    extrapolated: *mut u32,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (calibration, threshold, extrapolated) =
            unsafe { (handle::get(1, calibration)?, Slot::new(3, threshold)?, Slot::new(4, extrapolated)?) };
        let point = calibration.at_fmr(fmr(fmr_per_billion)).map_err(|e| Failure::from(e).at(2))?;
        threshold.write(point.threshold);
        extrapolated.write(point.extrapolated.into());
        Ok(())
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}

/// The false match rate that a score stands for, in a billion comparisons of different people; times the pairs that were
/// compared it gives the false pairs that chance alone brings.
/// known: 1 and the rate goes to fmr_per_billion; 0: the score lies outside the calibration, and nothing is written there.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_calibration_fmr(
    calibration: *const facecert_calibration,
    score: f32,
    fmr_per_billion: *mut f64,
    known: *mut u32,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (calibration, rate, known) =
            unsafe { (handle::get(1, calibration)?, Slot::new(3, fmr_per_billion)?, Slot::new(4, known)?) };
        let found = calibration.fmr_at(score);
        if let Some(fmr) = found {
            rate.write(fmr * 1e9);
        }
        known.write(found.is_some().into());
        Ok(())
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}

/// Ends the handle. NULL is allowed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_calibration_release(calibration: *mut facecert_calibration) -> StatusInt {
    // SAFETY: the pointer is as the header demands.
    unsafe { boundary(std::ptr::null_mut(), || handle::release(calibration)) }
}

/// The calibration, if it is for these templates.
pub(crate) fn of_contract(
    argument: i32,
    calibration: &Calibration,
    contract: facecert_core::ContractId,
) -> Result<&Calibration> {
    if calibration.contract == contract {
        Ok(calibration)
    } else {
        Err(Failure::from(CoreError::Contract).at(argument))
    }
}
