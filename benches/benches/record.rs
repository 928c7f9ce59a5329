//! Cost of sealing and signing: per template, per record, per receipt, in CPU time of one thread, best of many.
//!
//! `cargo bench -p facecert-benches --no-default-features --bench record`

use facecert_benches::thread_cpu_ns;
use facecert_match::{ContractId, Template};
use facecert_record::record::{self, Content};
use facecert_record::renew::Renewal;
use facecert_record::seal::{SealAlgorithm, SealKey};
use facecert_record::{KeyList, SigningKey, hpke, open_template, receipt, renew_template, seal_template};
use std::hint::black_box;

const DIM: usize = 512;
const KEYS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/record/tests/keys");

/// Best of `rounds`, in microseconds.
fn measure<T>(name: &str, rounds: u32, mut work: impl FnMut() -> T) {
    let best_ns = (0..rounds)
        .map(|_| {
            let start = thread_cpu_ns();
            black_box(work());
            thread_cpu_ns() - start
        })
        .min()
        .unwrap_or_default();
    println!("{name:<44} {:>9.1} us", best_ns as f64 / 1e3);
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
        measure(&format!("seal a template of {DIM}, {name}"), 2000, &mut seal);
        let open = || open_template(&sealed, "p_1", "certification", &key).expect("opened");
        measure(&format!("open a template of {DIM}, {name}"), 2000, open);
    }
    measure(&format!("renewal: the transform of a key, {DIM}"), 20, || Renewal::new(&[7; 32], DIM));
    let renewal = Renewal::new(&[7; 32], DIM).expect("a transform");
    measure(&format!("renewal: one template of {DIM}"), 500, || renew_template(&template, &renewal));
    let recipient = hpke::RecipientKey::from_pem(&pem("server-x25519.pem")).expect("a key");
    let package = vec![0; 300_000];
    measure("HPKE: seal a package of 300 kB", 100, || hpke::seal(&package, recipient.public_key(), &mut rng));
}

fn records() {
    let evidence = include_str!("evidence.json");
    let content = Content::from_json(evidence).expect("face evidence");
    let now = "2026-03-09T12:00:00+08:00".parse().expect("an instant");
    for name in ["county-ed25519", "county-sm2"] {
        let key = SigningKey::from_pem(&pem(&format!("{name}.pem")), name).expect("a key");
        let keys = KeyList::from_toml(&format!(
            "format = \"facecert-keys/1\"\n[[key]]\nid = \"{name}\"\nrole = \"county\"\n\
             valid_from = \"2026-01-01T00:00:00+08:00\"\nvalid_until = \"2027-01-01T00:00:00+08:00\"\n\
             public_key = \"\"\"\n{}\"\"\"\n",
            pem(&format!("{name}.pub.pem"))
        ))
        .expect("a key list");
        let sign = || record::sign(content.clone(), None, None, now, &key).expect("signed");
        let bytes = sign();
        measure(&format!("sign a record of {} bytes, {name}", bytes.len()), 300, sign);
        assert!(record::verify(&bytes, &keys).reason.holds());
        measure(&format!("verify it, {name}"), 300, || record::verify(&bytes, &keys));
        let receipt = || receipt::issue(include_str!("accepted.jsonl"), None, now, &key).expect("issued");
        measure(&format!("issue a receipt, {name}"), 300, receipt);
    }
}

fn main() {
    templates();
    records();
}
