//! Windows are those of a model that keeps everything and looks at every window anew.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::Correlation;
use super::window::{Entry, Window};
use crate::sigma::{Parsed, parse};

const SECOND: i64 = 1_000_000_000;
const SPAN: i64 = 600 * SECOND;

fn correlation(kind: &str, condition: &str) -> Correlation {
    let text = format!(
        "title: C\nid: c\ncorrelation:\n  type: {kind}\n  rules: [a, b, c]\n  timespan: 10m\n  condition: {condition}\n"
    );
    let (parsed, errors) = parse(&text);
    assert_eq!(errors, Vec::<String>::new());
    let [Parsed::Correlation(rule)] = parsed.as_slice() else { panic!("no correlation") };
    let mut correlation = Correlation::new(rule, !condition.is_empty()).unwrap();
    correlation.bases = vec![0, 1, 2];
    correlation
}

/// An entry of the model: time, base, value.
type Seen = (i64, usize, u8);

/// Whether `holds` of any window that the last entry is in, entries in the order of time.
fn naive(seen: &[Seen], holds: &dyn Fn(&[Seen]) -> bool) -> bool {
    let (time, ..) = *seen.last().unwrap();
    let ends = seen.iter().map(|(end, ..)| *end).filter(|end| (time..=time + SPAN).contains(end));
    ends.into_iter().any(|end| {
        let inside = |entry: &&Seen| (end - SPAN..=end).contains(&entry.0);
        let mut window: Vec<Seen> = seen.iter().filter(inside).copied().collect();
        window.sort_by_key(|(time, ..)| *time);
        holds(&window)
    })
}

/// Entries as they arrive: in order, but for some that are late by two to four minutes.
fn arriving() -> impl Strategy<Value = Vec<Seen>> {
    prop::collection::vec((0_i64..120, 0_i64..240, 0_usize..3, 0_u8..6), 1..100).prop_map(|steps| {
        let mut now = 0;
        let mut arriving: Vec<(i64, Seen)> = Vec::new();
        for (step, late, base, value) in steps {
            now += step;
            let delay = if late > 120 { late } else { 0 };
            arriving.push((now + delay, (now * SECOND, base, value)));
        }
        arriving.sort_by_key(|(arrival, _)| *arrival);
        arriving.into_iter().map(|(_, seen)| seen).collect()
    })
}

/// Compares the window with the model after each entry.
fn compare(
    correlation: &Correlation,
    seen: &[Seen],
    value: impl Fn(u8) -> u64,
    holds: &dyn Fn(&[Seen]) -> bool,
) -> Result<(), TestCaseError> {
    let mut window = Window::default();
    for (at, (time, base, counted)) in seen.iter().enumerate() {
        let entry = Entry {
            time: *time,
            ordinal: at as u64,
            index: at as u64,
            said: if correlation.is_temporal() { 1 << base } else { value(*counted) },
            evidence: None,
        };
        let fired = window.add(correlation, entry);
        prop_assert_eq!(fired.is_some(), naive(&seen[..=at], holds), "entry {}", at);
        if let Some(fired) = fired {
            prop_assert!(fired.last - fired.first <= SPAN);
            prop_assert!(fired.evidence.contains(&(at as u64)) || fired.evidence.len() == 100);
        }
    }
    Ok(())
}

fn is_ordered(window: &[Seen]) -> bool {
    let mut next = 0;
    for (_, base, _) in window {
        if *base == next {
            next += 1;
        }
    }
    next >= 3
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn events(seen in arriving(), count in 2_usize..8) {
        let correlation = correlation("event_count", &format!("{{gte: {count}}}"));
        compare(&correlation, &seen, u64::from, &|window| window.len() >= count)?;
    }

    #[test]
    fn values(seen in arriving(), count in 2_usize..6) {
        let correlation = correlation("value_count", &format!("{{field: x, gt: {count}}}"));
        let different = |window: &[Seen]| window.iter().map(|(.., value)| value).collect::<BTreeSet<_>>().len();
        compare(&correlation, &seen, u64::from, &|window| different(window) > count)?;
    }

    #[test]
    fn sums(seen in arriving(), least in 2_u64..20) {
        let correlation = correlation("value_sum", &format!("{{field: x, gte: {least}}}"));
        let sum = |window: &[Seen]| window.iter().map(|(.., value)| u64::from(*value)).sum::<u64>();
        compare(&correlation, &seen, |value| f64::from(value).to_bits(), &|window| sum(window) >= least)?;
    }

    #[test]
    fn averages_and_percentiles(seen in arriving(), least in 1_u64..5) {
        let bits = |value: u8| f64::from(value).to_bits();
        let average = correlation("value_avg", &format!("{{field: x, gte: {least}}}"));
        let of = |window: &[Seen]| {
            window.iter().map(|(.., value)| f64::from(*value)).sum::<f64>() / window.len() as f64
        };
        compare(&average, &seen, bits, &|window| of(window) >= least as f64)?;
        let highest = correlation("value_percentile", &format!("{{field: x, gte: {least}, percentile: 100}}"));
        let largest = |window: &[Seen]| window.iter().map(|(.., value)| *value).max().unwrap();
        compare(&highest, &seen, bits, &|window| u64::from(largest(window)) >= least)?;
    }

    #[test]
    fn together_and_in_order(seen in arriving()) {
        let together = correlation("temporal", "a and b and c");
        let bases = |window: &[Seen]| window.iter().map(|(_, base, _)| base).collect::<BTreeSet<_>>().len();
        compare(&together, &seen, u64::from, &|window| bases(window) == 3)?;
        let ordered = correlation("temporal_ordered", "a and b and c");
        compare(&ordered, &seen, u64::from, &is_ordered)?;
    }
}
