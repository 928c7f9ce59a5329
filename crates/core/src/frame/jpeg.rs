//! What the JPEG decoder does not check: that the file is complete, that the number of scans is sane, and that the colours
//! are sampled in a way that it gets right.

use crate::{Error, Result};

/// Progressive photos have about ten scans. Each costs a pass over the whole picture however short it is, so a small
/// file with thousands of them would hold a processor for minutes.
const MAX_SCANS: u32 = 100;

/// Baseline, extended and progressive frames.
const START_OF_FRAME: std::ops::RangeInclusive<u8> = 0xC0..=0xC2;
const START_OF_SCAN: u8 = 0xDA;
const END_OF_IMAGE: u8 = 0xD9;

/// Walks the segments (ITU-T T.81, annex B) from the start to the end of the image. The decoder paints what is missing
/// of a truncated file in grey and says nothing.
///
/// # Errors
/// [`Error::Truncated`] if the end of the image is missing, [`Error::JpegScans`] if there are too many scans,
/// [`Error::VariantNotRead`] if the colours are sampled in a way that the decoder gets wrong.
pub(super) fn check(bytes: &[u8]) -> Result<()> {
    let mut rest = bytes.get(2..).unwrap_or_default();
    let mut scans = 0;
    while let Some(at) = marker_position(rest) {
        let (marker, after) = (rest[at + 1], &rest[at + 2..]);
        if marker == END_OF_IMAGE {
            return Ok(());
        }
        let [high, low, ..] = *after else { break };
        let length = usize::from(u16::from_be_bytes([high, low]));
        let Some((segment, next)) = after.split_at_checked(length) else { break };
        rest = next;
        if START_OF_FRAME.contains(&marker) && !is_first_finest(segment) {
            let what = "its first colour is at half size".to_owned();
            return Err(Error::VariantNotRead { format: "JPEG", what });
        }
        if marker == START_OF_SCAN {
            scans += 1;
            if scans > MAX_SCANS {
                return Err(Error::JpegScans { max: MAX_SCANS });
            }
        }
    }
    Err(Error::Truncated { format: "JPEG" })
}

/// Whether no component of a frame is sampled finer than the first one. The decoder mixes up the rows of the others, which
/// are CMYK files with black at full size.
fn is_first_finest(segment: &[u8]) -> bool {
    let factors = segment.get(8..).unwrap_or_default().chunks_exact(3).map(|component| component[1]);
    let (across, down) = factors.clone().fold((0, 0), |(h, v), factor| (h.max(factor >> 4), v.max(factor & 15)));
    factors.clone().next().is_none_or(|first| (first >> 4, first & 15) == (across, down))
}

/// The next marker but for those without a segment: a stuffed zero, a restart, TEM, and fill bytes.
fn marker_position(bytes: &[u8]) -> Option<usize> {
    let alone = |code: u8| matches!(code, 0x00 | 0x01 | 0xD0..=0xD8 | 0xFF);
    memchr::memchr_iter(0xFF, bytes).find(|at| bytes.get(at + 1).is_some_and(|code| !alone(*code)))
}
