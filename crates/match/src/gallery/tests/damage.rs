//! Flipped bits, cut files, a damaged slot.

use std::fs::{self, File};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use super::{DIM, append, create, ids, scratch, verified_ids};
use crate::error::MatchError;
use crate::gallery::layout::{DATA_OFFSET, SLOT_BYTES, SLOT_OFFSETS, Slot};
use crate::gallery::{Check, Gallery, Writer, accept_recovered, check, compact};
use crate::rows::Rows;

fn flip(file: &mut File, at: u64, mask: u8) {
    let mut byte = [0];
    file.seek(SeekFrom::Start(at)).expect("seek");
    file.read_exact(&mut byte).expect("read");
    file.seek(SeekFrom::Start(at)).expect("seek");
    file.write_all(&[byte[0] ^ mask]).expect("write");
}

/// The answer of [`check`] to each change of one bit; the file is then as it was.
fn each_flipped_bit(path: &Path, mut judge: impl FnMut(u64, Result<Check, MatchError>)) {
    let len = fs::metadata(path).expect("file").len();
    let mut file = File::options().read(true).write(true).open(path).expect("file");
    for bit in 0..8 * len {
        flip(&mut file, bit / 8, 1 << (bit % 8));
        judge(bit / 8, check(path, |_| {}));
        flip(&mut file, bit / 8, 1 << (bit % 8));
    }
}

/// In a gallery that was written at once nothing is left behind, so no bit can be changed unseen.
#[test]
fn detects_every_flipped_bit_of_a_small_gallery_with_its_place() {
    let (_folder, path) = scratch();
    let mut writer = create(&path);
    append(&mut writer, 0..3);
    writer.commit().expect("committed");
    drop(writer);
    let sound = fs::read(&path).expect("readable");
    each_flipped_bit(&path, |at, found| match found {
        Err(MatchError::GalleryDamaged { offset, .. }) => assert!(offset <= at, "{offset} for {at}"),
        Err(MatchError::NotAGallery { .. } | MatchError::GalleryVersion { .. }) => assert!(at < 12),
        Err(other) => panic!("byte {at}: {other}"),
        Ok(found) => {
            // In a commit slot: the file alone cannot tell damage from a commit that was cut off.
            assert!(found.recovered.is_some(), "byte {at}");
            assert!((SLOT_OFFSETS[0]..SLOT_OFFSETS[1] + SLOT_BYTES as u64).contains(&at));
        }
    });
    assert_eq!(fs::read(&path).expect("readable"), sound);
}

/// Bytes that earlier commits left behind may change; what is read stays what was put in.
#[test]
fn a_flipped_bit_is_detected_or_was_left_behind() {
    let (_folder, path) = scratch();
    let mut writer = create(&path);
    append(&mut writer, 0..70);
    writer.commit().expect("committed");
    writer.remove(&[4]).expect("there");
    writer.commit().expect("committed");
    drop(writer);
    let sound = verified_ids(&path).expect("readable");
    let len = fs::metadata(&path).expect("file").len();
    let mut file = File::options().read(true).write(true).open(&path).expect("file");
    let mut unseen_bytes = 0;
    for at in 0..len {
        let mask = 1 << (at % 8);
        flip(&mut file, at, mask);
        if check(&path, |_| {}).is_ok_and(|found| found.recovered.is_none()) {
            assert_eq!(verified_ids(&path).expect("readable"), sound, "byte {at}");
            unseen_bytes += 1;
        }
        flip(&mut file, at, mask);
    }
    let unused_bytes = check(&path, |_| {}).expect("sound").unused_bytes;
    assert!(0 < unseen_bytes && unseen_bytes <= unused_bytes, "{unseen_bytes} of {unused_bytes}");
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
