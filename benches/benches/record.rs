//! Cost of sealing and signing: per template, per record, per receipt, in CPU time of one thread, best of many; one JSON line
//! each. What is measured is checked first: what was sealed opens, what was signed verifies.
//!
//! `cargo bench -p facecert-benches --no-default-features --bench record`

use facecert_benches::thread_cpu_ns;
use facecert_match::{ContractId, Template};
use facecert_record::record::{self, Content};
use facecert_record::renew::Renewal;
use facecert_record::seal::{SealAlgorithm, SealKey};
use facecert_record::{HashAlgorithm, KeyList, SigningKey};
use facecert_record::{chain, hpke, open_template, receipt, renew_template, seal_template};
use jiff::Timestamp;
use std::hint::black_box;

const DIM: usize = 512;
const CHAIN_RECORDS: usize = 100;
const PACKAGE_BYTES: usize = 300_000;
const KEYS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/record/tests/keys");

/// Best of `rounds`, in microseconds for each of `pieces`.
fn measure<T>(name: &str, by: &str, pieces: usize, rounds: u32, mut work: impl FnMut() -> T) {
    let best_ns = (0..rounds)
        .map(|_| {
            let start = thread_cpu_ns();
            black_box(work());
            thread_cpu_ns() - start
        })
        .min()
        .unwrap_or_default();
    println!(r#"{{"name":"{name}","by":"{by}","cpu_us":{:.1}}}"#, best_ns as f64 / 1e3 / pieces as f64);
}

fn pem(name: &str) -> String {
    std::fs::read_to_string(format!("{KEYS}/{name}")).expect("a key of the record crate's tests")
}

fn templates() {
    let values: Vec<f32> = (0..DIM).map(|i| ((i * 37) % 23) as f32 - 11.0).collect();
    let template = Template::new(ContractId::from_bytes([9; 32]), &values).expect("a template");
    let mut rng = getrandom::SysRng;
    for (name, algorithm, len) in
        [("AES-256-GCM", SealAlgorithm::Aes256Gcm, 32), ("SM4-GCM", SealAlgorithm::Sm4Gcm, 16)]
    {
        let key = SealKey::new(algorithm, &vec![7; len], "k").expect("a key");
        let mut seal = || seal_template(&template, "p_1", "certification", &key, &mut rng).expect("sealed");
        let sealed = seal();
        let open = || open_template(&sealed, "p_1", "certification", &key).expect("opened");
        assert_eq!(open().values(), template.values());
        measure("seal_template_512", name, 1, 2000, &mut seal);
        measure("open_template_512", name, 1, 2000, open);
    }
    let renewal = Renewal::new(&[7; 32], DIM).expect("a transform");
    measure("renewal_key_512", "HMAC-SHA-256", 1, 20, || Renewal::new(&[7; 32], DIM));
    measure("renew_template_512", "f64", 1, 500, || renew_template(&template, &renewal));
}

fn packages() {
    let key = hpke::RecipientKey::from_pem(&pem("server-x25519.pem")).expect("a key");
    let package = vec![1; PACKAGE_BYTES];
    let seal = || hpke::seal(&package, key.public_key(), &mut getrandom::SysRng).expect("sealed");
    let sealed = seal();
    let open = || hpke::open(&sealed, &key).expect("opened");
    assert_eq!(*open(), package);
    measure("seal_package_300kB", "X25519 AES-256-GCM", 1, 100, seal);
    measure("open_package_300kB", "X25519 AES-256-GCM", 1, 100, open);
}

fn records() {
    let content = Content::from_json(include_str!("evidence.json")).expect("face evidence");
    let now: Timestamp = "2026-03-09T12:00:00+08:00".parse().expect("an instant");
    for (name, by) in [("county-ed25519", "Ed25519 SHA-256"), ("county-sm2", "SM2 SM3")] {
        let key = SigningKey::from_pem(&pem(&format!("{name}.pem")), name).expect("a key");
        let keys = key_list(name);
        let sign = || record::sign(content.clone(), None, None, now, &key).expect("signed");
        let bytes = sign();
        assert!(record::verify(&bytes, &keys).reason.holds());
        measure(&format!("sign_record_{}B", bytes.len()), by, 1, 300, sign);
        measure("verify_record", by, 1, 300, || record::verify(&bytes, &keys));

        let chain = chain_of(&content, now, &key);
        let report = chain::verify(&chain, &keys);
        assert!(report.reason.holds() && report.records == CHAIN_RECORDS as u64);
        measure("verify_chain_of_100_per_record", by, CHAIN_RECORDS, 10, || chain::verify(&chain, &keys));

        let issue = || receipt::issue(include_str!("accepted.jsonl"), None, now, &key).expect("issued");
        let issued = issue();
        assert!(receipt::verify(&issued.code, &keys, now).reason.holds());
        measure("issue_receipt", by, 1, 300, issue);
        measure("verify_receipt", by, 1, 300, || receipt::verify(&issued.code, &keys, now));
        measure("draw_slip", by, 1, 50, || receipt::page(&issued).expect("a slip"));
    }
    let bytes = record_bytes(&content, now);
    for (name, hash) in [("SHA-256", HashAlgorithm::Sha256), ("SM3", HashAlgorithm::Sm3)] {
        measure("digest_of_record", name, 1, 2000, || hash.digest(&[&bytes]));
    }
}

fn key_list(name: &str) -> KeyList {
    let list = format!(
        "format = \"facecert-keys/1\"\n[[key]]\nid = \"{name}\"\nrole = \"county\"\n\
         valid_from = \"2026-01-01T00:00:00+08:00\"\nvalid_until = \"2027-01-01T00:00:00+08:00\"\n\
         public_key = \"\"\"\n{}\"\"\"\n",
        pem(&format!("{name}.pub.pem"))
    );
    KeyList::from_toml(&list).expect("a key list")
}

fn chain_of(content: &Content, now: Timestamp, key: &SigningKey) -> Vec<u8> {
    let (mut chain, mut previous) = (Vec::new(), None);
    for _ in 0..CHAIN_RECORDS {
        let record = record::sign(content.clone(), previous, None, now, key).expect("signed");
        previous = Some(record::digest_of(&record).expect("a record"));
        chain.extend(record);
    }
    chain
}

fn record_bytes(content: &Content, now: Timestamp) -> Vec<u8> {
    let key = SigningKey::from_pem(&pem("county-ed25519.pem"), "county-ed25519").expect("a key");
    record::sign(content.clone(), None, None, now, &key).expect("signed")
}

fn main() {
    templates();
    packages();
    records();
}
