//! What the commands of the rules share: policy, events, time in; JSON, JSON Lines or a readable text out.

use crate::output::{Failure, print_line, write_whole};
use clap::{Args, ValueEnum};
use facecert_policy::scheme::{Files, Scheme, named_files};
use facecert_policy::{Day, Event, HmacAlgorithm, HmacKey, Instant, Stamp, Stamped, read_events};
use serde::Serialize;
use std::collections::BTreeSet;
use std::fmt::Display;
use std::fs;
use std::io::{IsTerminal as _, Read as _};
use std::path::{Path, PathBuf};

/// Largest input file, in bytes.
const MAX_BYTES: u64 = 16 << 30;

/// The policy.
#[derive(Args, Debug)]
pub struct SchemeArgs {
    /// Folder of the policy (root `scheme.toml`) or its root file
    #[arg(long, value_name = "PATH")]
    pub scheme: PathBuf,
    /// First day of the scheme, which the document leaves open
    #[arg(long, value_name = "DATE")]
    pub effective_from: Option<Day>,
}

/// What is known, and when.
#[derive(Args, Debug)]
pub struct EventArgs {
    /// Events, JSON Lines; may be given several times
    #[arg(long, value_name = "FILE", required = true)]
    pub events: Vec<PathBuf>,
    /// Now: an instant with offset, or a date, which means the end of that day
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    pub now: Instant,
}

/// Where the answer goes and in which form.
#[derive(Args, Debug)]
pub struct OutputArgs {
    /// Write the answer to this file, whole or not at all
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Readable text in Chinese, the default on a terminal
    #[arg(long, conflicts_with = "json")]
    pub human: bool,
    /// JSON, the default elsewhere
    #[arg(long)]
    pub json: bool,
}

/// Hash function of a key's digests.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Hmac {
    Sha256,
    Sm3,
}

/// Reads a key file.
pub fn hmac_key(path: &Path, hmac: Hmac) -> Result<HmacKey, Failure> {
    let algorithm = match hmac {
        Hmac::Sha256 => HmacAlgorithm::Sha256,
        Hmac::Sm3 => HmacAlgorithm::Sm3,
    };
    HmacKey::from_hex(&read_text(path)?, algorithm).map_err(|error| Failure::at(path, error))
}

/// Reads a time argument.
pub fn instant(text: &str) -> Result<Instant, String> {
    Instant::parse_now(text).map_err(|error| error.to_string())
}

/// Policy, events and time of a command, read.
pub struct Known {
    pub scheme: Scheme,
    pub events: Vec<Event>,
    pub now: Instant,
}

impl Known {
    pub fn read(scheme: &SchemeArgs, events: &EventArgs) -> Result<Self, Failure> {
        Ok(Self { scheme: scheme.load()?, events: read_all_events(&events.events)?, now: events.now })
    }

    /// Answers with the stamp of these events and of the command's other arguments.
    pub fn stamped<T>(
        &self,
        answers: Vec<T>,
        arguments: &[(&str, &dyn Display)],
    ) -> Result<impl Iterator<Item = Stamped<T>>, Failure> {
        let now: (&str, &dyn Display) = ("now", &self.now);
        let arguments = [&[now], arguments].concat();
        let stamp = Stamp::of(&self.scheme, &self.events, self.now, &arguments).map_err(Failure::new)?;
        Ok(answers.into_iter().map(move |answer| Stamped { stamp: stamp.clone(), answer }))
    }
}

impl SchemeArgs {
    /// Loads the policy; a fault is a failure.
    pub fn load(&self) -> Result<Scheme, Failure> {
        let (files, root) = scheme_files(&self.scheme)?;
        Scheme::load(&files, &root, self.effective_from).map_err(|error| Failure::at(&self.scheme, error))
    }
}

/// The files of a policy: all below a folder, or what a root file names, and the root's name.
pub fn scheme_files(path: &Path) -> Result<(Files, String), Failure> {
    let mut files = Files::new();
    if path.is_dir() {
        add_folder(path, path, &mut files)?;
        return Ok((files, "scheme.toml".to_owned()));
    }
    let root = path.file_name().and_then(|name| name.to_str()).ok_or_else(|| Failure::at(path, "not a file name"))?;
    let folder = path.parent().unwrap_or(Path::new(""));
    files.insert(root.to_owned(), read_bytes(path)?);
    // Parts name further files, so that reading goes on until nothing new is named.
    let mut read = BTreeSet::from([root.to_owned()]);
    while let Some(name) = named_files(&files, root).into_iter().find(|name| !read.contains(name)) {
        read.insert(name.clone());
        let named = folder.join(&name);
        if named.is_file() {
            files.insert(name, read_bytes(&named)?);
        }
    }
    Ok((files, root.to_owned()))
}

fn add_folder(top: &Path, folder: &Path, files: &mut Files) -> Result<(), Failure> {
    for entry in fs::read_dir(folder).map_err(|error| Failure::at(folder, error))? {
        let path = entry.map_err(|error| Failure::at(folder, error))?.path();
        if path.is_dir() {
            add_folder(top, &path, files)?;
            continue;
        }
        let below = path.strip_prefix(top).ok().and_then(Path::to_str);
        let name = below.ok_or_else(|| Failure::at(&path, "the file name is not UTF-8"))?;
        files.insert(name.replace('\\', "/"), read_bytes(&path)?);
    }
    Ok(())
}

/// A file's bytes.
pub fn read_bytes(path: &Path) -> Result<Vec<u8>, Failure> {
    let file = fs::File::open(path).map_err(|error| Failure::at(path, error))?;
    let mut bytes = Vec::new();
    file.take(MAX_BYTES).read_to_end(&mut bytes).map_err(|error| Failure::at(path, error))?;
    Ok(bytes)
}

/// A file's text, `-` for standard input; it has to be UTF-8.
pub fn read_text(path: &Path) -> Result<String, Failure> {
    let bytes = if path == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::stdin().take(MAX_BYTES).read_to_end(&mut bytes).map_err(|error| Failure::at(path, error))?;
        bytes
    } else {
        read_bytes(path)?
    };
    String::from_utf8(bytes).map_err(|error| Failure::at(path, format_args!("not UTF-8: {}", error.utf8_error())))
}

/// The events of several files.
pub fn read_all_events(paths: &[PathBuf]) -> Result<Vec<Event>, Failure> {
    let mut events = Vec::new();
    for path in paths {
        let text = read_text(path)?;
        events.extend(read_events(&path.display().to_string(), &text).map_err(Failure::new)?);
    }
    Ok(events)
}

/// Events as JSON Lines.
pub fn event_lines(events: &[Event]) -> Result<String, Failure> {
    let mut text = String::new();
    for event in events {
        text.push_str(&event.to_line().map_err(Failure::new)?);
        text.push('\n');
    }
    Ok(text)
}

/// Values as JSON Lines.
pub fn json_lines<T: Serialize>(values: &[T]) -> Result<String, Failure> {
    let mut text = String::new();
    for value in values {
        text.push_str(&serde_json::to_string(value).map_err(Failure::new)?);
        text.push('\n');
    }
    Ok(text)
}

impl OutputArgs {
    /// Whether the reader is a person.
    pub fn is_human(&self) -> bool {
        self.human || (!self.json && self.output.is_none() && std::io::stdout().is_terminal())
    }

    /// Writes a text that ends with a line feed.
    pub fn write(&self, text: &str) -> Result<(), Failure> {
        match &self.output {
            Some(path) => write_whole(path, text.as_bytes()),
            None if text.is_empty() => Ok(()),
            None => print_line(text.strip_suffix('\n').unwrap_or(text)),
        }
    }

    /// Writes values: one JSON line each, or each by `human`.
    pub fn write_lines<T: Serialize>(
        &self,
        values: impl IntoIterator<Item = T>,
        human: impl Fn(&T) -> String,
    ) -> Result<(), Failure> {
        let as_text = self.is_human();
        let mut text = String::new();
        for value in values {
            let line = if as_text { human(&value) } else { serde_json::to_string(&value).map_err(Failure::new)? };
            text.push_str(&line);
            text.push('\n');
        }
        self.write(&text)
    }

    /// Writes one value: one line of JSON, or by `human`.
    pub fn write_one<T: Serialize>(&self, value: &T, human: impl Fn(&T) -> String) -> Result<(), Failure> {
        self.write_lines([value], |value| human(value))
    }
}
