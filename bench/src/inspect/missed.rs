//! Shows what was missed, and what was found where nothing is: to the terminal only, since rows
//! are not ours to keep.

use super::group::{Group, family};
use super::rows::{Row, Span};
use crate::say;

/// Prints the misses of a type, a family or a group, or with `FP` the false positives (`FP:TYPE`
/// those of one family), or with `LEAK:TYPE` the labels that are found in part.
pub(crate) fn show(wanted: &str, rows: &[Row], found: &[Vec<Span>]) {
    for (row, found) in rows.iter().zip(found) {
        if let Some(kind) = wanted.strip_prefix("FP") {
            show_false(kind.trim_start_matches(':'), row, found);
        } else if let Some(kind) = wanted.strip_prefix("LEAK:") {
            show_leaked(kind, row, found);
        } else {
            show_missed(wanted, row, found);
        }
    }
}

fn show_false(kind: &str, row: &Row, found: &[Span]) {
    let wanted = |finding: &&Span| kind.is_empty() || is(kind, &finding.kind);
    for finding in found.iter().filter(wanted) {
        let labelled = row.spans.iter().any(|span| span.overlaps(finding));
        if !labelled {
            let place = if row.spans.is_empty() { "clean row" } else { "labelled row" };
            let subtype = finding.subtype.as_deref().unwrap_or_default();
            let kind = &finding.kind;
            say(&format!("FP {kind} {subtype} ({place}) {}", shown(&row.text, finding)));
        }
    }
}

fn show_missed(wanted: &str, row: &Row, found: &[Span]) {
    for span in row.spans.iter().filter(|span| is(wanted, &span.kind)) {
        if !found.iter().any(|finding| finding.overlaps(span)) {
            let subtype = span.subtype.as_deref().unwrap_or_default();
            say(&format!("missed {} {subtype} {}", span.kind, shown(&row.text, span)));
        }
    }
}

fn show_leaked(wanted: &str, row: &Row, found: &[Span]) {
    for span in row.spans.iter().filter(|span| is(wanted, &span.kind)) {
        let over = |place: &usize| found.iter().any(|f| f.start <= *place && *place < f.end);
        let leaked = (span.start..span.end).filter(|place| !over(place)).count();
        if leaked > 0 && leaked < span.end - span.start {
            say(&format!("leaked {leaked} of {} {}", span.kind, shown(&row.text, span)));
        }
    }
}

fn is(wanted: &str, kind: &str) -> bool {
    wanted == "ALL"
        || wanted == kind
        || wanted == family(kind)
        || wanted.eq_ignore_ascii_case(&format!("{:?}", Group::of(kind)))
}

/// The value in brackets, with what stands around it.
fn shown(text: &str, span: &Span) -> String {
    let part = |from: usize, to: usize| -> String {
        text.chars().skip(from).take(to.saturating_sub(from)).collect()
    };
    let before = part(span.start.saturating_sub(60), span.start);
    let after = part(span.end, span.end + 60);
    let line = format!("{before}⟦{}⟧{after}", part(span.start, span.end));
    line.replace('\n', "⏎")
}
