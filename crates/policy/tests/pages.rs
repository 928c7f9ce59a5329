//! The pages in headless Chromium: what is drawn is what the figures and the rules say, and nothing comes from outside.
//!
//! Without `chromium` the tests are skipped, or fail if `FACECERT_TOOLS_REQUIRED=1`.

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use facecert_policy::{Event, Instant, KpiReport, kpi};
use support::{day, story, wenshui};

/// The colours of a bar and of the line of the target.
const BAR: [u8; 3] = [0x33, 0x77, 0xbb];
const TARGET: [u8; 3] = [0xbb, 0, 0];

/// The first browser that runs, by the names that systems give it.
fn browser() -> Option<&'static str> {
    let runs = |name: &&str| Command::new(name).arg("--version").output().is_ok_and(|output| output.status.success());
    let found = ["chromium", "chromium-browser", "google-chrome"].into_iter().find(runs);
    let required = std::env::var_os("FACECERT_TOOLS_REQUIRED").is_some_and(|value| value == "1");
    assert!(found.is_some() || !required, "chromium is required and is not there: apt-get install chromium");
    if found.is_none() {
        eprintln!("skipped: no chromium");
    }
    found
}

/// A page as the browser shows it.
struct Shown {
    /// Its document, after loading.
    dom: String,
    /// Its first screen, in RGB.
    picture: image::RgbImage,
}

impl Shown {
    fn of(browser: &str, page: &Path) -> Self {
        let folder = page.parent().expect("a folder");
        let picture = folder.join("page.png");
        let run = |argument: &str| {
            let output = Command::new(browser)
                .args(["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--window-size=1200,1600"])
                .args(["--host-resolver-rules=MAP * ~NOTFOUND", argument])
                .arg(format!("--user-data-dir={}", folder.join("profile").display()))
                .arg(format!("file://{}", page.display()))
                .output()
                .expect("the browser");
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            String::from_utf8(output.stdout).expect("UTF-8")
        };
        let dom = run("--dump-dom");
        run(&format!("--screenshot={}", picture.display()));
        Self { dom, picture: image::open(picture).expect("a picture").to_rgb8() }
    }

    fn pixels(&self, colour: [u8; 3]) -> usize {
        self.picture.pixels().filter(|pixel| pixel.0 == colour).count()
    }

    /// Widths of the bars.
    fn bars_px(&self) -> Vec<usize> {
        let width = |bar: &str| bar.split("width=\"").nth(1)?.split('"').next()?.parse().ok();
        self.dom.split("<rect").skip(1).filter_map(width).collect()
    }

    /// Ids of elements, and the ids that links of the page lead to.
    fn ids(&self, before: &str) -> Vec<&str> {
        self.dom.split(before).skip(1).filter_map(|rest| rest.split('"').next()).collect()
    }

    fn asks_for_nothing(&self) {
        for outside in ["<script", "<link", "<img", "<iframe", "http://", "https://", "@import", "url("] {
            assert!(!self.dom.contains(outside), "{outside} in the page");
        }
    }
}

/// A county of 120 people in two townships: every fourth overdue, three by the manual route.
fn figures(public: bool) -> KpiReport {
    let crowds = [
        "45 pass 2026-02-10 by app_laolai in 141121102201",
        "15 overdue in 141121102201",
        "42 pass 2026-02-10 by app_laolai in 141121100001",
        "3 pass 2026-02-10 by manual_county method form in 141121100001",
        "15 overdue in 141121100001",
    ];
    let events: Vec<Event> = crowds.into_iter().flat_map(story::events).collect();
    let now = Instant::parse_now("2026-03-31").expect("a day");
    kpi(&wenshui(), &events, day("2026-01-01"), day("2026-03-31"), now, public).expect("figures")
}

fn page(folder: &Path, html: &str) -> PathBuf {
    let path = folder.join("page.html");
    fs::write(&path, html).expect("a file to write");
    path
}

#[test]
fn the_key_figures_page_holds_in_a_browser() {
    let Some(browser) = browser() else { return };
    for public in [false, true] {
        let folder = tempfile::tempdir().expect("a folder");
        let shown = Shown::of(browser, &page(folder.path(), &figures(public).to_html("认证")));
        shown.asks_for_nothing();
        for text in ["90 / 120", "75.00%", "id=\"chart-rates\"", "id=\"chart-townships\"", "未达到 85% 的目标"] {
            assert!(shown.dom.contains(text), "{text}");
        }
        assert_eq!(shown.dom.contains("内部"), !public);
        assert_eq!(shown.dom.contains("&lt;10"), public, "three by the manual route are shown inside alone");
        // Bars are 500 px for 100 %, 18 px high; the edges of a bar may be blended.
        let (bars, drawn) = (shown.bars_px(), shown.pixels(BAR));
        let least = bars.iter().sum::<usize>() * 16;
        assert!(bars.contains(&375) && drawn >= least, "{drawn} px drawn of the bars {bars:?}");
        assert!(shown.pixels(TARGET) >= 40, "the line of the target");
    }
}

#[test]
fn the_rules_page_holds_in_a_browser() {
    let Some(browser) = browser() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let committed = fs::read_to_string(support::path("../../docs/rules.zh-CN.html")).expect("the page");
    let shown = Shown::of(browser, &page(folder.path(), &committed));
    shown.asks_for_nothing();
    let ids = shown.ids("id=\"");
    for number in 1..=88 {
        assert!(ids.contains(&format!("R-{number:03}").as_str()), "R-{number:03}");
    }
    let links = shown.ids("href=\"#");
    assert!(links.len() > 200, "{} links", links.len());
    let broken: Vec<_> = links.iter().filter(|link| !ids.contains(link)).collect();
    assert!(broken.is_empty(), "links to nothing: {broken:?}");
    let reasons = ids.iter().filter(|id| id.starts_with("reason-")).count();
    assert_eq!(reasons, facecert_policy::TABLE.len(), "every reason once");
    let ink = shown.picture.pixels().filter(|pixel| pixel.0.iter().all(|value| *value < 128)).count();
    assert!(ink > 20_000, "{ink} dark pixels: the text is drawn");
}
