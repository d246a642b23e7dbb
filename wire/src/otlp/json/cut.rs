//! Cuts a JSON object or list into its members without parsing them, so that how deep one of them
//! nests, and whether its numbers and strings make sense, is nobody else's concern.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::scalar::camel_case;

/// A member of an object, not parsed.
pub(crate) type Member<'a> = (String, &'a RawValue);

/// An object of the request: the items of its one list, and its other members.
#[derive(Default)]
pub(crate) struct Cut<'a> {
    /// Whether the list is there.
    pub(crate) listed: bool,
    /// The items of the list.
    pub(crate) items: Vec<&'a RawValue>,
    /// The other members, names in camelCase.
    pub(crate) others: Vec<Member<'a>>,
}

/// Cuts an object whose list is called `list`. `null` is an object without members.
pub(crate) fn cut<'a>(text: &'a str, list: &'static str) -> serde_json::Result<Cut<'a>> {
    let mut json = serde_json::Deserializer::from_str(text);
    let cut = json.deserialize_any(Members { list, lifetime: PhantomData })?;
    json.end()?;
    Ok(cut)
}

/// What is wrong, without quoting the input as serde_json's own message may.
pub(crate) fn reason(error: &serde_json::Error) -> &'static str {
    use serde_json::error::Category;
    let text = error.to_string();
    let known = [
        ("expected an object", "not an object"),
        ("expected a list", "not a list"),
        ("recursion limit", "nests deeper than 128 levels"),
        ("number out of range", "number out of range"),
        ("surrogate", "string holds half of a character"),
        ("control character", "string holds a raw control character"),
        ("trailing characters", "something follows the JSON value"),
    ];
    let known = known.iter().find(|(sign, _)| text.starts_with(sign) || text.contains(sign));
    match (known, error.classify()) {
        (Some((_, reason)), _) => reason,
        (None, Category::Eof) => "ends too early",
        (None, _) => "not JSON",
    }
}

struct Members<'a> {
    list: &'static str,
    lifetime: PhantomData<&'a ()>,
}

impl<'de> Visitor<'de> for Members<'de> {
    type Value = Cut<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut cut = Cut::default();
        while let Some(name) = map.next_key::<String>()? {
            let name = camel_case(name);
            if name == self.list {
                cut.listed = true;
                cut.items.append(&mut map.next_value::<List<'_>>()?.0);
            } else {
                cut.others.push((name, map.next_value()?));
            }
        }
        Ok(cut)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Cut::default())
    }
}

/// The items of a list; `null` has none.
struct List<'a>(Vec<&'a RawValue>);

impl<'de> Deserialize<'de> for List<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Items(PhantomData))
    }
}

struct Items<'a>(PhantomData<&'a ()>);

impl<'de> Visitor<'de> for Items<'de> {
    type Value = List<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(List(items))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(List(Vec::new()))
    }
}
