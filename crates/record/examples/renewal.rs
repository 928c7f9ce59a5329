//! What renewal does to the templates of a gallery: scores within a key, and the same people across two keys.
//!
//! ```text
//! cargo run --release -p facecert-record --example renewal -- GALLERY
//! ```
//!
//! Prints a line of JSON: pairs of one person and of two, the largest change of a score within a key, and for each way of
//! comparing the mean score of both kinds of pairs, the area under the ROC curve (0.5 is chance) and the rate of true
//! matches at a false match rate of 1e-3 (ISO/IEC 19795-1). Ends with an error if a score within a key changes by more
//! than 1e-5, or two keys are further from chance than their number of people explains.

use facecert_match::gallery::Gallery;
use facecert_match::{Rows as _, reference};
use facecert_record::renew::Renewal;
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::path::Path;

/// Pairs of two people that are compared with each template.
const STRANGERS: usize = 20;
/// Templates of a person that are compared with each other: under two keys the pairs of one person stand or fall
/// together, so nobody may have many.
const TEMPLATES_OF_ONE: usize = 3;
const FMR: f64 = 1e-3;

/// Two rows.
type Pair = (usize, usize);

/// A template and whose it is.
struct Row {
    person: u64,
    values: Vec<f32>,
}

/// How well the two kinds of pairs are told apart.
#[derive(serde::Serialize)]
struct Rates {
    mean_of_one_person: f64,
    mean_of_two: f64,
    area_under_roc: f64,
    true_match_rate: f64,
}

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args_os().nth(1).ok_or("name a gallery")?;
    let plain = read(&Gallery::open(Path::new(&path))?)?;
    let dim = plain.first().ok_or("the gallery is empty")?.values.len();
    let [first, second] =
        [renewed(&plain, &Renewal::new(&[1; 32], dim)?)?, renewed(&plain, &Renewal::new(&[2; 32], dim)?)?];
    let (same, different) = pairs(&plain);
    let changes = same.iter().chain(&different).map(|p| (score(&plain, &plain, p) - score(&first, &first, p)).abs());
    let change = changes.fold(0.0, f64::max);
    let two_keys = rates(&same, &different, |pair| score(&first, &second, pair));
    let people = same.iter().map(|(a, _)| plain[*a].person).collect::<BTreeSet<_>>().len();
    println!(
        "{}",
        serde_json::json!({
            "templates": plain.len(),
            "components": dim,
            "people_with_pairs": people,
            "pairs_of_one_person": same.len(),
            "pairs_of_two": different.len(),
            "largest_change_within_a_key": change,
            "plain": rates(&same, &different, |pair| score(&plain, &plain, pair)),
            "one_key": rates(&same, &different, |pair| score(&first, &first, pair)),
            "two_keys": &two_keys,
            "key_and_plain": rates(&same, &different, |pair| score(&first, &plain, pair)),
        })
    );
    // The area of unrelated scores has a deviation of 1/sqrt(12 people).
    let bound = 4.0 / (12.0 * people as f64).sqrt();
    if change > 1e-5 || (two_keys.area_under_roc - 0.5).abs() > bound {
        return Err(format!("scores change within a key, or two keys compare (area beyond 0.5 ± {bound:.3})").into());
    }
    Ok(())
}

fn read(gallery: &Gallery) -> Result<Vec<Row>, Box<dyn Error>> {
    let mut scratch = vec![0.0; gallery.dim()];
    let mut rows = Vec::with_capacity(gallery.len());
    for row in 0..gallery.len() {
        rows.push(Row { person: gallery.label(row)?.person, values: gallery.values(row, &mut scratch)?.to_vec() });
    }
    Ok(rows)
}

fn renewed(rows: &[Row], renewal: &Renewal) -> facecert_record::Result<Vec<Row>> {
    rows.iter().map(|row| Ok(Row { person: row.person, values: renewal.apply(&row.values)?.to_vec() })).collect()
}

/// All pairs of one person, and for each template some with others.
fn pairs(rows: &[Row]) -> (Vec<Pair>, Vec<Pair>) {
    let mut persons: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
    rows.iter().enumerate().for_each(|(i, row)| persons.entry(row.person).or_default().push(i));
    let of_one = |own: &Vec<usize>| {
        let own = own.clone();
        (0..own.len().min(TEMPLATES_OF_ONE))
            .flat_map(move |a| (0..a).map(|b| (b, a)).collect::<Vec<_>>())
            .map(move |(a, b)| (own[a], own[b]))
    };
    let same = persons.values().flat_map(of_one).collect();
    let strides = (1..=STRANGERS).map(|k| 1 + k * rows.len() / (STRANGERS + 1));
    let different = strides
        .flat_map(|stride| (0..rows.len()).map(move |i| (i, (i + stride) % rows.len())))
        .filter(|(a, b)| rows[*a].person != rows[*b].person)
        .collect();
    (same, different)
}

fn score(a: &[Row], b: &[Row], pair: &Pair) -> f64 {
    f64::from(reference::score(&a[pair.0].values, &b[pair.1].values))
}

fn rates(same: &[Pair], different: &[Pair], score: impl Fn(&Pair) -> f64) -> Rates {
    let same: Vec<f64> = same.iter().map(&score).collect();
    let mut different: Vec<f64> = different.iter().map(&score).collect();
    different.sort_by(f64::total_cmp);
    let mean = |scores: &[f64]| scores.iter().sum::<f64>() / scores.len() as f64;
    let below = |score: &f64| different.partition_point(|other| other < score) as f64 / different.len() as f64;
    let area = same.iter().map(below).sum::<f64>() / same.len() as f64;
    let threshold = different[((1.0 - FMR) * (different.len() - 1) as f64) as usize];
    let matches = same.iter().filter(|score| **score > threshold).count();
    Rates {
        mean_of_one_person: mean(&same),
        mean_of_two: mean(&different),
        area_under_roc: area,
        true_match_rate: matches as f64 / same.len() as f64,
    }
}
