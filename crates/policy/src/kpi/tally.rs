//! What is counted for one unit. Tallies of villages add up to those of townships and of the county.

use std::collections::BTreeMap;

/// Counts of one unit, unmasked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    /// K1, K5: liable entitlements at the day.
    pub liable: u64,
    /// K1: of these, not overdue.
    pub valid: u64,
    /// K2: cycles closed in time, and all cycles that were closed or ran out.
    pub cycles_in_time: u64,
    pub cycles: u64,
    /// K3, K4, K9: passes of the period, one per person and date.
    pub passes: u64,
    pub online: u64,
    pub by_staff: u64,
    /// Of `by_staff`, by the manual route.
    pub by_form: u64,
    pub by_data: u64,
    /// K5: suspended as not certified, and yet eligible.
    pub suspended_eligible: u64,
    /// K6: people whose first own face attempt certified, and all with one.
    pub first_try: u64,
    pub first_tries: u64,
    /// K7: visits made in time, and all that were due.
    pub visits_in_time: u64,
    pub visits: u64,
    /// K8: working days from resume advice to payment.
    pub resume_days: Vec<i32>,
    /// K10: villages and communities with an open outlet, and all.
    pub covered: u64,
    pub villages: u64,
    /// K11: open items past their deadline, and all open items.
    pub items_late: u64,
    pub items: u64,
    /// K12, by kind of fact.
    pub losses: BTreeMap<String, Loss>,
}

/// Losses of entitlement found, of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Loss {
    pub confirmed: u64,
    pub refuted: u64,
    /// Months paid too long.
    pub months: u64,
    /// What was paid for them, as far as amounts are known.
    pub fen: u64,
}

impl Tally {
    /// Adds another unit's counts.
    pub(super) fn add(&mut self, other: &Self) {
        for (sum, count) in [
            (&mut self.liable, other.liable),
            (&mut self.valid, other.valid),
            (&mut self.cycles_in_time, other.cycles_in_time),
            (&mut self.cycles, other.cycles),
            (&mut self.passes, other.passes),
            (&mut self.online, other.online),
            (&mut self.by_staff, other.by_staff),
            (&mut self.by_form, other.by_form),
            (&mut self.by_data, other.by_data),
            (&mut self.suspended_eligible, other.suspended_eligible),
            (&mut self.first_try, other.first_try),
            (&mut self.first_tries, other.first_tries),
            (&mut self.visits_in_time, other.visits_in_time),
            (&mut self.visits, other.visits),
            (&mut self.covered, other.covered),
            (&mut self.villages, other.villages),
            (&mut self.items_late, other.items_late),
            (&mut self.items, other.items),
        ] {
            *sum += count;
        }
        self.resume_days.extend(&other.resume_days);
        for (kind, loss) in &other.losses {
            let sum = self.losses.entry(kind.clone()).or_default();
            sum.confirmed += loss.confirmed;
            sum.refuted += loss.refuted;
            sum.months += loss.months;
            sum.fen += loss.fen;
        }
    }
}
