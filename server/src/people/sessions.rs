//! Who is signed in. Sessions are known by the digest of the cookie's value, in memory and in a
//! sealed file beside the one of accounts, so that a server that begins again knows them.
//!
//! That file is no more than a copy: what ends sessions for the sake of safety (a new password, another
//! role, an account that is gone) is decided by the account, see [`super::roster::Account`].

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use model::{Sealed, Timestamp};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};

use super::sealed_file::SealedFile;
use super::secret::{self, Digest, NoRandomness};

/// What the file begins with.
const MAGIC: &[u8] = b"plainsight sessions 1\n";
/// A session that nothing was asked in for this long has ended.
const IDLE: Duration = Duration::from_mins(30);
/// The longest session.
const LONGEST: Duration = Duration::from_hours(12);
/// Sessions of one person at once; the oldest ends for the newest.
const OF_ONE: usize = 20;
/// Sessions at once.
const MOST: usize = 10_000;
/// How far the file may be behind in when sessions were last used.
const BEHIND: Duration = Duration::from_mins(1);

/// A session, as one who asks in it has it.
#[derive(Clone)]
pub(crate) struct Session {
    /// Whose it is.
    pub(crate) name: String,
    /// What a page says with each write, so that no other page can. It is made of the cookie's value,
    /// which scripts cannot read.
    pub(crate) csrf: Sealed<String>,
    /// The secret of a second factor that is yet to be confirmed.
    pub(crate) enrolling: Option<Sealed<String>>,
    /// When its person last showed who they are.
    pub(crate) confirmed: Timestamp,
}

/// A session, as it is kept.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    name: String,
    begun: Timestamp,
    confirmed: Timestamp,
    used: Timestamp,
    /// Not in the file: who was enrolling begins again.
    #[serde(skip)]
    enrolling: Option<Sealed<String>>,
}

type All = HashMap<Digest, Kept>;

/// All of them.
#[derive(Default)]
pub(crate) struct Sessions {
    all: Mutex<All>,
    /// Held while the file is written, so that it never gets older.
    file: Mutex<Option<SealedFile<All>>>,
    /// When the file was last found to be behind.
    told: Mutex<Timestamp>,
    is_behind: AtomicBool,
}

impl Sessions {
    /// Those in the file at `path`, under `key`. A file that cannot be read holds nobody: then
    /// everybody has to sign in again.
    ///
    /// # Errors
    /// When the key is none.
    pub(crate) fn open(
        path: PathBuf,
        key: &Sealed<[u8; 32]>,
        now: Timestamp,
    ) -> std::io::Result<Self> {
        let file = SealedFile::<All>::new(path, key, MAGIC)?;
        let mut all = file.read().unwrap_or_else(|error| {
            tracing::warn!(%error, "everybody has to sign in again");
            All::default()
        });
        all.retain(|_, session| !has_ended(session, now));
        let (all, file) = (Mutex::new(all), Mutex::new(Some(file)));
        Ok(Self { all, file, ..Self::default() })
    }

    /// Begins a session of `name`, confirmed now, or at `confirmed` where that is later; returns the
    /// cookie's value. Somebody who has to mend a full disk must be able to sign in, so that a file
    /// that cannot be written ends the session with this process and no earlier.
    ///
    /// # Errors
    /// When the system has no random numbers.
    pub(crate) fn begin(
        &self,
        name: &str,
        now: Timestamp,
        confirmed: Timestamp,
    ) -> Result<Sealed<String>, NoRandomness> {
        let cookie = secret::new("")?;
        let confirmed = confirmed.max(now);
        let session =
            Kept { name: name.to_owned(), begun: now, confirmed, used: now, enrolling: None };
        let mut all = self.all.lock();
        make_room(&mut all, name, now);
        all.insert(Digest::of(cookie.expose()), session);
        drop(all);
        self.keep();
        Ok(cookie)
    }

    /// The session of a cookie, unless it has ended. It is used, and goes on.
    pub(crate) fn of(&self, cookie: &str, now: Timestamp) -> Option<(Digest, Session)> {
        let digest = Digest::of(cookie);
        let mut all = self.all.lock();
        let session = all.get_mut(&digest)?;
        if has_ended(session, now) {
            all.remove(&digest);
            return None;
        }
        session.used = session.used.max(now);
        let session = session.clone();
        drop(all);
        self.notice(now);
        let csrf = Sealed::new(String::from(Digest::of(&format!("csrf\n{cookie}"))));
        let Kept { name, enrolling, confirmed, .. } = session;
        Some((digest, Session { name, csrf, enrolling, confirmed }))
    }

    /// Whose a session is and when it was confirmed, unless it has ended. It is not used by that, and
    /// does not go on for it.
    pub(crate) fn name_of(&self, session: Digest, now: Timestamp) -> Option<(String, Timestamp)> {
        let all = self.all.lock();
        let session = all.get(&session).filter(|session| !has_ended(session, now))?;
        Some((session.name.clone(), session.confirmed))
    }

    /// Notes the secret of a second factor that is yet to be confirmed; or takes it back.
    pub(crate) fn enrol(&self, session: Digest, secret: Option<Sealed<String>>) {
        if let Some(session) = self.all.lock().get_mut(&session) {
            session.enrolling = secret;
        }
    }

    /// Notes that the person of a session showed who they are.
    pub(crate) fn confirm(&self, session: Digest, confirmed: Timestamp) {
        if let Some(session) = self.all.lock().get_mut(&session) {
            session.confirmed = session.confirmed.max(confirmed);
        }
    }

    /// Ends one.
    ///
    /// # Errors
    /// When the file cannot be written: then it would be there again after a start.
    pub(crate) fn end(&self, session: Digest) -> std::io::Result<()> {
        let ended = self.all.lock().remove(&session);
        ended.map_or(Ok(()), |_| self.write())
    }

    /// Ends those of `name`, but for one.
    pub(crate) fn end_others(&self, name: &str, kept: Option<Digest>) {
        self.all.lock().retain(|digest, session| session.name != name || Some(*digest) == kept);
        self.keep();
    }

    /// Whether the file is too far behind; tells it once.
    pub(crate) fn is_behind(&self) -> bool {
        self.is_behind.swap(false, Ordering::Relaxed)
    }

    /// Writes the file, as far as it can be written.
    pub(crate) fn keep(&self) {
        if let Err(error) = self.write() {
            tracing::warn!(%error, "sessions end with this process");
        }
    }

    fn write(&self) -> std::io::Result<()> {
        let file = self.file.lock();
        let all = self.all.lock().clone();
        file.as_ref().map_or(Ok(()), |file| file.write(&all))
    }

    fn notice(&self, now: Timestamp) {
        let mut told = self.told.lock();
        if now.since(*told) >= BEHIND {
            *told = now;
            self.is_behind.store(true, Ordering::Relaxed);
        }
    }
}

fn has_ended(session: &Kept, now: Timestamp) -> bool {
    now.since(session.used) > IDLE || now.since(session.begun) > LONGEST
}

fn make_room(sessions: &mut All, name: &str, now: Timestamp) {
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

    fn begin(sessions: &Sessions, minutes: i64) -> Sealed<String> {
        sessions.begin("mara", at(minutes), at(0)).unwrap()
    }

    fn open(folder: &std::path::Path, minutes: i64) -> Sessions {
        Sessions::open(folder.join("sessions"), &Sealed::new([1; 32]), at(minutes)).unwrap()
    }

    #[test]
    fn a_session_ends_when_it_is_idle_and_after_twelve_hours() {
        let sessions = Sessions::default();
        let cookie = begin(&sessions, 0);
        assert!(sessions.of("another", at(0)).is_none());
        for minutes in (0..=720).step_by(30) {
            assert!(sessions.of(cookie.expose(), at(minutes)).is_some(), "{minutes}");
        }
        assert!(sessions.of(cookie.expose(), at(721)).is_none());
        let cookie = begin(&sessions, 0);
        assert!(sessions.of(cookie.expose(), at(31)).is_none());
        assert!(sessions.of(cookie.expose(), at(1)).is_none(), "ended is ended");
    }

    #[test]
    fn the_oldest_ends_for_the_newest_and_others_can_be_ended() {
        let sessions = Sessions::default();
        let cookies: Vec<_> = (0..25).map(|minute| begin(&sessions, minute)).collect();
        let open = |cookie: &Sealed<String>| sessions.of(cookie.expose(), at(25)).is_some();
        assert_eq!(cookies.iter().filter(|cookie| open(cookie)).count(), OF_ONE);
        assert!(!open(&cookies[0]) && open(&cookies[24]));
        let (kept, _) = sessions.of(cookies[24].expose(), at(25)).unwrap();
        sessions.end_others("mara", Some(kept));
        assert!(open(&cookies[24]) && !open(&cookies[23]));
        sessions.end(kept).unwrap();
        assert!(!open(&cookies[24]));
    }

    #[test]
    fn a_session_outlives_the_process_and_no_secret_of_it_is_in_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let sessions = open(folder.path(), 0);
        let (cookie, other) = (begin(&sessions, 0), begin(&sessions, 0));
        let csrf = |sessions: &Sessions, minutes| {
            let session = sessions.of(cookie.expose(), at(minutes));
            session.map(|(_, session)| session.csrf.into_exposed())
        };
        let said = csrf(&sessions, 0).unwrap();
        let (digest, _) = sessions.of(other.expose(), at(0)).unwrap();
        sessions.end(digest).unwrap();

        let again = open(folder.path(), 20);
        assert_eq!(csrf(&again, 20), Some(said.clone()), "what its page says is right still");
        assert!(again.of(other.expose(), at(20)).is_none(), "what was ended stays ended");
        let all = serde_json::to_string(&*again.all.lock()).unwrap();
        assert!(!all.contains(cookie.expose()) && !all.contains(&said), "{all}");

        // It was used at 20, which the file knows once it is told.
        assert!(again.is_behind() && !again.is_behind());
        assert!(csrf(&open(folder.path(), 45), 45).is_none(), "nobody told the file");
        again.keep();
        assert!(csrf(&open(folder.path(), 45), 45).is_some());
        assert!(csrf(&open(folder.path(), 51), 51).is_none(), "idle since");
    }

    #[test]
    fn a_file_that_was_changed_holds_nobody_and_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let cookie = begin(&open(folder.path(), 0), 0);
        let path = folder.path().join("sessions");
        let mut bytes = std::fs::read(&path).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        std::fs::write(&path, &bytes).unwrap();
        let sessions = open(folder.path(), 0);
        assert!(sessions.of(cookie.expose(), at(0)).is_none());
        let cookie = begin(&sessions, 0);
        assert!(open(folder.path(), 0).of(cookie.expose(), at(0)).is_some());
    }

    #[test]
    fn where_the_file_cannot_be_written_one_signs_in_and_is_told_when_one_signs_out() {
        let folder = tempfile::tempdir().unwrap();
        let sessions = open(&folder.path().join("gone"), 0);
        let cookie = begin(&sessions, 0);
        let (digest, _) = sessions.of(cookie.expose(), at(0)).unwrap();
        assert!(sessions.end(digest).is_err());
        assert!(sessions.of(cookie.expose(), at(0)).is_none(), "here it has ended");
    }
}
