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

/// Reads JSON that the API describes. What is wrong with it is told by its place, and never quoted.
pub(super) fn body<T: DeserializeOwned>(bytes: &Bytes) -> Result<T, Refusal> {
    serde_json::from_slice(bytes).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        let what = format!("is not what the API describes: line {line}, column {column}");
        Refusal::parameter("body", what)
    })
}

/// Checks parameters against what the API's description says of the route.
fn check(route: &Route, given: &BTreeMap<String, String>) -> Result<(), Refusal> {
    for (name, value) in given {
        let described = route.parameters().find(|parameter| parameter.name == name);
        let unknown = || Refusal::parameter("query", "has a parameter that is not known");
        let parameter = described.ok_or_else(unknown)?;
        let reason = match parameter.form {
            Form::Text(most) if value.chars().count() > most => format!("is longer than {most}"),
            Form::Choice(choices) if !value.is_empty() && !choices.contains(&value.as_str()) => {
                format!("is not one of {}", choices.join(", "))
            }
            Form::Choices(choices)
                if !value.is_empty() && !value.split(',').all(|one| choices.contains(&one)) =>
            {
                format!("is not of {}", choices.join(", "))
            }
            Form::Integer(least, most)
                if !value.is_empty()
                    && !value.parse().is_ok_and(|number| (least..=most).contains(&number)) =>
            {
                format!("is not a whole number between {least} and {most}")
            }
            _ => continue,
        };
        return Err(Refusal::parameter(parameter.name, reason));
    }
    Ok(())
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

    /// Texts between commas.
    pub(super) fn several(&mut self, name: &'static str) -> Vec<String> {
        let text = self.text(name).unwrap_or_default();
        text.split(',').filter(|one| !one.is_empty()).map(str::to_owned).collect()
    }

    /// A whole number.
    pub(super) fn number(&mut self, name: &'static str) -> Result<Option<u64>, Refusal> {
        let number = self.text(name).map(|text| text.parse());
        number.transpose().map_err(|_| Refusal::parameter(name, "is not a whole number"))
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
        events::parse_time(&value).map(Some).map_err(|reason| Refusal::parameter(name, reason))
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
