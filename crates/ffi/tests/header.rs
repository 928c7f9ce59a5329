//! The committed header is the one that the code gives, and it says what the library is.

use std::ffi::CStr;
use std::fs;
use std::path::Path;

/// The files of the header, in its order.
const AREAS: [&str; 29] = [
    "status",
    "version",
    "pack",
    "engine",
    "frame",
    "image",
    "detect",
    "quality",
    "template",
    "calibration",
    "compare",
    "session/capture",
    "session/package",
    "session/evidence",
    "gallery/writer",
    "gallery/reader",
    "gallery/pairs",
    "gallery/tasks",
    "gallery/upkeep",
    "policy/scheme",
    "policy/events",
    "policy/decide",
    "policy/lists",
    "policy/identify",
    "record/key",
    "record/certification",
    "record/receipt",
    "record/seal",
    "reason",
];

/// Every number of the interface. One may be added; none may change or be given out again.
#[rustfmt::skip]
const FROZEN: [(&str, i32); 112] = [
    ("FACECERT_OK", 0),
    ("FACECERT_E_NULL", 1),
    ("FACECERT_E_ARGUMENT", 2),
    ("FACECERT_E_STRUCT_SIZE", 3),
    ("FACECERT_E_BUFFER", 4),
    ("FACECERT_E_UTF8", 5),
    ("FACECERT_E_ALIGNMENT", 6),
    ("FACECERT_E_HANDLE", 7),
    ("FACECERT_E_POISONED", 8),
    ("FACECERT_E_STATE", 9),
    ("FACECERT_E_BUSY", 10),
    ("FACECERT_E_FORK", 11),
    ("FACECERT_E_CONTRACT", 12),
    ("FACECERT_E_LIMIT", 13),
    ("FACECERT_E_UNSUPPORTED", 14),
    ("FACECERT_E_PURPOSE", 15),
    ("FACECERT_E_IO", 101),
    ("FACECERT_E_LOCKED", 102),
    ("FACECERT_E_FORMAT", 103),
    ("FACECERT_E_IMAGE", 106),
    ("FACECERT_E_PACK", 107),
    ("FACECERT_E_GALLERY", 108),
    ("FACECERT_E_POLICY", 109),
    ("FACECERT_E_JSON", 110),
    ("FACECERT_E_KEY", 111),
    ("FACECERT_E_SEAL", 112),
    ("FACECERT_E_RECORD", 113),
    ("FACECERT_E_CALIBRATION", 115),
    ("FACECERT_E_PLAN", 116),
    ("FACECERT_E_CANCELLED", 200),
    ("FACECERT_E_CALLBACK", 201),
    ("FACECERT_E_PANIC", 901),
    ("FACECERT_E_INTERNAL", 902),
    ("FACECERT_FORMAT_RGB", 1),
    ("FACECERT_FORMAT_BGR", 2),
    ("FACECERT_FORMAT_RGBA", 3),
    ("FACECERT_FORMAT_BGRA", 4),
    ("FACECERT_FORMAT_GRAY", 5),
    ("FACECERT_FORMAT_NV12", 6),
    ("FACECERT_FORMAT_NV21", 7),
    ("FACECERT_FORMAT_YUV420", 8),
    ("FACECERT_FORMAT_YUYV", 9),
    ("FACECERT_YUV_BT601_FULL", 0),
    ("FACECERT_YUV_BT601_LIMITED", 1),
    ("FACECERT_YUV_BT709_FULL", 2),
    ("FACECERT_YUV_BT709_LIMITED", 3),
    ("FACECERT_MATCH", 1),
    ("FACECERT_NO_MATCH", 2),
    ("FACECERT_NOT_DECIDABLE", 3),
    ("FACECERT_SIDE_NONE", 0),
    ("FACECERT_REFERENCE", 1),
    ("FACECERT_PROBE", 2),
    ("FACECERT_ZH_CN", 1),
    ("FACECERT_EN", 2),
    ("FACECERT_SUBJECT", 1),
    ("FACECERT_OPERATOR", 2),
    ("FACECERT_AUDIT", 3),
    ("FACECERT_DECISION_CERTIFIED", 1),
    ("FACECERT_DECISION_PENDING", 2),
    ("FACECERT_DECISION_NOT_PASSED", 3),
    ("FACECERT_DECISION_INCOMPLETE", 4),
    ("FACECERT_DECISION_NOT_APPLICABLE", 5),
    ("FACECERT_DECISION_REFERRED", 6),
    ("FACECERT_HASH_DEFAULT", 0),
    ("FACECERT_HASH_SHA256", 1),
    ("FACECERT_HASH_SM3", 2),
    ("FACECERT_SEAL_AES256_GCM", 1),
    ("FACECERT_SEAL_SM4_GCM", 2),
    ("FACECERT_PROFILE_ID_CHIP", 1),
    ("FACECERT_PROFILE_ID_REFERENCE", 2),
    ("FACECERT_PROFILE_KIOSK", 3),
    ("FACECERT_PROFILE_PHONE", 4),
    ("FACECERT_INTER_EYE_DISTANCE", 1),
    ("FACECERT_HEAD_POSE_YAW", 2),
    ("FACECERT_HEAD_POSE_PITCH", 3),
    ("FACECERT_HEAD_POSE_ROLL", 4),
    ("FACECERT_SHARPNESS", 5),
    ("FACECERT_LUMINANCE_MEAN", 6),
    ("FACECERT_LUMINANCE_VARIANCE", 7),
    ("FACECERT_UNDER_EXPOSURE", 8),
    ("FACECERT_OVER_EXPOSURE", 9),
    ("FACECERT_ILLUMINATION_UNIFORMITY", 10),
    ("FACECERT_FACE_IN_FRAME", 11),
    ("FACECERT_EYES_OPEN", 12),
    ("FACECERT_MOUTH_CLOSED", 13),
    ("FACECERT_COMPRESSION", 14),
    ("FACECERT_NATURAL_COLOUR", 15),
    ("FACECERT_SINGLE_FACE", 16),
    ("FACECERT_BACKGROUND", 17),
    ("FACECERT_LIVE", 1),
    ("FACECERT_SPOOF", 2),
    ("FACECERT_LIVENESS_UNCERTAIN", 3),
    ("FACECERT_LIVENESS_NOT_RUN", 4),
    ("FACECERT_TURN_LEFT", 1),
    ("FACECERT_TURN_RIGHT", 2),
    ("FACECERT_NOD", 4),
    ("FACECERT_OPEN_MOUTH", 8),
    ("FACECERT_BLINK", 16),
    ("FACECERT_STEP_SHOW", 1),
    ("FACECERT_STEP_DONE", 2),
    ("FACECERT_CHALLENGE_ACTIVE", 1),
    ("FACECERT_CHALLENGE_PASSIVE", 2),
    ("FACECERT_PASS", 1),
    ("FACECERT_FAIL", 2),
    ("FACECERT_NOT_RUN", 3),
    ("FACECERT_REFERENCE_NONE", 0),
    ("FACECERT_REFERENCE_ID_CHIP", 1),
    ("FACECERT_REFERENCE_PLATFORM_PHOTO", 2),
    ("FACECERT_REFERENCE_ENROLLED_TEMPLATE", 3),
    ("FACECERT_INTEGRITY_NOT_RUN", 0),
    ("FACECERT_INTEGRITY_ASSERTED", 1),
    ("FACECERT_INTEGRITY_FAILED", 2),
];

fn generated() -> String {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let config = cbindgen::Config::from_file(here.join("cbindgen.toml")).expect("the configuration");
    let builder = AREAS.iter().fold(cbindgen::Builder::new().with_config(config), |builder, area| {
        builder.with_src(here.join("src").join(area).with_extension("rs"))
    });
    let mut header = Vec::new();
    builder.generate().expect("a header").write(&mut header);
    String::from_utf8(header).expect("text")
}

fn committed() -> String {
    fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../include/facecert.h")).expect("the header")
}

#[test]
fn the_committed_header_is_the_generated_one() {
    let generated = generated();
    if generated != committed() {
        let fresh = Path::new(env!("CARGO_TARGET_TMPDIR")).join("facecert.h");
        fs::write(&fresh, generated).expect("a place for the new header");
        panic!("include/facecert.h has drifted; look at the difference, then copy {} over it", fresh.display());
    }
}

#[test]
fn the_header_names_this_version() {
    for (name, value) in [
        ("VERSION_MAJOR", env!("CARGO_PKG_VERSION_MAJOR")),
        ("VERSION_MINOR", env!("CARGO_PKG_VERSION_MINOR")),
        ("VERSION_PATCH", env!("CARGO_PKG_VERSION_PATCH")),
        ("ABI_VERSION", &facecert::version::facecert_abi_version().to_string()),
    ] {
        assert!(committed().contains(&format!("#define FACECERT_{name} {value}\n")), "{name}");
    }
}

#[test]
fn numbers_are_frozen() {
    let header = committed();
    let numbers: Vec<(&str, i32)> =
        (header.lines().filter_map(|line| line.trim().strip_suffix(',')?.split_once(" = ")))
            .filter_map(|(name, number)| Some((name, number.parse().ok()?)))
            .collect();
    assert_eq!(numbers, FROZEN);
}

#[test]
fn every_status_has_its_name() {
    let name = |status: i32| {
        // SAFETY: static text with a NUL.
        unsafe { CStr::from_ptr(facecert::version::facecert_status_name(status)) }.to_str().expect("text")
    };
    let statuses = FROZEN.iter().filter(|(name, _)| *name == "FACECERT_OK" || name.starts_with("FACECERT_E_"));
    for (wanted, status) in statuses {
        assert_eq!(name(*status), *wanted);
    }
    assert_eq!(name(-1), "FACECERT_E_UNKNOWN");
}

#[test]
fn every_function_is_documented() {
    let header = committed();
    let (mut documented, mut functions) = (false, 0);
    for line in header.lines() {
        match line {
            " */" => documented = true,
            "" => documented = false,
            _ if line.contains("FACECERT_API") && !line.starts_with('#') => {
                assert!(documented, "{line}");
                functions += 1;
            }
            _ => {}
        }
    }
    assert_eq!(functions, header.matches("FACECERT_API").count() - 4, "four are its definitions");
}
