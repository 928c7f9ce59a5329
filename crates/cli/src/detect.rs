//! `facecert detect`: the faces of photos.

use std::path::PathBuf;

use serde::Serialize;

use crate::annotate;
use crate::output::{Answer, Failure, Outcome, print_json, print_line, write_whole};
use crate::photo::{DetectArgs, FaceView, PackArgs, open};

/// Find the faces of photos: exit code 1 if a photo has none
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The photos
    #[arg(required = true)]
    images: Vec<PathBuf>,
    #[command(flatten)]
    pack: PackArgs,
    #[command(flatten)]
    detect: DetectArgs,
    /// Print JSON, one line per photo
    #[arg(long)]
    json: bool,
    /// Write each photo, with its faces drawn in, to this folder
    #[arg(long, value_name = "DIR")]
    annotate: Option<PathBuf>,
}

#[derive(Serialize)]
struct Report {
    image: String,
    width: u32,
    height: u32,
    faces: Vec<FaceView>,
}

pub fn run(args: &Args) -> Outcome {
    let engine = args.pack.engine()?;
    let mut answer = Answer::Yes;
    for path in &args.images {
        let image = open(path)?;
        let faces = engine.detect(&image, &args.detect.options()).map_err(|e| Failure::at(path, e))?;
        if faces.is_empty() {
            answer = Answer::No;
        }
        if let Some(folder) = &args.annotate {
            let name = path.file_stem().unwrap_or_default();
            let target = folder.join(name).with_extension("png");
            write_whole(&target, &annotate::side_by_side(&[annotate::faces(&image, &faces)])?)?;
        }
        if args.json {
            let faces = faces.into_iter().map(FaceView::from).collect();
            print_json(&Report {
                image: path.display().to_string(),
                width: image.width(),
                height: image.height(),
                faces,
            })?;
        } else {
            print_line(format_args!("{}: {} face(s)", path.display(), faces.len()))?;
            for face in faces {
                let (r, eyes) = (face.rect, face.inter_eye_px());
                print_line(format_args!(
                    "  box {:.0},{:.0} {:.0}x{:.0}  score {:.2}  eyes {eyes:.0} px apart",
                    r.x, r.y, r.width, r.height, face.score
                ))?;
            }
        }
    }
    Ok(answer)
}
