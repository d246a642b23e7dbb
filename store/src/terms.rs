//! What a person typed into a search box, as words and phrases.
//!
//! Every input means something: there is no syntax to get wrong. It does not run the search.

use unicode_normalization::char::is_combining_mark;

/// A query: all of its terms have to occur in a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms(Vec<Term>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Term {
    /// A word, or the beginning of one.
    Word { text: String, is_prefix: bool },
    /// Words that follow each other.
    Phrase(Vec<String>),
}

/// More terms than this are not looked at.
const TERMS: usize = 32;

impl Terms {
    /// Reads `words`, `pre*` and `"exact phrases"`; anything else separates words.
    pub fn parse(text: &str) -> Self {
        let mut terms = Vec::new();
        for (number, piece) in text.split('"').enumerate() {
            if number % 2 == 1 {
                let words: Vec<String> =
                    words(piece).map(|(_, word)| fold(word)).take(TERMS).collect();
                terms.extend((!words.is_empty()).then_some(Term::Phrase(words)));
            } else {
                terms.extend(words(piece).map(|(start, word)| Term::Word {
                    text: fold(word),
                    is_prefix:
                        piece.get(start + word.len()..).is_some_and(|rest| rest.starts_with('*')),
                }));
            }
            terms.truncate(TERMS);
        }
        Self(terms)
    }

    /// Whether there is nothing to look for.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The query in the language of FTS5: every word quoted, so that none is an operator.
    pub(crate) fn expression(&self) -> String {
        let mut expression = String::new();
        for term in &self.0 {
            match term {
                Term::Word { text, is_prefix } => {
                    push_word(&mut expression, text);
                    if *is_prefix {
                        expression.push('*');
                    }
                }
                Term::Phrase(words) => {
                    for word in words {
                        push_word(&mut expression, word);
                    }
                }
            }
        }
        expression
    }

    /// Whether a phrase has to be looked for in the text itself: the index knows only words.
    pub(crate) fn has_phrases(&self) -> bool {
        self.0.iter().any(|term| matches!(term, Term::Phrase(words) if words.len() > 1))
    }

    /// Whether all phrases are in the text.
    pub(crate) fn phrases_match(&self, text: &str) -> bool {
        let folded: Vec<String> = words(text).map(|(_, word)| fold(word)).collect();
        self.0.iter().all(|term| match term {
            Term::Phrase(words) if words.len() > 1 => {
                folded.windows(words.len()).any(|window| window == words)
            }
            _ => true,
        })
    }

    /// Whether a word of a text is one that is looked for.
    fn wants(&self, word: &str) -> bool {
        self.0.iter().any(|term| match term {
            Term::Word { text, is_prefix: true } => word.starts_with(text.as_str()),
            Term::Word { text, is_prefix: false } => word == text,
            Term::Phrase(words) => words.iter().any(|wanted| wanted == word),
        })
    }

    /// Some `width` characters of the text around the first word that is looked for.
    pub(crate) fn snippet(&self, text: &str, width: usize) -> String {
        let hit = words(text).find(|(_, word)| self.wants(&fold(word))).map_or(0, |(at, _)| at);
        let before = text.get(..hit).unwrap_or_default();
        let start = before.char_indices().rev().nth(width / 3).map_or(0, |(at, _)| at);
        let rest = text.get(start..).unwrap_or_default();
        let end = rest.char_indices().nth(width).map_or(rest.len(), |(at, _)| at);
        let cut = rest.get(..end).unwrap_or_default().replace(['\n', '\r', '\t'], " ");
        let head = if start > 0 { "…" } else { "" };
        let tail = if end < rest.len() { "…" } else { "" };
        format!("{head}{}{tail}", cut.trim())
    }
}

/// Words as the index has them (`unicode61` with letters, marks and numbers), with their places.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let start = text.as_ptr().addr();
    text.split(|c: char| !is_word(c))
        .filter(|word| !word.is_empty())
        .map(move |word| (word.as_ptr().addr() - start, word))
}

fn is_word(c: char) -> bool {
    is_letter_or_number(c) || is_combining_mark(c)
}

/// Whether a character is of Unicode's general categories L or N: a text without one has nothing
/// to look for.
///
/// What Unicode calls alphabetic has vowel signs, too, and letters in circles, which are symbols to
/// the index.
pub fn is_letter_or_number(c: char) -> bool {
    let is_circled = matches!(c, '\u{24b6}'..='\u{24e9}' | '\u{1f130}'..='\u{1f189}');
    c.is_alphanumeric() && !is_combining_mark(c) && !is_circled
}

fn fold(word: &str) -> String {
    word.to_lowercase()
}

fn push_word(expression: &mut String, word: &str) {
    if !expression.is_empty() {
        expression.push(' ');
    }
    expression.push('"');
    expression.push_str(word);
    expression.push('"');
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn letters_and_numbers_are_the_categories_l_and_n() {
        for c in "aZéßª漢かءא9½Ⅷ٣①".chars() {
            assert!(is_letter_or_number(c), "{c}");
        }
        for c in "\u{301}\u{93e}Ⓐ🅰×_-%\u{200d} 😀".chars() {
            assert!(!is_letter_or_number(c), "{c:?}");
        }
    }

    #[test]
    fn words_prefixes_and_phrases() {
        let terms = Terms::parse(r#"Reset pass* OR "my account" -x NEAR("#);
        assert_eq!(terms.expression(), r#""reset" "pass"* "or" "my" "account" "x" "near""#);
        assert!(terms.has_phrases());
        assert!(terms.phrases_match("It is My account."));
        assert!(!terms.phrases_match("my other account"));
        assert!(Terms::parse("?!* \"\"").is_empty());
    }

    #[test]
    fn a_snippet_shows_the_word() {
        let text = format!("{} the needle is here {}", "hay ".repeat(100), "hay ".repeat(100));
        let snippet = Terms::parse("needle").snippet(&text, 60);
        assert!(snippet.contains("needle"), "{snippet}");
        assert!(snippet.starts_with('…') && snippet.ends_with('…'), "{snippet}");
    }

    proptest! {
        #[test]
        fn any_text_is_a_query(text in any::<String>(), body in any::<String>()) {
            let terms = Terms::parse(&text);
            prop_assert_eq!(terms.expression().matches('"').count() % 2, 0);
            let _ = terms.phrases_match(&body);
            prop_assert!(terms.snippet(&body, 40).chars().count() <= 42);
        }
    }
}
