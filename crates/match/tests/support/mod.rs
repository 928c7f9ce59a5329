//! Sets of templates that are hard for a screen, and the answers by definition.
#![allow(dead_code)] // each test program uses a part

use facecert_match::{ContractId, Label, MemoryRows, Rows, Template, reference};

pub const CONTRACT: ContractId = ContractId::from_bytes([9; 32]);

/// A small generator of numbers, the same on every machine.
pub struct Numbers(pub u64);

impl Numbers {
    /// Uniform 64 bits (splitmix64).
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Roughly normal, by a sum of uniforms.
    pub fn normal(&mut self) -> f32 {
        let sum: f32 = (0..6).map(|_| (self.bits() >> 40) as f32 / (1 << 24) as f32).sum();
        (sum - 3.0) * 1.414
    }

    pub fn below(&mut self, end: usize) -> usize {
        (self.bits() % end as u64) as usize
    }
}

/// How the rows of a set lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    Random,
    /// Three rows for each of many identities.
    Clustered,
    /// Few distinct rows, many times.
    Equal,
    /// One component of plus or minus one.
    OneHot,
    /// All nearly the same.
    NearTies,
    /// One component many times the others, which quantise to nothing.
    OneOutlier,
}

pub const SHAPES: [Shape; 6] =
    [Shape::Random, Shape::Clustered, Shape::Equal, Shape::OneHot, Shape::NearTies, Shape::OneOutlier];

pub fn template(values: &[f32]) -> Template {
    Template::new(CONTRACT, values).expect("finite, not zero")
}

pub fn templates(shape: Shape, dim: usize, rows: usize, numbers: &mut Numbers) -> Vec<Template> {
    let noise = |numbers: &mut Numbers| -> Vec<f32> { (0..dim).map(|_| numbers.normal()).collect() };
    let base: Vec<Vec<f32>> = (0..rows.div_ceil(3)).map(|_| noise(numbers)).collect();
    (0..rows)
        .map(|row| {
            let values: Vec<f32> = match shape {
                Shape::Random => noise(numbers),
                Shape::Clustered => mixed(&base[row / 3], &noise(numbers), 0.8),
                Shape::Equal => base[row % base.len().min(3)].clone(),
                Shape::NearTies => mixed(&base[0], &noise(numbers), 1e-3),
                Shape::OneHot => {
                    let hot = numbers.below(dim);
                    let sign = if numbers.below(2) == 0 { 1.0 } else { -1.0 };
                    (0..dim).map(|k| if k == hot { sign } else { 0.0 }).collect()
                }
                Shape::OneOutlier => {
                    let mut values = noise(numbers);
                    values[numbers.below(dim)] *= 200.0;
                    values
                }
            };
            template(&values)
        })
        .collect()
}

fn mixed(base: &[f32], noise: &[f32], share: f32) -> Vec<f32> {
    base.iter().zip(noise).map(|(b, n)| b + share * n).collect()
}

/// A set whose row `r` has id `1000 + r` and the person that `person` gives it.
pub fn rows(templates: &[Template], person: impl Fn(usize) -> u64) -> MemoryRows {
    MemoryRows::new(CONTRACT, templates[0].dim(), templates.len(), |row| {
        Ok((Label { id: 1000 + row as u64, person: person(row) }, templates[row].clone()))
    })
    .expect("one kind")
}

/// Score and row of the best row of each person, best first, ties by row: by definition.
pub fn search_by_definition(rows: &MemoryRows, query: &Template) -> Vec<(f32, usize)> {
    let mut scratch = vec![0.0; rows.dim()];
    let mut scored: Vec<(f32, usize)> = (0..rows.len())
        .map(|row| {
            let values = rows.values(row, &mut scratch).expect("in memory");
            (reference::score(query.values(), values), row)
        })
        .collect();
    scored.sort_by(|a, b| b.0.partial_cmp(&a.0).expect("no NaN").then(a.1.cmp(&b.1)));
    let mut seen = std::collections::HashSet::new();
    scored.retain(|&(_, row)| seen.insert(rows.label(row).expect("in memory").person));
    scored
}
