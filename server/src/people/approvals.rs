//! Four eyes: whoever wants to read many sealed originals needs a second person's word.
//!
//! A few an hour need none. Requests and their answers are in memory and last a day; both are on
//! record.

use std::collections::HashMap;
use std::time::Duration;

use model::Timestamp;
use parking_lot::Mutex;

/// The time in which a few need no word.
const HOUR: Duration = Duration::from_hours(1);
/// How long a request waits, and how long a word lasts.
const LASTS: Duration = Duration::from_hours(24);
/// Requests that wait, or were answered, at once.
const MOST: usize = 1_000;

/// A request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Approval {
    pub(crate) number: u64,
    /// Who asks.
    pub(crate) by: String,
    /// The tenant that they are limited to.
    pub(crate) tenant: Option<String>,
    pub(crate) reason: String,
    /// How many originals.
    pub(crate) count: u32,
    /// How many of them are left to read.
    pub(crate) left: u32,
    pub(crate) asked: Timestamp,
    /// Who gave their word.
    pub(crate) approved_by: Option<String>,
}

/// Why a word was not given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ApprovalError {
    /// There is no such request.
    Unknown,
    /// It is one's own.
    Own,
    /// It has one's word already.
    Answered,
    /// Too many wait.
    TooMany,
}

/// All of them.
#[derive(Default)]
pub(crate) struct Approvals(Mutex<State>);

#[derive(Default)]
struct State {
    /// When each person read originals alone.
    alone: HashMap<String, Vec<Timestamp>>,
    requests: Vec<Approval>,
    next: u64,
}

impl Approvals {
    /// Takes one reading of `name`: one of the few that need nobody, or one that somebody gave their
    /// word for. Tells whether there was one.
    pub(crate) fn take(&self, name: &str, few: u32, now: Timestamp) -> bool {
        let mut state = self.0.lock();
        state.forget(now);
        let alone = state.alone.entry(name.to_owned()).or_default();
        if alone.len() < usize::try_from(few).unwrap_or(usize::MAX) {
            alone.push(now);
            return true;
        }
        let approved = state.requests.iter_mut().find(|request| {
            request.by == name && request.approved_by.is_some() && request.left > 0
        });
        approved.is_some_and(|request| {
            request.left -= 1;
            true
        })
    }

    /// Asks for a second person's word.
    pub(crate) fn ask(
        &self,
        by: &str,
        tenant: Option<&str>,
        reason: &str,
        count: u32,
        now: Timestamp,
    ) -> Result<Approval, ApprovalError> {
        let mut state = self.0.lock();
        state.forget(now);
        if state.requests.len() >= MOST {
            return Err(ApprovalError::TooMany);
        }
        state.next += 1;
        let request = Approval {
            number: state.next,
            by: by.to_owned(),
            tenant: tenant.map(str::to_owned),
            reason: reason.to_owned(),
            count,
            left: count,
            asked: now,
            approved_by: None,
        };
        state.requests.push(request.clone());
        Ok(request)
    }

    /// Gives the word of `by`, who sees `tenant` only, where that is said.
    pub(crate) fn approve(
        &self,
        number: u64,
        by: &str,
        tenant: Option<&str>,
        now: Timestamp,
    ) -> Result<Approval, ApprovalError> {
        let mut state = self.0.lock();
        state.forget(now);
        let sees = |request: &&mut Approval| {
            request.number == number && (tenant.is_none() || request.tenant.as_deref() == tenant)
        };
        let request = state.requests.iter_mut().find(sees).ok_or(ApprovalError::Unknown)?;
        if request.by == by {
            return Err(ApprovalError::Own);
        }
        if request.approved_by.is_some() {
            return Err(ApprovalError::Answered);
        }
        request.approved_by = Some(by.to_owned());
        Ok(request.clone())
    }

    /// Takes a word or a request back that could not be recorded.
    pub(crate) fn withdraw(&self, number: u64) {
        self.0.lock().requests.retain(|request| request.number != number);
    }

    /// Requests that wait or were answered, newest first, as far as one of `tenant` sees them.
    pub(crate) fn all(&self, tenant: Option<&str>, now: Timestamp) -> Vec<Approval> {
        let mut state = self.0.lock();
        state.forget(now);
        let sees = |request: &&Approval| tenant.is_none() || request.tenant.as_deref() == tenant;
        state.requests.iter().rev().filter(sees).cloned().collect()
    }
}

impl State {
    fn forget(&mut self, now: Timestamp) {
        self.requests.retain(|request| now.since(request.asked) < LASTS);
        for alone in self.alone.values_mut() {
            alone.retain(|time| now.since(*time) < HOUR);
        }
        self.alone.retain(|_, alone| !alone.is_empty());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_secs(minutes * 60)
    }

    #[test]
    fn a_few_alone_and_many_with_a_second_persons_word() {
        let approvals = Approvals::default();
        assert!(approvals.take("mara", 2, at(0)) && approvals.take("mara", 2, at(1)));
        assert!(!approvals.take("mara", 2, at(2)));
        assert!(approvals.take("tomas", 2, at(2)), "another person");
        let asked = approvals.ask("mara", None, "a breach", 1, at(3)).unwrap();
        assert!(!approvals.take("mara", 2, at(3)), "nobody gave their word");
        assert_eq!(approvals.approve(asked.number, "mara", None, at(4)), Err(ApprovalError::Own));
        let of_tenant = approvals.approve(asked.number, "otto", Some("acme"), at(4));
        assert_eq!(of_tenant, Err(ApprovalError::Unknown));
        approvals.approve(asked.number, "tomas", None, at(4)).unwrap();
        assert!(approvals.take("mara", 2, at(5)));
        assert!(!approvals.take("mara", 2, at(6)), "one was asked for");
        assert!(approvals.take("mara", 2, at(61)), "an hour later");
        assert!(approvals.all(None, at(3 + 24 * 60)).is_empty());
    }
}
