//! The names of benefits and doors, as the document has them.

/// Kinds of benefit.
pub(super) const KINDS: [(&str, &str); 5] = [
    ("enterprise_pension", "企业职工养老待遇"),
    ("institution_pension", "机关事业单位养老待遇"),
    ("resident_pension", "城乡居民养老待遇"),
    ("survivor_enterprise", "企业职工遗属补助"),
    ("survivor_institution", "机关事业单位遗属补助"),
];

/// Doors.
const DOORS: [(&str, &str); 15] = [
    ("app_12333", "手机应用：掌上12333"),
    ("app_consular", "手机应用：中国领事"),
    ("app_laolai", "手机应用：老来"),
    ("app_minsheng_shanxi", "手机应用：民生山西"),
    ("app_sanjintong", "手机应用：三晋通"),
    ("assist_cross", "跨省通办"),
    ("assist_in", "省内通办"),
    ("consular_paper", "驻外使领馆审核表"),
    ("data_match", "信息比对，无需您办理"),
    ("home_visit", "工作人员上门"),
    ("kiosk", "自助设备"),
    ("manual_county", "县里人工认证"),
    ("manual_outlet", "网点人工认证"),
    ("outlet", "村（社区）网点"),
    ("window", "业务大厅窗口"),
];

/// The name of a kind of benefit.
pub(super) fn kind(code: &str) -> Option<&'static str> {
    find(&KINDS, code)
}

/// The name of a door.
pub(super) fn door(code: &str) -> Option<&'static str> {
    find(&DOORS, code)
}

fn find(table: &[(&str, &'static str)], code: &str) -> Option<&'static str> {
    table.iter().find(|(known, _)| *known == code).map(|(_, name)| *name)
}
