//! Nets: a pack whose every net is the input, with the digest that its manifest needs.
#![no_main]

use facecert_core::engine::Engine;
use facecert_core::pack::Pack;
use sha2::{Digest as _, Sha256};
use std::fs;
use std::sync::LazyLock;
use tempfile::TempDir;

const MANIFEST: &str = include_str!("../../models/default/manifest.toml");

static FOLDER: LazyLock<TempDir> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, bytes) in [
        ("calibration.json", &include_bytes!("../../models/default/calibration.json")[..]),
        ("check.png", include_bytes!("../../models/default/check.png")),
        ("check.f32", include_bytes!("../../models/default/check.f32")),
    ] {
        fs::write(folder.path().join(name), bytes).expect("written");
    }
    folder
});

/// The manifest of the default pack with another digest wherever a net stands.
fn manifest(digest: &str) -> String {
    let mut is_net = false;
    let mut lines = Vec::new();
    for line in MANIFEST.lines() {
        if line.starts_with("file = ") {
            is_net = line.ends_with(".onnx\"");
        }
        lines.push(match line {
            line if is_net && line.starts_with("file = ") => "file = \"net.onnx\"".to_owned(),
            line if is_net && line.starts_with("sha256 = ") => format!("sha256 = \"{digest}\""),
            line => line.to_owned(),
        });
    }
    lines.join("\n")
}

libfuzzer_sys::fuzz_target!(
    init: {
        // A panic inside the net runtime is caught and becomes an error; the fuzzer's own hook would end the process
        // before that. What is not caught still does.
        std::panic::set_hook(Box::new(|_| {}));
    },
    |data: &[u8]| {
        let folder = FOLDER.path();
        fs::write(folder.join("net.onnx"), data).expect("written");
        let digest: String = Sha256::digest(data).iter().map(|byte| format!("{byte:02x}")).collect();
        fs::write(folder.join("manifest.toml"), manifest(&digest)).expect("written");
        let pack = Pack::open(folder).expect("a manifest like the default one");
        if let Err(error) = Engine::new(pack).prepare() {
            assert!(!error.to_string().is_empty());
        }
    }
);
