//! What each audience reads.

mod support;

use facecert_policy::{Audience, Channel, Error, Language, Reason, Reasons, Submission, Told, decide, explain};
use support::story::{event, ordinary_case};

#[test]
fn the_subject_reads_what_to_do_next_and_staff_read_why() {
    let scheme = support::wenshui();
    let reasons = Reasons::from([Reason::FACE_NOT_LIVE, Reason::FACE_NONCE_FAILED, Reason::DEATH_REPORTED]);
    let codes = |audience| {
        let told = explain(&scheme, &reasons, &[Channel::Window], Language::Zh, audience);
        told.reasons.iter().map(|reason| reason.code).collect::<Vec<_>>()
    };
    assert_eq!(codes(Audience::Subject), ["TRY_ANOTHER_WAY", "CASE_NEUTRAL"]);
    assert_eq!(codes(Audience::Operator), ["FACE_NOT_LIVE", "FACE_NONCE_FAILED", "DEATH_REPORTED"]);
}

#[test]
fn reasons_quote_their_clause_and_doors_have_names() {
    let scheme = support::wenshui();
    let told = explain(&scheme, &Reasons::from([Reason::OVERDUE]), &[Channel::Outlet], Language::En, Audience::Subject);
    assert_eq!(told.reasons[0].text, "Overdue; please certify soon.");
    assert!(told.reasons[0].quote.as_ref().is_some_and(|quote| quote.contains("逾期不认证")));
    assert_eq!(told.doors[0].name, "村（社区）网点");
}

#[test]
fn a_decision_is_explained_as_it_was_printed_and_under_its_own_rules() {
    let scheme = support::wenshui();
    let events = ["EP", "pass 2025-09-10"].map(event);
    let case = ordinary_case("kiosk", "2026-03-05T10:00:00+08:00").to_string();
    let case = Submission::read("case", 1, &case).expect("a case");
    let decision = decide(&scheme, &events, &case, case.at).expect("a decision");
    let printed = serde_json::to_string(&decision).expect("JSON");
    let told = Told::read("decision", 1, &printed).expect("what decide printed");
    let explained = told.explain(&scheme, Language::Zh, Audience::Operator).expect("the same rules");
    assert_eq!(explained.answer.outcome, Some(decision.outcome));
    assert_eq!(explained.stamp.input_digest, decision.input_digest);
    let other = support::load(support::WENSHUI, &[("version = 1", "version = 2")]).expect("another version");
    assert!(matches!(
        told.explain(&other, Language::Zh, Audience::Audit),
        Err(Error::Argument { argument: "scheme", .. })
    ));
    let error = Told::read("decision", 3, &printed.replace("\"window\"", "\"door\"")).expect_err("no such door");
    assert!(error.to_string().starts_with("decision:3: doors"), "{error}");
}
