//! The 告知承诺书 of the manual route, in the exact wording of the scheme's form text, on A4.
//!
//! The wording is a file of the scheme (its digest is pinned there); named blanks such as `{申请人}` stand in it.
//! What the person has to say, sign or date is never filled in.

use crate::error::Error;
use crate::html::{Escaped, page};
use crate::json;
use crate::scheme::Scheme;
use schemars::JsonSchema;
use serde::Deserialize;
use std::fmt::Write as _;

/// What may be filled in beforehand. Reason, signatures and date have no field here: they are the person's.
#[derive(Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct FormCase {
    /// 申请人, the applicant's name.
    pub applicant: Option<String>,
    /// 证件号码, the document number as the applicant states it.
    pub id_number: Option<String>,
    /// 户籍, the township.
    pub township: Option<String>,
    /// 户籍, the village.
    pub village: Option<String>,
    /// 联系电话, the telephone number.
    pub phone: Option<String>,
    /// 年度, the year that the form serves.
    pub year: Option<u16>,
}

impl FormCase {
    /// Reads a case from JSON; `file` only names the place in an error.
    ///
    /// # Errors
    /// [`Error::Input`] with line and field.
    pub fn read(file: &str, text: &str) -> Result<Self, Error> {
        json::read(text).map_err(|problem| problem.of_input(file, 1))
    }

    fn fill(&self, blank: &str) -> Option<String> {
        match blank {
            "申请人" => self.applicant.clone(),
            "证件号码" => self.id_number.clone(),
            "乡镇" => self.township.clone(),
            "村" => self.village.clone(),
            "联系电话" => self.phone.clone(),
            "年度" => self.year.map(|year| year.to_string()),
            _ => None,
        }
    }
}

const STYLE: &str = "\
main{border:1px solid #000;padding:6mm 8mm;font-size:12pt;line-height:1.75}
h1{font-size:18pt;text-align:center;margin:0 0 6mm}
p{margin:0 0 3mm;overflow-wrap:anywhere}
p.heading{font-weight:bold}
p.sign{margin-top:4mm}
p.sign::after{content:\"\";display:inline-block;width:60mm;border-bottom:1px solid #000}
.blank{display:inline-block;min-width:36mm;border-bottom:1px solid #000;text-align:center;line-height:1.3}
.filled{border-bottom:1px solid #000;padding:0 2mm}
aside{font-size:10pt;margin-top:4mm}
aside.rules{font-size:7pt}
section{break-before:page;font-size:14pt;line-height:1.9}
";

/// The note for staff outside the form's frame, as long as the notice that the form refers to is not attached.
const NOTICE_MISSING: &str = "须另附《社会保险经办业务证明事项告知承诺制告知书》";

/// The form as one HTML page in the scheme's wording; `notice` is the text of the 告知书 if there is one. Below the form's frame
/// stands which rules it belongs to: id, version and hash of the policy.
///
/// The first line of the wording is its title; a line of one sentence or more is a paragraph, a short one before the last
/// paragraph a heading, a short one after it a line to sign. White space aside the frame holds what the wording says.
#[must_use]
pub fn form(scheme: &Scheme, case: &FormCase, notice: Option<&str>) -> String {
    let rules = format!("{} 第{}版 {}", scheme.id, scheme.version, scheme.hash);
    sheet(&scheme.manual.form_text, &rules, case, notice)
}

fn sheet(wording: &str, rules: &str, case: &FormCase, notice: Option<&str>) -> String {
    let mut lines = wording.lines().map(str::trim).filter(|line| !line.is_empty());
    let title = lines.next().unwrap_or_default();
    let lines: Vec<&str> = lines.collect();
    let last_paragraph = lines.iter().rposition(|line| is_paragraph(line));
    let mut body = format!("<main>\n<h1>{}</h1>\n", Escaped(title));
    for (at, line) in lines.iter().enumerate() {
        let class = match last_paragraph {
            _ if is_paragraph(line) => "text",
            Some(last) if at < last => "heading",
            _ => "sign",
        };
        body.push_str("<p class=\"");
        body.push_str(class);
        body.push_str("\">");
        write_line(&mut body, line, case);
        body.push_str("</p>\n");
    }
    body.push_str("</main>\n");
    if notice.is_none() {
        push(&mut body, format_args!("<aside>{NOTICE_MISSING}</aside>\n"));
    }
    push(&mut body, format_args!("<aside class=\"rules\">{}</aside>\n", Escaped(rules)));
    if let Some(notice) = notice {
        body.push_str("<section>\n");
        for line in notice.lines().map(str::trim).filter(|line| !line.is_empty()) {
            push(&mut body, format_args!("<p>{}</p>\n", Escaped(line)));
        }
        body.push_str("</section>\n");
    }
    page(title, STYLE, &body)
}

fn is_paragraph(line: &str) -> bool {
    line.contains('{') || line.contains('。')
}

/// One line of the wording: text as it stands, blanks as an underlined space or with what is filled in.
fn write_line(body: &mut String, line: &str, case: &FormCase) {
    let mut rest = line;
    while let Some((before, (blank, after))) =
        rest.split_once('{').and_then(|(before, tail)| Some((before, tail.split_once('}')?)))
    {
        push(body, format_args!("{}", Escaped(before)));
        match case.fill(blank).filter(|text| !text.trim().is_empty()) {
            Some(text) => push(body, format_args!("<span class=\"filled\">{}</span>", Escaped(&text))),
            None => body.push_str("<span class=\"blank\"></span>"),
        }
        rest = after;
    }
    push(body, format_args!("{}", Escaped(rest)));
}

fn push(body: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a String cannot fail.
    let _ = body.write_fmt(text);
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDING: &str = include_str!("../schemes/forms/chengnuoshu.txt");

    /// The page's text without markup and white space.
    fn text(html: &str) -> String {
        let body = html.split_once("<main>").map_or("", |(_, rest)| rest);
        let mut inside = false;
        body.chars()
            .filter(|&c| {
                inside = if c == '<' { true } else { inside };
                let keep = !inside && !c.is_whitespace();
                inside = if c == '>' { false } else { inside };
                keep
            })
            .collect()
    }

    #[test]
    fn an_empty_form_says_the_wording_and_nothing_else() {
        let mut wording = String::from(WORDING);
        for blank in ["申请人", "证件号码", "乡镇", "村", "联系电话", "原因", "年度"] {
            assert_eq!(wording.matches(&format!("{{{blank}}}")).count(), 1, "{blank}");
            wording = wording.replace(&format!("{{{blank}}}"), "");
        }
        wording.retain(|c| !c.is_whitespace());
        let empty = FormCase::default();
        assert_eq!(text(&sheet(WORDING, "", &empty, Some(""))), wording);
        assert_eq!(text(&sheet(WORDING, "policy 1", &empty, None)), wording + NOTICE_MISSING + "policy1");
    }

    #[test]
    fn prefilled_blanks_stand_in_their_places_and_markup_stays_text() {
        let case = FormCase {
            applicant: Some("㐂<b>".into()),
            id_number: Some("990101195103070014".into()),
            township: Some("测试镇".into()),
            village: Some("很长很长的村名".into()),
            phone: Some("0358-0000000".into()),
            year: Some(2026),
        };
        let text = text(&sheet(WORDING, "", &case, None));
        let first =
            "申请人:㐂&lt;b&gt;证件号码:990101195103070014户籍:测试镇(乡镇)很长很长的村名(村)联系电话:0358-0000000";
        assert!(text.contains(first), "{text}");
        assert!(text.contains("本人因无法通过民生山西、老来网等手机APP进行认证,现申请人工办理2026年度领取"));
    }

    #[test]
    fn what_the_person_must_write_cannot_be_filled_in() {
        for field in ["reason", "signature", "date"] {
            let case = format!("{{\"{field}\":\"x\"}}");
            assert!(serde_json::from_str::<FormCase>(&case).is_err());
        }
    }

    #[test]
    fn the_page_needs_nothing_from_outside() {
        let html = sheet(WORDING, "", &FormCase::default(), None);
        for outside in ["<script", "<link", "http", "@font-face", "url("] {
            assert!(!html.contains(outside), "{outside}");
        }
    }
}
