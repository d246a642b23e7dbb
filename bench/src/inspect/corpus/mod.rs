//! Texts made for measuring: sixteen languages, chat, mail, code, logs, JSON and forms, and texts
//! that look sensitive and are not. The same in every run.
//!
//! ```text
//! text/*.txt (lists, templates) → slots → values with right check digits → rows with labels
//! ```
//!
//! Every value is made up: no person, number or key of it exists but by chance.

mod account;
mod check;
mod language;
mod national;
mod secret;
mod value;

use language::Language;
use national::{NUMBERS, Number};
use value::Value;

use super::rows::{Row, Span};
use crate::random::Random;

/// How often each template is filled.
const ROUNDS: usize = 8;
const SEED: u64 = 0x0005_1157;

/// The corpus.
pub(crate) fn rows() -> Vec<Row> {
    let mut random = Random::new(SEED);
    let languages = language::all();
    let mut rows = Vec::new();
    for _ in 0..ROUNDS {
        for language in &languages {
            for template in language.templates.iter().chain(&language.clean) {
                rows.push(filled(template, language, &languages, &mut random));
            }
        }
        for template in language::parts(include_str!("text/technical.txt")) {
            let language = &languages[random.below(languages.len())];
            rows.push(filled(template, language, &languages, &mut random));
        }
        for line in include_str!("text/negative.txt").lines() {
            if let Some((kind, template)) = line.split_once('|') {
                let row = filled(template, &languages[0], &languages, &mut random);
                rows.push(Row { negative_for: Some(kind.to_owned()), ..row });
            }
        }
    }
    for number in (0..ROUNDS).flat_map(|_| &NUMBERS) {
        rows.push(labelled(number, &mut random));
    }
    for (number, row) in rows.iter_mut().enumerate() {
        row.id = format!("made-{number:05}");
    }
    rows
}

/// A number behind its label, in a line of a form, an export or a message.
fn labelled(number: &Number, random: &mut Random) -> Row {
    let label = number.label;
    let before = match random.below(4) {
        0 => format!("{label}: "),
        1 => format!("row {}; {label} ", random.below(100)),
        2 => format!("{{\"{label}\": \""),
        _ => format!("Re: {label}\n\n{label} = "),
    };
    let mut row = empty(&before);
    let value = Value::of(number.kind, (number.make)(random));
    push(&mut row, Some(value));
    row.text.push_str(if before.starts_with('{') { "\"}" } else { "\n" });
    row
}

fn empty(text: &str) -> Row {
    Row { id: String::new(), text: text.to_owned(), spans: Vec::new(), negative_for: None }
}

/// A template with every slot filled. A slot may name the language of its value: `‹en:person›`.
fn filled(template: &str, own: &Language, all: &[Language], random: &mut Random) -> Row {
    let mut parts = template.split('‹');
    let mut row = empty(parts.next().unwrap_or_default());
    for part in parts {
        let (slot, rest) = part.split_once('›').unwrap_or((part, ""));
        let named = slot.split_once(':').and_then(|(code, slot)| {
            Some((all.iter().find(|language| language.code == code)?, slot))
        });
        let (language, slot) = named.unwrap_or((own, slot));
        push(&mut row, value::fill(slot, language, random));
        row.text.push_str(rest);
    }
    row
}

fn push(row: &mut Row, value: Option<Value>) {
    let Some(value) = value else { return };
    row.text.push_str(&value.before);
    let start = row.text.chars().count();
    row.text.push_str(&value.text);
    if let Some(kind) = value.kind {
        row.spans.push(Span {
            kind: kind.to_owned(),
            start,
            end: row.text.chars().count(),
            subtype: value.subtype.map(str::to_owned),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_slot_is_filled_and_every_run_is_the_same() {
        let rows = rows();
        assert!(rows.len() > 1500, "{}", rows.len());
        let left = rows.iter().find(|row| row.text.contains(['‹', '›']));
        assert!(left.is_none(), "{left:?}");
        let again = super::rows();
        assert!(rows.iter().zip(&again).all(|(one, other)| one.text == other.text));
        let empty = rows.iter().flat_map(|row| &row.spans).find(|span| span.start >= span.end);
        assert!(empty.is_none(), "{empty:?}");
    }

    #[test]
    fn known_numbers_have_their_check_digits() {
        assert_eq!(check::luhn("411111111111111"), 1);
        assert_eq!(check::verhoeff("236"), 3);
        assert_eq!(check::mod_11_10("8609574271"), 9);
        assert_eq!(check::remainder("3214282912345698765432161182", 97), 1);
    }
}
