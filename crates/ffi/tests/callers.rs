//! Programs in C and C++ against the shared library, as its users build them.

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

/// A program in a folder with the library under the name that the loader asks for.
struct Caller {
    folder: tempfile::TempDir,
}

impl Caller {
    /// One of `tests/callers/c`.
    fn c(source: &str) -> Self {
        Self::build("gcc", "c99", &repository().join("tests/callers/c").join(source))
    }

    fn build(compiler: &str, dialect: &str, source: &Path) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let library_at = folder.path().join("libfacecert.so.0");
        symlink(library(), &library_at).expect("a link");
        let mut compile = Command::new(compiler);
        compile.arg(format!("-std={dialect}")).args(STRICT).arg("-pthread").arg("-I").arg(repository().join("include"));
        compile.arg(source).arg(&library_at).arg("-Wl,-rpath,$ORIGIN").arg("-o").arg(folder.path().join("caller"));
        run(&mut compile);
        Self { folder }
    }

    /// Its exit code, standard output and standard error.
    fn call(&self, arguments: &[&Path]) -> (Option<i32>, String, String) {
        let output = Command::new(self.folder.path().join("caller")).args(arguments).output().expect("the caller runs");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        (output.status.code(), text(output.stdout), text(output.stderr))
    }

    /// All of its checks hold, and neither it nor the library prints a thing.
    fn holds(&self, arguments: &[&Path]) {
        assert_eq!(self.call(arguments), (Some(0), String::new(), String::new()));
    }
}

fn photo(name: &str) -> PathBuf {
    repository().join("tests/data/photos").join(name)
}

/// A caller that says whether two photos are of the same person, by its exit code and a line.
fn tells_people_apart(caller: &Caller) {
    for (reference, probe, code, answer) in [
        ("obama-1.jpg", "obama-2.jpg", 0, "match"),
        ("collins-1.png", "hopper-1.jpg", 1, "no match"),
        ("obama-1.jpg", "collins-1.png", 1, "no match"),
    ] {
        let (exit, out, err) = caller.call(&[&photo(reference), &photo(probe)]);
        assert_eq!((exit, err.as_str()), (Some(code), ""), "{reference} {probe}: {out}");
        assert!(out.starts_with(answer), "{reference} {probe}: {out}");
    }
    let (exit, out, err) = caller.call(&[&photo("obama-1.jpg"), &photo("ATTRIBUTION.md")]);
    assert_eq!((exit, out.as_str()), (Some(2), ""));
    assert!(err.contains("is not an image; give a JPEG"), "{err}");
}

#[test]
fn a_server_in_c_tells_the_sample_people_apart() {
    tells_people_apart(&Caller::c("verify.c"));
}

#[test]
fn the_program_that_opens_the_guide_is_whole() {
    let guide = fs::read_to_string(repository().join("docs/c-guide.md")).expect("the guide");
    let program = guide.split_once("```c\n").and_then(|(_, rest)| rest.split_once("\n```"));
    let (program, _) = program.expect("the guide opens with a program");
    let folder = tempfile::tempdir().expect("a folder");
    for (compiler, dialect, name) in [("gcc", "c99", "guide.c"), ("g++", "c++17", "guide.cpp")] {
        let source = folder.path().join(name);
        fs::write(&source, program).expect("a source");
        tells_people_apart(&Caller::build(compiler, dialect, &source));
    }
}

#[test]
fn a_program_in_cpp_verifies_searches_and_decides() {
    let caller = Caller::build("g++", "c++17", &repository().join("tests/callers/cpp/caller.cpp"));
    let folder = tempfile::tempdir().expect("a folder");
    caller.holds(&[&repository(), folder.path()]);
}

#[test]
fn a_hostile_caller_gets_a_status_for_every_mistake() {
    Caller::c("hostile.c").holds(&[&photo("collins-1.png")]);
}

#[test]
fn a_gallery_is_filled_searched_compared_and_compacted() {
    let folder = tempfile::tempdir().expect("a folder");
    Caller::c("gallery.c").holds(&[folder.path()]);
    Caller::c("hostile_gallery.c").holds(&[folder.path()]);
}

#[test]
fn a_case_is_decided_by_the_shipped_scheme() {
    let (schemes, data) = (repository().join("crates/policy/schemes"), repository().join("tests/data/policy"));
    Caller::c("policy.c").holds(&[&schemes, &data]);
}

#[test]
fn records_receipts_and_sealed_templates_hold_up() {
    let folder = tempfile::tempdir().expect("a folder");
    Caller::c("record.c").holds(&[&repository().join("crates/record/tests/keys"), folder.path()]);
}

#[test]
fn a_session_travels_in_a_package_and_becomes_evidence() {
    let key = |name: &str| repository().join("crates/record/tests/keys").join(name);
    let (public, private) = (key("server-x25519.pub.pem"), key("server-x25519.pem"));
    Caller::c("session.c").holds(&[&photo("collins-1.png"), &public, &private]);
}

#[test]
fn a_kiosk_goes_from_the_card_and_the_camera_to_a_decision() {
    let (schemes, data) = (repository().join("crates/policy/schemes"), repository().join("tests/data/policy"));
    let (exit, out, err) = Caller::c("kiosk.c").call(&[&photo("collins-1.png"), &schemes, &data]);
    assert_eq!((exit, err.as_str()), (Some(0), ""), "{out}");
    assert!(out.contains('您'), "{out}");
}

#[test]
fn memory_stays_where_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    Caller::c("steady.c").holds(&[&repository().join("tests/data/policy"), folder.path()]);
}

#[test]
fn the_headers_are_clean_in_every_dialect() {
    let strict = ["-Wconversion", "-Wshadow", "-Wundef", "-Wpadded", "-fsyntax-only"];
    for (compiler, language, header, dialects) in [
        ("gcc", "c", "facecert.h", &["c99", "c11", "c17"][..]),
        ("g++", "c++", "facecert.h", &["c++11", "c++17", "c++20"]),
        ("g++", "c++", "facecert.hpp", &["c++17", "c++20"]),
    ] {
        for dialect in dialects {
            let mut check = Command::new(compiler);
            check.arg("-x").arg(language).arg(format!("-std={dialect}")).args(STRICT).args(strict);
            run(check.arg(repository().join("include").join(header)));
        }
    }
}

#[test]
fn the_library_exports_the_functions_of_the_header_and_nothing_else() {
    let header = fs::read_to_string(repository().join("include/facecert.h")).expect("the header");
    let declared = header.split("FACECERT_API").filter_map(|rest| rest.split_once('('));
    let names = declared.filter_map(|(head, _)| head.rsplit([' ', '*', '\n']).next());
    let mut promised: Vec<&str> = names.filter(|name| name.starts_with("facecert_")).collect();
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
