//! The receiving half for a private key that stays in a device: the crate that does the rest wants
//! the key itself, so decapsulation and key schedule stand here (RFC 9180, sections 4.1 and 5.1).

use super::{INFO, KEY_BYTES, Parts, RecipientPublicKey, SUITE, altered};
use crate::error::Result;
use ::hpke::Serializable;
use aes_gcm::aead::{Aead, KeyInit, Payload};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

/// A private key in a device (密码机, `UKey`) that does X25519.
pub trait RecipientDevice {
    /// The public half.
    fn public_key(&self) -> &RecipientPublicKey;

    /// X25519 (RFC 7748) of the private key and `peer`.
    ///
    /// # Errors
    /// [`Error::Device`](crate::Error::Device) if the device refuses.
    fn agree(&self, peer: &[u8; KEY_BYTES]) -> Result<Zeroizing<[u8; KEY_BYTES]>>;
}

/// Opens a sealed package with a key in a device; the result is wiped when dropped.
///
/// # Errors
/// As [`open`](super::open), and whatever the device says.
pub fn open_by_device(sealed: &[u8], device: &dyn RecipientDevice) -> Result<Zeroizing<Vec<u8>>> {
    let parts = Parts::read(sealed, device.public_key())?;
    let encapped: [u8; KEY_BYTES] = parts.encapped.to_bytes().into();
    let agreed = device.agree(&encapped)?;
    // RFC 9180, section 7.1.4: a public key of small order gives zeros. All bytes are looked at, whatever they are.
    if agreed.iter().fold(0, |or, byte| or | byte) == 0 {
        return Err(altered());
    }
    let shared = shared_secret(&agreed, &encapped, &device.public_key().to_bytes());
    let mut key = Zeroizing::new([0; 32]);
    let mut nonce = [0; 12];
    key_schedule(SUITE, &shared, INFO, key.as_mut(), &mut nonce);
    let cipher = aes_gcm::Aes256Gcm::new_from_slice(key.as_ref()).map_err(|_| altered())?;
    cipher
        .decrypt(&nonce.into(), Payload { msg: parts.text, aad: parts.header })
        .map(Zeroizing::new)
        .map_err(|_| altered())
}

/// `ExtractAndExpand` of section 4.1, with `kem_context` = enc, pkR.
fn shared_secret(agreed: &[u8; 32], encapped: &[u8; 32], recipient: &[u8; 32]) -> Zeroizing<[u8; 32]> {
    let suite: &[u8] = &[b'K', b'E', b'M', 0x00, 0x20];
    let prk = labeled_extract(suite, &[], b"eae_prk", agreed);
    let mut shared = Zeroizing::new([0; 32]);
    labeled_expand(suite, &prk, b"shared_secret", &[encapped, recipient], shared.as_mut());
    shared
}

/// `KeySchedule` of section 5.1 in base mode; the nonce is that of the first message.
fn key_schedule(suite: [u8; 6], shared: &[u8; 32], info: &[u8], key: &mut [u8], nonce: &mut [u8]) {
    let suite = &[b"HPKE".as_slice(), &suite].concat();
    let psk_id_hash = labeled_extract(suite, &[], b"psk_id_hash", b"");
    let info_hash = labeled_extract(suite, &[], b"info_hash", info);
    let context = [[0x00].as_slice(), psk_id_hash.as_ref(), info_hash.as_ref()];
    let secret = labeled_extract(suite, shared, b"secret", b"");
    labeled_expand(suite, &secret, b"key", &context, key);
    labeled_expand(suite, &secret, b"base_nonce", &context, nonce);
}

fn labeled_extract(suite: &[u8], salt: &[u8], label: &[u8], ikm: &[u8]) -> Zeroizing<[u8; 32]> {
    hmac(salt, &[b"HPKE-v1", suite, label, ikm])
}

/// HKDF-Expand of at most one block: no key or nonce here is longer.
fn labeled_expand(suite: &[u8], prk: &[u8; 32], label: &[u8], info: &[&[u8]], out: &mut [u8]) {
    let len = (out.len() as u16).to_be_bytes();
    let block = hmac(prk, &[&[len.as_slice(), b"HPKE-v1", suite, label], info, &[&[1]]].concat());
    out.iter_mut().zip(block.iter()).for_each(|(out, byte)| *out = *byte);
}

fn hmac(key: &[u8], parts: &[&[u8]]) -> Zeroizing<[u8; 32]> {
    // HMAC takes keys of any length, so this cannot fail; a zero block would open nothing.
    let Ok(mut mac) = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(key) else {
        return Zeroizing::new([0; 32]);
    };
    for part in parts {
        mac.update(part);
    }
    Zeroizing::new(mac.finalize().into_bytes().into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use hex_literal::hex;

    /// RFC 9180, appendix A.1.1: the same suite but for AES-128-GCM.
    #[test]
    fn key_schedule_example_of_the_standard() {
        let shared = hex!("fe0e18c9f024ce43799ae393c7e8fe8fce9d218875e8227b0187c04e7d2ea1fc");
        let (mut key, mut nonce) = ([0; 16], [0; 12]);
        key_schedule(
            [0, 0x20, 0, 1, 0, 1],
            &shared,
            &hex!("4f6465206f6e2061204772656369616e2055726e"),
            &mut key,
            &mut nonce,
        );
        assert_eq!(key, hex!("4531685d41d65f03dc48f6b8302c05b0"));
        assert_eq!(nonce, hex!("56d890e5accaaf011cff4b7d"));
    }

    /// RFC 9180, appendix A.1.1.
    #[test]
    fn shared_secret_example_of_the_standard() {
        let secret =
            x25519_dalek::StaticSecret::from(hex!("4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8"));
        let encapped = hex!("37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431");
        let recipient = hex!("3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d");
        let agreed = secret.diffie_hellman(&encapped.into());
        assert_eq!(
            *shared_secret(agreed.as_bytes(), &encapped, &recipient),
            hex!("fe0e18c9f024ce43799ae393c7e8fe8fce9d218875e8227b0187c04e7d2ea1fc")
        );
    }
}
