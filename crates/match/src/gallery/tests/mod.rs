//! What a gallery keeps, refuses and erases.

mod crash;
mod damage;

use std::fs::{self, File};
use std::io::{Seek as _, SeekFrom, Write as _};
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::disk::Source;
use super::layout::{DATA_OFFSET, Header, SLOT_OFFSETS, Section, Slot, TableEntry, checksum};
use super::state::State;
use super::{Gallery, Writer, check, compact};
use crate::error::MatchError;
use crate::panel::PANEL_ROWS;
use crate::quantize::quantize;
use crate::rows::{Label, Rows};
use crate::template::{ContractId, Template};

pub(super) const CONTRACT: ContractId = ContractId::from_bytes([9; 32]);
pub(super) const DIM: usize = 66;
const CREATION: [u8; 16] = [5; 16];

/// Extents of two panels, so that few rows fill several.
pub(super) fn create(path: &Path) -> Writer {
    let header = Header { extent_rows: 2 * PANEL_ROWS, ..Header::new(DIM, CONTRACT, CREATION) };
    Writer::create_with(path, &header).expect("new file")
}

pub(super) fn template(id: u64) -> Template {
    let values: Vec<f32> = (0..DIM).map(|k| ((id * 31 + 7) as f32 * (k + 1) as f32).sin()).collect();
    Template::new(CONTRACT, &values).expect("finite")
}

/// Row `id`: two rows a person, a key of varying length.
pub(super) fn append(writer: &mut Writer, ids: Range<u64>) {
    for id in ids {
        writer.append(Label { id, person: id / 2 }, &key(id), &template(id)).expect("sound row");
    }
}

fn key(id: u64) -> Vec<u8> {
    vec![b'k'; id as usize % 5]
}

/// Ids of the rows that were not removed, each row compared with what was put in.
pub(super) fn verified_ids(path: &Path) -> Result<Vec<u64>, MatchError> {
    let gallery = Gallery::open(path)?;
    let resident = Gallery::open(path)?.with_resident_values(u64::MAX);
    let mut ids = Vec::new();
    let (mut scratch, mut unused) = (vec![0.0; DIM], vec![0.0; DIM]);
    for row in 0..gallery.len() {
        let panel = gallery.panel(row / PANEL_ROWS)?;
        let lane = row % PANEL_ROWS;
        let label = gallery.label(row)?;
        let expected = template(label.id);
        let mut codes = vec![0; DIM];
        let scale = quantize(expected.values(), &mut codes);
        assert_eq!(gallery.values(row, &mut scratch)?, expected.values());
        assert_eq!(resident.values(row, &mut unused)?, expected.values());
        assert_eq!(panel.row_groups(lane).flatten().take(DIM).collect::<Vec<_>>(), codes);
        assert_eq!(panel.bounds.residual[lane].to_bits(), scale.residual.to_bits());
        assert_eq!(gallery.key(row)?, key(label.id));
        assert_eq!(label.person, label.id / 2);
        if panel.live >> lane & 1 == 1 {
            assert_eq!(gallery.row_of(label.id)?, Some(row));
            ids.push(label.id);
        }
    }
    let persons: std::collections::HashSet<u64> = ids.iter().map(|id| id / 2).collect();
    assert_eq!(gallery.subjects(), persons.len() as u64);
    Ok(ids)
}

fn scratch() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("scratch folder");
    let path = folder.path().join("g");
    (folder, path)
}

fn ids(range: Range<u64>) -> Vec<u64> {
    range.collect()
}

#[test]
fn keeps_rows_over_many_commits() {
    let (_folder, path) = scratch();
    let mut writer = create(&path);
    let mut end = 0;
    // Tails of every kind: none, one row, a full panel, more than an extent.
    for count in [1, 62, 1, 64, 200, 3, 125, 300, 0, 5] {
        append(&mut writer, end..end + count);
        end += count;
        assert_eq!(writer.rows(), end);
        writer.commit().expect("committed");
        assert_eq!(verified_ids(&path).expect("readable"), ids(0..end));
    }
    let found = check(&path, |_| {}).expect("sound");
    assert_eq!((found.rows, found.removed_rows, found.recovered), (end, 0, None));
}

#[test]
fn nothing_happens_without_commit() {
    let (_folder, path) = scratch();
    let mut writer = create(&path);
    append(&mut writer, 0..10);
    writer.commit().expect("committed");
    append(&mut writer, 10..20);
    writer.remove(&[3]).expect("there");
    drop(writer);
    assert_eq!(verified_ids(&path).expect("readable"), ids(0..10));
}

#[test]
fn removes_and_erases() {
    let (_folder, path) = scratch();
    let mut writer = create(&path);
    append(&mut writer, 0..150);
    writer.commit().expect("committed");
    let secret: Vec<u8> = template(77).values().iter().flat_map(|v| v.to_le_bytes()).collect();
    let holds_secret = || fs::read(&path).expect("file").windows(secret.len()).any(|w| w == secret);

    assert!(matches!(writer.remove(&[5, 1000]), Err(MatchError::UnknownId { position: 1 })));
    writer.remove(&[77, 149, 77]).expect("there");
    writer.commit().expect("committed");
    assert_eq!(Gallery::open(&path).expect("sound").row_of(77).expect("sound"), None);
    assert!(holds_secret());
    append(&mut writer, 150..151);
    append(&mut writer, 149..150); // a removed id is free again
    writer.commit().expect("committed");
    let left: Vec<u64> = (0..150).filter(|id| ![77, 149].contains(id)).chain([150, 149]).collect();
    assert_eq!(verified_ids(&path).expect("readable"), left);
    assert!(matches!(compact(&path, |_| {}), Err(MatchError::GalleryBusy { .. })));
    drop(writer);

    let before = Gallery::open(&path).expect("sound");
    fs::write(path.with_file_name("g.compacting"), b"left by a crash").expect("written");
    let done = compact(&path, |_| {}).expect("compacted");
    assert_eq!(done.erased_rows, 2);
    assert!(done.bytes_after < done.bytes_before && !holds_secret());
    assert_eq!(verified_ids(&path).expect("readable"), left);
    assert!(matches!(before.writer(), Err(MatchError::GalleryStale { .. })));
    assert_ne!(before.digest(), Gallery::open(&path).expect("sound").digest());
    assert!(!path.with_file_name("g.compacting").exists());
}

#[test]
fn refuses_second_and_stale_writers() {
    let (_folder, path) = scratch();
    let mut writer = create(&path);
    let reader = Gallery::open(&path).expect("sound");
    assert!(matches!(reader.writer(), Err(MatchError::GalleryBusy { .. })));
    append(&mut writer, 0..3);
    writer.commit().expect("committed");
    drop(writer);
    assert!(matches!(reader.writer(), Err(MatchError::GalleryStale { .. })));
    assert!(Gallery::open(&path).expect("sound").writer().is_ok());
    assert_eq!(reader.len(), 0, "a reader keeps its state");
    assert!(matches!(Writer::create(&path, CONTRACT, DIM, CREATION), Err(MatchError::GalleryIo { .. })));
}

#[test]
fn refuses_commits_made_without_the_lock() {
    let (_folder, path) = scratch();
    let mut writer = create(&path);
    append(&mut writer, 0..3);
    let file = File::options().read(true).write(true).open(&path).expect("file");
    let source = Source { file: file.try_clone().expect("handle"), path: path.clone() };
    let state = State::read(&source).expect("sound");
    let mut intruder = Writer::on_disk(source, Box::new(file), state).expect("a writer past the lock");
    append(&mut intruder, 100..101);
    intruder.commit().expect("committed");
    assert!(matches!(writer.commit(), Err(MatchError::GalleryStale { .. })));
    assert_eq!(verified_ids(&path).expect("readable"), [100]);
}

#[test]
fn refuses_unsound_rows() {
    let (_folder, path) = scratch();
    let mut writer = create(&path);
    append(&mut writer, 0..1);
    let label = Label { id: 1, person: 1 };
    let foreign = Template::new(ContractId::from_bytes([0; 32]), template(1).values()).expect("finite");
    let short = Template::new(CONTRACT, &template(1).values()[..64]).expect("finite");
    let number = |result: Result<u64, MatchError>| result.expect_err("refused").number();
    assert_eq!(number(writer.append(label, b"", &foreign)), 5);
    assert_eq!(number(writer.append(label, b"", &short)), 4);
    assert_eq!(number(writer.append(Label { id: 0, person: 9 }, b"", &template(1))), 109);
    assert_eq!(number(writer.append(label, &[0; 1025], &template(1))), 111);
    writer.commit().expect("committed");
    assert_eq!(verified_ids(&path).expect("readable"), [0]);
}

/// A file with the table of ten million rows of 512 and holes where the extents belong.
fn sparse(path: &Path, rows: u64) -> Header {
    let header = Header::new(512, CONTRACT, CREATION);
    let mut offset = DATA_OFFSET;
    let mut table = Vec::new();
    let mut left = rows;
    while left > 0 {
        let count = left.min(header.extent_rows as u64) as u32;
        let entry = TableEntry { offset, rows: count, used_rows: count, key_bytes: 0, checksum: 0 };
        offset += (entry.shape(512).len() as u64).next_multiple_of(4096);
        left -= u64::from(count);
        table.push(entry);
    }
    let bytes = TableEntry::encode_all(&table);
    let section = Section { offset, len: bytes.len() as u64, checksum: checksum(&bytes) };
    let slot = Slot { rows, subjects: rows, file_len: section.end(), table: section, ..Slot::FIRST };
    let mut file = File::create(path).expect("file");
    for (part, at) in [(header.encode(), 0), (slot.encode(CREATION), SLOT_OFFSETS[0]), (bytes, offset)] {
        file.seek(SeekFrom::Start(at)).expect("seek");
        file.write_all(&part).expect("write");
    }
    header
}

#[test]
fn open_does_not_touch_extents() {
    let (_folder, path) = scratch();
    for rows in [1_000_000, 10_000_000] {
        let header = sparse(&path, rows);
        let start = std::time::Instant::now();
        let gallery = Gallery::open(&path).expect("sound");
        let taken = start.elapsed();
        println!("open {rows} rows of {}: {:.2} ms", header.dim, taken.as_secs_f64() * 1e3);
        assert_eq!(gallery.len() as u64, rows);
        assert!(taken.as_secs() < 5, "only the table is read");
        assert!(matches!(gallery.panel(0).map(|_| ()), Err(MatchError::GalleryDamaged { offset: DATA_OFFSET, .. })));
    }
}
