//! The words of the model: closed lists whose members are the strings of the policy file and of
//! every event. A list that the county may lengthen is data of the policy instead.

/// An enumeration with one word per member, for JSON, TOML and people's tables alike.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident: $expected:literal { $($(#[$member_doc:meta])* $member:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        pub enum $name {
            $($(#[$member_doc])* #[serde(rename = $word)] $member,)+
        }

        impl $name {
            /// Every member, in the order of the model.
            #[allow(dead_code)] // not every list is walked
            pub const ALL: &'static [Self] = &[$(Self::$member),+];

            /// The word.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$member => $word,)+
                }
            }
        }

        impl std::str::FromStr for $name {
            type Err = crate::value::Expected;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($word => Ok(Self::$member),)+
                    _ => Err(crate::value::Expected($expected)),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}
pub(crate) use words;

words! {
    /// Kind of benefit.
    Kind: "a kind of benefit" {
        /// 企业职工养老保险
        EnterprisePension = "enterprise_pension",
        /// 机关事业单位养老保险
        InstitutionPension = "institution_pension",
        /// 城乡居民养老保险
        ResidentPension = "resident_pension",
        /// 企业遗属生活困难补助
        SurvivorEnterprise = "survivor_enterprise",
        /// 机关事业单位遗属生活困难补助
        SurvivorInstitution = "survivor_institution",
    }
}

words! {
    /// A door by which a person certifies.
    Channel: "a channel" {
        /// 民生山西
        AppMinshengShanxi = "app_minsheng_shanxi",
        /// 老来
        AppLaolai = "app_laolai",
        /// 三晋通
        AppSanjintong = "app_sanjintong",
        /// 掌上12333
        App12333 = "app_12333",
        /// 中国领事
        AppConsular = "app_consular",
        /// 就业社保自助设备
        Kiosk = "kiosk",
        /// 业务大厅窗口
        Window = "window",
        /// 村（社区）网点
        Outlet = "outlet",
        /// 人工强制认证
        ManualCounty = "manual_county",
        /// 就近网点人工强制认证
        ManualOutlet = "manual_outlet",
        /// 预约上门认证
        HomeVisit = "home_visit",
        /// 省内通办
        AssistIn = "assist_in",
        /// 跨省通办
        AssistCross = "assist_cross",
        /// 数据比对
        DataMatch = "data_match",
        /// 在境外居住人员领取养老金资格审核表
        ConsularPaper = "consular_paper",
    }
}

impl Channel {
    /// One of the five apps.
    #[must_use]
    pub const fn is_app(self) -> bool {
        matches!(
            self,
            Self::AppMinshengShanxi | Self::AppLaolai | Self::AppSanjintong | Self::App12333 | Self::AppConsular
        )
    }

    /// The manual route, in the county or at an outlet.
    #[must_use]
    pub const fn is_manual(self) -> bool {
        matches!(self, Self::ManualCounty | Self::ManualOutlet)
    }
}

words! {
    /// A way to prove life at a channel.
    Path: "a path of a channel" {
        /// A result of the province's or the ministry's app, imported.
        Platform = "platform",
        /// An own capture: match and live.
        Face = "face",
        /// Staff attest.
        Attest = "attest",
        /// Commitment form and dated photo.
        Form = "form",
        /// Another agency's result.
        Agency = "agency",
        /// A named data source.
        Data = "data",
        /// A paper of an embassy or consulate.
        Paper = "paper",
    }
}

words! {
    /// How a pass was proven.
    Method: "a method" {
        /// A machine matched the face.
        Face = "face",
        /// Staff attested.
        Staff = "staff",
        /// Commitment form and photo.
        Form = "form",
        /// Data matching.
        Data = "data",
        /// Consular paper.
        Paper = "paper",
        /// Another agency.
        Agency = "agency",
    }
}

words! {
    /// Identity document.
    Document: "a document code" {
        /// 居民身份证
        ResidentId = "resident_id",
        /// 临时居民身份证
        TempId = "temp_id",
        /// 社会保障卡
        SocialCard = "social_card",
        /// 港澳台居民居住证
        HmtResidencePermit = "hmt_residence_permit",
        /// 港澳居民来往内地通行证
        HmTravelPermit = "hm_travel_permit",
        /// 台湾居民来往大陆通行证
        TwTravelPermit = "tw_travel_permit",
        /// 中国护照
        PassportCn = "passport_cn",
        /// 外国护照
        PassportForeign = "passport_foreign",
        /// 外国人永久居留身份证
        ForeignerCard = "foreigner_card",
        /// 户口簿
        HouseholdBook = "household_book",
    }
}

words! {
    /// Where a person lives.
    Residence: "a residence class" {
        /// In this county.
        County = "county",
        /// Elsewhere in the province.
        Province = "province",
        /// Elsewhere on the mainland.
        Mainland = "mainland",
        /// Hong Kong.
        Hk = "hk",
        /// Macao.
        Mo = "mo",
        /// Taiwan.
        Tw = "tw",
        /// In another country.
        Abroad = "abroad",
    }
}

words! {
    /// Whom a channel is for.
    Who: "mainland, outside or any" {
        /// People on the mainland.
        Mainland = "mainland",
        /// People outside the mainland.
        Outside = "outside",
        /// Everybody.
        Any = "any",
    }
}

words! {
    /// A staff role.
    Role: "a staff role" {
        /// 综合股
        General = "general",
        /// 财务股
        Finance = "finance",
        /// 参保股
        Enrolment = "enrolment",
        /// 待遇股
        Benefits = "benefits",
        /// 信息股
        It = "it",
        /// 内控股
        InternalControl = "internal_control",
        /// 业务大厅窗口
        Window = "window",
        /// 村（社区）网点
        Outlet = "outlet",
        /// 网格员
        GridWorker = "grid_worker",
        /// 乡镇
        Township = "township",
    }
}

words! {
    /// Item of the worklist.
    Item: "a worklist item" {
        /// A commitment form waits for review.
        ManualReview = "manual_review",
        /// Another submission waits for review.
        AttestReview = "attest_review",
        /// A visit waits for its day.
        VisitBookingCall = "visit_booking_call",
        /// A visit waits to be made.
        Visit = "visit",
        /// Somebody has difficulty and waits for a call.
        DifficultyFeedback = "difficulty_feedback",
        /// Somebody is overdue and waits for a call.
        OverdueContact = "overdue_contact",
        /// An imported row does not fit a person.
        Identity = "identity",
        /// A death is reported.
        CaseDeath = "case_death",
        /// A pass after a recorded death.
        LivingAfterDeath = "living_after_death",
        /// Any other case.
        CaseOther = "case_other",
        /// A survivor's conditions change.
        SurvivorCheck = "survivor_check",
        /// Months were paid too long.
        Overpayment = "overpayment",
        /// An appeal is lodged.
        Appeal = "appeal",
        /// The platform stopped without our advice.
        PlatformMismatch = "platform_mismatch",
        /// A record was rejected or not acknowledged.
        Export = "export",
        /// A village without an open outlet.
        OutletGap = "outlet_gap",
    }
}

words! {
    /// Ground of a home visit, self-declared.
    Ground: "a ground of a home visit" {
        /// 80 years or more.
        Age80 = "age_80",
        /// Serious illness or bed-ridden.
        Illness = "illness",
        /// Disability.
        Disability = "disability",
        /// Living alone without a phone.
        AloneNoPhone = "alone_no_phone",
        /// Any other; no text is stored.
        Other = "other",
    }
}

words! {
    /// Who asks for a home visit.
    AskedBy: "who asks for the visit" {
        /// The person.
        Person = "person",
        /// A relative.
        Relative = "relative",
        /// The grid worker.
        GridWorker = "grid_worker",
        /// Any staff.
        Staff = "staff",
    }
}

words! {
    /// Where the portrait came from that a face was compared with.
    ReferenceSource: "a reference source" {
        /// Portrait read from the chip of the presented original.
        IdChip = "id_chip",
        /// Photo of the provincial platform.
        PlatformPhoto = "platform_photo",
        /// Enrolled template.
        EnrolledTemplate = "enrolled_template",
    }
}

words! {
    /// Signature line of the commitment form.
    SignatureLine: "a signature line of the form" {
        /// The person who commits.
        Committer = "承诺人",
        /// The grid worker.
        GridWorker = "网格员",
        /// The person in charge.
        Head = "负责人",
    }
}
