use facecert_match::{ContractId, Template, reference};
use facecert_record::renew::Renewal;
use facecert_record::renew_template;

const DIM: usize = 128;
const PEOPLE: usize = 400;

/// Two templates of each person: a direction of their own, and a third of it in any other.
fn people() -> Vec<[Template; 2]> {
    let mut state = 1_u64;
    let mut component = || {
        // Knuth, MMIX.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f32 / (1 << 23) as f32 - 1.0
    };
    let mut direction = || -> Vec<f32> { (0..DIM).map(|_| component()).collect() };
    (0..PEOPLE)
        .map(|_| {
            let own = direction();
            [(); 2].map(|()| {
                let values: Vec<f32> = own.iter().zip(direction()).map(|(own, other)| own + other / 3.0).collect();
                Template::new(ContractId::from_bytes([9; 32]), &values).expect("a template")
            })
        })
        .collect()
}

fn renewed(people: &[[Template; 2]], renewal: &Renewal) -> Vec<[Template; 2]> {
    let renew = |template: &Template| renew_template(template, renewal).expect("renewed");
    people.iter().map(|[a, b]| [renew(a), renew(b)]).collect()
}

fn score(a: &Template, b: &Template) -> f64 {
    f64::from(reference::score(a.values(), b.values()))
}

/// The first templates of one set with the second ones of the other: the share of pairs of two people below a pair of one
/// (the area under the ROC curve).
fn area(probes: &[[Template; 2]], references: &[[Template; 2]]) -> f64 {
    let scores = |i: usize, j: usize| score(&probes[i][0], &references[j][1]);
    let mut different: Vec<f64> =
        (0..PEOPLE).flat_map(|i| (1..20).map(move |k| (i, (i + k * 7) % PEOPLE))).map(|(i, j)| scores(i, j)).collect();
    different.sort_by(f64::total_cmp);
    let below = |i: usize| different.partition_point(|other| *other < scores(i, i)) as f64 / different.len() as f64;
    (0..PEOPLE).map(below).sum::<f64>() / PEOPLE as f64
}

#[test]
fn one_person_under_two_keys_is_at_chance() {
    let plain = people();
    let [first, second] = [1, 2].map(|key| renewed(&plain, &Renewal::new(&[key; 32], DIM).expect("a transform")));
    assert!(area(&plain, &plain) > 0.999);
    assert!(area(&first, &first) > 0.999);
    // Its deviation by chance is 0.29 / sqrt(400) = 0.015.
    for (name, area) in [("two keys", area(&first, &second)), ("a key and plain", area(&first, &plain))] {
        assert!((area - 0.5).abs() < 0.06, "{name}: {area}");
    }
}

#[test]
fn scores_within_a_key_stay() {
    let plain = people();
    let renewed = renewed(&plain, &Renewal::new(&[1; 32], DIM).expect("a transform"));
    for i in 0..PEOPLE {
        for j in [i, (i + 1) % PEOPLE] {
            let change = score(&plain[i][0], &plain[j][1]) - score(&renewed[i][0], &renewed[j][1]);
            assert!(change.abs() < 1e-5, "{i} with {j}: {change}");
        }
    }
}

#[test]
fn the_contract_is_that_of_the_key() {
    let plain = &people()[..1];
    let [first, second] = [1, 2].map(|key| renewed(plain, &Renewal::new(&[key; 32], DIM).expect("a transform")));
    assert_eq!(first[0][0].contract(), first[0][1].contract());
    assert_ne!(first[0][0].contract(), second[0][0].contract());
    assert_ne!(first[0][0].contract(), plain[0][0].contract());
}
