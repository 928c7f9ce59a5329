//! Packages: what a phone sends so that a server need not trust its verdict.

use std::ffi::{c_char, c_void};
use std::sync::Mutex;

use facecert_core::session::{Consumption, Nonce, Package};
use facecert_policy::{Expected, Instant, NonceCheck, Token};
use facecert_record::hpke::{self, RecipientKey, RecipientPublicKey};
use zeroize::Zeroizing;

use super::capture::facecert_session;
use super::{Checked, Stage, shared};
use crate::boundary::boundary;
use crate::engine::facecert_engine;
use crate::handle::{self, Handle};
use crate::memory::{Buffer, Slot, optional_text_in, slice_in, text_in};
use crate::status::{Failure, Result, StatusInt, facecert_error, facecert_status as Status};

/// The key that opens packages sealed to it; wiped on release.
pub struct facecert_recipient_key {
    _private: [u8; 0],
}

impl Handle for facecert_recipient_key {
    type Object = RecipientKey;
}

/// Uses a nonce up in your store, atomically: of two calls with one nonce at once, one gets 0 and the other 3.
/// Return 0: it was good and is used up; 1: unknown; 2: expired at now_unix_ms; 3: used before; below 0: the store could
/// not tell.
pub type facecert_nonce_consume_fn =
    Option<unsafe extern "C" fn(user: *mut c_void, nonce: *const u8, nonce_len: usize, now_unix_ms: i64) -> i32>;

/// What sealing adds at most: header, digest of the key, encapsulated key, tag.
const SEAL_BYTES: usize = 256;

pub(super) fn parsed<T: std::str::FromStr<Err = Expected>>(argument: i32, name: &str, text: &str) -> Result<T> {
    text.parse()
        .map_err(|e: Expected| Failure::new(Status::FACECERT_E_ARGUMENT, format!("{name}: give {}", e.0)).at(argument))
}

/// Random bytes for a nonce: 16 are usual. Keep it with its expiry in your store, hand it to the device, and let it be
/// used up once (facecert_nonce_consume_fn). A kiosk may be given a batch ahead for work without a line.
/// nonce: room for nonce_len bytes, 8 to 64.
/// FACECERT_E_ARGUMENT: nonce_len; FACECERT_E_UNSUPPORTED: the system has no randomness.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_nonce_draw(nonce: *mut u8, nonce_len: usize, err: *mut facecert_error) -> StatusInt {
    let body = || {
        let mut drawn = vec![0; nonce_len.min(65)];
        Nonce::new(drawn.clone()).map_err(|e| Failure::from(e).at(2))?;
        let mut len = 0;
        // SAFETY: the pointer is as the header demands; the length is a local's.
        let out = unsafe { Buffer::new(1, nonce, nonce_len, &raw mut len) }?;
        getrandom::fill(&mut drawn)
            .map_err(|e| Failure::new(Status::FACECERT_E_UNSUPPORTED, format!("no randomness: {e}")))?;
        out.fill(&drawn)
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}

/// A private X25519 key as "openssl genpkey -algorithm X25519" writes it.
/// pem: pem_len bytes, or FACECERT_NUL; wipe yours afterwards. out: a handle, yours to release.
/// FACECERT_E_KEY; FACECERT_E_UTF8.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_recipient_key_from_pem(
    pem: *const c_char,
    pem_len: usize,
    out: *mut *mut facecert_recipient_key,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (pem, out) = unsafe { (text_in(1, pem, pem_len)?, Slot::new(3, out)?) };
        out.write(handle::create(RecipientKey::from_pem(pem).map_err(|e| Failure::from(e).at(1))?));
        Ok(())
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}

/// Ends the handle and wipes the key. NULL is allowed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_recipient_key_release(key: *mut facecert_recipient_key) -> StatusInt {
    // SAFETY: the pointer is as the header demands.
    unsafe { boundary(std::ptr::null_mut(), || handle::release(key)) }
}

/// The package of a session before the camera that has ended: transcript and kept frames, for facecert_package_check.
/// It holds pictures of the person's face.
/// device_id: your pseudonym of the device, 1 to 64 characters. started_at: the wall clock at the first frame, such as
/// "2026-03-09T10:12:00+08:00". Both are the device's claims.
/// recipient: the server's public key in PEM, to which the package is sealed (HPKE, RFC 9180); NULL with length 0: plain.
/// buf: room for capacity bytes; NULL with capacity 0 asks for len, the most that it can be. Less room than that is
/// FACECERT_E_BUFFER. Sealed bytes differ at each call.
/// FACECERT_E_STATE: the session goes on, or came in a package; FACECERT_E_ARGUMENT: device_id, started_at;
/// FACECERT_E_KEY: recipient; FACECERT_E_UNSUPPORTED: no randomness; FACECERT_E_UTF8; FACECERT_E_BUFFER.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_session_package(
    session: *const facecert_session,
    device_id: *const c_char,
    device_id_len: usize,
    started_at: *const c_char,
    started_at_len: usize,
    recipient: *const c_char,
    recipient_len: usize,
    buf: *mut u8,
    capacity: usize,
    len: *mut usize,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (session, device_id, started_at, recipient, buf) = unsafe {
            let (device_id, started_at) =
                (text_in(2, device_id, device_id_len)?, text_in(4, started_at, started_at_len)?);
            let recipient = optional_text_in(6, recipient, recipient_len)?;
            (handle::get(1, session)?, device_id, started_at, recipient, Buffer::new(8, buf, capacity, len)?)
        };
        let device_id: Token = parsed(2, "device_id", device_id)?;
        let started_at: Instant = parsed(4, "started_at", started_at)?;
        let recipient = recipient.map(RecipientPublicKey::from_pem).transpose().map_err(|e| Failure::from(e).at(6))?;
        let mut stage = shared(&session)?;
        stage.ended()?;
        let package = Package::of(stage.camera()?, &device_id.to_string(), &started_at.to_string())?;
        let plain = Zeroizing::new(package.to_bytes()?);
        let most = plain.len() + if recipient.is_some() { SEAL_BYTES } else { 0 };
        if !buf.reserve(most)? {
            return Ok(());
        }
        match &recipient {
            Some(key) => buf.fill(&hpke::seal(&plain, key, &mut getrandom::SysRng)?),
            None => buf.fill(&plain),
        }
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}

/// Looks at a package anew: challenge, order, times, digests, and in the kept frames face, actions, liveness and quality.
/// What the device claimed can only make it worse. The answer is a session that has ended: facecert_session_result_get,
/// _template, _chip and _evidence_json tell what came of it.
/// key: for a sealed package; NULL: only a plain one can be read. consume: your store of nonces, called once with user and
/// now_unix_ms; NULL: the nonce is not checked, and the result says so. out: a handle, yours to release.
/// FACECERT_E_FORMAT: not a package, or altered; FACECERT_E_KEY: sealed, and key is NULL; FACECERT_E_SEAL: sealed to
/// another key, or altered; FACECERT_E_CALLBACK: the store could not tell, try again; FACECERT_E_PACK.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_package_check(
    engine: *const facecert_engine,
    package: *const u8,
    package_len: usize,
    key: *const facecert_recipient_key,
    consume: facecert_nonce_consume_fn,
    user: *mut c_void,
    now_unix_ms: i64,
    out: *mut *mut facecert_session,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (engine, bytes, key, out) = unsafe {
            let (engine, bytes) = (handle::get(1, engine)?, slice_in(2, package, package_len)?);
            (engine, bytes, handle::optional(4, key)?, Slot::new(8, out)?)
        };
        let sealed = hpke::is_sealed(bytes);
        let opened = match (&key, sealed) {
            (_, false) => Zeroizing::new(bytes.to_vec()),
            (Some(key), true) => hpke::open(bytes, key).map_err(|e| Failure::from(e).at(2))?,
            (None, true) => {
                let message = "the package is sealed; give the key that it was sealed to";
                return Err(Failure::new(Status::FACECERT_E_KEY, message).at(4));
            }
        };
        let package = Package::from_bytes(&opened).map_err(|e| Failure::from(e).at(2))?;
        let facecert_core::session::Checked { mut result, portrait } = package.check(&engine)?;
        let mut nonce = NonceCheck::NotChecked;
        if let Some(consume) = consume {
            let drawn = package.transcript.nonce.as_bytes();
            // SAFETY: the callback reads the nonce during the call, as the header says.
            let consumption = consumption(unsafe { consume(user, drawn.as_ptr(), drawn.len(), now_unix_ms) })?;
            nonce = if consumption == Consumption::Consumed { NonceCheck::Consumed } else { NonceCheck::Failed };
            result.spend(consumption);
        }
        let Package { transcript, device_id, started_at, .. } = package;
        let engine = engine.clone();
        let checked = Checked { engine, result, transcript, portrait, nonce, sealed, started_at, device_id };
        out.write(handle::create(Mutex::new(Stage::Checked(Box::new(checked)))));
        Ok(())
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}

fn consumption(answer: i32) -> Result<Consumption> {
    match answer {
        0 => Ok(Consumption::Consumed),
        1 => Ok(Consumption::Unknown),
        2 => Ok(Consumption::Expired),
        3 => Ok(Consumption::Used),
        _ => Err(Failure::new(Status::FACECERT_E_CALLBACK, "the store of nonces could not tell; try again").at(5)),
    }
}
