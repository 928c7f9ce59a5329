//! Self-contained HTML pages: no script, no link, no font of their own, so that a page prints the same from any disk.

use std::fmt::{self, Write as _};

/// Chinese fonts as the common systems name them; a page embeds none.
const FONTS: &str = "\"Noto Serif CJK SC\",\"Source Han Serif SC\",\"Songti SC\",SimSun,\"Noto Sans CJK SC\",\"PingFang SC\",\"Microsoft YaHei\",serif";

/// Text that stands in HTML as characters, never as markup. Control characters become spaces.
pub(crate) struct Escaped<'a>(pub &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                c if c.is_control() => f.write_char(' ')?,
                c => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

/// A whole page for A4 paper. `title` is plain text; `style` and `body` are markup.
pub(crate) fn page(title: &str, style: &str, body: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\">\n<title>{}</title>\n<style>\n\
         @page{{size:A4;margin:20mm}}\nbody{{font-family:{FONTS};margin:0 auto;max-width:170mm}}\n{style}</style>\n</head>\n<body>\n{body}</body>\n</html>\n",
        Escaped(title)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_in_text_stays_text() {
        assert_eq!(Escaped("<b a='1'>&\u{7}\"").to_string(), "&lt;b a=&#39;1&#39;&gt;&amp; &quot;");
    }
}
