//! Sketches: one sign bit for each component, for sets of a million rows and more.
//!
//! A scan of sketches is several times faster than one of int8 codes and not exact: a row
//! whose signs differ in more than `cut` places is missed, however high its score. So it is
//! off unless asked for, and its result says how many genuine pairs of the set it would miss
//! ([`Sketches::misses`]).
//!
//! Measured on templates of the default embedder (256 components; 1,290 pairs of photos of one
//! person, 454 of which reach the threshold of false match rate 1e-4):
//!
//! | cut | missed of the 454 | missed of all 1,290 | strangers that pass |
//! | --- | --- | --- | --- |
//! | 92 | 12.6 % | 58.6 % | 0.05 % |
//! | 100 | 2.0 % | 41.4 % | 0.28 % |
//! | 104 | 0.4 % | 33.0 % | 0.68 % |
//! | 108 | none | 25.7 % | 1.6 % |
//!
//! Source: signs of random projections, Charikar, "Similarity estimation techniques from
//! rounding algorithms", STOC 2002; here the components of a face template are taken as they
//! are.

use std::collections::HashMap;

use crate::error::MatchError;
use crate::kernel::{Kernel, SKETCH_ROWS};
use crate::panel::PANEL_ROWS;
use crate::rows::Rows;
use crate::search::{Hit, Wanted, Work};
use crate::template::Template;
use crate::top::{Scored, Top};

/// The sketches of a set.
pub struct Sketches<'a> {
    rows: &'a dyn Rows,
    kernel: Kernel,
    words: usize,
    /// `[block of 8 rows][word][row]`.
    bits: Vec<[u64; SKETCH_ROWS]>,
}

/// What a cut would lose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Misses {
    /// Pairs of rows of one person.
    pub genuine_pairs: u64,
    /// Those whose signs differ in more places than the cut.
    pub missed: u64,
}

impl<'a> Sketches<'a> {
    /// Sketches every row, from its codes.
    ///
    /// # Errors
    /// A row that could not be read, or those of [`Kernel::detected`].
    pub fn new(rows: &'a dyn Rows) -> Result<Self, MatchError> {
        let words = rows.dim().div_ceil(64);
        let mut sketches = Self { rows, kernel: Kernel::detected()?, words, bits: Vec::new() };
        sketches.bits.resize(rows.len().div_ceil(SKETCH_ROWS) * words, [0; SKETCH_ROWS]);
        for index in 0..rows.panels() {
            let panel = rows.panel(index)?;
            let first = index * PANEL_ROWS;
            for row in first..rows.len().min(first + PANEL_ROWS) {
                let signs = panel.row_groups(row - first).flatten().map(|code| code < 0);
                let block = row / SKETCH_ROWS * words;
                for (at, _) in signs.enumerate().filter(|&(_, negative)| negative) {
                    sketches.bits[block + at / 64][row % SKETCH_ROWS] |= 1 << (at % 64);
                }
            }
        }
        Ok(sketches)
    }

    /// With this kernel.
    #[must_use]
    pub fn kernel(self, kernel: Kernel) -> Self {
        Self { kernel, ..self }
    }

    /// The best rows among those whose signs differ from the query's in at most `cut` places;
    /// their scores are reference scores.
    ///
    /// # Errors
    /// As [`Search::one`](crate::Search::one).
    pub fn search(&self, query: &Template, wanted: Wanted, cut: u32) -> Result<(Vec<Hit>, Work), MatchError> {
        if wanted.threshold.is_nan() {
            return Err(MatchError::Threshold);
        }
        query.check(self.rows.contract(), self.rows.dim())?;
        let mut near = Vec::new();
        let signs = Self::signs(query);
        self.kernel.near(&self.bits, &signs, cut, &mut |row| near.push(row));
        near.retain(|&row| row < self.rows.len());
        let mut work = Work { pairs: self.rows.len() as u64, ..Work::default() };
        work.screened = near.len() as u64;
        let mut top = Top::new(wanted.limit, self.rows.grouped());
        let mut scratch = vec![0.0; self.rows.dim()];
        for row in near {
            let live = self.rows.panel(row / PANEL_ROWS)?.live;
            if live >> (row % PANEL_ROWS) & 1 == 0 {
                continue;
            }
            let score = self.kernel.score(query.values(), self.rows.values(row, &mut scratch)?);
            work.scored += 1;
            if score >= wanted.threshold.max(top.floor()) {
                let person = self.rows.label(row)?.person;
                top.offer(Scored { score, row: row as u32, person });
            }
        }
        let hits = top.into_best().into_iter().map(|best| {
            let row = best.row as usize;
            Ok(Hit { row, label: self.rows.label(row)?, score: best.score })
        });
        Ok((hits.collect::<Result<_, MatchError>>()?, work))
    }

    /// How many pairs of rows of one person a cut would miss: print it with a result.
    ///
    /// # Errors
    /// A row that could not be read.
    pub fn misses(&self, cut: u32) -> Result<Misses, MatchError> {
        let mut of_person: HashMap<u64, Vec<usize>> = HashMap::new();
        for row in 0..self.rows.len() {
            of_person.entry(self.rows.label(row)?.person).or_default().push(row);
        }
        let mut misses = Misses::default();
        for rows in of_person.values() {
            for (at, &a) in rows.iter().enumerate() {
                for &b in &rows[at + 1..] {
                    misses.genuine_pairs += 1;
                    misses.missed += u64::from(self.distance(a, b) > cut);
                }
            }
        }
        Ok(misses)
    }

    fn distance(&self, a: usize, b: usize) -> u32 {
        (0..self.words).map(|word| (self.word(a, word) ^ self.word(b, word)).count_ones()).sum()
    }

    fn word(&self, row: usize, word: usize) -> u64 {
        self.bits[row / SKETCH_ROWS * self.words + word][row % SKETCH_ROWS]
    }

    /// The signs of a query's codes: a component that rounds to zero counts as positive.
    fn signs(query: &Template) -> Vec<u64> {
        let mut codes = vec![0; query.dim()];
        crate::quantize::quantize(query.values(), &mut codes);
        let word =
            |codes: &[i8]| codes.iter().enumerate().fold(0, |word, (at, &code)| word | u64::from(code < 0) << at);
        codes.chunks(64).map(word).collect()
    }
}
