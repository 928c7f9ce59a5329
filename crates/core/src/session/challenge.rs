//! What a person is asked to do: drawn from the caller's nonce, so that no recording can know it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::nonce::Nonce;
use crate::error::{Error, Result};
use crate::reason::Reason;

/// Something that a person can be asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Turn the head to one's own left, and back.
    TurnLeft,
    /// Turn the head to one's own right, and back.
    TurnRight,
    /// Lower or raise the head, and back.
    Nod,
    /// Open the mouth, and close it.
    OpenMouth,
    /// Close the eyes for a moment, and open them: longer than anybody blinks unasked.
    Blink,
}

impl Action {
    /// All actions, in the order of their numbers.
    pub const ALL: [Self; 5] = [Self::TurnLeft, Self::TurnRight, Self::Nod, Self::OpenMouth, Self::Blink];

    /// The name in JSON and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::TurnLeft => "turn_left",
            Self::TurnRight => "turn_right",
            Self::Nod => "nod",
            Self::OpenMouth => "open_mouth",
            Self::Blink => "blink",
        }
    }

    /// The prompt that asks for it.
    pub const fn prompt(self) -> Reason {
        match self {
            Self::TurnLeft => Reason::TurnLeft,
            Self::TurnRight => Reason::TurnRight,
            Self::Nod => Reason::Nod,
            Self::OpenMouth => Reason::OpenMouth,
            Self::Blink => Reason::CloseEyes,
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Action {
    type Err = String;

    fn from_str(name: &str) -> std::result::Result<Self, String> {
        let known = || Self::ALL.map(Self::name).join(", ");
        Self::ALL
            .into_iter()
            .find(|a| a.name() == name)
            .ok_or_else(|| format!("no such action; give one of {}", known()))
    }
}

/// The actions asked for, in order; none is a session that only looks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Challenge {
    /// What is asked, all different.
    pub actions: Vec<Action>,
    /// How many challenges it was drawn from: one in so many is passed by luck.
    pub count: u32,
}

impl Challenge {
    /// Draws `length` different actions of those that are `possible`: the nonce's SHA-256, read as a number, chooses among
    /// all ordered selections. A single action is never to close the eyes, which not everybody can be seen to do.
    ///
    /// ```
    /// use facecert_core::session::{Action, Challenge, Nonce};
    /// let nonce: Nonce = "00112233445566778899aabbccddeeff".parse()?;
    /// let challenge = Challenge::draw(&nonce, &Action::ALL, 2)?;
    /// assert_eq!((challenge.actions.len(), challenge.count), (2, 20));
    /// # Ok::<(), facecert_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Challenge`] if too few actions are possible.
    pub fn draw(nonce: &Nonce, possible: &[Action], length: usize) -> Result<Self> {
        let mut left: Vec<Action> = Action::ALL.into_iter().filter(|a| possible.contains(a)).collect();
        if length == 1 {
            left.retain(|a| *a != Action::Blink);
        }
        if length > left.len() {
            return Err(Error::Challenge { wanted: length, possible: left.len() });
        }
        let count: u32 = (0..length).map(|k| (left.len() - k) as u32).product();
        let digest = Sha256::new().chain_update(b"facecert challenge 1\0").chain_update(nonce.as_bytes()).finalize();
        // 128 bits modulo at most 120: the bias is below 2^-120.
        let mut index =
            digest.iter().take(16).fold(0u128, |n, byte| n << 8 | u128::from(*byte)) % u128::from(count.max(1));
        let mut actions = Vec::with_capacity(length);
        for _ in 0..length {
            let options = left.len() as u128;
            actions.push(left.remove((index % options) as usize));
            index /= options;
        }
        Ok(Self { actions, count })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn nonce(n: u32) -> Nonce {
        Nonce::new([[7; 12].as_slice(), &n.to_le_bytes()].concat()).unwrap()
    }

    #[test]
    fn every_challenge_is_drawn_about_as_often() {
        for (length, count) in [(1, 4), (2, 20), (3, 60)] {
            let mut drawn: BTreeMap<Vec<Action>, u32> = BTreeMap::new();
            for n in 0..count * 200 {
                let challenge = Challenge::draw(&nonce(n), &Action::ALL, length).unwrap();
                assert_eq!(challenge.count, count);
                *drawn.entry(challenge.actions).or_default() += 1;
            }
            assert_eq!(drawn.len(), count as usize);
            assert!(drawn.values().all(|n| (130..280).contains(n)), "{drawn:?}"); // 200 with a deviation of 14
        }
    }

    #[test]
    fn what_a_person_cannot_do_is_never_asked() {
        for n in 0..200 {
            let possible = [Action::TurnLeft, Action::OpenMouth, Action::Blink];
            let challenge = Challenge::draw(&nonce(n), &possible, 2).unwrap();
            assert!(challenge.actions.iter().all(|a| possible.contains(a)) && challenge.count == 6);
        }
        assert!(matches!(
            Challenge::draw(&nonce(0), &[Action::Blink], 1),
            Err(Error::Challenge { wanted: 1, possible: 0 })
        ));
        assert_eq!(Challenge::draw(&nonce(0), &[], 0).unwrap(), Challenge { actions: vec![], count: 1 });
    }
}
