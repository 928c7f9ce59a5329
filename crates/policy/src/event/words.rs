//! The words of payloads.

use crate::vocabulary::words;

words! {
    /// What a person consents to.
    Consent: "a consent" {
        /// Own face capture.
        FaceCapture = "face_capture",
        /// Queries about one form.
        FormQuery = "form_query",
        /// Reminders to a relative.
        Contact = "contact",
    }
}

words! {
    /// Who consents.
    ConsentBy: "person or guardian" {
        /// The person.
        Person = "person",
        /// The guardian.
        Guardian = "guardian",
    }
}

words! {
    /// What makes certifying hard.
    Difficulty: "a difficulty" {
        /// No phone.
        NoPhone = "no_phone",
        /// Moving about.
        Mobility = "mobility",
        /// Illness.
        Illness = "illness",
        /// Living alone.
        Alone = "alone",
        /// Anything else.
        Other = "other",
    }
}

words! {
    /// What a reviewer is to look at.
    Need: "what is to be looked at" {
        /// The attestation.
        Attestation = "attestation",
        /// The face evidence.
        Evidence = "evidence",
        /// The paper.
        Paper = "paper",
        /// The agency.
        Agency = "agency",
        /// The data source.
        Source = "source",
    }
}

words! {
    /// Result of a review.
    ReviewResult: "a review result" {
        /// It certifies.
        Approve = "approve",
        /// Something is missing.
        Return = "return",
        /// It does not certify.
        Refuse = "refuse",
        /// A closer look is needed.
        Refer = "refer",
    }
}

words! {
    /// Outcome of a failed submission.
    FailedOutcome: "an outcome" {
        /// Not passed this time.
        NotPassed = "NotPassed",
        /// Something is missing.
        Incomplete = "Incomplete",
        /// A person decides.
        Referred = "Referred",
        /// Nothing to certify.
        NotApplicable = "NotApplicable",
    }
}

words! {
    /// Whether a visit met the person.
    VisitResult: "met or not_met" {
        /// Met.
        Met = "met",
        /// Not met.
        NotMet = "not_met",
    }
}

words! {
    /// Appeal or complaint.
    Matter: "appeal or complaint" {
        /// An appeal, it holds a stop.
        Appeal = "appeal",
        /// A complaint.
        Complaint = "complaint",
    }
}

words! {
    /// Answer to an appeal.
    AppealResult: "an appeal result" {
        /// The person is right.
        Upheld = "upheld",
        /// The decision stands.
        Rejected = "rejected",
        /// The person took it back.
        Withdrawn = "withdrawn",
    }
}

words! {
    /// How people decided a case.
    CaseResult: "a case result" {
        /// The fact is true.
        Confirmed = "confirmed",
        /// It is not.
        Refuted = "refuted",
        /// It stays open.
        Unclear = "unclear",
    }
}

words! {
    /// How people decided a face pair.
    PairResult: "a pair result" {
        /// One person, two claims.
        SamePerson = "same_person",
        /// Twins.
        Twin = "twin",
        /// A photo was enrolled wrongly.
        EnrolmentError = "enrolment_error",
    }
}

words! {
    /// State of a payroll month.
    PaymentState: "paid or suspended" {
        /// Paid.
        Paid = "paid",
        /// Suspended.
        Suspended = "suspended",
    }
}

words! {
    /// Why a month is suspended.
    PaymentCause: "a cause" {
        /// Not certified in time.
        NotCertified = "not_certified",
        /// A fact was confirmed.
        Fact = "fact",
        /// Anything else.
        Other = "other",
    }
}

words! {
    /// How somebody was contacted.
    Medium: "a medium" {
        /// By phone.
        Phone = "phone",
        /// By a visit.
        Visit = "visit",
        /// Through a relative.
        Relative = "relative",
        /// By a message.
        Message = "message",
    }
}

words! {
    /// Whether a contact worked.
    ContactResult: "reached or not_reached" {
        /// Reached.
        Reached = "reached",
        /// Not reached.
        NotReached = "not_reached",
    }
}

words! {
    /// What a look-up found.
    LookupResult: "hit or none" {
        /// A trace of life.
        Hit = "hit",
        /// Nothing, which means nothing.
        None = "none",
    }
}

words! {
    /// A note code, instead of free text.
    Note: "a note code" {
        /// Waiting.
        Waiting = "waiting",
        /// The person was asked.
        AskedPerson = "asked_person",
        /// An office was asked.
        AskedOffice = "asked_office",
        /// See the record.
        SeeRecord = "see_record",
    }
}

words! {
    /// How an item was closed.
    ItemResult: "an item result" {
        /// Done.
        Done = "done",
        /// There was nothing to do.
        Unfounded = "unfounded",
        /// Somebody else has it.
        PassedOn = "passed_on",
    }
}

words! {
    /// Whether two names agree.
    NameMatch: "equal, differs or absent" {
        /// They agree.
        Equal = "equal",
        /// They differ.
        Differs = "differs",
        /// One is absent.
        Absent = "absent",
    }
}

words! {
    /// Advice that is written out.
    AdviceType: "suspend_advice or resume_advice" {
        /// Stop a payroll month.
        Suspend = "suspend_advice",
        /// Resume and pay back.
        Resume = "resume_advice",
    }
}

words! {
    /// Record, other than an advice, that is written out.
    ExportedType: "a record type" {
        /// A pass.
        Certification = "certification",
        /// A pass of another county's person.
        Assist = "assist",
        /// A case confirmed.
        ReferralNotice = "referral_notice",
        /// A record undone.
        Reversal = "reversal",
    }
}

words! {
    /// Answer of the platform.
    AckStatus: "an acknowledgement status" {
        /// Accepted.
        Accepted = "accepted",
        /// Known already, counts as accepted.
        Duplicate = "duplicate",
        /// Rejected.
        Rejected = "rejected",
        /// Not decided yet.
        Pending = "pending",
    }
}

words! {
    /// Who gets a reminder.
    ReminderTo: "person, contact, grid_worker, township or window" {
        /// The person.
        Person = "person",
        /// A consented relative.
        Contact = "contact",
        /// The grid worker.
        GridWorker = "grid_worker",
        /// The township.
        Township = "township",
        /// The window.
        Window = "window",
    }
}

words! {
    /// Form of a reminder.
    ReminderMedium: "sms, voice or print" {
        /// Short message.
        Sms = "sms",
        /// Spoken.
        Voice = "voice",
        /// Printed.
        Print = "print",
    }
}
