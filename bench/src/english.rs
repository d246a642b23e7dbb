//! English that says nothing about anybody: sentences for loads and for measuring speed.

use std::fmt::Write as _;

use crate::random::Random;

const SUBJECTS: [&str; 16] = [
    "the gardener",
    "a small committee",
    "the morning train",
    "our oldest map",
    "every reader",
    "the new bridge",
    "an honest answer",
    "the kitchen",
    "a careful engineer",
    "the harbour",
    "this chapter",
    "the second draft",
    "a long winter",
    "the orchestra",
    "their first model",
    "the quiet library",
];
const VERBS: [&str; 14] = [
    "explains",
    "carries",
    "has almost forgotten",
    "does not need",
    "will probably replace",
    "keeps",
    "was built beside",
    "often mentions",
    "depends on",
    "cannot reach",
    "follows",
    "turned out to be",
    "makes room for",
    "measures",
];
const OBJECTS: [&str; 16] = [
    "the way home",
    "a list of questions",
    "what was promised",
    "three of the older rules",
    "the price of bread",
    "a much simpler idea",
    "its own mistakes",
    "the weather in the valley",
    "half of the budget",
    "a letter without an address",
    "the results of the survey",
    "an open window",
    "the rhythm of the machine",
    "one more cup of tea",
    "the long discussion",
    "a better tool",
];
const JOINS: [&str; 10] = [
    ", and ",
    ", but ",
    "; ",
    ", because ",
    " while ",
    ". ",
    ". ",
    "? ",
    ", which means that ",
    ".\n\n",
];

/// Sentences of `size` bytes and a few more, without names; now and then a number.
pub(crate) fn prose(random: &mut Random, size: usize) -> String {
    let mut text = String::with_capacity(size + 200);
    while text.len() < size {
        let upper = text.is_empty() || text.ends_with([' ', '\n']) && ends_sentence(&text);
        let subject = random.pick(&SUBJECTS);
        match subject.split_at_checked(1) {
            Some((first, rest)) if upper => {
                text.push_str(&first.to_uppercase());
                text.push_str(rest);
            }
            _ => text.push_str(subject),
        }
        for part in [" ", random.pick(&VERBS), " ", random.pick(&OBJECTS)] {
            text.push_str(part);
        }
        if random.below(8) == 0 {
            let (part, whole) = (random.below(90), random.between(90, 400));
            // Writing to a string cannot fail.
            let _ = write!(text, " in {part} of {whole} cases");
        }
        text.push_str(random.pick(&JOINS));
    }
    text
}

fn ends_sentence(text: &str) -> bool {
    text.trim_end().ends_with(['.', '?'])
}
