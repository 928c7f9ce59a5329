use crate::common::{each_flipped_bit, rng};
use facecert_match::{ContractId, Template};
use facecert_record::hpke::{self, RecipientDevice, RecipientKey, RecipientPublicKey};
use facecert_record::seal::{self, Binding, SealAlgorithm, SealKey};
use facecert_record::{Error, Result, open_template, seal_template};
use zeroize::Zeroizing;

const BINDING: Binding<'_> = Binding { subject: "gallery-1", contract: "c", purpose: "search" };

fn keys() -> [SealKey; 2] {
    [
        SealKey::new(SealAlgorithm::Aes256Gcm, &[3; 32], "county-2026").expect("a key"),
        SealKey::new(SealAlgorithm::Sm4Gcm, &[3; 16], "county-2026").expect("a key"),
    ]
}

fn template(seed: usize) -> Template {
    let values: Vec<f32> = (0..128).map(|i| ((i * 37 + seed * 11) % 23) as f32 - 11.0).collect();
    Template::new(ContractId::from_bytes([9; 32]), &values).expect("a template")
}

#[test]
fn a_template_comes_back_with_its_bits() {
    for key in keys() {
        let sealed = seal_template(&template(1), "p_7f3c", "certification", &key, &mut rng()).expect("sealed");
        let opened = open_template(&sealed, "p_7f3c", "certification", &key).expect("opened");
        assert_eq!(opened.values(), template(1).values());
        assert_eq!(opened.contract(), template(1).contract());
    }
}

#[test]
fn it_cannot_be_moved_to_another_person_purpose_or_key() {
    let [aes, sm4] = keys();
    let sealed = seal_template(&template(1), "p_1", "certification", &aes, &mut rng()).expect("sealed");
    let refused = |subject, purpose, key: &SealKey| {
        let error = open_template(&sealed, subject, purpose, key).expect_err("refused");
        assert_eq!(error.number(), 3910);
    };
    refused("p_2", "certification", &aes);
    refused("p_1", "dedup", &aes);
    // The two fields are not one text.
    refused("p_1c", "ertification", &aes);
    refused("p_1", "certification", &sm4);
    let same_name = SealKey::new(SealAlgorithm::Aes256Gcm, &[4; 32], "county-2026").expect("a key");
    refused("p_1", "certification", &same_name);
    let same_secret = SealKey::new(SealAlgorithm::Aes256Gcm, &[3; 32], "county-2027").expect("a key");
    refused("p_1", "certification", &same_secret);
}

#[test]
fn every_flipped_bit_of_a_sealed_template_is_detected() {
    for key in keys() {
        let sealed = seal_template(&template(1), "p_1", "certification", &key, &mut rng()).expect("sealed");
        each_flipped_bit(&sealed, |bit, flipped| {
            assert!(open_template(flipped, "p_1", "certification", &key).is_err(), "bit {bit}");
        });
        for len in 0..sealed.len() {
            assert!(open_template(&sealed[..len], "p_1", "certification", &key).is_err(), "{len} bytes");
        }
    }
}

#[test]
fn nonces_differ() {
    let [key, _] = keys();
    let seal = || seal::seal(b"same", &BINDING, &key, &mut rng()).expect("sealed");
    assert_ne!(seal(), seal());
}

const SERVER: &str = include_str!("../keys/server-x25519.pem");
const SERVER_PUBLIC: &str = include_str!("../keys/server-x25519.pub.pem");

/// The same key behind the callback of a device.
struct Device {
    public: RecipientPublicKey,
    secret: x25519_dalek::StaticSecret,
}

impl Device {
    fn new(secret: [u8; 32]) -> Self {
        let secret = x25519_dalek::StaticSecret::from(secret);
        let public = x25519_dalek::PublicKey::from(&secret);
        Self { public: RecipientPublicKey::from_bytes(public.as_bytes()).expect("a key"), secret }
    }
}

impl RecipientDevice for Device {
    fn public_key(&self) -> &RecipientPublicKey {
        &self.public
    }

    fn agree(&self, peer: &[u8; 32]) -> Result<Zeroizing<[u8; 32]>> {
        Ok(Zeroizing::new(self.secret.diffie_hellman(&(*peer).into()).to_bytes()))
    }
}

#[test]
fn a_package_is_opened_by_a_file_key_or_a_device() {
    let key = RecipientKey::from_pem(SERVER).expect("a key");
    let public = RecipientPublicKey::from_pem(SERVER_PUBLIC).expect("a key");
    assert_eq!(key.public_key(), &public);
    let sealed = hpke::seal(b"frames", &public, &mut rng()).expect("sealed");
    assert!(hpke::is_sealed(&sealed) && !hpke::is_sealed(b"frames"));
    assert_eq!(hpke::open(&sealed, &key).expect("opened").as_slice(), b"frames");

    let device = Device::new([6; 32]);
    assert!(matches!(hpke::open_by_device(&sealed, &device), Err(Error::Seal { .. })), "sealed to another");
    let sealed = hpke::seal(b"frames", &device.public, &mut rng()).expect("sealed");
    assert_eq!(hpke::open_by_device(&sealed, &device).expect("opened").as_slice(), b"frames");
    let same = RecipientKey::from_bytes(&[6; 32]).expect("a key");
    assert_eq!(hpke::open(&sealed, &same).expect("opened").as_slice(), b"frames");
}

#[test]
fn every_flipped_bit_of_a_sealed_package_is_detected() {
    let key = RecipientKey::from_bytes(&[6; 32]).expect("a key");
    let device = Device::new([6; 32]);
    let sealed = hpke::seal(b"frames", key.public_key(), &mut rng()).expect("sealed");
    each_flipped_bit(&sealed, |bit, flipped| {
        // RFC 7748 ignores the top bit of a public key; the associated data does not.
        assert!(hpke::open(flipped, &key).is_err(), "bit {bit}");
        assert!(hpke::open_by_device(flipped, &device).is_err(), "bit {bit}, device");
    });
    for len in 0..sealed.len() {
        assert!(hpke::open(&sealed[..len], &key).is_err(), "{len} bytes");
    }
}
