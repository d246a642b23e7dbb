//! Who is signed in. Sessions live in memory, by the digest of the cookie's value, and end with the
//! process.

use std::collections::HashMap;
use std::time::Duration;

use model::{Sealed, Timestamp};
use parking_lot::Mutex;

use super::secret::{self, Digest, NoRandomness};

/// A session that nothing was asked in for this long has ended.
const IDLE: Duration = Duration::from_mins(30);
/// The longest session.
const LONGEST: Duration = Duration::from_hours(12);
/// Sessions of one person at once; the oldest ends for the newest.
const OF_ONE: usize = 20;
/// Sessions at once.
const MOST: usize = 10_000;

/// A session.
#[derive(Clone)]
pub(crate) struct Session {
    /// Whose it is.
    pub(crate) name: String,
    /// What a page says with each write, so that no other page can.
    pub(crate) csrf: Sealed<String>,
    /// The secret of a second factor that is yet to be confirmed.
    pub(crate) enrolling: Option<Sealed<String>>,
    begun: Timestamp,
    used: Timestamp,
}

/// All of them.
#[derive(Default)]
pub(crate) struct Sessions(Mutex<HashMap<Digest, Session>>);

impl Sessions {
    /// Begins a session of `name`; returns the cookie's value.
    ///
    /// # Errors
    /// When the system has no random numbers.
    pub(crate) fn begin(&self, name: &str, now: Timestamp) -> Result<Sealed<String>, NoRandomness> {
        let (cookie, csrf) = (secret::new("")?, secret::new("")?);
        let session =
            Session { name: name.to_owned(), csrf, enrolling: None, begun: now, used: now };
        let mut sessions = self.0.lock();
        make_room(&mut sessions, name, now);
        sessions.insert(Digest::of(cookie.expose()), session);
        Ok(cookie)
    }

    /// The session of a cookie, unless it has ended. It is used, and goes on.
    pub(crate) fn of(&self, cookie: &str, now: Timestamp) -> Option<(Digest, Session)> {
        let digest = Digest::of(cookie);
        let mut sessions = self.0.lock();
        let session = sessions.get_mut(&digest)?;
        if has_ended(session, now) {
            sessions.remove(&digest);
            return None;
        }
        session.used = session.used.max(now);
        Some((digest, session.clone()))
    }

    /// Whose a session is, unless it has ended. It is not used by that, and does not go on for it.
    pub(crate) fn name_of(&self, session: Digest, now: Timestamp) -> Option<String> {
        let sessions = self.0.lock();
        let session = sessions.get(&session).filter(|session| !has_ended(session, now))?;
        Some(session.name.clone())
    }

    /// Notes the secret of a second factor that is yet to be confirmed; or takes it back.
    pub(crate) fn enrol(&self, session: Digest, secret: Option<Sealed<String>>) {
        if let Some(session) = self.0.lock().get_mut(&session) {
            session.enrolling = secret;
        }
    }

    /// Ends one.
    pub(crate) fn end(&self, session: Digest) {
        self.0.lock().remove(&session);
    }

    /// Ends those of `name`, but for one.
    pub(crate) fn end_others(&self, name: &str, kept: Option<Digest>) {
        self.0.lock().retain(|digest, session| session.name != name || Some(*digest) == kept);
    }
}

fn has_ended(session: &Session, now: Timestamp) -> bool {
    now.since(session.used) > IDLE || now.since(session.begun) > LONGEST
}

fn make_room(sessions: &mut HashMap<Digest, Session>, name: &str, now: Timestamp) {
    sessions.retain(|_, session| !has_ended(session, now));
    let own = sessions.iter().filter(|(_, session)| session.name == name);
    let mut own: Vec<_> = own.map(|(digest, session)| (session.used, *digest)).collect();
    own.sort_unstable();
    let spare = (own.len() + 1).saturating_sub(OF_ONE);
    for (_, digest) in own.into_iter().take(spare) {
        sessions.remove(&digest);
    }
    if sessions.len() >= MOST {
        let oldest = sessions.iter().min_by_key(|(_, session)| session.used);
        if let Some(oldest) = oldest.map(|(digest, _)| *digest) {
            sessions.remove(&oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_secs(minutes * 60)
    }

    #[test]
    fn a_session_ends_when_it_is_idle_and_after_twelve_hours() {
        let sessions = Sessions::default();
        let cookie = sessions.begin("mara", at(0)).unwrap();
        assert!(sessions.of("another", at(0)).is_none());
        for minutes in (0..=720).step_by(30) {
            assert!(sessions.of(cookie.expose(), at(minutes)).is_some(), "{minutes}");
        }
        assert!(sessions.of(cookie.expose(), at(721)).is_none());
        let cookie = sessions.begin("mara", at(0)).unwrap();
        assert!(sessions.of(cookie.expose(), at(31)).is_none());
        assert!(sessions.of(cookie.expose(), at(1)).is_none(), "ended is ended");
    }

    #[test]
    fn the_oldest_ends_for_the_newest_and_others_can_be_ended() {
        let sessions = Sessions::default();
        let cookies: Vec<_> =
            (0..25).map(|minute| sessions.begin("mara", at(minute)).unwrap()).collect();
        let open = |cookie: &Sealed<String>| sessions.of(cookie.expose(), at(25)).is_some();
        assert_eq!(cookies.iter().filter(|cookie| open(cookie)).count(), OF_ONE);
        assert!(!open(&cookies[0]) && open(&cookies[24]));
        let (kept, _) = sessions.of(cookies[24].expose(), at(25)).unwrap();
        sessions.end_others("mara", Some(kept));
        assert!(open(&cookies[24]) && !open(&cookies[23]));
        sessions.end(kept);
        assert!(!open(&cookies[24]));
    }
}
