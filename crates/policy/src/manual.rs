//! The manual route: precondition, form, photo and three independent dates.

use std::collections::BTreeSet;

use crate::decide::{Context, Verdict};
use crate::event::Payload;
use crate::reason::{Reason, Reasons};
use crate::scheme::{FormYear, ManualDate, PressMonth, Reading};
use crate::submission::{DatedPhoto, FormField, FormPaper, Press};
use crate::value::{Day, Ref};
use crate::vocabulary::{Channel, Method, SignatureLine};

/// Judges the form path of a manual channel.
pub(crate) fn judge(context: &Context<'_>) -> Verdict {
    let case = context.case;
    let lodged_on = case.at.day();
    let mut reasons = Reasons::new();
    match &case.form {
        Some(form) => judge_form(context, form, &mut reasons),
        None => reasons.extend([
            Reason::MANUAL_PRECONDITION_UNMET,
            Reason::FORM_FIELD_MISSING,
            Reason::FORM_SIGNATURE_MISSING,
        ]),
    }
    match &case.photo {
        Some(photo) => judge_photo(context, photo, &mut reasons),
        None => {
            reasons.insert(Reason::PHOTO_MISSING);
        }
    }
    if context.rule.attest_staff.is_some_and(|count| count > 0) {
        reasons.extend(context.attest_reasons());
    }
    let approved = context.review(true, &mut reasons);
    let certified_on = match context.scheme.certified_on.manual {
        ManualDate::LodgedOn => lodged_on,
        ManualDate::Photo => case.photo.as_ref().and_then(taken_on).unwrap_or(lodged_on),
        ManualDate::ReviewedOn => case.review.as_ref().map_or(lodged_on, |review| review.at.day()),
    };
    Verdict::new(Method::Form, reasons, certified_on, approved, Reason::FORM_APPROVED)
}

fn judge_form(context: &Context<'_>, form: &FormPaper, reasons: &mut Reasons) {
    let rules = &context.scheme.manual;
    let lodged_on = context.case.at.day();
    let app_unusable = form.filled.contains(&FormField::Reason);
    let kiosk_failed = form.kiosk_failed_noted || has_kiosk_failed(context);
    let met = match rules.reading {
        Reading::Either => form.cannot_visit || kiosk_failed,
        Reading::Both => form.cannot_visit && kiosk_failed,
    };
    let dated = (lodged_on.add_days(-rules.form_max_days)..=lodged_on).contains(&form.signed_on);
    let years = rules.form_years.iter().flat_map(|year| match year {
        FormYear::Lodging => vec![lodged_on.year()],
        FormYear::Due => context.due_days().map(Day::year).collect(),
    });
    let checks = [
        (app_unusable && met, Reason::MANUAL_PRECONDITION_UNMET),
        (FormField::ALL.iter().all(|field| form.filled.contains(field)), Reason::FORM_FIELD_MISSING),
        (is_signed(&rules.signatures, form), Reason::FORM_SIGNATURE_MISSING),
        (dated, Reason::FORM_DATE_INVALID),
        (form.wording_sha256 == rules.form_sha256, Reason::FORM_WORDING_CHANGED),
        (years.into_iter().any(|year| year == form.year), Reason::FORM_YEAR_MISMATCH),
        (form.proxy.is_none(), Reason::FORM_PROXY_SIGNED),
    ];
    reasons.extend(checks.into_iter().filter(|(met, _)| !met).map(|(_, reason)| reason));
}

/// Every required line is signed, those of staff by different people.
fn is_signed(required: &[SignatureLine], form: &FormPaper) -> bool {
    let mut staff = BTreeSet::new();
    required.iter().all(|line| {
        form.signatures.iter().any(|signature| match (&signature.staff, line) {
            _ if signature.line != *line => false,
            (_, SignatureLine::Committer) => true,
            (Some(signer), _) => staff.insert(signer),
            (None, _) => false,
        })
    })
}

/// Staff who signed on a line.
pub(crate) fn signer(form: &FormPaper, line: SignatureLine) -> Option<&Ref> {
    form.signatures.iter().find(|signature| signature.line == line).and_then(|signature| signature.staff.as_ref())
}

fn has_kiosk_failed(context: &Context<'_>) -> bool {
    let lodged_on = context.case.at.day();
    let since = lodged_on.add_days(-context.scheme.manual.kiosk_failed_within_days);
    context.person.story.iter().any(|event| match &event.payload {
        Payload::SubmissionFailed(failed) => {
            failed.channel == Channel::Kiosk
                && (since..=lodged_on).contains(&event.effective)
                && (failed.attempt || failed.reasons.contains(&Reason::FACE_NO_REFERENCE))
        }
        _ => false,
    })
}

fn taken_on(photo: &DatedPhoto) -> Option<Day> {
    photo.exif_on.or(photo.declared_on)
}

/// The photo's own date, the paper's and the day of lodging; none is derived from another.
fn judge_photo(context: &Context<'_>, photo: &DatedPhoto, reasons: &mut Reasons) {
    let rules = &context.scheme.manual;
    let lodged_on = context.case.at.day();
    let earliest = lodged_on.add_days(-rules.photo_max_days);
    let taken = taken_on(photo);
    let press_day = match photo.press {
        Some(Press::Day(day)) => Some(day),
        _ => None,
    };
    let proven = rules.lower_bound_from_press && press_day.is_some_and(|day| day >= earliest);
    let press_month = photo.press.map(|press| match press {
        Press::Day(day) => day.month(),
        Press::Month(month) => month,
    });
    let month = match rules.press_month {
        PressMonth::Photo => taken.map(Day::month),
        PressMonth::Lodging => Some(lodged_on.month()),
    };
    let checks = [
        (
            photo.exif_on.is_none() || photo.declared_on.is_none() || photo.exif_on == photo.declared_on,
            Reason::PHOTO_DATES_CONFLICT,
        ),
        (taken.is_some() || proven, Reason::PHOTO_DATE_UNKNOWN),
        (taken.is_none_or(|day| day >= earliest), Reason::PHOTO_TOO_OLD),
        (taken.is_none_or(|day| day <= lodged_on), Reason::PHOTO_DATE_FUTURE),
        (photo.press.is_some(), Reason::PRESS_DATE_UNCLEAR),
        (press_month.is_none() || month.is_none() || press_month == month, Reason::PRESS_NOT_THIS_MONTH),
        (press_day.is_none_or(|day| day <= taken.unwrap_or(lodged_on)), Reason::PRESS_AFTER_PHOTO),
        (photo.document_held, Reason::PHOTO_NO_DOCUMENT),
        (!photo.face_doubt, Reason::PHOTO_FACE_DOUBT),
        (!context.is_photo_used(&photo.digest), Reason::PHOTO_REUSED),
    ];
    reasons.extend(checks.into_iter().filter(|(met, _)| !met).map(|(_, reason)| reason));
}
