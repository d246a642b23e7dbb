//! The sentence of an alert, with fields to fill in.

use std::borrow::Cow;

/// The longest value that is filled in, characters.
const LONGEST: usize = 120;

/// A sentence with `{field}` in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Field(String),
}

impl Template {
    /// Reads a sentence. A brace that none closes is text.
    pub(crate) fn parse(text: &str) -> Self {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let Some((name, following)) = after.split_once('}') else { break };
            parts.push(Part::Text(before.to_owned()));
            parts.push(Part::Field(name.trim().to_owned()));
            rest = following;
        }
        parts.push(Part::Text(rest.to_owned()));
        Self(parts)
    }

    /// Whether a name is one that templates have beside the fields of events: what a correlation
    /// counted, and over how long.
    pub(crate) fn is_own(name: &str) -> bool {
        matches!(name, "count" | "timespan")
    }

    /// The fields that it names.
    pub(crate) fn fields(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|part| match part {
            Part::Field(name) => Some(name.as_str()),
            Part::Text(_) => None,
        })
    }

    /// The sentence with what `value` knows. What it does not know is `unknown`.
    pub(crate) fn fill<'v>(&self, value: &dyn Fn(&str) -> Option<Cow<'v, str>>) -> String {
        let mut sentence = String::new();
        for part in &self.0 {
            match part {
                Part::Text(text) => sentence.push_str(text),
                Part::Field(name) => match value(name) {
                    Some(value) => sentence.push_str(&shown(&value)),
                    None => sentence.push_str("unknown"),
                },
            }
        }
        sentence
    }
}

/// A value in a sentence: short, on one line.
pub(crate) fn shown(value: &str) -> String {
    let plain = value.chars().map(|char| if char.is_control() { ' ' } else { char });
    let mut shown: String = plain.take(LONGEST).collect();
    if shown.len() < value.len() && value.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::Template;

    #[test]
    fn fields_are_filled_in() {
        let template = Template::parse("{user.id} used {tool} {twice");
        assert_eq!(template.fields().collect::<Vec<_>>(), ["user.id", "tool"]);
        let filled = template.fill(&|name| (name == "user.id").then(|| "ada\n".into()));
        assert_eq!(filled, "ada  used unknown {twice");
    }
}
