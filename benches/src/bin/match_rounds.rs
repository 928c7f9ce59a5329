//! Our side of a comparison that another program leads: one round for each line of standard
//! input, so that ours and its engines take turns over the same vectors.
//!
//! ```text
//! match-rounds ROWS QUERIES DIM
//! ```
//!
//! Both files hold little-endian f32 rows of `DIM` components. The lines are `scan` (the ten
//! best of the first query), `batch` (of every query), `pairs THRESHOLD` and `limits`; each is
//! answered by one line of JSON with the processor time of the one thread.

use std::hint::black_box;
use std::io::BufRead as _;

use facecert_match::kernel::Kernel;
use facecert_match::measure::{CONTRACT, peak_products, read_codes, thread_cpu_s};
use facecert_match::{Hit, Label, MatchError, MemoryRows, Pairs, Review, Rows, Search, Template, Wanted};

type Error = Box<dyn std::error::Error>;

fn main() -> Result<(), Error> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [rows, queries, dim] = &arguments[..] else { return Err("match-rounds ROWS QUERIES DIM".into()) };
    let dim = dim.parse()?;
    let start = thread_cpu_s();
    let rows = rows_of(&std::fs::read(rows)?, dim)?;
    eprintln!("packed {} rows in {:.2} s", rows.len(), thread_cpu_s() - start);
    let queries = templates_of(&std::fs::read(queries)?, dim)?;
    let kernel = Kernel::detected()?;
    let search = Search::new(&rows)?;
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        match line.split_once(' ').unwrap_or((&line, "")) {
            ("scan", _) => timed(|| search.batch(&queries[..1], Wanted::top(10)).map(|(hits, _)| rows_found(&hits)))?,
            ("batch", _) => timed(|| search.batch(&queries, Wanted::top(10)).map(|(hits, _)| rows_found(&hits)))?,
            ("pairs", threshold) => {
                let review = Review::Threshold(threshold.parse()?);
                timed(|| Pairs::within(&rows)?.collect(review).map(|(pairs, _)| pairs.len().to_string()))?;
            }
            ("limits", _) => limits(kernel, &rows),
            _ => return Err(format!("unknown round: {line}").into()),
        }
    }
    Ok(())
}

fn templates_of(bytes: &[u8], dim: usize) -> Result<Vec<Template>, MatchError> {
    let values: Vec<f32> = bytes.as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
    values.chunks(dim).map(|row| Template::new(CONTRACT, row)).collect()
}

fn rows_of(bytes: &[u8], dim: usize) -> Result<MemoryRows, MatchError> {
    let row_bytes = 4 * dim;
    MemoryRows::new(CONTRACT, dim, bytes.len() / row_bytes, |row| {
        let template = templates_of(&bytes[row * row_bytes..][..row_bytes], dim)?.swap_remove(0);
        Ok((Label { id: row as u64, person: row as u64 }, template))
    })
}

/// The rows that each query found, as JSON.
fn rows_found(hits: &[Vec<Hit>]) -> String {
    let rows: Vec<Vec<usize>> = hits.iter().map(|hits| hits.iter().map(|hit| hit.row).collect()).collect();
    format!("{rows:?}")
}

fn timed(round: impl Fn() -> Result<String, MatchError>) -> Result<(), MatchError> {
    let start = thread_cpu_s();
    let found = round()?;
    println!("{{\"seconds\":{:.6},\"found\":{found}}}", thread_cpu_s() - start);
    Ok(())
}

/// Products of int8 codes and bytes of the rows that one thread can do in a second.
fn limits(kernel: Kernel, rows: &MemoryRows) {
    let start = thread_cpu_s();
    let products = black_box(peak_products(kernel)).unwrap_or_default() as f64 / (thread_cpu_s() - start);
    let start = thread_cpu_s();
    read_codes(kernel, rows);
    let rows_per_s = rows.len() as f64 / (thread_cpu_s() - start);
    println!("{{\"isa\":\"{}\",\"products_per_s\":{products:.4e},\"rows_per_s\":{rows_per_s:.4e}}}", kernel.isa());
}
