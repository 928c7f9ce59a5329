//! Files of the platform, of staff and of the search for duplicates, loaded into events.

mod support;

use facecert_policy::scheme::Scheme;
use facecert_policy::{
    Error, Event, EventKind, FileKind, HmacAlgorithm, HmacKey, Import, Instant, Loaded, Mapping, Payload, Reason,
};
use support::story::event;
use support::{WENSHUI, load as scheme_with, path, wenshui};

const ROSTER: &str = "AAC058,AAC002,AAC003,DYBH,AAE140,AIC160,AAB301,AAC006,SCRZRQ\n";
const PERSON: &str = "01,990101195103070014,甲,e1,110,20200101,141121100001,19510307,\n";
const RESULTS: &str = "AAC002,AAC003,RZSJ,RZQD,RZJG,RZJGBM,SJLY\n";

fn key() -> HmacKey {
    HmacKey::new([7; 32], HmacAlgorithm::Sha256)
}

fn mapping() -> Mapping {
    changed_mapping("", "")
}

fn changed_mapping(old: &str, new: &str) -> Mapping {
    let text = std::fs::read_to_string(path("mappings/platform.toml")).expect("the shipped mapping");
    assert!(text.contains(old));
    Mapping::read("platform.toml", &text.replacen(old, new, 1)).expect("a good mapping")
}

fn now(text: &str) -> Instant {
    Instant::parse_now(text).expect(text)
}

fn import<'a>(scheme: &'a Scheme, existing: &'a [Event]) -> Import<'a> {
    Import { scheme, existing, now: now("2026-03-10"), file: "file" }
}

fn try_load(scheme: &Scheme, existing: &[Event], kind: FileKind, text: &str) -> Result<Loaded, Error> {
    import(scheme, existing).load(kind, text.as_bytes(), &mapping(), &key())
}

fn roster(scheme: &Scheme) -> Vec<Event> {
    let loaded = try_load(scheme, &[], FileKind::Roster, &format!("{ROSTER}{PERSON}")).expect("a good roster");
    assert_eq!((loaded.report.events, loaded.rejected.len()), (1, 0), "{:?}", loaded.rejected);
    loaded.events
}

fn results(rows: &str) -> Loaded {
    let scheme = wenshui();
    try_load(&scheme, &roster(&scheme), FileKind::Results, &format!("{RESULTS}{rows}")).expect("a good file")
}

fn noted(loaded: &Loaded, reason: Reason) -> u64 {
    loaded.report.by_reason.get(&reason.number()).copied().unwrap_or_default()
}

fn pass(loaded: &Loaded) -> (&Event, &facecert_policy::PassRecorded) {
    match loaded.events.as_slice() {
        [event] => match &event.payload {
            Payload::PassRecorded(pass) => (event, pass),
            other => panic!("{:?} instead of a pass", other.kind()),
        },
        events => panic!("{} events", events.len()),
    }
}

#[test]
fn a_result_of_an_app_is_a_pass_on_its_day() {
    let loaded = results("990101195103070014,甲,2026-03-09 10:00:00,老来,1,,\n");
    let (event, pass) = pass(&loaded);
    assert_eq!(event.effective.to_string(), "2026-03-09");
    assert_eq!((pass.channel.as_str(), pass.method.as_str()), ("app_laolai", "face"));
}

#[test]
fn an_old_number_is_the_same_person() {
    let loaded = results("990101510307001,甲,2026-03-09 10:00:00,老来,1,,\n");
    let scheme = wenshui();
    let [entry] = &roster(&scheme)[..] else { panic!("one entry") };
    let Payload::RosterEntry(entry) = &entry.payload else { panic!("an entry") };
    assert_eq!(pass(&loaded).1.person_ref, entry.person_ref);
    assert_eq!(noted(&loaded, Reason::ID_15_CONVERTED), 1);
}

#[test]
fn loading_twice_and_overlapping_files_change_nothing() {
    let scheme = wenshui();
    let mut known = roster(&scheme);
    let first = "990101195103070014,甲,2026-03-09 10:00:00,老来,1,,\n";
    let second = "990101195103070014,甲,2026-03-08 10:00:00,三晋通,1,,\n";
    let file = format!("{RESULTS}{first}");
    known.extend(try_load(&scheme, &known, FileKind::Results, &file).expect("a good file").events);
    let again = try_load(&scheme, &known, FileKind::Results, &file).expect("a good file");
    assert_eq!((again.events.len(), again.report.duplicates), (0, 1));
    assert_eq!(noted(&again, Reason::IMPORT_DUPLICATE), 1);
    let overlap = format!("{RESULTS}{first}{second}{second}");
    let overlap = try_load(&scheme, &known, FileKind::Results, &overlap).expect("a good file");
    assert_eq!((overlap.events.len(), overlap.report.duplicates), (1, 2));
    let roster_again = try_load(&scheme, &known, FileKind::Roster, &format!("{ROSTER}{PERSON}")).expect("good");
    assert_eq!((roster_again.events.len(), roster_again.report.duplicates), (0, 1));
}

#[test]
fn whose_row_is_unclear_goes_to_people_once() {
    for (row, reason) in [
        ("990101195103070014,乙,2026-03-09 10:00:00,老来,1,,\n", Reason::NAME_MISMATCH),
        ("990101195103070022,甲,2026-03-09 10:00:00,老来,1,,\n", Reason::IMPORT_UNKNOWN_PERSON),
        ("990101510307996,甲,2026-03-09 10:00:00,老来,1,,\n", Reason::ID_CENTURY_UNCLEAR),
    ] {
        let scheme = wenshui();
        let mut known = roster(&scheme);
        let file = format!("{RESULTS}{row}");
        let loaded = try_load(&scheme, &known, FileKind::Results, &file).expect("a good file");
        assert_eq!((loaded.report.referred, noted(&loaded, reason)), (1, 1), "{row}");
        assert_eq!(loaded.events[0].kind(), EventKind::RowReferred);
        known.extend(loaded.events);
        let again = try_load(&scheme, &known, FileKind::Results, &file).expect("a good file");
        assert_eq!((again.events.len(), again.report.duplicates), (0, 1), "{row}");
    }
}

#[test]
fn a_referred_row_is_applied_once_the_roster_has_the_person() {
    let scheme = wenshui();
    let file = format!("{RESULTS}990101195103070014,甲,2026-03-09 10:00:00,老来,1,,\n");
    let mut known = try_load(&scheme, &[], FileKind::Results, &file).expect("a good file").events;
    assert_eq!(known[0].kind(), EventKind::RowReferred);
    known.extend(roster(&scheme));
    pass(&try_load(&scheme, &known, FileKind::Results, &file).expect("a good file"));
}

#[test]
fn one_number_under_two_names_refers_both_rows() {
    let rows = "990101195103070014,甲,2026-03-09 10:00:00,老来,1,,\n990101510307001,乙,2026-03-08 10:00:00,老来,1,,\n";
    let loaded = results(rows);
    assert_eq!((loaded.report.referred, noted(&loaded, Reason::ID_CONFLICT)), (2, 2));
    let scheme = wenshui();
    let renamed = format!("{ROSTER}{}", PERSON.replace("甲", "乙"));
    let loaded = try_load(&scheme, &roster(&scheme), FileKind::Roster, &renamed).expect("a good file");
    assert_eq!(noted(&loaded, Reason::ID_CONFLICT), 1);
}

#[test]
fn rows_that_cannot_be_used_name_line_and_column_and_no_value() {
    for (row, column, reason) in [
        ("990101195103070015,甲,2026-03-09 10:00:00,老来,1,,", "AAC002", Reason::ID_NUMBER_INVALID),
        ("990101195103070014,甲,2026-03-12 10:00:00,老来,1,,", "RZSJ", Reason::IMPORT_FUTURE_DATE),
        ("990101195103070014,甲,2026-03-09,老来,1,,", "RZSJ", Reason::IMPORT_ROW_REJECTED),
        ("990101195103070014,甲,2026-03-09 10:00:00,某某通,1,,", "RZQD", Reason::IMPORT_ROW_REJECTED),
        ("990101195103070014,,2026-03-09 10:00:00,老来,1,,", "AAC003", Reason::IMPORT_ROW_REJECTED),
        (",甲,2026-03-09 10:00:00,老来,1,,", "AAC002", Reason::IMPORT_ROW_REJECTED),
    ] {
        let loaded = results(&format!("990101195103070014,甲,2026-03-01 10:00:00,老来,1,,\n{row}\n"));
        let [rejected] = &loaded.rejected[..] else { panic!("one rejected row for {row}: {:?}", loaded.report) };
        assert_eq!((rejected.line, rejected.column.as_deref(), rejected.reason), (3, Some(column), reason), "{row}");
        assert!(!rejected.text.contains("9901") && !rejected.text.contains('甲'));
    }
    let short = results("990101195103070014,甲\n");
    assert_eq!((short.rejected[0].line, short.report.rows, short.report.rejected), (2, 1, 1));
}

#[test]
fn agencies_and_data_sources_are_the_policys() {
    let row = |rest: &str| results(&format!("990101195103070014,甲,2026-03-09 10:00:00,{rest}\n"));
    assert_eq!(noted(&row("省内通办,1,140105,"), Reason::ASSIST_ACCEPTED), 1);
    assert_eq!(pass(&row("跨省通办,1,610000,")).1.method.as_str(), "agency");
    assert_eq!(noted(&row("数据比对,1,,medical"), Reason::DATA_MATCH_ACCEPTED), 1);
    for (rest, reason) in [
        ("跨省通办,1,99,", Reason::ASSIST_AGENCY_UNKNOWN),
        ("跨省通办,1,140105,", Reason::ASSIST_AGENCY_UNKNOWN),
        ("数据比对,1,,rumour", Reason::DATA_SOURCE_UNKNOWN),
        ("数据比对,1,,", Reason::DATA_SOURCE_UNKNOWN),
    ] {
        let loaded = row(rest);
        assert_eq!((loaded.events[0].kind(), noted(&loaded, reason)), (EventKind::SubmissionLodged, 1), "{rest}");
    }
    let failed = row("老来,0,,");
    assert_eq!(failed.events[0].kind(), EventKind::SubmissionFailed);
}

#[test]
fn a_pass_of_somebody_abroad_bears_the_earlier_date_and_a_home_app_is_noted() {
    let scheme = wenshui();
    let mapping = changed_mapping("birth_date = {", "residence = \"ZZ\"\nbirth_date = {");
    let text = format!("{}{}", ROSTER.replace("SCRZRQ", "SCRZRQ,ZZ"), PERSON.replace(",\n", ",,abroad\n"));
    let known = import(&scheme, &[]).load(FileKind::Roster, text.as_bytes(), &mapping, &key()).expect("good").events;
    let offset = changed_mapping("offset = \"+08:00\"", "offset = \"-04:00\"");
    let rows = |channel: &str| format!("{RESULTS}990101195103070014,甲,2026-03-08 20:30:00,{channel},1,,\n");
    let load = |channel| import(&scheme, &known).load(FileKind::Results, rows(channel).as_bytes(), &offset, &key());
    let abroad = load("中国领事").expect("good");
    assert_eq!(pass(&abroad).0.effective.to_string(), "2026-03-08");
    assert_eq!(noted(&abroad, Reason::RESIDENCE_MISMATCH), 0);
    assert_eq!(noted(&load("民生山西").expect("good"), Reason::RESIDENCE_MISMATCH), 1);
}

#[test]
fn a_spoilt_file_is_refused_whole() {
    let scheme = wenshui();
    let refused = |text: &str| match try_load(&scheme, &[], FileKind::Roster, text) {
        Err(Error::FileRefused { line, column, cause, .. }) => (line, column, cause),
        other => panic!("{other:?} instead of a refusal"),
    };
    let rounded = format!("{ROSTER}{}", PERSON.replace("0014", "0000"));
    let (line, column, cause) = refused(&rounded);
    assert_eq!((line, column.as_str()), (2, "AAC002"));
    assert!(cause.contains("text"), "{cause}");
    let scientific = format!("{ROSTER}{PERSON}{}", PERSON.replace("990101195103070014", "9.90101E+17"));
    assert_eq!(refused(&scientific).0, 3);
    let missing = ROSTER.replace("AAB301", "X");
    assert_eq!(refused(&missing).1, "AAB301");
    // Where only some numbers end in 000, each row is judged by itself.
    let some = format!("{ROSTER}{PERSON}{}", PERSON.replace("0014", "0000").replace("e1", "e2"));
    let loaded = try_load(&scheme, &[], FileKind::Roster, &some).expect("a good file");
    assert_eq!((loaded.report.events, loaded.report.rejected), (1, 1));
    // A leading apostrophe and white space do not belong to a cell.
    let quoted = format!("{ROSTER}{}", PERSON.replace("990101195103070014", "'990101195103070014\t"));
    let loaded = try_load(&scheme, &[], FileKind::Roster, &quoted).expect("a good file");
    assert_eq!(loaded.report.events, 1);
}

#[test]
fn another_key_is_an_error_and_not_a_thousand_unknown_people() {
    let scheme = wenshui();
    let other = HmacKey::new([8; 32], HmacAlgorithm::Sha256);
    let known = roster(&scheme);
    let loaded = import(&scheme, &known).load(FileKind::Results, RESULTS.as_bytes(), &mapping(), &other);
    assert!(matches!(loaded, Err(Error::Argument { argument: "key-file", .. })));
}

#[test]
fn a_birth_date_is_the_same_in_every_form() {
    let scheme = wenshui();
    let plain = changed_mapping("{ column = \"AAC006\", format = \"yyyyMMdd\" }", "\"AAC006\"");
    let lines = changed_mapping("format = \"csv\"", "format = \"jsonl\"");
    let row = |date: &str| format!("{ROSTER}{}", PERSON.replace("19510307,\n", &format!("{date},\n")));
    let json = "{\"AAC058\":\"01\",\"AAC002\":\"990101195103070014\",\"AAC003\":\"甲\",\"DYBH\":\"e1\",\"AAE140\":\"110\",\"AIC160\":\"20200101\",\"AAB301\":\"141121100001\",\"AAC006\":\"19490501\",\"SCRZRQ\":null}\n";
    let mut seen = Vec::new();
    for (text, mapping) in [
        (row("19490501"), &mapping()),
        (row("19490501"), &plain),
        (row("1949-05-01"), &plain),
        (json.to_owned(), &lines),
    ] {
        let loaded = import(&scheme, &[]).load(FileKind::Roster, text.as_bytes(), mapping, &key()).expect("good");
        let [event] = &loaded.events[..] else { panic!("{:?}", loaded.rejected) };
        let Payload::RosterEntry(entry) = &event.payload else { panic!("an entry") };
        assert_eq!(entry.birth_date.map(|day| day.to_string()).as_deref(), Some("1949-05-01"));
        seen.push(event.to_line().expect("canonical"));
    }
    seen.dedup();
    assert_eq!(seen.len(), 1, "the same bytes each time");
}

#[test]
fn payments_and_facts_find_the_line_and_the_person() {
    let scheme = wenshui();
    let known = roster(&scheme);
    let payments = "AAC002,AAE140,AAE003,FFZT,TFYY,JE\n\
                    990101195103070014,110,202603,2,01,\n990101195103070014,110,202602,1,,180000\n\
                    990101195103070014,120,202602,1,,1\n990101195103070014,110,202604,3,,\n";
    let loaded = try_load(&scheme, &known, FileKind::Payments, payments).expect("a good file");
    let kinds: Vec<_> = loaded.events.iter().map(Event::kind).collect();
    assert_eq!(kinds, [EventKind::PlatformPayment, EventKind::PlatformPayment, EventKind::EntitlementEnded]);
    assert_eq!((loaded.rejected[0].line, loaded.rejected[0].column.as_deref()), (4, Some("AAE140")));
    assert_eq!(loaded.events[2].effective.to_string(), "2026-04-01");
    let facts = "AAC002,AAC003,SXLX,SXRQ,SJLY,MDBH,XQLB,ZZRQ\n\
                 990101195103070014,甲,身故,20260120,civil_affairs,L1,,\n\
                 990101195103070014,甲,服刑,20260120,police,L1,缓刑,20270120\n";
    let loaded = try_load(&scheme, &known, FileKind::Facts, facts).expect("a good file");
    assert_eq!((loaded.report.events, loaded.report.rejected), (2, 0), "{:?}", loaded.rejected);
    assert_eq!(loaded.events[0].effective.to_string(), "2026-01-20");
    let acks = format!("KEY,JSZT,JSSJ,FHM\n{},1,2026-03-09 10:00:00,OK\n", "a".repeat(64));
    let loaded = try_load(&scheme, &known, FileKind::Acks, &acks).expect("a good file");
    assert_eq!(loaded.events[0].kind(), EventKind::AckReceived);
}

#[test]
fn staff_enter_what_their_role_may() {
    let scheme = wenshui();
    let line = |role: &str, staff: &str| {
        format!(
            "{{\"kind\":\"CaseClosed\",\"effective\":\"2026-03-02\",\"payload\":{{\"case\":\"death:p1:2026-01-20\",\
             \"result\":\"confirmed\",\"by\":[{{\"staff\":\"a\",\"role\":\"{role}\"}},{{\"staff\":\"{staff}\",\"role\":\"{role}\"}}],\
             \"evidence_digest\":\"sha256:{}\"}}}}\n",
            "0".repeat(64)
        )
    };
    let load = |text: &str| import(&scheme, &[]).load_events(text.as_bytes()).expect("a readable file");
    assert_eq!(load(&line("benefits", "b")).report.events, 1);
    let rejected = |text: &str| load(text).rejected.iter().map(|row| row.reason).collect::<Vec<_>>();
    assert_eq!(rejected(&line("window", "b")), [Reason::STAFF_ROLE_NOT_ALLOWED]);
    assert_eq!(rejected(&line("benefits", "a")), [Reason::STAFF_COUNT_LOW]);
    let made = "{\"kind\":\"EntitlementEnded\",\"effective\":\"2026-03-02\",\"payload\":{\"person_ref\":\"p\",\"entitlement\":\"e\",\"row\":\"";
    let made = format!("{made}{}\"}}}}\nnonsense\n", "0".repeat(64));
    assert_eq!(rejected(&made), [Reason::IMPORT_ROW_REJECTED; 2]);
}

#[test]
fn pairs_are_leads_of_the_search_that_the_policy_allows() {
    let pairs = b"id_a,id_b,score\n2,1,0.7312345\n1,2,0.7312345\n1,3,0.9\n1,9,0.8\n";
    let persons = b"id,person_ref\n1,p_b\n2,p_a\n3,p_b\n";
    let off = wenshui();
    let refused = import(&off, &[]).load_pairs(pairs, "persons", persons);
    assert!(matches!(refused, Err(Error::OneToManyOff { .. })));
    let on = [
        ("enabled = false\npurpose = \"\"", "enabled = true\npurpose = \"a\""),
        ("legal_basis = \"\"", "legal_basis = \"b\""),
        ("impact_assessment_ref = \"\"", "impact_assessment_ref = \"c\""),
    ];
    let on = scheme_with(WENSHUI, &on[1..]).and(scheme_with(WENSHUI, &on)).expect("1:N on");
    let loaded = import(&on, &[]).load_pairs(pairs, "persons", persons).expect("a good file");
    assert_eq!((loaded.report.events, loaded.report.duplicates, loaded.report.rejected), (1, 1, 2));
    let Payload::PairReported(pair) = &loaded.events[0].payload else { panic!("a pair") };
    assert_eq!((pair.a.as_str(), pair.b.as_str(), pair.score_millionths), ("p_a", "p_b", 731_235));
    let closed = "{\"kind\":\"PairClosed\",\"effective\":\"2026-03-02\",\"payload\":{\"a\":\"p_a\",\"b\":\"p_b\",\"result\":\"twin\",\
                  \"by\":[{\"staff\":\"s\",\"role\":\"internal_control\"}]}}\n";
    let mut known = loaded.events;
    known.extend(import(&on, &known).load_events(closed.as_bytes()).expect("readable").events);
    assert_eq!(known.len(), 2);
    let again = b"id_a,id_b,score\n1,2,0.99\n";
    let loaded = import(&on, &known).load_pairs(again, "persons", persons).expect("a good file");
    assert_eq!((loaded.events.len(), noted(&loaded, Reason::PAIR_ALREADY_CLOSED)), (0, 1));
}

#[test]
fn existing_events_count_alike_in_whatever_order_they_come() {
    let scheme = wenshui();
    let roster = roster(&scheme);
    let Payload::RosterEntry(entry) = &roster[0].payload else { panic!("a roster entry") };
    let moved =
        ["abroad", "county"].map(|place| event(&format!("lives {place} from 2026-01-01 of {}", entry.person_ref)));
    let rows = format!("{RESULTS}990101195103070014,甲,2026-03-09 10:00:00,民生山西,1,,\n");
    let loaded = |first: &Event, second: &Event| {
        let existing = [roster[0].clone(), first.clone(), second.clone()];
        let loaded = try_load(&scheme, &existing, FileKind::Results, &rows).expect("a good file");
        (loaded.events, loaded.report)
    };
    assert_eq!(loaded(&moved[0], &moved[1]), loaded(&moved[1], &moved[0]));
}
