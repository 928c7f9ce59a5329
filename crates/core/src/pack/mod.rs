//! A model pack: a folder with a manifest, nets, a calibration; one is embedded in the library.

mod accept;
pub mod manifest;

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use facecert_match::ContractId;
use sha2::{Digest as _, Sha256};

pub use accept::{Acceptance, FILE as ACCEPTANCE_FILE, Figure, Grade};
use manifest::{File, Manifest, NetFile};

use crate::calibration::Calibration;
use crate::error::{Error, Result};

/// No file of a pack may be larger; the largest net we know of has a fifth of it.
const MAX_FILE_BYTES: u64 = 256 << 20;

/// The embedded pack, file by file.
const EMBEDDED: &[(&str, &[u8])] = &[
    (manifest::FILE, include_bytes!("../../../../models/default/manifest.toml")),
    ("detector.onnx", include_bytes!("../../../../models/default/detector.onnx")),
    ("points.onnx", include_bytes!("../../../../models/default/points.onnx")),
    ("embedder.onnx", include_bytes!("../../../../models/default/embedder.onnx")),
    ("landmarks.onnx", include_bytes!("../../../../models/default/landmarks.onnx")),
    ("eyes.onnx", include_bytes!("../../../../models/default/eyes.onnx")),
    ("mouth.onnx", include_bytes!("../../../../models/default/mouth.onnx")),
    ("calibration.json", include_bytes!("../../../../models/default/calibration.json")),
    ("check.png", include_bytes!("../../../../models/default/check.png")),
    ("check.f32", include_bytes!("../../../../models/default/check.f32")),
];

/// A pack whose manifest was read and checked; its nets are read when they are first needed.
#[derive(Clone, Debug)]
pub struct Pack {
    manifest: Manifest,
    digest: [u8; 32],
    place: Place,
    grade: Grade,
}

#[derive(Clone, Debug)]
enum Place {
    Embedded,
    Folder(PathBuf),
}

impl Pack {
    /// The pack inside the library.
    pub fn embedded() -> Result<Self> {
        Self::read(Place::Embedded)
    }

    /// The pack in a folder. Only the manifest is read; [`Pack::check`] reads everything.
    pub fn open(folder: &Path) -> Result<Self> {
        Self::read(Place::Folder(folder.to_owned()))
    }

    fn read(place: Place) -> Result<Self> {
        let bytes = place.file(manifest::FILE)?;
        let text = std::str::from_utf8(&bytes)
            .map_err(|_| Error::Pack { what: format!("{}: not UTF-8 text", manifest::FILE) })?;
        let manifest = Manifest::parse(text)?;
        let digest: [u8; 32] = Sha256::digest(&bytes).into();
        let grade = match place.optional(accept::FILE)? {
            Some(bytes) => accept::grade(&bytes, &digest)?,
            None => Grade::Evaluation,
        };
        Ok(Self { manifest, digest, place, grade })
    }

    /// The manifest.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// SHA-256 of the manifest, which holds the digests of all files: the pack's identity.
    pub fn digest(&self) -> [u8; 32] {
        self.digest
    }

    /// Its name and digest, as evidence and records write it.
    pub fn name(&self) -> String {
        format!("{}@sha256:{}", self.manifest.id, hex::encode(self.digest))
    }

    /// Whether its operator accepted exactly these bytes.
    pub fn grade(&self) -> &Grade {
        &self.grade
    }

    /// The contract of its templates: embedder, pre-processing, alignment and dimension. The detector is not in it, so
    /// that a better detector does not void stored templates.
    pub fn contract(&self) -> ContractId {
        let e = &self.manifest.embedder;
        let mut text = format!("facecert contract 1\n{}\n{}x{}\n{}\n", e.net.sha256, e.size[0], e.size[1], e.dim);
        let numbers = e.net.input.mean.iter().chain(&e.net.input.scale).chain(e.alignment.iter().flatten());
        for number in numbers {
            let _ = write!(text, "{:08x}", number.to_bits()); // writing to a String cannot fail
        }
        let _ = write!(text, "{:?}", e.net.input.channels);
        ContractId::from_bytes(Sha256::digest(text.as_bytes()).into())
    }

    /// The bytes of a net, digest verified.
    pub fn net(&self, net: &NetFile) -> Result<Cow<'static, [u8]>> {
        self.verified(&File { file: net.file.clone(), sha256: net.sha256.clone() })
    }

    /// The bytes of a file, digest verified.
    pub fn verified(&self, file: &File) -> Result<Cow<'static, [u8]>> {
        let bytes = self.place.file(&file.file)?;
        if hex::encode(Sha256::digest(&bytes)) == file.sha256.to_ascii_lowercase() {
            Ok(bytes)
        } else {
            let what = format!("{}: its digest is not the manifest's; copy the pack again", file.file);
            Err(Error::Pack { what })
        }
    }

    /// The calibration, bound to the contract; `None` if the pack has none.
    pub fn calibration(&self) -> Result<Option<Calibration>> {
        let Some(file) = &self.manifest.calibration else { return Ok(None) };
        let bytes = self.verified(file)?;
        let calibration =
            Calibration::from_json(&bytes).map_err(|e| Error::Pack { what: format!("{}: {e}", file.file) })?;
        if calibration.contract == self.contract() {
            Ok(Some(calibration))
        } else {
            let what = format!(
                "{}: belongs to another embedder (contract {}); calibrate this one",
                file.file, calibration.contract
            );
            Err(Error::Pack { what })
        }
    }

    /// Reads every file and verifies its digest.
    pub fn check(&self) -> Result<()> {
        self.manifest.files().try_for_each(|file| self.verified(&file).map(drop))
    }

    /// Every file as name and bytes, digests verified: what `unpack` writes.
    pub fn files(&self) -> Result<Vec<(String, Cow<'static, [u8]>)>> {
        let mut files = vec![(manifest::FILE.to_owned(), self.place.file(manifest::FILE)?)];
        for file in self.manifest.files() {
            let bytes = self.verified(&file)?;
            files.push((file.file, bytes));
        }
        Ok(files)
    }
}

impl Place {
    fn file(&self, name: &str) -> Result<Cow<'static, [u8]>> {
        self.optional(name)?.ok_or_else(|| Error::Pack { what: format!("{name}: missing; copy the whole pack") })
    }

    fn optional(&self, name: &str) -> Result<Option<Cow<'static, [u8]>>> {
        let folder = match self {
            Self::Embedded => {
                return Ok(EMBEDDED.iter().find(|(n, _)| *n == name).map(|(_, bytes)| Cow::Borrowed(*bytes)));
            }
            Self::Folder(folder) => folder,
        };
        let fault = |e: std::io::Error| Error::Pack { what: format!("{name}: cannot be read: {e}") };
        let file = match std::fs::File::open(folder.join(name)) {
            Ok(file) => file,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(fault(e)),
        };
        let mut bytes = Vec::new();
        file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes).map_err(fault)?;
        if bytes.len() as u64 > MAX_FILE_BYTES {
            return Err(Error::Pack { what: format!("{name}: larger than 256 MiB; not a pack for this library") });
        }
        Ok(Some(Cow::Owned(bytes)))
    }
}
