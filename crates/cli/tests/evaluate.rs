//! The measuring commands: on a small list here, on LFW where it lies beside the repository.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn facecert(args: &[&str]) -> Output {
    let output = Command::new(env!("CARGO_BIN_EXE_facecert")).args(args).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    output
}

fn json(args: &[&str]) -> Value {
    serde_json::from_slice(&facecert(args).stdout).unwrap()
}

#[test]
fn a_list_of_pairs_is_counted_by_group() {
    let folder = tempfile::tempdir().unwrap();
    let photos = root().join("tests/data/photos").canonicalize().unwrap();
    let list = folder.path().join("pairs.tsv");
    let name = |n: &str| photos.join(n).display().to_string();
    let lines = [
        ("obama-1.jpg", "obama-2.jpg", 1, "a"),
        ("obama-1.jpg", "biden-1.jpg", 0, "a"),
        ("collins-1.png", "hopper-1.jpg", 0, "b"),
    ];
    let text: String =
        lines.iter().map(|(a, b, same, group)| format!("{}\t{}\t{same}\t{group}\n", name(a), name(b))).collect();
    std::fs::write(&list, format!("photo\tphoto\tsame\tkind\n{text}")).unwrap();
    let plot = folder.path().join("det.svg");
    let report = json(&[
        "evaluate",
        "verification",
        "--pairs",
        list.to_str().unwrap(),
        "--json",
        "--plot",
        plot.to_str().unwrap(),
    ]);
    assert_eq!(
        (report["pairs"].as_u64(), report["photos"].as_u64(), report["not_detected"].as_u64()),
        (Some(3), Some(5), Some(0))
    );
    assert_eq!(report["eer"].as_f64(), Some(0.0));
    let loose = &report["groups"]["kind"]["a"][0];
    assert_eq!(
        (loose["fmr"]["of"].as_u64(), loose["fnmr"]["of"].as_u64(), loose["fnmr"]["count"].as_u64()),
        (Some(1), Some(1), Some(0))
    );
    assert!(std::fs::read_to_string(plot).unwrap().starts_with("<svg"));
}

#[test]
fn templates_from_elsewhere_can_be_calibrated() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let rows = 200;
    let value = |row: usize, k: usize| ((row * 131 + k * 17) as f32 * 0.611).sin();
    let mut header = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({rows}, 64), }}");
    header.push_str(&" ".repeat(63 - (10 + header.len()) % 64));
    let mut npy =
        [b"\x93NUMPY\x01\x00".as_slice(), &(header.len() as u16 + 1).to_le_bytes(), header.as_bytes(), b"\n"].concat();
    npy.extend((0..rows).flat_map(|r| (0..64).flat_map(move |k| value(r, k).to_le_bytes())));
    std::fs::write(path("t.npy"), npy).unwrap();
    let ids: String = (0..rows).map(|r| format!("{r}\tt{r}\tp{r}\n")).collect();
    std::fs::write(path("ids.tsv"), ids).unwrap();
    let contract = "ab".repeat(32);
    facecert(&[
        "calibrate",
        "--templates",
        &path("t.npy"),
        "--ids",
        &path("ids.tsv"),
        "--contract",
        &contract,
        "-o",
        &path("c.json"),
    ]);
    let calibration: Value = serde_json::from_slice(&std::fs::read(path("c.json")).unwrap()).unwrap();
    assert_eq!(calibration["impostor_pairs"].as_u64(), Some((rows * (rows - 1) / 2) as u64));
    assert_eq!(calibration["contract"].as_str(), Some(contract.as_str()));
    assert!(
        (190..=199).contains(&calibration["points"][0]["false_matches"].as_u64().unwrap()),
        "1 % of 19,900 pairs, less ties"
    );
}

/// The whole pipeline on LFW View 2. The embedder's card says 97.32 % with another detector's points.
#[test]
fn lfw_is_as_good_as_the_card_says() {
    let lfw = root().join("../shared/data/lfw");
    if !lfw.join("pairs.txt").exists() {
        println!("skipped: LFW is not beside the repository");
        return;
    }
    let report = json(&["evaluate", "verification", "--lfw", lfw.to_str().unwrap(), "--json"]);
    println!("{report}");
    assert_eq!((report["photos"].as_u64(), report["pairs"].as_u64()), (Some(7701), Some(6000)));
    assert!(report["not_detected"].as_u64().unwrap() <= 11);
    assert!(report["accuracy"].as_f64().unwrap() >= 0.970);
    assert!(report["tar"]["1e-3"]["tar"].as_f64().unwrap() >= 0.80);
}
