//! A fact row: a death, an imprisonment, a duplicate claim or another fact that people have to look at.

use super::fields::Fields;
use super::known::Known;
use super::people::{People, Seen, Who};
use super::table::BadCell;
use super::{Made, row_identity};
use crate::event::{Fact, FactReported};
use crate::scheme::Scheme;
use crate::value::{Day, Hex32, IdMatch, Ref, Token};
use serde::Serialize;

#[derive(Serialize)]
struct Row {
    id_match: Option<IdMatch>,
    name_hmac: Option<IdMatch>,
    kind: Fact,
    fact_date: Day,
    source: Ref,
    list_id: Option<Token>,
    class: Option<Ref>,
    until: Option<Day>,
}

pub(super) fn read(
    fields: &Fields<'_>,
    seen: &Seen,
    people: &People,
    known: &Known,
    scheme: &Scheme,
) -> Result<(Hex32, Made), BadCell> {
    let row = Row {
        id_match: seen.id_match,
        name_hmac: seen.name_hmac,
        kind: fields.required("kind")?,
        fact_date: fields
            .day("fact_date")?
            .ok_or_else(|| fields.bad_field("fact_date", "empty; this field is required"))?,
        source: fields.required("source")?,
        list_id: fields.value("list_id")?,
        class: fields.value("class")?,
        until: fields.day("until")?,
    };
    if let Fact::Other(kind) = &row.kind
        && !scheme.facts.other.contains(kind)
    {
        return Err(fields.bad_field("kind", "not a fact that the policy lists in facts.other"));
    }
    let identity = row_identity("facts", &row);
    let (person, name_match) = match people.who(seen, fields, known)? {
        Who::Found(person, name_match) => (person, name_match),
        refer @ Who::Refer(..) => return Ok((identity, Made::refer(&refer, seen))),
    };
    let fact = FactReported {
        person_ref: person.person_ref.clone(),
        fact: row.kind,
        data_source: row.source,
        list_id: row.list_id,
        class: row.class,
        until: row.until,
        by: None,
        row: Some(identity),
        name_match: Some(name_match),
    };
    Ok((identity, Made::Event { effective: row.fact_date, payload: fact.into(), notes: Vec::new() }))
}
