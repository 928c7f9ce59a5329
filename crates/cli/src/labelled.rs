//! Templates from elsewhere: a matrix in NumPy's format and a table that says whose each row is.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use npyz::{DType, NpyFile, Order};

use crate::output::Failure;

/// Templates with their labels.
pub struct Templates {
    /// Components of a template.
    pub dim: usize,
    /// All of them, row by row.
    pub values: Vec<f32>,
    /// Whose they are, row by row.
    pub labels: Vec<Label>,
}

/// Whose a row is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The template's own id.
    pub id: String,
    /// The person.
    pub person: String,
    /// Where the photo is from, if the table has a fourth column.
    pub group: String,
}

impl Templates {
    /// The row's components.
    pub fn row(&self, row: usize) -> &[f32] {
        &self.values[row * self.dim..][..self.dim]
    }
}

/// Reads `templates` (rows x dim, f32, C order) and `ids` (TSV: row, id, person, optionally group; a header line may be there).
pub fn read(templates: &Path, ids: &Path) -> Result<Templates, Failure> {
    let (rows, dim, values) = matrix(templates)?;
    let mut labels: Vec<Option<Label>> = vec![None; rows];
    let text = std::fs::read_to_string(ids).map_err(|e| Failure::at(ids, e))?;
    for (line, text) in text.lines().enumerate() {
        let fault = |what: &str| Failure::at(ids, format_args!("line {}: {what}", line + 1));
        let fields: Vec<&str> = text.split('\t').collect();
        let [row, id, person, rest @ ..] = fields[..].as_ref() else {
            return Err(fault("give row, id, person, parted by tabs"));
        };
        let Ok(row) = row.parse::<usize>() else {
            if line == 0 {
                continue;
            }
            return Err(fault("the row is not a number"));
        };
        let label = Label {
            id: (*id).to_owned(),
            person: (*person).to_owned(),
            group: rest.first().copied().unwrap_or_default().to_owned(),
        };
        match labels.get_mut(row) {
            None => return Err(fault(&format!("row {row} is beyond the {rows} rows of the matrix"))),
            Some(Some(_)) => return Err(fault(&format!("row {row} is named twice"))),
            Some(slot) => *slot = Some(label),
        }
    }
    let missing = labels.iter().position(Option::is_none);
    let labels: Option<Vec<Label>> = labels.into_iter().collect();
    match (labels, missing) {
        (Some(labels), _) => Ok(Templates { dim, values, labels }),
        (None, row) => Err(Failure::at(ids, format_args!("does not name row {}", row.unwrap_or_default()))),
    }
}

fn matrix(path: &Path) -> Result<(usize, usize, Vec<f32>), Failure> {
    let fault = |e: std::io::Error| Failure::at(path, e);
    let file = File::open(path).map_err(fault)?;
    let bytes = file.metadata().map_err(fault)?.len();
    let npy =
        NpyFile::new(BufReader::new(file)).map_err(|e| Failure::at(path, format_args!("not a NumPy file: {e}")))?;
    let wanted = || Failure::at(path, "give a matrix of f32 in C order: rows x components, as numpy.save writes it");
    let [rows, dim] = npy.shape()[..] else { return Err(wanted()) };
    let is_f32 = matches!(npy.dtype(), DType::Plain(t) if t.to_string() == "<f4");
    if npy.order() != Order::C
        || !is_f32
        || rows.checked_mul(dim).and_then(|n| n.checked_mul(4)).is_none_or(|n| n > bytes)
    {
        return Err(wanted());
    }
    let values = npy.into_vec::<f32>().map_err(fault)?;
    Ok((rows as usize, dim as usize, values))
}

/// Names as small numbers, in the order of their first use.
pub fn numbered<'a>(names: impl Iterator<Item = &'a str>) -> Vec<u32> {
    let mut known: BTreeMap<&str, u32> = BTreeMap::new();
    names
        .map(|name| {
            let next = known.len() as u32;
            *known.entry(name).or_insert(next)
        })
        .collect()
}
