//! Keys that sign, and lists of keys that signatures are checked against.

use std::ffi::{c_char, c_void};

use facecert_record::{
    Error as RecordError, HashAlgorithm, KeyList, SIGNATURE_BYTES, Signer, SigningKey, VerifyingKey,
};

use crate::boundary::boundary;
use crate::handle::{self, Handle};
use crate::memory::{Slot, text_in};
use crate::status::{Failure, Result, StatusInt, facecert_error, facecert_status as Status};

/// A hash function.
#[repr(i32)]
#[derive(Clone, Copy)]
pub enum facecert_hash {
    /// The one that goes with the key: SM3 for SM2, else SHA-256.
    FACECERT_HASH_DEFAULT = 0,
    /// FIPS 180-4.
    FACECERT_HASH_SHA256 = 1,
    /// GB/T 32905.
    FACECERT_HASH_SM3 = 2,
}

/// A facecert_hash as C passes it.
pub type HashInt = i32;

pub(crate) fn hash(argument: i32, hash: HashInt) -> Result<Option<HashAlgorithm>> {
    match hash {
        0 => Ok(None),
        1 => Ok(Some(HashAlgorithm::Sha256)),
        2 => Ok(Some(HashAlgorithm::Sm3)),
        _ => {
            let message = format!("hash {hash} is unknown; give FACECERT_HASH_SHA256 or FACECERT_HASH_SM3");
            Err(Failure::new(Status::FACECERT_E_ARGUMENT, message).at(argument))
        }
    }
}

/// A private key that signs, in memory or in a device; wiped on release.
pub struct facecert_signing_key {
    _private: [u8; 0],
}

impl Handle for facecert_signing_key {
    type Object = Box<dyn Signer + Send + Sync>;
}

/// Public keys by name: who may sign what, from when until when.
pub struct facecert_key_list {
    _private: [u8; 0],
}

impl Handle for facecert_key_list {
    type Object = KeyList;
}

/// Signs a message with a key that stays in its device: writes 64 bytes to signature, for SM2 (with SM3 and the signer id
/// 1234567812345678) r and s, for Ed25519 R and S. Return 0 if it did, 1 if the device refuses, anything else if it could
/// not. It comes from as many threads as use the key.
pub type facecert_sign_fn =
    Option<unsafe extern "C" fn(user: *mut c_void, message: *const u8, message_len: usize, signature: *mut u8) -> i32>;

/// A key in the caller's device.
struct Device {
    key_id: String,
    public: VerifyingKey,
    sign: unsafe extern "C" fn(*mut c_void, *const u8, usize, *mut u8) -> i32,
    user: *mut c_void,
}

// SAFETY: `user` is only handed on, and the header says that the callback comes from many threads.
unsafe impl Send for Device {}
// SAFETY: as above.
unsafe impl Sync for Device {}

impl Signer for Device {
    fn key_id(&self) -> &str {
        &self.key_id
    }

    fn verifying_key(&self) -> &VerifyingKey {
        &self.public
    }

    fn sign(&self, message: &[u8]) -> facecert_record::Result<[u8; SIGNATURE_BYTES]> {
        let mut signature = [0; SIGNATURE_BYTES];
        // SAFETY: a function of the caller's, with the caller's argument, a message that lives on and room for a signature.
        match unsafe { (self.sign)(self.user, message.as_ptr(), message.len(), signature.as_mut_ptr()) } {
            0 => Ok(signature),
            1 => Err(RecordError::Device { what: "it refused; unlock it or ask its holder".to_owned() }),
            other => Err(RecordError::Device { what: format!("its callback returned {other}; look at the device") }),
        }
    }
}

/// A signing key from a PEM file: Ed25519 or SM2, PKCS 8, unencrypted, as openssl genpkey writes it.
/// pem: pem_len bytes of UTF-8, or FACECERT_NUL; wipe yours afterwards. key_id: the name under which verifiers list the
/// public key, 1 to 64 of A-Z a-z 0-9 _ . -. out: a handle, yours to release.
/// FACECERT_E_KEY; FACECERT_E_UTF8.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_signing_key_from_pem(
    pem: *const c_char,
    pem_len: usize,
    key_id: *const c_char,
    key_id_len: usize,
    out: *mut *mut facecert_signing_key,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (pem, key_id, out) =
            unsafe { (text_in(1, pem, pem_len)?, text_in(3, key_id, key_id_len)?, Slot::new(5, out)?) };
        let key: Box<dyn Signer + Send + Sync> = Box::new(SigningKey::from_pem(pem, key_id)?);
        out.write(handle::create(key));
        Ok(())
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}

/// A signing key in a device. Every signature is checked against the public key before it is used.
/// public_pem: the public key as openssl pkey -pubout writes it, Ed25519 or SM2. key_id: as facecert_signing_key_from_pem.
/// sign: is called with user until the key is released. out: a handle, yours to release.
/// FACECERT_E_KEY; FACECERT_E_UTF8.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_signing_key_from_device(
    public_pem: *const c_char,
    public_pem_len: usize,
    key_id: *const c_char,
    key_id_len: usize,
    sign: facecert_sign_fn,
    user: *mut c_void,
    out: *mut *mut facecert_signing_key,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (pem, key_id, out) =
            unsafe { (text_in(1, public_pem, public_pem_len)?, text_in(3, key_id, key_id_len)?, Slot::new(7, out)?) };
        let sign =
            sign.ok_or_else(|| Failure::new(Status::FACECERT_E_NULL, "is NULL; give a function that signs").at(5))?;
        let named = |b: u8| b.is_ascii_alphanumeric() || b"_.-".contains(&b);
        if !((1..=64).contains(&key_id.len()) && key_id.bytes().all(named)) {
            let message = "a key's id has 1 to 64 characters of A-Z a-z 0-9 _ . -";
            return Err(Failure::new(Status::FACECERT_E_KEY, message).at(3));
        }
        let public = VerifyingKey::from_pem(pem).map_err(|e| Failure::from(e).at(1))?;
        let key: Box<dyn Signer + Send + Sync> = Box::new(Device { key_id: key_id.to_owned(), public, sign, user });
        out.write(handle::create(key));
        Ok(())
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}

/// Ends the handle and wipes the key. NULL is allowed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_signing_key_release(key: *mut facecert_signing_key) -> StatusInt {
    // SAFETY: the pointer is as the header demands.
    unsafe { boundary(std::ptr::null_mut(), || handle::release(key)) }
}

/// A list of public keys and of receipts that were called back.
/// toml: toml_len bytes of UTF-8, or FACECERT_NUL: format = "facecert-keys/1"; then for each key [[key]] with id, role
/// ("county" or "device"), public_key (PEM), valid_from, valid_until and, if it was, revoked_at; revoked_receipts is a list
/// of numbers. out: a handle, yours to release.
/// FACECERT_E_KEY: names key and field, repeats nothing; FACECERT_E_UTF8.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_key_list_load(
    toml: *const c_char,
    toml_len: usize,
    out: *mut *mut facecert_key_list,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (toml, out) = unsafe { (text_in(1, toml, toml_len)?, Slot::new(3, out)?) };
        out.write(handle::create(KeyList::from_toml(toml).map_err(|e| Failure::from(e).at(1))?));
        Ok(())
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}

/// Ends the handle. NULL is allowed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_key_list_release(keys: *mut facecert_key_list) -> StatusInt {
    // SAFETY: the pointer is as the header demands.
    unsafe { boundary(std::ptr::null_mut(), || handle::release(keys)) }
}
