//! What people are told, and what records keep: one committed table, read from `reasons.toml`.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize, Serializer};

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

/// The enumeration, its frozen numbers and its names, written once.
macro_rules! reasons {
    ($($(#[doc = $doc:literal])+ $variant:ident = $number:literal $code:literal,)+) => {
        /// A row of the reason table.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Reason {
            $($(#[doc = $doc])+ $variant,)+
        }

        /// All reasons, in the table's order.
        pub const ALL: &[Reason] = &[$(Reason::$variant),+];

        impl Reason {
            /// The frozen number.
            pub const fn number(self) -> u32 {
                match self { $(Self::$variant => $number),+ }
            }

            /// The name.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }
        }
    };
}

reasons! {
    /// No face was found.
    NoFace = 1001 "NO_FACE",
    /// Several faces of like size: nobody can tell whose photo it is.
    SeveralFaces = 1002 "SEVERAL_FACES",
    /// The eyes are too close together for a template.
    FaceTooSmall = 1003 "FACE_TOO_SMALL",
    /// The head is turned to a side.
    HeadTurned = 1010 "HEAD_TURNED",
    /// The chin is too high or too low.
    ChinNotLevel = 1011 "CHIN_NOT_LEVEL",
    /// The head leans to a shoulder.
    HeadTilted = 1012 "HEAD_TILTED",
    /// The picture is not sharp.
    Blurred = 1013 "BLURRED",
    /// The face is too dark.
    TooDark = 1014 "TOO_DARK",
    /// The face is too bright.
    TooBright = 1015 "TOO_BRIGHT",
    /// The face shows no contrast.
    Flat = 1016 "FLAT",
    /// Light falls on one side only.
    UnevenLight = 1017 "UNEVEN_LIGHT",
    /// The face reaches beyond the picture.
    FaceCutOff = 1018 "FACE_CUT_OFF",
    /// An eye is closed.
    EyesClosed = 1019 "EYES_CLOSED",
    /// The mouth is open.
    MouthOpen = 1020 "MOUTH_OPEN",
    /// Compression has left blocks.
    Compressed = 1021 "COMPRESSED",
    /// The colours are not those of skin.
    UnnaturalColour = 1022 "UNNATURAL_COLOUR",
    /// The background is restless.
    BusyBackground = 1023 "BUSY_BACKGROUND",
    /// Prompt: look straight ahead.
    LookStraight = 1400 "LOOK_STRAIGHT",
    /// Prompt: turn the head to the left.
    TurnLeft = 1401 "TURN_LEFT",
    /// Prompt: turn the head to the right.
    TurnRight = 1402 "TURN_RIGHT",
    /// Prompt: nod.
    Nod = 1403 "NOD",
    /// Prompt: open the mouth.
    OpenMouth = 1404 "OPEN_MOUTH",
    /// Prompt: close the eyes for a moment.
    CloseEyes = 1405 "CLOSE_EYES",
    /// Prompt: that was another action than the one asked for.
    OtherAction = 1406 "OTHER_ACTION",
    /// The session is over and went well.
    SessionDone = 1410 "SESSION_DONE",
    /// The action asked for was not seen in time.
    ActionNotSeen = 1411 "ACTION_NOT_SEEN",
    /// Other actions were seen than those asked for.
    WrongOrder = 1412 "WRONG_ORDER",
    /// The face left the picture too often or for too long.
    FaceLeft = 1413 "FACE_LEFT",
    /// No frame was good enough to keep.
    NoGoodPicture = 1414 "NO_GOOD_PICTURE",
    /// Neutral advice after a refusal whose cue only the audit hears.
    AnotherWay = 1415 "ANOTHER_WAY",
    /// The pack has no nets for liveness.
    LivenessNotRun = 1430 "LIVENESS_NOT_RUN",
    /// Liveness: the picture looks like an artefact.
    LivenessSpoof = 1500 "LIVENESS_SPOOF",
    /// Liveness: it cannot be told.
    LivenessUncertain = 1501 "LIVENESS_UNCERTAIN",
    /// Nothing in the face moved.
    StillPicture = 1502 "STILL_PICTURE",
    /// A flat picture was moved about.
    MovedStill = 1503 "MOVED_STILL",
    /// The sequence jumps.
    Cut = 1504 "CUT",
    /// Frames come again.
    RepeatedFrames = 1505 "REPEATED_FRAMES",
    /// Another face took the place of the first.
    FaceChanged = 1506 "FACE_CHANGED",
    /// The nonce was never issued.
    NonceUnknown = 1510 "NONCE_UNKNOWN",
    /// The nonce has expired.
    NonceExpired = 1511 "NONCE_EXPIRED",
    /// The nonce was used before.
    NonceUsed = 1512 "NONCE_USED",
    /// A package's frames do not show what its transcript says.
    PackageMismatch = 1513 "PACKAGE_MISMATCH",
}

#[derive(Deserialize)]
struct Table {
    reason: Vec<Entry>,
}

static TABLE: LazyLock<Vec<Entry>> = LazyLock::new(|| {
    let table: Result<Table, _> = toml::from_str(include_str!("../reasons.toml"));
    table.map(|t| t.reason).unwrap_or_default() // a test reads the committed file
});

impl Reason {
    /// Whether it refuses, or only asks, thanks or informs.
    pub const fn is_refusal(self) -> bool {
        !matches!(self.number(), 1400..=1410 | 1430)
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
    fn numbers_are_frozen_and_stay_clear_of_the_errors() {
        let numbers: Vec<u32> = ALL.iter().map(|r| r.number()).collect();
        let ranges = [(1001, 1003), (1010, 1023), (1400, 1406), (1410, 1415), (1430, 1430), (1500, 1506), (1510, 1513)];
        assert_eq!(numbers, ranges.into_iter().flat_map(|(first, last)| first..=last).collect::<Vec<_>>());
    }

    #[test]
    fn what_frames_betray_is_for_the_audit_alone() {
        for e in TABLE.iter() {
            assert_eq!(e.audience == Audience::Audit, e.number >= 1500, "{}", e.code);
        }
    }
}
