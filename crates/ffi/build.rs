//! Names the shared library as the loader looks for it.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // Android's packager takes only names that end in `.so`; Windows and Apple have no SONAME.
    if std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os == "linux") {
        println!("cargo::rustc-cdylib-link-arg=-Wl,-soname,libfacecert.so.0");
    }
}
