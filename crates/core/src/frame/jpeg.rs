//! What the JPEG decoder does not check: that the file is complete, and that the number of scans is sane.

use crate::{Error, Result};

/// Progressive photos have about ten scans. Each costs a pass over the whole picture however short it is, so a small
/// file with thousands of them would hold a processor for minutes.
const MAX_SCANS: u32 = 100;

const START_OF_SCAN: u8 = 0xDA;
const END_OF_IMAGE: u8 = 0xD9;

/// Walks the segments (ITU-T T.81, annex B) from the start to the end of the image. The decoder paints what is missing
/// of a truncated file in grey and says nothing.
///
/// # Errors
/// [`Error::Truncated`] if the end of the image is missing, [`Error::JpegScans`] if there are too many scans.
pub(super) fn check_complete(bytes: &[u8]) -> Result<()> {
    let mut rest = bytes.get(2..).unwrap_or_default();
    let mut scans = 0;
    while let Some(at) = marker_position(rest) {
        let (marker, after) = (rest[at + 1], &rest[at + 2..]);
        if marker == END_OF_IMAGE {
            return Ok(());
        }
        let [high, low, ..] = *after else { break };
        let length = usize::from(u16::from_be_bytes([high, low]));
        let Some(next) = after.get(length..) else {
            break;
        };
        rest = next;
        if marker == START_OF_SCAN {
            scans += 1;
            if scans > MAX_SCANS {
                return Err(Error::JpegScans { max: MAX_SCANS });
            }
        }
    }
    Err(Error::Truncated { format: "JPEG" })
}

/// The next marker but for those without a segment: a stuffed zero, a restart, TEM, and fill bytes.
fn marker_position(bytes: &[u8]) -> Option<usize> {
    let alone = |code: u8| matches!(code, 0x00 | 0x01 | 0xD0..=0xD8 | 0xFF);
    memchr::memchr_iter(0xFF, bytes).find(|at| bytes.get(at + 1).is_some_and(|code| !alone(*code)))
}
