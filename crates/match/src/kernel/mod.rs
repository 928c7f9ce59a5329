//! Instruction sets: the only place with SIMD, one dispatch for the whole crate.
//!
//! A [`Kernel`] can be had only for an instruction set that this machine runs, so holding one
//! is the proof that its functions may be called. All of them give the same integers, and
//! scores are certified to be the reference score, so the choice changes speed alone.

#[cfg(target_arch = "x86_64")]
mod amx;
#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod block;
#[cfg(target_arch = "x86_64")]
mod compensated;
mod limits;
#[cfg(target_arch = "aarch64")]
mod neon;
mod portable;
mod score;
mod sketch;

use std::fmt;
use std::str::FromStr;
use std::sync::OnceLock;

use crate::error::MatchError;
use crate::panel::Panel;

pub(crate) use block::{Block, Packing};
pub(crate) use sketch::SKETCH_ROWS;

/// An instruction set with kernels of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Isa {
    /// Plain Rust, vectorised by the compiler; on every machine.
    Portable,
    /// AVX2 and FMA: `vpmaddwd` on 32 bytes.
    Avx2,
    /// AVX-512 with VNNI: `vpdpbusd` on 64 bytes.
    Avx512,
    /// AMX with int8 tiles, and AVX-512 for all that is not a batch.
    Amx,
    /// NEON of every 64-bit Arm processor.
    Neon,
    /// NEON with `sdot`, from Armv8.2 on.
    NeonDot,
}

impl Isa {
    /// All instruction sets, slowest first.
    pub const ALL: [Self; 6] = [Self::Portable, Self::Avx2, Self::Avx512, Self::Amx, Self::Neon, Self::NeonDot];

    /// The names of all instruction sets.
    pub(crate) fn names() -> String {
        Self::ALL.map(Self::name).join(", ")
    }

    /// The name that `FACECERT_ISA` takes.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Portable => "portable",
            Self::Avx2 => "avx2",
            Self::Avx512 => "avx512",
            Self::Amx => "amx",
            Self::Neon => "neon",
            Self::NeonDot => "neon-dot",
        }
    }

    /// Whether this machine runs it.
    #[must_use]
    pub fn is_available(self) -> bool {
        match self {
            Self::Portable => true,
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => avx2::is_available(),
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => avx512::is_available(),
            #[cfg(target_arch = "x86_64")]
            Self::Amx => amx::is_available(),
            #[cfg(target_arch = "aarch64")]
            Self::Neon => true,
            #[cfg(target_arch = "aarch64")]
            Self::NeonDot => neon::has_dot_product(),
            #[allow(unreachable_patterns)] // those of other processors
            _ => false,
        }
    }
}

impl fmt::Display for Isa {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Isa {
    type Err = MatchError;

    fn from_str(name: &str) -> Result<Self, MatchError> {
        let found = Self::ALL.into_iter().find(|isa| isa.name() == name);
        found.ok_or_else(|| MatchError::UnknownIsa { name: name.to_owned() })
    }
}

/// Called for the rows of a panel that pass a query's screen: query, first row, one bit per
/// row from there, and the dot products of the codes of those rows (other entries are not
/// defined).
pub(crate) type OnHits<'a> = dyn FnMut(usize, usize, u64, &[i32]) + 'a;

/// The kernels of one instruction set that this machine runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kernel {
    isa: Isa,
}

impl Kernel {
    /// The kernels of `isa`, if this machine runs them.
    #[must_use]
    pub fn new(isa: Isa) -> Option<Self> {
        isa.is_available().then_some(Self { isa })
    }

    /// All kernels that this machine runs, slowest first.
    pub fn available() -> impl Iterator<Item = Self> {
        Isa::ALL.into_iter().filter_map(Self::new)
    }

    /// The kernels named by the environment variable `FACECERT_ISA`, else the fastest. The
    /// variable is read once.
    ///
    /// # Errors
    /// [`MatchError::UnknownIsa`] or [`MatchError::UnavailableIsa`] if the variable names
    /// what cannot be honoured.
    pub fn detected() -> Result<Self, MatchError> {
        static NAMED: OnceLock<Option<String>> = OnceLock::new();
        let named = NAMED.get_or_init(|| std::env::var("FACECERT_ISA").ok());
        match named.as_deref() {
            None | Some("") => {
                let fastest = Self::available().last();
                Ok(fastest.unwrap_or(Self { isa: Isa::Portable }))
            }
            Some(name) => {
                let isa = name.parse()?;
                Self::new(isa).ok_or(MatchError::UnavailableIsa { isa })
            }
        }
    }

    /// The instruction set.
    #[must_use]
    pub fn isa(self) -> Isa {
        self.isa
    }

    /// The kernel for a block of `queries`: a few do not fill a tile.
    pub(crate) fn suited(self, queries: usize) -> Self {
        match self.isa {
            Isa::Amx if queries < 16 => Self { isa: Isa::Avx512 },
            _ => self,
        }
    }

    pub(crate) fn packing(self) -> Packing {
        match self.isa {
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 => Packing::Words { lanes: avx2::LANES },
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512 => Packing::Quads { lanes: avx512::LANES },
            #[cfg(target_arch = "x86_64")]
            Isa::Amx => Packing::Tiles { lanes: amx::LANES },
            #[cfg(target_arch = "aarch64")]
            Isa::Neon | Isa::NeonDot => Packing::Quads { lanes: neon::LANES },
            _ => Packing::Quads { lanes: portable::LANES },
        }
    }

    /// Shows `on_hits` every row of `panel` that passes the screen of one of the first
    /// `queries` of `block`; meanwhile fetches `next`, the panel that follows (the last one: itself), into the cache.
    #[cfg_attr(not(target_arch = "x86_64"), allow(unused_variables))] // prefetch is x86's
    pub(crate) fn screen(self, panel: &Panel, next: &Panel, block: &Block, queries: usize, on_hits: &mut OnHits) {
        match self.isa {
            #[cfg(target_arch = "x86_64")]
            // SAFETY: a kernel exists only for an available instruction set.
            Isa::Avx2 => unsafe { avx2::screen(panel, next, block, queries, on_hits) },
            #[cfg(target_arch = "x86_64")]
            // SAFETY: a kernel exists only for an available instruction set.
            Isa::Avx512 => unsafe { avx512::screen(panel, next, block, queries, on_hits) },
            #[cfg(target_arch = "x86_64")]
            // SAFETY: a kernel exists only for an available instruction set.
            Isa::Amx => unsafe { amx::screen(panel, next, block, queries, on_hits) },
            #[cfg(target_arch = "aarch64")]
            Isa::Neon => neon::screen_plain(panel, block, queries, on_hits),
            #[cfg(target_arch = "aarch64")]
            // SAFETY: a kernel exists only for an available instruction set.
            Isa::NeonDot => unsafe { neon::screen_dot(panel, block, queries, on_hits) },
            _ => portable::screen(panel, block, queries, on_hits),
        }
    }
}

/// Asks for `data` in the second-level cache.
pub(crate) fn prefetch<T>(data: &[T]) {
    #[cfg(target_arch = "x86_64")]
    for line in data.chunks(64 / size_of::<T>()) {
        use std::arch::x86_64::{_MM_HINT_T1, _mm_prefetch};
        // SAFETY: prefetching changes nothing but the cache, whatever the address.
        unsafe { _mm_prefetch::<_MM_HINT_T1>(line.as_ptr().cast()) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = data;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::buffer::Buffer;
    use crate::panel::{CODE_FLIP, PANEL_ROWS, PanelBounds, panel_bytes, write_row};
    use proptest::prelude::*;

    /// All dot products of the rows of a panel with `queries` rows of it.
    fn all_dots(kernel: Kernel, panel: &Panel, dim: usize, queries: usize) -> Vec<Vec<i32>> {
        let mut block = Block::new(kernel.packing(), dim, queries);
        for row in 0..queries {
            block.push_row(panel, row % PANEL_ROWS);
            block.set_threshold(row, f32::NEG_INFINITY);
        }
        let mut all = vec![vec![i32::MIN; PANEL_ROWS]; queries];
        kernel.screen(panel, panel, &block, queries, &mut |query, first, passed, dots| {
            for at in crate::panel::set_bits(passed) {
                all[query][first + at] = dots[at];
            }
        });
        all
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn integers_equal_their_definition(
            dim in 64_usize..=1024,
            queries in 1_usize..=70,
            extreme: bool,
            seed: u64,
        ) {
            let mut state = seed | 1;
            let mut code = || {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let bits = (state >> 33) as u8;
                if extreme { [127, -127][usize::from(bits & 1)] } else { (bits as i8).max(-127) }
            };
            let rows: Vec<Vec<i8>> =
                (0..PANEL_ROWS).map(|_| (0..dim).map(|_| code()).collect()).collect();
            let mut codes = Buffer::zeroed(panel_bytes(dim));
            codes.fill(CODE_FLIP);
            for (row, codes_of_row) in rows.iter().enumerate() {
                write_row(&mut codes, row, codes_of_row);
            }
            let panel = Panel { codes: &codes, bounds: &PanelBounds::EMPTY, live: u64::MAX };
            let expected: Vec<Vec<i32>> = (0..queries)
                .map(|query| {
                    let y = &rows[query % PANEL_ROWS];
                    let dot = |x: &Vec<i8>| x.iter().zip(y).map(|(&a, &b)| i32::from(a) * i32::from(b)).sum();
                    rows.iter().map(dot).collect()
                })
                .collect();
            for kernel in Kernel::available() {
                prop_assert!(all_dots(kernel, &panel, dim, queries) == expected, "{}", kernel.isa());
            }
        }
    }

    #[test]
    fn names_are_read_back_and_others_refused() {
        for isa in Isa::ALL {
            assert_eq!(isa.name().parse::<Isa>().map_err(|error| error.number()), Ok(isa));
        }
        assert_eq!("sse9".parse::<Isa>().map_err(|error| error.number()), Err(20));
        assert_eq!(Kernel::available().next().map(Kernel::isa), Some(Isa::Portable));
    }
}
