//! Laws over random histories (proptest): I1 to I8 of the rules. I9, that masked figures cannot be
//! found out, is held beside the masking itself.

mod aim;
mod help;
mod history;
mod money;
mod order;
mod proof;
mod silence;
#[path = "../support/mod.rs"]
mod support;

use std::sync::LazyLock;

use facecert_policy::scheme::Scheme;

/// The shipped scheme, with the pack of the ordinary evidence accepted.
static SCHEME: LazyLock<Scheme> = LazyLock::new(|| support::load(support::WENSHUI, &[PACK]).expect("a good scheme"));
/// The same with the aim of the pass rate out of reach.
static HIGHER: LazyLock<Scheme> =
    LazyLock::new(|| support::load(support::WENSHUI, &[PACK, AIM]).expect("a good scheme"));
/// The same as a pilot, with no pack accepted.
static PILOT: LazyLock<Scheme> = LazyLock::new(|| support::load(support::WENSHUI, &[PILOT_ON]).expect("a good scheme"));

const PACK: (&str, &str) = ("accepted_packs = []", "accepted_packs = [\"pack@sha256:11\"]");
const AIM: (&str, &str) = ("target_percent = 85", "target_percent = 100");
const PILOT_ON: (&str, &str) = ("[policy.pilot]\nenabled = false", "[policy.pilot]\nenabled = true");
