//! What the machine can do at most, measured beside what is measured.

use super::Kernel;
#[cfg(target_arch = "x86_64")]
use super::{Isa, amx, avx2, avx512};

impl Kernel {
    /// Multiplies and adds int8 codes in registers, `rounds` times a few: the number of
    /// products, or `None` where no such limit is known.
    #[cfg_attr(not(target_arch = "x86_64"), allow(unused_variables))]
    pub(crate) fn peak(self, rounds: u64) -> Option<u64> {
        match self.isa {
            #[cfg(target_arch = "x86_64")]
            // SAFETY: a kernel exists only for an available instruction set.
            Isa::Avx2 => Some(unsafe { avx2::peak(rounds) }),
            #[cfg(target_arch = "x86_64")]
            // SAFETY: a kernel exists only for an available instruction set.
            Isa::Avx512 => Some(unsafe { avx512::peak(rounds) }),
            #[cfg(target_arch = "x86_64")]
            Isa::Amx => Some(amx::peak(rounds)),
            _ => None,
        }
    }

    /// Reads all of `bytes` but an odd end; a value that depends on them.
    pub(crate) fn read(self, bytes: &[u8]) -> u64 {
        match self.isa {
            #[cfg(target_arch = "x86_64")]
            // SAFETY: a kernel exists only for an available instruction set.
            Isa::Avx512 | Isa::Amx => unsafe { avx512::read(bytes) },
            _ => bytes.as_chunks::<8>().0.iter().fold(0, |all, &b| all ^ u64::from_ne_bytes(b)),
        }
    }
}
