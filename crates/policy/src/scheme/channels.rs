//! The doors: `[[channel]]` and the tables that say more about them.

use std::collections::BTreeMap;

use super::reader::Section;
use super::sections::StaffRoles;
use super::types::{ChannelRule, ConsentBasis, FaceRules, PassiveOnly};
use crate::value::Expected;
use crate::vocabulary::{Channel, Document, Path, ReferenceSource};

pub(super) struct Channels {
    pub(super) rules: BTreeMap<Channel, ChannelRule>,
    pub(super) staff_distinct: bool,
    pub(super) face: FaceRules,
}

pub(super) fn read_channels(root: &Section<'_>, roles: &StaffRoles) -> Channels {
    let mut listed = Vec::new();
    root.tables("channel", |group| {
        if group.has("list") {
            let members = group.inline_tables("list", |member| read_channel(group, member));
            listed.extend(members.into_iter().flatten());
        } else {
            listed.extend(read_channel(group, group));
        }
    });
    let mut rules = BTreeMap::new();
    for (channel, rule) in listed {
        if rules.insert(channel, rule).is_some() {
            root.fault("channel", "twice", format!("{channel} is listed twice"));
        }
    }
    let waits: BTreeMap<Channel, i32> =
        root.table("channel_wait", |s| s.by_word(|s, key| Some(s.integer_of(key, 0..=250))));
    let (staff_distinct, staff): (_, BTreeMap<Channel, _>) = root.table("staff", |s| {
        let distinct = s.flag("distinct");
        let staff =
            s.by_word(|s, key| Some(s.inline(key, |s| (s.integer("attest", 0..=9), s.integer("review", 0..=1)))));
        (distinct, staff)
    });
    let (face, integrity, references) = root.table("face", read_face);
    for (channel, rule) in &mut rules {
        let of_kind = |map: &BTreeMap<FaceChannel, bool>| map.get(&FaceChannel::of(*channel)).copied();
        rule.wait_days = waits.get(channel).copied().unwrap_or(0);
        rule.attest_staff = staff.get(channel).map(|(attest, _)| *attest);
        rule.review_staff = staff.get(channel).map_or(0, |(_, review)| *review);
        rule.attest_roles = roles.attest.get(channel).cloned().unwrap_or_default();
        rule.review_roles = roles.review.get(channel).cloned().unwrap_or_default();
        rule.references = references.get(&FaceChannel::of(*channel)).cloned().unwrap_or_default();
        rule.integrity_review = of_kind(&integrity).unwrap_or(true);
    }
    Channels { rules, staff_distinct, face }
}

/// Values that the members of a list share stand in the element around the list.
fn read_channel(group: &Section<'_>, member: &Section<'_>) -> Option<(Channel, ChannelRule)> {
    let own = |key: &'static str| if member.has(key) { member } else { group };
    let channel = member.try_word::<Channel>("id")?;
    let documents = own("documents").optional_words::<DocumentList>("documents");
    let rule = ChannelRule {
        name: member.text("name"),
        who: own("who").words("who"),
        paths: own("paths").words::<Path>("paths"),
        documents: documents.into_iter().flat_map(DocumentList::members).collect(),
        original: own("original").optional_flag("original"),
        module: own("module").optional_text("module"),
        agency_prefix: own("agency_prefix").optional_words("agency_prefix"),
        agency_prefix_not: own("agency_prefix_not").optional_words("agency_prefix_not"),
        sources: own("sources").optional_words("sources"),
        max_days_since_issue: own("max_days_since_issue").optional_integer("max_days_since_issue", 0..=3650),
        wait_days: 0,
        attest_staff: None,
        review_staff: 0,
        attest_roles: Vec::new(),
        review_roles: Vec::new(),
        references: Vec::new(),
        integrity_review: true,
    };
    Some((channel, rule))
}

/// A document, or `@all`.
enum DocumentList {
    One(Document),
    All,
}

impl DocumentList {
    fn members(self) -> Vec<Document> {
        match self {
            Self::One(document) => vec![document],
            Self::All => Document::ALL.to_vec(),
        }
    }
}

impl std::str::FromStr for DocumentList {
    type Err = Expected;

    fn from_str(text: &str) -> Result<Self, Expected> {
        if text == "@all" { Ok(Self::All) } else { text.parse().map(Self::One) }
    }
}

/// A channel with a face path; the apps share one entry.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum FaceChannel {
    App,
    Other(Channel),
}

impl FaceChannel {
    fn of(channel: Channel) -> Self {
        if channel.is_app() { Self::App } else { Self::Other(channel) }
    }
}

impl std::str::FromStr for FaceChannel {
    type Err = Expected;

    fn from_str(text: &str) -> Result<Self, Expected> {
        match text {
            "app" => Ok(Self::App),
            other => other.parse().map(Self::of),
        }
    }
}

type Face = (FaceRules, BTreeMap<FaceChannel, bool>, BTreeMap<FaceChannel, Vec<ReferenceSource>>);

fn read_face(s: &Section<'_>) -> Face {
    s.fixed("pad", "required");
    let integrity = s.table_inline("integrity", |s| {
        s.by_word(|s, key| s.word_of::<Integrity>(key).map(|word| word == Integrity::ReviewIfUnknown))
    });
    let (warn_years, minor_max_months, references) = s.table("reference", |s| {
        let years = s.integer("warn_years", 1..=100);
        let months = s.integer("minor_max_months", 1..=216);
        (years, months, s.by_word(|s, key| Some(s.words_of(key))))
    });
    let (attempts, attempts_within_days) =
        s.table("attempts", |s| (s.integer("count", 1..=100), s.integer("within_days", 1..=365)));
    let (consent_basis, guardian_under) =
        s.table("consent", |s| (s.word("basis", ConsentBasis::SeparateConsent), s.integer("guardian_under", 0..=18)));
    let rules = FaceRules {
        accepted_packs: s.texts("accepted_packs"),
        max_fmr_per_billion: s.integer("max_fmr_per_billion", 1..=1_000_000_000),
        passive_only: s.word("passive_only", PassiveOnly::Review),
        reference_warn_years: warn_years,
        reference_minor_max_months: minor_max_months,
        attempts,
        attempts_within_days,
        consent_basis,
        guardian_under,
    };
    (rules, integrity, references)
}

crate::vocabulary::words! {
    /// What unchecked capture integrity is worth.
    Integrity: "any or review_if_unknown" {
        /// Not asked for.
        Any = "any",
        /// A person reviews.
        ReviewIfUnknown = "review_if_unknown",
    }
}
