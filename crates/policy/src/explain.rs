//! A decision or a status in words: each reason in the reader's language, the clause behind it, the
//! doors by name.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::decide::Outcome;
use crate::error::Error;
use crate::json;
use crate::reason::{Audience, Reason, Reasons};
use crate::scheme::Scheme;
use crate::stamp::{Stamp, Stamped};
use crate::status::Status;
use crate::value::Expected;
use crate::vocabulary::{Channel, words};

words! {
    /// Language of an explanation.
    Language: "zh-CN or en" {
        /// Chinese.
        Zh = "zh-CN",
        /// English.
        En = "en",
    }
}

/// A reason in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ExplainedReason {
    /// Number.
    pub no: Reason,
    /// Name.
    pub code: &'static str,
    /// Text.
    pub text: &'static str,
    /// Clause, assumption or section of the law notes.
    pub clause: &'static str,
    /// The document's words, where the clause has some.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quote: Option<String>,
}

/// A door by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct NamedDoor {
    /// Channel.
    pub id: Channel,
    /// Name in the document.
    pub name: String,
}

/// An explanation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Explanation {
    /// Outcome of the decision.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// Status of the benefit line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// Reasons, ascending; what the audience is not shown stands as a neutral reason, once.
    pub reasons: Vec<ExplainedReason>,
    /// Doors, in order.
    pub doors: Vec<NamedDoor>,
}

/// Explains reasons and doors of a decision or a status to an audience.
#[must_use]
pub fn explain(
    scheme: &Scheme,
    reasons: &Reasons,
    doors: &[Channel],
    language: Language,
    audience: Audience,
) -> Explanation {
    let shown = reasons.iter().filter_map(|reason| reason.shown_to(audience)).collect::<Reasons>();
    let explained = shown.iter().filter_map(|reason| reason.entry()).map(|entry| ExplainedReason {
        no: entry.reason,
        code: entry.code,
        text: match language {
            Language::Zh => entry.zh,
            Language::En => entry.en,
        },
        clause: entry.clause,
        quote: scheme.sentences.get(entry.clause).cloned(),
    });
    let named = doors
        .iter()
        .filter_map(|door| scheme.channels.get(door).map(|rule| NamedDoor { id: *door, name: rule.name.clone() }));
    Explanation { outcome: None, status: None, reasons: explained.collect(), doors: named.collect() }
}

/// A decision or a status as its command printed it: what there is to explain. Other fields are not looked at.
#[derive(Clone, Debug, Deserialize)]
pub struct Told {
    /// Rules and input that it rests on.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// Outcome of a decision.
    pub outcome: Option<Outcome>,
    /// Status of a benefit line.
    pub status: Option<Status>,
    /// Reasons.
    pub reasons: Reasons,
    /// Doors, in order.
    pub doors: Vec<Channel>,
}

impl Told {
    /// Reads one object. `file` and `line` (from 1) only name the place in an error.
    ///
    /// # Errors
    /// [`Error::Input`] with the field at fault.
    pub fn read(file: &str, line: usize, text: &str) -> Result<Self, Error> {
        json::read(text).map_err(|problem| problem.of_input(file, line))
    }

    /// What the audience reads.
    ///
    /// # Errors
    /// [`Error::Argument`] if it was told under other rules than these: their texts and doors may differ.
    pub fn explain(
        &self,
        scheme: &Scheme,
        language: Language,
        audience: Audience,
    ) -> Result<Stamped<Explanation>, Error> {
        if self.stamp.policy_hash != scheme.hash {
            let expected = Expected("give the policy, with its first day, that the file's policy_hash names");
            return Err(Error::Argument { argument: "scheme", expected });
        }
        let explained = explain(scheme, &self.reasons, &self.doors, language, audience);
        let answer = Explanation { outcome: self.outcome, status: self.status, ..explained };
        Ok(Stamped { stamp: self.stamp.clone(), answer })
    }
}
