//! Writes scores as Markdown tables, programs side by side.
//!
//! It computes nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::group::{Group, family};
use super::score::{Labels, Score};

/// A program's name and its score.
pub(crate) type Named = (&'static str, Score);

/// Both tables and the false positives of one set of rows.
pub(crate) fn tables(title: &str, programs: &[Named]) -> String {
    let mut text = format!("\n### {title}\n\n");
    let is_labelled = programs.iter().any(|(_, score)| !score.kinds.is_empty());
    if is_labelled {
        groups(&mut text, programs);
    }
    false_positives(&mut text, programs);
    if is_labelled {
        kinds(&mut text, programs);
        negatives(&mut text, programs);
    }
    text
}

/// A program that finds nothing of a group does not seek it, and has no line there.
fn groups(text: &mut String, programs: &[Named]) {
    text.push_str("| group | program | labels | recall | right type | exact | precision | F2 | leaked characters |\n|---|---|---|---|---|---|---|---|---|\n");
    for group in Group::ALL {
        for (name, score) in programs {
            let found = score.found.get(&group).copied().unwrap_or_default();
            let labels = score.groups.get(&group).copied().unwrap_or_default();
            if labels.all == 0 || found.all == 0 {
                continue;
            }
            let _ = writeln!(
                text,
                "| {} | {name} | {} | {} | {} | {} | {} | {} | {} |",
                group.title(),
                labels.all,
                share(labels.hit, labels.all),
                share(labels.typed, labels.all),
                share(labels.exact, labels.all),
                three(found.precision()),
                three(score.f2(group)),
                percent(labels.leaked_rate()),
            );
        }
    }
    for (name, score) in programs {
        let all = score.sought();
        let _ = writeln!(
            text,
            "| all that is sought | {name} | {} | {} | {} | {} | | | {} |",
            all.all,
            share(all.hit, all.all),
            share(all.typed, all.all),
            share(all.exact, all.all),
            percent(all.leaked_rate()),
        );
    }
}

fn false_positives(text: &mut String, programs: &[Named]) {
    text.push_str("\n| false positives on rows without labels | characters | all | identifiers and secrets | names | addresses and dates | per 1,000, all | per 1,000, identifiers and secrets | of them, denied by their row | per 1,000 |\n|---|---|---|---|---|---|---|---|---|---|\n");
    let strict = [Group::Identifiers, Group::Secrets];
    for (name, score) in programs {
        let _ = writeln!(
            text,
            "| {name} | {} | {} | {} | {} | {} | {} | {} | {} | {} |",
            score.clean_characters,
            score.false_count(&Group::ALL),
            score.false_count(&strict),
            score.false_count(&[Group::Names]),
            score.false_count(&[Group::AddressesAndDates]),
            three(score.rate(score.false_count(&Group::ALL))),
            three(score.rate(score.false_count(&strict))),
            score.denied_count(&strict),
            three(score.rate(score.denied_count(&strict))),
        );
    }
}

fn kinds(text: &mut String, programs: &[Named]) {
    let names: BTreeSet<(Group, &String)> = programs
        .iter()
        .flat_map(|(_, score)| score.kinds.keys())
        .map(|kind| (Group::of(kind), kind))
        .collect();
    text.push_str("\n| type | labels |");
    for (place, (name, _)) in programs.iter().enumerate() {
        let _ = write!(text, " {name}: recall |");
        text.push_str(if place == 0 { " exact | leaked | precision of the family |" } else { "" });
    }
    text.push_str("\n|---|---|---|---|---|");
    text.push_str(&"---|".repeat(programs.len()));
    text.push('\n');
    for (_, kind) in names {
        let labels = |score: &Score| score.kinds.get(kind).copied().unwrap_or_default();
        let all = programs.first().map_or(0, |(_, score)| labels(score).all);
        let _ = write!(text, "| {kind} | {all} |");
        for (place, (_, score)) in programs.iter().enumerate() {
            let found = labels(score);
            let _ = write!(text, " {} |", share(found.hit, found.all));
            if place == 0 {
                more_cells(text, found, score, kind);
            }
        }
        text.push('\n');
    }
}

/// What only our own columns show.
fn more_cells(text: &mut String, labels: Labels, score: &Score, kind: &str) {
    let found = score.families.get(family(kind)).copied().unwrap_or_default();
    let precision = if found.all == 0 { "–".to_owned() } else { share(found.right, found.all) };
    let _ = write!(
        text,
        " {} | {} | {precision} |",
        share(labels.exact, labels.all),
        percent(labels.leaked_rate()),
    );
}

fn negatives(text: &mut String, programs: &[Named]) {
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for (kind, negatives) in programs.iter().flat_map(|(_, score)| &score.negatives) {
        kinds.insert(kind, negatives.rows);
    }
    text.push_str(
        "\nRows that look like a type and are not (`negative_for`), where something was found:",
    );
    for (name, score) in programs {
        let rows: usize = score.negatives.values().map(|negatives| negatives.rows).sum();
        let found: usize = score.negatives.values().map(|negatives| negatives.found).sum();
        let _ = write!(text, " {name} {found} of {rows}");
        let worst: Vec<String> = kinds
            .keys()
            .filter_map(|kind| Some((kind, score.negatives.get(*kind)?)))
            .filter(|(_, negatives)| negatives.found > 0)
            .map(|(kind, negatives)| format!("{kind} {}/{}", negatives.found, negatives.rows))
            .collect();
        let _ = write!(text, " ({});", worst.join(", "));
    }
    text.push('\n');
}

fn share(part: usize, whole: usize) -> String {
    if whole == 0 { "–".to_owned() } else { three(part as f64 / whole as f64) }
}

fn three(value: f64) -> String {
    format!("{value:.3}")
}

fn percent(value: f64) -> String {
    format!("{:.1} %", 100.0 * value)
}
