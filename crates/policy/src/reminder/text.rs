//! Texts of reminders in three forms: short message, spoken, printed. Data in `texts/reminders.toml`.

use crate::html::{Escaped, page};
use crate::value::Day;
use crate::vocabulary::words;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::LazyLock;

words! {
    /// Which text a reminder says.
    TextId: "a text T1 to T9" {
        /// Due in some weeks.
        T1 = "T1",
        /// Due soon.
        T2 = "T2",
        /// Overdue.
        T3 = "T3",
        /// Last call before the payroll cut-off.
        T4 = "T4",
        /// Suspended.
        T5 = "T5",
        /// Resumed.
        T6 = "T6",
        /// Confirmed by data.
        T7 = "T7",
        /// About to retire.
        T8 = "T8",
        /// Home visit registered.
        T9 = "T9",
    }
}

/// What the texts name: no name and no number of the person.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fill<'a> {
    /// Who sends it.
    pub sign: &'a str,
    /// Telephone for complaints and advice.
    pub phone: &'a str,
    /// The day that the text names, if it names one.
    pub day: Option<Day>,
    /// The nearest outlet, as people call it.
    pub outlet: Option<&'a str>,
    /// The person lives outside the mainland.
    pub abroad: bool,
}

/// A text in its three forms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Forms {
    pub sms: String,
    pub voice: String,
    pub print: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    sms: String,
    voice: String,
    print: Vec<String>,
    abroad: Option<Box<Text>>,
}

static TEXTS: LazyLock<BTreeMap<String, Text>> =
    // The file is part of the program, and a test reads it.
    LazyLock::new(|| toml::from_str(include_str!("../../texts/reminders.toml")).unwrap_or_default());

const STYLE: &str = "body{font-size:24pt;line-height:1.6}\nli{margin:0 0 6mm}\n";

impl TextId {
    /// Whether the text names a day.
    pub(super) fn names_day(self) -> bool {
        TEXTS.get(self.as_str()).is_some_and(|text| text.sms.contains("{day}"))
    }

    /// The text, filled in.
    pub(super) fn forms(self, fill: &Fill<'_>) -> Forms {
        let Some(text) = TEXTS.get(self.as_str()) else {
            return Forms { sms: String::new(), voice: String::new(), print: String::new() };
        };
        let text = text.abroad.as_deref().filter(|_| fill.abroad).unwrap_or(text);
        let phone = fill.phone;
        let written = |text: &str| fill.put(text, phone, |number| number.to_string());
        let said = fill.put(&text.voice, phone, spoken_number);
        let said = format!("{said}{}。", spoken_digits(phone));
        let mut steps = String::from("<ol>\n");
        for step in &text.print {
            // Writing to a String cannot fail.
            let _ = writeln!(steps, "<li>{}</li>", Escaped(&written(step)));
        }
        steps.push_str("</ol>\n");
        if let Some(outlet) = fill.outlet {
            let _ = writeln!(steps, "<p>就近网点：{}</p>", Escaped(outlet));
        }
        Forms {
            sms: written(&text.sms),
            voice: format!("{said}再说一遍。{said}"),
            print: page("资格认证提醒", STYLE, &steps),
        }
    }
}

impl Fill<'_> {
    fn put(&self, text: &str, phone: &str, number: impl Fn(i8) -> String) -> String {
        let mut text = text.replace("{sign}", self.sign).replace("{phone}", phone);
        if let Some(day) = self.day {
            text = text.replace("{month}", &number(day.month_of_year())).replace("{day}", &number(day.day_of_month()));
        }
        text
    }
}

const DIGITS: [&str; 10] = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九"];

/// A number of 1 to 99 as it is read out: 31 is 三十一.
fn spoken_number(number: i8) -> String {
    let (tens, ones) = ((number / 10).unsigned_abs() as usize, (number % 10).unsigned_abs() as usize);
    let ten = match tens {
        0 => String::new(),
        1 => "十".to_owned(),
        tens => format!("{}十", DIGITS.get(tens).unwrap_or(&"")),
    };
    let one = if ones == 0 { "" } else { DIGITS.get(ones).unwrap_or(&"") };
    ten + one
}

/// A telephone number digit by digit; anything else in it is a pause.
fn spoken_digits(phone: &str) -> String {
    let digit = |c: char| c.to_digit(10).and_then(|digit| DIGITS.get(digit as usize)).unwrap_or(&"，");
    phone.chars().map(digit).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fill(abroad: bool) -> Fill<'static> {
        let day = "2026-12-31".parse().ok();
        Fill { sign: "文水社保", phone: "0358-3026726", day, outlet: Some("测试村网点"), abroad }
    }

    #[test]
    fn every_text_fits_one_message_and_leaves_no_blank() {
        assert_eq!(TEXTS.len(), TextId::ALL.len());
        for id in TextId::ALL {
            for abroad in [false, true] {
                let forms = id.forms(&fill(abroad));
                let chars = forms.sms.chars().count();
                assert!((30..=70).contains(&chars), "{id}: {chars} characters");
                for text in [&forms.sms, &forms.voice] {
                    assert!(!text.contains('{') && !text.contains('}'), "{id}: {text}");
                    assert!(!text.contains("失败"), "{id}");
                }
                assert!(forms.sms.contains("0358-3026726"), "{id}");
                assert!(forms.print.contains("font-size:24pt") && forms.print.contains("测试村网点"), "{id}");
            }
        }
    }

    #[test]
    fn the_short_messages_are_those_of_the_county() {
        let sms = |id: TextId| id.forms(&fill(false)).sms;
        assert_eq!(
            sms(TextId::T4),
            "【文水社保】您还未认证，12月31日前办理可不影响发放。行动不便请拨0358-3026726，我们上门"
        );
        let abroad = TextId::T2.forms(&fill(true)).sms;
        assert!(abroad.contains("老来") && abroad.contains("中国领事") && !abroad.contains("村"));
    }

    #[test]
    fn voice_is_said_twice_and_ends_with_the_number() {
        let voice = TextId::T1.forms(&fill(false)).voice;
        assert_eq!(voice.matches("十二月三十一日").count(), 2);
        assert!(voice.ends_with("零三五八，三零二六七二六。"));
        assert!(!voice.bytes().any(|byte| byte.is_ascii_digit()));
        assert_eq!([1, 10, 11, 20, 31].map(spoken_number), ["一", "十", "十一", "二十", "三十一"]);
    }
}
