//! A capture session before one camera: says what to show now, and in the end whether a living person did it.
//!
//! ```text
//!  frame ─ camera ─ Observation ─ motion ─ gestures ─ state ─ Step: what to show now
//!          (nets)                  no cut,   did what            └─ SessionResult: verdicts, reasons, kept frames
//!                                  no still  was asked
//! ```
//!
//! The logic sees [`Observation`]s only: no pixels, no clock, no nets. The same observations and nonce give the same steps.

#[cfg(feature = "models")]
mod camera;
#[cfg(feature = "models")]
mod capture;
mod challenge;
mod gesture;
mod motion;
mod nonce;
mod observation;
#[cfg(feature = "models")]
mod package;
mod result;
mod settle;
mod state;
mod transcript;

#[cfg(feature = "models")]
pub use camera::{Camera, Looked};
#[cfg(feature = "models")]
pub use capture::{Capture, CaptureOptions, KeptFrame, settings};
pub use challenge::{Action, Challenge};
pub use nonce::{Consumption, Nonce, NonceStore};
pub use observation::{Observation, SeenFace};
#[cfg(feature = "models")]
pub use package::{Checked, MAX_PACKAGE_BYTES, Package};
pub use result::{ChallengeKind, SessionResult};
pub use state::{KeyFrame, Session, Settings, Step, StepKind};
pub use transcript::{Event, Happened, Kept, Transcript};
