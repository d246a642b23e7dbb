//! Trains both parts: the linear one on units and windows, the network on what it says of texts
//! that it did not learn from.
//!
//! Where in a document an instruction hides is not labelled. It is what no other document has and
//! what looks least like one, which is found again in each round (multiple-instance learning, as
//! in Andrews, Tsochantaridis, Hofmann, 2003).

use std::collections::{BTreeMap, HashSet};

use inspect::attack_model::{CLASSES, Network, SIDES, Side};

use super::generated::{Generated, generate};
use super::head::{Example, Head};
use super::network;
use super::rows::{Kind, Row};
use super::units::{Unit, pooled};

/// Rounds of generated texts, and how much they count beside a row.
const GENERATED: usize = 4000;
const GENERATED_SENTENCE: f32 = 0.4;
const GENERATED_TEXT: f32 = 0.3;
/// Passes over all examples.
const EPOCHS: usize = 3;
/// Parts in which the linear part is trained for the network.
const PARTS: usize = 3;
/// Units of a row that are looked at at most, each and in windows.
const UNITS: usize = 12;

/// Both parts.
pub(super) struct Trained {
    pub(super) head: Head,
    pub(super) networks: [Network; SIDES],
}

/// Whether a text of this kind may be learned from, or judged, for a side: what hides in a document
/// is no attack when a person asks for it, and a document is no request.
pub(super) const fn is_of(side: Side, kind: Kind, is_request: bool) -> bool {
    match side {
        Side::Person => !matches!(kind, Kind::Indirect),
        Side::Foreign => kind.is_attack() || !is_request,
    }
}

pub(super) const BOTH: [Side; SIDES] = [Side::Person, Side::Foreign];

impl Trained {
    /// The log-odds that a text is an attack, for each side.
    pub(super) fn scores(&self, units: &[Unit]) -> [f32; SIDES] {
        let pooled = pooled(&self.head, units);
        BOTH.map(|side| self.networks[side as usize].score(&pooled))
    }
}

/// Learns from rows; `strict` as in [`Row::group`].
pub(super) fn train(rows: &[&Row], strict: bool, seed: u64) -> Trained {
    let is_context = |row: &&&Row| {
        !row.kind.is_attack() && !row.is_request() && !row.quotes() && row.text.is_ascii()
    };
    let contexts: Vec<&str> = rows.iter().filter(is_context).map(|row| row.text.as_str()).collect();
    let generated = generate(&contexts, GENERATED, seed);
    let examples = held_out(rows, strict, &contexts, &generated, seed);
    let network = |side| {
        let of_side = |(kind, is_request, example): &(Kind, bool, network::Example)| {
            let weight = example.weight * emphasis(side, *kind);
            is_of(side, *kind, *is_request).then_some(network::Example { weight, ..*example })
        };
        network::train(&examples.iter().filter_map(of_side).collect::<Vec<_>>(), seed)
    };
    Trained { head: head(rows, &generated, seed), networks: BOTH.map(network) }
}

/// How much more a kind counts for a side: a person must not be taken for an attacker, and in a
/// document it is the hidden instruction that is hard to see.
const fn emphasis(side: Side, kind: Kind) -> f32 {
    match (side, kind) {
        (Side::Person, Kind::HardBenign) => 2.5,
        (Side::Foreign, Kind::Indirect) => 2.0,
        (Side::Foreign, Kind::Direct | Kind::Jailbreak) => 0.3,
        _ => 1.0,
    }
}

/// What heads say of texts that they did not learn from.
fn held_out(
    rows: &[&Row],
    strict: bool,
    contexts: &[&str],
    generated: &Generated,
    seed: u64,
) -> Vec<(Kind, bool, network::Example)> {
    let mut groups: Vec<String> = rows.iter().map(|row| row.group(strict)).collect();
    groups.sort();
    groups.dedup();
    let counts = counts(rows);
    let mut examples = Vec::new();
    for part in 0..PARTS {
        let is_held = |row: &&&Row| {
            groups.binary_search(&row.group(strict)).is_ok_and(|place| place % PARTS == part)
        };
        let (held, kept): (Vec<&Row>, Vec<&Row>) = rows.iter().partition(|row| is_held(row));
        let seed = seed + 100 * part as u64;
        let head = head(&kept, generated, seed);
        examples.extend(held.into_iter().map(|row| {
            let weight = balance(200.0, counts[&(row.family(), row.kind)])
                * if row.quotes() { 0.3 } else { 1.0 };
            let (pooled, attack) = (pooled(&head, &row.units), row.kind.is_attack());
            (row.kind, row.is_request(), network::Example { pooled, attack, weight })
        }));
        let fresh = generate(contexts, GENERATED / PARTS, seed + 7);
        examples.extend(fresh.texts.iter().map(|text| {
            let (pooled, attack) = (pooled(&head, &text.units), text.kind.is_attack());
            let example = network::Example { pooled, attack, weight: GENERATED_TEXT };
            (text.kind, text.is_request, example)
        }));
    }
    examples
}

type Counts<'a> = BTreeMap<(&'a str, Kind), f32>;

/// How many rows there are of each kind from each data set.
fn counts<'a>(rows: &[&'a Row]) -> Counts<'a> {
    let mut counts = Counts::new();
    for row in rows {
        *counts.entry((row.family(), row.kind)).or_default() += 1.0;
    }
    counts
}

/// What a row counts, so that large data sets do not outweigh small ones by all their size.
fn balance(usual: f32, count: f32) -> f32 {
    (usual / count).sqrt().min(3.0)
}

/// Trains the linear part, twice: the second time it knows better where instructions hide.
fn head(rows: &[&Row], generated: &Generated, seed: u64) -> Head {
    let first = Head::train(&examples(rows, generated, None), 1, seed);
    Head::train(&examples(rows, generated, Some(&first)), EPOCHS, seed + 1)
}

fn examples(rows: &[&Row], generated: &Generated, before: Option<&Head>) -> Vec<Example> {
    let documents: HashSet<&Unit> =
        rows.iter().filter(|row| !row.kind.is_attack()).flat_map(|row| &row.units).collect();
    let counts = counts(rows);
    let mut examples = Vec::new();
    for row in rows.iter().filter(|row| !row.units.is_empty()) {
        let weight = balance(300.0, counts[&(row.family(), row.kind)]);
        let mut labelling = Labelling { units: &row.units, weight, examples: &mut examples };
        match (row.kind, before) {
            (Kind::Indirect, None) => {}
            (Kind::Indirect, Some(head)) => labelling.hidden(head, &documents),
            (Kind::Direct, _) => labelling.whole(2, before),
            (Kind::Jailbreak, _) => labelling.whole(3, before),
            (Kind::Benign | Kind::HardBenign, _) => {
                labelling.whole(usize::from(row.is_request()), before);
            }
        }
    }
    let sentences = generated.sentences.iter();
    examples
        .extend(sentences.map(|(units, class)| Example::new(units, *class, GENERATED_SENTENCE)));
    examples
}

/// Labels the units and windows of a row.
struct Labelling<'a> {
    units: &'a [Unit],
    weight: f32,
    examples: &'a mut Vec<Example>,
}

impl Labelling<'_> {
    fn push(&mut self, from: usize, to: usize, class: usize, weight: f32) {
        let units = &self.units[from..to.min(self.units.len())];
        self.examples.push(Example::new(units, class, weight * self.weight));
    }

    /// What one unit of the row counts.
    fn each(&self) -> f32 {
        3.0 / (self.units.len() as f32 + 2.0)
    }

    /// All of the row is of one class, and units that do not look like it count less.
    fn whole(&mut self, class: usize, before: Option<&Head>) {
        let count = self.units.len();
        self.push(0, 40, class, 1.0);
        if count > 8 {
            for start in (0..count - 4).step_by((count / 4).max(4)) {
                self.push(start, start + 8, class, 0.4);
            }
        }
        let step = (count / UNITS).max(1);
        for (turn, place) in (0..count).step_by(step).enumerate() {
            let weight = self.each() * step as f32;
            let unlike = |head: &Head| head.shares(&self.units[place..=place])[class] < 0.2;
            let doubted = class >= 2 && before.is_some_and(unlike);
            self.push(place, place + 1, class, if doubted { 0.3 * weight } else { weight });
            if count > 1 && turn.is_multiple_of(2) {
                self.push(place.saturating_sub(1), place + 2, class, weight);
            }
        }
    }

    /// A document in which some unit is an instruction.
    fn hidden(&mut self, head: &Head, documents: &HashSet<&Unit>) {
        let count = self.units.len();
        let shares: Vec<[f32; CLASSES]> =
            self.units.iter().map(|unit| head.shares(std::slice::from_ref(unit))).collect();
        let any = |place: usize| 1.0 - shares[place][0];
        let new: Vec<usize> =
            (0..count).filter(|place| !documents.contains(&self.units[*place])).collect();
        let best = new.iter().copied().max_by(|one, other| any(*one).total_cmp(&any(*other)));
        let best = best.unwrap_or(0);
        // So few units are new that all of them are the instruction.
        let clear = !new.is_empty() && new.len() <= 6 && new.len() * 2 <= count + 1;
        let order = clear && new.len() >= 2;
        for place in (0..count).filter(|place| *place == best || clear && new.contains(place)) {
            let is_request = shares[place][1] > shares[place][2];
            if clear || any(place) > 0.2 {
                let class = if is_request && !order { 1 } else { 2 };
                self.push(place, place + 1, class, if place == best { 1.5 } else { 0.7 });
            }
        }
        if let (true, [first, .., last]) = (order, new.as_slice())
            && last - first < new.len()
        {
            self.push(*first, last + 1, 2, 1.5);
        }
        let is_document =
            |place: &usize| *place != best && !(clear && new.contains(place)) && any(*place) < 0.5;
        let weight = self.each() * 0.5;
        for place in (0..count).step_by((count / 10).max(1)).filter(is_document) {
            self.push(place, place + 1, 0, weight);
        }
    }
}
