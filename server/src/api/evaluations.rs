//! What evaluators said of models and tools: means by evaluation, and by where and in which version
//! they ran.

use std::collections::BTreeMap;
use std::time::Duration;

use model::Timestamp;
use serde::Serialize;
use store::{Evaluated, Scope, Span, Subject};

use super::filters::Window;
use super::reading::Shared;
use crate::refusal::Refusal;

/// Evaluations that are read, the newest.
const MOST: usize = 20_000;
/// Names of evaluations that are told.
const NAMES: usize = 50;
/// Deployments and versions that are told of one evaluation, those with the most scores.
const PLACES: usize = 20;
/// How long before the period the calls may lie that were evaluated in it.
const BEFORE: Duration = Duration::from_hours(7 * 24);

/// Scores of one period: of all, and by who earned them.
#[derive(Default)]
pub(super) struct Scores {
    all: BTreeMap<String, Mean>,
    /// By name of the evaluation: of how many scores it is known what they are of.
    joined: BTreeMap<String, u64>,
    by: BTreeMap<Who, BTreeMap<String, BTreeMap<Place, Mean>>>,
}

/// A model or a tool, and the service that called it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Who {
    model: String,
    tool: String,
    service: String,
}

/// Deployment and version.
type Place = (Option<String>, Option<String>);

/// A mean, as it comes to be.
#[derive(Clone, Copy, Default)]
struct Mean {
    sum: f64,
    count: u64,
}

/// An evaluation of one model or tool.
#[derive(Serialize)]
pub(super) struct Told {
    name: String,
    mean: f64,
    count: u64,
    places: Vec<ToldPlace>,
}

/// The same of one deployment and version.
#[derive(Serialize)]
struct ToldPlace {
    deployment: Option<String>,
    version: Option<String>,
    mean: f64,
    count: u64,
}

/// An evaluation, whatever it was of.
#[derive(Serialize)]
pub(super) struct Overall {
    name: String,
    mean: f64,
    count: u64,
    /// Of how many it is known what they are about.
    joined: u64,
    /// The mean of the period before; null where there was none.
    previous: Option<f64>,
}

impl Mean {
    fn add(&mut self, score: f64) {
        self.sum += score;
        self.count += 1;
    }

    fn merge(self, other: Self) -> Self {
        Self { sum: self.sum + other.sum, count: self.count + other.count }
    }

    fn value(self) -> f64 {
        self.sum / self.count.max(1) as f64
    }
}

impl Scores {
    /// The scores of a period. Blocks.
    pub(super) fn of(shared: &Shared, scope: &Scope, window: Window) -> Result<Self, Refusal> {
        let week = i64::try_from(BEFORE.as_nanos()).unwrap_or(i64::MAX);
        let since = Timestamp(window.from.nanos().saturating_sub(week));
        let span = Span { since: Some(since), until: Some(window.to) };
        let evaluated = shared.ask(scope, span, |reader| {
            Ok(reader.evaluations(window.from.nanos(), window.to.nanos(), MOST)?)
        })?;
        let mut scores = Self::default();
        for one in evaluated {
            scores.add(one);
        }
        Ok(scores)
    }

    fn add(&mut self, evaluated: Evaluated) {
        let Evaluated { name, score, subjects } = evaluated;
        self.all.entry(name.clone()).or_default().add(score);
        let mut is_joined = false;
        for subject in subjects {
            let Subject { model, tool, service, deployment, version } = subject;
            let who = Who {
                model: model.unwrap_or_default(),
                tool: tool.unwrap_or_default(),
                service: service.unwrap_or_default(),
            };
            if who.model.is_empty() && who.tool.is_empty() {
                continue;
            }
            is_joined = true;
            let places = self.by.entry(who).or_default().entry(name.clone()).or_default();
            places.entry((deployment, version)).or_default().add(score);
        }
        *self.joined.entry(name).or_default() += u64::from(is_joined);
    }

    /// What was said of a model or tool that a service called.
    pub(super) fn by(&self, model: &str, tool: &str, service: &str) -> Vec<Told> {
        let who = Who { model: model.into(), tool: tool.into(), service: service.into() };
        let told = self.by.get(&who).into_iter().flatten().map(|(name, places)| {
            let all = places.values().fold(Mean::default(), |sum, place| sum.merge(*place));
            let mut places: Vec<ToldPlace> = places.iter().map(told_place).collect();
            places.sort_by_key(|place| std::cmp::Reverse(place.count));
            places.truncate(PLACES);
            Told { name: name.clone(), mean: all.value(), count: all.count, places }
        });
        most(told.collect(), |told: &Told| told.count)
    }

    /// All evaluations, beside those of the period before.
    pub(super) fn overall(&self, before: &Self) -> Vec<Overall> {
        let told = self.all.iter().map(|(name, mean)| Overall {
            name: name.clone(),
            mean: mean.value(),
            count: mean.count,
            joined: self.joined.get(name).copied().unwrap_or(0),
            previous: before.all.get(name).map(|mean| mean.value()),
        });
        most(told.collect(), |told: &Overall| told.count)
    }
}

fn told_place(((deployment, version), mean): (&Place, &Mean)) -> ToldPlace {
    let (deployment, version) = (deployment.clone(), version.clone());
    ToldPlace { deployment, version, mean: mean.value(), count: mean.count }
}

/// Those with the most scores first.
fn most<T>(mut told: Vec<T>, count: fn(&T) -> u64) -> Vec<T> {
    told.sort_by_key(|one| std::cmp::Reverse(count(one)));
    told.truncate(NAMES);
    told
}
