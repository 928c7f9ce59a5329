//! AMX: 16 queries by 16 rows by 64 components in one instruction, eight times VNNI.
//!
//! The panel's layout is that of a right operand already: 16 lines, 256 bytes apart, hold 64
//! components of 16 rows. A cell is 32 queries by 32 rows, four accumulator tiles. Tiles can
//! be compared only after they went through memory, so while a cell is multiplied, the one
//! before is screened with AVX-512.

// Registers go by number, instructions by name, and unaligned addresses are loaded as such.
#![allow(clippy::unused_self)] // `Tiles` is the proof that the registers are ours
#![allow(clippy::needless_range_loop, clippy::wildcard_imports, clippy::cast_ptr_alignment)]

use std::arch::asm;
use std::arch::x86_64::*;
use std::sync::OnceLock;

use super::{Block, OnHits, avx512, prefetch};
use crate::panel::{GROUP_BYTES, PANEL_ROWS, Panel};

/// Queries of a cell.
pub(super) const LANES: usize = 32;
/// Rows of a cell.
const CELL_ROWS: usize = 32;
/// Queries or rows of a tile.
pub(super) const TILE_ROWS: usize = 16;
/// Groups of four components that one instruction takes.
pub(super) const STEP_GROUPS: usize = 16;
/// Bytes of a tile of queries.
const TILE_BYTES: usize = TILE_ROWS * 64;
/// Bytes of 64 components of a panel.
const STEP_BYTES: usize = STEP_GROUPS * GROUP_BYTES;

/// Whether processor and operating system grant the tiles. The system must be asked, once for
/// the process.
pub(super) fn is_available() -> bool {
    static GRANTED: OnceLock<bool> = OnceLock::new();
    *GRANTED.get_or_init(|| avx512::is_available() && has_tiles() && request_tiles())
}

fn has_tiles() -> bool {
    const TILE: u32 = 1 << 24;
    const INT8: u32 = 1 << 25;
    // SAFETY: every x86-64 processor has CPUID. Newer compilers know that themselves.
    #[allow(unused_unsafe)]
    let features = unsafe { if __cpuid(0).eax < 7 { 0 } else { __cpuid_count(7, 0).edx } };
    features & (TILE | INT8) == TILE | INT8
}

#[cfg(target_os = "linux")]
fn request_tiles() -> bool {
    const ARCH_REQ_XCOMP_PERM: libc::c_long = 0x1023;
    const XFEATURE_XTILEDATA: libc::c_long = 18;
    // SAFETY: the call takes two numbers and touches no memory of ours.
    unsafe { libc::syscall(libc::SYS_arch_prctl, ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA) == 0 }
}

#[cfg(not(target_os = "linux"))]
fn request_tiles() -> bool {
    false
}

/// Dot products of a cell, `[query][row]`.
#[repr(align(64))]
struct Cell([i32; LANES * CELL_ROWS]);

#[target_feature(enable = "avx512f,avx512dq,avx512vnni")]
pub(super) fn screen(panel: &Panel, next: &Panel, block: &Block, queries: usize, on_hits: &mut OnHits) {
    assert!(panel.codes.len() == block.groups() * GROUP_BYTES, "panel and queries of one dimension");
    let steps = Steps::new(panel.codes);
    let groups = queries.div_ceil(LANES);
    let cells = groups * (PANEL_ROWS / CELL_ROWS);
    let mut ahead = next.codes.chunks(next.codes.len().div_ceil(cells.max(1)).max(64));
    let tiles = Tiles::configure();
    let mut dots = Cell([0; LANES * CELL_ROWS]);
    let mut waiting: Option<Screening> = None;
    for cell in 0..cells {
        prefetch(ahead.next().unwrap_or_default());
        // Half a panel stays in the first-level cache while the queries stream by.
        let (half, group) = (cell / groups, cell % groups);
        let (codes, init, _) = block.lanes(group);
        tiles.start(codes, steps.get(0), half, init, &mut dots);
        let share = LANES.div_ceil(steps.len());
        for step in 1..steps.len() {
            tiles.multiply(codes, step, steps.get(step), half);
            if let Some(waiting) = &mut waiting {
                waiting.compare(share, &dots, on_hits);
            }
        }
        if let Some(waiting) = &mut waiting {
            waiting.compare(LANES, &dots, on_hits);
        }
        waiting = Some(Screening::new(panel, block, queries, group, half));
    }
    if let Some(waiting) = &mut waiting {
        tiles.store(&mut dots);
        waiting.compare(LANES, &dots, on_hits);
    }
}

/// The stored codes of a panel, 64 components at a time.
struct Steps<'a> {
    whole: &'a [u8],
    /// What does not fill a step, padded: an instruction reads all of it.
    last: Option<[u8; STEP_BYTES]>,
}

impl<'a> Steps<'a> {
    fn new(codes: &'a [u8]) -> Self {
        let (whole, rest) = codes.split_at(codes.len() / STEP_BYTES * STEP_BYTES);
        let last = (!rest.is_empty()).then(|| {
            let mut last = [0; STEP_BYTES];
            last[..rest.len()].copy_from_slice(rest);
            last
        });
        Self { whole, last }
    }

    fn len(&self) -> usize {
        self.whole.len() / STEP_BYTES + usize::from(self.last.is_some())
    }

    fn get(&self, step: usize) -> &[u8; STEP_BYTES] {
        match self.whole[step * STEP_BYTES..].first_chunk() {
            Some(chunk) => chunk,
            None => self.last.as_ref().expect("only the last step is padded"),
        }
    }
}

/// The tile registers, ours until dropped: 0 to 3 accumulate, 4 and 5 hold queries, 6 and 7
/// rows.
struct Tiles(());

impl Tiles {
    /// Eight tiles of 16 rows by 64 bytes.
    fn configure() -> Self {
        #[repr(C, align(64))]
        struct Config {
            palette: u8,
            start_row: u8,
            reserved: [u8; 14],
            row_bytes: [u16; 16],
            rows: [u8; 16],
        }
        static CONFIG: Config = Config {
            palette: 1,
            start_row: 0,
            reserved: [0; 14],
            row_bytes: [64, 64, 64, 64, 64, 64, 64, 64, 0, 0, 0, 0, 0, 0, 0, 0],
            rows: [16, 16, 16, 16, 16, 16, 16, 16, 0, 0, 0, 0, 0, 0, 0, 0],
        };
        // SAFETY: reads 64 bytes. The compiler uses no tile, and `is_available` was true.
        unsafe { asm!("ldtilecfg [{}]", in(reg) &raw const CONFIG, options(nostack, readonly)) };
        Self(())
    }

    /// Writes the sums of the cell before to `dots`, one tile at a time while the products of
    /// the first 64 components of the next cell start: a tile is slow to write. `init` holds
    /// 16 equal sums for each of 32 queries.
    fn start(&self, queries: &[i8], rows: &[u8; STEP_BYTES], half: usize, init: &[i32], dots: &mut Cell) {
        assert!(init.len() == LANES * TILE_ROWS);
        let (first, second) = Self::queries(queries, 0);
        let (low, high) = dots.0.split_at_mut(LANES * CELL_ROWS / 2);
        // SAFETY: reads as `multiply` does, and two tiles of `init`; writes 16 lines of 128
        // bytes to each half of `dots`.
        unsafe {
            asm!(
                "tileloadd tmm4, [{first} + {line}]",
                "tileloadd tmm6, [{left} + {group}]",
                "tilestored [{low} + 2 * {line}], tmm0",
                "tileloadd tmm0, [{init} + {line}]",
                "tdpbsud tmm0, tmm4, tmm6",
                "tileloadd tmm7, [{left} + {group} + 64]",
                "tilestored [{low} + 2 * {line} + 64], tmm1",
                "tileloadd tmm1, [{init} + {line}]",
                "tdpbsud tmm1, tmm4, tmm7",
                "tileloadd tmm5, [{second} + {line}]",
                "tilestored [{high} + 2 * {line}], tmm2",
                "tileloadd tmm2, [{init} + {line} + 1024]",
                "tdpbsud tmm2, tmm5, tmm6",
                "tilestored [{high} + 2 * {line} + 64], tmm3",
                "tileloadd tmm3, [{init} + {line} + 1024]",
                "tdpbsud tmm3, tmm5, tmm7",
                first = in(reg) first.as_ptr(),
                second = in(reg) second.as_ptr(),
                left = in(reg) rows[half * 128..].as_ptr(),
                init = in(reg) init.as_ptr(),
                low = in(reg) low.as_mut_ptr(),
                high = in(reg) high.as_mut_ptr(),
                line = in(reg) 64_usize,
                group = in(reg) GROUP_BYTES,
                options(nostack),
            );
        }
    }

    /// The two tiles of queries of a step.
    fn queries(codes: &[i8], step: usize) -> (&[i8], &[i8]) {
        let (first, second) = codes.split_at(codes.len() / 2);
        (&first[step * TILE_BYTES..][..TILE_BYTES], &second[step * TILE_BYTES..][..TILE_BYTES])
    }

    /// Adds the products of 64 components of all queries and of half of the rows.
    fn multiply(&self, queries: &[i8], step: usize, rows: &[u8; STEP_BYTES], half: usize) {
        let (first, second) = Self::queries(queries, step);
        let left = &rows[half * 128..];
        // SAFETY: reads two tiles of queries and, of the 16 lines of 256 bytes in `rows`, the
        // 128 bytes from `half * 128` on; `half` is 0 or 1.
        unsafe {
            asm!(
                "tileloadd tmm4, [{first} + {line}]",
                "tileloadd tmm6, [{left} + {group}]",
                "tdpbsud tmm0, tmm4, tmm6",
                "tileloadd tmm7, [{left} + {group} + 64]",
                "tdpbsud tmm1, tmm4, tmm7",
                "tileloadd tmm5, [{second} + {line}]",
                "tdpbsud tmm2, tmm5, tmm6",
                "tdpbsud tmm3, tmm5, tmm7",
                first = in(reg) first.as_ptr(),
                second = in(reg) second.as_ptr(),
                left = in(reg) left.as_ptr(),
                line = in(reg) 64_usize,
                group = in(reg) GROUP_BYTES,
                options(nostack, readonly),
            );
        }
    }

    /// Writes the sums of the last cell.
    fn store(&self, dots: &mut Cell) {
        let (low, high) = dots.0.split_at_mut(LANES * CELL_ROWS / 2);
        // SAFETY: writes 16 lines of 128 bytes to each half.
        unsafe {
            asm!(
                "tilestored [{low} + 2 * {line}], tmm0",
                "tilestored [{low} + 2 * {line} + 64], tmm1",
                "tilestored [{high} + 2 * {line}], tmm2",
                "tilestored [{high} + 2 * {line} + 64], tmm3",
                low = in(reg) low.as_mut_ptr(),
                high = in(reg) high.as_mut_ptr(),
                line = in(reg) 64_usize,
                options(nostack),
            );
        }
    }
}

impl Drop for Tiles {
    fn drop(&mut self) {
        // SAFETY: gives the tiles back, so that switches of threads need not save them.
        unsafe { asm!("tilerelease", options(nostack, nomem)) };
    }
}

/// A cell whose dot products wait for the screens of their queries.
struct Screening<'a> {
    block: &'a Block,
    query: usize,
    end: usize,
    half: usize,
    slack: [__m512; 2],
    inverse: [__m512; 2],
    live: u64,
}

impl<'a> Screening<'a> {
    #[target_feature(enable = "avx512f")]
    #[inline]
    fn new(panel: &Panel, block: &'a Block, queries: usize, group: usize, half: usize) -> Self {
        let at = half * CELL_ROWS;
        let load = |of: &[f32; PANEL_ROWS]| {
            let of = of[at..].as_ptr();
            // SAFETY: 32 floats from 0 or 32 on, of 64 that begin on a line.
            unsafe { [_mm512_load_ps(of), _mm512_load_ps(of.add(16))] }
        };
        Self {
            block,
            query: group * LANES,
            end: queries.min((group + 1) * LANES),
            half,
            slack: load(&panel.bounds.slack),
            inverse: load(&panel.bounds.inverse),
            live: panel.live >> at & u64::from(u32::MAX),
        }
    }

    /// Screens the next `count` queries.
    #[target_feature(enable = "avx512f,avx512dq")]
    #[inline]
    fn compare(&mut self, count: usize, dots: &Cell, on_hits: &mut OnHits) {
        let to = self.end.min(self.query + count);
        for query in self.query..to {
            let dots = &dots.0[query % LANES * CELL_ROWS..][..CELL_ROWS];
            let screen = self.block.screen(query);
            let (cut, norm) = (_mm512_set1_ps(screen.cut), _mm512_set1_ps(screen.norm));
            let mut margins = [_mm512_setzero_ps(); 2];
            for j in 0..2 {
                // SAFETY: 16 of 32 sums, on a line of the cell.
                let sums = unsafe { _mm512_load_si512(dots.as_ptr().add(16 * j).cast()) };
                let sums = _mm512_fmadd_ps(norm, self.slack[j], _mm512_cvtepi32_ps(sums));
                margins[j] = _mm512_fnmadd_ps(cut, self.inverse[j], sums);
            }
            let zero = _mm512_setzero_ps();
            let largest = _mm512_max_ps(margins[0], margins[1]);
            if _mm512_cmp_ps_mask::<_CMP_GE_OQ>(largest, zero) != 0 {
                let first = u64::from(_mm512_cmp_ps_mask::<_CMP_GE_OQ>(margins[0], zero));
                let second = u64::from(_mm512_cmp_ps_mask::<_CMP_GE_OQ>(margins[1], zero));
                self.hits(query, first | second << 16, dots, on_hits);
            }
        }
        self.query = to;
    }

    #[cold]
    #[inline(never)]
    fn hits(&self, query: usize, passed: u64, dots: &[i32], on_hits: &mut OnHits) {
        if passed & self.live != 0 {
            on_hits(query, self.half * CELL_ROWS, passed & self.live, dots);
        }
    }
}

/// Multiplies and adds bytes as fast as the processor can; the number of products.
pub(super) fn peak(rounds: u64) -> u64 {
    let _tiles = Tiles::configure();
    for _ in 0..rounds {
        // SAFETY: registers only, which are configured and ours.
        unsafe {
            asm!(
                "tdpbsud tmm0, tmm4, tmm6",
                "tdpbsud tmm1, tmm4, tmm7",
                "tdpbsud tmm2, tmm5, tmm6",
                "tdpbsud tmm3, tmm5, tmm7",
                options(nostack, nomem),
            );
        }
    }
    rounds * 4 * (TILE_ROWS * TILE_BYTES) as u64
}
