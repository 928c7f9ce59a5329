//! `facecert gallery seal`: a gallery encrypted at rest. `search` opens it in memory.

use std::fs;
use std::path::{Path, PathBuf};

use facecert_match::gallery::Gallery;
use facecert_match::{Label, Rows};
use facecert_record::seal::{self, OpenedGallery, SealKey};

use super::{Count, count, open, row_name};
use crate::output::{Answer, Failure, Outcome, print_line, write_whole};

/// What a sealed gallery may be used for; authenticated with it.
const PURPOSE: &str = "search";

/// Seal a gallery with a secret key: nobody without it can read, search or alter the result
///
/// The gallery itself stays as it is; erase it where it is not needed. Removed templates are left out.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The gallery
    gallery: PathBuf,
    #[command(flatten)]
    key: KeyArgs,
    /// Where the sealed gallery goes
    #[arg(short, long, value_name = "SEALED")]
    output: PathBuf,
}

/// The key of a sealed gallery.
#[derive(clap::Args, Debug)]
pub struct KeyArgs {
    /// Seal key: a line of 64 hexadecimal digits (AES-256-GCM) or 32 (SM4-GCM); its id is the file's name without its ending
    #[arg(long, value_name = "FILE")]
    seal_key: Option<PathBuf>,
    /// Name that the gallery is sealed under; `gallery` if none is given
    #[arg(long, value_name = "NAME", requires = "seal_key")]
    seal_name: Option<String>,
}

impl KeyArgs {
    fn name(&self) -> &str {
        self.seal_name.as_deref().unwrap_or("gallery")
    }

    fn read(&self) -> Result<SealKey, Failure> {
        let path = self.seal_key.as_ref().ok_or_else(|| Failure::new("name the gallery's key with --seal-key"))?;
        let fault = |error: &dyn std::fmt::Display| Failure::at(path, error);
        let text = zeroize::Zeroizing::new(fs::read_to_string(path).map_err(|e| fault(&e))?);
        let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        SealKey::from_hex(&text, stem).map_err(|e| fault(&e))
    }
}

pub fn run(args: &Args) -> Outcome {
    let gallery = open(&args.gallery)?;
    let (key, mut sealed) = (args.key.read()?, Vec::new());
    seal::seal_gallery(&gallery, &mut sealed, args.key.name(), PURPOSE, &key, &mut getrandom::SysRng)
        .map_err(|e| Failure::at(&args.gallery, e))?;
    write_whole(&args.output, &sealed)?;
    let Count { templates, people } = count(&gallery);
    print_line(format_args!("sealed: {templates} templates of {people} people, {} bytes", sealed.len()))?;
    Ok(Answer::Yes)
}

/// A gallery to search: a plain file, or a sealed one that was opened in memory.
pub enum Stored {
    Plain(Gallery),
    Opened(OpenedGallery),
}

impl Stored {
    /// Opens either; a sealed one needs its key.
    pub fn open(path: &Path, key: &KeyArgs) -> Result<Self, Failure> {
        let mut head = [0; seal::SEALED_GALLERY_MAGIC.len()];
        let begins = fs::File::open(path).and_then(|mut file| std::io::Read::read(&mut file, &mut head));
        let is_sealed = begins.map_err(|e| Failure::at(path, e))? == head.len() && head == *seal::SEALED_GALLERY_MAGIC;
        match (is_sealed, &key.seal_key) {
            (false, None) => open(path).map(Self::Plain),
            (true, Some(_)) => {
                let sealed = fs::read(path).map_err(|e| Failure::at(path, e))?;
                seal::open_gallery(&sealed, key.name(), PURPOSE, &key.read()?)
                    .map(Self::Opened)
                    .map_err(|e| Failure::at(path, e))
            }
            (true, None) => Err(Failure::at(path, "is sealed; name its key with --seal-key")),
            (false, Some(_)) => Err(Failure::at(path, "is not sealed; leave --seal-key out")),
        }
    }

    /// Its rows.
    pub fn rows(&self) -> &dyn Rows {
        match self {
            Self::Plain(gallery) => gallery,
            Self::Opened(opened) => opened.rows(),
        }
    }

    /// How much it holds.
    pub fn count(&self) -> Count {
        match self {
            Self::Plain(gallery) => count(gallery),
            Self::Opened(opened) => Count { templates: opened.rows().len(), people: opened.subjects() as u64 },
        }
    }

    /// What a row is called: its key, else its id.
    pub fn name(&self, row: usize) -> Result<String, Failure> {
        match self {
            Self::Plain(gallery) => row_name(gallery, row),
            Self::Opened(opened) if opened.key(row).is_empty() => {
                opened.rows().label(row).map(|Label { id, .. }| id.to_string()).map_err(Failure::new)
            }
            Self::Opened(opened) => Ok(String::from_utf8_lossy(opened.key(row)).into_owned()),
        }
    }
}
