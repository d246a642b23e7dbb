//! The parameters of a URL, read strictly: one that is not known or not understood is an error,
//! since a filter that is ignored shows too much.
//!
//! Errors name a parameter, and never its value.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::extract::{FromRequestParts, Query};
use http::request::Parts;
use model::{Kind, Timestamp};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde::de::value::{Error, StrDeserializer};
use serde_json::Value;
use store::Span;

use super::route::{Form, Route};
use super::time::Iso;
use crate::events;
use crate::refusal::Refusal;

/// The latest time that can be said as a number, in milliseconds since the epoch.
pub(super) const LATEST: f64 = 9e12;

/// Reads JSON that the API describes. What is wrong with it is told by its place, and never quoted.
pub(super) fn body<T: DeserializeOwned>(bytes: &Bytes) -> Result<T, Refusal> {
    serde_json::from_slice(bytes).or_else(|error| {
        // To JSON Schema 2.0 is a whole number.
        let whole = serde_json::from_slice(bytes).map(with_whole_numbers);
        whole.and_then(serde_json::from_value).map_err(|_| {
            let (line, column) = (error.line(), error.column());
            let what = format!("is not what the API describes: line {line}, column {column}");
            Refusal::parameter("body", what)
        })
    })
}

/// The value with every number that has no fraction written without one.
fn with_whole_numbers(value: Value) -> Value {
    /// Beyond it a double does not hold every whole number.
    const LARGEST: f64 = 9_007_199_254_740_992.0;
    match value {
        Value::Array(items) => items.into_iter().map(with_whole_numbers).collect(),
        Value::Object(members) => {
            members.into_iter().map(|(name, value)| (name, with_whole_numbers(value))).collect()
        }
        Value::Number(number) => match number.as_f64() {
            #[expect(clippy::cast_possible_truncation, reason = "it is whole and within bounds")]
            Some(float) if float.fract() == 0.0 && float.abs() < LARGEST => (float as i64).into(),
            _ => number.into(),
        },
        other => other,
    }
}

/// Checks parameters against what the API's description says of the route.
fn check(route: &Route, given: &BTreeMap<String, String>) -> Result<(), Refusal> {
    for (name, value) in given {
        let described = route.parameters().find(|parameter| parameter.name == name);
        let unknown = || Refusal::parameter("query", "has a parameter that is not known");
        let parameter = described.ok_or_else(unknown)?;
        if let Some(reason) = mismatch(parameter.form, value) {
            return Err(Refusal::parameter(parameter.name, reason));
        }
    }
    let missing = route
        .parameters()
        .find(|parameter| parameter.is_required && !given.contains_key(parameter.name));
    missing.map_or(Ok(()), |parameter| Err(Refusal::parameter(parameter.name, "is missing")))
}

/// Why a text does not have a form; `None` when it has.
fn mismatch(form: Form, value: &str) -> Option<String> {
    let is_number = |least: u64, most: u64| {
        let is_plain = value.bytes().all(|byte| byte.is_ascii_digit());
        is_plain && value.parse().is_ok_and(|number| (least..=most).contains(&number))
    };
    match form {
        Form::Text(most) => {
            (value.chars().count() > most).then(|| format!("is longer than {most}"))
        }
        Form::Words(most) => match mismatch(Form::Text(most), value) {
            None if !value.contains(store::is_letter_or_number) => {
                Some("has no word in it".to_owned())
            }
            reason => reason,
        },
        Form::Choice(choices) => {
            (!choices.contains(&value)).then(|| format!("is not one of {}", choices.join(", ")))
        }
        Form::Choices(choices) => {
            let is_known = value.split(',').all(|one| choices.contains(&one));
            (!is_known).then(|| format!("is not of {}", choices.join(", ")))
        }
        Form::Integer(least, most) => (!is_number(least, most))
            .then(|| format!("is not a whole number between {least} and {most}")),
        Form::Flag => {
            (!matches!(value, "true" | "false")).then(|| "is neither true nor false".to_owned())
        }
        Form::Time => {
            let is_number = value.parse().is_ok_and(|number: f64| (0.0..=LATEST).contains(&number));
            (!is_number && Iso::parse(value).is_none()).then(|| {
                "is not a time: RFC 3339 with a zone, or seconds or milliseconds since the epoch"
                    .to_owned()
            })
        }
        // Patterns are of paths, and what is not there is not found.
        Form::Pattern(_) => None,
    }
}

/// Parameters that have not been taken yet.
pub(super) struct Parameters {
    given: BTreeMap<String, String>,
    /// The names of those that were taken.
    taken: Vec<&'static str>,
}

impl<S: Send + Sync> FromRequestParts<S> for Parameters {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let Query(pairs) = Query::<Vec<(String, String)>>::from_request_parts(parts, state)
            .await
            .map_err(|_| Refusal::parameter("query", "cannot be read"))?;
        let count = pairs.len();
        let given: BTreeMap<_, _> = pairs.into_iter().collect();
        if given.len() < count {
            return Err(Refusal::parameter("query", "has a parameter twice"));
        }
        if let Some(route) = parts.extensions.get::<&'static Route>() {
            check(route, &given)?;
        }
        Ok(Self { given, taken: Vec::new() })
    }
}

impl Parameters {
    /// A text. An empty one counts as left out.
    pub(super) fn text(&mut self, name: &'static str) -> Option<String> {
        let value = self.given.remove(name).filter(|value| !value.is_empty())?;
        self.taken.push(name);
        Some(value)
    }

    /// Whether it was given, and not taken yet.
    pub(super) fn has(&self, name: &str) -> bool {
        self.given.contains_key(name)
    }

    /// Whether it was given with several values.
    pub(super) fn has_several(&self, name: &str) -> bool {
        self.given.get(name).is_some_and(|value| split(value).len() > 1)
    }

    /// Texts between commas.
    pub(super) fn several(&mut self, name: &'static str) -> Vec<String> {
        split(&self.text(name).unwrap_or_default())
    }

    /// A whole number.
    pub(super) fn number(&mut self, name: &'static str) -> Result<Option<u64>, Refusal> {
        let number = self.text(name).map(|text| text.parse());
        number.transpose().map_err(|_| Refusal::parameter(name, "is not a whole number"))
    }

    /// Hundredths of a score.
    pub(super) fn hundredths(&mut self, name: &'static str) -> Result<Option<u8>, Refusal> {
        let number = self.text(name).map(|text| text.parse());
        number.transpose().map_err(|_| Refusal::parameter(name, "is not a number of hundredths"))
    }

    /// `true` or `false`; the latter where it is not said.
    pub(super) fn flag(&mut self, name: &'static str) -> Result<bool, Refusal> {
        let flag = self.text(name).map(|text| text.parse()).transpose();
        let flag = flag.map_err(|_| Refusal::parameter(name, "is neither true nor false"))?;
        Ok(flag.unwrap_or(false))
    }

    /// How many rows are wanted: `default` where it is not said, and never more than `most`.
    pub(super) fn limit(&mut self, default: usize, most: usize) -> Result<usize, Refusal> {
        let Some(limit) = self.number("limit")? else {
            return Ok(default);
        };
        match usize::try_from(limit) {
            Ok(limit) if (1..=most).contains(&limit) => Ok(limit),
            _ => Err(Refusal::parameter("limit", format!("is not between 1 and {most}"))),
        }
    }

    /// A kind of record.
    pub(super) fn kind(&mut self) -> Result<Option<Kind>, Refusal> {
        let kind =
            self.text("kind").map(|name| Kind::deserialize(StrDeserializer::<Error>::new(&name)));
        kind.transpose().map_err(|_| Refusal::parameter("kind", "is not a kind of record"))
    }

    /// `from` and `to`, which are called `since` and `until` too.
    pub(super) fn span(&mut self) -> Result<Span, Refusal> {
        let (from, to) = (self.time("from")?, self.time("to")?);
        let (since, until) = (self.time("since")?, self.time("until")?);
        Ok(Span { since: from.or(since), until: to.or(until) })
    }

    /// A time: RFC 3339, or seconds or milliseconds since the epoch.
    pub(super) fn time(&mut self, name: &'static str) -> Result<Option<Timestamp>, Refusal> {
        let Some(text) = self.text(name) else {
            return Ok(None);
        };
        if let Some(Iso(time)) = Iso::parse(&text) {
            return Ok(Some(time));
        }
        let value = text.parse().map_or(Value::String(text), Value::Number);
        match events::parse_time(&value) {
            Ok(time) => Ok(Some(time)),
            // Beyond what nanoseconds in 64 bits can say: their end, as with RFC 3339.
            Err(_) if value.is_number() => Ok(Some(Timestamp(i64::MAX))),
            Err(reason) => Err(Refusal::parameter(name, reason)),
        }
    }

    /// The names of what was taken, when nothing is left.
    pub(super) fn finish(self) -> Result<Vec<&'static str>, Refusal> {
        if self.given.is_empty() {
            Ok(self.taken)
        } else {
            Err(Refusal::parameter("query", "has a parameter that is not known"))
        }
    }
}

/// The texts between commas. A comma after a backslash belongs to the text, and so does the second of
/// two backslashes.
fn split(text: &str) -> Vec<String> {
    let (mut all, mut one) = (Vec::new(), String::new());
    let mut signs = text.chars().peekable();
    while let Some(sign) = signs.next() {
        match sign {
            ',' => all.push(std::mem::take(&mut one)),
            '\\' => one.push(signs.next_if(|next| matches!(next, ',' | '\\')).unwrap_or(sign)),
            _ => one.push(sign),
        }
    }
    all.push(one);
    all.retain(|one| !one.is_empty());
    all
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_value_has_the_form_that_is_described() {
        let (choice, choices) = (Form::Choice(&["a", "b"]), Form::Choices(&["a", "b"]));
        for (form, right, wrong) in [
            (Form::Words(9), &["a", " 7", "\u{4f60}"][..], &["", " ,", "0123456789"][..]),
            (Form::Text(2), &["", "a", "\u{e9}\u{e9}"], &["abc"]),
            (choice, &["a"], &["", "c", "a,b"]),
            (choices, &["a", "b,a"], &["", "a,", "c"]),
            (Form::Integer(1, 9), &["1", "09"], &["", "0", "10", "+1", "1.0", "-1"]),
            (Form::Flag, &["true", "false"], &["", "True", "1"]),
            (
                Form::Time,
                &["2026-01-01T00:00:00Z", "1767225600", "0.5"],
                &["", "-1", "1e13", "nan", "inf", "today", "2026-01-01"],
            ),
        ] {
            assert!(right.iter().all(|value| mismatch(form, value).is_none()), "{right:?}");
            assert!(wrong.iter().all(|value| mismatch(form, value).is_some()), "{wrong:?}");
        }
    }

    #[test]
    fn a_comma_separates_unless_it_is_escaped() {
        for (text, expected) in [
            ("", &[][..]),
            ("a", &["a"]),
            ("a,b,,c,", &["a", "b", "c"]),
            (r"a\,b,c", &["a,b", "c"]),
            (r"a\\,b", &[r"a\", "b"]),
            (r"a\b\", &[r"a\b\"]),
        ] {
            assert_eq!(split(text), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_escaped_comes_back(texts in prop::collection::vec(".{1,20}", 0..5)) {
            let escaped = |text: &String| text.replace('\\', "\\\\").replace(',', "\\,");
            let joined: Vec<String> = texts.iter().map(escaped).collect();
            prop_assert_eq!(split(&joined.join(",")), texts);
        }
    }
}
