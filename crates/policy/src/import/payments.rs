//! A payment row: what the platform says of one line and month.

use super::fields::Fields;
use super::known::Known;
use super::people::{People, Seen, Who};
use super::table::BadCell;
use super::{Made, row_identity};
use crate::event::{EntitlementEnded, PaymentCause, PaymentState, PlatformPayment};
use crate::value::{Day, Hex32, IdMatch, Instant, Month, Ref};
use crate::vocabulary::Kind;
use serde::Serialize;

#[derive(Serialize)]
struct Row {
    id_match: Option<IdMatch>,
    name_hmac: Option<IdMatch>,
    entitlement: Option<Ref>,
    kind: Option<Kind>,
    month: Month,
    /// `None`: the line has ended.
    state: Option<PaymentState>,
    cause: Option<PaymentCause>,
    as_of: Option<Day>,
    amount_fen: Option<i64>,
}

pub(super) fn read(
    fields: &Fields<'_>,
    seen: &Seen,
    people: &People,
    known: &Known,
    now: Instant,
) -> Result<(Hex32, Made), BadCell> {
    let row = Row {
        id_match: seen.id_match,
        name_hmac: seen.name_hmac,
        entitlement: fields.value("entitlement")?,
        kind: fields.value("kind")?,
        month: fields.month("month")?.ok_or_else(|| fields.bad_field("month", "empty; this field is required"))?,
        state: state(fields)?,
        cause: fields.value("cause")?,
        as_of: fields.day("as_of")?,
        amount_fen: amount(fields)?,
    };
    let identity = row_identity("payments", &row);
    let (person, name_match) = match people.who(seen, fields, known)? {
        Who::Found(person, name_match) => (person, name_match),
        refer @ Who::Refer(..) => return Ok((identity, Made::refer(&refer, seen))),
    };
    let person_ref = person.person_ref.clone();
    let of_kind = || known.line_of_kind(&person_ref, row.kind?).cloned();
    let entitlement = match row.entitlement {
        Some(line) if known.has_line(&person_ref, &line) => line,
        Some(_) => return Err(fields.bad_field("entitlement", "the person has no such benefit line on the roster")),
        None => of_kind().ok_or_else(|| {
            fields.bad_field("kind", "names no single benefit line of the person; map the entitlement")
        })?,
    };
    let effective = row.as_of.unwrap_or_else(|| now.day());
    let payment = |state| PlatformPayment {
        person_ref: person_ref.clone(),
        entitlement: entitlement.clone(),
        month: row.month,
        state,
        row: identity,
        cause: row.cause,
        amount_fen: row.amount_fen,
        name_match: Some(name_match),
    };
    let (effective, payload) = match row.state {
        Some(state) => (effective, payment(state).into()),
        None => (row.month.first_day(), EntitlementEnded { person_ref, entitlement, row: identity }.into()),
    };
    Ok((identity, Made::Event { effective, payload, notes: Vec::new() }))
}

/// `paid`, `suspended`, or `ended`, which is no state of a month but the end of the line.
fn state(fields: &Fields<'_>) -> Result<Option<PaymentState>, BadCell> {
    if fields.text("state")? == Some("ended") { Ok(None) } else { fields.required("state").map(Some) }
}

fn amount(fields: &Fields<'_>) -> Result<Option<i64>, BadCell> {
    let read = |text: &str| text.parse().ok().filter(|fen| (0..=1_000_000_000_000).contains(fen));
    let expected = "expected a whole number of fen";
    fields
        .text("amount_fen")?
        .map(|text| read(text).ok_or_else(|| fields.bad_field("amount_fen", expected)))
        .transpose()
}
