//! Flipped bits, cut files, a damaged slot.

use std::fs::{self, File};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::ops::Range;
use std::path::Path;

use super::{DIM, append, create, ids, scratch, verified_ids};
use crate::error::MatchError;
use crate::gallery::disk::Source;
use crate::gallery::layout::{DATA_OFFSET, EXTENT_HEADER_BYTES, HEADER_BYTES, SLOT_BYTES, SLOT_OFFSETS, Slot};
use crate::gallery::state::State;
use crate::gallery::{Gallery, Writer, accept_recovered, check, compact};
use crate::rows::Rows;

/// Byte ranges that some checksum covers.
fn covered(path: &Path) -> Vec<Range<u64>> {
    let state = State::read(&Source::open(path).expect("file")).expect("sound");
    let header = 0..HEADER_BYTES as u64;
    let mut ranges = Vec::from([header]);
    ranges.extend(SLOT_OFFSETS.map(|at| at..at + SLOT_BYTES as u64));
    ranges.extend([state.slot.table, state.slot.tombstones].map(|section| section.offset..section.end()));
    for entry in &state.table {
        let shape = entry.shape(DIM);
        let parts = [0..EXTENT_HEADER_BYTES, shape.columns(), shape.panels(), shape.components()];
        ranges.extend(parts.map(|part| entry.offset + part.start as u64..entry.offset + part.end as u64));
    }
    ranges
}

fn flip(file: &mut File, at: u64, mask: u8) {
    let mut byte = [0];
    file.seek(SeekFrom::Start(at)).expect("seek");
    file.read_exact(&mut byte).expect("read");
    file.seek(SeekFrom::Start(at)).expect("seek");
    file.write_all(&[byte[0] ^ mask]).expect("write");
}

#[test]
fn refuses_flipped_bits_with_their_place() {
    let (_folder, path) = scratch();
    let mut writer = create(&path);
    append(&mut writer, 0..70);
    writer.remove(&[4]).expect("there");
    writer.commit().expect("committed");
    drop(writer);
    let sound = verified_ids(&path).expect("readable");
    let ranges = covered(&path);
    let len = fs::metadata(&path).expect("file").len();
    let mut file = File::options().read(true).write(true).open(&path).expect("file");
    // A prime step meets every field and, over the file, every bit of a byte.
    for at in (0..len).step_by(7) {
        flip(&mut file, at, 1 << (at % 8));
        match check(&path, |_| {}) {
            Err(MatchError::GalleryDamaged { offset, .. }) => {
                assert!(offset <= at, "{offset} for {at}");
            }
            Err(MatchError::NotAGallery { .. } | MatchError::GalleryVersion { .. }) => {
                assert!(at < 12);
            }
            Err(other) => panic!("byte {at}: {other}"),
            Ok(found) if found.recovered.is_some() => {
                assert!((SLOT_OFFSETS[0]..SLOT_OFFSETS[1] + SLOT_BYTES as u64).contains(&at));
                assert!(matches!(Writer::open(&path), Err(MatchError::GalleryRecovered { .. })));
            }
            Ok(_) => {
                assert!(!ranges.iter().any(|range| range.contains(&at)), "byte {at} is not covered");
                assert_eq!(verified_ids(&path).expect("readable"), sound);
            }
        }
        flip(&mut file, at, 1 << (at % 8));
    }
    assert_eq!(verified_ids(&path).expect("restored"), sound);
}

#[test]
fn refuses_truncation_with_its_place() {
    let (_folder, path) = scratch();
    let mut writer = create(&path);
    append(&mut writer, 0..70);
    writer.commit().expect("committed");
    drop(writer);
    let bytes = fs::read(&path).expect("file");
    let cut = path.with_file_name("cut");
    for len in (0..bytes.len()).step_by(61) {
        fs::write(&cut, &bytes[..len]).expect("written");
        match Gallery::open(&cut).map(|_| ()) {
            Err(MatchError::GalleryTruncated { offset, missing, .. }) => {
                assert_eq!(offset, len as u64);
                assert!(missing > 0);
            }
            other => panic!("cut at {len}: {other:?}"),
        }
    }
}

#[test]
fn truncation_under_an_open_reader_is_an_error() {
    let (_folder, path) = scratch();
    let mut writer = create(&path);
    append(&mut writer, 0..200);
    writer.commit().expect("committed");
    let gallery = Gallery::open(&path).expect("sound");
    let mut scratch_row = vec![0.0; DIM];
    gallery.panel(0).expect("sound");
    File::options().write(true).open(&path).expect("file").set_len(DATA_OFFSET + 100).expect("cut");
    gallery.panel(1).expect("its extent is in memory");
    let missing =
        |error: MatchError| matches!(error, MatchError::GalleryTruncated { offset, .. } if offset == DATA_OFFSET + 100);
    assert!(missing(gallery.values(5, &mut scratch_row).expect_err("gone")));
    assert!(missing(gallery.panel(3).map(|_| ()).expect_err("gone")));
}

#[test]
fn damaged_newest_slot_is_told_and_accepted() {
    let (_folder, path) = scratch();
    let mut writer = create(&path);
    append(&mut writer, 0..100);
    writer.commit().expect("committed");
    append(&mut writer, 100..330);
    writer.commit().expect("committed");
    drop(writer);
    let mut file = File::options().read(true).write(true).open(&path).expect("file");
    flip(&mut file, Slot::place(3) + 20, 1);
    let gallery = Gallery::open(&path).expect("older state");
    assert_eq!(gallery.recovered().expect("told").rows_beyond, 230);
    assert_eq!(verified_ids(&path).expect("readable"), ids(0..100));
    assert!(matches!(Writer::open(&path), Err(MatchError::GalleryRecovered { rows_beyond: 230, .. })));
    assert!(matches!(compact(&path, |_| {}), Err(MatchError::GalleryRecovered { .. })));
    assert_eq!(accept_recovered(&path).expect("accepted").expect("in doubt").rows_beyond, 230);
    assert_eq!(accept_recovered(&path).expect("sound"), None);
    let mut writer = Writer::open(&path).expect("sound");
    append(&mut writer, 400..410);
    writer.commit().expect("committed");
    assert_eq!(verified_ids(&path).expect("readable"), [ids(0..100), ids(400..410)].concat());
}
