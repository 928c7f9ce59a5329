//! Generated from `reasons.toml`; the test `drift` rewrites it with `FACECERT_UPDATE=1`.

use super::{Audience, DoorSet, Entry, Reason, Severity};

impl Reason {
    /// Certified; your benefit continues.
    pub const CERTIFIED: Self = Self(2000);
    /// Certified after the due date.
    pub const CERTIFIED_LATE: Self = Self(2001);
    /// Also counts for your other benefits.
    pub const OTHER_ENTITLEMENT_COVERED: Self = Self(2003);
    /// Pilot run; record marked as pilot.
    pub const PILOT_RECORD: Self = Self(2004);
    /// Benefit has not started; nothing to do yet.
    pub const NOT_STARTED: Self = Self(2010);
    /// Paid elsewhere; we can assist you.
    pub const NOT_THIS_COUNTY: Self = Self(2011);
    /// This benefit has ended; ask at the window.
    pub const ENTITLEMENT_ENDED: Self = Self(2012);
    /// No benefit found; please check at the window.
    pub const NOT_IN_ROSTER: Self = Self(2013);
    /// No holiday file for that year; date not rolled.
    pub const CALENDAR_MISSING: Self = Self(2020);
    /// Due date moved to the next working day.
    pub const DUE_ROLLED: Self = Self(2021);
    /// Due date set by the transition floor.
    pub const DUE_TRANSITION: Self = Self(2022);
    /// Cycle for this kind is an assumption.
    pub const CYCLE_ASSUMED: Self = Self(2023);
    /// Document number is wrong; please check it.
    pub const ID_NUMBER_INVALID: Self = Self(2100);
    /// 15-digit number converted to 18 digits.
    pub const ID_15_CONVERTED: Self = Self(2101);
    /// Century of a 15-digit number is unclear.
    pub const ID_CENTURY_UNCLEAR: Self = Self(2102);
    /// Name differs from the record; see the window.
    pub const NAME_MISMATCH: Self = Self(2103);
    /// One number, several people; referred.
    pub const ID_CONFLICT: Self = Self(2104);
    /// Residence on file does not fit the channel.
    pub const RESIDENCE_MISMATCH: Self = Self(2105);
    /// A guardian must come with a minor.
    pub const MINOR_NEEDS_GUARDIAN: Self = Self(2106);
    /// Under 14, face needs a guardian's consent.
    pub const GUARDIAN_CONSENT_MISSING: Self = Self(2107);
    /// Survivor's conditions need a check.
    pub const SURVIVOR_CONDITION_CHECK: Self = Self(2108);
    /// This channel is closed; use another.
    pub const CHANNEL_CLOSED: Self = Self(2200);
    /// Abroad, use the Laolai or Consular app.
    pub const CHANNEL_NOT_ABROAD: Self = Self(2201);
    /// The Consular app is for people abroad.
    pub const CHANNEL_ABROAD_ONLY: Self = Self(2202);
    /// This outlet is closed; try a nearby one.
    pub const OUTLET_NOT_OPEN: Self = Self(2203);
    /// Bring an identity document or card (original).
    pub const DOC_MISSING: Self = Self(2210);
    /// Not readable here; go to outlet or window.
    pub const DOC_NOT_READABLE_HERE: Self = Self(2211);
    /// An original is needed, not a copy.
    pub const DOC_NOT_ORIGINAL: Self = Self(2212);
    /// Document has expired; please renew it.
    pub const DOC_EXPIRED_RECENT: Self = Self(2213);
    /// Document is not this person's; referred.
    pub const DOC_OTHER_PERSON: Self = Self(2214);
    /// Face verified.
    pub const FACE_PASS: Self = Self(2300);
    /// No match this time; retry or use another way.
    pub const FACE_NO_MATCH: Self = Self(2301);
    /// Liveness check failed.
    pub const FACE_NOT_LIVE: Self = Self(2302);
    /// Not clear enough; retry or use another way.
    pub const FACE_UNCERTAIN: Self = Self(2303);
    /// Light or angle not right; follow the hints.
    pub const FACE_QUALITY: Self = Self(2304);
    /// No usable reference photo; use another way.
    pub const FACE_NO_REFERENCE: Self = Self(2305);
    /// Reference photo is old; renew it.
    pub const FACE_REFERENCE_OLD: Self = Self(2307);
    /// Match threshold is looser than the policy.
    pub const FACE_THRESHOLD_LOOSE: Self = Self(2308);
    /// Pack not accepted; it cannot certify.
    pub const FACE_EVALUATION_GRADE: Self = Self(2309);
    /// Offline evidence is late; review needed.
    pub const FACE_EVIDENCE_LATE: Self = Self(2310);
    /// No consent to face; other ways are open.
    pub const FACE_DECLINED: Self = Self(2312);
    /// Nonce expired, unknown or used before.
    pub const FACE_NONCE_FAILED: Self = Self(2313);
    /// Capture integrity not checked; review.
    pub const FACE_INTEGRITY_UNKNOWN: Self = Self(2314);
    /// Passive liveness only; review by policy.
    pub const FACE_PASSIVE_ONLY: Self = Self(2315);
    /// No liveness result in the evidence.
    pub const FACE_LIVENESS_MISSING: Self = Self(2316);
    /// Several tries failed; ask for staff or a visit.
    pub const FACE_ATTEMPTS_MANY: Self = Self(2317);
    /// Face failed, staff attested in person.
    pub const ATTESTED_AFTER_FACE_FAIL: Self = Self(2318);
    /// Please use another way; help is available.
    pub const TRY_ANOTHER_WAY: Self = Self(2399);
    /// Say why neither window nor kiosk works.
    pub const MANUAL_PRECONDITION_UNMET: Self = Self(2400);
    /// The form has empty fields.
    pub const FORM_FIELD_MISSING: Self = Self(2401);
    /// A signature is missing on the form.
    pub const FORM_SIGNATURE_MISSING: Self = Self(2402);
    /// The date on the form is not acceptable.
    pub const FORM_DATE_INVALID: Self = Self(2403);
    /// Form wording differs from the attachment.
    pub const FORM_WORDING_CHANGED: Self = Self(2404);
    /// Year on the form does not fit the cycle.
    pub const FORM_YEAR_MISMATCH: Self = Self(2405);
    /// Signed by proxy or thumbprint; check.
    pub const FORM_PROXY_SIGNED: Self = Self(2406);
    /// Add the photo with document and newspaper.
    pub const PHOTO_MISSING: Self = Self(2410);
    /// The photo must be from the last week.
    pub const PHOTO_TOO_OLD: Self = Self(2411);
    /// Photo date unknown; state it or retake.
    pub const PHOTO_DATE_UNKNOWN: Self = Self(2412);
    /// Photo is dated after lodging.
    pub const PHOTO_DATE_FUTURE: Self = Self(2413);
    /// The printed date is not legible.
    pub const PRESS_DATE_UNCLEAR: Self = Self(2414);
    /// Use this month's newspaper or magazine.
    pub const PRESS_NOT_THIS_MONTH: Self = Self(2415);
    /// Printed date is after the photo; referred.
    pub const PRESS_AFTER_PHOTO: Self = Self(2416);
    /// Hold your document or card in the photo.
    pub const PHOTO_NO_DOCUMENT: Self = Self(2417);
    /// Photo data and stated date differ; review.
    pub const PHOTO_DATES_CONFLICT: Self = Self(2418);
    /// Face in the photo is doubtful; review.
    pub const PHOTO_FACE_DOUBT: Self = Self(2419);
    /// Photo was used before; referred.
    pub const PHOTO_REUSED: Self = Self(2420);
    /// Received; under review.
    pub const REVIEW_PENDING: Self = Self(2430);
    /// Please complete the papers as explained.
    pub const REVIEW_RETURNED: Self = Self(2431);
    /// Not approved; appeal or use another way.
    pub const REVIEW_REFUSED: Self = Self(2432);
    /// Reviewer must not be the attester.
    pub const REVIEWER_NOT_DISTINCT: Self = Self(2433);
    /// Referred for a closer look; we will call.
    pub const REVIEW_REFERRED: Self = Self(2434);
    /// Attested by staff.
    pub const STAFF_ATTESTED: Self = Self(2500);
    /// Not enough attesting staff.
    pub const STAFF_COUNT_LOW: Self = Self(2501);
    /// Form and photo approved.
    pub const FORM_APPROVED: Self = Self(2502);
    /// This role may not do this.
    pub const STAFF_ROLE_NOT_ALLOWED: Self = Self(2503);
    /// Home visit booked; we will call you.
    pub const VISIT_BOOKED: Self = Self(2510);
    /// Nobody met; we will arrange a new time.
    pub const VISIT_NOT_MET: Self = Self(2511);
    /// Home visit is past its deadline.
    pub const VISIT_LATE: Self = Self(2512);
    /// Ground for the visit needs a talk.
    pub const VISIT_GROUND_QUERY: Self = Self(2513);
    /// Difficulty seen; contact and help.
    pub const DIFFICULTY_FEEDBACK: Self = Self(2514);
    /// Valid; certify again before the due date.
    pub const STATUS_ACTIVE: Self = Self(2600);
    /// Due soon; please certify.
    pub const DUE_SOON: Self = Self(2601);
    /// Overdue; please certify soon.
    pub const OVERDUE: Self = Self(2602);
    /// Your request is open; no stop advised.
    pub const SUSPENSION_HELD: Self = Self(2603);
    /// Waiting for results; no stop advised.
    pub const SUSPENSION_WAIT_IMPORT: Self = Self(2604);
    /// Overdue; the next payment may be held.
    pub const SUSPENSION_ADVISED: Self = Self(2605);
    /// The advice to stop is withdrawn.
    pub const SUSPENSION_WITHDRAWN: Self = Self(2606);
    /// Payment held; certify to resume with arrears.
    pub const SUSPENDED: Self = Self(2607);
    /// Resume and back-pay advised.
    pub const RESUME_ADVISED: Self = Self(2608);
    /// On-time result came late; corrected.
    pub const LATE_IMPORT_ON_TIME: Self = Self(2609);
    /// Held after a decision; you may appeal.
    pub const STOPPED_BY_DECISION: Self = Self(2610);
    /// Platform stopped without our advice; check.
    pub const SUSPENDED_BY_PLATFORM: Self = Self(2611);
    /// No contact on record; reach the person first.
    pub const NO_CONTACT_RECORDED: Self = Self(2612);
    /// Death reported; to be verified.
    pub const DEATH_REPORTED: Self = Self(2700);
    /// A pass after the recorded death; check it.
    pub const LIVING_PASS_AFTER_DEATH: Self = Self(2702);
    /// Case refuted.
    pub const CASE_REFUTED: Self = Self(2703);
    /// Imprisonment reported; to be verified.
    pub const IMPRISONMENT_REPORTED: Self = Self(2710);
    /// This kind of sentence does not stop it.
    pub const IMPRISONMENT_NOT_STOPPING: Self = Self(2712);
    /// In custody, no verdict; a person decides.
    pub const DETAINED_UNTRIED: Self = Self(2713);
    /// Possible duplicate; to be verified.
    pub const DUPLICATE_SUSPECTED: Self = Self(2720);
    /// Duplicate confirmed; a person settles it.
    pub const DUPLICATE_CONFIRMED: Self = Self(2721);
    /// Closed as twins.
    pub const DUPLICATE_TWIN: Self = Self(2722);
    /// Closed as an enrolment error.
    pub const DUPLICATE_ENROLMENT_ERROR: Self = Self(2723);
    /// Pair is closed; not raised again.
    pub const PAIR_ALREADY_CLOSED: Self = Self(2724);
    /// Months paid too long; follow procedure.
    pub const OVERPAYMENT_NOTE: Self = Self(2730);
    /// Other loss fact; to be verified.
    pub const OTHER_FACT_REPORTED: Self = Self(2731);
    /// 1:N is not enabled; pairs not loaded.
    pub const ONE_TO_MANY_OFF: Self = Self(2740);
    /// Stored faces need a filing number.
    pub const FILING_NUMBER_NEEDED: Self = Self(2741);
    /// Something to verify; staff will call you.
    pub const CASE_NEUTRAL: Self = Self(2799);
    /// Already imported; nothing changed.
    pub const IMPORT_DUPLICATE: Self = Self(2801);
    /// Row rejected; see line and field.
    pub const IMPORT_ROW_REJECTED: Self = Self(2802);
    /// Pass is dated in the future; not applied.
    pub const IMPORT_FUTURE_DATE: Self = Self(2803);
    /// Person not on the roster; referred.
    pub const IMPORT_UNKNOWN_PERSON: Self = Self(2804);
    /// Whole file refused; see the cause.
    pub const IMPORT_FILE_REFUSED: Self = Self(2805);
    /// Platform rejected the record.
    pub const EXPORT_REJECTED: Self = Self(2810);
    /// No acknowledgement from the platform.
    pub const EXPORT_UNACKNOWLEDGED: Self = Self(2811);
    /// Another agency's result accepted.
    pub const ASSIST_ACCEPTED: Self = Self(2820);
    /// Assisting agency unknown; review.
    pub const ASSIST_AGENCY_UNKNOWN: Self = Self(2821);
    /// Assist record made for another county.
    pub const ASSIST_GIVEN: Self = Self(2822);
    /// Confirmed by data; nothing to do.
    pub const DATA_MATCH_ACCEPTED: Self = Self(2830);
    /// Data source not listed; review.
    pub const DATA_SOURCE_UNKNOWN: Self = Self(2831);
    /// Consular paper accepted.
    pub const CONSULAR_PAPER_ACCEPTED: Self = Self(2840);
    /// Consular paper is late; review.
    pub const CONSULAR_PAPER_LATE: Self = Self(2841);
    /// Pass rate is below 85 %.
    pub const KPI_BELOW_TARGET: Self = Self(2900);
    /// No open outlet in this village.
    pub const KPI_OUTLET_GAP: Self = Self(2901);
    /// No data.
    pub const KPI_NO_DATA: Self = Self(2903);
    /// Appeal received.
    pub const APPEAL_LODGED: Self = Self(2910);
    /// Deadline passed; act now.
    pub const DEADLINE_PASSED: Self = Self(2911);
    /// Reminder held back by rule.
    pub const REMINDER_SUPPRESSED: Self = Self(2920);
    /// You retire soon; see how to certify.
    pub const PRE_RETIREMENT_NOTICE: Self = Self(2921);
}

/// Every reason code, by number.
#[rustfmt::skip]
pub const TABLE: &[Entry] = &[
    Entry { reason: Reason::CERTIFIED, code: "CERTIFIED", severity: Severity::Info, audience: &[Audience::Subject], zh: "认证通过，待遇照常发放。", en: "Certified; your benefit continues.", doors: &[], clause: "三(三)" },
    Entry { reason: Reason::CERTIFIED_LATE, code: "CERTIFIED_LATE", severity: Severity::Info, audience: &[Audience::Subject], zh: "逾期后补认证，已记录。", en: "Certified after the due date.", doors: &[], clause: "三(四)" },
    Entry { reason: Reason::OTHER_ENTITLEMENT_COVERED, code: "OTHER_ENTITLEMENT_COVERED", severity: Severity::Info, audience: &[Audience::Subject], zh: "本次认证同时用于您的其他待遇。", en: "Also counts for your other benefits.", doors: &[], clause: "A-18" },
    Entry { reason: Reason::PILOT_RECORD, code: "PILOT_RECORD", severity: Severity::Info, audience: &[Audience::Operator, Audience::Audit], zh: "试点运行，本记录标注试点。", en: "Pilot run; record marked as pilot.", doors: &[], clause: "A-02" },
    Entry { reason: Reason::NOT_STARTED, code: "NOT_STARTED", severity: Severity::Stop, audience: &[Audience::Subject], zh: "待遇尚未开始，暂不需认证。", en: "Benefit has not started; nothing to do yet.", doors: &[DoorSet::Window], clause: "三(二)" },
    Entry { reason: Reason::NOT_THIS_COUNTY, code: "NOT_THIS_COUNTY", severity: Severity::Stop, audience: &[Audience::Subject], zh: "待遇不在本县发放，可代为协办。", en: "Paid elsewhere; we can assist you.", doors: &[DoorSet::Window], clause: "三(二)" },
    Entry { reason: Reason::ENTITLEMENT_ENDED, code: "ENTITLEMENT_ENDED", severity: Severity::Stop, audience: &[Audience::Subject], zh: "该项待遇已终止，如有疑问请到窗口。", en: "This benefit has ended; ask at the window.", doors: &[DoorSet::Window], clause: "三(一)" },
    Entry { reason: Reason::NOT_IN_ROSTER, code: "NOT_IN_ROSTER", severity: Severity::Missing, audience: &[Audience::Subject], zh: "未查到您的待遇信息，请到窗口核对。", en: "No benefit found; please check at the window.", doors: &[DoorSet::Window], clause: "三(二)" },
    Entry { reason: Reason::CALENDAR_MISSING, code: "CALENDAR_MISSING", severity: Severity::Info, audience: &[Audience::Audit], zh: "该年度节假日表未录入，日期未顺延。", en: "No holiday file for that year; date not rolled.", doors: &[], clause: "A-05" },
    Entry { reason: Reason::DUE_ROLLED, code: "DUE_ROLLED", severity: Severity::Info, audience: &[Audience::Subject], zh: "到期日遇休息日，已顺延。", en: "Due date moved to the next working day.", doors: &[], clause: "A-05" },
    Entry { reason: Reason::DUE_TRANSITION, code: "DUE_TRANSITION", severity: Severity::Info, audience: &[Audience::Operator], zh: "按过渡期计算到期日。", en: "Due date set by the transition floor.", doors: &[], clause: "A-07" },
    Entry { reason: Reason::CYCLE_ASSUMED, code: "CYCLE_ASSUMED", severity: Severity::Info, audience: &[Audience::Operator, Audience::Audit], zh: "该类待遇周期为假设，待县里确认。", en: "Cycle for this kind is an assumption.", doors: &[], clause: "A-04" },
    Entry { reason: Reason::ID_NUMBER_INVALID, code: "ID_NUMBER_INVALID", severity: Severity::Missing, audience: &[Audience::Subject], zh: "证件号码有误，请核对后再填。", en: "Document number is wrong; please check it.", doors: &[DoorSet::All], clause: "B.2" },
    Entry { reason: Reason::ID_15_CONVERTED, code: "ID_15_CONVERTED", severity: Severity::Info, audience: &[Audience::Audit], zh: "15位旧号码已换算为18位。", en: "15-digit number converted to 18 digits.", doors: &[], clause: "B.2" },
    Entry { reason: Reason::ID_CENTURY_UNCLEAR, code: "ID_CENTURY_UNCLEAR", severity: Severity::Refer, audience: &[Audience::Operator], zh: "旧号码年代不明，请人工核对。", en: "Century of a 15-digit number is unclear.", doors: &[DoorSet::Window], clause: "B.2" },
    Entry { reason: Reason::NAME_MISMATCH, code: "NAME_MISMATCH", severity: Severity::Refer, audience: &[Audience::Subject, Audience::Operator], zh: "姓名与登记不一致，请到窗口核对。", en: "Name differs from the record; see the window.", doors: &[DoorSet::Outlet, DoorSet::Window], clause: "A-49" },
    Entry { reason: Reason::ID_CONFLICT, code: "ID_CONFLICT", severity: Severity::Refer, audience: &[Audience::Operator], zh: "同一号码对应多人，转人工核对。", en: "One number, several people; referred.", doors: &[DoorSet::Window], clause: "A-49" },
    Entry { reason: Reason::RESIDENCE_MISMATCH, code: "RESIDENCE_MISMATCH", severity: Severity::Warn, audience: &[Audience::Operator], zh: "居住地登记与认证渠道不符，请更新。", en: "Residence on file does not fit the channel.", doors: &[], clause: "A-17" },
    Entry { reason: Reason::MINOR_NEEDS_GUARDIAN, code: "MINOR_NEEDS_GUARDIAN", severity: Severity::Missing, audience: &[Audience::Subject], zh: "未成年人请由监护人陪同办理。", en: "A guardian must come with a minor.", doors: &[DoorSet::Outlet, DoorSet::HomeVisit, DoorSet::Window], clause: "A-43" },
    Entry { reason: Reason::GUARDIAN_CONSENT_MISSING, code: "GUARDIAN_CONSENT_MISSING", severity: Severity::Missing, audience: &[Audience::Subject], zh: "未满十四周岁刷脸须监护人同意。", en: "Under 14, face needs a guardian's consent.", doors: &[DoorSet::Outlet, DoorSet::HomeVisit, DoorSet::Window], clause: "A-43" },
    Entry { reason: Reason::SURVIVOR_CONDITION_CHECK, code: "SURVIVOR_CONDITION_CHECK", severity: Severity::Warn, audience: &[Audience::Operator], zh: "遗属条件临近变化，请人工核对。", en: "Survivor's conditions need a check.", doors: &[], clause: "A-43" },
    Entry { reason: Reason::CHANNEL_CLOSED, code: "CHANNEL_CLOSED", severity: Severity::Missing, audience: &[Audience::Subject], zh: "该渠道暂未开放，请换一种方式。", en: "This channel is closed; use another.", doors: &[DoorSet::All], clause: "三(三)" },
    Entry { reason: Reason::CHANNEL_NOT_ABROAD, code: "CHANNEL_NOT_ABROAD", severity: Severity::Missing, audience: &[Audience::Subject], zh: "境外居住请用老来或中国领事APP。", en: "Abroad, use the Laolai or Consular app.", doors: &[DoorSet::Apps, DoorSet::ConsularPaper], clause: "三(三)1" },
    Entry { reason: Reason::CHANNEL_ABROAD_ONLY, code: "CHANNEL_ABROAD_ONLY", severity: Severity::Missing, audience: &[Audience::Subject], zh: "中国领事APP供境外居住人员使用。", en: "The Consular app is for people abroad.", doors: &[DoorSet::All], clause: "三(三)1" },
    Entry { reason: Reason::OUTLET_NOT_OPEN, code: "OUTLET_NOT_OPEN", severity: Severity::Missing, audience: &[Audience::Subject], zh: "该网点未开放，请到就近网点或窗口。", en: "This outlet is closed; try a nearby one.", doors: &[DoorSet::Outlet, DoorSet::HomeVisit, DoorSet::Window], clause: "三(三)2" },
    Entry { reason: Reason::DOC_MISSING, code: "DOC_MISSING", severity: Severity::Missing, audience: &[Audience::Subject], zh: "请带身份证件或社保卡原件。", en: "Bring an identity document or card (original).", doors: &[DoorSet::Apps, DoorSet::HomeVisit, DoorSet::Window], clause: "三(三)2(1)" },
    Entry { reason: Reason::DOC_NOT_READABLE_HERE, code: "DOC_NOT_READABLE_HERE", severity: Severity::Missing, audience: &[Audience::Subject], zh: "该证件此处不能读取，请到网点窗口。", en: "Not readable here; go to outlet or window.", doors: &[DoorSet::Outlet, DoorSet::Window], clause: "A-21" },
    Entry { reason: Reason::DOC_NOT_ORIGINAL, code: "DOC_NOT_ORIGINAL", severity: Severity::Missing, audience: &[Audience::Subject], zh: "需要证件原件，复印件不能办理。", en: "An original is needed, not a copy.", doors: &[DoorSet::Apps, DoorSet::HomeVisit, DoorSet::Window], clause: "三(三)2(1)" },
    Entry { reason: Reason::DOC_EXPIRED_RECENT, code: "DOC_EXPIRED_RECENT", severity: Severity::Warn, audience: &[Audience::Subject], zh: "证件已过期，请尽快换领。", en: "Document has expired; please renew it.", doors: &[], clause: "A-21" },
    Entry { reason: Reason::DOC_OTHER_PERSON, code: "DOC_OTHER_PERSON", severity: Severity::Refer, audience: &[Audience::Operator], zh: "证件与领取人不一致，转人工核对。", en: "Document is not this person's; referred.", doors: &[DoorSet::Window], clause: "三(三)2(1)" },
    Entry { reason: Reason::FACE_PASS, code: "FACE_PASS", severity: Severity::Info, audience: &[Audience::Audit], zh: "刷脸比对通过。", en: "Face verified.", doors: &[], clause: "三(三)" },
    Entry { reason: Reason::FACE_NO_MATCH, code: "FACE_NO_MATCH", severity: Severity::Fail, audience: &[Audience::Subject], zh: "这次没有比对成功，可再试或换方式。", en: "No match this time; retry or use another way.", doors: &[DoorSet::All], clause: "三(三)" },
    Entry { reason: Reason::FACE_NOT_LIVE, code: "FACE_NOT_LIVE", severity: Severity::Fail, audience: &[Audience::Operator, Audience::Audit], zh: "活体检验未通过。", en: "Liveness check failed.", doors: &[DoorSet::Outlet, DoorSet::HomeVisit, DoorSet::Window], clause: "三(三)" },
    Entry { reason: Reason::FACE_UNCERTAIN, code: "FACE_UNCERTAIN", severity: Severity::Fail, audience: &[Audience::Subject], zh: "照得不够清楚，请再试或换方式。", en: "Not clear enough; retry or use another way.", doors: &[DoorSet::All], clause: "三(三)" },
    Entry { reason: Reason::FACE_QUALITY, code: "FACE_QUALITY", severity: Severity::Fail, audience: &[Audience::Subject], zh: "光线或角度不合适，请按提示再拍。", en: "Light or angle not right; follow the hints.", doors: &[DoorSet::All], clause: "三(三)" },
    Entry { reason: Reason::FACE_NO_REFERENCE, code: "FACE_NO_REFERENCE", severity: Severity::Missing, audience: &[Audience::Subject], zh: "没有可用的底照，请换一种方式。", en: "No usable reference photo; use another way.", doors: &[DoorSet::Outlet, DoorSet::HomeVisit, DoorSet::Manual, DoorSet::Window], clause: "A-33" },
    Entry { reason: Reason::FACE_REFERENCE_OLD, code: "FACE_REFERENCE_OLD", severity: Severity::Warn, audience: &[Audience::Operator], zh: "底照年代较久，建议更新。", en: "Reference photo is old; renew it.", doors: &[], clause: "A-33" },
    Entry { reason: Reason::FACE_THRESHOLD_LOOSE, code: "FACE_THRESHOLD_LOOSE", severity: Severity::Missing, audience: &[Audience::Operator], zh: "比对阈值不符合政策要求。", en: "Match threshold is looser than the policy.", doors: &[DoorSet::Outlet, DoorSet::HomeVisit, DoorSet::Manual, DoorSet::Window], clause: "A-32" },
    Entry { reason: Reason::FACE_EVALUATION_GRADE, code: "FACE_EVALUATION_GRADE", severity: Severity::Missing, audience: &[Audience::Operator, Audience::Audit], zh: "识别模型未经验收，不得用于正式认证。", en: "Pack not accepted; it cannot certify.", doors: &[DoorSet::Outlet, DoorSet::HomeVisit, DoorSet::Manual, DoorSet::Window], clause: "A-02" },
    Entry { reason: Reason::FACE_EVIDENCE_LATE, code: "FACE_EVIDENCE_LATE", severity: Severity::Review, audience: &[Audience::Operator], zh: "离线证据超过时限，需人工审核。", en: "Offline evidence is late; review needed.", doors: &[DoorSet::Window], clause: "A-19" },
    Entry { reason: Reason::FACE_DECLINED, code: "FACE_DECLINED", severity: Severity::Missing, audience: &[Audience::Subject], zh: "未同意刷脸，可用其他方式办理。", en: "No consent to face; other ways are open.", doors: &[DoorSet::Outlet, DoorSet::HomeVisit, DoorSet::Manual, DoorSet::Window], clause: "A-35" },
    Entry { reason: Reason::FACE_NONCE_FAILED, code: "FACE_NONCE_FAILED", severity: Severity::Fail, audience: &[Audience::Operator, Audience::Audit], zh: "采集口令过期、未知或已用过。", en: "Nonce expired, unknown or used before.", doors: &[DoorSet::Outlet, DoorSet::HomeVisit, DoorSet::Manual, DoorSet::Window], clause: "A-32" },
    Entry { reason: Reason::FACE_INTEGRITY_UNKNOWN, code: "FACE_INTEGRITY_UNKNOWN", severity: Severity::Review, audience: &[Audience::Operator], zh: "采集完整性未验证，需人工审核。", en: "Capture integrity not checked; review.", doors: &[DoorSet::Outlet, DoorSet::Window], clause: "A-32" },
    Entry { reason: Reason::FACE_PASSIVE_ONLY, code: "FACE_PASSIVE_ONLY", severity: Severity::Review, audience: &[Audience::Operator], zh: "仅静默活体，按政策需人工审核。", en: "Passive liveness only; review by policy.", doors: &[DoorSet::Outlet, DoorSet::Window], clause: "A-32" },
    Entry { reason: Reason::FACE_LIVENESS_MISSING, code: "FACE_LIVENESS_MISSING", severity: Severity::Missing, audience: &[Audience::Operator], zh: "缺少活体检验结果。", en: "No liveness result in the evidence.", doors: &[DoorSet::Outlet, DoorSet::HomeVisit, DoorSet::Manual, DoorSet::Window], clause: "A-32" },
    Entry { reason: Reason::FACE_ATTEMPTS_MANY, code: "FACE_ATTEMPTS_MANY", severity: Severity::Warn, audience: &[Audience::Subject], zh: "多次未成功，可申请人工或上门认证。", en: "Several tries failed; ask for staff or a visit.", doors: &[DoorSet::Outlet, DoorSet::HomeVisit, DoorSet::Manual, DoorSet::Window], clause: "A-34" },
    Entry { reason: Reason::ATTESTED_AFTER_FACE_FAIL, code: "ATTESTED_AFTER_FACE_FAIL", severity: Severity::Warn, audience: &[Audience::Audit], zh: "刷脸未过，由工作人员现场见证。", en: "Face failed, staff attested in person.", doors: &[], clause: "A-22" },
    Entry { reason: Reason::TRY_ANOTHER_WAY, code: "TRY_ANOTHER_WAY", severity: Severity::Info, audience: &[Audience::Subject], zh: "请换一种方式办理，可请人帮忙。", en: "Please use another way; help is available.", doors: &[DoorSet::All], clause: "四" },
    Entry { reason: Reason::MANUAL_PRECONDITION_UNMET, code: "MANUAL_PRECONDITION_UNMET", severity: Severity::Missing, audience: &[Audience::Subject, Audience::Operator], zh: "请先说明不能到窗口或终端未通过。", en: "Say why neither window nor kiosk works.", doors: &[DoorSet::Kiosk, DoorSet::Outlet, DoorSet::HomeVisit, DoorSet::Window], clause: "三(三)2(2)" },
    Entry { reason: Reason::FORM_FIELD_MISSING, code: "FORM_FIELD_MISSING", severity: Severity::Missing, audience: &[Audience::Subject, Audience::Operator], zh: "承诺书有空项，请补填。", en: "The form has empty fields.", doors: &[DoorSet::Manual, DoorSet::Window], clause: "附" },
    Entry { reason: Reason::FORM_SIGNATURE_MISSING, code: "FORM_SIGNATURE_MISSING", severity: Severity::Missing, audience: &[Audience::Subject, Audience::Operator], zh: "承诺书缺少签字，请补签。", en: "A signature is missing on the form.", doors: &[DoorSet::Manual, DoorSet::Window], clause: "附" },
    Entry { reason: Reason::FORM_DATE_INVALID, code: "FORM_DATE_INVALID", severity: Severity::Missing, audience: &[Audience::Subject, Audience::Operator], zh: "承诺日期不符合要求，请重新填写。", en: "The date on the form is not acceptable.", doors: &[DoorSet::Manual, DoorSet::Window], clause: "A-26" },
    Entry { reason: Reason::FORM_WORDING_CHANGED, code: "FORM_WORDING_CHANGED", severity: Severity::Missing, audience: &[Audience::Operator], zh: "承诺书文本与附件不一致。", en: "Form wording differs from the attachment.", doors: &[DoorSet::Manual, DoorSet::Window], clause: "附" },
    Entry { reason: Reason::FORM_YEAR_MISMATCH, code: "FORM_YEAR_MISMATCH", severity: Severity::Warn, audience: &[Audience::Operator], zh: "承诺书年度与本周期不符，请核对。", en: "Year on the form does not fit the cycle.", doors: &[], clause: "A-28" },
    Entry { reason: Reason::FORM_PROXY_SIGNED, code: "FORM_PROXY_SIGNED", severity: Severity::Review, audience: &[Audience::Operator], zh: "代签或手印，请核对监护与见证。", en: "Signed by proxy or thumbprint; check.", doors: &[DoorSet::Manual, DoorSet::Window], clause: "A-30" },
    Entry { reason: Reason::PHOTO_MISSING, code: "PHOTO_MISSING", severity: Severity::Missing, audience: &[Audience::Subject], zh: "请补一张手持证件和报刊的照片。", en: "Add the photo with document and newspaper.", doors: &[DoorSet::Manual, DoorSet::HomeVisit, DoorSet::Window], clause: "三(三)2(2)" },
    Entry { reason: Reason::PHOTO_TOO_OLD, code: "PHOTO_TOO_OLD", severity: Severity::Missing, audience: &[Audience::Subject], zh: "照片须近一周内拍摄，请重拍。", en: "The photo must be from the last week.", doors: &[DoorSet::Manual, DoorSet::HomeVisit, DoorSet::Window], clause: "A-24" },
    Entry { reason: Reason::PHOTO_DATE_UNKNOWN, code: "PHOTO_DATE_UNKNOWN", severity: Severity::Missing, audience: &[Audience::Subject], zh: "照片日期不明，请说明或重拍。", en: "Photo date unknown; state it or retake.", doors: &[DoorSet::Manual, DoorSet::HomeVisit, DoorSet::Window], clause: "A-24" },
    Entry { reason: Reason::PHOTO_DATE_FUTURE, code: "PHOTO_DATE_FUTURE", severity: Severity::Missing, audience: &[Audience::Operator], zh: "拍摄日期晚于提交日，请核对。", en: "Photo is dated after lodging.", doors: &[DoorSet::Manual, DoorSet::HomeVisit, DoorSet::Window], clause: "A-24" },
    Entry { reason: Reason::PRESS_DATE_UNCLEAR, code: "PRESS_DATE_UNCLEAR", severity: Severity::Missing, audience: &[Audience::Subject], zh: "报刊日期看不清，请重拍。", en: "The printed date is not legible.", doors: &[DoorSet::Manual, DoorSet::HomeVisit, DoorSet::Window], clause: "三(三)2(2)" },
    Entry { reason: Reason::PRESS_NOT_THIS_MONTH, code: "PRESS_NOT_THIS_MONTH", severity: Severity::Missing, audience: &[Audience::Subject], zh: "请用当月的报纸或杂志重拍。", en: "Use this month's newspaper or magazine.", doors: &[DoorSet::Manual, DoorSet::HomeVisit, DoorSet::Window], clause: "A-25" },
    Entry { reason: Reason::PRESS_AFTER_PHOTO, code: "PRESS_AFTER_PHOTO", severity: Severity::Refer, audience: &[Audience::Operator], zh: "报刊日期晚于拍摄日期，转人工。", en: "Printed date is after the photo; referred.", doors: &[DoorSet::HomeVisit, DoorSet::Window], clause: "A-25" },
    Entry { reason: Reason::PHOTO_NO_DOCUMENT, code: "PHOTO_NO_DOCUMENT", severity: Severity::Missing, audience: &[Audience::Subject], zh: "照片里请手持身份证件或社保卡。", en: "Hold your document or card in the photo.", doors: &[DoorSet::Manual, DoorSet::HomeVisit, DoorSet::Window], clause: "三(三)2(2)" },
    Entry { reason: Reason::PHOTO_DATES_CONFLICT, code: "PHOTO_DATES_CONFLICT", severity: Severity::Review, audience: &[Audience::Operator], zh: "照片日期与申报不一致，请审核。", en: "Photo data and stated date differ; review.", doors: &[DoorSet::Manual, DoorSet::Window], clause: "A-24" },
    Entry { reason: Reason::PHOTO_FACE_DOUBT, code: "PHOTO_FACE_DOUBT", severity: Severity::Review, audience: &[Audience::Operator], zh: "照片与底照差异大，请仔细审核。", en: "Face in the photo is doubtful; review.", doors: &[DoorSet::HomeVisit, DoorSet::Window], clause: "三(三)2(2)" },
    Entry { reason: Reason::PHOTO_REUSED, code: "PHOTO_REUSED", severity: Severity::Refer, audience: &[Audience::Operator, Audience::Audit], zh: "照片曾被使用，转人工核对。", en: "Photo was used before; referred.", doors: &[DoorSet::HomeVisit, DoorSet::Window], clause: "三(三)2(2)" },
    Entry { reason: Reason::REVIEW_PENDING, code: "REVIEW_PENDING", severity: Severity::Review, audience: &[Audience::Subject], zh: "材料已收到，正在审核。", en: "Received; under review.", doors: &[DoorSet::HomeVisit, DoorSet::Window], clause: "三(三)2(2)" },
    Entry { reason: Reason::REVIEW_RETURNED, code: "REVIEW_RETURNED", severity: Severity::Missing, audience: &[Audience::Subject], zh: "材料需补正，请按说明补交。", en: "Please complete the papers as explained.", doors: &[DoorSet::Manual, DoorSet::HomeVisit, DoorSet::Window], clause: "三(三)2(2)" },
    Entry { reason: Reason::REVIEW_REFUSED, code: "REVIEW_REFUSED", severity: Severity::Fail, audience: &[Audience::Subject], zh: "审核未通过，可申请复核或换方式。", en: "Not approved; appeal or use another way.", doors: &[DoorSet::HomeVisit, DoorSet::Window], clause: "三(三)2(2)" },
    Entry { reason: Reason::REVIEWER_NOT_DISTINCT, code: "REVIEWER_NOT_DISTINCT", severity: Severity::Missing, audience: &[Audience::Operator], zh: "审核人不得与经手人相同。", en: "Reviewer must not be the attester.", doors: &[DoorSet::Window], clause: "A-22" },
    Entry { reason: Reason::REVIEW_REFERRED, code: "REVIEW_REFERRED", severity: Severity::Refer, audience: &[Audience::Subject, Audience::Operator], zh: "材料转人工核对，请等待联系。", en: "Referred for a closer look; we will call.", doors: &[DoorSet::HomeVisit, DoorSet::Window], clause: "三(三)2(2)" },
    Entry { reason: Reason::STAFF_ATTESTED, code: "STAFF_ATTESTED", severity: Severity::Info, audience: &[Audience::Audit], zh: "工作人员现场见证。", en: "Attested by staff.", doors: &[], clause: "A-22" },
    Entry { reason: Reason::STAFF_COUNT_LOW, code: "STAFF_COUNT_LOW", severity: Severity::Missing, audience: &[Audience::Operator], zh: "见证人数不足。", en: "Not enough attesting staff.", doors: &[DoorSet::Outlet, DoorSet::HomeVisit, DoorSet::Window], clause: "A-22" },
    Entry { reason: Reason::FORM_APPROVED, code: "FORM_APPROVED", severity: Severity::Info, audience: &[Audience::Audit], zh: "承诺书和照片审核通过。", en: "Form and photo approved.", doors: &[], clause: "三(三)2(2)" },
    Entry { reason: Reason::STAFF_ROLE_NOT_ALLOWED, code: "STAFF_ROLE_NOT_ALLOWED", severity: Severity::Missing, audience: &[Audience::Operator], zh: "该岗位无权办理此项。", en: "This role may not do this.", doors: &[DoorSet::Window], clause: "A-22" },
    Entry { reason: Reason::VISIT_BOOKED, code: "VISIT_BOOKED", severity: Severity::Review, audience: &[Audience::Subject], zh: "上门认证已预约，请等待联系。", en: "Home visit booked; we will call you.", doors: &[DoorSet::All], clause: "一" },
    Entry { reason: Reason::VISIT_NOT_MET, code: "VISIT_NOT_MET", severity: Severity::Missing, audience: &[Audience::Subject], zh: "上门未遇，将再次约定时间。", en: "Nobody met; we will arrange a new time.", doors: &[DoorSet::All], clause: "A-14" },
    Entry { reason: Reason::VISIT_LATE, code: "VISIT_LATE", severity: Severity::Warn, audience: &[Audience::Operator], zh: "上门认证超过办理时限。", en: "Home visit is past its deadline.", doors: &[], clause: "A-46" },
    Entry { reason: Reason::VISIT_GROUND_QUERY, code: "VISIT_GROUND_QUERY", severity: Severity::Refer, audience: &[Audience::Operator], zh: "上门理由有疑问，请人工沟通。", en: "Ground for the visit needs a talk.", doors: &[DoorSet::Outlet, DoorSet::Manual, DoorSet::Window], clause: "A-13" },
    Entry { reason: Reason::DIFFICULTY_FEEDBACK, code: "DIFFICULTY_FEEDBACK", severity: Severity::Warn, audience: &[Audience::Operator], zh: "认证有困难，请主动联系帮助。", en: "Difficulty seen; contact and help.", doors: &[], clause: "四" },
    Entry { reason: Reason::STATUS_ACTIVE, code: "STATUS_ACTIVE", severity: Severity::Info, audience: &[Audience::Subject], zh: "资格有效，到期前再认证即可。", en: "Valid; certify again before the due date.", doors: &[DoorSet::All], clause: "三(四)" },
    Entry { reason: Reason::DUE_SOON, code: "DUE_SOON", severity: Severity::Info, audience: &[Audience::Subject], zh: "认证快到期，请尽早办理。", en: "Due soon; please certify.", doors: &[DoorSet::All], clause: "四" },
    Entry { reason: Reason::OVERDUE, code: "OVERDUE", severity: Severity::Warn, audience: &[Audience::Subject], zh: "认证已逾期，请尽快办理。", en: "Overdue; please certify soon.", doors: &[DoorSet::All], clause: "三(四)" },
    Entry { reason: Reason::SUSPENSION_HELD, code: "SUSPENSION_HELD", severity: Severity::Info, audience: &[Audience::Subject], zh: "您的申请在办，暂不建议停发。", en: "Your request is open; no stop advised.", doors: &[DoorSet::All], clause: "A-10" },
    Entry { reason: Reason::SUSPENSION_WAIT_IMPORT, code: "SUSPENSION_WAIT_IMPORT", severity: Severity::Info, audience: &[Audience::Operator], zh: "等待渠道结果导入，暂不建议停发。", en: "Waiting for results; no stop advised.", doors: &[DoorSet::All], clause: "A-09" },
    Entry { reason: Reason::SUSPENSION_ADVISED, code: "SUSPENSION_ADVISED", severity: Severity::Warn, audience: &[Audience::Subject], zh: "逾期未认证，下期待遇可能暂停。", en: "Overdue; the next payment may be held.", doors: &[DoorSet::All], clause: "三(四)" },
    Entry { reason: Reason::SUSPENSION_WITHDRAWN, code: "SUSPENSION_WITHDRAWN", severity: Severity::Info, audience: &[Audience::Subject], zh: "停发建议已撤回。", en: "The advice to stop is withdrawn.", doors: &[], clause: "A-09" },
    Entry { reason: Reason::SUSPENDED, code: "SUSPENDED", severity: Severity::Warn, audience: &[Audience::Subject], zh: "待遇已暂停，认证后恢复并补发。", en: "Payment held; certify to resume with arrears.", doors: &[DoorSet::All], clause: "三(四)" },
    Entry { reason: Reason::RESUME_ADVISED, code: "RESUME_ADVISED", severity: Severity::Info, audience: &[Audience::Subject], zh: "已建议恢复发放并补发。", en: "Resume and back-pay advised.", doors: &[], clause: "A-51" },
    Entry { reason: Reason::LATE_IMPORT_ON_TIME, code: "LATE_IMPORT_ON_TIME", severity: Severity::Info, audience: &[Audience::Operator, Audience::Audit], zh: "按期认证的结果迟到，已更正。", en: "On-time result came late; corrected.", doors: &[], clause: "A-09" },
    Entry { reason: Reason::STOPPED_BY_DECISION, code: "STOPPED_BY_DECISION", severity: Severity::Stop, audience: &[Audience::Subject], zh: "待遇经查实暂停，可申请复核。", en: "Held after a decision; you may appeal.", doors: &[DoorSet::Window], clause: "三(一)" },
    Entry { reason: Reason::SUSPENDED_BY_PLATFORM, code: "SUSPENDED_BY_PLATFORM", severity: Severity::Warn, audience: &[Audience::Operator], zh: "平台已停发而本系统未建议，请核对。", en: "Platform stopped without our advice; check.", doors: &[DoorSet::All], clause: "三(四)" },
    Entry { reason: Reason::NO_CONTACT_RECORDED, code: "NO_CONTACT_RECORDED", severity: Severity::Warn, audience: &[Audience::Operator], zh: "停发前无联系记录，请先联系本人。", en: "No contact on record; reach the person first.", doors: &[DoorSet::All], clause: "A-54" },
    Entry { reason: Reason::DEATH_REPORTED, code: "DEATH_REPORTED", severity: Severity::Refer, audience: &[Audience::Operator, Audience::Audit], zh: "收到身故信息，待核实。", en: "Death reported; to be verified.", doors: &[DoorSet::Outlet, DoorSet::HomeVisit, DoorSet::Window], clause: "三(一)" },
    Entry { reason: Reason::LIVING_PASS_AFTER_DEATH, code: "LIVING_PASS_AFTER_DEATH", severity: Severity::Warn, audience: &[Audience::Operator, Audience::Audit], zh: "登记身故后有本人认证，请尽快核实。", en: "A pass after the recorded death; check it.", doors: &[], clause: "三(一)" },
    Entry { reason: Reason::CASE_REFUTED, code: "CASE_REFUTED", severity: Severity::Info, audience: &[Audience::Operator, Audience::Audit], zh: "疑点已查否。", en: "Case refuted.", doors: &[], clause: "三(一)" },
    Entry { reason: Reason::IMPRISONMENT_REPORTED, code: "IMPRISONMENT_REPORTED", severity: Severity::Refer, audience: &[Audience::Operator, Audience::Audit], zh: "收到服刑信息，待核实。", en: "Imprisonment reported; to be verified.", doors: &[DoorSet::Outlet, DoorSet::HomeVisit, DoorSet::Window], clause: "三(一)" },
    Entry { reason: Reason::IMPRISONMENT_NOT_STOPPING, code: "IMPRISONMENT_NOT_STOPPING", severity: Severity::Info, audience: &[Audience::Operator, Audience::Audit], zh: "缓刑或监外执行等，不停发。", en: "This kind of sentence does not stop it.", doors: &[], clause: "A-40" },
    Entry { reason: Reason::DETAINED_UNTRIED, code: "DETAINED_UNTRIED", severity: Severity::Refer, audience: &[Audience::Operator, Audience::Audit], zh: "在押未决，由人工按规定处理。", en: "In custody, no verdict; a person decides.", doors: &[DoorSet::Window], clause: "A-40" },
    Entry { reason: Reason::DUPLICATE_SUSPECTED, code: "DUPLICATE_SUSPECTED", severity: Severity::Refer, audience: &[Audience::Operator, Audience::Audit], zh: "疑似重复领取，待核实。", en: "Possible duplicate; to be verified.", doors: &[DoorSet::Outlet, DoorSet::HomeVisit, DoorSet::Window], clause: "三(一)" },
    Entry { reason: Reason::DUPLICATE_CONFIRMED, code: "DUPLICATE_CONFIRMED", severity: Severity::Refer, audience: &[Audience::Operator, Audience::Audit], zh: "重复领取已查实，由人工处理。", en: "Duplicate confirmed; a person settles it.", doors: &[DoorSet::Window], clause: "三(一)" },
    Entry { reason: Reason::DUPLICATE_TWIN, code: "DUPLICATE_TWIN", severity: Severity::Info, audience: &[Audience::Operator, Audience::Audit], zh: "经核实为双胞胎，已留痕。", en: "Closed as twins.", doors: &[], clause: "A-41" },
    Entry { reason: Reason::DUPLICATE_ENROLMENT_ERROR, code: "DUPLICATE_ENROLMENT_ERROR", severity: Severity::Info, audience: &[Audience::Operator, Audience::Audit], zh: "经核实为照片登记错误，已更换。", en: "Closed as an enrolment error.", doors: &[], clause: "A-41" },
    Entry { reason: Reason::PAIR_ALREADY_CLOSED, code: "PAIR_ALREADY_CLOSED", severity: Severity::Info, audience: &[Audience::Audit], zh: "该对已结案，不再提示。", en: "Pair is closed; not raised again.", doors: &[], clause: "A-41" },
    Entry { reason: Reason::OVERPAYMENT_NOTE, code: "OVERPAYMENT_NOTE", severity: Severity::Warn, audience: &[Audience::Operator], zh: "存在多发月份，请按程序办理。", en: "Months paid too long; follow procedure.", doors: &[], clause: "A-39" },
    Entry { reason: Reason::OTHER_FACT_REPORTED, code: "OTHER_FACT_REPORTED", severity: Severity::Refer, audience: &[Audience::Operator, Audience::Audit], zh: "收到其他丧失资格信息，待核实。", en: "Other loss fact; to be verified.", doors: &[DoorSet::Outlet, DoorSet::HomeVisit, DoorSet::Window], clause: "A-57" },
    Entry { reason: Reason::ONE_TO_MANY_OFF, code: "ONE_TO_MANY_OFF", severity: Severity::Warn, audience: &[Audience::Operator], zh: "一比多检索未启用，重复线索未导入。", en: "1:N is not enabled; pairs not loaded.", doors: &[], clause: "A-50" },
    Entry { reason: Reason::FILING_NUMBER_NEEDED, code: "FILING_NUMBER_NEEDED", severity: Severity::Warn, audience: &[Audience::Operator, Audience::Audit], zh: "人脸数量达备案标准，缺备案号。", en: "Stored faces need a filing number.", doors: &[DoorSet::Window], clause: "A-50" },
    Entry { reason: Reason::CASE_NEUTRAL, code: "CASE_NEUTRAL", severity: Severity::Info, audience: &[Audience::Subject], zh: "有信息需核实，工作人员会联系您。", en: "Something to verify; staff will call you.", doors: &[DoorSet::Outlet, DoorSet::HomeVisit, DoorSet::Window], clause: "四" },
    Entry { reason: Reason::IMPORT_DUPLICATE, code: "IMPORT_DUPLICATE", severity: Severity::Info, audience: &[Audience::Audit], zh: "重复导入，未作改变。", en: "Already imported; nothing changed.", doors: &[], clause: "三(三)1" },
    Entry { reason: Reason::IMPORT_ROW_REJECTED, code: "IMPORT_ROW_REJECTED", severity: Severity::Warn, audience: &[Audience::Operator], zh: "该行无法导入，见行号和字段。", en: "Row rejected; see line and field.", doors: &[], clause: "三(三)1" },
    Entry { reason: Reason::IMPORT_FUTURE_DATE, code: "IMPORT_FUTURE_DATE", severity: Severity::Warn, audience: &[Audience::Operator], zh: "认证日期晚于接收日，未导入。", en: "Pass is dated in the future; not applied.", doors: &[], clause: "三(三)1" },
    Entry { reason: Reason::IMPORT_UNKNOWN_PERSON, code: "IMPORT_UNKNOWN_PERSON", severity: Severity::Refer, audience: &[Audience::Operator], zh: "名册中无此人，转人工核对。", en: "Person not on the roster; referred.", doors: &[DoorSet::Window], clause: "三(三)1" },
    Entry { reason: Reason::IMPORT_FILE_REFUSED, code: "IMPORT_FILE_REFUSED", severity: Severity::Warn, audience: &[Audience::Operator], zh: "整个文件未导入，原因见说明。", en: "Whole file refused; see the cause.", doors: &[], clause: "三(三)1" },
    Entry { reason: Reason::EXPORT_REJECTED, code: "EXPORT_REJECTED", severity: Severity::Warn, audience: &[Audience::Operator], zh: "平台拒收，请处理。", en: "Platform rejected the record.", doors: &[], clause: "三(三)2(2)" },
    Entry { reason: Reason::EXPORT_UNACKNOWLEDGED, code: "EXPORT_UNACKNOWLEDGED", severity: Severity::Warn, audience: &[Audience::Operator], zh: "平台未回执，请核对。", en: "No acknowledgement from the platform.", doors: &[], clause: "三(三)2(2)" },
    Entry { reason: Reason::ASSIST_ACCEPTED, code: "ASSIST_ACCEPTED", severity: Severity::Info, audience: &[Audience::Operator, Audience::Audit], zh: "外地协助认证结果已采用。", en: "Another agency's result accepted.", doors: &[], clause: "序" },
    Entry { reason: Reason::ASSIST_AGENCY_UNKNOWN, code: "ASSIST_AGENCY_UNKNOWN", severity: Severity::Review, audience: &[Audience::Operator], zh: "协助机构代码不明，需审核。", en: "Assisting agency unknown; review.", doors: &[DoorSet::All], clause: "A-38" },
    Entry { reason: Reason::ASSIST_GIVEN, code: "ASSIST_GIVEN", severity: Severity::Info, audience: &[Audience::Operator], zh: "已为外地人员出具协助记录。", en: "Assist record made for another county.", doors: &[], clause: "序" },
    Entry { reason: Reason::DATA_MATCH_ACCEPTED, code: "DATA_MATCH_ACCEPTED", severity: Severity::Info, audience: &[Audience::Subject], zh: "已通过信息比对，无需您办理。", en: "Confirmed by data; nothing to do.", doors: &[], clause: "A-36" },
    Entry { reason: Reason::DATA_SOURCE_UNKNOWN, code: "DATA_SOURCE_UNKNOWN", severity: Severity::Review, audience: &[Audience::Operator], zh: "比对来源未登记，需审核。", en: "Data source not listed; review.", doors: &[DoorSet::All], clause: "A-36" },
    Entry { reason: Reason::CONSULAR_PAPER_ACCEPTED, code: "CONSULAR_PAPER_ACCEPTED", severity: Severity::Info, audience: &[Audience::Subject], zh: "使领馆审核表已采用。", en: "Consular paper accepted.", doors: &[], clause: "A-37" },
    Entry { reason: Reason::CONSULAR_PAPER_LATE, code: "CONSULAR_PAPER_LATE", severity: Severity::Review, audience: &[Audience::Operator], zh: "审核表超过时限，需审核。", en: "Consular paper is late; review.", doors: &[DoorSet::Apps, DoorSet::Window], clause: "A-37" },
    Entry { reason: Reason::KPI_BELOW_TARGET, code: "KPI_BELOW_TARGET", severity: Severity::Warn, audience: &[Audience::Operator], zh: "认证通过率未达85%。", en: "Pass rate is below 85 %.", doors: &[], clause: "一" },
    Entry { reason: Reason::KPI_OUTLET_GAP, code: "KPI_OUTLET_GAP", severity: Severity::Warn, audience: &[Audience::Operator], zh: "该村（社区）无开放网点。", en: "No open outlet in this village.", doors: &[], clause: "三(三)2" },
    Entry { reason: Reason::KPI_NO_DATA, code: "KPI_NO_DATA", severity: Severity::Info, audience: &[Audience::Operator], zh: "无可统计数据。", en: "No data.", doors: &[], clause: "A-12" },
    Entry { reason: Reason::APPEAL_LODGED, code: "APPEAL_LODGED", severity: Severity::Review, audience: &[Audience::Subject], zh: "复核申请已收到。", en: "Appeal received.", doors: &[DoorSet::All], clause: "一" },
    Entry { reason: Reason::DEADLINE_PASSED, code: "DEADLINE_PASSED", severity: Severity::Warn, audience: &[Audience::Operator], zh: "办理时限已过，请尽快处理。", en: "Deadline passed; act now.", doors: &[], clause: "A-46" },
    Entry { reason: Reason::REMINDER_SUPPRESSED, code: "REMINDER_SUPPRESSED", severity: Severity::Info, audience: &[Audience::Audit], zh: "该提醒已按规则不发送。", en: "Reminder held back by rule.", doors: &[], clause: "A-45" },
    Entry { reason: Reason::PRE_RETIREMENT_NOTICE, code: "PRE_RETIREMENT_NOTICE", severity: Severity::Info, audience: &[Audience::Subject], zh: "您即将退休，请了解认证办法。", en: "You retire soon; see how to certify.", doors: &[], clause: "四" },
];
