//! Which short texts a regular expression cannot match without.
//!
//! A rule's expressions are many and an event's text seldom holds the words of any: one automaton
//! finds the words of all of them, and an expression runs only where one of its own was found.

use regex_syntax::hir::{Class, Hir, HirKind, Repetition};

/// The shortest text worth looking for, bytes.
const SHORTEST: usize = 3;
/// The most texts that one expression is looked for by.
const MOST: usize = 256;
/// The most characters of a class that are taken apart.
const WIDEST_CLASS: usize = 12;
/// A set of whole matches grows up to this length of its members, bytes.
const LONGEST: usize = 24;

/// Texts in lower case (ASCII) of which every match holds at least one, compared without regard to
/// ASCII case; none where there are no such texts worth looking for.
///
/// A `k` or an `s` of an expression without case also matches KELVIN SIGN and LATIN SMALL LETTER
/// LONG S: a text with one of those ([`has_other_cases`]) is not to be judged by these texts.
pub(super) fn required(expression: &Hir) -> Option<Vec<Vec<u8>>> {
    let known = Known::of(expression);
    [known.whole, known.held]
        .into_iter()
        .flatten()
        .filter_map(worth)
        .max_by_key(|texts| weight(texts))
}

/// Whether a text has letters outside ASCII that an ASCII letter matches without case.
pub(super) fn has_other_cases(text: &str) -> bool {
    !text.is_ascii() && text.contains(['\u{17F}', '\u{212A}'])
}

/// What is known of an expression's matches.
struct Known {
    /// Every match is one of these.
    whole: Option<Vec<Vec<u8>>>,
    /// Every match holds one of these.
    held: Option<Vec<Vec<u8>>>,
}

impl Known {
    const NOTHING: Self = Self { whole: None, held: None };

    fn whole(texts: Vec<Vec<u8>>) -> Self {
        Self { whole: Some(texts), held: None }
    }

    fn of(expression: &Hir) -> Self {
        match expression.kind() {
            HirKind::Empty | HirKind::Look(_) => Self::whole(vec![Vec::new()]),
            HirKind::Literal(literal) => Self::whole(vec![literal.0.to_ascii_lowercase()]),
            HirKind::Class(class) => members(class).map_or(Self::NOTHING, Self::whole),
            HirKind::Repetition(repetition) => Self::of_repetition(repetition),
            HirKind::Capture(capture) => Self::of(&capture.sub),
            HirKind::Concat(parts) => Self::of_sequence(parts),
            HirKind::Alternation(parts) => Self::of_choice(parts),
        }
    }

    fn of_repetition(repetition: &Repetition) -> Self {
        let inner = Self::of(&repetition.sub);
        match (repetition.min, repetition.max) {
            (1, Some(1)) => inner,
            (0, Some(1)) => {
                let whole = inner.whole.map(|mut texts| {
                    texts.push(Vec::new());
                    texts
                });
                Self { whole, held: None }
            }
            (0, _) => Self::NOTHING,
            _ => Self { whole: None, held: better(inner.whole, inner.held) },
        }
    }

    fn of_sequence(parts: &[Hir]) -> Self {
        let mut run = vec![Vec::new()];
        let mut held = None;
        let mut is_whole = true;
        for part in parts {
            let known = Self::of(part);
            if let Some(longer) = known.whole.as_ref().and_then(|texts| product(&run, texts)) {
                run = longer;
                continue;
            }
            is_whole = false;
            held = better(held, Some(std::mem::replace(&mut run, vec![Vec::new()])));
            held = better(held, known.held);
            if let Some(texts) = known.whole {
                run = texts;
            }
        }
        if is_whole {
            return Self { whole: Some(run), held };
        }
        Self { whole: None, held: better(held, Some(run)) }
    }

    fn of_choice(parts: &[Hir]) -> Self {
        let known: Vec<Self> = parts.iter().map(Self::of).collect();
        let mut whole = Some(Vec::new());
        let mut held = Some(Vec::new());
        for Self { whole: its_whole, held: its_held } in known {
            whole = joined(whole, its_whole.clone());
            held = joined(held, better(its_whole, its_held));
        }
        Self { whole, held }
    }
}

fn joined(all: Option<Vec<Vec<u8>>>, more: Option<Vec<Vec<u8>>>) -> Option<Vec<Vec<u8>>> {
    let (mut all, more) = (all?, more?);
    all.extend(more);
    all.sort_unstable();
    all.dedup();
    (all.len() <= MOST).then_some(all)
}

/// The better of two sets to look for; a set that is not worth it counts as none.
fn better(one: Option<Vec<Vec<u8>>>, other: Option<Vec<Vec<u8>>>) -> Option<Vec<Vec<u8>>> {
    [one, other].into_iter().flatten().filter_map(worth).max_by_key(|texts| weight(texts))
}

fn worth(texts: Vec<Vec<u8>>) -> Option<Vec<Vec<u8>>> {
    let is_long = texts.iter().all(|text| text.len() >= SHORTEST);
    (!texts.is_empty() && texts.len() <= MOST && is_long).then_some(texts)
}

/// Rarer is better: the shortest member says how often the set is found, then how many there are.
fn weight(texts: &[Vec<u8>]) -> (usize, std::cmp::Reverse<usize>) {
    let shortest = texts.iter().map(Vec::len).min().unwrap_or_default();
    (shortest.min(8), std::cmp::Reverse(texts.len()))
}

/// Every text of the one followed by every text of the other, unless these are too many or too long.
fn product(one: &[Vec<u8>], other: &[Vec<u8>]) -> Option<Vec<Vec<u8>>> {
    let longest = |texts: &[Vec<u8>]| texts.iter().map(Vec::len).max().unwrap_or_default();
    if one.len() * other.len() > MOST || longest(one) + longest(other) > LONGEST.max(longest(other))
    {
        return None;
    }
    let pairs = one.iter().flat_map(|first| {
        other.iter().map(move |second| [first.as_slice(), second.as_slice()].concat())
    });
    let mut texts: Vec<Vec<u8>> = pairs.collect();
    texts.sort_unstable();
    texts.dedup();
    Some(texts)
}

/// The members of a small class, letters in lower case.
fn members(class: &Class) -> Option<Vec<Vec<u8>>> {
    let Class::Unicode(class) = class else { return None };
    let count: usize = class.ranges().iter().map(regex_syntax::hir::ClassUnicodeRange::len).sum();
    if count > WIDEST_CLASS {
        return None;
    }
    let characters = class.ranges().iter().flat_map(|range| range.start()..=range.end());
    let mut texts: Vec<Vec<u8>> = characters.map(lowered).collect();
    texts.sort_unstable();
    texts.dedup();
    Some(texts)
}

fn lowered(character: char) -> Vec<u8> {
    let character = match character {
        '\u{17F}' => 's',
        '\u{212A}' => 'k',
        other => other.to_ascii_lowercase(),
    };
    character.to_string().into_bytes()
}

#[cfg(test)]
mod tests {
    use super::required;

    fn of(pattern: &str) -> Option<Vec<String>> {
        let texts = required(&regex_syntax::parse(pattern).unwrap())?;
        Some(texts.into_iter().map(|text| String::from_utf8(text).unwrap()).collect())
    }

    #[test]
    fn the_rarest_part_is_looked_for() {
        assert_eq!(of("(?i)Ignore all"), Some(vec!["ignore all".to_owned()]));
        assert_eq!(
            of(r"(?i)\b(curl|wget)\b[^\n]{0,200}\|\s*sh"),
            Some(vec!["curl".into(), "wget".into()])
        );
        assert_eq!(
            of(r"\d+ (apples?|pears)"),
            Some(vec![" apple".into(), " apples".into(), " pears".into()])
        );
        assert_eq!(of("(?i)kiosk"), Some(vec!["kiosk".to_owned()]));
    }

    #[test]
    fn where_nothing_is_sure_there_is_nothing_to_look_for() {
        for pattern in [r"\w+@\w+", "(abc)*", "(abc|d)", "ab", "", "[a-z]{600}", "(?i)a?b?c?"] {
            assert_eq!(of(pattern), None, "{pattern}");
        }
    }
}
