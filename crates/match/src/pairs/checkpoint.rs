//! A run whose pairs go to a file, and which can be taken up again after it was interrupted.

use std::fs::{self, File, OpenOptions};
use std::hash::Hasher;
use std::io::{self, Read, Seek, Write};
use std::path::Path;

use twox_hash::XxHash3_64;

use super::file::{io_error, read, replace};
use super::strongest::ScoredPair;
use super::{Pair, Pairs, Region, Resume, Review};
use crate::error::MatchError;
use crate::fields::Fields;
use crate::search::Work;

const MAGIC: [u8; 8] = *b"FCPAIRS\x01";

/// Where the pairs of a run go.
pub struct PairFile<'a> {
    /// The file of pairs. One that exists is overwritten, unless a checkpoint goes on with it.
    pub output: &'a Path,
    /// Where to keep the checkpoint; it is deleted at the end of the run. Without one, an
    /// interrupted run starts anew.
    pub checkpoint: Option<&'a Path>,
    /// Written at the start of the file.
    pub header: &'a str,
    /// Appends the line of a pair. It must not depend on anything but the pair.
    pub line: &'a dyn Fn(&Pair, &mut Vec<u8>),
    /// Asked after each step whether it is time for a checkpoint; every ten seconds is right.
    pub is_due: &'a mut dyn FnMut() -> bool,
}

impl Pairs<'_> {
    /// Writes the wanted pairs to a file, taking up an interrupted run if its checkpoint is
    /// there. The file is the same, byte for byte, whether or not the run was interrupted.
    ///
    /// # Errors
    /// As [`Pairs::run`]; a checkpoint that is damaged or of another run, an output that was
    /// changed since, and files that cannot be written.
    pub fn run_to_file(&self, review: Review, file: PairFile) -> Result<Work, MatchError> {
        let PairFile { output: path, checkpoint, header, line, is_due } = file;
        let job = self.digest(review);
        let saved = match checkpoint {
            Some(path) if path.exists() => Some(Checkpoint::load(path, job, &self.region())?),
            _ => None,
        };
        let (mut output, resume) = match saved {
            Some(saved) => (Output::reopen(path, &saved)?, saved.resume),
            None => (Output::create(path, header)?, Resume::default()),
        };
        let mut save = Ok(());
        let mut lines = Vec::new();
        let work = self.run(review, resume, &mut |step| {
            lines.clear();
            step.pairs.iter().for_each(|pair| line(pair, &mut lines));
            output.append(&lines)?;
            if let Some(path) = checkpoint.filter(|_| is_due()) {
                output.file.sync_data()?;
                save = Checkpoint {
                    job,
                    output_bytes: output.bytes,
                    output_checksum: output.hasher.finish(),
                    resume: step.resume.clone(),
                }
                .save(path);
                if save.is_err() {
                    return Err(io::Error::other("no checkpoint"));
                }
            }
            Ok(())
        });
        save?;
        let work = work?;
        output.file.sync_all().map_err(io_error(path, "write"))?;
        match checkpoint {
            Some(path) if path.exists() => fs::remove_file(path).map_err(io_error(path, "delete"))?,
            _ => {}
        }
        Ok(work)
    }
}

/// The file of pairs, and a checksum of all that is in it.
struct Output {
    file: File,
    bytes: u64,
    hasher: XxHash3_64,
}

impl Output {
    fn create(path: &Path, header: &str) -> Result<Self, MatchError> {
        let file = File::create(path).map_err(io_error(path, "create"))?;
        let mut output = Self { file, bytes: 0, hasher: XxHash3_64::new() };
        output.append(header.as_bytes()).map_err(io_error(path, "write"))?;
        Ok(output)
    }

    /// Goes on at the length that the checkpoint recorded.
    fn reopen(path: &Path, saved: &Checkpoint) -> Result<Self, MatchError> {
        let open = || -> io::Result<(File, XxHash3_64)> {
            let mut file = OpenOptions::new().read(true).write(true).open(path)?;
            let mut hasher = XxHash3_64::new();
            let mut rest = (&mut file).take(saved.output_bytes);
            let mut buffer = vec![0; 1 << 16];
            loop {
                match rest.read(&mut buffer)? {
                    0 => break,
                    bytes => hasher.write(&buffer[..bytes]),
                }
            }
            file.set_len(saved.output_bytes)?;
            file.seek(io::SeekFrom::End(0))?;
            Ok((file, hasher))
        };
        let (file, hasher) = open().map_err(io_error(path, "reopen"))?;
        if hasher.finish() != saved.output_checksum {
            return Err(MatchError::OutputChanged { path: path.to_owned() });
        }
        Ok(Self { file, bytes: saved.output_bytes, hasher })
    }

    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)?;
        self.hasher.write(bytes);
        self.bytes += bytes.len() as u64;
        Ok(())
    }
}

struct Checkpoint {
    /// [`Pairs::digest`] of the run.
    job: u128,
    output_bytes: u64,
    output_checksum: u64,
    resume: Resume,
}

impl Checkpoint {
    fn save(&self, path: &Path) -> Result<(), MatchError> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend(self.job.to_le_bytes());
        let Work { pairs, screened, scored, repeated } = self.resume.work;
        let unit = self.resume.next_unit as u64;
        for number in [self.output_bytes, self.output_checksum, unit, pairs, screened, scored, repeated] {
            bytes.extend(number.to_le_bytes());
        }
        for pair in &self.resume.strongest {
            bytes.extend(pair.left.to_le_bytes());
            bytes.extend(pair.right.to_le_bytes());
            bytes.extend(pair.score.to_le_bytes());
        }
        replace(path, &bytes)
    }

    fn load(path: &Path, job: u128, region: &Region) -> Result<Self, MatchError> {
        let bytes = read(path)?;
        let saved = bytes.as_deref().and_then(Self::parse);
        let saved = saved.ok_or_else(|| MatchError::CheckpointDamaged { path: path.to_owned() })?;
        if saved.job != job {
            return Err(MatchError::CheckpointForeign { path: path.to_owned() });
        }
        let rows = |pair: &ScoredPair| [pair.left as usize, pair.right as usize];
        if saved.resume.strongest.iter().all(|pair| region.holds(rows(pair))) {
            return Ok(saved);
        }
        Err(MatchError::CheckpointDamaged { path: path.to_owned() })
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let mut fields = Fields(bytes.strip_prefix(&MAGIC)?);
        let job = fields.u128()?;
        let (output_bytes, output_checksum) = (fields.u64()?, fields.u64()?);
        let next_unit = fields.u64()? as usize;
        let (pairs, screened) = (fields.u64()?, fields.u64()?);
        let work = Work { pairs, screened, scored: fields.u64()?, repeated: fields.u64()? };
        let mut strongest = Vec::new();
        while !fields.0.is_empty() {
            let (left, right) = (fields.u32()?, fields.u32()?);
            strongest.push(ScoredPair { left, right, score: fields.f32()? });
        }
        let resume = Resume { next_unit, strongest, work };
        Some(Self { job, output_bytes, output_checksum, resume })
    }
}
