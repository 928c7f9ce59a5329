//! Programs in C against the shared library, as its users build them.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const STRICT: [&str; 4] = ["-Wall", "-Wextra", "-pedantic", "-Werror"];

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The shared library of this build: cargo lays it beside the test.
fn library() -> PathBuf {
    let test = std::env::current_exe().expect("a path");
    let library = test.with_file_name("libfacecert.so");
    assert!(library.exists(), "{} is missing; build facecert-ffi", library.display());
    library
}

fn run(command: &mut Command) -> Output {
    let output = command.output().unwrap_or_else(|e| panic!("{}: {e}", command.get_program().display()));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

/// A program of `tests/callers/c`, in a folder with the library under the name that the loader asks for.
struct Caller {
    _folder: tempfile::TempDir,
    program: PathBuf,
}

impl Caller {
    fn build(source: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let (program, library_at) = (folder.path().join("caller"), folder.path().join("libfacecert.so.0"));
        symlink(library(), &library_at).expect("a link");
        let mut gcc = Command::new("gcc");
        gcc.arg("-std=c99").args(STRICT).arg("-pthread").arg("-I").arg(repository().join("include"));
        gcc.arg(repository().join("tests/callers/c").join(source)).arg(&library_at);
        gcc.arg("-Wl,-rpath,$ORIGIN").arg("-o").arg(&program);
        run(&mut gcc);
        Self { _folder: folder, program }
    }

    fn call(&self, photos: &[&str]) -> (Option<i32>, String, String) {
        let photos = photos.iter().map(|photo| repository().join("tests/data/photos").join(photo));
        let output = Command::new(&self.program).args(photos).output().expect("the caller runs");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        (output.status.code(), text(output.stdout), text(output.stderr))
    }
}

#[test]
fn a_server_in_c_tells_the_sample_people_apart() {
    let verify = Caller::build("verify.c");
    for (reference, probe, code, answer) in [
        ("obama-1.jpg", "obama-2.jpg", 0, "match: score "),
        ("collins-1.png", "hopper-1.jpg", 1, "no match: score "),
        ("obama-1.jpg", "collins-1.png", 1, "no match: score "),
    ] {
        let (exit, out, err) = verify.call(&[reference, probe]);
        assert_eq!((exit, err.as_str()), (Some(code), ""), "{reference} {probe}: {out}");
        assert!(out.starts_with(answer), "{reference} {probe}: {out}");
    }
    let (exit, out, err) = verify.call(&["obama-1.jpg", "ATTRIBUTION.md"]);
    assert_eq!((exit, out.as_str()), (Some(2), ""));
    assert!(err.contains("FACECERT_E_IMAGE: is not an image; give a JPEG"), "{err}");
}

#[test]
fn a_hostile_caller_gets_a_status_for_every_mistake() {
    assert_eq!(Caller::build("hostile.c").call(&["collins-1.png"]), (Some(0), String::new(), String::new()));
}

#[test]
fn the_header_is_clean_in_every_dialect() {
    let header = repository().join("include/facecert.h");
    let strict = ["-Wconversion", "-Wshadow", "-Wundef", "-Wpadded", "-fsyntax-only"];
    for (compiler, language, dialects) in
        [("gcc", "c", ["c99", "c11", "c17"]), ("g++", "c++", ["c++11", "c++17", "c++20"])]
    {
        for dialect in dialects {
            let mut check = Command::new(compiler);
            check.arg("-x").arg(language).arg(format!("-std={dialect}")).args(STRICT).args(strict).arg(&header);
            run(&mut check);
        }
    }
}

#[test]
fn the_library_exports_the_functions_of_the_header_and_nothing_else() {
    let header = fs::read_to_string(repository().join("include/facecert.h")).expect("the header");
    let mut promised: Vec<&str> = header
        .match_indices('(')
        .filter_map(|(at, _)| header[..at].rsplit(|c: char| !c.is_alphanumeric() && c != '_').next())
        .filter(|name| name.starts_with("facecert_"))
        .collect();
    let listed = run(Command::new("nm").args(["-D", "--defined-only", "--format=posix"]).arg(library())).stdout;
    let listed = String::from_utf8(listed).expect("text");
    let mut exported: Vec<&str> = listed.lines().filter_map(|line| line.split(' ').next()).collect();
    for names in [&mut promised, &mut exported] {
        names.sort_unstable();
        names.dedup();
    }
    assert_eq!(exported, promised);
}

#[test]
fn the_library_is_named_by_its_abi() {
    let dynamic = run(Command::new("readelf").arg("-d").arg(library())).stdout;
    let name = format!("Library soname: [libfacecert.so.{}]", facecert::version::facecert_abi_version());
    assert!(String::from_utf8_lossy(&dynamic).contains(&name));
}
