//! Queries packed as a kernel reads them.

use std::cell::Cell;

use crate::bound::{self, Screen};
use crate::buffer::Buffer;
use crate::panel::{Panel, groups};
use crate::quantize::{RowScale, quantize};

/// How a kernel wants its queries: in groups of lanes, each query four components at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(not(target_arch = "x86_64"), allow(dead_code))] // words and tiles are x86's
pub(crate) enum Packing {
    /// `[group][k / 4][lane][4]` signed bytes.
    Quads {
        /// Queries of a group.
        lanes: usize,
    },
    /// `[group][k / 4][lane]` of four 16-bit numbers: components 0, 2, 1, 3.
    Words {
        /// Queries of a group.
        lanes: usize,
    },
    /// Tiles `[group][tile of 16 lanes][k / 64][lane][64]` of signed bytes; starting sums 16
    /// times over.
    Tiles {
        /// Queries of a group.
        lanes: usize,
    },
}

/// Lanes of a tile, groups of four components of a tile.
const TILE: usize = 16;

impl Packing {
    fn lanes(self) -> usize {
        match self {
            Self::Quads { lanes } | Self::Words { lanes } | Self::Tiles { lanes } => lanes,
        }
    }

    /// Groups of four components that a query takes up.
    fn padded_groups(self, groups: usize) -> usize {
        match self {
            Self::Quads { .. } | Self::Words { .. } => groups,
            Self::Tiles { .. } => groups.next_multiple_of(TILE),
        }
    }

    /// Bytes of four components.
    fn quad_bytes(self) -> usize {
        match self {
            Self::Quads { .. } | Self::Tiles { .. } => 4,
            Self::Words { .. } => 8,
        }
    }

    /// Where the first components of a query lie, counted in fours.
    fn first_quad(self, query: usize, padded_groups: usize) -> usize {
        match self {
            Self::Quads { lanes } | Self::Words { lanes } => query / lanes * lanes * padded_groups + query % lanes,
            Self::Tiles { .. } => query / TILE * TILE * padded_groups + query % TILE * TILE,
        }
    }

    /// How far from the first ones the components of a group lie, counted in fours.
    fn quads_on(self, group: usize) -> usize {
        match self {
            Self::Quads { lanes } | Self::Words { lanes } => group * lanes,
            Self::Tiles { .. } => group / TILE * TILE * TILE + group % TILE,
        }
    }

    /// How often a starting sum is stored.
    fn init_copies(self) -> usize {
        match self {
            Self::Quads { .. } | Self::Words { .. } => 1,
            Self::Tiles { .. } => TILE,
        }
    }
}

/// What the bound needs of a query, beside its screen.
#[derive(Clone, Copy, Debug)]
pub(crate) struct QueryBound {
    pub(crate) scale: f32,
    pub(crate) residual: f32,
    /// Upper bound of the norm of the quantised query.
    pub(crate) norm: f32,
}

/// A block of quantised queries with their screens.
///
/// Lanes without a query have code 0 and a closed screen.
pub(crate) struct Block {
    packing: Packing,
    groups: usize,
    padded_groups: usize,
    codes: Buffer<i8>,
    /// `-128 * sum of codes`: what the offset of the stored rows adds, taken off beforehand.
    init: Buffer<i32>,
    screens: Vec<Cell<Screen>>,
    bounds: Vec<QueryBound>,
}

impl Block {
    pub(crate) fn new(packing: Packing, dim: usize, capacity: usize) -> Self {
        let lanes = capacity.next_multiple_of(packing.lanes());
        let padded_groups = packing.padded_groups(groups(dim));
        Self {
            packing,
            groups: groups(dim),
            padded_groups,
            codes: Buffer::zeroed(lanes * padded_groups * packing.quad_bytes()),
            init: Buffer::zeroed(lanes * packing.init_copies()),
            screens: vec![Cell::new(Screen::CLOSED); lanes],
            bounds: Vec::with_capacity(capacity),
        }
    }

    /// Number of queries.
    pub(crate) fn len(&self) -> usize {
        self.bounds.len()
    }

    /// Quantises one more query; its screen is closed.
    pub(crate) fn push_values(&mut self, values: &[f32]) {
        let mut codes = vec![0; values.len()];
        let quantized = quantize(values, &mut codes);
        let (quads, rest) = codes.as_chunks::<4>();
        let mut last = [0; 4];
        last[..rest.len()].copy_from_slice(rest);
        let last = (!rest.is_empty()).then_some(last);
        self.push(quads.iter().copied().chain(last), quantized);
    }

    /// Takes a stored row as one more query; its screen is closed.
    pub(crate) fn push_row(&mut self, panel: &Panel, row: usize) {
        let quantized = RowScale { scale: panel.bounds.scale[row], residual: panel.bounds.residual[row] };
        self.push(panel.row_groups(row), quantized);
    }

    fn push(&mut self, quads: impl Iterator<Item = [i8; 4]>, quantized: RowScale) {
        let query = self.bounds.len();
        let first = self.packing.first_quad(query, self.padded_groups);
        let mut sum = 0;
        for (group, quad) in quads.enumerate() {
            let at = first + self.packing.quads_on(group);
            let [a, b, c, d] = quad;
            if let Packing::Words { .. } = self.packing {
                let words = [a, c, b, d].map(|code| i16::from(code).to_ne_bytes().map(u8::cast_signed));
                self.codes[8 * at..][..8].copy_from_slice(words.as_flattened());
            } else {
                self.codes[4 * at..][..4].copy_from_slice(&quad);
            }
            sum += i32::from(a) + i32::from(b) + i32::from(c) + i32::from(d);
        }
        let copies = self.packing.init_copies();
        self.init[query * copies..][..copies].fill(-128 * sum);
        let RowScale { scale, residual } = quantized;
        self.bounds.push(QueryBound { scale, residual, norm: bound::coded_norm(residual) });
    }

    /// Lets pass only rows that may reach `threshold` for query `query`.
    pub(crate) fn set_threshold(&self, query: usize, threshold: f32) {
        let QueryBound { scale, residual, norm } = self.bounds[query];
        self.screens[query].set(Screen::new(threshold, scale, residual, norm));
    }

    pub(crate) fn bound(&self, query: usize) -> QueryBound {
        self.bounds[query]
    }

    /// Groups of four components.
    pub(crate) fn groups(&self) -> usize {
        self.groups
    }

    /// The screen of query `query`.
    #[cfg_attr(not(target_arch = "x86_64"), allow(dead_code))]
    pub(crate) fn screen(&self, query: usize) -> Screen {
        self.screens[query].get()
    }

    /// The lanes of group `group`: codes, starting sums, screens.
    pub(crate) fn lanes(&self, group: usize) -> (&[i8], &[i32], &[Cell<Screen>]) {
        let lanes = self.packing.lanes();
        let bytes = lanes * self.padded_groups * self.packing.quad_bytes();
        let copies = self.packing.init_copies();
        (
            &self.codes[group * bytes..][..bytes],
            &self.init[group * lanes * copies..][..lanes * copies],
            &self.screens[group * lanes..][..lanes],
        )
    }
}
