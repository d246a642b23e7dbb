//! Records in, alerts out.

use std::collections::BTreeMap;
use std::sync::Arc;

use hashbrown::HashSet;
use model::{Alert, Door, Kind, Logged};

use crate::alerts::{Alerts, Finding};
use crate::category::Category;
use crate::correlation::{Below, Correlation, GroupFired, Hit, Windows};
use crate::events::{Event, Events, News, Prints};
use crate::rules::{Body, Rule, RuleSet};
use crate::sigma::Matcher;
use crate::suppression::{Suppression, Suppressions};

/// The most entries of the windows of all correlations together; each takes 40 bytes, and
/// where a window grows up to twice as much.
const MOST_ENTRIES: usize = 500_000;

/// Rules at work: what they saw, and what they told.
pub struct Engine {
    events: Events,
    detections: Arc<Detections>,
    state: State,
    /// The ids of alerts that were recorded, of a rehearsal.
    told: HashSet<String>,
}

/// What one record is asked about, before memory is.
///
/// Seeing a record has four steps. Two of them need memory, and are taken in the order of the log;
/// the other two, which take the time, can be taken of many records at once.
#[derive(Clone, Debug)]
pub struct Asked(Prints);

/// What of a record is news to its session.
#[derive(Clone, Debug)]
pub struct Known(News);

/// The rules on single events that match each event of a record.
#[derive(Clone, Debug, Default)]
pub struct Glance(Vec<Vec<usize>>);

impl Glance {
    /// Whether a rule matches.
    pub fn has_matches(&self) -> bool {
        self.0.iter().any(|matched| !matched.is_empty())
    }
}

/// What looks at single events.
struct Detections {
    /// A matcher of each category, where it has rules.
    by_category: Vec<Option<Matcher>>,
    /// The matcher of the rules without a category: once, since each compiled rule takes memory.
    of_any: Option<Matcher>,
    /// The ids of the rules that rest on alerts: what they raise does not feed them.
    on_alerts: HashSet<String>,
}

/// What rules need to know of the past.
struct State {
    rules: RuleSet,
    /// The correlations that use a rule, each with the position among their bases.
    uses: Vec<Vec<(usize, usize)>>,
    windows: Vec<Option<Windows>>,
    /// What the windows hold together.
    entries: usize,
    alerts: Alerts,
    suppressions: Suppressions,
    /// How many events were seen.
    ordinal: u64,
    raised: Vec<Alert>,
}

impl Engine {
    /// An engine that has seen nothing.
    pub fn new(rules: RuleSet) -> Self {
        let rules = rules.without_examples();
        let detections = Arc::new(Detections::new(&rules));
        Self::with(rules, detections)
    }

    /// An engine of the same rules that has seen nothing: what is compiled is shared.
    #[must_use]
    pub fn afresh(&self) -> Self {
        Self::with(self.state.rules.clone(), Arc::clone(&self.detections))
    }

    fn with(rules: RuleSet, detections: Arc<Detections>) -> Self {
        let uses = uses(&rules);
        let windows = rules.rules().iter().map(|rule| rule.is_correlation().then(Windows::new));
        Self {
            events: Events::default(),
            detections,
            state: State {
                uses,
                windows: windows.collect(),
                entries: 0,
                alerts: Alerts::default(),
                suppressions: Suppressions::default(),
                ordinal: 0,
                raised: Vec::new(),
                rules,
            },
            told: HashSet::new(),
        }
    }

    /// The rules, less their examples.
    pub const fn rules(&self) -> &RuleSet {
        &self.state.rules
    }

    /// Looks at a record. Records are to be seen in the order of the ledger.
    ///
    /// An alert with an id that was told before is an update of its count.
    pub fn see(&mut self, logged: &Logged) -> Vec<Alert> {
        let asked = self.ask(logged);
        let known = self.know(logged, &asked);
        let glance = self.glance(logged, &known);
        self.raise(logged, &known, &glance)
    }

    /// The first step, of a record by itself.
    pub fn ask(&self, logged: &Logged) -> Asked {
        Asked(Events::prints(&logged.record, &|category| self.detections.sees(category)))
    }

    /// The second step, in the order of the log.
    pub fn know(&mut self, logged: &Logged, asked: &Asked) -> Known {
        Known(self.events.news(&logged.record, &asked.0))
    }

    /// The third step, of a record by itself.
    pub fn glance(&self, logged: &Logged, known: &Known) -> Glance {
        let mut matches = Vec::new();
        if !self.detections.feeds_itself(logged) {
            let wanted = |category: Category| self.detections.sees(category);
            Events::with(logged, &known.0, &wanted, &mut |event| {
                matches.push(self.detections.matches(event));
            });
        }
        Glance(matches)
    }

    /// The last step, in the order of the log: what the record raises.
    pub fn raise(&mut self, logged: &Logged, known: &Known, glance: &Glance) -> Vec<Alert> {
        let Self { detections, state, .. } = self;
        if let Some(suppression) = Suppression::from_record(&logged.record) {
            state.suppressions.add(suppression);
        }
        if !glance.has_matches() {
            state.ordinal += glance.0.len() as u64;
            return Vec::new();
        }
        let tenant = logged.record.tenant.as_str();
        let mut matches = glance.0.iter();
        let wanted = |category: Category| detections.sees(category);
        Events::with(logged, &known.0, &wanted, &mut |event| {
            state.ordinal += 1;
            if let Some(matched) = matches.next().filter(|matched| !matched.is_empty()) {
                state.see(tenant, event, matched);
            }
        });
        std::mem::take(&mut state.raised)
    }

    /// Looks at a record from before, to know the past, without raising anything.
    pub fn rehearse(&mut self, logged: &Logged) {
        self.remember(logged);
        self.see(logged);
    }

    /// Notes an alert that was recorded, of a rehearsal.
    pub fn remember(&mut self, logged: &Logged) {
        let record = &logged.record;
        if let Some(alert) =
            record.alert.as_ref().filter(|_| record.source.door == Door::Plainsight)
        {
            self.told.insert(alert.id.clone());
        }
    }

    /// Ends the rehearsal: what would have been raised, and was not since the rule was not there
    /// yet, is raised at its next sight; what was raised then is only counted.
    pub fn begin(&mut self) {
        let told = std::mem::take(&mut self.told);
        self.state.alerts.keep(&told);
    }

    /// Every event of a record, with the rules on single events that match it, silent ones among
    /// them. It is remembered as told; no alert and no correlation comes of it.
    pub fn matches(&mut self, logged: &Logged, tell: &mut dyn FnMut(&Event<'_>, &[&Rule])) {
        let Self { events, detections, state, .. } = self;
        events.of(logged, &|_| true, &mut |event| {
            let numbers = detections.matches(event).into_iter();
            let rules: Vec<&Rule> =
                numbers.filter_map(|number| state.rules.rules().get(number)).collect();
            tell(event, &rules);
        });
    }

    /// Passes over alerts from now on, as a record of it would say.
    pub fn suppress(&mut self, suppression: Suppression) {
        self.state.suppressions.add(suppression);
    }

    /// How often an alert of each rule was passed over, by the rule's id.
    pub const fn suppressed(&self) -> &BTreeMap<String, u64> {
        self.state.suppressions.counts()
    }
}

impl Detections {
    fn new(rules: &RuleSet) -> Self {
        let matcher = |category: Option<Category>| {
            let of_category =
                rules.rules().iter().enumerate().filter_map(|(number, rule)| match &rule.body {
                    Body::Detection(sigma) if rule.category == category => {
                        Some((number, sigma.as_ref()))
                    }
                    _ => None,
                });
            let matcher = Matcher::new(of_category, rules.filters(), &|name| rules.number(name));
            Some(matcher).filter(|matcher| matcher.len() > 0)
        };
        Self {
            by_category: Category::all().map(|category| matcher(Some(category))).collect(),
            of_any: matcher(None),
            on_alerts: on_alerts(rules),
        }
    }

    /// The matchers of rules that see events of a category.
    fn of(&self, category: Category) -> impl Iterator<Item = &Matcher> {
        let own = self.by_category.get(category.position()).and_then(Option::as_ref);
        let any = self.of_any.as_ref().filter(|_| category.is_seen_by_all());
        own.into_iter().chain(any)
    }

    /// Whether a rule sees events of a category.
    fn sees(&self, category: Category) -> bool {
        self.of(category).next().is_some()
    }

    /// Whether a record is an alert of a rule that rests on alerts.
    fn feeds_itself(&self, logged: &Logged) -> bool {
        let raised_by = logged.record.alert.as_ref().map(|alert| alert.rule.id.as_str());
        logged.record.kind == Kind::Alert
            && raised_by.is_some_and(|rule| self.on_alerts.contains(rule))
    }

    /// The numbers of the rules that match an event, in their order.
    fn matches(&self, event: &Event<'_>) -> Vec<usize> {
        let mut matched: Vec<usize> =
            self.of(event.category).flat_map(|matcher| matcher.matches(event)).collect();
        matched.sort_unstable();
        matched
    }
}

/// The ids of the rules that rest on alerts.
fn on_alerts(rules: &RuleSet) -> HashSet<String> {
    let mut rest: Vec<bool> = Vec::with_capacity(rules.rules().len());
    for rule in rules.rules() {
        rest.push(match &rule.body {
            Body::Detection(_) => rule.category == Some(Category::Alert),
            Body::Correlation(correlation) => {
                correlation.bases.iter().any(|base| rest.get(*base) == Some(&true))
            }
        });
    }
    let rules = rules.rules().iter().zip(rest);
    rules.filter(|(_, rests)| *rests).map(|(rule, _)| rule.id.clone()).collect()
}

fn uses(rules: &RuleSet) -> Vec<Vec<(usize, usize)>> {
    let mut uses = vec![Vec::new(); rules.rules().len()];
    for (number, rule) in rules.rules().iter().enumerate() {
        if let Body::Correlation(correlation) = &rule.body {
            for (position, base) in correlation.bases.iter().enumerate() {
                if let Some(uses) = uses.get_mut(*base) {
                    uses.push((number, position));
                }
            }
        }
    }
    uses
}

/// Matches that a correlation is to see: the position of each base, and what it rests on where it
/// is a correlation itself.
type Matches = Vec<(usize, Option<Below>)>;

impl State {
    /// Raises what matched, and lets the correlations see it: bases come before what uses them.
    fn see(&mut self, tenant: &str, event: &Event<'_>, matched: &[usize]) {
        let mut open: BTreeMap<usize, Matches> = BTreeMap::new();
        for number in matched {
            self.open_uses(*number, None, &mut open);
            if let Some(rule) = self.rules.rules().get(*number).filter(|rule| !rule.is_silent) {
                let finding = Finding::of_event(rule, event);
                self.raise(tenant, *number, finding);
            }
        }
        while let Some((number, matches)) = open.pop_first() {
            for fired in self.correlate(tenant, event, number, &matches) {
                self.open_uses(number, Some(&Below::new(&fired)), &mut open);
                if let Some(rule) = self.rules.rules().get(number).filter(|rule| !rule.is_silent) {
                    let finding = Finding::of_group(rule, &fired);
                    self.raise(tenant, number, finding);
                }
            }
        }
    }

    fn open_uses(&self, number: usize, below: Option<&Below>, open: &mut BTreeMap<usize, Matches>) {
        for (user, position) in self.uses.get(number).into_iter().flatten() {
            open.entry(*user).or_default().push((*position, below.cloned()));
        }
    }

    fn correlate(
        &mut self,
        tenant: &str,
        event: &Event<'_>,
        number: usize,
        matches: &[(usize, Option<Below>)],
    ) -> Vec<GroupFired> {
        let Some(correlation) = self.rules.rules().get(number).and_then(correlation) else {
            return Vec::new();
        };
        let Some(windows) = self.windows.get_mut(number).and_then(Option::as_mut) else {
            return Vec::new();
        };
        let hits: Vec<Hit<'_>> = matches
            .iter()
            .map(|(base, below)| Hit {
                event,
                ordinal: self.ordinal,
                base: *base,
                below: below.clone(),
            })
            .collect();
        let before = windows.len();
        let fired = windows.add(correlation, tenant, &hits);
        self.entries = self.entries + windows.len() - before;
        self.make_room();
        fired
    }

    /// Of the windows that hold most, the group that was used longest ago is forgotten first.
    fn make_room(&mut self) {
        while self.entries > MOST_ENTRIES {
            let Some(largest) = self.windows.iter_mut().flatten().max_by_key(|one| one.len())
            else {
                return;
            };
            let before = largest.len();
            if !largest.forget_oldest() {
                return;
            }
            self.entries -= before - largest.len();
        }
    }

    fn raise(&mut self, tenant: &str, number: usize, finding: Finding) {
        let Some(rule) = self.rules.rules().get(number) else { return };
        if self.suppressions.passes_over(tenant, rule, finding.entities(), finding.time()) {
            return;
        }
        self.raised.extend(self.alerts.raise(number, rule, tenant, finding));
    }
}

fn correlation(rule: &Rule) -> Option<&Correlation> {
    match &rule.body {
        Body::Correlation(correlation) => Some(correlation),
        Body::Detection(_) => None,
    }
}
