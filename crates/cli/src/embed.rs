//! `facecert embed`: the template of a photo's face.

use std::path::PathBuf;

use facecert_core::verify::VerifyOptions;

use crate::output::{Answer, Outcome, print_line, write_whole};
use crate::photo::{DetectArgs, PackArgs, subject};

/// Make a template: the contract's 32 bytes, then little-endian f32; exit code 1 if no face can be used
///
/// A template is personal data: keep the file as you would keep the photo.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The photo
    image: PathBuf,
    /// Where the template goes
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    #[command(flatten)]
    pack: PackArgs,
    #[command(flatten)]
    detect: DetectArgs,
}

pub fn run(args: &Args) -> Outcome {
    let engine = args.pack.engine()?;
    let options = VerifyOptions { detect: args.detect.options(), ..VerifyOptions::default() };
    match subject(&engine, &args.image, &options)?.face {
        Ok((_, template)) => {
            let mut bytes = template.contract().as_bytes().to_vec();
            bytes.extend(template.values().iter().flat_map(|v| v.to_le_bytes()));
            write_whole(&args.output, &bytes)?;
            Ok(Answer::Yes)
        }
        Err(reason) => {
            let text = reason.entry().map_or(reason.code(), |e| &e.en);
            print_line(format_args!("{}: {text}", args.image.display()))?;
            Ok(Answer::No)
        }
    }
}
