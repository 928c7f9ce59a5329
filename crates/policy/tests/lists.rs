//! Reminders, worklist, key figures and export over small stories.

mod support;

use facecert_policy::scheme::Scheme;
use facecert_policy::{
    Channel, Count, Event, Instant, Item, Level, Reason, RecordType, ReminderTo, export, kpi, read_events, remind,
    worklist,
};
use std::collections::BTreeSet;
use support::{day, wenshui};

const HEX: &str = "0000000000000000000000000000000000000000000000000000000000000000";
const UNIT: &str = "141121100001";

/// Events from short lines: `DAY [RECEIVED_DAY] SOURCE KIND PAYLOAD`, each received at noon of its day.
fn story(lines: &[String]) -> Vec<Event> {
    let text: String = lines.iter().map(|line| line.clone() + "\n").collect();
    read_events("story", &text).expect("events")
}

fn event(effective: &str, source: &str, kind: &str, payload: &str) -> String {
    received(effective, effective, source, kind, payload)
}

fn received(effective: &str, received: &str, source: &str, kind: &str, payload: &str) -> String {
    format!(
        "{{\"effective\":\"{effective}\",\"kind\":\"{kind}\",\"payload\":{{{payload}}},\
         \"received\":\"{received}T12:00:00+08:00\",\"source\":\"{source}\"}}"
    )
}

fn roster(person: &str, row: char, more: &str) -> String {
    let row: String = std::iter::repeat_n(row, 64).collect();
    event(
        "2025-09-01",
        "roster",
        "RosterEntry",
        &format!(
            "\"person_ref\":\"{person}\",\"entitlement\":\"e_{person}\",\"kind\":\"enterprise_pension\",\
             \"benefit_start\":\"2020-01-01\",\"unit_code\":\"{UNIT}\",\"id_match\":\"hmac-sha256:{row}\",\
             \"name_hmac\":\"hmac-sha256:{row}\",\"key_check\":\"00000000\",\"row\":\"{row}\"{more}"
        ),
    )
}

fn pass(person: &str, day: &str, source: &str, channel: &str, method: &str) -> String {
    event(
        day,
        source,
        "PassRecorded",
        &format!(
            "\"person_ref\":\"{person}\",\"channel\":\"{channel}\",\"method\":\"{method}\",\
             \"at\":\"{day}T09:00:00+08:00\",\"staff\":[],\"reasons\":[2000],\"pilot\":false"
        ),
    )
}

fn payment(person: &str, month: &str, day: &str, state: &str) -> String {
    let row: String = (month.to_owned() + day + state)
        .bytes()
        .cycle()
        .map(|b| char::from(b"0123456789abcdef"[b as usize % 16]))
        .take(64)
        .collect();
    event(
        day,
        "payments",
        "PlatformPayment",
        &format!(
            "\"person_ref\":\"{person}\",\"entitlement\":\"e_{person}\",\"month\":\"{month}\",{state},\"row\":\"{row}\""
        ),
    )
}

/// A person due on 2026-03-10.
fn due_in_march(more: &str) -> Vec<String> {
    vec![roster("p", 'a', more), pass("p", "2025-09-10", "results", "app_laolai", "face")]
}

fn now(text: &str) -> Instant {
    Instant::parse_now(text).expect(text)
}

fn open_items(scheme: &Scheme, lines: &[String], at: &str) -> Vec<(Item, String)> {
    let items = worklist(scheme, &story(lines), now(at));
    items.iter().map(|item| (item.name, item.deadline.to_string())).collect()
}

fn reminded(scheme: &Scheme, lines: &[String], since: &str, until: &str) -> Vec<(String, String, ReminderTo)> {
    let reminders = remind(scheme, &story(lines), now(since), now(until));
    reminders.into_iter().map(|r| (r.date.to_string(), format!("{} {}", r.step, r.text_id), r.to)).collect()
}

fn to_person(reminders: &[(String, String, ReminderTo)]) -> Vec<(&str, &str)> {
    let own = reminders.iter().filter(|(.., to)| *to == ReminderTo::Person);
    own.map(|(date, step, _)| (date.as_str(), step.as_str())).collect()
}

#[test]
fn reminders_before_and_after_a_due_date() {
    let scheme = wenshui();
    let lines = due_in_march("");
    let before = reminded(&scheme, &lines, "2026-02-01", "2026-03-10");
    assert_eq!(
        to_person(&before),
        [("2026-02-08", "-30 T1"), ("2026-02-23", "-15 T1"), ("2026-03-05", "-5 T2"), ("2026-03-10", "0 T2")]
    );
    assert!(before.contains(&("2026-03-05".into(), "-5 T2".into(), ReminderTo::Township)));
    let after = reminded(&scheme, &lines, "2026-03-10", "2026-03-20");
    assert_eq!(to_person(&after), [("2026-03-11", "1 T3"), ("2026-03-20", "last_call T4")]);
    let calls = remind(&scheme, &story(&lines), now("2026-03-19"), now("2026-03-20"));
    assert!(calls[0].sms.contains("3月25日前办理可不影响发放"), "{}", calls[0].sms);
    // What was told is not told again, and a pass ends the round.
    assert!(reminded(&scheme, &lines, "2026-03-05", "2026-03-09").is_empty());
    let mut certified = lines;
    certified.push(pass("p", "2026-03-04", "results", "app_laolai", "face"));
    assert!(reminded(&scheme, &certified, "2026-03-04", "2026-03-20").is_empty());
}

#[test]
fn a_relative_is_reminded_with_consent_alone() {
    let scheme = wenshui();
    let mut lines = due_in_march(",\"contact\":true");
    let told = |lines: &[String]| {
        reminded(&scheme, lines, "2026-02-22", "2026-02-23")
            .iter()
            .filter(|(.., to)| *to == ReminderTo::Contact)
            .count()
    };
    assert_eq!(told(&lines), 0);
    let consent = "\"person_ref\":\"p\",\"consent\":\"contact\",\"given\":true,\"by\":\"person\"";
    lines.push(event("2026-01-01", "events", "ConsentRecorded", consent));
    assert_eq!(told(&lines), 1);
    lines.push(event("2026-02-01", "events", "ConsentRecorded", &consent.replace("true", "false")));
    assert_eq!(told(&lines), 0);
}

#[test]
fn a_reported_death_turns_reminders_into_notes_for_staff() {
    let scheme = wenshui();
    let mut lines = due_in_march("");
    let fact = "\"person_ref\":\"p\",\"fact\":\"death\",\"data_source\":\"civil_affairs\"";
    lines.push(received("2026-01-20", "2026-02-10", "facts", "FactReported", fact));
    let reminders = remind(&scheme, &story(&lines), now("2026-02-22"), now("2026-02-23"));
    assert!(!reminders.is_empty());
    for reminder in &reminders {
        assert_eq!(reminder.to, ReminderTo::GridWorker);
        assert!(reminder.sms.is_empty() && reminder.voice.is_empty() && reminder.print.is_empty());
        assert!(reminder.reasons.contains(&Reason::REMINDER_SUPPRESSED));
    }
    let imprisoned: Vec<String> = lines.iter().map(|line| line.replace("\"death\"", "\"imprisonment\"")).collect();
    assert_eq!(to_person(&reminded(&scheme, &imprisoned, "2026-02-22", "2026-02-23")), [("2026-02-23", "-15 T1")]);
}

#[test]
fn people_about_to_retire_and_data_matches_are_told() {
    let scheme = wenshui();
    let retiring = [roster("p", 'a', "").replace("2020-01-01", "2026-06-01")];
    let told = reminded(&scheme, &retiring, "2026-03-01", "2026-03-03");
    assert_eq!(to_person(&told), [("2026-03-03", "pre_retirement T8")]);
    assert!(told.iter().any(|(.., to)| *to == ReminderTo::Window));
    let mut lines = due_in_march("");
    lines.push(pass("p", "2026-02-10", "results", "data_match", "data"));
    assert_eq!(to_person(&reminded(&scheme, &lines, "2026-02-09", "2026-03-20")), [("2026-02-10", "data_match T7")]);
}

#[test]
fn a_visit_is_booked_then_made() {
    let scheme = wenshui();
    let visit = event(
        "2026-03-24",
        "events",
        "VisitRequested",
        "\"person_ref\":\"p\",\"ground\":\"age_80\",\"asked_by\":\"person\"",
    );
    let mut lines = vec![roster("p", 'a', ""), pass("p", "2026-01-10", "results", "app_laolai", "face"), visit];
    let id = story(&lines)[2].event_id;
    assert_eq!(
        open_items(&scheme, &lines, "2026-03-24"),
        [(Item::VisitBookingCall, "2026-03-26".into()), (Item::Visit, "2026-04-08".into())]
    );
    let by = "{\"staff\":\"s\",\"role\":\"township\"}";
    lines.push(event(
        "2026-03-25",
        "events",
        "AppointmentMade",
        &format!("\"of\":\"{id}\",\"day\":\"2026-04-02\",\"by\":{by}"),
    ));
    assert_eq!(open_items(&scheme, &lines, "2026-03-25"), [(Item::Visit, "2026-04-08".into())]);
    let late = worklist(&scheme, &story(&lines), now("2026-04-09"));
    assert!(late[0].reasons.contains(&Reason::VISIT_LATE));
    lines.push(event(
        "2026-04-09",
        "events",
        "VisitDone",
        &format!("\"of\":\"{id}\",\"result\":\"not_met\",\"by\":[{by}]"),
    ));
    assert_eq!(open_items(&scheme, &lines, "2026-04-09"), [(Item::DifficultyFeedback, "2026-03-27".into())]);
}

#[test]
fn the_overdue_are_called_until_somebody_reaches_them() {
    let scheme = wenshui();
    let mut lines = due_in_march("");
    assert_eq!(open_items(&scheme, &lines, "2026-03-11"), [(Item::OverdueContact, "2026-03-18".into())]);
    assert!(worklist(&scheme, &story(&lines), now("2026-03-23"))[0].priority, "the cut-off is near");
    let contact = "\"person_ref\":\"p\",\"at\":\"2026-03-16T10:00:00+08:00\",\"medium\":\"phone\",\"result\":\"reached\",\
                   \"by\":{\"staff\":\"s\",\"role\":\"grid_worker\"}";
    lines.push(event("2026-03-16", "events", "ContactAttempted", &contact.replace("\"reached\"", "\"not_reached\"")));
    assert_eq!(open_items(&scheme, &lines, "2026-03-16").len(), 1);
    lines.push(event("2026-03-16", "events", "ContactAttempted", contact));
    assert!(open_items(&scheme, &lines, "2026-03-16").is_empty());
}

#[test]
fn cases_are_open_until_people_close_them() {
    let scheme = wenshui();
    let mut lines = vec![roster("p", 'a', ""), pass("p", "2025-12-10", "results", "app_laolai", "face")];
    let fact = "\"person_ref\":\"p\",\"fact\":\"death\",\"data_source\":\"civil_affairs\"";
    lines.push(received("2026-01-20", "2026-02-10", "facts", "FactReported", fact));
    assert_eq!(open_items(&scheme, &lines, "2026-02-10"), [(Item::CaseDeath, "2026-03-02".into())]);
    lines.push(pass("p", "2026-02-11", "results", "app_laolai", "face"));
    let items = worklist(&scheme, &story(&lines), now("2026-02-11"));
    assert_eq!(items.iter().map(|item| item.name).collect::<Vec<_>>(), [Item::LivingAfterDeath, Item::CaseDeath]);
    assert!(items[0].priority);
    let closed = format!(
        "\"case\":\"death:p:2026-01-20\",\"result\":\"refuted\",\"by\":[{{\"staff\":\"s\",\"role\":\"benefits\"}}],\
         \"evidence_digest\":\"sha256:{HEX}\""
    );
    lines.push(event("2026-02-12", "events", "CaseClosed", &closed));
    assert!(open_items(&scheme, &lines, "2026-02-12").is_empty());
}

#[test]
fn a_confirmed_death_with_months_paid_goes_to_finance_and_the_platform() {
    let scheme = wenshui();
    let mut lines = due_in_march("");
    let fact = "\"person_ref\":\"p\",\"fact\":\"death\",\"data_source\":\"civil_affairs\"";
    lines.push(received("2026-01-20", "2026-02-10", "facts", "FactReported", fact));
    lines.push(payment("p", "2026-01", "2026-01-10", "\"state\":\"paid\",\"amount_fen\":180000"));
    lines.push(payment("p", "2026-02", "2026-02-10", "\"state\":\"paid\",\"amount_fen\":180000"));
    let closed = format!(
        "\"case\":\"death:p:2026-01-20\",\"result\":\"confirmed\",\"by\":[{{\"staff\":\"a\",\"role\":\"benefits\"}},\
         {{\"staff\":\"b\",\"role\":\"benefits\"}}],\"evidence_digest\":\"sha256:{HEX}\""
    );
    lines.push(event("2026-03-02", "events", "CaseClosed", &closed));
    let items = worklist(&scheme, &story(&lines), now("2026-03-03"));
    assert_eq!(items.iter().map(|item| item.name).collect::<Vec<_>>(), [Item::Overpayment]);
    let events = story(&lines);
    let all: BTreeSet<RecordType> = RecordType::ALL.iter().copied().collect();
    let exported = export(&scheme, &events, now("2026-03-03"), &all).expect("records");
    let [notice] = &exported.records[..] else { panic!("{:?}", exported.records) };
    assert_eq!(notice.record_type, RecordType::ReferralNotice);
    assert_eq!(notice.payroll_month.map(|month| month.to_string()).as_deref(), Some("2026-02"));
    assert!(notice.reasons.contains(&Reason::ENTITLEMENT_ENDED));
    let report =
        kpi(&scheme, &events, day("2026-01-01"), day("2026-03-31"), now("2026-03-31"), false).expect("figures");
    let loss = report.rows[0].k12["death"];
    assert_eq!((loss.precision.num, loss.months, loss.fen), (Count::Number(1), Some(1), Some(180_000)));
}

#[test]
fn a_pass_is_exported_once_and_undone_once() {
    let scheme = wenshui();
    let mut lines = due_in_march("");
    lines.push(pass("p", "2026-03-04", "decide", "kiosk", "face"));
    let mut events = story(&lines);
    let all: BTreeSet<RecordType> = RecordType::ALL.iter().copied().collect();
    let first = export(&scheme, &events, now("2026-03-05"), &all).expect("records");
    let [record] = &first.records[..] else { panic!("{:?}", first.records) };
    assert_eq!((record.record_type, record.certified_on), (RecordType::Certification, Some(day("2026-03-04"))));
    assert_eq!((record.module.as_deref(), record.channel.map(Channel::as_str)), (None, Some("kiosk")));
    let csv = first.to_csv().expect("csv");
    let [header, row] = csv.lines().collect::<Vec<_>>()[..] else { panic!("{csv}") };
    let fields = serde_json::to_value(record).expect("JSON");
    assert_eq!(
        header.split(',').collect::<BTreeSet<_>>(),
        fields.as_object().expect("fields").keys().map(String::as_str).collect()
    );
    assert!(header.starts_with("record,type,key,") && row.starts_with("facecert-import/1,certification,"), "{csv}");
    let pass_id = events[2].event_id;
    events.extend(first.events);
    assert!(export(&scheme, &events, now("2026-03-06"), &all).expect("records").records.is_empty());
    let revoked = event(
        "2026-03-06",
        "events",
        "Revoked",
        &format!("\"target\":\"{pass_id}\",\"by\":{{\"staff\":\"s\",\"role\":\"benefits\"}}"),
    );
    events.extend(story(&[revoked]));
    let undone = export(&scheme, &events, now("2026-03-06"), &all).expect("records");
    let [reversal] = &undone.records[..] else { panic!("{:?}", undone.records) };
    assert_eq!((reversal.record_type, reversal.corrects), (RecordType::Reversal, Some(record.key)));
    events.extend(undone.events);
    assert!(export(&scheme, &events, now("2026-03-06"), &all).expect("records").records.is_empty());
}

#[test]
fn an_unanswered_record_is_asked_after() {
    let scheme = wenshui();
    let mut lines = due_in_march("");
    lines.push(pass("p", "2026-03-04", "decide", "kiosk", "face"));
    let mut events = story(&lines);
    let exported =
        export(&scheme, &events, now("2026-03-05"), &RecordType::ALL.iter().copied().collect()).expect("records");
    let key = exported.records[0].key;
    events.extend(exported.events);
    assert!(worklist(&scheme, &events, now("2026-03-10")).is_empty());
    let items = worklist(&scheme, &events, now("2026-03-11"));
    assert!(items[0].name == Item::Export && items[0].reasons.contains(&Reason::EXPORT_UNACKNOWLEDGED));
    let ack = |status: &str, day: &str| {
        let row: String =
            status.bytes().cycle().map(|b| char::from(b"0123456789abcdef"[b as usize % 16])).take(64).collect();
        event(
            day,
            "acks",
            "AckReceived",
            &format!("\"ack_of\":\"{key}\",\"status\":\"{status}\",\"at\":\"{day}T10:00:00+08:00\",\"row\":\"{row}\""),
        )
    };
    events.extend(story(&[ack("rejected", "2026-03-11")]));
    let items = worklist(&scheme, &events, now("2026-03-11"));
    assert!(items[0].reasons.contains(&Reason::EXPORT_REJECTED));
    events.extend(story(&[ack("accepted", "2026-03-12")]));
    assert!(worklist(&scheme, &events, now("2026-03-12")).is_empty());
}

#[test]
fn key_figures_count_people_where_they_live() {
    let scheme = wenshui();
    let mut lines = Vec::new();
    for (at, channel, method) in [(1, "app_laolai", "face"), (2, "manual_county", "form"), (3, "data_match", "data")] {
        let person = format!("p{at}");
        lines.push(roster(&person, char::from(b'a' + at), ""));
        lines.push(pass(&person, "2026-02-10", "results", channel, method));
    }
    // One whose term has run out, and one whose village the county does not know.
    lines.push(roster("p4", '1', ""));
    lines.push(pass("p4", "2025-09-10", "results", "app_laolai", "face"));
    lines.push(roster("p5", '2', "").replace(UNIT, "999999999999"));
    let events = story(&lines);
    let report =
        kpi(&scheme, &events, day("2026-02-01"), day("2026-03-31"), now("2026-03-31"), false).expect("figures");
    let unit = |level: Level| report.rows.iter().find(|row| row.level == level).expect("a row");
    let county = unit(Level::County);
    assert_eq!((county.k1.rate.num, county.k1.rate.den), (Count::Number(3), Count::Number(5)));
    assert_eq!((county.k3.num, county.k3.den), (Count::Number(1), Count::Number(3)));
    assert_eq!(
        (county.k4.rate.num, county.k4.manual, county.k9.num),
        (Count::Number(1), Count::Number(1), Count::Number(1))
    );
    assert_eq!(
        (unit(Level::Unassigned).k1.rate.den, unit(Level::Village).k1.rate.den),
        (Count::Number(1), Count::Number(4))
    );
    assert!(unit(Level::Province).partial && unit(Level::City).unit == "1411");
    let township = report.rows.iter().find(|row| row.unit == "141121100").expect("a township");
    assert_eq!(township.k1.rate.den, Count::Number(4));
    let lines_of_csv = report.to_csv().expect("csv").lines().count();
    assert_eq!(lines_of_csv, report.rows.len() + 1);
    let public = kpi(&scheme, &events, day("2026-02-01"), day("2026-03-31"), now("2026-03-31"), true).expect("figures");
    assert_eq!((public.rows[0].k1.rate.den, public.rows[0].k1.rate.bp), (Count::Below(10), None));
    assert!(!public.to_html("标题").contains("60.00%"));
    assert!(report.to_html("标题").contains("60.00%") && report.to_html("标题").contains("内部"));
}

#[test]
fn the_order_of_events_changes_nothing() {
    let scheme = wenshui();
    let mut lines = due_in_march("");
    lines.push(payment("p", "2026-04", "2026-04-02", "\"state\":\"suspended\",\"cause\":\"not_certified\""));
    lines.push(pass("p", "2026-04-10", "decide", "window", "staff"));
    let events = story(&lines);
    let answer = |events: &[Event]| {
        let all: BTreeSet<RecordType> = RecordType::ALL.iter().copied().collect();
        let at = now("2026-04-11");
        let report = kpi(&scheme, events, day("2026-01-01"), day("2026-04-11"), at, false).expect("figures");
        let exported = export(&scheme, events, at, &all).expect("records");
        (report, exported, worklist(&scheme, events, at), remind(&scheme, events, now("2026-01-01"), at))
    };
    let expected = answer(&events);
    let mut twice: Vec<Event> = events.iter().rev().chain(&events).cloned().collect();
    twice.rotate_left(3);
    assert_eq!(answer(&twice), expected);
    assert!(expected.1.records.iter().any(|record| record.module.as_deref() == Some("人工认证")));
}

#[test]
fn every_form_of_a_report_holds_every_key_figure() {
    let scheme = wenshui();
    let events = story(&due_in_march(""));
    for public in [false, true] {
        let report = kpi(&scheme, &events, day("2026-01-01"), day("2026-03-31"), now("2026-03-31"), public);
        let report = report.expect("figures");
        let row = serde_json::to_value(&report.rows[0]).expect("JSON");
        let csv = report.to_csv().expect("CSV");
        let header = csv.lines().next().expect("a header");
        // K12 has a column for each kind of fact that was decided, here none.
        let columns = (1..=11).map(|number| match number {
            8 => "k8_count".to_owned(),
            number => format!("k{number}_num"),
        });
        for column in columns {
            assert!(header.split(',').any(|known| known == column), "{column} in {header}");
        }
        assert!((1..=12).all(|number| row.get(format!("k{number}")).is_some()), "{row}");
        let page = report.to_html("认证");
        for name in ["认证通过率", "网上办理占比", "上门按时率", "人工办理占比", "符合条件而被停发"]
        {
            assert!(page.matches(name).count() >= 2, "{name} in the chart and in the table");
        }
    }
}
