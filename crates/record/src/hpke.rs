//! Sealing to a server's public key: HPKE (RFC 9180), base mode, DHKEM(X25519, HKDF-SHA256),
//! HKDF-SHA256, AES-256-GCM. A phone can seal a capture package that only the server opens.
//!
//! ```text
//! "FCSP" 1 | kem u16 BE | kdf u16 BE | aead u16 BE | SHA-256 of the recipient's key 32
//!          | encapsulated key 32 | ciphertext and tag
//! associated data = everything before the ciphertext
//! ```

mod device;

pub use device::{RecipientDevice, open_by_device};

use crate::error::{Error, Result};
use ::hpke::aead::AesGcm256;
use ::hpke::kdf::HkdfSha256;
use ::hpke::kem::{Kem, X25519HkdfSha256};
use ::hpke::rand_core::{TryCryptoRng, TryRng};
use ::hpke::{Deserializable, OpModeR, OpModeS, Serializable};
use pkcs8::spki::SubjectPublicKeyInfoRef;
use pkcs8::{Document, ObjectIdentifier, PrivateKeyInfoRef, SecretDocument};
use sha2::{Digest as _, Sha256};
use std::convert::Infallible;
use std::fmt;
use zeroize::Zeroizing;

const X25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.110");
const MAGIC: &[u8; 5] = b"FCSP\x01";
/// The numbers of RFC 9180, section 7: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM.
const SUITE: [u8; 6] = [0x00, 0x20, 0x00, 0x01, 0x00, 0x02];
const KEY_BYTES: usize = 32;
const HEADER_BYTES: usize = MAGIC.len() + SUITE.len() + 2 * KEY_BYTES;
const INFO: &[u8] = b"facecert-package/1";

type Encapped = <X25519HkdfSha256 as Kem>::EncappedKey;

/// A server's public key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecipientPublicKey(<X25519HkdfSha256 as Kem>::PublicKey);

impl RecipientPublicKey {
    /// Reads an X25519 public key as `openssl pkey -pubout` writes it.
    ///
    /// # Errors
    /// [`Error::Key`] if it is not one.
    pub fn from_pem(pem: &str) -> Result<Self> {
        let fault = || Error::key("not an X25519 public key; make one by openssl pkey -pubout");
        let (_, document) = Document::from_pem(pem).map_err(|_| fault())?;
        let info = SubjectPublicKeyInfoRef::try_from(document.as_bytes()).map_err(|_| fault())?;
        let bytes = info.subject_public_key.as_bytes().ok_or_else(fault)?;
        if info.algorithm.oid != X25519 {
            return Err(fault());
        }
        Self::from_bytes(bytes)
    }

    /// From the 32 bytes of RFC 7748.
    ///
    /// # Errors
    /// [`Error::Key`] for another length.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        Deserializable::from_bytes(bytes).map(Self).map_err(|_| Error::key("an X25519 public key has 32 bytes"))
    }

    /// The 32 bytes.
    pub fn to_bytes(&self) -> [u8; KEY_BYTES] {
        self.0.to_bytes().into()
    }
}

/// A server's private key in memory, wiped when dropped. `Debug` shows nothing of it.
pub struct RecipientKey {
    secret: <X25519HkdfSha256 as Kem>::PrivateKey,
    public: RecipientPublicKey,
}

impl RecipientKey {
    /// Reads an unencrypted PKCS 8 key, as `openssl genpkey -algorithm X25519` writes it.
    ///
    /// # Errors
    /// [`Error::Key`] if it is not one.
    pub fn from_pem(pem: &str) -> Result<Self> {
        let fault = || Error::key("not an X25519 private key; make one by openssl genpkey -algorithm X25519");
        let (_, document) = SecretDocument::from_pem(pem).map_err(|_| fault())?;
        let info = PrivateKeyInfoRef::try_from(document.as_bytes()).map_err(|_| fault())?;
        if info.algorithm.oid != X25519 {
            return Err(fault());
        }
        // RFC 8410, section 7: the key is an OCTET STRING inside the OCTET STRING.
        let bytes = info.private_key.as_bytes().strip_prefix(&[0x04, 0x20]).ok_or_else(fault)?;
        Self::from_bytes(bytes)
    }

    /// From the 32 bytes of RFC 7748.
    ///
    /// # Errors
    /// [`Error::Key`] for another length.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let secret = <X25519HkdfSha256 as Kem>::PrivateKey::from_bytes(bytes)
            .map_err(|_| Error::key("an X25519 private key has 32 bytes"))?;
        let public = RecipientPublicKey(X25519HkdfSha256::sk_to_pk(&secret));
        Ok(Self { secret, public })
    }

    /// The public half.
    pub fn public_key(&self) -> &RecipientPublicKey {
        &self.public
    }
}

impl fmt::Debug for RecipientKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecipientKey").field("public", &self.public).finish_non_exhaustive()
    }
}

/// Whether bytes say that they were sealed by [`seal`].
pub fn is_sealed(bytes: &[u8]) -> bool {
    bytes.starts_with(MAGIC)
}

/// Seals a package to a server. Equal packages give other bytes each time.
///
/// # Errors
/// [`Error::Randomness`] if the source fails, [`Error::Key`] for a public key of small order.
pub fn seal(plain: &[u8], recipient: &RecipientPublicKey, rng: &mut (impl TryCryptoRng + ?Sized)) -> Result<Vec<u8>> {
    let mut source = Watched { rng, failed: false };
    let setup = ::hpke::setup_sender_with_rng::<AesGcm256, HkdfSha256, X25519HkdfSha256>(
        &OpModeS::Base,
        &recipient.0,
        INFO,
        &mut source,
    );
    if source.failed {
        return Err(Error::Randomness);
    }
    let (encapped, mut context) =
        setup.map_err(|_| Error::key("this public key cannot be sealed to; ask the server for its key"))?;
    let mut sealed = [MAGIC.as_slice(), &SUITE, &Sha256::digest(recipient.to_bytes()), &encapped.to_bytes()].concat();
    let text = context.seal(plain, &sealed).map_err(|_| Error::seal("too large to seal in one piece"))?;
    sealed.extend(text);
    Ok(sealed)
}

/// Opens a sealed package; the result is wiped when dropped.
///
/// # Errors
/// [`Error::Seal`] if it was sealed to another key, or was altered.
pub fn open(sealed: &[u8], key: &RecipientKey) -> Result<Zeroizing<Vec<u8>>> {
    let parts = Parts::read(sealed, &key.public)?;
    let mut context = ::hpke::setup_receiver::<AesGcm256, HkdfSha256, X25519HkdfSha256>(
        &OpModeR::Base,
        &key.secret,
        &parts.encapped,
        INFO,
    )
    .map_err(|_| altered())?;
    context.open(parts.text, parts.header).map(Zeroizing::new).map_err(|_| altered())
}

fn altered() -> Error {
    Error::seal("the package was altered; have it sent again")
}

/// A sealed package, taken apart.
struct Parts<'a> {
    header: &'a [u8],
    encapped: Encapped,
    text: &'a [u8],
}

impl<'a> Parts<'a> {
    fn read(sealed: &'a [u8], recipient: &RecipientPublicKey) -> Result<Self> {
        let unread = || Error::seal("not a sealed package, or cut off; have it sent again");
        let (header, text) = sealed.split_at_checked(HEADER_BYTES).ok_or_else(unread)?;
        let rest = header.strip_prefix(MAGIC).ok_or_else(unread)?;
        let rest = rest
            .strip_prefix(&SUITE)
            .ok_or_else(|| Error::seal("sealed by other algorithms than X25519, HKDF-SHA256, AES-256-GCM"))?;
        let (recipient_digest, encapped) = rest.split_at_checked(KEY_BYTES).ok_or_else(unread)?;
        if recipient_digest != Sha256::digest(recipient.to_bytes()).as_slice() {
            return Err(Error::seal("sealed to another key; open it with the key of that server"));
        }
        let encapped = Encapped::from_bytes(encapped).map_err(|_| unread())?;
        Ok(Self { header, encapped, text })
    }
}

/// Lends a source that may fail to a crate that wants one that cannot, and remembers the failure:
/// what was made from it is thrown away.
struct Watched<'a, R: ?Sized> {
    rng: &'a mut R,
    failed: bool,
}

impl<R: TryCryptoRng + ?Sized> TryRng for Watched<'_, R> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> std::result::Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> std::result::Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> std::result::Result<(), Infallible> {
        self.failed |= self.rng.try_fill_bytes(bytes).is_err();
        Ok(())
    }
}

impl<R: TryCryptoRng + ?Sized> TryCryptoRng for Watched<'_, R> {}

#[cfg(test)]
mod tests {
    use super::*;
    use hex_literal::hex;

    /// A source that gives these bytes, once.
    struct Fixed(Vec<u8>);

    impl TryRng for Fixed {
        type Error = std::io::Error;

        fn try_next_u32(&mut self) -> std::io::Result<u32> {
            Err(std::io::ErrorKind::Unsupported.into())
        }

        fn try_next_u64(&mut self) -> std::io::Result<u64> {
            Err(std::io::ErrorKind::Unsupported.into())
        }

        fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> std::io::Result<()> {
            std::io::Read::read_exact(&mut self.0.split_off(0).as_slice(), bytes)
        }
    }

    impl TryCryptoRng for Fixed {}

    const RECIPIENT: [u8; 32] = hex!("3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d");

    /// RFC 9180, appendix A.1.1: key pair and encapsulation from `ikmE`.
    #[test]
    fn encapsulation_example_of_the_standard() {
        let recipient = RecipientPublicKey::from_bytes(&RECIPIENT).unwrap();
        let ikm = hex!("7268600d403fce431561aef583ee1613527cff655c1343f29812e66706df3234");
        let sealed = seal(b"package", &recipient, &mut Fixed(ikm.to_vec())).unwrap();
        let encapped = hex!("37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431");
        assert_eq!(sealed[HEADER_BYTES - 32..HEADER_BYTES], encapped);
        let secret = hex!("4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8");
        let key = RecipientKey::from_bytes(&secret).unwrap();
        assert_eq!(key.public_key().to_bytes(), RECIPIENT);
        assert_eq!(open(&sealed, &key).unwrap().as_slice(), b"package");
    }

    /// RFC 9180, appendix A.1.1, first message; the suite differs from ours by AES-128-GCM.
    #[test]
    fn message_example_of_the_standard() {
        let ikm = hex!("7268600d403fce431561aef583ee1613527cff655c1343f29812e66706df3234");
        let recipient = RecipientPublicKey::from_bytes(&RECIPIENT).unwrap();
        let (_, mut context) = ::hpke::setup_sender_with_rng::<::hpke::aead::AesGcm128, HkdfSha256, X25519HkdfSha256>(
            &OpModeS::Base,
            &recipient.0,
            &hex!("4f6465206f6e2061204772656369616e2055726e"),
            &mut Watched { rng: &mut Fixed(ikm.to_vec()), failed: false },
        )
        .unwrap();
        let text = context.seal(b"Beauty is truth, truth beauty", b"Count-0").unwrap();
        assert_eq!(
            text,
            hex!("f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac83d07bea87e13c512a")
        );
    }

    #[test]
    fn a_failing_source_seals_nothing() {
        let recipient = RecipientPublicKey::from_bytes(&RECIPIENT).unwrap();
        assert_eq!(seal(b"package", &recipient, &mut Fixed(Vec::new())), Err(Error::Randomness));
    }
}
