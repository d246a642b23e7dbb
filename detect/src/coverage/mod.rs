//! What the rules see of the alerts that peers publish, and of our requirements.
//!
//! The lists are docs/coverage/*.yml: a row names the rules that cover it, or says why none does.
//! A rule that carries a row's tag (`peer.<slug>`, `requirement.<id>`) covers it, too.

mod markdown;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::rules::{Rule, RuleSet};

const PEERS: &str = include_str!("../../../docs/coverage/peers.yml");
const REQUIREMENTS: &str = include_str!("../../../docs/coverage/requirements.yml");

/// What is said of a row that names rules which are not there.
const ABSENT: &str = "none of the rules that cover it is loaded";

/// Peers' alerts and our requirements, each with the rules that cover it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// Peers, in the order of the list.
    pub peers: Vec<Peer>,
    /// Requirements of detection, in the order of their numbers.
    pub requirements: Vec<Row>,
    /// How many rules name a technique of MITRE ATLAS.
    pub atlas: BTreeMap<String, usize>,
    /// How many rules name a risk of OWASP.
    pub owasp: BTreeMap<String, usize>,
}

/// A product, and the alerts that it publishes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Peer {
    /// Its name.
    pub name: String,
    /// Its alerts.
    pub alerts: Vec<Row>,
}

/// Something to see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// What its owner calls it, where that is not its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Its name.
    pub name: String,
    /// The rules that see it.
    pub rules: Vec<Covering>,
    /// The techniques of MITRE ATLAS that those rules name.
    pub atlas: BTreeSet<String>,
    /// The risks of OWASP that those rules name.
    pub owasp: BTreeSet<String>,
    /// Why no rule sees it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_covered: Option<String>,
}

/// A rule that covers a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Covering {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
}

/// A row, as the lists have it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Listed {
    #[serde(default)]
    peer: String,
    id: Option<String>,
    name: String,
    slug: Option<String>,
    #[serde(default)]
    covered_by: Vec<String>,
    not_covered: Option<String>,
}

impl Coverage {
    /// What these rules cover.
    ///
    /// # Errors
    ///
    /// Fails when a list is no list of rows, which only an edit of it can bring about.
    pub fn of(rules: &RuleSet) -> Result<Self, String> {
        let listed = |text| {
            yaml_serde::from_str::<Vec<Listed>>(text).map_err(|error| format!("coverage: {error}"))
        };
        let mut peers: Vec<Peer> = Vec::new();
        for row in listed(PEERS)? {
            let tag = row.slug.as_ref().map(|slug| format!("peer.{slug}"));
            let name = row.peer.clone();
            let row = Row::new(row, tag.as_ref(), rules);
            match peers.iter_mut().find(|peer| peer.name == name) {
                Some(peer) => peer.alerts.push(row),
                None => peers.push(Peer { name, alerts: vec![row] }),
            }
        }
        let requirement = |row: Listed| {
            let tag = row.id.as_ref().map(|id| format!("requirement.{}", id.to_ascii_lowercase()));
            Row::new(row, tag.as_ref(), rules)
        };
        let requirements = listed(REQUIREMENTS)?.into_iter().map(requirement).collect();
        let counted = |start| count(rules, start);
        Ok(Self { peers, requirements, atlas: counted("atlas."), owasp: counted("owasp.") })
    }
}

impl Row {
    fn new(listed: Listed, tag: Option<&String>, rules: &RuleSet) -> Self {
        let named = listed.covered_by.iter().filter_map(|id| rules.rules().get(rules.number(id)?));
        let mut covering: Vec<&Rule> = named.collect();
        for rule in rules.rules().iter().filter(|rule| !rule.is_silent) {
            let tagged = tag.is_some_and(|tag| rule.tags.contains(tag));
            if tagged && !covering.iter().any(|known| known.id == rule.id) {
                covering.push(rule);
            }
        }
        let ids = |start| covering.iter().flat_map(|rule| identifiers(rule, start)).collect();
        let why = listed.not_covered.or_else(|| Some(ABSENT.to_owned()));
        Self {
            id: listed.id,
            name: listed.name,
            atlas: ids("atlas."),
            owasp: ids("owasp."),
            not_covered: why.filter(|_| covering.is_empty()),
            rules: covering
                .iter()
                .map(|rule| Covering { id: rule.id.clone(), title: rule.title.clone() })
                .collect(),
        }
    }

    /// Whether a rule sees it.
    pub const fn is_covered(&self) -> bool {
        self.not_covered.is_none()
    }
}

fn count(rules: &RuleSet, start: &str) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for rule in rules.rules().iter().filter(|rule| !rule.is_silent) {
        for id in identifiers(rule, start).into_iter().collect::<BTreeSet<_>>() {
            *counts.entry(id).or_default() += 1;
        }
    }
    counts
}

/// The identifiers of a catalogue that a rule's tags name, as the catalogue writes them:
/// `atlas.aml.t0051.000` is `AML.T0051.000`, `owasp.llm01.2025` is `LLM01:2025`.
fn identifiers(rule: &Rule, start: &str) -> Vec<String> {
    let named = rule.tags.iter().filter_map(|tag| tag.strip_prefix(start));
    let written = |tag: &str| match (start, tag.rsplit_once('.')) {
        ("owasp.", Some((risk, year))) => format!("{}:{year}", risk.to_ascii_uppercase()),
        _ => tag.to_ascii_uppercase(),
    };
    named.map(written).collect()
}
