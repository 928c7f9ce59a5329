//! `facecert record`: sign certification records, verify them one by one and as a chain. Offline.

use crate::output::{Answer, Failure, Outcome, print_json, write_whole};
use facecert_record::record::{self, Content};
use facecert_record::{HashAlgorithm, KeyList, Reason, SigningKey, chain};
use jiff::Timestamp;
use serde_json::json;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// Sign and verify certification records
#[derive(clap::Subcommand, Debug)]
pub enum Command {
    Sign(SignArgs),
    Verify(VerifyArgs),
    Chain(ChainArgs),
}

/// Sign a decision as `decide` printed it, or face evidence alone
#[derive(clap::Args, Debug)]
pub struct SignArgs {
    /// The decision (JSON), to which `face_evidence` and `evidence_digests` may be added
    decision: PathBuf,
    #[command(flatten)]
    key: KeyArgs,
    /// The record before it in the chain
    #[arg(long, value_name = "RECORD")]
    previous: Option<PathBuf>,
    /// The chain's hash, if not the one that goes with the key
    #[arg(long)]
    hash: Option<Hash>,
    /// Time of signing, RFC 3339; by default the machine's clock
    #[arg(long, value_name = "INSTANT")]
    now: Option<Timestamp>,
    /// Where the record goes
    #[arg(short, long, value_name = "RECORD")]
    output: PathBuf,
}

/// Verify records: exit code 0 if all hold, 1 if one does not
#[derive(clap::Args, Debug)]
pub struct VerifyArgs {
    /// The records
    #[arg(required = true)]
    records: Vec<PathBuf>,
    #[command(flatten)]
    keys: KeysArgs,
}

/// Verify a chain, a file of records one after the other: exit code 0 if all of it holds
#[derive(clap::Args, Debug)]
pub struct ChainArgs {
    /// The chain
    chain: PathBuf,
    #[command(flatten)]
    keys: KeysArgs,
}

/// The private key of a signer.
#[derive(clap::Args, Debug)]
pub struct KeyArgs {
    /// Private key: PEM (PKCS 8), Ed25519 or SM2
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// Its name in the key list; by default the file's name without its ending
    #[arg(long, value_name = "ID")]
    key_id: Option<String>,
}

/// The public keys that a verifier trusts.
#[derive(clap::Args, Debug)]
pub struct KeysArgs {
    /// Key list (TOML): public keys with role, validity and revocation
    #[arg(long, value_name = "FILE")]
    keys: PathBuf,
}

/// Hash of a chain.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub enum Hash {
    Sha256,
    Sm3,
}

impl From<Hash> for HashAlgorithm {
    fn from(hash: Hash) -> Self {
        match hash {
            Hash::Sha256 => Self::Sha256,
            Hash::Sm3 => Self::Sm3,
        }
    }
}

impl KeyArgs {
    /// Reads the key.
    pub fn read(&self) -> Result<SigningKey, Failure> {
        let stem = self.key.file_stem().and_then(|stem| stem.to_str());
        let id = self.key_id.as_deref().or(stem).unwrap_or_default();
        let pem = Zeroizing::new(read_text(&self.key)?);
        SigningKey::from_pem(&pem, id).map_err(|e| Failure::at(&self.key, e))
    }
}

impl KeysArgs {
    /// Reads the list.
    pub fn read(&self) -> Result<KeyList, Failure> {
        KeyList::from_toml(&read_text(&self.keys)?).map_err(|e| Failure::at(&self.keys, e))
    }
}

pub fn run(command: &Command) -> Outcome {
    match command {
        Command::Sign(args) => sign(args),
        Command::Verify(args) => verify(args),
        Command::Chain(args) => verify_chain(args),
    }
}

fn sign(args: &SignArgs) -> Outcome {
    let content = Content::from_json(&read_text(&args.decision)?).map_err(|e| Failure::at(&args.decision, e))?;
    let previous = match &args.previous {
        Some(path) => Some(record::digest_of(&read(path)?).map_err(|e| Failure::at(path, e))?),
        None => None,
    };
    let now = args.now.unwrap_or_else(Timestamp::now);
    let bytes = record::sign(content, previous, args.hash.map(Into::into), now, &args.key.read()?)
        .map_err(|e| Failure::at(&args.decision, e))?;
    write_whole(&args.output, &bytes)?;
    Ok(Answer::Yes)
}

fn verify(args: &VerifyArgs) -> Outcome {
    let keys = args.keys.read()?;
    let mut all_hold = true;
    for path in &args.records {
        let report = record::verify(&read(path)?, &keys);
        all_hold &= report.reason.holds();
        print_json(&json!({
            "file": path.display().to_string(),
            "answer": said(report.reason),
            "key_id": report.key_id,
            "role": report.role,
            "digest": report.digest,
            "record": report.body,
        }))?;
    }
    Ok(answer(all_hold))
}

fn verify_chain(args: &ChainArgs) -> Outcome {
    let report = chain::verify(&read(&args.chain)?, &args.keys.read()?);
    print_json(&json!({
        "file": args.chain.display().to_string(),
        "answer": said(report.reason),
        "records": report.records,
        "first_bad": report.first_bad,
        "last": report.last,
    }))?;
    Ok(answer(report.reason.holds()))
}

/// A reason by number, name and text in both languages.
pub fn said(reason: Reason) -> serde_json::Value {
    json!({ "no": reason.number(), "code": reason.code(), "zh": reason.zh(), "en": reason.en() })
}

/// The program's answer.
pub fn answer(holds: bool) -> Answer {
    if holds { Answer::Yes } else { Answer::No }
}

/// The bytes of a file.
pub fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|e| Failure::at(path, e))
}

/// The text of a file.
pub fn read_text(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|e| Failure::at(path, e))
}
