//! `facecert models`: look at a pack, check it, unpack the built-in one, accept one for service.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use facecert_core::pack::{ACCEPTANCE_FILE, Acceptance, Figure, Grade, Pack};
use sha2::{Digest as _, Sha256};

use crate::output::{Answer, Failure, Outcome, print_json, print_line, write_whole};
use crate::photo::{ModelsView, PackArgs};

/// Model packs: nets, calibration and their digests
#[derive(clap::Subcommand, Debug)]
pub enum Command {
    /// Show the models in use
    List(PackArgs),
    /// Read every file of a pack, verify the digests, load the nets, run the self-check
    Check {
        /// The pack's folder
        folder: PathBuf,
    },
    /// Write the built-in pack to a new folder
    Unpack {
        /// The folder; it must not exist or be empty
        folder: PathBuf,
    },
    /// Accept a pack for service, on figures measured on one's own pairs and attacks
    Accept {
        /// The pack's folder
        folder: PathBuf,
        /// Who accepts it, as a role (no name)
        #[arg(long)]
        role: String,
        /// Date of acceptance, YYYY-MM-DD
        #[arg(long)]
        date: String,
        /// JSON output of `facecert evaluate`
        #[arg(long, required = true, num_args = 1..)]
        evaluation: Vec<PathBuf>,
    },
}

pub fn run(command: &Command) -> Outcome {
    match command {
        Command::List(pack) => print_json(&ModelsView::of(&pack.engine()?))?,
        Command::Check { folder } => check(folder)?,
        Command::Unpack { folder } => unpack(folder)?,
        Command::Accept { folder, role, date, evaluation } => accept(folder, role, date, evaluation)?,
    }
    Ok(Answer::Yes)
}

fn check(folder: &Path) -> Result<(), Failure> {
    let fault = |e| Failure::at(folder, e);
    let pack = Pack::open(folder).map_err(fault)?;
    pack.check().map_err(fault)?;
    let grade = pack.grade().clone();
    let engine = facecert_core::engine::Engine::new(pack);
    engine.prepare().map_err(fault)?;
    engine.warm_up_detector().map_err(fault)?;
    engine.warm_up_look().map_err(fault)?;
    print_line(format_args!("{}: all files, nets and the self-check are right", folder.display()))?;
    match grade {
        Grade::Accepted(a) => print_line(format_args!("accepted on {} by {}", a.date, a.role)),
        Grade::Evaluation => print_line("evaluation grade: nobody has accepted it for service"),
        Grade::Outdated => print_line("evaluation grade: it was accepted, but has changed since; accept it again"),
    }
}

fn unpack(folder: &Path) -> Result<(), Failure> {
    let fault = |e: std::io::Error| Failure::at(folder, e);
    std::fs::create_dir_all(folder).map_err(fault)?;
    if std::fs::read_dir(folder).map_err(fault)?.next().is_some() {
        return Err(Failure::at(folder, "is not empty; give a new folder"));
    }
    let files = Pack::embedded().and_then(|p| p.files()).map_err(Failure::new)?;
    files.iter().try_for_each(|(name, bytes)| write_whole(&folder.join(name), bytes))
}

fn accept(folder: &Path, role: &str, date: &str, evaluation: &[PathBuf]) -> Result<(), Failure> {
    let pack = Pack::open(folder).and_then(|p| p.check().map(|()| p)).map_err(|e| Failure::at(folder, e))?;
    let date: jiff::civil::Date =
        date.parse().map_err(|_| Failure::new(format_args!("--date {date}: give YYYY-MM-DD")))?;
    let acceptance = Acceptance {
        format: 1,
        pack: hex::encode(pack.digest()),
        role: role.to_owned(),
        date: date.to_string(),
        figures: evaluation.iter().map(|path| figure(path)).collect::<Result<_, _>>()?,
    };
    let text = acceptance.to_toml().map_err(Failure::new)?;
    write_whole(&folder.join(ACCEPTANCE_FILE), text.as_bytes())
}

/// All numbers of an evaluation's JSON, nested names joined by dots.
fn figure(path: &Path) -> Result<Figure, Failure> {
    let bytes = std::fs::read(path).map_err(|e| Failure::at(path, e))?;
    let json: serde_json::Value = serde_json::from_slice(&bytes).map_err(|e| Failure::at(path, e))?;
    let mut values = BTreeMap::new();
    collect("", &json, &mut values);
    if values.is_empty() {
        return Err(Failure::at(path, "holds no figures; give the JSON output of `facecert evaluate`"));
    }
    Ok(Figure {
        file: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        sha256: hex::encode(Sha256::digest(&bytes)),
        values,
    })
}

fn collect(name: &str, value: &serde_json::Value, values: &mut BTreeMap<String, f64>) {
    let join = |key: &str| if name.is_empty() { key.to_owned() } else { format!("{name}.{key}") };
    match value {
        serde_json::Value::Number(n) => {
            values.extend(n.as_f64().map(|v| (name.to_owned(), v)));
        }
        serde_json::Value::Object(map) => map.iter().for_each(|(k, v)| collect(&join(k), v, values)),
        serde_json::Value::Array(list) => {
            list.iter().enumerate().for_each(|(k, v)| collect(&join(&k.to_string()), v, values))
        }
        _ => {}
    }
}
