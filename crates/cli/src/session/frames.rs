//! Recorded frames: a folder with pictures and `times.tsv`.

use std::path::{Path, PathBuf};

use crate::output::Failure;

/// The table beside the frames.
const TIMES: &str = "times.tsv";

/// Frames in order, each with its time in milliseconds. Lines: file name, tab, milliseconds; a header line may be there.
pub fn read(folder: &Path) -> Result<Vec<(PathBuf, u64)>, Failure> {
    let table = folder.join(TIMES);
    let text = std::fs::read_to_string(&table).map_err(|e| Failure::at(&table, e))?;
    let mut frames = Vec::new();
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let fault = |what: &str| Failure::at(&table, format_args!("line {}: {what}", number + 1));
        let (name, time) =
            line.split_once('\t').ok_or_else(|| fault("give a file name and milliseconds, parted by a tab"))?;
        let plain = Path::new(name).components().count() == 1 && !name.starts_with('.');
        match time.trim().parse::<f64>() {
            Ok(time) if time >= 0.0 && time < 1e15 && plain => frames.push((folder.join(name), time.round() as u64)),
            Ok(_) if plain => return Err(fault("the time is not a number of milliseconds from 0 on")),
            Ok(_) => return Err(fault("the file must lie beside times.tsv; give its plain name")),
            Err(_) if number == 0 => {}
            Err(_) => return Err(fault("the time is not a number of milliseconds")),
        }
    }
    if frames.is_empty() { Err(Failure::at(&table, "names no frame")) } else { Ok(frames) }
}
