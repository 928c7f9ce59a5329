//! What a step does, and the facts that it shows.

use std::collections::BTreeSet;

use facecert_policy::scheme::check;
use facecert_policy::{
    Audience, Document, Error, Event, FileKind, HmacAlgorithm, HmacKey, Import, Instant, KpiReport, Language,
    LineStatus, Loaded, Mapping, Payload, Reason, RecordType, Submission, Told, decide, export, identify, kpi,
    read_events, remind, status, worklist,
};
use serde_json::{Value, json};

use crate::facts::Facts;
use crate::file::{Check, Line, Load, Number, Period, Step};
use crate::play::Stage;
use crate::support::schema::assert_fits;
use crate::support::{self, day, story};

/// Takes a step. What it brings into the world is added to the stage's events.
pub fn take(stage: &mut Stage<'_>, step: &Step, now: Instant) -> Facts {
    if let Some(changes) = &step.decide {
        decided(stage, changes, now)
    } else if let Some(file) = &step.load {
        loaded(stage, file, now)
    } else if let Some(wanted) = &step.check {
        checked(stage, wanted)
    } else if let Some(number) = &step.identify {
        identified(number)
    } else if let Some(line) = &step.read {
        read(line)
    } else if let Some(period) = &step.kpi {
        let (from, to) = (day(&period.from), day(&period.to));
        figures(&kpi(stage.scheme(), &stage.events, from, to, now, period.public).expect("figures"), period)
    } else if let Some(since) = &step.remind_since {
        let since = Instant::parse_now(since).expect("a point in time");
        let reminders = remind(stage.scheme(), &stage.events, since, now);
        for reminder in &reminders {
            assert_fits("reminder", &stage.stamped(now, reminder));
        }
        let told = reminders.iter().map(|r| format!("{} {} {} {} {}", r.to, r.date, r.step, r.text_id, r.sms));
        Facts::new("reminders").reasons(reminders.iter().flat_map(|r| &r.reasons)).list("reminder", told)
    } else if step.worklist {
        let items = worklist(stage.scheme(), &stage.events, now);
        for item in &items {
            assert_fits("work-item", &stage.stamped(now, item));
        }
        let told = items.iter().map(|i| format!("{} {} {} {}", i.name, i.deadline, i.role, words(&i.person_refs)));
        let first = items.iter().filter(|item| item.priority).map(|item| item.name.to_string());
        let facts = Facts::new("items").list("item", told).list("first", first);
        facts.reasons(items.iter().flat_map(|item| &item.reasons))
    } else if step.export {
        exported(stage, now)
    } else {
        let lines = status(stage.scheme(), &stage.events, now);
        for line in &lines {
            assert_fits("status", &stage.stamped(now, line));
        }
        if step.every_order {
            assert_every_order_gives(stage, now, &json!(lines));
        }
        stated(&lines, step.line.as_deref())
    }
}

fn words<T: ToString>(words: impl IntoIterator<Item = T>) -> String {
    words.into_iter().map(|word| word.to_string()).collect::<Vec<_>>().join(" ")
}

fn stated(lines: &[LineStatus], line: Option<&str>) -> Facts {
    let found = lines.iter().find(|l| line.is_none_or(|wanted| l.entitlement.as_str() == wanted));
    let line = found.expect("a benefit line");
    let actions = line.actions.iter().map(|action| {
        let month = action.payroll_month.map(|month| format!(" {month}")).unwrap_or_default();
        format!("{}{month}", action.action_type)
    });
    let first = line.actions.first();
    Facts::new(line.status)
        .value("due", words(line.due))
        .value("raw", words(line.raw_due))
        .value("wait_end", words(line.wait_end))
        .value("actions", words(actions))
        .value("backpay", words(first.iter().flat_map(|action| &action.backpay_months)))
        .value("contacts", words(first.iter().filter_map(|action| action.contact_attempts)))
        .value("looked_up", words(first.iter().filter_map(|action| action.data_match_looked_up)))
        .value("holds", words(line.holds.iter().map(|hold| hold.kind)))
        .value("cases", words(line.cases.iter().map(|case| case.state)))
        .value("doors", words(&line.doors))
        .reasons(&line.reasons)
}

/// Every order of the events, told twice, the second time backwards: the same bytes.
fn assert_every_order_gives(stage: &Stage<'_>, now: Instant, expected: &Value) {
    let mut order = (0..stage.events.len()).collect::<Vec<_>>();
    loop {
        let events = order.iter().chain(order.iter().rev()).map(|&i| stage.events[i].clone()).collect::<Vec<_>>();
        assert_eq!(&json!(status(stage.scheme(), &events, now)), expected, "in the order {order:?}");
        // The next permutation in lexical order.
        let Some(i) = (1..order.len()).rev().find(|&i| order[i - 1] < order[i]) else { return };
        let j = (i..order.len()).rev().find(|&j| order[j] > order[i - 1]).expect("one that is larger");
        order.swap(i - 1, j);
        order[i..].reverse();
    }
}

fn decided(stage: &mut Stage<'_>, changes: &toml::Table, now: Instant) -> Facts {
    let mut changes = serde_json::to_value(changes).expect("a case");
    let channel = changes["channel"].as_str().expect("a channel").to_owned();
    let mut case = story::ordinary_case(&channel, changes["at"].as_str().expect("an instant"));
    if let Some(lodged) = changes.get("lodged").and_then(Value::as_str) {
        changes["lodged"] = json!(story::id_of(&stage.filled(lodged)));
    }
    merge(&mut case, &changes);
    assert_fits("case", &case);
    let case = Submission::read("case", 1, &case.to_string()).unwrap_or_else(|e| panic!("{e}"));
    let decision = decide(stage.scheme(), &stage.events, &case, now).expect("a decision");
    assert_fits("decision", &decision);
    let told = Told::read("decision", 1, &json!(decision).to_string()).expect("a decision");
    for audience in Audience::ALL {
        let explanation = told.explain(stage.scheme(), Language::Zh, *audience).expect("the same rules");
        assert_fits("explanation", &explanation);
    }
    let event = decision.event.clone().expect("an event");
    stage.decided = Some(event.event_id);
    let attempt = matches!(&event.payload, Payload::SubmissionFailed(failed) if failed.attempt);
    let reads = decision.reasons.iter().filter_map(|reason| reason.shown_to(Audience::Subject));
    let reads = reads.collect::<BTreeSet<_>>();
    let facts = Facts::new(decision.outcome)
        .value("certified_on", words(decision.certified_on))
        .value("due", words(decision.lines.iter().filter_map(|line| line.next_due)))
        .value("doors", words(&decision.doors))
        .value("event", format!("{:?}", event.kind()))
        .value("lines", decision.lines.len())
        .value("pilot", decision.pilot)
        .value("attempt", attempt)
        .list("reads", reads.iter().map(|reason| format!("{reason:?}")))
        .reasons(&decision.reasons)
        .reasons(&reads);
    stage.events.push(event);
    facts
}

/// Objects are merged; the text `absent` removes a field.
fn merge(into: &mut Value, changes: &Value) {
    match (into, changes) {
        (Value::Object(into), Value::Object(changes)) => {
            for (key, value) in changes {
                if value == "absent" {
                    into.remove(key);
                } else {
                    merge(into.entry(key).or_insert(Value::Null), value);
                }
            }
        }
        (into, value) => *into = value.clone(),
    }
}

/// The key by which the scenarios' numbers and names are digested.
fn key() -> HmacKey {
    HmacKey::new([7; 32], HmacAlgorithm::Sha256)
}

fn loaded(stage: &mut Stage<'_>, file: &Load, now: Instant) -> Facts {
    let before = json!(status(stage.scheme(), &stage.events, now));
    let import = Import { scheme: stage.scheme(), existing: &stage.events, now, file: "file" };
    let facts = match load(stage, &import, file) {
        Ok(loaded) => {
            assert_fits("load-report", &stage.stamped(now, &loaded.report));
            for row in &loaded.rejected {
                assert_fits("rejected-row", row);
            }
            for event in &loaded.events {
                assert_fits("event", event);
            }
            let kinds = words(loaded.events.iter().map(|event| format!("{:?}", event.kind())));
            let rejected = loaded.rejected.iter().map(|row| format!("{} {}", row.line, words(&row.column)));
            let noted = loaded.report.by_reason.keys().filter_map(|number| Reason::from_number(*number));
            let noted = noted.collect::<BTreeSet<_>>();
            let born = loaded.events.iter().filter_map(|event| match &event.payload {
                Payload::RosterEntry(entry) => entry.birth_date.map(|day| day.to_string()),
                _ => None,
            });
            let facts = Facts::new("loaded")
                .value("events", kinds)
                .value("event_ids", words(loaded.events.iter().map(|event| event.event_id)))
                .value("born", words(born))
                .value("duplicates", loaded.report.duplicates)
                .value("referred", loaded.report.referred)
                .list("rejected", rejected)
                .reasons(&noted);
            stage.events.extend(loaded.events);
            facts
        }
        Err(error) => Facts::new("refused")
            .value("line", error.to_string().split(':').nth(1).unwrap_or_default().trim())
            .value("events", "")
            .list("told", [error.to_string()])
            .reasons(&error.reason()),
    };
    let changed = json!(status(stage.scheme(), &stage.events, now)) != before;
    let people = stage.events.iter().filter_map(|event| match &event.payload {
        Payload::RosterEntry(entry) => Some(&entry.person_ref),
        Payload::PassRecorded(pass) => Some(&pass.person_ref),
        _ => None,
    });
    let people = people.collect::<BTreeSet<_>>().len();
    facts.value("people", people).value("changes", if changed { "something" } else { "nothing" })
}

const HEADERS: [(&str, &str); 6] = [
    ("roster", "AAC058,AAC002,AAC003,DYBH,AAE140,AIC160,AAB301,AAC006,SCRZRQ"),
    ("results", "AAC002,AAC003,RZSJ,RZQD,RZJG,RZJGBM,SJLY,HDRQ"),
    ("payments", "AAC002,AAE140,AAE003,FFZT,TFYY,JE"),
    ("acks", "KEY,JSZT,JSSJ,FHM"),
    ("facts", "AAC002,AAC003,SXLX,SXRQ,SJLY,MDBH,XQLB,ZZRQ"),
    ("pairs", "id_a,id_b,score"),
];

fn load(stage: &Stage<'_>, import: &Import<'_>, file: &Load) -> Result<Loaded, Error> {
    let usual = HEADERS.iter().find(|(kind, _)| *kind == file.kind).map(|(_, header)| (*header).to_owned());
    let header = file.header.clone().or(usual).filter(|header| !header.is_empty());
    let lines = header.into_iter().chain(file.rows.iter().map(|row| stage.filled(row)));
    let text: String = lines.map(|line| line + "\n").collect();
    let bytes = match file.bytes.as_deref() {
        Some("gb18030") => encoding_rs::GB18030.encode(&text).0.into_owned(),
        Some("utf-8-bom") => [b"\xef\xbb\xbf", text.as_bytes()].concat(),
        Some(other) => panic!("no encoding {other}"),
        None => text.into_bytes(),
    };
    match file.kind.as_str() {
        "events" => import.load_events(&bytes),
        "pairs" => {
            let persons: String = file.persons.iter().fold("id,person_ref\n".to_owned(), |all, row| all + row + "\n");
            import.load_pairs(&bytes, "persons", persons.as_bytes())
        }
        kind => {
            let mut mapping = std::fs::read_to_string(support::path("mappings/platform.toml")).expect("the mapping");
            for (old, new) in &file.mapping {
                assert!(mapping.contains(old), "the mapping does not hold {old}");
                mapping = mapping.replacen(old, new, 1);
            }
            let kind: FileKind = kind.parse().expect("a kind of file");
            import.load(kind, &bytes, &Mapping::read("platform.toml", &mapping).expect("a good mapping"), &key())
        }
    }
}

fn checked(stage: &Stage<'_>, wanted: &Check) -> Facts {
    let mut files = stage.files.clone();
    for name in &wanted.without {
        assert!(files.remove(name).is_some(), "no file {name}");
    }
    for (name, text) in &wanted.with {
        files.entry(name.clone()).or_default().extend(text.bytes());
    }
    let from = wanted.effective_from.as_deref().map(day);
    let (report, scheme) = check(&files, stage.root, from);
    assert_fits("policy-check", &report);
    let unchanged = check(&stage.files, stage.root, from).0.policy_hash;
    let codes = report.faults.iter().chain(&report.warnings).filter_map(|finding| Reason::from_code(&finding.code));
    let codes = codes.collect::<BTreeSet<_>>();
    let told = |findings: &[facecert_policy::scheme::Finding]| {
        findings.iter().map(|finding| format!("{} {} {}", finding.code, finding.key, finding.text)).collect::<Vec<_>>()
    };
    Facts::new(if scheme.is_some() { "good" } else { "refused" })
        .value("faults", report.faults.len())
        .value("hash", if report.policy_hash == unchanged { "same" } else { "other" })
        .list("fault", told(&report.faults))
        .list("warning", told(&report.warnings))
        .reasons(&codes)
}

fn identified(number: &Number) -> Facts {
    let document: Document = number.document.parse().expect("a document");
    let known = |number: &str| identify(document, number, &key());
    let identity = known(&number.number);
    assert_fits("identity", &identity);
    let same = number.beside.as_deref().map(known).is_some_and(|other| {
        identity.id_match.is_some() && (identity.id_match, &identity.person_ref) == (other.id_match, &other.person_ref)
    });
    Facts::new(words(identity.form))
        .value("id_match", if identity.id_match.is_some() { "given" } else { "none" })
        .value("same_person", same)
        .reasons(&identity.reasons)
}

fn read(line: &Line) -> Facts {
    let event = story::events(&line.event).remove(0);
    let mut written: Value = serde_json::from_str(&event.to_line().expect("canonical")).expect("JSON");
    match line.event_id.as_str() {
        "absent" => written.as_object_mut().expect("an object").remove("event_id"),
        "wrong" => written.as_object_mut().expect("an object").insert("event_id".into(), json!("0".repeat(64))),
        other => panic!("no kind of id {other}"),
    };
    match read_events("events", &format!("\n{written}\n")) {
        Ok(events) => Facts::new("read").value("same", events == [event]),
        Err(error) => Facts::new("refused").list("told", [error.to_string()]),
    }
}

fn figures(report: &KpiReport, period: &Period) -> Facts {
    assert_fits("kpi-report", report);
    let mut told = Vec::new();
    let mut reasons = report.gaps.iter().map(|gap| gap.reason).collect::<Vec<_>>();
    for row in &report.rows {
        let rates = [
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
        ];
        for (name, rate) in rates {
            let bp = rate.bp.map_or("-".to_owned(), |bp| bp.to_string());
            told.push(format!("{} {name} {}/{} {bp}", row.unit, rate.num, rate.den));
        }
        told.push(format!("{} manual {}", row.unit, row.k4.manual));
        told.push(format!("{} k8 {} {} {}", row.unit, row.k8.count, words(row.k8.median_days), words(row.k8.max_days)));
        told.extend(row.k1.target_met.map(|met| format!("{} target {}", row.unit, if met { "met" } else { "missed" })));
        told.extend(
            row.k12.iter().map(|(kind, l)| format!("{} {kind} {}/{}", row.unit, l.precision.num, l.precision.den)),
        );
        reasons.extend(&row.k1.reasons);
    }
    let page = report.to_html("认证");
    Facts::new(if period.public { "public" } else { "internal" })
        .list("figure", told)
        .list("gap", report.gaps.iter().map(|gap| gap.unit.clone()))
        .value("page", if page.contains("内部") { "内部" } else { "公开" })
        .reasons(&reasons)
}

fn exported(stage: &mut Stage<'_>, now: Instant) -> Facts {
    let types = RecordType::ALL.iter().copied().collect();
    let exported = export(stage.scheme(), &stage.events, now, &types).expect("records");
    for record in &exported.records {
        assert_fits("import-record", record);
    }
    for event in &exported.events {
        assert_fits("event", event);
    }
    let told = exported.records.iter().map(|record| {
        let (module, channel) = (record.module.as_deref().unwrap_or("-"), record.channel.map_or("-", |c| c.as_str()));
        let months = record.payroll_month.iter().chain(&record.backpay_months);
        let date = record.certified_on.map(|day| day.to_string());
        format!("{} {channel} {module} {}", record.record_type, words(months.map(ToString::to_string).chain(date)))
    });
    let corrected = exported.records.iter().filter_map(|record| record.corrects);
    let corrected = corrected.map(|key| if Some(key) == stage.written { "written" } else { "other" });
    let facts = Facts::new("records")
        .list("record", told)
        .value("corrects", words(corrected))
        .value("pilot", exported.records.iter().any(|record| record.pilot))
        .reasons(exported.records.iter().flat_map(|record| &record.reasons));
    stage.written = exported.records.last().map(|record| record.key).or(stage.written);
    stage.events.extend::<Vec<Event>>(exported.events);
    facts
}
