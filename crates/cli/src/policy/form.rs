//! `facecert form`: the commitment form of the manual route, prefilled, as a page to print.

use super::inputs::{OutputArgs, SchemeArgs, read_text};
use crate::output::{Answer, Failure, Outcome};
use facecert_policy::{FormCase, form};
use std::path::PathBuf;

/// Print the commitment form in its exact wording, on A4
///
/// The page is personal data as soon as a name or number is filled in. Reason, signatures and date are never filled in.
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(flatten)]
    scheme: SchemeArgs,
    /// What to fill in: JSON with `applicant`, `id_number`, `township`, `village`, `phone`, `year`, each optional
    #[arg(long, value_name = "FILE")]
    case: PathBuf,
    /// Text of the notice that the form refers to, printed on a page of its own
    #[arg(long, value_name = "FILE")]
    notice: Option<PathBuf>,
    #[command(flatten)]
    output: OutputArgs,
}

pub fn run(args: &Args) -> Outcome {
    let scheme = args.scheme.load()?;
    let case: FormCase =
        FormCase::read(&args.case.display().to_string(), &read_text(&args.case)?).map_err(Failure::new)?;
    let notice = args.notice.as_deref().map(read_text).transpose()?;
    args.output.write(&form(&scheme, &case, notice.as_deref()))?;
    Ok(Answer::Yes)
}
