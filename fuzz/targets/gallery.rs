//! Templates and gallery files, read to the last byte and written on. The input is a file, or edits of a sound one.
#![no_main]

use facecert_match::gallery::{self, Gallery, Writer};
use facecert_match::{ContractId, Label, MatchError, Rows as _, Template};
use std::fs;
use std::path::Path;
use std::sync::LazyLock;
use tempfile::TempDir;

const DIM: usize = 64;
/// Place and new value of a byte.
const EDIT_BYTES: usize = 3;

static FOLDER: LazyLock<TempDir> = LazyLock::new(|| tempfile::tempdir().expect("a folder"));

/// A gallery of three rows, the second one removed.
static SOUND: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let path = FOLDER.path().join("sound");
    let mut writer = Writer::create(&path, CONTRACT, DIM, [1; 16]).expect("created");
    for id in 0..3 {
        let values: Vec<f32> = (0..DIM as u64).map(|k| ((31 * id + 7) * (k + 1) % 23) as f32 - 11.0).collect();
        let template = Template::new(CONTRACT, &values).expect("finite");
        writer.append(Label { id, person: id / 2 }, b"key", &template).expect("appended");
    }
    writer.commit().expect("committed");
    writer.remove(&[1]).expect("removed");
    writer.commit().expect("committed");
    fs::read(&path).expect("readable")
});

const CONTRACT: ContractId = ContractId::from_bytes([1; 32]);

fn edited(edits: &[u8]) -> Vec<u8> {
    let mut bytes = SOUND.clone();
    let (edits, _) = edits.as_chunks::<EDIT_BYTES>();
    for [low, high, value] in edits {
        let at = usize::from(u16::from_le_bytes([*low, *high]));
        if let Some(byte) = bytes.get_mut(at) {
            *byte = *value;
        }
    }
    bytes
}

fn read(path: &Path) -> Result<(), MatchError> {
    let gallery = Gallery::open(path)?;
    let mut scratch = vec![0.0; gallery.dim()];
    for panel in 0..gallery.panels() {
        gallery.panel(panel)?;
    }
    for row in 0..gallery.len() {
        gallery.values(row, &mut scratch)?;
        gallery.row_of(gallery.label(row)?.id)?;
        gallery.key(row)?;
    }
    Ok(())
}

fn write(path: &Path) -> Result<(), MatchError> {
    let mut writer = Writer::open(path)?;
    writer.remove(&[2])?;
    writer.commit()?;
    drop(writer);
    gallery::compact(path, |_| {}).map(drop)
}

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let (components, _) = data.as_chunks();
    let values: Vec<f32> = components.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
    if let Ok(template) = Template::new(CONTRACT, &values) {
        assert!(template.values().iter().all(|value| value.is_finite()));
    }
    let path = FOLDER.path().join("gallery");
    let bytes = if data.starts_with(b"FCGALLRY") { data.to_vec() } else { edited(data) };
    fs::write(&path, bytes).expect("written");
    let _ = read(&path);
    let _ = gallery::check(&path, |_| {});
    let _ = write(&path);
});
