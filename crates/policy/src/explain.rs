//! A decision or a status in words: each reason in the reader's language, the clause behind it, the
//! doors by name.

use schemars::JsonSchema;
use serde::Serialize;

use crate::reason::{Audience, Reason, Reasons};
use crate::scheme::Scheme;
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
    pub quote: Option<&'static str>,
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
    /// Reasons, ascending; what the audience is not shown stands as a neutral reason, once.
    pub reasons: Vec<ExplainedReason>,
    /// Doors, in order.
    pub doors: Vec<NamedDoor>,
}

/// Core sentences of the document.
const QUOTES: [(&str, &str); 6] = [
    ("三(三)1", "以上认证结果会自动导入我省社会保险资格认证综合服务平台，作为退休人员领取待遇的依据。"),
    (
        "三(三)2",
        "对于因特殊原因无法通过手机APP进行认证的人员，可以到对应的业务大厅窗口，以及村村全覆盖各社区网点进行线下认证",
    ),
    ("三(三)2(1)", "持身份证件或社保卡原件，可通过布设到村（社区）的就业社保自助设备进行现场刷脸认证"),
    ("三(三)2(2)", "无法来窗口办理及终端机也无法认证通过人员，可以进行人工强制认证"),
    (
        "三(四)",
        "我县企业职工养老保险认证周期为6个月，机关养老保险及城乡居民养老保险认证周期为12个月，逾期不认证，系统自动停发养老金。",
    ),
    (
        "四",
        "社保经办机构应主动提醒督促退休人员在规定期限内完成认证，加强与社保经办人员的沟通，对认证有困难或身体不便的退休人员要及时反馈。",
    ),
];

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
        quote: QUOTES.iter().find(|(clause, _)| *clause == entry.clause).map(|(_, quote)| *quote),
    });
    let named = doors
        .iter()
        .filter_map(|door| scheme.channels.get(door).map(|rule| NamedDoor { id: *door, name: rule.name.clone() }));
    Explanation { reasons: explained.collect(), doors: named.collect() }
}
