//! A crash at every write, in every way that a disk may have been left.

use std::fs::{self, File};
use std::io;
use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, Mutex};

use super::{append, create, template, verified_ids};
use crate::error::MatchError;
use crate::gallery::disk::{Disk, Source};
use crate::gallery::maintain::copy_rows;
use crate::gallery::writer::open_locked;
use crate::gallery::{Gallery, Writer, accept_recovered, check, compact};

#[derive(Clone)]
enum Step {
    Write(Vec<u8>, u64),
    SetLen(u64),
    Sync,
}

/// Notes every step; from step `fails_at` on none succeeds.
struct NotingDisk {
    file: File,
    steps: Arc<Mutex<Vec<Step>>>,
    fails_at: usize,
}

impl NotingDisk {
    fn note(&mut self, step: Step) -> io::Result<()> {
        let mut steps = self.steps.lock().expect("one thread");
        if steps.len() >= self.fails_at {
            return Err(io::Error::other("the disk is gone"));
        }
        steps.push(step);
        Ok(())
    }
}

impl Disk for NotingDisk {
    fn write_all_at(&mut self, bytes: &[u8], offset: u64) -> io::Result<()> {
        self.note(Step::Write(bytes.to_vec(), offset))?;
        Disk::write_all_at(&mut self.file, bytes, offset)
    }

    fn set_len(&mut self, len: u64) -> io::Result<()> {
        self.note(Step::SetLen(len))?;
        Disk::set_len(&mut self.file, len)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.note(Step::Sync)
    }
}

/// A writer on `path` whose steps are noted.
fn noting_writer(path: &Path, fails_at: usize) -> (Writer, Arc<Mutex<Vec<Step>>>) {
    let (source, state) = open_locked(path).expect("sound");
    let steps = Arc::new(Mutex::new(Vec::new()));
    let file = source.file.try_clone().expect("handle");
    let disk = NotingDisk { file, steps: Arc::clone(&steps), fails_at };
    (Writer::on_disk(source, Box::new(disk), state).expect("sound"), steps)
}

/// What a crash makes of the steps since the last sync.
#[derive(Clone, Copy, Debug)]
enum Crash {
    AllWritten,
    NoneWritten,
    OddWritten,
    EvenWritten,
    LastTorn,
    AllTorn,
}

impl Crash {
    const ALL: [Self; 6] =
        [Self::AllWritten, Self::NoneWritten, Self::OddWritten, Self::EvenWritten, Self::LastTorn, Self::AllTorn];

    /// How many of the `len` bytes of unsynced step `index` of `count` reach the disk.
    fn written(self, index: usize, count: usize, len: usize) -> usize {
        match self {
            Self::NoneWritten => 0,
            Self::OddWritten => len * (index % 2),
            Self::EvenWritten => len * ((index + 1) % 2),
            Self::LastTorn if index + 1 == count => len / 2,
            Self::AllWritten | Self::LastTorn => len,
            Self::AllTorn => len / 3,
        }
    }
}

/// The file after a crash behind `steps`.
fn crashed(before: &[u8], steps: &[Step], crash: Crash) -> Vec<u8> {
    let synced = steps.iter().rposition(|step| matches!(step, Step::Sync)).map_or(0, |at| at + 1);
    let mut bytes = before.to_vec();
    for (number, step) in steps.iter().enumerate() {
        match step {
            Step::Sync => {}
            Step::SetLen(len) => bytes.resize(*len as usize, 0),
            Step::Write(content, offset) => {
                let count = steps.len() - synced;
                let kept = match number.checked_sub(synced) {
                    None => content.len(),
                    Some(index) => crash.written(index, count, content.len()),
                };
                let (at, end) = (*offset as usize, *offset as usize + kept);
                if kept > 0 {
                    bytes.resize(bytes.len().max(end), 0);
                    bytes[at..end].copy_from_slice(&content[..kept]);
                }
            }
        }
    }
    bytes
}

/// The session under test: rows in several extents, a removal, two commits.
fn session(writer: &mut Writer) -> Result<(), MatchError> {
    append_fallibly(writer, 1000..1300)?;
    writer.remove(&[3, 1001])?;
    writer.commit()?;
    append_fallibly(writer, 2000..2030)?;
    writer.commit()
}

fn append_fallibly(writer: &mut Writer, ids: Range<u64>) -> Result<(), MatchError> {
    for id in ids {
        let label = crate::rows::Label { id, person: id / 2 };
        writer.append(label, &vec![b'k'; id as usize % 5], &template(id))?;
    }
    Ok(())
}

/// The states that the session commits, the one before it first.
fn committed_states() -> [Vec<u64>; 3] {
    let before: Vec<u64> = (0..100).collect();
    let kept = |id: &u64| ![3, 1001].contains(id);
    let first: Vec<u64> = (0..100).chain(1000..1300).filter(kept).collect();
    let second: Vec<u64> = first.iter().copied().chain(2000..2030).collect();
    [before, first, second]
}

#[test]
fn a_crash_at_any_write_loses_no_committed_row() {
    let folder = tempfile::tempdir().expect("scratch folder");
    let path = folder.path().join("g");
    let mut writer = create(&path);
    append(&mut writer, 0..100);
    writer.commit().expect("committed");
    drop(writer);
    let before = fs::read(&path).expect("file");
    let (mut writer, steps) = noting_writer(&path, usize::MAX);
    session(&mut writer).expect("committed");
    drop(writer);
    let steps = steps.lock().expect("one thread").clone();
    let states = committed_states();

    let torn = folder.path().join("torn");
    let mut told = 0;
    for stop in 0..=steps.len() {
        // A commit has returned once its second sync is through.
        let syncs = steps[..stop].iter().filter(|step| matches!(step, Step::Sync)).count();
        let returned = syncs / 2;
        for crash in Crash::ALL {
            fs::write(&torn, crashed(&before, &steps[..stop], crash)).expect("written");
            let ids = verified_ids(&torn).unwrap_or_else(|e| panic!("step {stop}, {crash:?}: {e}"));
            let state = states.iter().position(|state| *state == ids);
            let state = state.unwrap_or_else(|| panic!("step {stop}, {crash:?}: no committed state"));
            assert!(state == returned || state == returned + 1, "step {stop}, {crash:?}: {state}");
            check(&torn, |_| {}).expect("sound");
            if Gallery::open(&torn).expect("sound").recovered().is_some() {
                told += 1;
                assert!(matches!(Writer::open(&torn), Err(MatchError::GalleryRecovered { .. })));
                accept_recovered(&torn).expect("accepted");
                assert_eq!(verified_ids(&torn).expect("readable"), ids);
            }
            let mut writer = Writer::open(&torn).expect("sound");
            append(&mut writer, 5000..5070);
            writer.commit().expect("committed");
            drop(writer);
            let longer: Vec<u64> = ids.into_iter().chain(5000..5070).collect();
            assert_eq!(verified_ids(&torn).expect("readable"), longer);
            assert_eq!(check(&torn, |_| {}).expect("sound").recovered, None);
        }
    }
    assert!(told > 0, "some crashes leave whole extents or a torn slot");
}

#[test]
fn after_a_failed_write_the_writer_stops() {
    let folder = tempfile::tempdir().expect("scratch folder");
    let path = folder.path().join("g");
    let states = committed_states();
    for fails_at in 0.. {
        fs::remove_file(&path)
            .or_else(|e| if e.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(e) })
            .expect("gone");
        let mut writer = create(&path);
        append(&mut writer, 0..100);
        writer.commit().expect("committed");
        drop(writer);
        let (mut writer, _) = noting_writer(&path, fails_at);
        let Err(error) = session(&mut writer) else {
            assert!(fails_at > 8, "the session has many steps");
            return;
        };
        assert!(matches!(error, MatchError::GalleryIo { step: "write", .. }), "{error}");
        assert!(matches!(writer.commit(), Err(MatchError::GalleryBroken { .. })));
        drop(writer);
        assert!(states.contains(&verified_ids(&path).expect("readable")));
    }
}

#[test]
fn a_crash_at_any_write_of_a_compaction_leaves_the_old_file() {
    let folder = tempfile::tempdir().expect("scratch folder");
    let path = |name: &str| folder.path().join(name);
    let mut writer = create(&path("g"));
    append(&mut writer, 0..700);
    writer.remove(&[0, 77, 699]).expect("there");
    writer.commit().expect("committed");
    drop(writer);
    let before = fs::read(path("g")).expect("file");
    let left: Vec<u64> = (0..700).filter(|id| ![0, 77, 699].contains(id)).collect();
    for fails_at in 0.. {
        drop(create(&path("g.compacting")));
        let (mut writer, _) = noting_writer(&path("g.compacting"), fails_at);
        let (source, state) = open_locked(&path("g")).expect("sound");
        let outcome = copy_rows(&source, &state, &mut writer, &mut |_| {});
        drop((writer, source));
        assert_eq!(fs::read(path("g")).expect("file"), before);
        assert_eq!(verified_ids(&path("g")).expect("readable"), left);
        if outcome.is_ok() {
            assert!(fails_at > 8, "a compaction has many steps");
            assert_eq!(verified_ids(&path("g.compacting")).expect("readable"), left);
            return;
        }
        // The next compaction begins anew beside what this one left.
        fs::copy(path("g"), path("again")).expect("copied");
        fs::rename(path("g.compacting"), path("again.compacting")).expect("renamed");
        assert_eq!(compact(&path("again"), |_| {}).expect("compacted").erased_rows, 3);
        assert_eq!(verified_ids(&path("again")).expect("readable"), left);
    }
}

#[test]
fn leftovers_of_an_unfinished_append_are_not_taken_for_rows() {
    let folder = tempfile::tempdir().expect("scratch folder");
    let path = folder.path().join("g");
    let mut writer = create(&path);
    append(&mut writer, 0..10);
    writer.commit().expect("committed");
    append(&mut writer, 10..200); // one whole extent is written, not committed
    drop(writer);
    let source = Source::open(&path).expect("file");
    assert_eq!(Gallery::open(&path).expect("sound").recovered().expect("told").rows_beyond, 118);
    let end = source.len().expect("file");
    // The same, torn: nothing whole lies beyond, so there is nothing to ask.
    File::options().write(true).open(&path).expect("file").set_len(end - 1).expect("cut");
    assert_eq!(Gallery::open(&path).expect("sound").recovered(), None);
    assert_eq!(verified_ids(&path).expect("readable"), (0..10).collect::<Vec<_>>());
}
