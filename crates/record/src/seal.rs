//! Sealing at rest: AES-256-GCM (NIST SP 800-38D) or SM4-GCM (RFC 8998 over GB/T 32907), bound to
//! whom, what and what for, so that sealed bytes cannot be moved to another person or purpose.
//!
//! ```text
//! "FCSL" 1 | algorithm u8 | id length u8 | key id | contract length u8 | contract id
//!          | nonce 12 | ciphertext | tag 16
//! associated data = everything before the nonce, then subject and purpose, each behind its length (u32 LE)
//! ```
//!
//! Nonces are 96 random bits: seal at most 2^32 times under one key (SP 800-38D, section 8.3), then
//! take another. Where a key stands on the disk is the caller's business; here it is never written.

mod gallery;

pub use gallery::{OpenedGallery, SEALED_GALLERY_MAGIC, open_gallery, seal_gallery};

use crate::error::{Error, Result};
use crate::sign::check_key_id;
use aes_gcm::aead::consts::U12;
use aes_gcm::aead::{AeadInOut, KeyInit, Nonce, Tag};
use aes_gcm::{Aes256Gcm, AesGcm};
use rand_core::TryCryptoRng;
use std::fmt;
use zeroize::Zeroizing;

type Sm4Gcm = AesGcm<sm4::Sm4, U12>;

const MAGIC: &[u8; 5] = b"FCSL\x01";
const NONCE_BYTES: usize = 12;
const TAG_BYTES: usize = 16;

/// The cipher of a sealed piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SealAlgorithm {
    /// AES with a key of 32 bytes, GCM. The default.
    Aes256Gcm = 1,
    /// SM4 with a key of 16 bytes, GCM (国密).
    Sm4Gcm = 2,
}

impl SealAlgorithm {
    /// Length of a key, in bytes.
    pub const fn key_bytes(self) -> usize {
        match self {
            Self::Aes256Gcm => 32,
            Self::Sm4Gcm => 16,
        }
    }
}

/// A secret key with its name; wiped when dropped. `Debug` shows the name only.
pub struct SealKey {
    algorithm: SealAlgorithm,
    id: String,
    bytes: Zeroizing<Vec<u8>>,
}

impl SealKey {
    /// A key from its bytes.
    ///
    /// # Errors
    /// [`Error::Key`] if the length does not fit the algorithm, or the name is not 1 to 64 of
    /// `A-Za-z0-9_.-`.
    pub fn new(algorithm: SealAlgorithm, bytes: &[u8], id: &str) -> Result<Self> {
        check_key_id(id)?;
        if bytes.len() != algorithm.key_bytes() {
            let what = format!("a key of {algorithm:?} has {} bytes, not {}", algorithm.key_bytes(), bytes.len());
            return Err(Error::key(what));
        }
        Ok(Self { algorithm, id: id.into(), bytes: Zeroizing::new(bytes.to_vec()) })
    }

    /// A key from hexadecimal digits on one line, as `openssl rand -hex 32` writes them: 64 for AES-256-GCM, 32 for
    /// SM4-GCM.
    ///
    /// # Errors
    /// [`Error::Key`] for anything else, or if the name is not 1 to 64 of `A-Za-z0-9_.-`.
    pub fn from_hex(text: &str, id: &str) -> Result<Self> {
        let fault = || Error::key("a seal key is one line of 64 hexadecimal digits (AES-256-GCM) or 32 (SM4-GCM)");
        let bytes = Zeroizing::new(hex::decode(text.trim_end()).map_err(|_| fault())?);
        let algorithm = [SealAlgorithm::Aes256Gcm, SealAlgorithm::Sm4Gcm]
            .into_iter()
            .find(|algorithm| algorithm.key_bytes() == bytes.len())
            .ok_or_else(fault)?;
        Self::new(algorithm, &bytes, id)
    }

    /// Its name.
    pub fn id(&self) -> &str {
        &self.id
    }

    fn cipher(&self) -> Result<Cipher> {
        let fault = |_| Error::key("the key has not the length of its algorithm");
        Ok(match self.algorithm {
            SealAlgorithm::Aes256Gcm => Cipher::Aes(Box::new(Aes256Gcm::new_from_slice(&self.bytes).map_err(fault)?)),
            SealAlgorithm::Sm4Gcm => Cipher::Sm4(Box::new(Sm4Gcm::new_from_slice(&self.bytes).map_err(fault)?)),
        })
    }
}

impl fmt::Debug for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SealKey").field("algorithm", &self.algorithm).field("id", &self.id).finish_non_exhaustive()
    }
}

/// Whose, of which make, and for what the sealed bytes are. All three are authenticated; only the
/// contract stands in the sealed bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Binding<'a> {
    /// The caller's pseudonym of the person, or the name of a gallery.
    pub subject: &'a str,
    /// The contract id of the template, at most 255 bytes.
    pub contract: &'a str,
    /// What the bytes may be used for.
    pub purpose: &'a str,
}

/// Seals bytes. The result is 48 bytes and two names longer.
///
/// # Errors
/// [`Error::Randomness`] if the source fails, [`Error::Seal`] if the input is too large.
pub fn seal(
    plain: &[u8],
    binding: &Binding<'_>,
    key: &SealKey,
    rng: &mut (impl TryCryptoRng + ?Sized),
) -> Result<Vec<u8>> {
    let mut sealed = header(MAGIC, binding, key)?;
    let associated = associated_data(&sealed, binding);
    key.cipher()?.seal_into(&mut sealed, plain, &associated, rng)?;
    Ok(sealed)
}

/// Opens sealed bytes; the result is wiped when dropped.
///
/// # Errors
/// [`Error::Seal`] if they were made under another key, for another subject, contract or purpose, or
/// were altered.
pub fn open(sealed: &[u8], binding: &Binding<'_>, key: &SealKey) -> Result<Zeroizing<Vec<u8>>> {
    let header = header(MAGIC, binding, key)?;
    let body = strip_header(sealed, &header)?;
    let mut plain = Zeroizing::new(Vec::with_capacity(body.len()));
    key.cipher()?.open_into(&mut plain, body, &associated_data(&header, binding))?;
    Ok(plain)
}

/// The contract id that sealed bytes name; not yet authenticated, so give it to [`open`].
///
/// # Errors
/// [`Error::Seal`] if the bytes are not sealed by this crate.
pub fn contract_of(sealed: &[u8]) -> Result<&str> {
    contract_in(sealed, MAGIC)
}

fn contract_in<'a>(sealed: &'a [u8], magic: &[u8]) -> Result<&'a str> {
    let fields = || {
        let rest = sealed.strip_prefix(magic)?.get(1..)?;
        let (id_len, rest) = rest.split_first()?;
        let (contract_len, rest) = rest.get(usize::from(*id_len)..)?.split_first()?;
        std::str::from_utf8(rest.get(..usize::from(*contract_len))?).ok()
    };
    fields().ok_or_else(|| Error::seal("not sealed bytes of this program; check the file"))
}

fn header(magic: &[u8], binding: &Binding<'_>, key: &SealKey) -> Result<Vec<u8>> {
    let contract_len =
        u8::try_from(binding.contract.len()).map_err(|_| Error::seal("a contract id has at most 255 bytes"))?;
    let mut bytes = magic.to_vec();
    // A key id has at most 64 bytes.
    bytes.extend([key.algorithm as u8, key.id.len() as u8]);
    bytes.extend(key.id.as_bytes());
    bytes.push(contract_len);
    bytes.extend(binding.contract.as_bytes());
    Ok(bytes)
}

fn strip_header<'a>(sealed: &'a [u8], header: &[u8]) -> Result<&'a [u8]> {
    sealed.strip_prefix(header).ok_or_else(|| {
        Error::seal("sealed under another key or for another contract; name the key they were sealed with")
    })
}

fn associated_data(header: &[u8], binding: &Binding<'_>) -> Vec<u8> {
    let mut data = header.to_vec();
    for field in [binding.subject, binding.purpose] {
        data.extend((field.len() as u32).to_le_bytes());
        data.extend(field.as_bytes());
    }
    data
}

/// The two ciphers behind one face; boxed, because a key schedule is large and moves would copy it.
enum Cipher {
    Aes(Box<Aes256Gcm>),
    Sm4(Box<Sm4Gcm>),
}

impl Cipher {
    /// Appends nonce, ciphertext and tag.
    fn seal_into(
        &self,
        out: &mut Vec<u8>,
        plain: &[u8],
        associated: &[u8],
        rng: &mut (impl TryCryptoRng + ?Sized),
    ) -> Result<()> {
        let mut nonce = [0; NONCE_BYTES];
        rng.try_fill_bytes(&mut nonce).map_err(|_| Error::Randomness)?;
        out.reserve(NONCE_BYTES + plain.len() + TAG_BYTES);
        out.extend(nonce);
        let start = out.len();
        out.extend(plain);
        let text = &mut out[start..];
        let tag: [u8; TAG_BYTES] = match self {
            Self::Aes(cipher) => encrypt(&**cipher, nonce, associated, text),
            Self::Sm4(cipher) => encrypt(&**cipher, nonce, associated, text),
        }?;
        out.extend(tag);
        Ok(())
    }

    /// Appends the plaintext of nonce, ciphertext and tag; nothing is appended on failure.
    /// `plain` must have room for it, so that no copy is left behind by growing.
    fn open_into(&self, plain: &mut Vec<u8>, body: &[u8], associated: &[u8]) -> Result<()> {
        let split = || {
            let (nonce, rest) = body.split_first_chunk::<NONCE_BYTES>()?;
            let (text, tag) = rest.split_last_chunk::<TAG_BYTES>()?;
            Some((*nonce, text, *tag))
        };
        let (nonce, text, tag) = split().ok_or_else(|| Error::seal("cut off; take the whole file"))?;
        let start = plain.len();
        plain.extend(text);
        let opened = match self {
            Self::Aes(cipher) => decrypt(&**cipher, nonce, associated, &mut plain[start..], tag),
            Self::Sm4(cipher) => decrypt(&**cipher, nonce, associated, &mut plain[start..], tag),
        };
        if opened.is_err() {
            plain.truncate(start);
        }
        opened
    }
}

fn encrypt<C>(cipher: &C, nonce: [u8; NONCE_BYTES], associated: &[u8], text: &mut [u8]) -> Result<[u8; TAG_BYTES]>
where
    C: AeadInOut,
    Nonce<C>: From<[u8; NONCE_BYTES]>,
    [u8; TAG_BYTES]: From<Tag<C>>,
{
    cipher
        .encrypt_inout_detached(&nonce.into(), associated, text.into())
        .map(Into::into)
        .map_err(|_| Error::seal("too large to seal in one piece"))
}

fn decrypt<C>(
    cipher: &C,
    nonce: [u8; NONCE_BYTES],
    associated: &[u8],
    text: &mut [u8],
    tag: [u8; TAG_BYTES],
) -> Result<()>
where
    C: AeadInOut,
    Nonce<C>: From<[u8; NONCE_BYTES]>,
    Tag<C>: From<[u8; TAG_BYTES]>,
{
    cipher
        .decrypt_inout_detached(&nonce.into(), associated, text.into(), &tag.into())
        .map_err(|_| Error::seal("altered, or sealed under another key, for another subject or another purpose"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use hex_literal::hex;

    /// RFC 8998, appendix A.1.
    #[test]
    fn sm4_gcm_example_of_the_standard() {
        let cipher = Sm4Gcm::new(&hex!("0123456789ABCDEFFEDCBA9876543210").into());
        let mut text = hex!(
            "AAAAAAAAAAAAAAAABBBBBBBBBBBBBBBBCCCCCCCCCCCCCCCCDDDDDDDDDDDDDDDD"
            "EEEEEEEEEEEEEEEEFFFFFFFFFFFFFFFFEEEEEEEEEEEEEEEEAAAAAAAAAAAAAAAA"
        );
        let tag = encrypt(
            &cipher,
            hex!("00001234567800000000ABCD"),
            &hex!("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2"),
            &mut text,
        );
        assert_eq!(
            text,
            hex!(
                "17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735"
                "D82710CA5C22F0CCFA7CBF93D496AC15A56834CBCF98C397B4024A2691233B8D"
            )
        );
        assert_eq!(tag, Ok(hex!("83DE3541E4C2B58177E065A9BF7B62EC")));
    }

    /// `McGrew` and Viega, The Galois/Counter Mode of Operation (GCM), test case 16.
    #[test]
    fn aes_256_gcm_example_of_its_authors() {
        let key = hex!("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308");
        let cipher = Aes256Gcm::new(&key.into());
        let mut text = hex!(
            "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
            "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
        );
        let tag = encrypt(
            &cipher,
            hex!("cafebabefacedbaddecaf888"),
            &hex!("feedfacedeadbeeffeedfacedeadbeefabaddad2"),
            &mut text,
        );
        assert_eq!(
            text,
            hex!(
                "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
                "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
            )
        );
        assert_eq!(tag, Ok(hex!("76fc6ece0f4e1768cddf8853bb2d551b")));
    }

    /// NIST, CAVP test vectors for SP 800-38D, gcmEncryptExtIV256: the first of no text, and of one block without
    /// associated data.
    #[test]
    fn aes_256_gcm_examples_of_nist() {
        let key = hex!("b52c505a37d78eda5dd34f20c22540ea1b58963cf8e5bf8ffa85f9f2492505b4");
        let tag = encrypt(&Aes256Gcm::new(&key.into()), hex!("516c33929df5a3284ff463d7"), &[], &mut []);
        assert_eq!(tag, Ok(hex!("bdc1ac884d332457a1d2664f168c76f0")));

        let key = hex!("31bdadd96698c204aa9ce1448ea94ae1fb4a9a0b3c9d773b51bb1822666b8f22");
        let mut text = hex!("2db5168e932556f8089a0622981d017d");
        let tag = encrypt(&Aes256Gcm::new(&key.into()), hex!("0d18e06c7c725ac9e362e1ce"), &[], &mut text);
        assert_eq!(text, hex!("fa4362189661d163fcd6a56d8bf0405a"));
        assert_eq!(tag, Ok(hex!("d636ac1bbedd5cc3ee727dc2ab4a9489")));
    }

    /// GB/T 32907-2016, annex A.1: one block, and the same encrypted a million times.
    #[test]
    fn sm4_examples_of_the_standard() {
        use sm4::cipher::BlockCipherEncrypt as _;
        let key = hex!("0123456789abcdeffedcba9876543210");
        let cipher = sm4::Sm4::new(&key.into());
        let mut block = key.into();
        cipher.encrypt_block(&mut block);
        assert_eq!(block, hex!("681edf34d206965e86b3e94f536e4246"));
        (1..1_000_000).for_each(|_| cipher.encrypt_block(&mut block));
        assert_eq!(block, hex!("595298c7c6fd271f0402f804c33d3f66"));
    }
}
