//! Doors: which are open to whom, in which order, and which a reason points to.

use crate::reason::{DoorSet, Reasons};
use crate::scheme::Scheme;
use crate::vocabulary::{Channel, Residence};

/// At home first, then the village, then the county.
const ORDER_INSIDE: &[Channel] = &[
    Channel::AppMinshengShanxi,
    Channel::AppLaolai,
    Channel::AppSanjintong,
    Channel::App12333,
    Channel::Kiosk,
    Channel::Outlet,
    Channel::HomeVisit,
    Channel::ManualOutlet,
    Channel::ManualCounty,
    Channel::Window,
];

/// Outside the mainland.
const ORDER_OUTSIDE: &[Channel] = &[Channel::AppLaolai, Channel::AppConsular, Channel::ConsularPaper, Channel::Window];

impl Scheme {
    /// Every door open to people with that residence, in order.
    #[must_use]
    pub fn open_doors(&self, residence: Residence) -> Vec<Channel> {
        let order = if self.is_outside(residence) { ORDER_OUTSIDE } else { ORDER_INSIDE };
        order.iter().copied().filter(|channel| self.is_open(*channel, residence)).collect()
    }

    /// The doors that reasons point to; `window` is always among them, and a door that has just
    /// failed goes last.
    pub(crate) fn doors_for(&self, residence: Residence, reasons: &Reasons, failed: Option<Channel>) -> Vec<Channel> {
        let leads = |channel: Channel| {
            channel == Channel::Window
                || reasons
                    .iter()
                    .filter_map(|reason| reason.entry())
                    .any(|entry| entry.doors.iter().any(|set| set.holds(channel)))
        };
        let mut doors = self.open_doors(residence);
        doors.retain(|channel| leads(*channel));
        doors.sort_by_key(|channel| failed == Some(*channel));
        doors
    }
}

impl DoorSet {
    /// Whether a channel is one of these doors.
    #[must_use]
    pub const fn holds(self, channel: Channel) -> bool {
        match self {
            Self::Apps => channel.is_app(),
            Self::Kiosk => matches!(channel, Channel::Kiosk),
            Self::Outlet => matches!(channel, Channel::Outlet),
            Self::HomeVisit => matches!(channel, Channel::HomeVisit),
            Self::Manual => channel.is_manual(),
            Self::Window => matches!(channel, Channel::Window),
            Self::ConsularPaper => matches!(channel, Channel::ConsularPaper),
            Self::All => true,
        }
    }
}
