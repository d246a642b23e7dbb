//! What came of a run: a table for a person, JSON for a program.

use std::time::Duration;

use serde_json::{Value, json};

use super::expected::Expected;
use super::library::Drill;
use super::sinks::Delivery;
use super::watch::{Seen, met};

/// A wait for the detector that is told of.
const NOTEWORTHY: Duration = Duration::from_secs(1);

/// What came of one drill.
pub(crate) struct Outcome {
    class: String,
    title: String,
    doors: String,
    sent: u32,
    expected: Vec<Expected>,
    ending: Ending,
}

/// How it ended.
pub(crate) enum Ending {
    /// All alerts came.
    Alarmed { seen: Vec<Seen>, sinks: Vec<Delivery> },
    /// An alert did not come in time.
    Silent { seen: Vec<Seen> },
    /// It was not sent, for this reason.
    Skipped(String),
    /// A door did not take it.
    Refused(String),
}

impl Outcome {
    pub(crate) fn new(drill: &Drill, expected: &[Expected], ending: Ending) -> Self {
        let doors: Vec<_> = drill.doors().into_iter().map(super::library::Door::as_str).collect();
        Self {
            class: drill.id.clone(),
            title: drill.title.clone(),
            doors: doors.join(", "),
            sent: if matches!(ending, Ending::Skipped(_)) { 0 } else { drill.sent() },
            expected: expected.to_vec(),
            ending,
        }
    }

    /// Whether all is well with it: it alarmed, and every sink has it; or it was left out.
    pub(crate) fn is_fine(&self) -> bool {
        match &self.ending {
            Ending::Alarmed { sinks, .. } => sinks.iter().all(|sink| sink.delay.is_some()),
            Ending::Skipped(_) => true,
            Ending::Silent { .. } | Ending::Refused(_) => false,
        }
    }

    fn seen(&self) -> &[Seen] {
        match &self.ending {
            Ending::Alarmed { seen, .. } | Ending::Silent { seen } => seen,
            Ending::Skipped(_) | Ending::Refused(_) => &[],
        }
    }

    /// From the acknowledgement until the last expected alert was seen.
    fn delay(&self) -> Option<Duration> {
        let Ending::Alarmed { seen, .. } = &self.ending else { return None };
        self.expected.iter().filter_map(|expected| met(expected, seen)).map(|seen| seen.delay).max()
    }

    fn word(&self) -> &'static str {
        match &self.ending {
            Ending::Alarmed { .. } => "alarmed",
            Ending::Silent { .. } => "silent",
            Ending::Skipped(_) => "skipped",
            Ending::Refused(_) => "refused",
        }
    }

    fn reason(&self) -> Option<&str> {
        match &self.ending {
            Ending::Skipped(reason) | Ending::Refused(reason) => Some(reason),
            Ending::Alarmed { .. } | Ending::Silent { .. } => None,
        }
    }

    fn row(&self) -> Vec<Value> {
        let first = self.expected.first();
        let title = first.map(|expected| expected.title.as_str()).unwrap_or_default();
        let alert = match &self.ending {
            Ending::Alarmed { .. } => title.to_owned(),
            Ending::Silent { .. } => format!("NONE: {title}"),
            Ending::Skipped(reason) => format!("skipped: {reason}"),
            Ending::Refused(reason) => format!("REFUSED: {reason}"),
        };
        let severity = self.delay().and(first).map(|expected| expected.severity);
        vec![
            json!(self.class),
            json!(self.doors),
            json!(self.sent),
            json!(alert),
            json!(severity),
            json!(self.delay().map(millis)),
            json!(self.sinks()),
        ]
    }

    fn sinks(&self) -> String {
        let Ending::Alarmed { sinks, .. } = &self.ending else { return String::new() };
        if sinks.is_empty() {
            return "no sinks".to_owned();
        }
        let told = |delivery: &Delivery| match delivery.delay {
            Some(delay) => format!("delivered by {} ({} ms)", delivery.sink, millis(delay)),
            None => format!("NOT delivered by {}", delivery.sink),
        };
        sinks.iter().map(told).collect::<Vec<_>>().join(", ")
    }

    fn to_json(&self) -> Value {
        let alert = |seen: &Seen| {
            let is_expected = self.expected.iter().any(|known| known.rules.contains(&seen.rule));
            json!({"index": seen.index, "id": seen.id, "rule": seen.rule, "title": seen.title,
                "severity": seen.severity, "expected": is_expected, "delay_ms": millis(seen.delay)})
        };
        let sinks: &[Delivery] = match &self.ending {
            Ending::Alarmed { sinks, .. } => sinks,
            _ => &[],
        };
        let sink = |delivery: &Delivery| {
            json!({"name": delivery.sink, "delivered": delivery.delay.is_some(),
                "delay_ms": delivery.delay.map(millis)})
        };
        json!({
            "class": self.class, "title": self.title, "doors": self.doors, "sent": self.sent,
            "result": self.word(), "reason": self.reason(),
            "expected": self.expected.iter().map(|known| &known.title).collect::<Vec<_>>(),
            "delay_ms": self.delay().map(millis),
            "alerts": self.seen().iter().map(alert).collect::<Vec<_>>(),
            "sinks": sinks.iter().map(sink).collect::<Vec<_>>(),
        })
    }
}

/// What came of a run.
pub(crate) struct Report {
    /// Which run.
    pub(crate) run: String,
    /// How long the detector took to catch up before.
    pub(crate) caught_up: Duration,
    pub(crate) outcomes: Vec<Outcome>,
}

impl Report {
    /// Whether all is well.
    pub(crate) fn is_fine(&self) -> bool {
        self.outcomes.iter().all(Outcome::is_fine)
    }

    pub(crate) fn columns() -> [String; 7] {
        ["class", "door", "sent", "alert", "severity", "delay ms", "sinks"].map(str::to_owned)
    }

    pub(crate) fn rows(&self) -> Vec<Vec<Value>> {
        self.outcomes.iter().map(Outcome::row).collect()
    }

    /// The sums, in a line.
    pub(crate) fn summary(&self) -> String {
        let count = |word: &str| self.outcomes.iter().filter(|one| one.word() == word).count();
        let tried = self.outcomes.len() - count("skipped");
        let mut told = vec![format!("{} of {tried} classes alarmed", count("alarmed"))];
        let delays = self.delays();
        if let (Some(half), Some(most)) = (quantile(&delays, 50), quantile(&delays, 99)) {
            told.push(format!("delay p50 {} ms, p99 {} ms", millis(half), millis(most)));
        }
        if count("skipped") > 0 {
            told.push(format!("{} skipped", count("skipped")));
        }
        if self.caught_up > NOTEWORTHY {
            told.push(format!("waited {} ms for the detector before", millis(self.caught_up)));
        }
        told.join("; ")
    }

    /// All of it.
    pub(crate) fn to_json(&self) -> Value {
        let delays = self.delays();
        let quantile = |percent| quantile(&delays, percent).map(millis);
        json!({
            "run": self.run, "fine": self.is_fine(), "caught_up_ms": millis(self.caught_up),
            "delay_ms": {"p50": quantile(50), "p99": quantile(99), "max": quantile(100)},
            "classes": self.outcomes.iter().map(Outcome::to_json).collect::<Vec<_>>(),
        })
    }

    fn delays(&self) -> Vec<Duration> {
        let mut delays: Vec<Duration> = self.outcomes.iter().filter_map(Outcome::delay).collect();
        delays.sort_unstable();
        delays
    }
}

/// The smallest value that so many percent of the sorted values do not exceed (nearest rank).
fn quantile(sorted: &[Duration], percent: usize) -> Option<Duration> {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.checked_sub(1)?).copied()
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(class: &str, ending: Ending) -> Outcome {
        let rules = vec!["r1".to_owned()];
        let expected = vec![Expected { rules, title: "Rule one".to_owned(), severity: "high" }];
        let (title, doors) = ("Something".to_owned(), "otlp".to_owned());
        Outcome { class: class.to_owned(), title, doors, sent: 1, expected, ending }
    }

    fn seen(rule: &str, delay: u64) -> Seen {
        Seen {
            index: 9,
            id: "al_1".to_owned(),
            rule: rule.to_owned(),
            title: "Rule".to_owned(),
            severity: "low".to_owned(),
            delay: Duration::from_millis(delay),
        }
    }

    fn report(endings: Vec<Ending>) -> Report {
        let outcomes = endings.into_iter().map(|ending| outcome("class", ending)).collect();
        Report { run: "0a1b2c3d".to_owned(), caught_up: Duration::ZERO, outcomes }
    }

    #[test]
    fn only_the_expected_alerts_count() {
        let alarmed =
            Ending::Alarmed { seen: vec![seen("other", 1), seen("r1", 40)], sinks: vec![] };
        let report = report(vec![alarmed, Ending::Skipped("no upstream".to_owned())]);
        assert!(report.is_fine());
        assert_eq!(
            report.summary(),
            "1 of 1 classes alarmed; delay p50 40 ms, p99 40 ms; 1 skipped"
        );
        assert_eq!(report.rows()[0][4..], [json!("high"), json!(40), json!("no sinks")]);
    }

    #[test]
    fn silence_and_an_undelivered_alert_are_wrong() {
        assert!(!report(vec![Ending::Silent { seen: vec![] }]).is_fine());
        assert!(!report(vec![Ending::Refused("503".to_owned())]).is_fine());
        let sinks = vec![Delivery { sink: "siem".to_owned(), delay: None }];
        let report = report(vec![Ending::Alarmed { seen: vec![seen("r1", 1)], sinks }]);
        assert!(!report.is_fine());
        assert_eq!(report.rows()[0][6], "NOT delivered by siem");
    }

    #[test]
    fn quantiles_are_values_that_were_measured() {
        let delays: Vec<Duration> = (1..=200).map(Duration::from_millis).collect();
        assert_eq!(quantile(&delays, 50), Some(Duration::from_millis(100)));
        assert_eq!(quantile(&delays, 99), Some(Duration::from_millis(198)));
        assert_eq!(quantile(&delays[..1], 99), Some(Duration::from_millis(1)));
        assert_eq!(quantile(&[], 50), None);
    }
}
