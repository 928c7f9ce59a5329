//! An acknowledgement row: the platform's answer to one exported record. Its text is not kept: it may name a person.

use super::fields::Fields;
use super::table::BadCell;
use super::{Made, row_identity};
use crate::event::{AckReceived, AckStatus};
use crate::value::{Hex32, Instant, Token};
use serde::Serialize;

#[derive(Serialize)]
struct Row {
    ack_of: Hex32,
    status: AckStatus,
    at: Instant,
    code: Option<Token>,
}

pub(super) fn read(fields: &Fields<'_>) -> Result<(Hex32, Made), BadCell> {
    let row = Row {
        ack_of: fields.required("ack_of")?,
        status: fields.required("status")?,
        at: fields.instant("at")?.ok_or_else(|| fields.bad_field("at", "empty; this field is required"))?,
        code: fields.value("code")?,
    };
    let identity = row_identity("acks", &row);
    let ack = AckReceived { ack_of: row.ack_of, status: row.status, at: row.at, row: identity, code: row.code };
    Ok((identity, Made::Event { effective: row.at.day(), payload: ack.into(), notes: Vec::new() }))
}
