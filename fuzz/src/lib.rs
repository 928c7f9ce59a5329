//! What several targets share.

use facecert_policy::scheme::{Files, Scheme};
use facecert_record::KeyList;
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

/// The key that signed what lies in the corpora.
pub static KEYS: LazyLock<KeyList> = LazyLock::new(|| {
    let pem = include_str!("../../crates/record/tests/keys/county-ed25519.pub.pem");
    let list = format!(
        "format = \"facecert-keys/1\"\n[[key]]\nid = \"county-ed25519\"\nrole = \"county\"\n\
         valid_from = \"2026-01-01T00:00:00+08:00\"\nvalid_until = \"2027-01-01T00:00:00+08:00\"\n\
         public_key = \"\"\"\n{pem}\"\"\"\n"
    );
    KeyList::from_toml(&list).expect("a key list")
});
