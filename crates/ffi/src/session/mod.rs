//! Capture sessions: before a camera, and again on a server from their packages.

pub mod capture;
pub mod evidence;
pub mod package;

use std::sync::{Arc, Mutex, MutexGuard, TryLockError};

use facecert_core::engine::Engine;
use facecert_core::session::{Capture, KeptFrame, SessionResult, Transcript};
use facecert_policy::NonceCheck;

use crate::status::{Failure, Result, facecert_status as Status};

/// What stands behind a `facecert_session`.
pub(crate) type Object = Mutex<Stage>;

/// A session before a camera, or one that a package brought.
pub(crate) enum Stage {
    Camera(Box<Capture>),
    Checked(Box<Checked>),
}

/// A session that was looked at anew.
pub(crate) struct Checked {
    engine: Arc<Engine>,
    result: SessionResult,
    transcript: Transcript,
    portrait: Option<KeptFrame>,
    nonce: NonceCheck,
    sealed: bool,
    /// The device's claims.
    started_at: String,
    device_id: String,
}

/// A session that has ended, wherever it was held.
pub(crate) struct Ended<'a> {
    engine: &'a Engine,
    result: &'a SessionResult,
    transcript: &'a Transcript,
    portrait: Option<&'a KeptFrame>,
    nonce: NonceCheck,
    sealed: bool,
    claims: Option<(&'a str, &'a str)>,
}

/// For a call that changes the session.
pub(crate) fn for_itself(session: &Object) -> Result<MutexGuard<'_, Stage>> {
    session.try_lock().map_err(|error| match error {
        TryLockError::WouldBlock => {
            let message = "another thread is in a call on this session; use it from one thread at a time";
            Failure::new(Status::FACECERT_E_BUSY, message).at(1)
        }
        TryLockError::Poisoned(_) => poisoned(),
    })
}

/// For a call that only reads it.
pub(crate) fn shared(session: &Object) -> Result<MutexGuard<'_, Stage>> {
    session.lock().map_err(|_| poisoned())
}

fn poisoned() -> Failure {
    Failure::new(Status::FACECERT_E_POISONED, "a fault happened in an earlier call on this session; release it").at(1)
}

fn state(message: &str) -> Failure {
    Failure::new(Status::FACECERT_E_STATE, message).at(1)
}

impl Stage {
    /// The session before the camera.
    pub(crate) fn camera(&mut self) -> Result<&mut Capture> {
        match self {
            Self::Camera(capture) => Ok(capture),
            Self::Checked(_) => Err(state("this session came in a package; it takes no frames")),
        }
    }

    /// What came of it.
    pub(crate) fn ended(&self) -> Result<Ended<'_>> {
        match self {
            Self::Camera(capture) => {
                let session = capture.session();
                let result = session.result();
                let result = result.ok_or_else(|| state("the session goes on; feed more frames or finish it"))?;
                Ok(Ended {
                    engine: capture.engine(),
                    result,
                    transcript: session.transcript(),
                    portrait: capture.portrait(),
                    nonce: NonceCheck::NotChecked,
                    sealed: false,
                    claims: None,
                })
            }
            Self::Checked(checked) => Ok(Ended {
                engine: &checked.engine,
                result: &checked.result,
                transcript: &checked.transcript,
                portrait: checked.portrait.as_ref(),
                nonce: checked.nonce,
                sealed: checked.sealed,
                claims: Some((&checked.started_at, &checked.device_id)),
            }),
        }
    }
}

impl<'a> Ended<'a> {
    /// The portrait that was kept.
    pub(crate) fn portrait(&self) -> Result<&'a KeptFrame> {
        self.portrait.ok_or_else(|| state("no good frontal frame was kept; hold another session"))
    }
}
