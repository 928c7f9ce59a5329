//! Templates and gallery files, read to the last byte.
#![no_main]

use facecert_match::gallery::{self, Gallery, Writer};
use facecert_match::{ContractId, Rows as _, Template};
use std::fs;
use std::sync::LazyLock;
use tempfile::TempDir;

static FOLDER: LazyLock<TempDir> = LazyLock::new(|| tempfile::tempdir().expect("a folder"));

fn read(gallery: &Gallery) -> Result<(), facecert_match::MatchError> {
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

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let (components, _) = data.as_chunks();
    let values: Vec<f32> = components.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
    if let Ok(template) = Template::new(ContractId::from_bytes([1; 32]), &values) {
        assert!(template.values().iter().all(|value| value.is_finite()));
    }
    let path = FOLDER.path().join("gallery");
    fs::write(&path, data).expect("written");
    if let Ok(gallery) = Gallery::open(&path) {
        let _ = read(&gallery);
    }
    let _ = gallery::check(&path, |_| {});
    let _ = Writer::open(&path);
});
