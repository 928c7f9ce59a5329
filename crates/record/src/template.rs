//! Templates sealed at rest and renewed by key.

use crate::error::{Error, Result};
use crate::renew::Renewal;
use crate::seal::{self, Binding, SealKey};
use facecert_match::{ContractId, Template};
use rand_core::TryCryptoRng;
use zeroize::Zeroizing;

const COMPONENT_BYTES: usize = size_of::<f32>();

/// Seals a template for one subject and one purpose; its contract is bound in as well.
///
/// ```
/// use facecert_match::{ContractId, Template};
/// use facecert_record::seal::{SealAlgorithm, SealKey};
/// use facecert_record::{open_template, seal_template};
///
/// let template = Template::new(ContractId::from_bytes([1; 32]), &[0.1; 128])?;
/// let key = SealKey::new(SealAlgorithm::Sm4Gcm, b"sixteen bytes!!!", "county-2026")?;
/// let mut rng = getrandom::SysRng;
/// let sealed = seal_template(&template, "p_7f3c", "certification", &key, &mut rng)?;
/// assert!(open_template(&sealed, "p_7f3d", "certification", &key).is_err());
/// let opened = open_template(&sealed, "p_7f3c", "certification", &key)?;
/// assert_eq!(opened.values(), template.values());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`Error::Randomness`] if the source fails.
pub fn seal_template(
    template: &Template,
    subject: &str,
    purpose: &str,
    key: &SealKey,
    rng: &mut (impl TryCryptoRng + ?Sized),
) -> Result<Vec<u8>> {
    let plain: Zeroizing<Vec<u8>> =
        Zeroizing::new(template.values().iter().flat_map(|value| value.to_le_bytes()).collect());
    let contract = template.contract().to_string();
    seal::seal(&plain, &Binding { subject, contract: &contract, purpose }, key, rng)
}

/// Opens a sealed template.
///
/// # Errors
/// [`Error::Seal`] if it was sealed under another key, for another subject or purpose, or was
/// altered.
pub fn open_template(sealed: &[u8], subject: &str, purpose: &str, key: &SealKey) -> Result<Template> {
    let contract = seal::contract_of(sealed)?;
    let plain = seal::open(sealed, &Binding { subject, contract, purpose }, key)?;
    let no_template = || Error::seal("holds no template; open it with what sealed it");
    let (components, []) = plain.as_chunks::<COMPONENT_BYTES>() else {
        return Err(no_template());
    };
    let values: Zeroizing<Vec<f32>> =
        Zeroizing::new(components.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect());
    let contract = contract.parse().map_err(|_| no_template())?;
    Template::new(contract, &values).map_err(|_| no_template())
}

/// The template under a renewal key. Its contract is the key's own, so that it is never compared
/// with a plain template or with one of another key.
///
/// # Errors
/// [`Error::Renew`] if the transform is for another number of components.
pub fn renew_template(template: &Template, renewal: &Renewal) -> Result<Template> {
    let values = renewal.apply(template.values())?;
    let contract = ContractId::from_bytes(renewal.contract(template.contract().as_bytes()));
    Template::new(contract, &values).map_err(|error| Error::renew(error.to_string()))
}
