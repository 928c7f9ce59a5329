//! Sealed galleries: panel by panel, so that no GCM message is near its limits and damage is found
//! where it is. A sealed gallery is opened in memory and searched there.
//!
//! ```text
//! "FCSG" 1 | algorithm, key id, contract as in a sealed piece | components u32 | rows u64
//!          | panel: bytes u32, nonce 12, ciphertext, tag 16 | panel | ...
//! a panel in plain = up to 64 rows: id u64 | person u64 | key bytes u16 | key | components f32
//! associated data of panel k = header and binding of a sealed piece, components, rows, k u64
//! ```
//!
//! All numbers are little-endian. The number of rows in the associated data keeps panels from being
//! cut off, their index from being moved. An empty gallery has one empty panel, so that its header
//! is authenticated too. Removed rows are left out.

use super::{Binding, Cipher, SealKey, associated_data, contract_in, header, strip_header};
use crate::error::{Error, Result};
use facecert_match::gallery::Gallery;
use facecert_match::panel::PANEL_ROWS;
use facecert_match::{ContractId, DIM_RANGE, Label, MatchError, MemoryRows, Rows as _, Template};
use rand_core::TryCryptoRng;
use std::collections::HashSet;
use std::fmt;
use std::io::Write;
use zeroize::Zeroizing;

/// How a sealed gallery begins.
pub const SEALED_GALLERY_MAGIC: &[u8; 5] = b"FCSG\x01";

/// Id, person, length of the key.
const ROW_HEAD_BYTES: usize = 18;
const COMPONENT_BYTES: usize = size_of::<f32>();

/// A sealed gallery, opened: its rows as the engine searches them. Wiped when dropped.
pub struct OpenedGallery {
    rows: MemoryRows,
    keys: Vec<Box<[u8]>>,
    subjects: usize,
}

impl OpenedGallery {
    /// The rows.
    pub fn rows(&self) -> &MemoryRows {
        &self.rows
    }

    /// The key of a row; empty if it has none, or there is no such row.
    pub fn key(&self, row: usize) -> &[u8] {
        self.keys.get(row).map_or(&[], |key| key)
    }

    /// Distinct persons.
    pub fn subjects(&self) -> usize {
        self.subjects
    }
}

impl fmt::Debug for OpenedGallery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenedGallery").field("rows", &self.rows.len()).finish_non_exhaustive()
    }
}

/// Seals a gallery under a name and a purpose of the caller's choice, and writes it out.
///
/// # Errors
/// [`Error::Seal`] if the gallery cannot be read or the result not be written,
/// [`Error::Randomness`] if the source fails.
pub fn seal_gallery(
    gallery: &Gallery,
    out: &mut impl Write,
    name: &str,
    purpose: &str,
    key: &SealKey,
    rng: &mut (impl TryCryptoRng + ?Sized),
) -> Result<()> {
    let unwritten = |error: std::io::Error| Error::seal(format!("cannot be written: {error}"));
    let contract = gallery.contract().to_string();
    let binding = Binding { subject: name, contract: &contract, purpose };
    let header = header(SEALED_GALLERY_MAGIC, &binding, key)?;
    let live = live_rows(gallery).map_err(|error| unread(&error))?;
    let shape = Shape { dim: gallery.dim(), rows: live.len() };
    let mut panels = PanelCipher::new(key, associated_data(&header, &binding), shape)?;
    out.write_all(&header).and_then(|()| out.write_all(&shape.to_bytes())).map_err(unwritten)?;

    let mut plain = Zeroizing::new(Vec::with_capacity(PANEL_ROWS * shape.most_row_bytes()));
    let mut scratch = Zeroizing::new(vec![0.0; shape.dim]);
    let mut sealed = Vec::new();
    for k in 0..shape.panels() {
        plain.clear();
        for &row in live.iter().skip(k * PANEL_ROWS).take(PANEL_ROWS) {
            put_row(gallery, row, &mut scratch, &mut plain).map_err(|error| unread(&error))?;
        }
        sealed.clear();
        panels.seal(k, &plain, &mut sealed, rng)?;
        // A panel of 64 rows is far below 4 GiB.
        let len = (sealed.len() as u32).to_le_bytes();
        out.write_all(&len).and_then(|()| out.write_all(&sealed)).map_err(unwritten)?;
    }
    Ok(())
}

/// Opens a sealed gallery in memory.
///
/// # Errors
/// [`Error::Seal`] that names the first panel that does not open: made under another key, name or
/// purpose, altered, or cut off.
pub fn open_gallery(sealed: &[u8], name: &str, purpose: &str, key: &SealKey) -> Result<OpenedGallery> {
    let contract = contract_in(sealed, SEALED_GALLERY_MAGIC)?;
    let binding = Binding { subject: name, contract, purpose };
    let id: ContractId = contract.parse().map_err(|_| Error::seal("not a sealed gallery; check the file"))?;
    let header = header(SEALED_GALLERY_MAGIC, &binding, key)?;
    let (shape, body) = Shape::split_from(strip_header(sealed, &header)?).ok_or_else(cut_off)?;
    let cipher = PanelCipher::new(key, associated_data(&header, &binding), shape)?;
    let (plain, keys) = (Zeroizing::default(), Vec::new());
    let mut opening = Opening { cipher, contract: id, dim: shape.dim, body, opened: 0, plain, read: 0, keys };
    opening.next_panel()?;

    let (mut fault, mut persons) = (None, HashSet::new());
    let rows = MemoryRows::new(id, shape.dim, shape.rows, |row| {
        let taken = opening.row(row);
        if let Ok((label, _)) = &taken {
            persons.insert(label.person);
        }
        taken.map_err(|error| {
            fault = Some(error);
            MatchError::Cancelled
        })
    });
    let rows = rows.map_err(|error| fault.unwrap_or_else(|| Error::seal(error.to_string())))?;
    if !opening.body.is_empty() {
        return Err(cut_off());
    }
    Ok(OpenedGallery { rows, keys: opening.keys, subjects: persons.len() })
}

fn cut_off() -> Error {
    Error::seal("cut off or longer than sealed; take the whole file")
}

fn unread(error: &MatchError) -> Error {
    Error::seal(error.to_string())
}

fn live_rows(gallery: &Gallery) -> std::result::Result<Vec<usize>, MatchError> {
    let mut live = Vec::with_capacity(gallery.len() - gallery.removed_rows());
    for row in 0..gallery.len() {
        if gallery.row_of(gallery.label(row)?.id)? == Some(row) {
            live.push(row);
        }
    }
    Ok(live)
}

fn put_row(
    gallery: &Gallery,
    row: usize,
    scratch: &mut [f32],
    plain: &mut Vec<u8>,
) -> std::result::Result<(), MatchError> {
    let (label, key) = (gallery.label(row)?, gallery.key(row)?);
    plain.extend(label.id.to_le_bytes());
    plain.extend(label.person.to_le_bytes());
    // A key has at most 1024 bytes.
    plain.extend((key.len() as u16).to_le_bytes());
    plain.extend(key);
    plain.extend(gallery.values(row, scratch)?.iter().flat_map(|value| value.to_le_bytes()));
    Ok(())
}

/// Components of a row, and rows.
#[derive(Clone, Copy)]
struct Shape {
    dim: usize,
    rows: usize,
}

impl Shape {
    fn to_bytes(self) -> [u8; 12] {
        let mut bytes = [0; 12];
        bytes[..4].copy_from_slice(&(self.dim as u32).to_le_bytes());
        bytes[4..].copy_from_slice(&(self.rows as u64).to_le_bytes());
        bytes
    }

    /// The shape and what follows it. It is not authenticated yet, so it is held against the length
    /// of what follows before anything is allocated.
    fn split_from(bytes: &[u8]) -> Option<(Self, &[u8])> {
        let (dim, rest) = bytes.split_first_chunk()?;
        let (rows, body) = rest.split_first_chunk()?;
        let dim = u32::from_le_bytes(*dim) as usize;
        let rows = usize::try_from(u64::from_le_bytes(*rows)).ok()?;
        let fits = DIM_RANGE.contains(&dim) && rows <= body.len() / (ROW_HEAD_BYTES + dim * COMPONENT_BYTES);
        fits.then_some((Self { dim, rows }, body))
    }

    fn panels(self) -> usize {
        self.rows.div_ceil(PANEL_ROWS).max(1)
    }

    fn most_row_bytes(self) -> usize {
        ROW_HEAD_BYTES + facecert_match::gallery::MAX_KEY_BYTES + self.dim * COMPONENT_BYTES
    }
}

/// Seals and opens one panel after the other, their associated data in one buffer.
struct PanelCipher {
    cipher: Cipher,
    associated: Vec<u8>,
    fixed: usize,
}

impl PanelCipher {
    fn new(key: &SealKey, mut associated: Vec<u8>, shape: Shape) -> Result<Self> {
        associated.extend(shape.to_bytes());
        Ok(Self { cipher: key.cipher()?, fixed: associated.len(), associated })
    }

    fn seal(
        &mut self,
        k: usize,
        plain: &[u8],
        out: &mut Vec<u8>,
        rng: &mut (impl TryCryptoRng + ?Sized),
    ) -> Result<()> {
        self.take(k);
        self.cipher.seal_into(out, plain, &self.associated, rng)
    }

    fn open(&mut self, k: usize, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        self.take(k);
        let mut plain = Zeroizing::new(Vec::with_capacity(sealed.len()));
        self.cipher.open_into(&mut plain, sealed, &self.associated).map_err(|error| match error {
            Error::Seal { what } => Error::seal(format!("panel {k}: {what}")),
            other => other,
        })?;
        Ok(plain)
    }

    fn take(&mut self, k: usize) {
        self.associated.truncate(self.fixed);
        self.associated.extend((k as u64).to_le_bytes());
    }
}

/// Label, key and components of a row.
type Fields = (Label, Box<[u8]>, Zeroizing<Vec<f32>>);

/// The rows of a sealed gallery in their order; one panel at a time is plain.
struct Opening<'a> {
    cipher: PanelCipher,
    contract: ContractId,
    dim: usize,
    /// Panels that were not opened yet, and how many were.
    body: &'a [u8],
    opened: usize,
    plain: Zeroizing<Vec<u8>>,
    /// Bytes of `plain` that were read.
    read: usize,
    keys: Vec<Box<[u8]>>,
}

impl Opening<'_> {
    fn next_panel(&mut self) -> Result<()> {
        let (len, rest) = self.body.split_first_chunk().ok_or_else(cut_off)?;
        let (sealed, rest) = rest.split_at_checked(u32::from_le_bytes(*len) as usize).ok_or_else(cut_off)?;
        self.plain = self.cipher.open(self.opened, sealed)?;
        (self.body, self.read, self.opened) = (rest, 0, self.opened + 1);
        Ok(())
    }

    fn row(&mut self, row: usize) -> Result<(Label, Template)> {
        if row > 0 && row.is_multiple_of(PANEL_ROWS) {
            self.next_panel()?;
        }
        // Only whoever has the key can have written a panel that opens and holds anything else.
        let fault = || Error::seal(format!("row {row}: not as a gallery is sealed; take the original file"));
        let (label, key, values) = self.fields().ok_or_else(fault)?;
        self.keys.push(key);
        Template::new(self.contract, &values).map(|template| (label, template)).map_err(|_| fault())
    }

    fn fields(&mut self) -> Option<Fields> {
        let (id, rest) = self.plain.get(self.read..)?.split_first_chunk()?;
        let (person, rest) = rest.split_first_chunk()?;
        let (key_len, rest) = rest.split_first_chunk()?;
        let (key, rest) = rest.split_at_checked(u16::from_le_bytes(*key_len).into())?;
        let (components, rest) = rest.split_at_checked(self.dim * COMPONENT_BYTES)?;
        let (components, _) = components.as_chunks::<COMPONENT_BYTES>();
        let values = components.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
        let label = Label { id: u64::from_le_bytes(*id), person: u64::from_le_bytes(*person) };
        let taken = (label, key.into(), Zeroizing::new(values));
        self.read = self.plain.len() - rest.len();
        Some(taken)
    }
}
