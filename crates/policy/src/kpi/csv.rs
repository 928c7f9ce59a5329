//! The report as CSV: the same figures as the JSON, one line per unit.

use super::report::{KpiReport, Rate, Row};
use crate::error::Error;
use std::fmt::Display;

impl KpiReport {
    /// CSV in UTF-8 with a header; a figure that the JSON has as `null` is an empty cell.
    ///
    /// # Errors
    /// [`Error::NotCanonical`], which no report gives.
    pub fn to_csv(&self) -> Result<String, Error> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        for (at, row) in self.rows.iter().enumerate() {
            let cells = cells(row);
            if at == 0 {
                let header = cells.iter().map(|(column, _)| column);
                writer.write_record(header).map_err(|_| Error::NotCanonical)?;
            }
            writer.write_record(cells.iter().map(|(_, text)| text)).map_err(|_| Error::NotCanonical)?;
        }
        let bytes = writer.into_inner().map_err(|_| Error::NotCanonical)?;
        String::from_utf8(bytes).map_err(|_| Error::NotCanonical)
    }
}

/// Columns and texts of one row.
fn cells(row: &Row) -> Vec<(String, String)> {
    let mut cells = vec![
        ("unit".to_owned(), row.unit.clone()),
        ("name".to_owned(), row.name.clone().unwrap_or_default()),
        ("level".to_owned(), row.level.to_string()),
        ("partial".to_owned(), row.partial.to_string()),
    ];
    for (name, rate) in rates(row) {
        push_rate(&mut cells, name, &rate);
    }
    cells.push(("k1_target_met".to_owned(), or_empty(row.k1.target_met)));
    cells.push(("k4_manual".to_owned(), row.k4.manual.to_string()));
    cells.push(("k8_count".to_owned(), row.k8.count.to_string()));
    cells.push(("k8_median_days".to_owned(), or_empty(row.k8.median_days)));
    cells.push(("k8_max_days".to_owned(), or_empty(row.k8.max_days)));
    for (kind, losses) in &row.k12 {
        let name = format!("k12_{kind}");
        push_rate(&mut cells, &name, &losses.precision);
        cells.push((format!("{name}_refuted"), losses.refuted.to_string()));
        cells.push((format!("{name}_months"), or_empty(losses.months)));
        cells.push((format!("{name}_fen"), or_empty(losses.fen)));
    }
    cells
}

/// The key figures that are rates, with their names.
pub(super) fn rates(row: &Row) -> [(&'static str, Rate); 10] {
    [
        ("k1", row.k1.rate),
        ("k2", row.k2),
        ("k3", row.k3),
        ("k4", row.k4.rate),
        ("k5", row.k5),
        ("k6", row.k6),
        ("k7", row.k7),
        ("k9", row.k9),
        ("k10", row.k10),
        ("k11", row.k11),
    ]
}

fn push_rate(cells: &mut Vec<(String, String)>, name: &str, rate: &Rate) {
    cells.push((format!("{name}_num"), rate.num.to_string()));
    cells.push((format!("{name}_den"), rate.den.to_string()));
    cells.push((format!("{name}_bp"), or_empty(rate.bp)));
}

fn or_empty<T: Display>(value: Option<T>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}
