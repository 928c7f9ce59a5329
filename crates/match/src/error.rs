//! One error type for the crate; every variant has a frozen number.

use std::io;
use std::path::PathBuf;

use crate::kernel::Isa;
use crate::template::{ContractId, DIM_RANGE};

/// Why a matching call could not be answered.
///
/// Numbers are frozen: a number is never given to another meaning. 1..=19 templates,
/// 20..=39 search and pairs, 40..=59 block tasks and checkpoints, 100..=199 gallery files.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MatchError {
    /// The number of components is outside [`DIM_RANGE`].
    #[error("template has {dim} components; {} to {} are supported", DIM_RANGE.start(), DIM_RANGE.end())]
    Dimension {
        /// Components given.
        dim: usize,
    },
    /// A component is NaN or infinite.
    #[error("template component {index} is not a finite number; embed the photo again")]
    NotFinite {
        /// Index of the first such component.
        index: usize,
    },
    /// The norm is zero, or too small or too large to be brought to one.
    #[error("template norm is {norm:e}; it cannot be brought to unit length")]
    Norm {
        /// Euclidean norm.
        norm: f64,
    },
    /// Two operands have different dimensions.
    #[error("template has {found} components, {expected} expected")]
    DimensionMismatch {
        /// Components of the set or of the first operand.
        expected: usize,
        /// Components of the other.
        found: usize,
    },
    /// Two operands were made by different models or settings.
    #[error("template was made under contract {found}, the set under {expected}; scores across contracts mean nothing")]
    ContractMismatch {
        /// Contract of the set or of the first operand.
        expected: ContractId,
        /// Contract of the other.
        found: ContractId,
    },
    /// A contract id is not 64 hexadecimal digits.
    #[error("contract id is not 64 hexadecimal digits")]
    ContractSyntax,
    /// An instruction set is named that this crate does not know.
    #[error("instruction set {name:?} is unknown; known are {}", Isa::names())]
    UnknownIsa {
        /// The name given.
        name: String,
    },
    /// An instruction set is asked for that this machine does not have.
    #[error("this machine does not run instruction set {isa}; leave FACECERT_ISA unset")]
    UnavailableIsa {
        /// The one asked for.
        isa: Isa,
    },
    /// A set has more rows than can be numbered.
    #[error("set has {rows} rows; up to {} are supported", u32::MAX)]
    TooManyRows {
        /// Rows of the set.
        rows: usize,
    },
    /// A threshold is NaN.
    #[error("threshold is not a number")]
    Threshold,
    /// The pool of threads could not be started.
    #[error("threads could not be started: {0}")]
    Threads(rayon::ThreadPoolBuildError),
    /// The caller asked to stop.
    #[error("cancelled")]
    Cancelled,
    /// The caller's output could not be written.
    #[error("results could not be written: {0}")]
    Output(io::Error),
    /// The operating system refused a step on a plan, part, checkpoint or output.
    #[error("{}: cannot {step}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What was to be done.
        step: &'static str,
        /// Why not.
        source: io::Error,
    },
    /// A checkpoint is not what was written.
    #[error("checkpoint {} is damaged; delete it to start anew", path.display())]
    CheckpointDamaged {
        /// The file.
        path: PathBuf,
    },
    /// A checkpoint belongs to another run.
    #[error(
        "checkpoint {} is of another run: gallery or settings have changed; delete it to start anew",
        path.display()
    )]
    CheckpointForeign {
        /// The file.
        path: PathBuf,
    },
    /// The output of an interrupted run was changed since.
    #[error("output {} was changed since the checkpoint; delete the checkpoint to start anew", path.display())]
    OutputChanged {
        /// The file.
        path: PathBuf,
    },
    /// A file is not a plan.
    #[error("not a plan: {reason}")]
    PlanSyntax {
        /// What is wrong with it, and where.
        reason: String,
    },
    /// A plan was made for something else.
    #[error("{what} of this run is not that of the plan; make a new plan")]
    PlanMismatch {
        /// What differs.
        what: &'static str,
    },
    /// A plan has no such task.
    #[error("the plan has no task {task}; its tasks are 0 to {}", tasks.saturating_sub(1))]
    TaskNumber {
        /// The number asked for.
        task: usize,
        /// Tasks of the plan.
        tasks: usize,
    },
    /// A part is not what was written.
    #[error("part {} is damaged; run its task again", path.display())]
    PartDamaged {
        /// The file.
        path: PathBuf,
    },
    /// A part belongs to another plan.
    #[error("part {} is of another plan", path.display())]
    PartForeign {
        /// The file.
        path: PathBuf,
    },
    /// A task has no part.
    #[error("the part of task {task} is missing; run the task")]
    PartMissing {
        /// Its number.
        task: usize,
    },
    /// A task has two parts.
    #[error("the part of task {task} is given twice; give it once")]
    PartTwice {
        /// Its number.
        task: usize,
    },
    /// The operating system refused a step on a gallery file.
    #[error("gallery {}: cannot {step}: {source}", path.display())]
    GalleryIo {
        /// The file.
        path: PathBuf,
        /// What was to be done.
        step: &'static str,
        /// Why not.
        source: io::Error,
    },
    /// The file does not begin as a gallery does.
    #[error("gallery {}: not a gallery file", path.display())]
    NotAGallery {
        /// The file.
        path: PathBuf,
    },
    /// The file has another format version.
    #[error("gallery {}: format version {version} is not known; use the release that wrote it", path.display())]
    GalleryVersion {
        /// The file.
        path: PathBuf,
        /// Its format version.
        version: u32,
    },
    /// Bytes of the file are not what was written.
    #[error("gallery {}: {part} at byte {offset} is damaged; restore the file from a backup", path.display())]
    GalleryDamaged {
        /// The file.
        path: PathBuf,
        /// Where the damaged part begins.
        offset: u64,
        /// The damaged part.
        part: &'static str,
    },
    /// The file ends before its committed length.
    #[error("gallery {}: the file ends at byte {offset}, {missing} bytes are missing; restore it from a backup", path.display())]
    GalleryTruncated {
        /// The file.
        path: PathBuf,
        /// Where the file ends.
        offset: u64,
        /// Bytes that should follow.
        missing: u64,
    },
    /// Another writer has the gallery.
    #[error("gallery {}: another program is writing to it; try again when it is done", path.display())]
    GalleryBusy {
        /// The file.
        path: PathBuf,
    },
    /// Another writer has committed since the gallery was opened.
    #[error("gallery {}: it was changed since it was opened; open it again", path.display())]
    GalleryStale {
        /// The file.
        path: PathBuf,
    },
    /// The newest commit may be missing.
    #[error("gallery {}: its last commit is in doubt, {rows_beyond} rows lie beyond; see `gallery check --accept-recovered`", path.display())]
    GalleryRecovered {
        /// The file.
        path: PathBuf,
        /// Whole rows after the state that was opened.
        rows_beyond: u64,
    },
    /// An earlier write did not succeed.
    #[error("gallery {}: an earlier write did not succeed; open it again", path.display())]
    GalleryBroken {
        /// The file.
        path: PathBuf,
    },
    /// The id of a new row is in the gallery already.
    #[error("the id of row {row} is in the gallery already; remove the old row first")]
    DuplicateId {
        /// Number that the new row would have.
        row: u64,
    },
    /// An id that should be removed is not in the gallery.
    #[error("id number {position} of the list is not in the gallery; nothing was removed")]
    UnknownId {
        /// Its position in the list, from 0.
        position: usize,
    },
    /// A key is too long.
    #[error("the key of the row has {bytes} bytes; at most 1024 are kept")]
    KeyLength {
        /// Its length.
        bytes: usize,
    },
    /// The gallery has as many rows as its format can number.
    #[error("the gallery is full at {} rows", u32::MAX)]
    GalleryFull,
}

impl MatchError {
    /// The frozen number of this error.
    #[must_use]
    pub fn number(&self) -> u32 {
        match self {
            Self::Dimension { .. } => 1,
            Self::NotFinite { .. } => 2,
            Self::Norm { .. } => 3,
            Self::DimensionMismatch { .. } => 4,
            Self::ContractMismatch { .. } => 5,
            Self::ContractSyntax => 6,
            Self::UnknownIsa { .. } => 20,
            Self::UnavailableIsa { .. } => 21,
            Self::TooManyRows { .. } => 22,
            Self::Threshold => 23,
            Self::Threads(_) => 24,
            Self::Cancelled => 25,
            Self::Output(_) => 26,
            Self::File { .. } => 40,
            Self::CheckpointDamaged { .. } => 41,
            Self::CheckpointForeign { .. } => 42,
            Self::OutputChanged { .. } => 43,
            Self::PlanSyntax { .. } => 44,
            Self::PlanMismatch { .. } => 45,
            Self::TaskNumber { .. } => 46,
            Self::PartDamaged { .. } => 47,
            Self::PartForeign { .. } => 48,
            Self::PartMissing { .. } => 49,
            Self::PartTwice { .. } => 50,
            Self::GalleryIo { .. } => 100,
            Self::NotAGallery { .. } => 101,
            Self::GalleryVersion { .. } => 102,
            Self::GalleryDamaged { .. } => 103,
            Self::GalleryTruncated { .. } => 104,
            Self::GalleryBusy { .. } => 105,
            Self::GalleryStale { .. } => 106,
            Self::GalleryRecovered { .. } => 107,
            Self::GalleryBroken { .. } => 108,
            Self::DuplicateId { .. } => 109,
            Self::UnknownId { .. } => 110,
            Self::KeyLength { .. } => 111,
            Self::GalleryFull => 112,
        }
    }
}
