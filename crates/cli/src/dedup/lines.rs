//! The file of pairs: comma-separated as in RFC 4180, one line a pair.

use std::path::Path;

use facecert_match::Pair;
use facecert_match::gallery::Gallery;

use super::Sets;
use crate::output::Failure;

/// The first line.
pub const HEADING: &str = "id_a,id_b,score\n";

/// What the rows of the compared sets are called.
pub struct Names<'a>(pub &'a Sets);

impl Names<'_> {
    /// Appends the line of a pair.
    pub fn append_line(&self, pair: &Pair, out: &mut Vec<u8>) {
        let galleries = [&self.0.left, self.0.right.as_ref().unwrap_or(&self.0.left)];
        for (side, gallery) in galleries.into_iter().enumerate() {
            append_name(gallery, pair.rows[side], pair.labels[side].id, out);
            out.push(b',');
        }
        out.extend(format!("{}\n", pair.score).into_bytes());
    }
}

/// The row's key, else its id. The label came from the same part of the file, which is in memory.
fn append_name(gallery: &Gallery, row: usize, id: u64, out: &mut Vec<u8>) {
    match gallery.key(row) {
        Ok(key) if !key.is_empty() => append_field(key, out),
        _ => out.extend(id.to_string().into_bytes()),
    }
}

fn append_field(text: &[u8], out: &mut Vec<u8>) {
    if !text.iter().any(|byte| b",\"\r\n".contains(byte)) {
        out.extend(text);
        return;
    }
    out.push(b'"');
    for &byte in text {
        out.extend(std::iter::repeat_n(byte, if byte == b'"' { 2 } else { 1 }));
    }
    out.push(b'"');
}

/// What a file of pairs holds.
pub struct Summary {
    pub pairs: u64,
    pub lowest_score: Option<f32>,
}

/// Counts the pairs of a finished file.
pub fn summary(path: &Path) -> Result<Summary, Failure> {
    let fault = |e: csv::Error| Failure::at(path, e);
    let mut summary = Summary { pairs: 0, lowest_score: None };
    let mut reader = csv::Reader::from_path(path).map_err(fault)?;
    for line in reader.byte_records() {
        let line = line.map_err(fault)?;
        let score = line.get(2).and_then(|text| std::str::from_utf8(text).ok()?.parse::<f32>().ok());
        summary.pairs += 1;
        summary.lowest_score = summary.lowest_score.into_iter().chain(score).reduce(f32::min);
    }
    Ok(summary)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_come_back_as_they_were() {
        for text in ["plain", "li, wei/1.jpg", "a \"quoted\" name", "two\nlines", ""] {
            let mut line = Vec::new();
            append_field(text.as_bytes(), &mut line);
            line.extend(b",end\n");
            let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(&line[..]);
            let record = reader.records().next().expect("a line").expect("sound");
            assert_eq!(record.iter().collect::<Vec<_>>(), [text, "end"]);
        }
    }
}
