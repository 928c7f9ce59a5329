//! The tables of the file, one reader each, in the order of the file.

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::calendar_file::Calendar;
use super::channels::read_channels;
use super::finding::Findings;
use super::load::Named;
use super::reader::{Origin, Section};
use super::types::{
    Bundle, CertifiedOn, ChannelResidence, CloseItem, Cycle, CycleRule, Deadlines, Documents, DueRule, FactRules, Fit,
    K1, KpiRules, Manual, ManualDate, Mode, OneToMany, OutsideDate, PassCovers, PressMonth, Reading, ReminderRules,
    Roll, Scheme, Suspension,
};
use super::units::{self, Township};
use crate::value::{Code, Day, Hex32};
use crate::vocabulary::{Item, Role};

const MONTHS: std::ops::RangeInclusive<i32> = 1..=1200;
const DAYS: std::ops::RangeInclusive<i32> = 0..=36_500;
const WORKING_DAYS: std::ops::RangeInclusive<i32> = 0..=250;

/// Reads everything; after a fault the value is a stand-in, and no scheme comes out.
pub(super) fn read_scheme(root: &Section<'_>, named: &Named<'_>, findings: &RefCell<Findings>) -> Scheme {
    root.integer("schema", 1..=1);
    let version = root.integer("version", 1..=i32::MAX);
    root.texts("parts");
    let policy = root.table("policy", read_policy);
    read_scope(root);
    let (complaint_phone, sms_sign) = root.table("contact", |s| {
        let sms_sign = s.table("reminder", |s| s.text("sign"));
        (s.text("complaint_phone"), sms_sign)
    });
    let (cycle_rule, calendar) = root.table("cycle_rule", |s| read_cycle_rule(s, named, findings));
    let townships = read_townships(root);
    let units = root.table("units", |s| read_units(s, named, &townships, findings));
    let staff_roles = root.table("roles", |s| read_roles(s));
    let channels = read_channels(root, &staff_roles);
    let (visit_grounds, visit_asked_by) = root.table("home_visit", |s| {
        s.fixed_flag("proof_required", false);
        (s.words("grounds"), s.words("ask"))
    });
    let (photo_retention_days, digest_retention_years) =
        root.table("retention", |s| (s.integer("photo_days", DAYS), s.integer("digest_years", 1..=100)));
    Scheme {
        id: policy.id,
        version,
        hash: Hex32::sha256(b""),
        document: policy.document,
        title: policy.title,
        county: policy.county,
        effective_from: policy.effective_from,
        floor_days: policy.floor_days,
        pilot: policy.pilot,
        complaint_phone,
        sms_sign,
        sentences: root.tables("sentence", read_sentence).into_iter().flatten().collect(),
        questions: root.table_inline("questions", |s| s.by_word(Section::text_at)),
        bundles: root.tables("bundle", |s| Bundle {
            id: s.text("id"),
            kinds: s.words("kinds"),
            from: s.optional_day("from"),
            until: s.optional_day("until"),
            origin: s.origin(),
        }),
        cycles: root.tables("cycle", |s| Cycle {
            bundle: s.text("bundle"),
            months: s.integer("months", MONTHS),
            from: s.day_or("from", "effective", policy.effective_from),
        }),
        cycle_rule,
        calendar,
        certified_on: root.table("certified_on", read_certified_on),
        suspension: root.table("suspension", read_suspension),
        channel_residence: root.table("channel_residence", |s| ChannelResidence {
            own: s.word("own_evaluation", Fit::Strict),
            platform: s.word("platform_result", Fit::AcceptAndNote),
            outside: s.words("outside").into_iter().collect(),
        }),
        documents: root.table("documents", |s| {
            s.words::<crate::vocabulary::Document>("all");
            Documents {
                under_18_only: s.words("under_18_only"),
                expired_ok_months: s.integer("expired_ok_months", 0..=1200),
            }
        }),
        staff_distinct: channels.staff_distinct,
        channels: channels.rules,
        close_roles: staff_roles.close,
        other_review_roles: staff_roles.other_review,
        visit_grounds,
        visit_asked_by,
        desk: root.table("desk", |s| s.by_word(Section::word_of)),
        face: channels.face,
        one_to_many: root.table("one_to_many", read_one_to_many),
        manual: root.table("manual", |s| read_manual(s, named)),
        photo_retention_days,
        digest_retention_years,
        facts: root.table("facts", read_facts),
        kpi: root.table("kpi", read_kpi),
        reminder: read_reminders(root),
        deadline: root.table("deadline", read_deadlines),
        townships,
        villages: units.0,
        outlets: units.1,
    }
}

struct Policy {
    id: String,
    document: String,
    title: String,
    county: Code<6>,
    effective_from: Day,
    floor_days: i32,
    pilot: bool,
}

fn read_policy(s: &Section<'_>) -> Policy {
    s.fixed("timezone", "Asia/Shanghai");
    Policy {
        id: s.text("id"),
        document: s.text("document"),
        title: s.text("title"),
        county: s.word("county", Code::ZERO),
        effective_from: s.table("effective", |s| s.optional_day("from")).unwrap_or(Day::FIRST),
        floor_days: s.table("transition", |s| s.integer("floor_days", DAYS)),
        pilot: s.table("pilot", |s| s.flag("enabled")),
    }
}

/// A sentence of the document, with the clause that it is.
fn read_sentence(s: &Section<'_>) -> Option<(String, String)> {
    let text = s.text("text");
    match s.origin() {
        Some(Origin::Clause(clause)) => Some((clause, text)),
        _ => None,
    }
}

fn read_scope(root: &Section<'_>) {
    root.table("scope", |s| {
        s.fixed("other_benefits", "not_covered");
        s.table("institution", |s| s.texts("covers"));
    });
    root.table("resume", |s| s.fixed("backpay", "all_not_certified_months"));
    root.table("matching", |s| {
        s.fixed("name", "nfkc_no_space_no_dot");
        s.fixed("id_15_digits", "convert");
    });
}

fn read_cycle_rule(s: &Section<'_>, named: &Named<'_>, findings: &RefCell<Findings>) -> (CycleRule, Calendar) {
    s.fixed("first_anchor", "benefit_start");
    let (roll, calendar, due_soon_days) = s.table("day", |s| {
        s.fixed_flag("inclusive", true);
        let roll = s.word("roll", Roll::Next);
        if roll == Roll::Previous {
            s.fault("roll", "word", "a due date moves to the next working day or nowhere");
        }
        let mut calendar = Calendar::default();
        for file in s.texts("calendars") {
            if let Some(bytes) = named.file(s, "calendars", &file) {
                calendar.read(&file, bytes, findings);
            }
        }
        (roll, calendar, s.integer("due_soon_days", DAYS))
    });
    let rule = CycleRule {
        mode: s.word("mode", Mode::Rolling),
        due_rule: s.word("due_rule", DueRule::Exact),
        early_window_days: s.integer("early_window_days", DAYS),
        roll,
        due_soon_days,
        grace_days: s.table("grace", |s| s.integer("days", DAYS)),
        outside_date: s.table("outside", |s| s.word("date", OutsideDate::Earlier)),
    };
    (rule, calendar)
}

fn read_certified_on(s: &Section<'_>) -> CertifiedOn {
    s.fixed("face", "captured_at");
    s.fixed("attest", "attested_at");
    s.fixed("data_match", "activity_date");
    s.fixed("paper", "issued_on");
    CertifiedOn {
        covers: s.word("one_pass_covers", PassCovers::AllEntitlements),
        offline_max_days: s.integer("offline_max_days", DAYS),
        manual: s.table("manual", |s| s.word("date", ManualDate::LodgedOn)),
    }
}

fn read_suspension(s: &Section<'_>) -> Suspension {
    s.fixed("actor", "platform");
    s.table("wait", |s| s.fixed("rule", "largest_app_wait"));
    let cutoff = s.table("cutoff", |s| {
        let roll = s.word("roll", Roll::Previous);
        if roll == Roll::Next {
            s.fault("roll", "word", "a cut-off moves to the previous working day or nowhere");
        }
        (s.integer("day", 1..=31) as i8, s.integer("month_offset", -12..=-1), roll)
    });
    let hold = s
        .table("hold", |s| ["visit_days", "form_days", "appeal_days", "referral_days"].map(|key| s.integer(key, DAYS)));
    Suspension {
        cutoff_day: cutoff.0,
        cutoff_month_offset: cutoff.1,
        cutoff_roll: cutoff.2,
        visit_hold_days: hold[0],
        form_hold_days: hold[1],
        appeal_hold_days: hold[2],
        referral_hold_days: hold[3],
        warn_without_contact: s.table("contact", |s| s.flag("warn_without_contact")),
    }
}

/// Staff roles by what they may do.
pub(super) struct StaffRoles {
    pub(super) attest: BTreeMap<crate::vocabulary::Channel, Vec<Role>>,
    pub(super) review: BTreeMap<crate::vocabulary::Channel, Vec<Role>>,
    other_review: Vec<Role>,
    close: BTreeMap<CloseItem, Vec<Role>>,
}

fn read_roles(s: &Section<'_>) -> StaffRoles {
    let attest = s.table("attest", |s| s.by_word(|s, key| Some(s.words_of(key))));
    let (other_review, review) = s.table("review", |s| (s.words("other"), s.by_word(|s, key| Some(s.words_of(key)))));
    let close = s.table("close", |s| s.by_word(|s, key| Some(s.words_of(key))));
    StaffRoles { attest, review, other_review, close }
}

fn read_one_to_many(s: &Section<'_>) -> OneToMany {
    let rules = OneToMany { enabled: s.flag("enabled"), stored_faces: s.integer("stored_faces", 0..=i32::MAX) };
    for key in ["purpose", "legal_basis", "impact_assessment_ref"] {
        if s.text(key).is_empty() && rules.enabled {
            s.fault(key, "one_to_many", "1:N search needs this reference before it is switched on");
        }
    }
    if s.text("filing_number").is_empty() && rules.stored_faces >= FILING_FROM_FACES {
        let text = "from 100,000 stored faces the province's network office gives a filing number: enter it";
        if rules.enabled {
            s.fault("filing_number", "FILING_NUMBER_NEEDED", text);
        } else {
            s.warn("filing_number", "FILING_NUMBER_NEEDED", text);
        }
    }
    rules
}

/// Stored faces from which a filing is needed, 1:1 use included (人脸识别技术应用安全管理办法, art. 15).
const FILING_FROM_FACES: i32 = 100_000;

fn read_manual(s: &Section<'_>, named: &Named<'_>) -> Manual {
    let (form, signatures, form_max_days, form_years) = s.table("form", |s| {
        let signatures = s.table("signatures", |s| {
            s.fixed("proxy", "review");
            s.words("required")
        });
        let years = s.table("year", |s| {
            s.fixed("one_per", "cycle");
            s.words("allowed")
        });
        let max_days = s.table("date", |s| s.integer("max_days_before_lodging", DAYS));
        (read_form_text(s, named), signatures, max_days, years)
    });
    let (photo_max_days, lower_bound_from_press) =
        s.table("photo", |s| (s.integer("max_days_before_lodging", DAYS), s.flag("lower_bound_from_press")));
    Manual {
        reading: s.word("reading", Reading::Either),
        kiosk_failed_within_days: s.integer("kiosk_failed_within_days", DAYS),
        form_text: form.0,
        form_sha256: form.1,
        signatures,
        form_max_days,
        form_years,
        photo_max_days,
        lower_bound_from_press,
        press_month: s.table("press", |s| s.word("month_of", PressMonth::Photo)),
    }
}

fn read_form_text(s: &Section<'_>, named: &Named<'_>) -> (String, Hex32) {
    let pinned = s.word("text_sha256", Hex32::sha256(b""));
    let bytes = named.file(s, "text", &s.text("text")).unwrap_or_default();
    if Hex32::sha256(bytes) != pinned {
        s.fault("text_sha256", "form_text", "the form's text has another SHA-256: it must stand word for word");
    }
    (String::from_utf8_lossy(bytes).into_owned(), pinned)
}

fn read_facts(s: &Section<'_>) -> FactRules {
    s.table("death", |s| s.fixed("paid_through", "month_of_death"));
    let prison = s.table("imprisonment", |s| {
        let classes = ["stopping", "not_stopping", "person_decides"].map(|key| s.words(key));
        (classes, s.integer("release_floor_days", DAYS))
    });
    let [stopping, not_stopping, person_decides] = prison.0;
    let (incompatible, same_kind_twice) = s.table("duplicate", |s| {
        s.fixed("survivor_with_own", "person_checks");
        (s.pairs("incompatible"), s.flag("same_kind_twice"))
    });
    let (other, eligible_until_notice_days) =
        s.table("other", |s| (s.words("kinds"), s.integer("eligible_until_notice_days", DAYS)));
    FactRules {
        stopping,
        not_stopping,
        person_decides,
        release_floor_days: prison.1,
        incompatible,
        same_kind_twice,
        other,
        eligible_until_notice_days,
        confirmed_staff: s.table("closure", |s| s.integer("confirmed_staff", 1..=10)),
    }
}

fn read_kpi(s: &Section<'_>) -> KpiRules {
    KpiRules {
        target_percent: s.integer("target_percent", 1..=100),
        k1: s.table("definition", |s| {
            s.fixed("unit", "entitlement");
            s.word("k1", K1::Coverage)
        }),
        mask_k: s.table("mask", |s| s.integer("k", 1..=1000)),
    }
}

fn read_reminders(root: &Section<'_>) -> ReminderRules {
    let mut rules = root.tables("reminder", |s| ReminderRules {
        steps: s.integers("steps", -365..=365),
        last_call_working_days: s.integer("last_call_working_days_before_cutoff", WORKING_DAYS),
        after_suspension_every_days: s.integer("after_suspension_every_days", 1..=365),
        after_suspension_times: s.integer("after_suspension_times", 0..=100),
        contact_from_step: s.integer("contact_from_step", -365..=365),
        pre_retirement_days: 0,
    });
    if rules.len() > 1 {
        root.fault("reminder", "twice", "give one [[reminder]]");
    }
    let pre_retirement_days = root.table("pre_retirement", |s| s.integer("days_before_start", DAYS));
    let first = rules.pop().unwrap_or_else(|| {
        root.fault("reminder", "missing", "missing");
        ReminderRules::default()
    });
    ReminderRules { pre_retirement_days, ..first }
}

fn read_deadlines(s: &Section<'_>) -> Deadlines {
    let items = [
        ("manual_review", Item::ManualReview),
        ("attest_review", Item::AttestReview),
        ("visit", Item::Visit),
        ("visit_booking_call", Item::VisitBookingCall),
        ("difficulty_feedback", Item::DifficultyFeedback),
        ("overdue_contact", Item::OverdueContact),
        ("name_or_identity", Item::Identity),
        ("case_death", Item::CaseDeath),
        ("case_other", Item::CaseOther),
        ("living_after_death", Item::LivingAfterDeath),
        ("survivor_check", Item::SurvivorCheck),
        ("overpayment", Item::Overpayment),
        ("platform_mismatch", Item::PlatformMismatch),
        ("outlet_gap", Item::OutletGap),
        ("appeal", Item::Appeal),
    ];
    Deadlines {
        items: items.into_iter().map(|(key, item)| (item, s.integer(key, WORKING_DAYS))).collect(),
        export_rejected: s.integer("export_rejected", WORKING_DAYS),
        export_unacknowledged: s.integer("export_unacknowledged", WORKING_DAYS),
        priority_days_before_cutoff: s.integer("priority_days_before_cutoff", WORKING_DAYS),
    }
}

fn read_townships(root: &Section<'_>) -> Vec<Township> {
    let townships = root.tables("township", |s| {
        let codes = s.words::<Code<9>>("codes");
        let names = s.texts("names");
        if codes.len() != names.len() {
            s.fault("names", "township", "give one name per code, in the same order");
        }
        codes.into_iter().zip(names).map(|(code, name)| Township { code, name }).collect::<Vec<_>>()
    });
    let townships = townships.into_iter().flatten().collect::<Vec<_>>();
    root.table("township_count", |s| {
        let expect = s.integer("expect", 1..=1000);
        if expect as usize != townships.len() {
            s.fault("expect", "township_count", format!("{} townships are listed", townships.len()));
        }
    });
    townships
}

type Units = (Option<BTreeMap<Code<12>, units::Village>>, Option<BTreeMap<crate::value::Ref, units::Outlet>>);

fn read_units(s: &Section<'_>, named: &Named<'_>, townships: &[Township], findings: &RefCell<Findings>) -> Units {
    let file = |key| {
        let name = s.text(key);
        if name.is_empty() {
            s.warn(key, "not_supplied", "not supplied yet: outlet coverage has no data until the county gives it");
            return None;
        }
        named.file(s, key, &name).map(|bytes| (name, bytes))
    };
    let villages =
        file("villages").map(|(name, bytes)| units::villages(&name, bytes, townships, &mut findings.borrow_mut()));
    let outlets = file("outlets").map(|(name, bytes)| units::outlets(&name, bytes, &mut findings.borrow_mut()));
    (villages, outlets)
}
