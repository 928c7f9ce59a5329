//! Generated files equal what their sources give. `FACECERT_UPDATE=1` rewrites them.

mod generate;

use generate::assert_current;

#[test]
fn the_reason_table_is_that_of_reasons_toml() {
    assert_current("src/reason/table.rs", &generate::reason_table());
}

#[test]
fn the_rules_page_is_that_of_the_scheme_the_reasons_and_the_requirements() {
    assert_current("../../docs/rules.zh-CN.html", &generate::page::page());
}
