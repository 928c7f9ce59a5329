//! `facecert session check`: the server looks at a capture package anew.

use std::path::PathBuf;
use std::sync::Arc;

use facecert_core::session::{Consumption, MAX_PACKAGE_BYTES, NonceStore as _, Package};
use facecert_policy::{Instant, NonceCheck};
use facecert_record::hpke::{self, RecipientKey};
use zeroize::Zeroizing;

use super::report::{Held, ReferenceArgs, Report};
use super::store::FileStore;
use crate::evidence::EvidenceArgs;
use crate::output::{Answer, Failure, Outcome};
use crate::photo::PackArgs;
use crate::policy::instant;

/// Check a capture package again: challenge, order, frames, liveness, quality, match; uses its nonce up
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The package, plain or sealed
    package: PathBuf,
    /// Private key that sealed packages are opened with: PEM (PKCS 8), X25519
    #[arg(long, value_name = "FILE")]
    package_key: Option<PathBuf>,
    /// File of issued nonces; without it the nonce is not checked
    #[arg(long, value_name = "FILE", requires = "now")]
    nonces: Option<PathBuf>,
    /// Now: an instant with offset
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    now: Option<Instant>,
    #[command(flatten)]
    reference: ReferenceArgs,
    #[command(flatten)]
    evidence: EvidenceArgs,
    #[command(flatten)]
    pack: PackArgs,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub fn run(args: &Args) -> Outcome {
    let engine = Arc::new(args.pack.engine()?);
    let size = std::fs::metadata(&args.package).map_err(|e| Failure::at(&args.package, e))?.len();
    if size > MAX_PACKAGE_BYTES as u64 {
        return Err(Failure::at(&args.package, "is larger than 64 MiB; not a capture package"));
    }
    let bytes = std::fs::read(&args.package).map_err(|e| Failure::at(&args.package, e))?;
    let sealed = hpke::is_sealed(&bytes);
    let package = Package::from_bytes(&args.opened(bytes)?).map_err(|e| Failure::at(&args.package, e))?;
    if !sealed {
        eprintln!("{}: a plain package; whoever had the file could see the face", args.package.display());
    }
    let checked = package.check(&engine).map_err(Failure::new)?;
    let mut result = checked.result;
    let mut nonce = NonceCheck::NotChecked;
    if let (Some(file), Some(now)) = (&args.nonces, args.now) {
        let consumption = FileStore::new(file).consume(&package.transcript.nonce, now.unix_s() * 1000)?;
        nonce = if consumption == Consumption::Consumed { NonceCheck::Consumed } else { NonceCheck::Failed };
        result.spend(consumption);
    }
    let mut evidence = args.evidence.clone();
    evidence.fill(&package.started_at, &package.device_id).map_err(|e| Failure::at(&args.package, e))?;
    let template = checked.portrait.as_ref().and_then(|k| k.template.as_ref());
    let transcript = &package.transcript;
    let held = Held { engine: &engine, result, transcript, template, nonce, package_sealed: Some(sealed) };
    let report = Report::new(held, &args.reference, &evidence)?;
    report.print(args.json)?;
    Ok(if report.positive() { Answer::Yes } else { Answer::No })
}

impl Args {
    /// The bytes of the package, opened with the server's key if they are sealed.
    fn opened(&self, bytes: Vec<u8>) -> Result<Zeroizing<Vec<u8>>, Failure> {
        if !hpke::is_sealed(&bytes) {
            return Ok(Zeroizing::new(bytes));
        }
        let path =
            self.package_key.as_ref().ok_or_else(|| Failure::at(&self.package, "is sealed; name its --package-key"))?;
        let pem = Zeroizing::new(std::fs::read_to_string(path).map_err(|e| Failure::at(path, e))?);
        let key = RecipientKey::from_pem(&pem).map_err(|e| Failure::at(path, e))?;
        hpke::open(&bytes, &key).map_err(|e| Failure::at(&self.package, e))
    }
}
