//! How often somebody guessed: after some failures each further one makes the next wait longer.
//!
//! Counted by name and address together, by address, and by name, so that neither one who tries
//! many names nor many who try one get far, and that whoever guesses locks out hardly anybody else.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Duration;

use model::Timestamp;
use parking_lot::Mutex;

/// Failures that cost nothing: by name and address, by address, by name.
const FREE: [u32; 3] = [5, 30, 100];
/// The longest wait.
const LONGEST: Duration = Duration::from_mins(15);
/// After this time without a failure all is forgotten.
const FORGOTTEN: Duration = Duration::from_mins(30);
/// How many are counted. Beyond that the oldest half is forgotten.
const MOST: usize = 30_000;

/// What is counted.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Key {
    Both(String, IpAddr),
    Address(IpAddr),
    Name(String),
}

struct Failures {
    count: u32,
    last: Timestamp,
}

/// The failures of a while.
#[derive(Default)]
pub(crate) struct Attempts(Mutex<HashMap<Key, Failures>>);

impl Attempts {
    /// How long `name` at `address` has to wait for the next try.
    pub(crate) fn wait(&self, name: &str, address: IpAddr, now: Timestamp) -> Option<Duration> {
        let failures = self.0.lock();
        let waits = keys(name, address).into_iter().zip(FREE).filter_map(|(key, free)| {
            let failures = failures.get(&key)?;
            let beyond = failures.count.checked_sub(free)?;
            let wait = Duration::from_secs(1 << beyond.min(12)).min(LONGEST);
            wait.checked_sub(now.since(failures.last)).filter(|left| !left.is_zero())
        });
        waits.max()
    }

    /// Counts a failure.
    pub(crate) fn failed(&self, name: &str, address: IpAddr, now: Timestamp) {
        let mut failures = self.0.lock();
        if failures.len() >= MOST {
            forget(&mut failures, now);
        }
        for key in keys(name, address) {
            let seen = failures.entry(key).or_insert(Failures { count: 0, last: now });
            if now.since(seen.last) > FORGOTTEN {
                seen.count = 0;
            }
            seen.count = seen.count.saturating_add(1);
            seen.last = now;
        }
    }

    /// Forgets the failures of one who got in.
    pub(crate) fn succeeded(&self, name: &str, address: IpAddr) {
        let mut failures = self.0.lock();
        let [both, _, name] = keys(name, address);
        failures.remove(&both);
        failures.remove(&name);
    }
}

fn keys(name: &str, address: IpAddr) -> [Key; 3] {
    let address = network(address);
    [Key::Both(name.to_owned(), address), Key::Address(address), Key::Name(name.to_owned())]
}

/// One who has an IPv6 address has 2⁶⁴ of them.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6((u128::from(address) & !u128::from(u64::MAX)).into()),
        address @ IpAddr::V4(_) => address,
    }
}

fn forget(failures: &mut HashMap<Key, Failures>, now: Timestamp) {
    failures.retain(|_, seen| now.since(seen.last) <= FORGOTTEN);
    if failures.len() >= MOST {
        let mut times: Vec<Timestamp> = failures.values().map(|seen| seen.last).collect();
        times.sort_unstable();
        let middle = times.get(times.len() / 2).copied().unwrap_or(now);
        failures.retain(|_, seen| seen.last > middle);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);
    const THERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));

    #[test]
    fn guessing_is_slowed_down_and_others_are_not() {
        let (attempts, now) = (Attempts::default(), Timestamp::from_secs(1_000));
        for _ in 0..5 {
            assert_eq!(attempts.wait("mara", HERE, now), None);
            attempts.failed("mara", HERE, now);
        }
        assert_eq!(attempts.wait("mara", HERE, now), Some(Duration::from_secs(1)));
        attempts.failed("mara", HERE, now);
        assert_eq!(attempts.wait("mara", HERE, now), Some(Duration::from_secs(2)));
        assert_eq!(attempts.wait("mara", THERE, now), None, "she is elsewhere");
        assert_eq!(attempts.wait("tomas", HERE, now), None, "a neighbour");
        assert_eq!(attempts.wait("mara", HERE, Timestamp::from_secs(1_002)), None);
        attempts.succeeded("mara", HERE);
        assert_eq!(attempts.wait("mara", HERE, now), None);
    }

    #[test]
    fn many_names_from_one_address_and_many_addresses_for_one_name() {
        let (attempts, now) = (Attempts::default(), Timestamp::from_secs(1_000));
        for number in 0..30 {
            attempts.failed(&format!("name-{number}"), HERE, now);
        }
        assert!(attempts.wait("another", HERE, now).is_some());
        let attempts = Attempts::default();
        for number in 0..120 {
            attempts.failed("mara", IpAddr::V4([10, 0, 0, number].into()), now);
        }
        assert_eq!(attempts.wait("mara", THERE, now), Some(LONGEST));
        let of_one = |last: u16| IpAddr::V6([0x2001, 0xdb8, 0, 0, 0, 0, 0, last].into());
        assert_eq!(network(of_one(1)), network(of_one(2)), "one who has many addresses");
    }

    #[test]
    fn what_is_counted_is_bounded() {
        let attempts = Attempts::default();
        for number in 0..20_000 {
            attempts.failed(&format!("name-{number}"), HERE, Timestamp::from_secs(number));
        }
        assert!(attempts.0.lock().len() <= MOST + 3);
    }
}
