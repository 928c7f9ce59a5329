//! The session's logic on scripted observations: living people, and what pretends to be one.
//!
//! Points come from the mean face under a drawn pose, with noise; they prove the logic, not liveness.

mod script;

use std::collections::BTreeMap;

use facecert_core::liveness::Verdict;
use facecert_core::reason::Reason;
use facecert_core::session::{Action, KeyFrame, Session, SessionResult, Settings, StepKind};
use proptest::prelude::{prop_assert_eq, proptest};
use proptest::test_runner::{Config, TestRunner};
use script::{Person, nonce, run};

fn judge(person: &Person, number: u64, settings: &Settings) -> SessionResult {
    run(person, nonce(number), settings).result
}

#[test]
fn nineteen_of_twenty_living_people_pass_first_time() {
    let mut runner = TestRunner::new(Config::with_cases(1));
    let mut told: BTreeMap<Reason, u32> = BTreeMap::new();
    for number in 0..400 {
        let person = Person::drawn(&mut runner);
        let settings = Settings { slow: person.slow, ..Settings::default() };
        let result = judge(&person, number, &settings);
        assert_eq!(result.challenge_count, 20);
        assert_eq!(result.passed, result.reason == Reason::SessionDone);
        *told.entry(result.reason).or_default() += 1;
    }
    assert!(told[&Reason::SessionDone] >= 380, "{told:?}");
}

#[test]
fn a_still_does_not_pass_whether_it_is_moved_about_or_not() {
    let mut runner = TestRunner::new(Config::with_cases(1));
    for number in 0..100 {
        let person = Person::drawn(&mut runner);
        let still = judge(&person.still(), number, &Settings::default());
        assert_eq!((still.passed, still.liveness, still.reason), (false, Verdict::Spoof, Reason::AnotherWay));
        assert!(still.reasons.contains(&Reason::StillPicture), "{still:?}");
        let moved = judge(&person.moved_still(), number, &Settings::default());
        assert_eq!((moved.passed, moved.liveness, moved.reason), (false, Verdict::Spoof, Reason::AnotherWay));
        assert!(moved.reasons.contains(&Reason::MovedStill), "{moved:?}");
    }
}

#[test]
fn a_recording_passes_only_under_its_own_challenge() {
    let mut runner = TestRunner::new(Config::with_cases(1));
    let (mut lucky, mut tried) = (0, 0);
    for number in 0..20 {
        let person = Person { fps: 15.0, dropped: 0.0, ..Person::drawn(&mut runner) };
        let shown = run(&person, nonce(number), &Settings::default());
        if !shown.result.passed {
            continue;
        }
        for other in 1000..1020 {
            let (challenge, result) = shown.recording.replay(nonce(other + 100 * number), &Settings::default());
            tried += 1;
            assert_eq!(result.passed, challenge == shown.challenge, "{challenge:?} {:?} {result:?}", shown.challenge);
            lucky += u32::from(result.passed);
            if !result.passed {
                assert!([Reason::ActionNotSeen, Reason::WrongOrder].contains(&result.reason), "{result:?}");
            }
        }
    }
    assert!(tried >= 300, "{tried}");
    // One in 20 by luck: with 400 draws fewer than 40 but for one chance in 20,000.
    assert!(f64::from(lucky) < f64::from(tried) / 20.0 * 2.0, "{lucky} of {tried}");
}

#[test]
fn actions_in_the_wrong_order_do_not_pass() {
    let mut runner = TestRunner::new(Config::with_cases(1));
    for number in 0..100 {
        let person = Person::drawn(&mut runner);
        let settings = Settings { possible: script::MARKED.to_vec(), ..Settings::default() };
        let result = run(&Person { swaps: true, ..person }, nonce(number), &settings).result;
        // Whoever leaves begins the step anew, and then does nothing more for it.
        let away = result.interruptions > 0 && result.reason == Reason::ActionNotSeen;
        assert!(!result.passed && (away || result.reason == Reason::WrongOrder), "{result:?}");
        assert_ne!(result.liveness, Verdict::Live);
    }
}

#[test]
fn a_cut_and_a_loop_are_noticed() {
    let mut runner = TestRunner::new(Config::with_cases(1));
    for number in 0..100 {
        let person = Person { fps: 15.0, dropped: 0.0, away: None, ..Person::drawn(&mut runner) };
        let settings = Settings { possible: script::MARKED.to_vec(), slow: true, ..Settings::default() };
        let shown = run(&person, nonce(number), &settings);
        let spliced = shown.recording.clone().jump_in_the_middle().replay(nonce(number), &settings).1;
        assert!(!spliced.passed && spliced.reasons.contains(&Reason::Cut), "{spliced:?}");
        assert_eq!((spliced.liveness, spliced.reason), (Verdict::Spoof, Reason::AnotherWay));
        for looped in [shown.recording.clone().frames_again(), shown.recording.looped_through_a_codec(&mut runner)] {
            let result = looped.replay(nonce(number), &settings).1;
            assert!(!result.passed && result.reasons.contains(&Reason::RepeatedFrames), "{result:?}");
        }
    }
}

#[test]
fn another_face_does_not_take_over() {
    let mut runner = TestRunner::new(Config::with_cases(1));
    for number in 0..50 {
        let person = Person { away: None, fps: 15.0, ..Person::drawn(&mut runner) };
        let shown = run(&person, nonce(number), &Settings::default());
        let result = shown.recording.another_face_from_the_middle().replay(nonce(number), &Settings::default()).1;
        assert!(!result.passed && result.reasons.contains(&Reason::FaceChanged), "{result:?}");
    }
}

#[test]
fn the_face_may_leave_and_return_but_not_without_end() {
    let mut runner = TestRunner::new(Config::with_cases(1));
    for number in 0..50 {
        let away = |times| Person { away: Some(times), fps: 15.0, ..Person::drawn(&mut TestRunner::deterministic()) };
        let once = judge(&away(1), number, &Settings::default());
        assert!(once.passed && once.interruptions == 1, "{once:?}");
        let often = judge(&away(9), number, &Settings::default());
        assert_eq!((often.passed, often.reason), (false, Reason::FaceLeft));
    }
    let crowd = judge(&Person { crowded: true, ..Person::drawn(&mut runner) }, 1, &Settings::default());
    assert_eq!((crowd.passed, crowd.reason), (false, Reason::SeveralFaces));
}

#[test]
fn without_a_face_there_is_advice_and_an_end() {
    let mut session = Session::new(nonce(1), Settings::default()).unwrap();
    let mut last = None;
    for k in 0..2000 {
        let step = session.observe(&script::empty(k * 33)).unwrap();
        last = Some(step);
        if step.kind == StepKind::Done {
            break;
        }
        assert_eq!(step.reason, Reason::LookStraight);
    }
    assert_eq!(last.unwrap().reason, Reason::NoFace);
}

#[test]
fn a_session_that_only_looks_is_passive() {
    let settings = Settings { actions: 0, ..Settings::default() };
    let mut runner = TestRunner::new(Config::with_cases(1));
    let result = judge(&Person { away: None, ..Person::drawn(&mut runner) }, 7, &settings);
    assert!(result.passed && result.challenge_count == 1, "{result:?}");
    assert_eq!(result.challenge, facecert_core::session::ChallengeKind::Passive);
}

#[test]
fn liveness_scores_decide_when_they_are_there() {
    let settings = Settings {
        liveness: Some(facecert_core::liveness::Thresholds { live_from: 1.0, spoof_below: -1.0 }),
        ..Settings::default()
    };
    let person = |live_log_odds| Person {
        live_log_odds,
        away: None,
        fps: 15.0,
        ..Person::drawn(&mut TestRunner::deterministic())
    };
    let verdict = |live_log_odds| {
        let result = judge(&person(live_log_odds), 3, &settings);
        (result.passed, result.liveness, result.reason)
    };
    assert_eq!(verdict(Some(3.0)), (true, Verdict::Live, Reason::SessionDone));
    assert_eq!(verdict(Some(-3.0)), (false, Verdict::Spoof, Reason::AnotherWay));
    assert_eq!(verdict(Some(0.2)), (false, Verdict::Uncertain, Reason::AnotherWay));
    let unscored = judge(&person(None), 3, &settings);
    assert_eq!((unscored.passed, unscored.liveness), (false, Verdict::Uncertain)); // too few scores
    let not_run = judge(&person(None), 3, &Settings::default());
    assert!(not_run.passed && not_run.liveness == Verdict::NotRun && not_run.reasons == [Reason::LivenessNotRun]);
}

#[test]
fn the_kept_frames_are_the_frontal_one_and_each_action_at_its_height() {
    let mut runner = TestRunner::new(Config::with_cases(1));
    for number in 0..50 {
        let person = Person { away: None, ..Person::drawn(&mut runner) };
        let shown = run(&person, nonce(number), &Settings::default());
        if !shown.result.passed {
            continue;
        }
        for kept in &shown.transcript.kept {
            let face = shown.recording.0[kept.frame].face.as_ref().unwrap();
            match kept.shows {
                KeyFrame::Portrait => assert!(face.pose.off_front_deg() <= 12.0),
                KeyFrame::Action(k) => match shown.challenge[k] {
                    Action::TurnLeft => assert!(face.pose.yaw_deg > 10.0),
                    Action::TurnRight => assert!(face.pose.yaw_deg < -10.0),
                    Action::Nod => assert!(face.pose.pitch_deg.abs() > 3.0),
                    Action::OpenMouth => assert!(face.mouth_open.unwrap() > 0.2),
                    Action::Blink => assert!(face.eyes_open.unwrap() < 0.6),
                },
            }
        }
        assert_eq!(shown.transcript.kept.len(), 3);
    }
}

proptest! {
    #![proptest_config(Config::with_cases(24))]

    #[test]
    fn the_same_observations_give_the_same_transcript(number in 0u64..1000) {
        let person = Person::drawn(&mut TestRunner::deterministic());
        let shown = run(&person, nonce(number), &Settings::default());
        let mut digests = Vec::new();
        for _ in 0..2 {
            let mut session = Session::new(nonce(number), Settings::default()).unwrap();
            for seen in &shown.recording.0 {
                session.observe(seen).unwrap();
            }
            digests.push(session.transcript().digest().unwrap());
        }
        prop_assert_eq!(digests[0], digests[1]);
        prop_assert_eq!(digests[0], shown.transcript.digest().unwrap());
    }
}

#[test]
fn time_runs_forward_only() {
    let mut session = Session::new(nonce(1), Settings::default()).unwrap();
    session.observe(&script::empty(100)).unwrap();
    let error = session.observe(&script::empty(99)).unwrap_err();
    assert_eq!(error.number(), 1330);
}
