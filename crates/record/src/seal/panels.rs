//! Sealing of large files panel by panel: each panel is its own GCM message, so that no message is
//! near the limits of GCM and damage is found where it is.
//!
//! ```text
//! "FCSG" 1 | algorithm, key id, contract as in a sealed piece | plain length u64 LE
//!          | panel: nonce 12, ciphertext, tag 16 | panel | ...
//! associated data of panel k = the header and binding of a sealed piece, plain length, k (u64 LE)
//! ```
//!
//! The length in the associated data keeps panels from being cut off, their index from being moved.

use super::{Binding, NONCE_BYTES, SealKey, TAG_BYTES, associated_data, header, strip_header};
use crate::error::{Error, Result};
use rand_core::TryCryptoRng;
use std::io::Write;
use zeroize::Zeroizing;

const MAGIC: &[u8; 5] = b"FCSG\x01";

/// Plain bytes in a panel; the last may have fewer.
pub const PANEL_BYTES: usize = 1 << 20;

const SEALED_PANEL_BYTES: usize = PANEL_BYTES + NONCE_BYTES + TAG_BYTES;

/// Seals a file, such as a gallery, and writes it out.
///
/// # Errors
/// [`Error::Randomness`], or [`Error::Seal`] if it cannot be written.
pub fn seal_panels(
    plain: &[u8],
    out: &mut impl Write,
    binding: &Binding<'_>,
    key: &SealKey,
    rng: &mut (impl TryCryptoRng + ?Sized),
) -> Result<()> {
    let unwritten = |error: std::io::Error| Error::seal(format!("cannot be written: {error}"));
    let plain_len = (plain.len() as u64).to_le_bytes();
    let header = header(MAGIC, binding, key)?;
    let mut associated = PanelData::new(associated_data(&header, binding), plain_len);
    let cipher = key.cipher()?;
    out.write_all(&header).and_then(|()| out.write_all(&plain_len)).map_err(unwritten)?;
    let mut sealed = Vec::new();
    for (k, panel) in plain.chunks(PANEL_BYTES).enumerate() {
        sealed.clear();
        cipher.seal_into(&mut sealed, panel, associated.of(k), rng)?;
        out.write_all(&sealed).map_err(unwritten)?;
    }
    Ok(())
}

/// Opens a sealed file in memory; wiped when dropped.
///
/// # Errors
/// [`Error::Seal`] that names the first panel that does not open.
pub fn open_panels(sealed: &[u8], binding: &Binding<'_>, key: &SealKey) -> Result<Zeroizing<Vec<u8>>> {
    let header = header(MAGIC, binding, key)?;
    let cut = || Error::seal("cut off or longer than sealed; take the whole file");
    let (plain_len, body) = strip_header(sealed, &header)?.split_first_chunk::<8>().ok_or_else(cut)?;
    let panels = body.chunks(SEALED_PANEL_BYTES);
    let plain_bytes = body.len().checked_sub(panels.len() * (NONCE_BYTES + TAG_BYTES)).ok_or_else(cut)?;
    // Checked before anything is allocated, and again by every tag.
    if u64::from_le_bytes(*plain_len) != plain_bytes as u64 {
        return Err(cut());
    }
    let mut associated = PanelData::new(associated_data(&header, binding), *plain_len);
    let cipher = key.cipher()?;
    let mut plain = Zeroizing::new(Vec::with_capacity(plain_bytes));
    for (k, panel) in panels.enumerate() {
        cipher.open_into(&mut plain, panel, associated.of(k)).map_err(|error| match error {
            Error::Seal { what } => Error::seal(format!("panel {k}: {what}")),
            other => other,
        })?;
    }
    Ok(plain)
}

/// The associated data of one panel after the other, in one buffer.
struct PanelData {
    bytes: Vec<u8>,
    fixed: usize,
}

impl PanelData {
    fn new(mut bytes: Vec<u8>, plain_len: [u8; 8]) -> Self {
        bytes.extend(plain_len);
        Self { fixed: bytes.len(), bytes }
    }

    fn of(&mut self, panel: usize) -> &[u8] {
        self.bytes.truncate(self.fixed);
        self.bytes.extend((panel as u64).to_le_bytes());
        &self.bytes
    }
}
