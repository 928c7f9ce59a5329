//! One look for all progress bars: share, count, rate, time left; nothing when standard error is not a terminal.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar over `total` steps, each of them one `unit`.
pub fn bar(total: u64, unit: &str) -> ProgressBar {
    let template = format!("{{bar:40}} {{percent}} % {{pos}}/{{len}} {unit} {{per_sec}} {{eta}} left");
    let style = ProgressStyle::with_template(&template).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(total).with_style(style)
}
