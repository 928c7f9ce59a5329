//! Instruction sets: the only place with SIMD, one dispatch for the whole crate.
//!
//! A [`Kernel`] can be had only for an instruction set that this machine runs, so holding one
//! is the proof that its functions may be called. All of them give the same integers, and
//! scores are certified to be the reference score, so the choice changes speed alone.

#[cfg(target_arch = "x86_64")]
mod amx;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod block;
mod limits;
mod portable;
mod score;

use std::fmt;
use std::str::FromStr;
use std::sync::OnceLock;

use crate::error::MatchError;
use crate::panel::Panel;

pub(crate) use block::{Block, Packing};
pub use score::Probe;

/// An instruction set with kernels of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Isa {
    /// Plain Rust, vectorised by the compiler; on every machine.
    Portable,
    /// AVX-512 with VNNI: `vpdpbusd` on 64 bytes.
    Avx512,
    /// AMX with int8 tiles, and AVX-512 for all that is not a batch.
    Amx,
}

impl Isa {
    /// All instruction sets, slowest first.
    pub const ALL: [Self; 3] = [Self::Portable, Self::Avx512, Self::Amx];

    /// The names of all instruction sets.
    pub(crate) fn names() -> String {
        Self::ALL.map(Self::name).join(", ")
    }

    /// The name that `FACECERT_ISA` takes.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Portable => "portable",
            Self::Avx512 => "avx512",
            Self::Amx => "amx",
        }
    }

    /// Whether this machine runs it.
    #[must_use]
    pub fn is_available(self) -> bool {
        match self {
            Self::Portable => true,
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => avx512::is_available(),
            #[cfg(target_arch = "x86_64")]
            Self::Amx => amx::is_available(),
            #[cfg(not(target_arch = "x86_64"))]
            Self::Avx512 | Self::Amx => false,
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
        found.ok_or_else(|| MatchError::UnknownIsa {
            name: name.to_owned(),
        })
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
            Isa::Amx => Packing::Tiles { lanes: 32 },
            _ => Packing::Quads { lanes: 6 },
        }
    }

    /// Shows `on_hits` every row of `panel` that passes the screen of one of the first
    /// `queries` of `block`; meanwhile fetches `next`, the panel that follows, into the cache.
    pub(crate) fn screen(
        self,
        panel: &Panel,
        next: &[u8],
        block: &Block,
        queries: usize,
        on_hits: &mut OnHits,
    ) {
        match self.isa {
            #[cfg(target_arch = "x86_64")]
            // SAFETY: a kernel exists only for an available instruction set.
            Isa::Avx512 => unsafe { avx512::screen(panel, next, block, queries, on_hits) },
            #[cfg(target_arch = "x86_64")]
            // SAFETY: a kernel exists only for an available instruction set.
            Isa::Amx => unsafe { amx::screen(panel, next, block, queries, on_hits) },
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
