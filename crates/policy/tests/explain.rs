//! What each audience reads.

mod support;

use facecert_policy::{Audience, Channel, Language, Reason, Reasons, explain};

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
    assert!(told.reasons[0].quote.is_some_and(|quote| quote.contains("逾期不认证")));
    assert_eq!(told.doors[0].name, "村（社区）网点");
}
