//! The printed slip: one self-contained HTML page in large print (18 pt and more).

use super::words;
use super::{Benefit, Claims, Receipt};
use crate::error::{Error, Result};
use jiff::civil::Date;
use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};

/// The county's telephone, as the document prints it.
pub const TELEPHONE: &str = "0358-3026726";

/// Side of the drawn code in the page's own units; the page scales it to 70 mm.
const CODE_UNITS: u32 = 400;

/// The page of a receipt.
///
/// # Errors
/// [`Error::Receipt`] if the code does not fit a QR code, or a word has no name.
pub fn page(receipt: &Receipt) -> Result<String> {
    let pilot = if receipt.claims.pilot { "<p>试点运行，本回执为试点记录。</p>\n" } else { "" };
    Ok(include_str!("slip.html")
        .replace("{pilot}", pilot)
        .replace("{benefits}", &benefits(&receipt.claims)?)
        .replace("{facts}", &facts(&receipt.claims)?)
        .replace("{qr}", &drawing(&receipt.code)?)
        .replace("{telephone}", TELEPHONE))
}

/// A row for each benefit: its name, its last day.
fn benefits(claims: &Claims) -> Result<String> {
    let row = |benefit: &Benefit| {
        let name = words::kind(&benefit.kind).ok_or_else(|| nameless("kind"))?;
        Ok(format!("<tr><td>{name}</td><td>{}</td></tr>\n", day(benefit.valid_until)))
    };
    claims.benefits.iter().map(row).collect()
}

/// What holds for all benefits.
fn facts(claims: &Claims) -> Result<String> {
    let door = words::door(&claims.door).ok_or_else(|| nameless("channel"))?;
    let row = |name: &str, value: &str| format!("<tr><th>{name}</th><td>{value}</td></tr>\n");
    Ok(row("认证日期", &day(claims.certified_on)) + &row("办理方式", door) + &row("回执编号", &claims.number))
}

fn nameless(at: &str) -> Error {
    Error::receipt(at, "has no name here; check the record")
}

fn day(date: Date) -> String {
    format!("{}年{}月{}日", date.year(), date.month(), date.day())
}

fn drawing(code: &str) -> Result<String> {
    let code = QrCode::with_error_correction_level(code, EcLevel::M)
        .map_err(|_| Error::receipt("code", "too long for a QR code; use a shorter key id"))?;
    let drawing = code.render::<svg::Color>().min_dimensions(CODE_UNITS, CODE_UNITS).build();
    // Inside a page the XML declaration has no place.
    Ok(drawing.find("<svg").map(|start| drawing[start..].to_owned()).unwrap_or(drawing))
}
