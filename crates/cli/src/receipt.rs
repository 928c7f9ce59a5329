//! `facecert receipt`: issue the slip that the person keeps, and verify it. Offline.

use crate::output::{Answer, Failure, Outcome, print_json, print_line, write_whole};
use crate::record::{KeyArgs, KeysArgs, answer, read, said};
use facecert_record::receipt::{self, ReceiptReport};
use facecert_record::record;
use jiff::Timestamp;
use serde_json::json;
use std::path::{Path, PathBuf};

/// Issue and verify receipts
#[derive(clap::Subcommand, Debug)]
pub enum Command {
    Issue(IssueArgs),
    Verify(VerifyArgs),
}

/// Issue the receipt of one accepted pass, signed with a key of the county
#[derive(clap::Args, Debug)]
pub struct IssueArgs {
    /// Certification records of the pass (JSON Lines, as `export` wrote them)
    record: PathBuf,
    #[command(flatten)]
    key: KeyArgs,
    /// The receipt's number, A-Z 0-9 -; by default it follows from the records
    #[arg(long)]
    number: Option<String>,
    /// Time of issue, RFC 3339; by default the machine's clock
    #[arg(long, value_name = "INSTANT")]
    now: Option<Timestamp>,
    /// Where the page goes; without it the text of the code is printed
    #[arg(short, long, value_name = "HTML")]
    output: Option<PathBuf>,
}

/// Verify a receipt: exit code 0 if it holds, 1 if it does not
#[derive(clap::Args, Debug)]
pub struct VerifyArgs {
    /// The code: a picture of it (PNG or JPEG), a file with its text, or the text itself
    code: String,
    #[command(flatten)]
    keys: KeysArgs,
    /// The time of verification, RFC 3339
    #[arg(long, value_name = "INSTANT")]
    now: Timestamp,
}

pub fn run(command: &Command) -> Outcome {
    match command {
        Command::Issue(args) => issue(args),
        Command::Verify(args) => verify(args),
    }
}

fn issue(args: &IssueArgs) -> Outcome {
    let now = args.now.unwrap_or_else(Timestamp::now);
    let receipt = receipt::issue(&accepted(&args.record)?, args.number.as_deref(), now, &args.key.read()?)
        .map_err(|e| Failure::at(&args.record, e))?;
    match &args.output {
        Some(path) => {
            let page = receipt::page(&receipt).map_err(|e| Failure::at(&args.record, e))?;
            write_whole(path, page.as_bytes())?;
        }
        None => print_line(&receipt.code)?,
    }
    Ok(Answer::Yes)
}

/// The records of the pass, as text.
fn accepted(path: &Path) -> Result<String, Failure> {
    let bytes = read(path)?;
    if record::read(&bytes).is_ok() {
        let what =
            "is a signed record; give the certification records that `export` wrote when the county accepted the pass";
        return Err(Failure::at(path, what));
    }
    String::from_utf8(bytes).map_err(|_| Failure::at(path, "is not text; give the records that `export` wrote"))
}

fn verify(args: &VerifyArgs) -> Outcome {
    let keys = args.keys.read()?;
    let report = match text_of(&args.code)? {
        Ok(text) => receipt::verify(&text, &keys, args.now),
        Err(reason) => ReceiptReport { reason, key_id: None, claims: None },
    };
    print_json(&json!({
        "answer": said(report.reason),
        "key_id": report.key_id,
        "receipt": report.claims,
    }))?;
    Ok(answer(report.reason.holds()))
}

/// The text of a code that is given as such, in a text file, or in a picture.
fn text_of(code: &str) -> Result<Result<String, facecert_record::Reason>, Failure> {
    if code.starts_with("FCR1:") {
        return Ok(Ok(code.to_owned()));
    }
    let bytes = read(Path::new(code))?;
    Ok(match String::from_utf8(bytes) {
        Ok(text) => Ok(text),
        Err(picture) => receipt::text_in_picture(picture.as_bytes()),
    })
}
