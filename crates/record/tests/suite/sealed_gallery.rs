use crate::common::{each_flipped_bit, rng};
use facecert_match::gallery::{Gallery, Writer};
use facecert_match::{ContractId, Label, Rows as _, Search, Template, Wanted};
use facecert_record::Result;
use facecert_record::seal::{self, OpenedGallery, SealAlgorithm, SealKey};

const CONTRACT: ContractId = ContractId::from_bytes([9; 32]);
const DIM: usize = 64;
/// Header of the sealed test galleries: magic, algorithm, key id, contract, components, rows.
const HEADER_BYTES: usize = 5 + 1 + 1 + 4 + 1 + 64 + 4 + 8;

fn keys() -> [SealKey; 2] {
    [
        SealKey::new(SealAlgorithm::Aes256Gcm, &[3; 32], "g_26").expect("a key"),
        SealKey::new(SealAlgorithm::Sm4Gcm, &[3; 16], "g_26").expect("a key"),
    ]
}

fn template(seed: u64) -> Template {
    let values: Vec<f32> =
        (0..DIM as u64).map(|i| ((i * 37 + seed * seed * 11 + seed * i) % 23) as f32 - 11.0).collect();
    Template::new(CONTRACT, &values).expect("a template")
}

/// `rows` templates of half as many people, the fourth removed.
fn gallery(rows: u64) -> (tempfile::TempDir, Gallery) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("g");
    let mut writer = Writer::create(&path, CONTRACT, DIM, [1; 16]).expect("created");
    for id in 0..rows {
        let key = format!("p{}/{id}", id / 2);
        writer.append(Label { id, person: id / 2 }, key.as_bytes(), &template(id)).expect("appended");
    }
    writer.commit().expect("committed");
    if rows > 3 {
        writer.remove(&[3]).expect("removed");
        writer.commit().expect("committed");
    }
    drop(writer);
    let gallery = Gallery::open(&path).expect("opened");
    (folder, gallery)
}

fn sealed(rows: u64, key: &SealKey) -> Vec<u8> {
    let (_folder, gallery) = gallery(rows);
    let mut sealed = Vec::new();
    seal::seal_gallery(&gallery, &mut sealed, "county", "search", key, &mut rng()).expect("sealed");
    sealed
}

fn open(sealed: &[u8], key: &SealKey) -> Result<OpenedGallery> {
    seal::open_gallery(sealed, "county", "search", key)
}

fn fault(sealed: &[u8], key: &SealKey) -> String {
    open(sealed, key).expect_err("refused").to_string()
}

#[test]
fn an_opened_gallery_answers_as_the_plain_one() {
    for key in keys() {
        for rows in [1, 64, 65, 200] {
            let (_folder, plain) = gallery(rows);
            let opened = open(&sealed(rows, &key), &key).expect("opened");
            assert_eq!(opened.subjects() as u64, plain.subjects());
            assert_eq!(opened.rows().len(), plain.len() - plain.removed_rows());
            let found = |rows: &dyn facecert_match::Rows, key: &dyn Fn(usize) -> Vec<u8>| {
                let search = Search::new(rows).expect("a search");
                let (hits, _) = search.one(&template(7), Wanted::top(5)).expect("searched");
                hits.iter().map(|hit| (hit.score.to_bits(), key(hit.row))).collect::<Vec<_>>()
            };
            let in_plain = found(&plain, &|row| plain.key(row).expect("a key").to_vec());
            let in_opened = found(opened.rows(), &|row| opened.key(row).to_vec());
            assert_eq!(in_opened, in_plain, "{rows} rows");
        }
    }
}

#[test]
fn an_empty_gallery_is_sealed_too() {
    let [key, other] = keys();
    let sealed = sealed(0, &key);
    assert!(sealed.starts_with(seal::SEALED_GALLERY_MAGIC));
    assert_eq!(open(&sealed, &key).expect("opened").rows().len(), 0);
    assert!(open(&sealed, &other).is_err());
    assert!(open(&sealed[..HEADER_BYTES], &key).is_err(), "its one panel is part of it");
}

#[test]
fn every_flipped_bit_of_a_small_sealed_gallery_is_detected() {
    for key in keys() {
        let sealed = sealed(5, &key);
        each_flipped_bit(&sealed, |bit, flipped| {
            assert!(open(flipped, &key).is_err(), "bit {bit}");
        });
        for len in 0..sealed.len() {
            assert!(open(&sealed[..len], &key).is_err(), "{len} bytes");
        }
        assert!(open(&[sealed.as_slice(), &[0]].concat(), &key).is_err(), "a byte more");
    }
}

#[test]
fn it_opens_under_its_own_name_purpose_and_key_only() {
    let [key, sm4] = keys();
    let sealed = sealed(5, &key);
    assert!(seal::open_gallery(&sealed, "town", "search", &key).is_err());
    assert!(seal::open_gallery(&sealed, "county", "dedup", &key).is_err());
    assert!(open(&sealed, &sm4).is_err());
    let same_name = SealKey::new(SealAlgorithm::Aes256Gcm, &[4; 32], "g_26").expect("a key");
    assert!(fault(&sealed, &same_name).contains("panel 0"), "{}", fault(&sealed, &same_name));
}

#[test]
fn panels_cannot_be_swapped_or_cut_off() {
    let [key, _] = keys();
    // Rows with keys of equal length, so that the two panels are equally long.
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("g");
    let mut writer = Writer::create(&path, CONTRACT, DIM, [1; 16]).expect("created");
    for id in 0..128 {
        writer.append(Label { id, person: id }, b"", &template(id)).expect("appended");
    }
    writer.commit().expect("committed");
    drop(writer);
    let gallery = Gallery::open(&path).expect("opened");
    let mut sealed = Vec::new();
    seal::seal_gallery(&gallery, &mut sealed, "county", "search", &key, &mut rng()).expect("sealed");
    let panel = (sealed.len() - HEADER_BYTES) / 2;
    let mut swapped = sealed.clone();
    let (a, b) = swapped[HEADER_BYTES..].split_at_mut(panel);
    a.swap_with_slice(b);
    assert!(fault(&swapped, &key).contains("panel 0"), "{}", fault(&swapped, &key));
    assert!(fault(&sealed[..HEADER_BYTES + panel], &key).contains("cut off"));
    let mut half = sealed[..HEADER_BYTES + panel].to_vec();
    half[HEADER_BYTES - 8..HEADER_BYTES].copy_from_slice(&64_u64.to_le_bytes());
    assert!(fault(&half, &key).contains("panel 0"), "cut off, with the number of rows to fit");
}
