//! A roster row: one benefit line of one person.

use super::fields::Fields;
use super::known::Known;
use super::people::{People, Seen, Who};
use super::table::BadCell;
use super::{Made, row_identity};
use crate::event::RosterEntry;
use crate::identity::{HmacKey, person_ref};
use crate::reason::Reason;
use crate::value::{Code, Day, Hex32, IdMatch, Instant, Ref};
use crate::vocabulary::{Document, Kind, Residence};
use serde::Serialize;

#[derive(Serialize)]
struct Row {
    id_type: Document,
    id_match: Option<IdMatch>,
    name_hmac: IdMatch,
    entitlement: Ref,
    kind: Kind,
    benefit_start: Day,
    unit_code: Code<12>,
    as_of: Option<Day>,
    birth_date: Option<Day>,
    residence: Option<Residence>,
    anchor: Option<Day>,
    last_certified: Option<Day>,
    eligible_until: Option<Day>,
    guardian: Option<bool>,
    contact: Option<bool>,
    person_ref: Option<Ref>,
}

pub(super) fn read(
    fields: &Fields<'_>,
    seen: &Seen,
    people: &People,
    known: &Known,
    key: &HmacKey,
    now: Instant,
) -> Result<(Hex32, Made), BadCell> {
    let missing = |name| fields.bad_field(name, "empty; this field is required");
    let row = Row {
        id_type: fields.required("id_type")?,
        id_match: seen.id_match,
        name_hmac: seen.name_hmac.ok_or_else(|| missing("name"))?,
        entitlement: fields.required("entitlement")?,
        kind: fields.required("kind")?,
        benefit_start: fields.day("benefit_start")?.ok_or_else(|| missing("benefit_start"))?,
        unit_code: fields.required("unit_code")?,
        as_of: fields.day("as_of")?,
        birth_date: fields.day("birth_date")?,
        residence: fields.value("residence")?,
        anchor: fields.day("anchor")?,
        last_certified: fields.day("last_certified")?,
        eligible_until: fields.day("eligible_until")?,
        guardian: fields.flag("guardian")?,
        contact: fields.flag("contact")?,
        person_ref: fields.value("person_ref")?,
    };
    let identity = row_identity("roster", &row);
    if let Some(Who::Refer(reason, ..)) = people.not_a_person(seen, fields)? {
        return Ok((identity, Made::Refer { reason, id_match: seen.id_match, person_ref: None, name_match: None }));
    }
    let id_match = seen.id_match.ok_or_else(|| missing("id_number"))?;
    let person = known.person(&id_match);
    let other_name = person.is_some_and(|person| person.name_hmac != row.name_hmac);
    let other_ref = person.is_some_and(|person| row.person_ref.as_ref().is_some_and(|own| *own != person.person_ref));
    if other_name || other_ref {
        let person_ref = person.map(|person| person.person_ref.clone());
        let reason = Reason::ID_CONFLICT;
        return Ok((identity, Made::Refer { reason, id_match: Some(id_match), person_ref, name_match: None }));
    }
    let named = row.person_ref.or_else(|| person.map(|person| person.person_ref.clone()));
    let entry = RosterEntry {
        person_ref: named.or_else(|| person_ref(&id_match)).ok_or_else(|| missing("id_number"))?,
        entitlement: row.entitlement,
        kind: row.kind,
        benefit_start: row.benefit_start,
        unit_code: row.unit_code,
        id_match,
        name_hmac: row.name_hmac,
        key_check: key.check(),
        row: identity,
        birth_date: row.birth_date,
        residence: row.residence,
        anchor: row.anchor,
        last_certified: row.last_certified,
        eligible_until: row.eligible_until,
        guardian: row.guardian,
        contact: row.contact,
    };
    Ok((
        identity,
        Made::Event { effective: row.as_of.unwrap_or_else(|| now.day()), payload: entry.into(), notes: vec![] },
    ))
}
