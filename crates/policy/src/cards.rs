//! Step cards: one printed page per app and per offline door, in large print, for the person to keep.

use crate::html::{Escaped, page};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;

const TEXTS: &str = include_str!("../texts/cards.toml");

#[derive(Deserialize)]
struct Texts {
    help: String,
    #[serde(flatten)]
    cards: BTreeMap<String, Card>,
}

#[derive(Deserialize)]
struct Card {
    title: String,
    steps: Vec<String>,
}

// 18 pt is the least that 国办发〔2020〕45号 practice asks of print for the elderly.
const STYLE: &str = "\
section{break-after:page;font-size:22pt;line-height:1.6}
h1{font-size:30pt;margin:0 0 8mm}
li{margin:0 0 5mm;break-inside:avoid}
p.help{font-size:22pt;border-top:2px solid #000;padding-top:5mm}
";

/// The cards of the doors named, in that order, as one HTML page: `doors` are (channel id, name in the document) of the
/// scheme, `phone` is its telephone number. A channel that is no door of the person's own (assistance by another agency,
/// data matching) has no card.
pub fn cards<'a>(doors: impl IntoIterator<Item = (&'a str, &'a str)>, phone: &str) -> String {
    let texts: Texts = toml::from_str(TEXTS).unwrap_or(Texts { help: String::new(), cards: BTreeMap::new() });
    let mut body = String::new();
    for (id, name) in doors {
        let Some(card) = texts.cards.get(id) else { continue };
        let say = |text: &str| text.replace("{name}", name).replace("{phone}", phone);
        let mut section = format!("<section>\n<h1>{}</h1>\n<ol>\n", Escaped(&say(&card.title)));
        for step in &card.steps {
            // Writing to a String cannot fail.
            let _ = writeln!(section, "<li>{}</li>", Escaped(&say(step)));
        }
        let _ = writeln!(section, "</ol>\n<p class=\"help\">{}</p>\n</section>", Escaped(&say(&texts.help)));
        body.push_str(&section);
    }
    page("资格认证步骤卡", STYLE, &body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_card_has_short_steps_of_one_action_and_names_help() {
        let texts: Texts = toml::from_str(TEXTS).expect("cards.toml");
        assert!(texts.help.contains("{phone}"));
        assert_eq!(texts.cards.len(), 12, "five apps, seven offline doors");
        for (id, card) in &texts.cards {
            assert!(card.steps.len() >= 4, "{id}");
            for step in &card.steps {
                assert!(step.ends_with('。') && step.chars().count() <= 45, "{id}: {step}");
                assert!(!step.contains("失败"), "{id}: {step}");
            }
            let app = id.starts_with("app_");
            assert_eq!(card.steps[0].contains("应用市场"), app, "{id} starts at the app market if it is an app");
        }
    }

    #[test]
    fn a_card_per_door_in_the_order_asked_for() {
        let html = cards([("window", "业务大厅窗口"), ("app_laolai", "老来"), ("data_match", "数据比对")], "000-1");
        assert_eq!(html.matches("<section>").count(), 2);
        assert!(html.find("在业务大厅窗口认证") < html.find("用手机“老来”认证"));
        assert_eq!(html.matches("000-1").count(), 2);
        assert!(html.contains("font-size:22pt"));
    }
}
