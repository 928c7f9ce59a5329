//! What a call did, as a frozen number, and the details of a failure.

use std::ffi::c_char;
use std::io::ErrorKind;

use facecert_core::Error as CoreError;
use facecert_match::MatchError;
use facecert_policy::Error as PolicyError;
use facecert_record::Error as RecordError;

/// What a call did. Numbers are frozen: one is never reused and never changes its meaning. A verdict, such as no match,
/// is never a status. Treat a number that is not listed here as a failure.
#[repr(i32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum facecert_status {
    /// Done. The verdict, if there is one, stands in the result.
    FACECERT_OK = 0,
    /// A pointer that must not be NULL is.
    FACECERT_E_NULL = 1,
    /// A value is out of its range.
    FACECERT_E_ARGUMENT = 2,
    /// struct_size is not set, or a field that this library does not know is not zero.
    FACECERT_E_STRUCT_SIZE = 3,
    /// The buffer is too small; the size needed was told, the buffer left alone.
    FACECERT_E_BUFFER = 4,
    /// Text is not UTF-8.
    FACECERT_E_UTF8 = 5,
    /// A pointer is not aligned for what it points to.
    FACECERT_E_ALIGNMENT = 6,
    /// Not a handle of this kind, or one that was released.
    FACECERT_E_HANDLE = 7,
    /// A fault happened inside an earlier call on this handle; release it.
    FACECERT_E_POISONED = 8,
    /// The object is not in a state for this call: it was changed since it was opened, or an earlier write to it did not
    /// succeed. Open it again.
    FACECERT_E_STATE = 9,
    /// Another thread is in a call on this handle, which needs it for itself.
    FACECERT_E_BUSY = 10,
    /// The handle was made before fork(); make it anew in the child.
    FACECERT_E_FORK = 11,
    /// Templates of different contracts cannot be compared.
    FACECERT_E_CONTRACT = 12,
    /// A file or an image is beyond its limit.
    FACECERT_E_LIMIT = 13,
    /// This machine cannot do it.
    FACECERT_E_UNSUPPORTED = 14,
    /// One person is compared with many, and it was not said what for.
    FACECERT_E_PURPOSE = 15,
    /// A file cannot be read or written.
    FACECERT_E_IO = 101,
    /// Another program is writing to the file; try again when it is done.
    FACECERT_E_LOCKED = 102,
    /// Bytes are not what they should be.
    FACECERT_E_FORMAT = 103,
    /// Not an image, or a damaged one.
    FACECERT_E_IMAGE = 106,
    /// The model pack is damaged or incomplete.
    FACECERT_E_PACK = 107,
    /// Not a gallery, a damaged one, or one whose newest commit is in doubt.
    FACECERT_E_GALLERY = 108,
    /// The policy has faults; facecert_policy_lint_json lists all of them.
    FACECERT_E_POLICY = 109,
    /// JSON that does not fit its schema.
    FACECERT_E_JSON = 110,
    /// A key, or a list of keys, cannot be used.
    FACECERT_E_KEY = 111,
    /// Sealed bytes were made with another key, for somebody or something else, or were altered.
    FACECERT_E_SEAL = 112,
    /// A record or a receipt cannot be made from what was given.
    FACECERT_E_RECORD = 113,
    /// The calibration is damaged or missing.
    FACECERT_E_CALIBRATION = 115,
    /// A plan, a part or a checkpoint is damaged, incomplete, or of other data.
    FACECERT_E_PLAN = 116,
    /// A callback asked to stop; nothing was half-written.
    FACECERT_E_CANCELLED = 200,
    /// A callback could not do what it was asked to.
    FACECERT_E_CALLBACK = 201,
    /// A fault inside the library; the handles of the call are poisoned.
    FACECERT_E_PANIC = 901,
    /// The library contradicts itself.
    FACECERT_E_INTERNAL = 902,
}

/// A facecert_status as C passes it: any number may come, so it is never read as the enumeration.
pub type StatusInt = i32;

/// Details of a failure. Yours; pass NULL where they are not wanted. Written on failure only.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct facecert_error {
    /// Set by FACECERT_INIT.
    pub struct_size: u32,
    /// What the call returned.
    pub status: StatusInt,
    /// Frozen number of the cause, or 0: 1 to 999 matching, 1000 to 1999 photo to template, 2900 to 2999 policy, 3900 to
    /// 3999 records.
    pub cause: i32,
    /// The argument at fault, counted from 1; 0: none.
    pub argument: i32,
    /// UTF-8, NUL-terminated, one line, what to do included, no personal data.
    pub message: [c_char; 480],
}

/// Why a call could not be carried out.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(crate) struct Failure {
    pub(crate) status: facecert_status,
    cause: i32,
    argument: i32,
    message: String,
}

/// The policy crate counts its errors from 1; here they stand behind its reasons.
const POLICY_CAUSES: i32 = 2900;

pub(crate) type Result<T> = std::result::Result<T, Failure>;

impl Failure {
    pub(crate) fn new(status: facecert_status, message: impl Into<String>) -> Self {
        Self { status, cause: 0, argument: 0, message: message.into() }
    }

    /// The same failure, with the argument at fault counted from 1.
    pub(crate) fn at(self, argument: i32) -> Self {
        Self { argument, ..self }
    }

    /// As the caller reads it; its struct_size stays the caller's.
    pub(crate) fn to_c(&self) -> facecert_error {
        facecert_error {
            struct_size: 0,
            status: self.status as i32,
            cause: self.cause,
            argument: self.argument,
            message: c_text(&self.message),
        }
    }
}

impl From<CoreError> for Failure {
    fn from(error: CoreError) -> Self {
        use facecert_status as Status;
        let status = match error {
            CoreError::FrameSize { .. }
            | CoreError::FrameRotation { .. }
            | CoreError::FramePlanes { .. }
            | CoreError::FramePixelStride { .. }
            | CoreError::FrameRowStride { .. }
            | CoreError::FramePlaneLength { .. }
            | CoreError::Alignment
            | CoreError::Nonce
            | CoreError::Challenge { .. }
            | CoreError::SessionTime { .. }
            | CoreError::Fmr { .. } => Status::FACECERT_E_ARGUMENT,
            CoreError::FileBytes { .. } | CoreError::ImagePixels { .. } | CoreError::ImageSide { .. } => {
                Status::FACECERT_E_LIMIT
            }
            CoreError::File { .. } | CoreError::Directory => Status::FACECERT_E_IO,
            CoreError::Empty
            | CoreError::NotAnImage
            | CoreError::FormatNotRead { .. }
            | CoreError::VariantNotRead { .. }
            | CoreError::Truncated { .. }
            | CoreError::Malformed { .. }
            | CoreError::JpegScans { .. }
            | CoreError::ImageSize { .. } => Status::FACECERT_E_IMAGE,
            CoreError::Pack { .. } | CoreError::Net { .. } => Status::FACECERT_E_PACK,
            CoreError::Package { .. } => Status::FACECERT_E_FORMAT,
            CoreError::Contract => Status::FACECERT_E_CONTRACT,
            CoreError::Calibration { .. } | CoreError::NoCalibration => Status::FACECERT_E_CALIBRATION,
            _ => Status::FACECERT_E_INTERNAL,
        };
        Self { cause: error.number() as i32, ..Self::new(status, error.to_string()) }
    }
}

impl From<MatchError> for Failure {
    fn from(error: MatchError) -> Self {
        use facecert_status as Status;
        let status = match &error {
            MatchError::Dimension { .. }
            | MatchError::NotFinite { .. }
            | MatchError::Norm { .. }
            | MatchError::ContractSyntax
            | MatchError::Threshold
            | MatchError::DuplicateId { .. }
            | MatchError::UnknownId { .. }
            | MatchError::KeyLength { .. } => Status::FACECERT_E_ARGUMENT,
            MatchError::DimensionMismatch { .. } | MatchError::ContractMismatch { .. } => Status::FACECERT_E_CONTRACT,
            MatchError::UnknownIsa { .. } | MatchError::UnavailableIsa { .. } | MatchError::Threads(_) => {
                Status::FACECERT_E_UNSUPPORTED
            }
            MatchError::TooManyRows { .. } | MatchError::GalleryFull => Status::FACECERT_E_LIMIT,
            MatchError::Output(error) if error.kind() == ErrorKind::Interrupted => Status::FACECERT_E_CANCELLED,
            MatchError::Cancelled => Status::FACECERT_E_CANCELLED,
            MatchError::Output(_) | MatchError::File { .. } | MatchError::GalleryIo { .. } => Status::FACECERT_E_IO,
            MatchError::CheckpointDamaged { .. }
            | MatchError::CheckpointForeign { .. }
            | MatchError::OutputChanged { .. }
            | MatchError::PlanSyntax { .. }
            | MatchError::PlanMismatch { .. }
            | MatchError::TaskNumber { .. }
            | MatchError::PartDamaged { .. }
            | MatchError::PartForeign { .. }
            | MatchError::PartMissing { .. }
            | MatchError::PartTwice { .. } => Status::FACECERT_E_PLAN,
            MatchError::NotAGallery { .. }
            | MatchError::GalleryVersion { .. }
            | MatchError::GalleryDamaged { .. }
            | MatchError::GalleryTruncated { .. }
            | MatchError::GalleryRecovered { .. } => Status::FACECERT_E_GALLERY,
            MatchError::GalleryBusy { .. } => Status::FACECERT_E_LOCKED,
            MatchError::GalleryStale { .. } | MatchError::GalleryBroken { .. } => Status::FACECERT_E_STATE,
            _ => Status::FACECERT_E_INTERNAL,
        };
        Self { cause: error.number() as i32, ..Self::new(status, error.to_string()) }
    }
}

impl From<PolicyError> for Failure {
    fn from(error: PolicyError) -> Self {
        use facecert_status as Status;
        let status = match error {
            PolicyError::Policy(_) => Status::FACECERT_E_POLICY,
            PolicyError::Event { .. } | PolicyError::EventId { .. } | PolicyError::Input { .. } => {
                Status::FACECERT_E_JSON
            }
            PolicyError::Argument { .. } => Status::FACECERT_E_ARGUMENT,
            _ => Status::FACECERT_E_INTERNAL,
        };
        Self { cause: POLICY_CAUSES + error.number() as i32, ..Self::new(status, error.to_string()) }
    }
}

impl From<RecordError> for Failure {
    fn from(error: RecordError) -> Self {
        use facecert_status as Status;
        let status = match error {
            RecordError::Key { .. } => Status::FACECERT_E_KEY,
            RecordError::Device { .. } => Status::FACECERT_E_CALLBACK,
            RecordError::Seal { .. } => Status::FACECERT_E_SEAL,
            RecordError::Record { .. } | RecordError::Receipt { .. } => Status::FACECERT_E_RECORD,
            RecordError::Renew { .. } => Status::FACECERT_E_ARGUMENT,
            RecordError::Randomness => Status::FACECERT_E_UNSUPPORTED,
            _ => Status::FACECERT_E_INTERNAL,
        };
        Self { cause: error.number() as i32, ..Self::new(status, error.to_string()) }
    }
}

/// Text in a fixed array: cut at a character boundary, on one line, with a NUL.
pub(crate) fn c_text<const N: usize>(text: &str) -> [c_char; N] {
    let text = &text[..text.floor_char_boundary(N - 1)];
    let mut array = [0; N];
    for (to, &from) in array.iter_mut().zip(text.as_bytes()) {
        *to = if from.is_ascii_control() { b' ' } else { from } as c_char;
    }
    array
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_at_a_character_and_ends_with_nul() {
        let shown = Failure::new(facecert_status::FACECERT_E_IO, "a\n".to_owned() + &"照".repeat(300)).to_c();
        let bytes = shown.message.map(|c| c as u8);
        let text = std::ffi::CStr::from_bytes_until_nul(&bytes).unwrap().to_str().unwrap();
        assert_eq!(text, "a ".to_owned() + &"照".repeat(159));
        assert_eq!(shown.status, 101);
    }

    #[test]
    fn a_cause_keeps_its_number_and_says_what_to_do() {
        let failure = Failure::from(CoreError::NotAnImage).at(1);
        assert_eq!((failure.status, failure.cause, failure.argument), (facecert_status::FACECERT_E_IMAGE, 1203, 1));
        assert!(failure.message.contains("give a JPEG"));
    }
}
