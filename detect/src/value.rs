//! The values of an event's fields, borrowed from the record where they can be.

use std::borrow::Cow;
use std::fmt::Write;

use serde_json::Value as Json;

/// A field's value. What is absent has no value: there are no empty lists.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'a> {
    /// A text.
    Text(Cow<'a, str>),
    /// A whole number.
    Whole(i64),
    /// Another number.
    Number(f64),
    /// Yes or no.
    Flag(bool),
    /// Several values, of which any may match.
    List(Vec<Value<'a>>),
}

impl<'a> Value<'a> {
    /// A borrowed text.
    pub(crate) const fn text(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }

    /// A text of its own.
    pub(crate) const fn owned(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }

    /// The value as JSON.
    pub fn to_json(&self) -> Json {
        match self {
            Self::Text(text) => Json::from(text.as_ref()),
            Self::Whole(whole) => Json::from(*whole),
            Self::Number(number) => Json::from(*number),
            Self::Flag(flag) => Json::from(*flag),
            Self::List(members) => members.iter().map(Self::to_json).collect(),
        }
    }

    /// A count; one that no `i64` holds becomes a floating-point number.
    pub(crate) fn count(count: u64) -> Self {
        i64::try_from(count).map_or(Self::Number(count as f64), Self::Whole)
    }

    /// Several values as one: none is no value, and one is itself.
    pub(crate) fn several(mut values: Vec<Self>) -> Option<Self> {
        if values.len() > 1 { Some(Self::List(values)) } else { values.pop() }
    }

    /// A JSON scalar; `None` for null and for what holds other values.
    pub(crate) fn scalar(json: &'a Json) -> Option<Self> {
        match json {
            Json::String(text) => Some(Self::text(text)),
            Json::Bool(flag) => Some(Self::Flag(*flag)),
            Json::Number(number) => Some(match (number.as_i64(), number.as_f64()) {
                (Some(whole), _) => Self::Whole(whole),
                (None, Some(number)) => Self::Number(number),
                (None, None) => return None,
            }),
            Json::Null | Json::Array(_) | Json::Object(_) => None,
        }
    }

    /// Its members: those of a list, or itself.
    pub fn members(&self) -> &[Self] {
        match self {
            Self::List(members) => members,
            one => std::slice::from_ref(one),
        }
    }

    /// As a number, where it is one or reads as one.
    pub fn as_number(&self) -> Option<f64> {
        match self {
            Self::Whole(whole) => Some(*whole as f64),
            Self::Number(number) => Some(*number),
            Self::Text(text) => text.trim().parse().ok(),
            Self::Flag(_) | Self::List(_) => None,
        }
        .filter(|number| number.is_finite())
    }

    /// As a text: how it stands in group keys, entities and reasons.
    pub fn as_text(&self) -> Cow<'_, str> {
        match self {
            Self::Text(text) => Cow::Borrowed(text),
            Self::Whole(whole) => Cow::Owned(whole.to_string()),
            Self::Number(number) => Cow::Owned(number.to_string()),
            Self::Flag(true) => Cow::Borrowed("true"),
            Self::Flag(false) => Cow::Borrowed("false"),
            Self::List(members) => {
                let mut joined = String::new();
                for (position, member) in members.iter().enumerate() {
                    let comma = if position > 0 { ", " } else { "" };
                    let _ = write!(joined, "{comma}{}", member.as_text());
                }
                Cow::Owned(joined)
            }
        }
    }
}
