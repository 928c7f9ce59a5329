//! Renewable templates (ISO/IEC 24745): a keyed orthonormal transform.
//!
//! Within a key every score stays as it was, for lengths and angles stay. Across keys the transforms
//! have nothing to do with each other, so even one face's two templates compare at chance: a stolen
//! gallery is called back by a new key. What it does not do: whoever has key *and* template turns it
//! back, and whoever knows as many plain templates with their transformed ones as there are
//! components can compute the transform. It is a second lock beside sealing, not in its place.

use crate::error::{Error, Result};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use std::fmt;
use std::ops::RangeInclusive;
use zeroize::Zeroizing;

/// Supported numbers of components.
pub const DIM_RANGE: RangeInclusive<usize> = 64..=1024;

/// An orthonormal transform of one dimension under one key; wiped when dropped.
///
/// It is the product of one Householder reflection in each of the dimensions d, d-1, ..., 1, each behind
/// a sign of the first axis, so that this axis goes to a random direction: spread evenly over all
/// orthonormal transforms (Stewart, The efficient generation of random orthogonal matrices, SIAM J.
/// Numer. Anal. 17, 1980). Without the signs every axis would go backwards on the whole, and transforms
/// of two keys resemble each other. Directions come from HMAC-SHA-256 without transcendental functions,
/// so they are the same bits everywhere.
pub struct Renewal {
    /// Unit vectors of d, d-1, ..., 1 components, one after the other.
    reflections: Zeroizing<Vec<f64>>,
    dim: usize,
    contract_mac: Hmac<Sha256>,
}

impl Renewal {
    /// The transform of a key (at least 16 bytes) for templates of `dim` components.
    ///
    /// # Errors
    /// [`Error::Renew`] for a short key or a dimension outside [`DIM_RANGE`].
    pub fn new(key: &[u8], dim: usize) -> Result<Self> {
        if key.len() < 16 {
            return Err(Error::renew("a renewal key has at least 16 bytes; draw one at random"));
        }
        if !DIM_RANGE.contains(&dim) {
            return Err(Error::renew(format!("templates have 64 to 1024 components, not {dim}")));
        }
        let mac =
            Hmac::<Sha256>::new_from_slice(key).map_err(|_| Error::renew("this key cannot be used; draw another"))?;
        let contract_mac = mac.clone().chain_update(b"facecert-renewal-contract/1");
        let mut normals = Normals::new(mac, dim);
        let mut reflections = Zeroizing::new(Vec::with_capacity(dim * (dim + 1) / 2));
        for len in (1..=dim).rev() {
            let start = reflections.len();
            reflections.extend(normals.by_ref().take(len));
            to_reflector(&mut reflections[start..]);
        }
        Ok(Self { reflections, dim, contract_mac })
    }

    /// Number of components.
    pub fn dim(&self) -> usize {
        self.dim
    }

    /// The contract of transformed templates: by key and contract of the plain ones, so that neither
    /// can be taken for the other.
    pub fn contract(&self, plain: &[u8; 32]) -> [u8; 32] {
        digest(&self.contract_mac, &[plain])
    }

    /// The transformed template, of the same norm.
    ///
    /// # Errors
    /// [`Error::Renew`] if the number of components is another.
    pub fn apply(&self, values: &[f32]) -> Result<Zeroizing<Vec<f32>>> {
        if values.len() != self.dim {
            let what = format!("this transform is for {} components, the template has {}", self.dim, values.len());
            return Err(Error::renew(what));
        }
        let mut x: Zeroizing<Vec<f64>> = Zeroizing::new(values.iter().map(|&v| f64::from(v)).collect());
        let mut reflections = self.reflections.as_slice();
        for start in 0..self.dim {
            let (vector, rest) = reflections.split_at(self.dim - start);
            turn(&mut x[start..], vector);
            reflections = rest;
        }
        Ok(Zeroizing::new(x.iter().map(|&v| v as f32).collect()))
    }
}

impl fmt::Debug for Renewal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Renewal").field("dim", &self.dim).finish_non_exhaustive()
    }
}

/// From a direction to the unit vector whose reflection takes the first axis there (either way).
fn to_reflector(vector: &mut [f64]) {
    let length = |vector: &[f64]| vector.iter().map(|v| v * v).sum::<f64>().sqrt();
    // Added with the sign of the first component, so that nothing cancels.
    let first = length(vector).copysign(vector.first().copied().unwrap_or(1.0));
    vector.iter_mut().take(1).for_each(|v| *v += first);
    let norm = length(vector);
    for v in vector {
        *v /= norm;
    }
}

/// x - 2 v (v·x) for a unit vector v, after the first component of x took the sign against that of v:
/// the first axis goes where v was made from.
fn turn(x: &mut [f64], v: &[f64]) {
    x.iter_mut().zip(v).take(1).for_each(|(x, v)| *x *= -v.signum());
    let twice: f64 = 2.0 * x.iter().zip(v).map(|(x, v)| x * v).sum::<f64>();
    x.iter_mut().zip(v).for_each(|(x, v)| *x -= twice * v);
}

/// Near-normal numbers: each the sum of eight 16-bit numbers of the key's stream, centred. Their
/// scale does not matter, for every vector is brought to unit length.
struct Normals {
    mac: Hmac<Sha256>,
    counter: u64,
    block: Zeroizing<[u8; 32]>,
    used: usize,
}

const BYTES_PER_NORMAL: usize = 16;

impl Normals {
    fn new(mut mac: Hmac<Sha256>, dim: usize) -> Self {
        mac.update(b"facecert-renewal/1");
        mac.update(&(dim as u32).to_le_bytes());
        Self { mac, counter: 0, block: Zeroizing::new([0; 32]), used: 32 }
    }
}

fn digest(mac: &Hmac<Sha256>, parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = mac.clone();
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

impl Iterator for Normals {
    type Item = f64;

    fn next(&mut self) -> Option<f64> {
        if self.used == self.block.len() {
            *self.block = digest(&self.mac, &[&self.counter.to_le_bytes()]);
            self.counter += 1;
            self.used = 0;
        }
        let bytes = self.block.get(self.used..self.used + BYTES_PER_NORMAL)?;
        self.used += BYTES_PER_NORMAL;
        let sum: i32 =
            bytes.chunks_exact(2).map(|pair| 2 * (i32::from(pair[0]) + 256 * i32::from(pair[1])) - 0xFFFF).sum();
        Some(f64::from(sum))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template(seed: usize, dim: usize) -> Vec<f32> {
        let values: Vec<f32> = (0..dim).map(|i| ((i * 31 + seed * 17) % 101) as f32 - 50.0).collect();
        let norm = values.iter().map(|v| v * v).sum::<f32>().sqrt();
        values.iter().map(|v| v / norm).collect()
    }

    fn score(a: &[f32], b: &[f32]) -> f64 {
        a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
    }

    #[test]
    fn scores_within_a_key_stay() {
        for dim in [64, 100, 512, 1024] {
            let renewal = Renewal::new(&[7; 32], dim).unwrap();
            let plain: Vec<_> = (0..8).map(|seed| template(seed, dim)).collect();
            let renewed: Vec<_> = plain.iter().map(|t| renewal.apply(t).unwrap()).collect();
            for i in 0..8 {
                for j in 0..8 {
                    let change = score(&plain[i], &plain[j]) - score(&renewed[i], &renewed[j]);
                    assert!(change.abs() < 1e-6, "dimension {dim}: {change}");
                }
            }
        }
    }

    /// Cosines of one template under 200 keys with the plain one and with each other: mean 0,
    /// deviation 1/sqrt(d), as for unrelated directions.
    #[test]
    fn templates_of_two_keys_are_unrelated() {
        const DIM: usize = 128;
        let plain = template(3, DIM);
        let mut renewed = vec![plain.clone()];
        for key in 0..200_u8 {
            let renewal = Renewal::new(&[key; 32], DIM).unwrap();
            renewed.push(renewal.apply(&plain).unwrap().to_vec());
        }
        let scores: Vec<f64> = (0..renewed.len())
            .flat_map(|i| (0..i).map(move |j| (i, j)))
            .map(|(i, j)| score(&renewed[i], &renewed[j]))
            .collect();
        let mean = scores.iter().sum::<f64>() / scores.len() as f64;
        let deviation = (scores.iter().map(|s| s * s).sum::<f64>() / scores.len() as f64).sqrt();
        assert!(mean.abs() < 0.005, "{mean}");
        assert!((deviation * (DIM as f64).sqrt() - 1.0).abs() < 0.05, "{deviation}");
    }

    /// Frozen: another stream would make every stored template useless. Values from a second
    /// implementation, in Python.
    #[test]
    fn the_transform_of_a_key_never_changes() {
        let renewal = Renewal::new(b"0123456789abcdef", 64).unwrap();
        let mut first = [0.0; 64];
        first[0] = 1.0;
        let image = renewal.apply(&first).unwrap();
        let expected = [0.110_857_86, 0.070_228_33, -0.221_706_72, -0.155_153_96_f32];
        for (component, expected) in image.iter().zip(expected) {
            assert!((component - expected).abs() < 1e-7, "{component} {expected}");
        }
    }

    #[test]
    fn short_keys_and_odd_sizes_are_refused() {
        assert!(Renewal::new(&[0; 15], 128).is_err());
        assert!(Renewal::new(&[0; 16], 63).is_err());
        assert!(Renewal::new(&[0; 16], 64).unwrap().apply(&[0.0; 65]).is_err());
    }
}
