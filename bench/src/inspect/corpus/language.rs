//! A language's lists and templates, read from its file.
//!
//! The format: `name: a, b, c` for a list (forms are parted by ` | `), then `===`, then templates
//! parted by `---`, then `~~~`, then templates of texts in which nothing is sensitive.

use crate::random::Random;

/// Names, places and templates of one language.
pub(crate) struct Language {
    pub(crate) code: &'static str,
    lists: Vec<(&'static str, Vec<&'static str>)>,
    pub(crate) templates: Vec<&'static str>,
    /// Templates in which nothing is sensitive.
    pub(crate) clean: Vec<&'static str>,
}

macro_rules! languages {
    ($($code:literal),*) => {
        [$(($code, include_str!(concat!("text/", $code, ".txt")))),*]
    };
}

const FILES: [(&str, &str); 16] = languages![
    "ar", "de", "en", "es", "fr", "hi", "it", "ja", "ko", "nl", "pl", "pt", "ru", "sv", "tr", "zh"
];

/// Every language.
pub(crate) fn all() -> Vec<Language> {
    FILES.into_iter().map(|(code, text)| Language::read(code, text)).collect()
}

impl Language {
    fn read(code: &'static str, text: &'static str) -> Self {
        let (head, rest) = text.split_once("===\n").unwrap_or((text, ""));
        let (templates, clean) = rest.split_once("~~~\n").unwrap_or((rest, ""));
        let lists = head.lines().filter_map(|line| line.split_once(": ")).map(|(name, values)| {
            let mark = if matches!(name, "name" | "address" | "phone") { " | " } else { ", " };
            (name, values.split(mark).collect())
        });
        Self { code, lists: lists.collect(), templates: parts(templates), clean: parts(clean) }
    }

    /// One of a list, when there is such a list.
    pub(crate) fn pick(&self, name: &str, random: &mut Random) -> Option<&'static str> {
        let (_, values) = self.lists.iter().find(|(list, _)| *list == name)?;
        Some(random.pick(values))
    }
}

/// Templates of a file without lists.
pub(crate) fn parts(text: &'static str) -> Vec<&'static str> {
    text.split("\n---\n").map(|part| part.trim_end_matches('\n')).collect()
}
