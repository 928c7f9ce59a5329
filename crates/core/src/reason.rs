//! Why there is no answer: one committed table, read from `reasons.toml`.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize, Serializer};

/// Why a photo could not be decided on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// No face was found.
    NoFace,
    /// Several faces of like size: nobody can tell whose photo it is.
    SeveralFaces,
    /// The eyes are too close together for a template.
    FaceTooSmall,
}

/// A row of the table.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The reason's name in JSON, C and records.
    pub code: String,
    /// Its frozen number.
    pub number: u32,
    /// Who hears it.
    pub audience: Audience,
    /// Name of the recorded voice prompt; frozen.
    pub audio_key: String,
    /// What happened, in Chinese.
    pub zh: String,
    /// What to do next, in Chinese.
    pub zh_next: String,
    /// What happened, in English.
    pub en: String,
    /// What to do next, in English.
    pub en_next: String,
}

/// Who hears a reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// The person before the camera.
    Subject,
    /// Who runs the kiosk or the counter.
    Operator,
    /// Who looks at records later.
    Audit,
}

/// All reasons, in the table's order.
pub const ALL: [Reason; 3] = [Reason::NoFace, Reason::SeveralFaces, Reason::FaceTooSmall];

#[derive(Deserialize)]
struct Table {
    reason: Vec<Entry>,
}

static TABLE: LazyLock<Vec<Entry>> = LazyLock::new(|| {
    let table: Result<Table, _> = toml::from_str(include_str!("../reasons.toml"));
    table.map(|t| t.reason).unwrap_or_default() // a test reads the committed file
});

impl Reason {
    /// The frozen number.
    pub const fn number(self) -> u32 {
        match self {
            Self::NoFace => 1001,
            Self::SeveralFaces => 1002,
            Self::FaceTooSmall => 1003,
        }
    }

    /// The name.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoFace => "NO_FACE",
            Self::SeveralFaces => "SEVERAL_FACES",
            Self::FaceTooSmall => "FACE_TOO_SMALL",
        }
    }

    /// The row of the table.
    pub fn entry(self) -> Option<&'static Entry> {
        TABLE.iter().find(|e| e.number == self.number())
    }
}

impl Serialize for Reason {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_and_the_code_name_the_same_reasons() {
        assert_eq!(TABLE.len(), ALL.len());
        for (entry, reason) in TABLE.iter().zip(ALL) {
            assert_eq!((entry.code.as_str(), entry.number), (reason.code(), reason.number()));
        }
    }

    #[test]
    fn every_text_is_short_and_says_what_to_do_next() {
        for e in TABLE.iter() {
            for zh in [&e.zh, &e.zh_next] {
                assert!((1..=30).contains(&zh.chars().count()), "{zh}");
                assert!(!zh.contains("失败"), "{zh}");
            }
            for en in [&e.en, &e.en_next] {
                assert!((1..=60).contains(&en.len()), "{en}");
                assert!(!en.to_lowercase().contains("fail"), "{en}");
            }
        }
    }

    #[test]
    fn numbers_are_frozen() {
        assert_eq!(ALL.map(Reason::number), [1001, 1002, 1003]);
    }
}
