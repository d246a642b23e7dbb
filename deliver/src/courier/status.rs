//! How a sink is doing, as a value.

use model::Timestamp;
use serde::Serialize;

use super::cursor::Place;
use crate::sink::Trouble;

/// What a courier is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It has not looked at the log yet.
    Starting,
    /// It delivers.
    Delivering,
    /// It has delivered all there is.
    Idle,
    /// It waits, and tries again.
    Retrying,
    /// The receiver refuses it: somebody has to change something. It keeps trying.
    Refused,
}

/// How a sink is doing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Status {
    /// The sink's name.
    pub name: String,
    /// What its courier is doing.
    pub state: State,
    /// The index of the next record to be settled.
    pub cursor: u64,
    /// Records between the cursor and the end of the log.
    pub behind: u64,
    /// Events that were taken.
    pub sent: u64,
    /// Events that were sent again, each time counted.
    pub retried: u64,
    /// Events that became dead letters.
    pub dead: u64,
    /// The last trouble.
    pub last_error: Option<Trouble>,
    /// When it was.
    pub last_error_time: Option<Timestamp>,
    /// When an event was last taken.
    pub last_sent_time: Option<Timestamp>,
    #[serde(skip)]
    end: u64,
}

impl Status {
    pub(super) fn starting(name: &str, place: Place) -> Self {
        Self {
            name: name.to_owned(),
            state: State::Starting,
            cursor: place.next,
            behind: 0,
            sent: place.sent,
            retried: 0,
            dead: place.dead,
            last_error: None,
            last_error_time: None,
            last_sent_time: None,
            end: place.next,
        }
    }

    /// The log has a length. Says whether that is news.
    pub(super) fn reaches(&mut self, end: u64) -> bool {
        let news = self.end != end;
        self.end = end;
        self.behind = end.saturating_sub(self.cursor);
        news
    }

    /// The cursor is somewhere. Says whether that is news.
    pub(super) fn stands_at(&mut self, place: Place) -> bool {
        let news = self.cursor != place.next;
        self.cursor = place.next;
        self.behind = self.end.saturating_sub(place.next);
        news
    }

    /// Everything is delivered. Says whether that is news.
    pub(super) fn rests(&mut self) -> bool {
        let news = self.state != State::Idle;
        self.state = State::Idle;
        news
    }

    pub(super) fn sends(&mut self, events: u64, now: Timestamp) {
        self.state = State::Delivering;
        self.sent += events;
        self.last_sent_time = Some(now);
    }

    pub(super) fn buries(&mut self, events: u64, trouble: Trouble, now: Timestamp) {
        self.dead += events;
        self.last_error = Some(trouble);
        self.last_error_time = Some(now);
    }

    pub(super) fn fails(&mut self, trouble: Trouble, state: State, events: u64, now: Timestamp) {
        self.state = state;
        self.retried += events;
        self.last_error = Some(trouble);
        self.last_error_time = Some(now);
    }
}
