//! One stage per line of standard input; for each its CPU time in nanoseconds. A script that runs a peer calls it in turns:
//! both are then measured in one run, on the same picture.
//!
//! `stage-timer PHOTO WIDTH HEIGHT [PACK]`, then lines `detect`, `embed`.

use std::io::BufRead as _;
use std::path::Path;

use facecert_benches::thread_cpu_ns;
use facecert_core::detect::DetectOptions;
use facecert_core::engine::Engine;
use facecert_core::frame::{Image, Limits, letterbox};
use facecert_core::pack::Pack;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [photo, width, height, pack @ ..] = &args[..] else {
        return Err("stage-timer PHOTO WIDTH HEIGHT [PACK]".into());
    };
    let size = [width.parse()?, height.parse()?];
    let engine = match pack.first() {
        Some(folder) => Engine::new(Pack::open(Path::new(folder))?),
        None => Engine::embedded()?,
    };
    let mut frame = Image::black(size[0], size[1])?;
    letterbox(&Image::open(Path::new(photo), &Limits::default())?, &mut frame)?;
    let options = DetectOptions { size: Some(size), close_ups: false, ..DetectOptions::default() };
    let face = *engine.detect(&frame, &options)?.first().ok_or("no face in the photo")?;
    let chip = engine.chip(&frame, &face)?;
    for line in std::io::stdin().lock().lines() {
        let start = thread_cpu_ns();
        match line?.as_str() {
            "detect" => assert!(!engine.detect(&frame, &options)?.is_empty()),
            "embed" => assert!(engine.embed_chip(&chip)?.dim() > 0),
            other => return Err(format!("no stage {other}").into()),
        }
        println!("{}", thread_cpu_ns() - start);
    }
    Ok(())
}
