//! Sentences from templates: attacks, requests and parts of documents, in fourteen languages.
//!
//! A line of a template is a sentence; `{a|b}` is one of its parts. `@name` begins a section.

use std::collections::BTreeMap;

use crate::random::Random;

/// The templates, English first.
const LANGUAGES: [&str; 14] = [
    include_str!("templates/en.txt"),
    include_str!("templates/ar.txt"),
    include_str!("templates/de.txt"),
    include_str!("templates/es.txt"),
    include_str!("templates/fr.txt"),
    include_str!("templates/it.txt"),
    include_str!("templates/ja.txt"),
    include_str!("templates/ko.txt"),
    include_str!("templates/nl.txt"),
    include_str!("templates/pl.txt"),
    include_str!("templates/pt.txt"),
    include_str!("templates/ru.txt"),
    include_str!("templates/tr.txt"),
    include_str!("templates/zh.txt"),
];

/// What a sentence is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    /// Leave the task.
    Override,
    /// Tell the instructions.
    Extract,
    /// Be somebody without rules.
    Jailbreak,
    /// Write the answer in another way, or do something with tools.
    Reply,
    /// A small task; harmless by itself.
    Task,
    /// An ordinary request.
    Prompt,
    /// A sentence with the words of attacks that is none.
    Hard,
    /// A sentence of a document.
    Document,
}

const SECTIONS: [(&str, Part); 8] = [
    ("override", Part::Override),
    ("extract", Part::Extract),
    ("jail", Part::Jailbreak),
    ("reply", Part::Reply),
    ("task", Part::Task),
    ("prompt", Part::Prompt),
    ("hard", Part::Hard),
    ("doc", Part::Document),
];

/// The sentences of one language.
pub(super) struct Grammar(BTreeMap<Part, Vec<&'static str>>);

impl Grammar {
    /// Those of every language, English first.
    pub(super) fn all() -> Vec<Self> {
        LANGUAGES.iter().map(|text| Self::new(text)).collect()
    }

    fn new(text: &'static str) -> Self {
        let mut parts: BTreeMap<Part, Vec<&'static str>> = BTreeMap::new();
        let mut part = Part::Document;
        for line in text.lines().filter(|line| !line.is_empty()) {
            let section = line.strip_prefix('@');
            match SECTIONS.iter().find(|(name, _)| Some(*name) == section) {
                Some((_, begun)) => part = *begun,
                None => parts.entry(part).or_default().push(line),
            }
        }
        Self(parts)
    }

    /// A sentence. Where a language has none of this part, one of a document.
    pub(super) fn say(&self, part: Part, random: &mut Random) -> String {
        let lines = self.0.get(&part).or_else(|| self.0.get(&Part::Document));
        lines.map_or_else(String::new, |lines| expand(random.pick(lines), random))
    }

    /// Several sentences.
    pub(super) fn say_some(&self, part: Part, count: usize, random: &mut Random) -> String {
        let sentences: Vec<String> = (0..count).map(|_| self.say(part, random)).collect();
        sentences.join(if random.below(10) < 3 { "\n" } else { " " })
    }
}

/// Chooses one of each `{a|b}`.
fn expand(line: &str, random: &mut Random) -> String {
    let mut expanded = String::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once('{') {
        expanded.push_str(before);
        let Some((choices, behind)) = after.split_once('}') else { break };
        let choices: Vec<&str> = choices.split('|').collect();
        expanded.push_str(random.pick(&choices));
        rest = behind;
    }
    expanded.push_str(rest);
    expanded
}
