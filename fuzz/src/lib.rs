//! What the targets of the rules share.

use facecert_policy::scheme::{Files, Scheme};
use std::sync::LazyLock;

const ROOT: &str = "wenshui-2025-20.toml";

/// The shipped scheme.
pub static SCHEME: LazyLock<Scheme> = LazyLock::new(|| {
    let files: Files = [
        (ROOT, include_str!("../../crates/policy/schemes/wenshui-2025-20.toml")),
        ("calendars/cn-2025.toml", include_str!("../../crates/policy/schemes/calendars/cn-2025.toml")),
        ("calendars/cn-2026.toml", include_str!("../../crates/policy/schemes/calendars/cn-2026.toml")),
        ("forms/chengnuoshu.txt", include_str!("../../crates/policy/schemes/forms/chengnuoshu.txt")),
    ]
    .map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec()))
    .into();
    Scheme::load(&files, ROOT, "2025-09-01".parse().ok()).expect("the shipped scheme")
});
