//! What rules ask of texts (`contains`, `re`), asked of an event once and together.
//!
//! ```text
//! the questions of all rules of one field → one automaton of their words → candidates → expressions
//! ```
//!
//! A question whose words are not in the text is answered by that alone. An expression is compiled
//! at its first candidate, since most never see one, and takes little memory then.

mod literals;

use std::cell::OnceCell;
use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, AhoCorasickKind};
use hashbrown::HashMap;
use regex_automata::meta;

/// Memory that the lazily built states of one expression may take for each thread, bytes.
const LAZY_STATES: usize = 256 << 10;

/// A text that a rule looks for in a field.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Wanted {
    /// An ASCII text, in any case.
    Text(String),
    /// A regular expression that compiles.
    Expression(String),
}

/// A question of a rule on a field: one of its texts, or each of them, in any of the field's members.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Question {
    pub(crate) field: String,
    pub(crate) wanted: Vec<Wanted>,
    pub(crate) all: bool,
}

/// The questions of many rules.
#[derive(Default)]
pub(crate) struct Texts {
    fields: Vec<Field>,
    /// Of each question its field, and what it wants there.
    questions: Vec<(usize, Vec<usize>, bool)>,
    known: HashMap<Question, usize>,
}

/// What is wanted of one field.
#[derive(Default)]
struct Field {
    name: String,
    wanted: Vec<Wanted>,
    expressions: Vec<OnceLock<Option<meta::Regex>>>,
    /// Finds words; `None` before [`Texts::build`].
    words: Option<AhoCorasick>,
    /// What each word is for.
    of_word: Vec<Vec<u32>>,
    /// What has no words: always a candidate.
    wordless: Vec<usize>,
}

/// Gives every text of a field, numbers as they are written.
pub(crate) type TextsOf<'a> = &'a dyn Fn(&str, &mut dyn FnMut(&str));

/// What one event answers, as far as it was asked.
pub(crate) struct Answers<'a> {
    texts: &'a Texts,
    found: Vec<OnceCell<Vec<bool>>>,
}

impl Texts {
    /// The number of a question: a question that was asked before has its number already.
    pub(crate) fn ask(&mut self, question: Question) -> usize {
        if let Some(number) = self.known.get(&question) {
            return *number;
        }
        let field = self.field(&question.field);
        let wanted = question.wanted.iter().filter_map(|wanted| {
            let field = self.fields.get_mut(field)?;
            Some(field.want(wanted))
        });
        self.questions.push((field, wanted.collect(), question.all));
        self.known.insert(question, self.questions.len() - 1);
        self.questions.len() - 1
    }

    fn field(&mut self, name: &str) -> usize {
        self.fields.iter().position(|field| field.name == name).unwrap_or_else(|| {
            self.fields.push(Field { name: name.to_owned(), ..Field::default() });
            self.fields.len() - 1
        })
    }

    /// How many questions there are.
    pub(crate) const fn len(&self) -> usize {
        self.questions.len()
    }

    /// Makes ready to answer, once all is asked.
    pub(crate) fn build(mut self) -> Self {
        self.known = HashMap::new();
        self.fields.iter_mut().for_each(Field::build);
        self
    }

    /// Room for what one event answers.
    pub(crate) fn answers(&self) -> Answers<'_> {
        Answers { texts: self, found: self.fields.iter().map(|_| OnceCell::new()).collect() }
    }
}

impl Answers<'_> {
    /// The answer to a question by its number, of an event with these texts.
    pub(crate) fn of(&self, question: usize, texts_of: TextsOf<'_>) -> bool {
        let Some((field, wanted, all)) = self.texts.questions.get(question) else { return false };
        let (Some(field), Some(found)) = (self.texts.fields.get(*field), self.found.get(*field))
        else {
            return false;
        };
        let found = found.get_or_init(|| field.found(texts_of));
        let mut wanted = wanted.iter().map(|number| found.get(*number) == Some(&true));
        if *all { wanted.all(|is| is) } else { wanted.any(|is| is) }
    }
}

impl Field {
    fn want(&mut self, wanted: &Wanted) -> usize {
        self.wanted.iter().position(|known| known == wanted).unwrap_or_else(|| {
            self.wanted.push(wanted.clone());
            self.expressions.push(OnceLock::new());
            self.wanted.len() - 1
        })
    }

    fn build(&mut self) {
        let mut words: HashMap<Vec<u8>, Vec<u32>> = HashMap::new();
        for (number, wanted) in self.wanted.iter().enumerate() {
            match wanted.words() {
                Some(its) => {
                    for word in its {
                        words
                            .entry(word)
                            .or_default()
                            .push(u32::try_from(number).unwrap_or(u32::MAX));
                    }
                }
                None => self.wordless.push(number),
            }
        }
        let mut words: Vec<(Vec<u8>, Vec<u32>)> = words.into_iter().collect();
        words.sort_unstable();
        let built = AhoCorasickBuilder::new()
            .ascii_case_insensitive(true)
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .build(words.iter().map(|(word, _)| word));
        match built {
            Ok(automaton) => {
                self.words = Some(automaton);
                self.of_word = words.into_iter().map(|(_, numbers)| numbers).collect();
            }
            // Too many words for one automaton: everything is asked by itself.
            Err(_) => self.wordless = (0..self.wanted.len()).collect(),
        }
    }

    /// What of the wanted an event holds.
    fn found(&self, texts_of: TextsOf<'_>) -> Vec<bool> {
        let mut found = vec![false; self.wanted.len()];
        texts_of(&self.name, &mut |text| self.look(text, &mut found));
        found
    }

    fn look(&self, text: &str, found: &mut [bool]) {
        let mut candidates = vec![false; found.len()];
        if literals::has_other_cases(text) {
            candidates.fill(true);
        } else if let Some(words) = &self.words {
            for word in words.find_overlapping_iter(text) {
                for number in self.of_word.get(word.pattern().as_usize()).into_iter().flatten() {
                    if let Some(candidate) = candidates.get_mut(*number as usize) {
                        *candidate = true;
                    }
                }
            }
        }
        for number in &self.wordless {
            if let Some(candidate) = candidates.get_mut(*number) {
                *candidate = true;
            }
        }
        for (number, (found, is_candidate)) in found.iter_mut().zip(candidates).enumerate() {
            *found |= is_candidate && !*found && self.holds(number, text);
        }
    }

    /// Whether a text holds what is wanted.
    fn holds(&self, number: usize, text: &str) -> bool {
        match (self.wanted.get(number), self.expressions.get(number)) {
            // Its word is itself; what is a candidate without a word is looked at whole.
            (Some(Wanted::Text(wanted)), _) => {
                let was_found = self.words.is_some() && !literals::has_other_cases(text);
                was_found || text.to_lowercase().contains(&wanted.to_ascii_lowercase())
            }
            (Some(Wanted::Expression(pattern)), Some(compiled)) => compiled
                .get_or_init(|| compile(pattern))
                .as_ref()
                .is_some_and(|expression| expression.is_match(text)),
            _ => false,
        }
    }
}

impl Wanted {
    /// The words without which it is not there.
    fn words(&self) -> Option<Vec<Vec<u8>>> {
        match self {
            Self::Text(text) => Some(vec![text.to_ascii_lowercase().into_bytes()]),
            Self::Expression(pattern) => literals::required(&regex_syntax::parse(pattern).ok()?),
        }
    }
}

/// Each pattern was compiled when its rule was checked: none fails here.
fn compile(pattern: &str) -> Option<meta::Regex> {
    let config = meta::Config::new().hybrid_cache_capacity(LAZY_STATES).onepass(false).dfa(false);
    meta::Builder::new().configure(config).build(pattern).ok()
}
