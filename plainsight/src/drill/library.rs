//! The library: what each drill sends and which rules must answer, from the folder `drills/`.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use include_dir::{Dir, include_dir};
use serde::Deserialize;
use serde_json::{Map, Value};

static DRILLS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../drills");

/// The most repetitions of a step.
const MOST: u32 = 1_000;
/// The longest pause between two repetitions, seconds.
const LONGEST: f64 = 3_600.0;
/// Between two repetitions where it is not said.
const PAUSE: Duration = Duration::from_secs(1);

/// An attack that is tried.
pub(crate) struct Drill {
    /// Its class: the name of its file.
    pub(crate) id: String,
    /// What happens, in a sentence.
    pub(crate) title: String,
    /// Why it must alarm.
    pub(crate) why: String,
    /// Rule files, without folder `rules/` and ending; each of them must raise an alert.
    pub(crate) expect: Vec<String>,
    pub(crate) steps: Vec<Step>,
}

/// Something that is sent, perhaps several times.
pub(crate) struct Step {
    pub(crate) act: Act,
    pub(crate) times: u32,
    /// Time between two repetitions, as the records tell it.
    pub(crate) every: Duration,
}

/// Something that is sent.
#[derive(Clone)]
pub(crate) enum Act {
    /// Attributes of an OTLP span.
    Span(Map<String, Value>),
    /// An event of the events API.
    Event(Map<String, Value>),
    /// A call of a model through the proxy.
    Request(Call),
}

/// A call of a model.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Call {
    pub(crate) upstream: String,
    pub(crate) path: String,
    pub(crate) body: Value,
}

/// Which door something is sent through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Door {
    Otlp,
    Events,
    Proxy,
}

impl Door {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Otlp => "otlp",
            Self::Events => "events",
            Self::Proxy => "proxy",
        }
    }
}

impl Act {
    pub(crate) const fn door(&self) -> Door {
        match self {
            Self::Span(_) => Door::Otlp,
            Self::Event(_) => Door::Events,
            Self::Request(_) => Door::Proxy,
        }
    }
}

impl Drill {
    /// The doors it uses, each once.
    pub(crate) fn doors(&self) -> Vec<Door> {
        let mut doors: Vec<Door> = self.steps.iter().map(|step| step.act.door()).collect();
        doors.sort_unstable();
        doors.dedup();
        doors
    }

    /// The upstreams that its calls go to.
    pub(crate) fn upstreams(&self) -> impl Iterator<Item = &str> {
        self.steps.iter().filter_map(|step| match &step.act {
            Act::Request(call) => Some(call.upstream.as_str()),
            Act::Span(_) | Act::Event(_) => None,
        })
    }

    /// How many spans, events and requests it sends.
    pub(crate) fn sent(&self) -> u32 {
        self.steps.iter().map(|step| step.times).sum()
    }
}

/// The drills that come with the program, in the order of their names.
pub(crate) fn shipped() -> Result<Vec<Drill>> {
    let mut drills = Vec::new();
    for file in DRILLS.files().filter(|file| file.path().extension().is_some_and(is_yaml)) {
        let id = file.path().file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        let text = file.contents_utf8().unwrap_or_default();
        drills.push(parse(id, text).with_context(|| format!("drills/{id}.yml"))?);
    }
    drills.sort_by(|one, other| one.id.cmp(&other.id));
    Ok(drills)
}

fn is_yaml(extension: &std::ffi::OsStr) -> bool {
    extension == "yml"
}

/// A drill as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    title: String,
    why: String,
    expect: Vec<String>,
    send: Vec<WrittenStep>,
}

/// A step as it is written: one of the first three.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenStep {
    span: Option<Map<String, Value>>,
    event: Option<Map<String, Value>>,
    request: Option<Call>,
    repeat: Option<Repeat>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Repeat {
    times: u32,
    /// Seconds.
    every: f64,
}

fn parse(id: &str, text: &str) -> Result<Drill> {
    let Written { title, why, expect, send } = yaml_serde::from_str(text)?;
    if expect.is_empty() || send.is_empty() {
        bail!("expects or sends nothing");
    }
    let steps = send.into_iter().map(step).collect::<Result<_>>()?;
    Ok(Drill { id: id.to_owned(), title, why, expect, steps })
}

fn step(written: WrittenStep) -> Result<Step> {
    let act = match (written.span, written.event, written.request) {
        (Some(attributes), None, None) => Act::Span(attributes),
        (None, Some(event), None) => Act::Event(event),
        (None, None, Some(call)) => Act::Request(call),
        _ => bail!("a step is one span, one event or one request"),
    };
    let (times, every) = match written.repeat {
        None => (1, PAUSE),
        Some(Repeat { times, every }) => {
            if !(1..=MOST).contains(&times) || !(0.0..=LONGEST).contains(&every) {
                bail!("repeat is out of bounds");
            }
            (times, Duration::from_secs_f64(every))
        }
    };
    Ok(Step { act, times, every })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_library_is_well_formed() {
        let drills = shipped().unwrap();
        assert!(drills.len() >= 30);
        for drill in &drills {
            assert!(!drill.title.ends_with('.') && drill.why.ends_with('.'), "{}", drill.id);
            assert!(drill.sent() <= 200, "{} sends {}", drill.id, drill.sent());
        }
    }

    #[test]
    fn every_payload_says_that_it_is_a_drill() {
        for drill in shipped().unwrap() {
            for step in &drill.steps {
                if let Act::Request(call) = &step.act {
                    assert!(call.body.to_string().contains("plainsight-drill"), "{}", drill.id);
                }
            }
        }
    }

    #[test]
    fn what_is_not_a_step_is_refused() {
        let with =
            |step: &str| parse("x", &format!("{{title: t, why: w., expect: [r], send: [{step}]}}"));
        assert!(with("{span: {a: 1}}").is_ok());
        assert!(with("{span: {a: 1}, event: {type: sign_in}}").is_err());
        assert!(with("{repeat: {times: 1, every: 1}}").is_err());
        assert!(with("{span: {a: 1}, repeat: {times: 0, every: 1}}").is_err());
        assert!(with("{span: {a: 1}, repeat: {times: 2, every: -1}}").is_err());
        assert!(with("{span: {a: 1}, spam: 1}").is_err());
    }
}
