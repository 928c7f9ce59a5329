//! Plays scenarios: events from sentences, steps in their order.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use facecert_policy::scheme::{Files, Scheme};
use facecert_policy::{Event, Hex32, Instant, Reason, Stamp, Stamped};

use crate::file::{self, Scenario};
use crate::step;
use crate::support::schema::assert_fits;
use crate::support::{self, DEMO, WENSHUI, day, story};

/// What playing all scenarios gave.
#[derive(Default)]
pub struct Played {
    pub failures: Vec<String>,
    /// Every reason that a step has shown.
    pub reached: BTreeSet<Reason>,
}

/// Plays every scenario.
pub fn all() -> Played {
    let mut played = Played::default();
    for scenario in file::all() {
        Stage::new(&scenario).play(&mut played);
    }
    played
}

static SHIPPED: LazyLock<Scheme> =
    LazyLock::new(|| Scheme::load(&FILES, WENSHUI, Some(day("2025-09-01"))).expect("good"));
static FILES: LazyLock<Files> = LazyLock::new(|| support::changed(WENSHUI, &[PACK]));
/// The fixture's policy names the pack of the ordinary evidence.
const PACK: (&str, &str) = ("accepted_packs = []", "accepted_packs = [\"pack@sha256:11\"]");

/// A scenario while it is played.
pub struct Stage<'a> {
    scenario: &'a Scenario,
    pub files: Files,
    pub root: &'static str,
    scheme: Option<Scheme>,
    pub events: Vec<Event>,
    /// Id of the event that the last decision left behind.
    pub decided: Option<Hex32>,
    /// Key of the last record that was written out.
    pub written: Option<Hex32>,
}

impl<'a> Stage<'a> {
    fn new(scenario: &'a Scenario) -> Self {
        let root = if scenario.made_up_county { DEMO } else { WENSHUI };
        let mut changes = scenario.policy.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect::<Vec<_>>();
        changes.extend((root == WENSHUI).then_some(PACK));
        let ordinary = root == WENSHUI && scenario.policy.is_empty() && scenario.files.is_empty();
        let mut files = if ordinary { FILES.clone() } else { support::changed(root, &changes) };
        files.extend(scenario.files.iter().map(|(name, text)| (name.clone(), text.clone().into_bytes())));
        let from = (root == WENSHUI).then(|| day("2025-09-01"));
        let scheme = (!ordinary).then(|| Scheme::load(&files, root, from).ok()).flatten();
        Self { scenario, files, root, scheme, events: Vec::new(), decided: None, written: None }
    }

    /// The policy; a scenario whose policy has faults only checks it.
    pub fn scheme(&self) -> &Scheme {
        let shipped = self.scenario.policy.is_empty() && self.scenario.files.is_empty() && self.root == WENSHUI;
        match &self.scheme {
            Some(scheme) => scheme,
            None if shipped => &SHIPPED,
            None => panic!("{}: the policy has faults", self.scenario.no),
        }
    }

    /// An answer as a command prints it.
    pub fn stamped<T>(&self, now: Instant, answer: T) -> Stamped<T> {
        let stamp = Stamp::of(self.scheme(), &self.events, now, &[("now", &now)]).expect("a stamp");
        Stamped { stamp, answer }
    }

    fn play(mut self, played: &mut Played) {
        self.happen(&self.scenario.given);
        for step in &self.scenario.step {
            let before = self.events.len();
            self.happen(&step.and);
            let now = Instant::parse_now(&step.now).expect("a point in time");
            let facts = step::take(&mut self, step, now);
            for expected in step.expect.iter().filter(|expected| !facts.holds(expected)) {
                let Scenario { no, says, .. } = self.scenario;
                played.failures.push(format!("{no} ({says}) at {}: {expected}; got {facts:?}", step.now));
            }
            played.reached.extend(facts.reasons);
            if !self.scenario.goes_on {
                self.events.truncate(before);
            }
        }
    }

    fn happen(&mut self, sentences: &[String]) {
        for sentence in sentences {
            let sentence = self.filled(sentence);
            let events = story::events(&sentence);
            // Those of a crowd differ in their people alone.
            events.iter().take(4).for_each(|event| assert_fits("event", event));
            self.events.extend(events);
        }
    }

    /// `{decided}` and `{written}` stand for what the last decision and the last export left behind.
    pub fn filled(&self, text: &str) -> String {
        let hex = |id: Option<Hex32>| id.map(|id| id.to_string()).unwrap_or_default();
        text.replace("{decided}", &hex(self.decided)).replace("{written}", &hex(self.written))
    }
}
