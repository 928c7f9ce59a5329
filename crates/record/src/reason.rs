//! Why a record, a chain, an audit log or a receipt holds or does not: numbers and texts.

use std::fmt;

macro_rules! reasons {
    ($($number:literal $variant:ident $code:literal $zh:literal $en:literal)*) => {
        /// The answer of a verification. Numbers are frozen; texts may be improved.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Reason {
            $(#[doc = $en] $variant = $number,)*
        }

        impl Reason {
            /// Every reason, ascending by number.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The frozen number (3000-3899).
            pub const fn number(self) -> u32 {
                self as u32
            }

            /// The frozen name.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// The text for a person, zh-CN: what it is, then what to do.
            pub const fn zh(self) -> &'static str {
                match self { $(Self::$variant => $zh,)* }
            }

            /// The text in English.
            pub const fn en(self) -> &'static str {
                match self { $(Self::$variant => $en,)* }
            }
        }
    };
}

reasons! {
    3000 Valid "VALID" "有效。" "Holds."
    3001 Damaged "DAMAGED" "内容不完整或被改动，请换原件再验。" "Not whole, or altered; check the original."
    3002 KeyUnknown "KEY_UNKNOWN" "签发单位不在名单上，请到窗口核对。" "Signed by a key that is not on the list."
    3003 SignatureWrong "SIGNATURE_WRONG" "签名不符，请到窗口核对。" "The signature does not fit the content."
    3004 RoleNotAllowed "KEY_ROLE_NOT_ALLOWED" "签发密钥无权签发此件，请到窗口核对。" "This key's role may not sign this."
    3005 KeyNotInForce "KEY_NOT_IN_FORCE" "签发时密钥不在有效期，请到窗口核对。" "Signed outside the key's time of validity."
    3006 KeyRevoked "KEY_REVOKED" "签发密钥已作废，请到窗口换新件。" "The key is revoked; ask for a new one."
    3007 ContentNotAllowed "CONTENT_NOT_ALLOWED" "内容不合规定，请到窗口核对。" "Content that the format does not allow."
    3010 LinkBroken "CHAIN_LINK_BROKEN" "前后记录衔接不上，请核对是否缺件。" "Does not follow the record before it."
    3011 TimeBackwards "CHAIN_TIME_BACKWARDS" "签署时间早于前一条，请核对。" "Signed earlier than the record before it."
    3012 Empty "EMPTY" "文件里没有记录，请核对文件。" "No record in the file."
    3020 LineAltered "AUDIT_LINE_ALTERED" "日志此行被改动，请从备份核对。" "This line was altered; compare the backup."
    3021 TailTorn "AUDIT_TAIL_TORN" "日志末行未写完，下次写入时自动补正。" "The last line is torn; mended at next write."
    3100 ReceiptExpired "RECEIPT_EXPIRED" "已过有效期，请再次认证。" "Past its date; please certify again."
    3101 ReceiptNotYetValid "RECEIPT_NOT_YET_VALID" "签发时间晚于现在，请核对时间。" "Issued later than now; check the clock."
    3102 ReceiptRevoked "RECEIPT_REVOKED" "此回执已作废，请到窗口换新件。" "This receipt is revoked; ask for a new one."
    3103 NoCode "RECEIPT_NO_CODE" "没有读到二维码，请放平、照全再试。" "No code found; flatten it, take all of it."
}

impl Reason {
    /// Whether this is the positive answer.
    pub const fn holds(self) -> bool {
        matches!(self, Self::Valid)
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl serde::Serialize for Reason {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::Reason;

    #[test]
    fn numbers_ascend_and_texts_are_short() {
        for pair in Reason::ALL.windows(2) {
            assert!(pair[0].number() < pair[1].number());
        }
        for reason in Reason::ALL {
            assert!((3000..3900).contains(&reason.number()));
            assert!(reason.zh().chars().count() <= 30, "{reason}");
            assert!(reason.en().chars().count() <= 60, "{reason}");
        }
    }
}
