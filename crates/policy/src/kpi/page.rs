//! The report as one self-contained HTML page: headline, charts drawn as SVG, tables. No figure that the JSON has not.

use super::csv::rates;
use super::report::{Count, KpiReport, Level, Rate, Row};
use crate::html::{Escaped, page};
use std::fmt::Write as _;

const STYLE: &str = "\
body{max-width:none;padding:0 8mm}
h1{font-size:20pt;margin:6mm 0 2mm}
h2{font-size:14pt;margin:8mm 0 3mm}
p{font-size:11pt}
.internal{color:#b00;font-weight:bold}
.cards{display:flex;gap:8mm}
.cards div{flex:1;border:1px solid #888;padding:4mm}
.cards b{display:block;font-size:24pt}
table{border-collapse:collapse;font-size:8pt;width:100%}
th,td{border:1px solid #aaa;padding:1mm 1.5mm;text-align:right;white-space:nowrap}
th:first-child,td:first-child{text-align:left}
svg{max-width:100%;height:auto}
text{font-size:13px}
";

/// Names of the rates, as they are read out.
const NAMES: [(&str, &str); 10] = [
    ("k1", "认证通过率"),
    ("k2", "按期认证率"),
    ("k3", "网上办理占比"),
    ("k4", "人工办理占比"),
    ("k5", "符合条件而被停发"),
    ("k6", "刷脸首次通过率"),
    ("k7", "上门按时率"),
    ("k9", "数据比对占比"),
    ("k10", "网点覆盖率"),
    ("k11", "逾期未办事项"),
];

/// Width of a full bar in the charts, in pixels: 10000 basis points.
const BAR_PX: u64 = 500;
const LABEL_PX: u64 = 150;
const LINE_PX: u64 = 26;

/// The page; `title` is the title of the document.
pub(super) fn html(report: &KpiReport, title: &str) -> String {
    let mut body = format!("<h1>{}：认证情况</h1>\n", Escaped(title));
    let audience = if report.public {
        format!("公开。小于 {} 的数字不列出。", report.mask_k)
    } else {
        "<span class=\"internal\">内部</span>".to_owned()
    };
    let pilot = if report.stamp.pilot { "试点运行。" } else { "" };
    put(&mut body, format_args!("<p>{} 至 {}。{audience}{pilot}</p>\n", report.from, report.to));
    if let Some(county) = report.rows.iter().find(|row| row.level == Level::County) {
        headline(&mut body, report, county);
        body.push_str("<h2>全县各项指标</h2>\n");
        chart(&mut body, &bars_of_rates(county), None, "chart-rates");
    }
    let townships: Vec<(String, Rate)> =
        of_level(report, &[Level::Township, Level::Unassigned]).map(|row| (label(row), row.k1.rate)).collect();
    if !townships.is_empty() {
        put(&mut body, format_args!("<h2>各乡镇认证通过率（目标 {}%）</h2>\n", report.target_percent));
        chart(&mut body, &townships, Some(report.target_percent), "chart-townships");
    }
    table(&mut body, report);
    losses(&mut body, report);
    gaps(&mut body, report);
    page(&format!("{title}：认证情况"), STYLE, &body)
}

/// K1, and beside it what 85 % must not be bought with.
fn headline(body: &mut String, report: &KpiReport, county: &Row) {
    let sentence = match county.k1.target_met {
        Some(true) => format!("已达到 {}% 的目标。", report.target_percent),
        Some(false) => format!("未达到 {}% 的目标。", report.target_percent),
        None => String::new(),
    };
    body.push_str("<div class=\"cards\">\n");
    for (name, rate, note) in [
        ("认证通过率", &county.k1.rate, sentence.as_str()),
        ("人工办理占比", &county.k4.rate, "没有刷脸、由工作人员办理的认证。"),
        ("符合条件而被停发", &county.k5, "停发后又认证成功的待遇。"),
    ] {
        let (num, den) = (shown(rate.num), shown(rate.den));
        put(body, format_args!("<div>{name}<b>{}</b>{num} / {den}<br>{note}</div>\n", percent(rate)));
    }
    body.push_str("</div>\n");
}

fn bars_of_rates(county: &Row) -> Vec<(String, Rate)> {
    let named = |key: &str| NAMES.iter().find(|(known, _)| *known == key).map_or(key, |(_, name)| name).to_owned();
    rates(county).into_iter().map(|(key, rate)| (named(key), rate)).collect()
}

/// Horizontal bars, one a rate. A rate that is not printed has no bar.
fn chart(body: &mut String, bars: &[(String, Rate)], target_percent: Option<u64>, id: &str) {
    let height_px = LINE_PX * bars.len() as u64 + 8;
    let width_px = LABEL_PX + BAR_PX + 90;
    put(
        body,
        format_args!("<svg id=\"{id}\" viewBox=\"0 0 {width_px} {height_px}\" width=\"{width_px}\" role=\"img\">\n"),
    );
    for (at, (name, rate)) in (0..).zip(bars) {
        let (top, base) = (LINE_PX * at + 4, LINE_PX * at + 20);
        put(body, format_args!("<text x=\"0\" y=\"{base}\">{}</text>\n", Escaped(name)));
        if let Some(bp) = rate.bp {
            let px = bp.min(10_000) * BAR_PX / 10_000;
            put(
                body,
                format_args!("<rect x=\"{LABEL_PX}\" y=\"{top}\" width=\"{px}\" height=\"18\" fill=\"#37b\"/>\n"),
            );
        }
        let x_px = LABEL_PX + BAR_PX + 8;
        put(body, format_args!("<text x=\"{x_px}\" y=\"{base}\">{}</text>\n", percent(rate)));
    }
    if let Some(target) = target_percent {
        let x_px = LABEL_PX + target.min(100) * BAR_PX / 100;
        put(
            body,
            format_args!(
                "<line x1=\"{x_px}\" y1=\"0\" x2=\"{x_px}\" y2=\"{height_px}\" stroke=\"#b00\" stroke-width=\"2\"/>\n"
            ),
        );
    }
    body.push_str("</svg>\n");
}

fn table(body: &mut String, report: &KpiReport) {
    body.push_str("<h2>分级数据</h2>\n<table id=\"rows\">\n<tr><th>单位</th>");
    for (_, name) in NAMES {
        put(body, format_args!("<th>{name}</th>"));
    }
    body.push_str("<th>其中人工认证模块</th><th>恢复用时（工作日）</th></tr>\n");
    for row in &report.rows {
        put(body, format_args!("<tr><td>{}</td>", Escaped(&label(row))));
        for (_, rate) in rates(row) {
            put(body, format_args!("<td>{}<br>{}/{}</td>", percent(&rate), shown(rate.num), shown(rate.den)));
        }
        let days = |days: Option<i32>| days.map_or("–".to_owned(), |days| days.to_string());
        put(
            body,
            format_args!(
                "<td>{}</td><td>{} 件，中位 {}，最长 {}</td></tr>\n",
                shown(row.k4.manual),
                shown(row.k8.count),
                days(row.k8.median_days),
                days(row.k8.max_days)
            ),
        );
    }
    body.push_str("</table>\n");
}

fn losses(body: &mut String, report: &KpiReport) {
    let Some(kinds) = report.rows.first().map(|row| &row.k12).filter(|kinds| !kinds.is_empty()) else { return };
    body.push_str("<h2>查实与查否</h2>\n<table id=\"losses\">\n<tr><th>单位</th>");
    for kind in kinds.keys() {
        put(body, format_args!("<th>{}：查实 / 查否，多发月数</th>", Escaped(fact_name(kind))));
    }
    body.push_str("</tr>\n");
    for row in &report.rows {
        put(body, format_args!("<tr><td>{}</td>", Escaped(&label(row))));
        for losses in row.k12.values() {
            let months = losses.months.map_or("–".to_owned(), |months| months.to_string());
            let (confirmed, refuted) = (shown(losses.precision.num), shown(losses.refuted));
            put(body, format_args!("<td>{confirmed} / {refuted}，{months}</td>"));
        }
        body.push_str("</tr>\n");
    }
    body.push_str("</table>\n");
}

fn gaps(body: &mut String, report: &KpiReport) {
    if report.gaps.is_empty() {
        return;
    }
    body.push_str("<h2>没有开放网点的村（社区）</h2>\n<ul id=\"gaps\">\n");
    for gap in &report.gaps {
        put(body, format_args!("<li>{} {}</li>\n", Escaped(&gap.unit), Escaped(&gap.name)));
    }
    body.push_str("</ul>\n");
}

fn of_level<'a>(report: &'a KpiReport, levels: &'a [Level]) -> impl Iterator<Item = &'a Row> {
    report.rows.iter().filter(move |row| levels.contains(&row.level))
}

fn label(row: &Row) -> String {
    let name = row.name.clone().unwrap_or_else(|| row.unit.clone());
    match row.level {
        Level::Province => format!("省（本县部分）{name}"),
        Level::City => format!("市（本县部分）{name}"),
        Level::County => format!("全县 {name}"),
        Level::Unassigned => "未归属".to_owned(),
        Level::Township | Level::Village => name,
    }
}

fn fact_name(kind: &str) -> &str {
    match kind {
        "death" => "身故",
        "imprisonment" => "服刑",
        "duplicate" => "重复领取",
        "nationality_lost" => "丧失国籍",
        "survivor_remarried" => "遗属再婚",
        "survivor_of_age" => "遗属成年",
        "missing" => "失踪",
        other => other,
    }
}

/// A rate in per cent with two decimals, from its basis points; a dash if it is not printed.
fn percent(rate: &Rate) -> String {
    rate.bp.map_or("–".to_owned(), |bp| format!("{}.{:02}%", bp / 100, bp % 100))
}

/// A count for people: what masking leaves of it, in Chinese.
fn shown(count: Count) -> String {
    match count {
        Count::Number(number) => number.to_string(),
        Count::Below(k) => format!("&lt;{k}"),
        Count::Masked => "不列出".to_owned(),
    }
}

fn put(body: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a String cannot fail.
    let _ = body.write_fmt(text);
}
