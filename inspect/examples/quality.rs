//! Recall, false positives and speed on labelled rows: `quality PII.jsonl`.

use std::collections::BTreeMap;
use std::time::Instant;

use inspect::{Inspector, Policy};
use model::{Fingerprint, Keyed, Origin, TenantId};
use serde_json::Value;

struct NoKeys;

impl Keyed for NoKeys {
    fn fingerprint(&self, _: &TenantId, _: &str, _: &[u8]) -> Fingerprint {
        Fingerprint([1; 16])
    }
}

#[expect(clippy::print_stdout, reason = "an example prints its figures")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("usage: quality PII.jsonl [--missed TYPE]")?;
    let show = std::env::args().nth(3);
    let inspector = Inspector::new(&Policy::default())?;
    let mut recall: BTreeMap<String, (u32, u32)> = BTreeMap::new();
    let (mut false_positives, mut clean_characters) = (0, 0);
    for line in std::fs::read_to_string(path)?.lines() {
        let row: Value = serde_json::from_str(line)?;
        let text = row["text"].as_str().unwrap_or_default();
        let scan = inspector.scan(text, Origin::User, &NoKeys);
        let spans = row["spans"].as_array().cloned().unwrap_or_default();
        if spans.is_empty() {
            false_positives += scan.sensitive.len();
            clean_characters += text.chars().count();
            if show.as_deref() == Some("FP") {
                for found in &scan.sensitive {
                    let value: String = text
                        .chars()
                        .skip(found.start.saturating_sub(20))
                        .take(found.end - found.start + 30)
                        .collect();
                    println!("FP {} {:?}: {value}", found.kind, found.subtype);
                }
            }
        }
        for span in spans {
            let (start, end) =
                (span["start"].as_u64().unwrap_or(0), span["end"].as_u64().unwrap_or(0));
            let hit = scan
                .sensitive
                .iter()
                .any(|found| (found.start as u64) < end && (found.end as u64) > start);
            let kind = span["type"].as_str().unwrap_or_default().to_owned();
            if !hit && show.as_deref() == Some(&kind) {
                println!("{kind} {}: {text}", span["subtype"]);
            }
            let entry = recall.entry(kind).or_default();
            entry.0 += u32::from(hit);
            entry.1 += 1;
        }
    }
    for (kind, (hit, all)) in &recall {
        println!("{kind:<26} {hit:>4} of {all:>4}");
    }
    let rate = 1000.0 * false_positives as f64 / clean_characters as f64;
    println!(
        "false positives {false_positives}, {rate:.4} per 1,000 characters of rows without spans"
    );
    speed(&inspector);
    Ok(())
}

#[expect(clippy::print_stdout, reason = "an example prints its figures")]
fn speed(inspector: &Inspector) {
    let prose = "The quick brown fox jumps over the lazy dog, and then it goes home to sleep; "
        .repeat(14_000);
    let begin = Instant::now();
    let clean = inspector.is_clean(&prose);
    let rate = prose.len() as f64 / begin.elapsed().as_secs_f64() / 1e6;
    println!("clean prose {rate:.0} MB/s (clean: {clean})");
    let dense = "Please write to person-1@example.com about order 48213 and its delivery to the usual place, as agreed on in the call of last week with the team of the north. ".repeat(7_000);
    let begin = Instant::now();
    let scan = inspector.scan(&dense, Origin::User, &NoKeys);
    let rate = dense.len() as f64 / begin.elapsed().as_secs_f64() / 1e6;
    println!("one finding in 160 characters {rate:.0} MB/s ({} findings)", scan.sensitive.len());
}
