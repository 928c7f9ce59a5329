//! Whole sessions on frames made from the sample portraits: they prove that engine and session fit together, not liveness.
//!
//! `FACECERT_SESSIONS` sets how many living sessions are drawn (12 by default, 200 in the deep checks).

mod actor;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use actor::{Actor, Held};
use facecert_core::engine::Engine;
use facecert_core::frame::{Image, Orientation};
use facecert_core::quality::Profile;
use facecert_core::reason::Reason;
use facecert_core::session::{Action, Capture, CaptureOptions, Nonce, Package, SessionResult, StepKind};
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::{Config, TestRunner};

static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::embedded().unwrap());
const PORTRAITS: [&str; 5] = ["biden-1.jpg", "collins-1.png", "obama-1.jpg", "obama-2.jpg", "obama-3.jpg"];

fn nonce(number: u64) -> Nonce {
    Nonce::new([b"captured", number.to_le_bytes().as_slice()].concat()).unwrap()
}

struct Take<'a> {
    fps: u64,
    reaction_ms: u64,
    movement_ms: u64,
    held: Held,
    options: CaptureOptions,
    /// Frames are mirrored by the camera, and say so.
    mirrored: bool,
    /// What is done when the action with this number is asked for.
    acts: &'a dyn Fn(&[Action], usize) -> Action,
}

impl Default for Take<'_> {
    fn default() -> Self {
        Self {
            fps: 10,
            reaction_ms: 500,
            movement_ms: 1500,
            held: Held::Living,
            options: CaptureOptions::default(),
            mirrored: false,
            acts: &|challenge, step| challenge[step],
        }
    }
}

/// Holds a session with an actor, who follows the prompts.
fn hold<'e>(actor: &mut Actor, number: u64, take: &Take<'_>) -> (Capture<'e>, SessionResult, Vec<(Image, u64)>) {
    let mut capture = Capture::new(&ENGINE, nonce(number), &take.options).unwrap();
    let challenge = capture.session().challenge().actions.clone();
    let (mut asked, mut since_ms, mut shown) = (None, 0, Vec::new());
    for count in 0.. {
        let time_ms = count * 1000 / take.fps;
        let progress = (time_ms - since_ms) as f32 - take.reaction_ms as f32;
        let height = ((progress / take.movement_ms as f32).clamp(0.0, 1.0) * std::f32::consts::PI).sin();
        let action = asked.map(|step| ((take.acts)(&challenge, step), height));
        let mut frame = actor.frame(time_ms, action, take.held);
        if take.mirrored {
            let mirror = Orientation { mirror: true, ..Orientation::default() };
            let stored = frame.oriented(mirror); // what the camera hands over ...
            frame = stored.oriented(mirror); // ... and what its flag makes of it
        }
        let (step, _) = capture.feed(&frame, time_ms).unwrap();
        shown.push((frame, time_ms));
        if step.kind == StepKind::Done {
            break;
        }
        let now = step.action.map(|_| step.step);
        if now != asked {
            (asked, since_ms) = (now, time_ms);
        }
    }
    let result = capture.session().result().unwrap().clone();
    (capture, result, shown)
}

fn actor(runner: &mut TestRunner, name: &str) -> Actor {
    Actor::new(&ENGINE, name, |low, high| (low..high).new_tree(runner).unwrap().current())
}

#[test]
fn living_portraits_pass_first_time() {
    let sessions: u64 = std::env::var("FACECERT_SESSIONS").ok().and_then(|n| n.parse().ok()).unwrap_or(12);
    let mut runner = TestRunner::new(Config::with_cases(1));
    let mut told: BTreeMap<Reason, u64> = BTreeMap::new();
    for number in 0..sessions {
        let mut actor = actor(&mut runner, PORTRAITS[number as usize % PORTRAITS.len()]);
        let slow = number % 3 == 0;
        let take = Take {
            fps: [5, 10, 15][number as usize % 3],
            movement_ms: if slow { 2600 } else { 1500 },
            options: CaptureOptions { slow, ..CaptureOptions::default() },
            mirrored: number % 2 == 0,
            ..Take::default()
        };
        *told.entry(hold(&mut actor, number, &take).1.reason).or_default() += 1;
    }
    let passed = told.get(&Reason::SessionDone).copied().unwrap_or_default();
    assert!(passed * 20 >= sessions * 19, "{passed} of {sessions}: {told:?}");
}

#[test]
fn stills_do_not_pass_and_the_person_hears_nothing_of_the_cue() {
    let mut runner = TestRunner::new(Config::with_cases(1));
    for (number, (held, cue)) in
        [(Held::Still, Reason::StillPicture), (Held::MovedStill, Reason::MovedStill)].into_iter().enumerate()
    {
        let mut actor = actor(&mut runner, PORTRAITS[2 + number]);
        let result = hold(&mut actor, number as u64, &Take { held, ..Take::default() }).1;
        assert!(!result.passed && result.reason == Reason::AnotherWay, "{result:?}");
        assert!(result.reasons.contains(&cue), "{result:?}");
    }
}

#[test]
fn the_other_order_and_a_replay_do_not_pass() {
    let mut runner = TestRunner::new(Config::with_cases(1));
    let mut actor = actor(&mut runner, "obama-1.jpg");
    let options = CaptureOptions { without: vec![Action::Blink], ..CaptureOptions::default() };
    let swapped = Take {
        acts: &|challenge, step| challenge[challenge.len() - 1 - step],
        options: options.clone(),
        ..Take::default()
    };
    let result = hold(&mut actor, 5, &swapped).1;
    assert!(!result.passed && result.reason == Reason::WrongOrder, "{result:?}");

    let (capture, result, shown) = hold(&mut actor, 6, &Take { options: options.clone(), ..Take::default() });
    assert!(result.passed, "{result:?}");
    let own = capture.session().challenge().clone();
    let other = (100..).map(nonce).find(|n| {
        let drawn = Capture::new(&ENGINE, n.clone(), &options).unwrap();
        drawn.session().challenge().actions[0] != own.actions[0]
    });
    let mut replayed = Capture::new(&ENGINE, other.unwrap(), &options).unwrap();
    for (frame, time_ms) in &shown {
        replayed.feed(frame, *time_ms).unwrap();
    }
    replayed.session_mut().finish();
    assert!(!replayed.session().result().unwrap().passed);
}

#[test]
fn a_package_is_checked_anew_and_notices_what_was_changed() {
    let mut runner = TestRunner::new(Config::with_cases(1));
    let mut actor = actor(&mut runner, "obama-2.jpg");
    let (capture, result, _) = hold(&mut actor, 11, &Take::default());
    assert!(result.passed, "{result:?}");
    let package = Package::of(&capture, Profile::Phone, "kiosk-7", "2026-03-09T10:12:00+08:00").unwrap();
    let bytes = package.to_bytes().unwrap();
    assert_eq!(bytes, Package::from_bytes(&bytes).unwrap().to_bytes().unwrap());
    let checked = Package::from_bytes(&bytes).unwrap().check(&ENGINE).unwrap();
    assert!(checked.result.passed, "{:?}", checked.result);
    assert_eq!(checked.result.challenge_count, result.challenge_count);
    assert!(checked.portrait.unwrap().template.is_some());

    let altered = |change: &dyn Fn(&mut Package)| {
        let mut package = Package::from_bytes(&bytes).unwrap();
        change(&mut package);
        package.check(&ENGINE).unwrap().result
    };
    let refused = [
        altered(&|p| p.transcript.nonce = nonce(12)),
        altered(&|p| p.transcript.challenge.actions.reverse()),
        altered(&|p| p.transcript.frames.iter_mut().for_each(|f| f.1[0] ^= 1)),
        altered(&|p| p.transcript.events.retain(|e| !matches!(e.what, facecert_core::session::Happened::Seen { .. }))),
        altered(&|p| p.transcript.kept.clear()),
    ];
    for result in refused {
        assert!(!result.passed && result.reasons.contains(&Reason::PackageMismatch), "{result:?}");
        assert_eq!(result.reason, Reason::AnotherWay);
    }
    assert!(Package::from_bytes(&bytes[..bytes.len() - 1]).is_err());
    assert!(Package::from_bytes(&[bytes.as_slice(), b"x"].concat()).is_err());
}
