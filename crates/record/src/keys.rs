//! The list of public keys that a verifier trusts: by whom, for what, from when until when.

use crate::error::{Error, Result};
use crate::reason::Reason;
use crate::sign::{VerifyingKey, check_key_id};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// Who holds a key, and so what it may sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// The county: certification records, evidence records, receipts.
    County,
    /// A kiosk or phone: evidence records only.
    Device,
}

/// One public key and the conditions of its use.
#[derive(Clone, Debug)]
pub struct ListedKey {
    /// Its name, as signatures carry it.
    pub id: String,
    /// Who holds it.
    pub role: Role,
    /// The key.
    pub key: VerifyingKey,
    /// First instant of validity.
    pub valid_from: Timestamp,
    /// First instant after its validity.
    pub valid_until: Timestamp,
    /// From when on it is not trusted (stolen, lost).
    pub revoked_at: Option<Timestamp>,
}

impl ListedKey {
    /// Whether the key may stand for something signed at `signed_at`.
    pub(crate) fn in_force(&self, signed_at: Timestamp) -> Reason {
        if !(self.valid_from <= signed_at && signed_at < self.valid_until) {
            Reason::KeyNotInForce
        } else if self.revoked_at.is_some_and(|revoked_at| revoked_at <= signed_at) {
            Reason::KeyRevoked
        } else {
            Reason::Valid
        }
    }
}

/// Public keys by name, and the receipts that were called back.
///
/// ```toml
/// format = "facecert-keys/1"
/// revoked_receipts = ["3F2A-91BC-07DE"]
///
/// [[key]]
/// id = "county-2026"
/// role = "county"                             # or "device"
/// valid_from = "2026-01-01T00:00:00+08:00"
/// valid_until = "2028-01-01T00:00:00+08:00"
/// revoked_at = "2027-05-04T12:00:00+08:00"    # only if it is
/// public_key = """
/// -----BEGIN PUBLIC KEY-----
/// MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=
/// -----END PUBLIC KEY-----
/// """
/// ```
#[derive(Clone, Debug, Default)]
pub struct KeyList {
    keys: BTreeMap<String, ListedKey>,
    revoked_receipts: BTreeSet<String>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    format: String,
    #[serde(default)]
    revoked_receipts: BTreeSet<String>,
    #[serde(default)]
    key: Vec<Entry>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: String,
    role: Role,
    public_key: String,
    valid_from: Timestamp,
    valid_until: Timestamp,
    revoked_at: Option<Timestamp>,
}

impl KeyList {
    /// Reads the TOML file shown above.
    ///
    /// # Errors
    /// [`Error::Key`] that names the key and field.
    pub fn from_toml(text: &str) -> Result<Self> {
        let file: File = toml::from_str(text).map_err(|error| {
            let line = error.span().map_or(0, |span| text[..span.start.min(text.len())].lines().count());
            // The parser's own words repeat what it read, so they stay out.
            Error::key(format!(
                "key list: line {}: not as the format says; compare the key with its neighbours",
                line.max(1)
            ))
        })?;
        if file.format != "facecert-keys/1" {
            return Err(Error::key("key list: format must be \"facecert-keys/1\""));
        }
        let mut list = Self { keys: BTreeMap::new(), revoked_receipts: file.revoked_receipts };
        for entry in file.key {
            list.add(entry.check()?)?;
        }
        Ok(list)
    }

    /// Adds a key.
    ///
    /// # Errors
    /// [`Error::Key`] if its name is taken.
    pub fn add(&mut self, key: ListedKey) -> Result<()> {
        match self.keys.insert(key.id.clone(), key) {
            None => Ok(()),
            Some(taken) => Err(Error::key(format!("key list: key {} stands twice", taken.id))),
        }
    }

    /// Calls a receipt back by its number.
    pub fn revoke_receipt(&mut self, number: impl Into<String>) {
        self.revoked_receipts.insert(number.into());
    }

    pub(crate) fn get(&self, id: &str) -> Option<&ListedKey> {
        self.keys.get(id)
    }

    pub(crate) fn receipt_revoked(&self, number: &str) -> bool {
        self.revoked_receipts.contains(number)
    }
}

impl Entry {
    fn check(self) -> Result<ListedKey> {
        check_key_id(&self.id)?;
        if self.valid_from >= self.valid_until {
            let what = format!("key list: key {}: valid_from must lie before valid_until", self.id);
            return Err(Error::key(what));
        }
        let key = VerifyingKey::from_pem(self.public_key.trim())
            .map_err(|error| Error::key(format!("key list: key {}: {error}", self.id)))?;
        Ok(ListedKey {
            id: self.id,
            role: self.role,
            key,
            valid_from: self.valid_from,
            valid_until: self.valid_until,
            revoked_at: self.revoked_at,
        })
    }
}
