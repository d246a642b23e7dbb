//! Regular expressions of operators: what could grow without bound is refused when it is read, and
//! a search takes time in proportion to the text.
//!
//! Has no look-around and no back-references: automata have none.

use std::ops::Range;

use regex_automata::meta::{BuildError, Config, Regex};
use regex_automata::{Anchored, Input, PatternID};
use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Hir, HirKind, Look};

use super::Beyond;

/// Bytes of an expression.
const LONGEST_EXPRESSION: usize = 2000;
/// Nesting of an expression.
const DEEPEST: u32 = 50;
/// What counted repetitions within each other may multiply to.
const MOST_REPEATED: u64 = 1000;
/// Bytes of the automaton.
const LARGEST: usize = 4 << 20;
/// How much text a search looks at from where it begins, so that looking far ahead for the longest
/// match costs no more at every place than this.
const SLICE: usize = 4096;
/// How far behind it a match may end. A longer one is still taken to its end.
const AHEAD: usize = 512;
/// The longest match.
const LONGEST: usize = 64 << 10;

/// A compiled expression.
pub(crate) struct Pattern {
    regex: Regex,
    /// The group `value`, if there is one.
    value: Option<usize>,
}

impl Pattern {
    /// Compiles an expression.
    ///
    /// # Errors
    /// Says why it is refused, without quoting it.
    pub(crate) fn compile(expression: &str) -> Result<Self, String> {
        Self::of(&read(expression)?)
    }

    /// Compiles an expression that a value matches as a whole.
    ///
    /// # Errors
    /// As of [`Pattern::compile`].
    pub(crate) fn compile_whole(expression: &str) -> Result<Self, String> {
        let parsed = read(expression)?;
        Self::of(&Hir::concat(vec![Hir::look(Look::Start), parsed, Hir::look(Look::End)]))
    }

    fn of(parsed: &Hir) -> Result<Self, String> {
        let regex = build(parsed).map_err(|error| match error.size_limit() {
            Some(limit) => format!("could explode: its automaton is larger than {limit} bytes"),
            None => "cannot be compiled".to_owned(),
        })?;
        let value = regex.group_info().to_index(PatternID::ZERO, "value");
        Ok(Self { regex, value })
    }

    /// Whether it matches anywhere in a value.
    pub(crate) fn is_match(&self, value: &str) -> bool {
        self.regex.is_match(value)
    }

    /// Tells every match in a text, from left to right.
    ///
    /// # Errors
    /// When a match is longer than it is followed, or as soon as `tell` fails.
    pub(super) fn each(
        &self,
        text: &str,
        mut tell: impl FnMut(Range<usize>) -> Result<(), Beyond>,
    ) -> Result<(), Beyond> {
        let mut from = 0;
        while from < text.len() {
            let stop = text.len().min(from + SLICE + AHEAD);
            let last = stop == text.len();
            match self.find(text, from..stop, Anchored::No) {
                None if last => break,
                None => from += SLICE,
                // It is seen whole from where it begins.
                Some((whole, _)) if whole.start >= from + SLICE && !last => from = whole.start,
                Some((whole, value)) => {
                    let (whole, value) = if whole.end == stop && !last {
                        let far = text.len().min(whole.start + LONGEST);
                        let longer = self.find(text, whole.start..far, Anchored::Yes);
                        let longer = longer.unwrap_or((whole, value));
                        if longer.0.end == far && far < text.len() {
                            return Err(Beyond);
                        }
                        longer
                    } else {
                        (whole, value)
                    };
                    tell(value)?;
                    from = whole.end.max(from + 1);
                }
            }
        }
        Ok(())
    }

    /// The first match within a span, and its value.
    fn find(
        &self,
        text: &str,
        span: Range<usize>,
        anchored: Anchored,
    ) -> Option<(Range<usize>, Range<usize>)> {
        let input = Input::new(text).span(span).anchored(anchored);
        let whole = self.regex.find(input.clone())?.range();
        let Some(group) = self.value else { return Some((whole.clone(), whole)) };
        let mut groups = self.regex.create_captures();
        self.regex.captures(input.anchored(anchored), &mut groups);
        let value = groups.get_group(group).map_or(whole.clone(), |span| span.range());
        Some((whole, value))
    }
}

/// Reads an expression and refuses what is not worth compiling.
fn read(expression: &str) -> Result<Hir, String> {
    if expression.len() > LONGEST_EXPRESSION {
        return Err(format!("is longer than {LONGEST_EXPRESSION} bytes"));
    }
    let parsed = ParserBuilder::new().nest_limit(DEEPEST).build().parse(expression);
    let parsed = parsed.map_err(|error| told(&error))?;
    if parsed.properties().minimum_len().is_none_or(|least| least == 0) {
        return Err("matches the empty text, or nothing at all".to_owned());
    }
    let repeated = repetitions(&parsed);
    if repeated > MOST_REPEATED {
        return Err(format!(
            "could explode: counted repetitions within each other repeat up to {repeated} times, \
             at most {MOST_REPEATED}"
        ));
    }
    Ok(parsed)
}

fn build(parsed: &Hir) -> Result<Regex, Box<BuildError>> {
    let config = Config::new()
        .nfa_size_limit(Some(LARGEST))
        .hybrid_cache_capacity(LARGEST / 2)
        .onepass_size_limit(Some(LARGEST / 8))
        .dfa_size_limit(Some(LARGEST / 8));
    Regex::builder().configure(config).build_from_hir(parsed).map_err(Box::new)
}

/// What the counted repetitions of an expression multiply to along the worst way into it. Its
/// nesting is bounded by the parser.
fn repetitions(parsed: &Hir) -> u64 {
    let within = |hirs: &[Hir]| hirs.iter().map(repetitions).max().unwrap_or(1);
    match parsed.kind() {
        HirKind::Repetition(repetition) => {
            let count = repetition.max.unwrap_or(repetition.min).max(1);
            u64::from(count).saturating_mul(repetitions(&repetition.sub))
        }
        HirKind::Capture(capture) => repetitions(&capture.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => within(parts),
        HirKind::Empty | HirKind::Literal(_) | HirKind::Class(_) | HirKind::Look(_) => 1,
    }
}

/// Where and why an expression is none.
fn told(error: &regex_syntax::Error) -> String {
    let (kind, place) = match error {
        regex_syntax::Error::Parse(error) => (error.kind().to_string(), error.span().start.column),
        regex_syntax::Error::Translate(error) => {
            (error.kind().to_string(), error.span().start.column)
        }
        _ => return "is no regular expression".to_owned(),
    };
    format!("is no regular expression, at character {place}: {kind}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(expression: &str, text: &str) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        let tell = |range| {
            found.push(range);
            Ok(())
        };
        Pattern::compile(expression).unwrap().each(text, tell).unwrap();
        found
    }

    #[test]
    fn what_could_explode_is_refused_with_the_reason() {
        for (expression, reason) in [
            ("(", "is no regular expression, at character 1: unclosed group"),
            (
                r"(a)\1",
                "is no regular expression, at character 4: backreferences are not supported",
            ),
            ("(?=a)b", "is no regular expression, at character 1: look-around"),
            ("a*", "matches the empty text, or nothing at all"),
            (
                "((a{1,30}){1,30}){1,30}",
                "could explode: counted repetitions within each other repeat up to 27000 times",
            ),
            (r"x\w{900}", "could explode: its automaton is larger than"),
            (&"a".repeat(3000), "is longer than 2000 bytes"),
            (&"(".repeat(400), "is no regular expression"),
        ] {
            let told = Pattern::compile(expression).err().unwrap();
            assert!(told.starts_with(reason), "{told}");
        }
    }

    #[test]
    fn the_group_value_is_the_value() {
        assert_eq!(found(r"badge (?<value>\d{4})", "badge 1234, badge 5678"), [6..10, 18..22]);
    }

    #[test]
    fn a_match_across_slices_is_whole() {
        for before in [SLICE - 3, SLICE, SLICE + AHEAD - 3, SLICE + AHEAD] {
            let text = format!("{}EMP-{} ", ".".repeat(before), "7".repeat(2000));
            let all = found(r"EMP-\d+", &text);
            assert!(all.len() == 1 && all[0] == (before..before + 2004), "{before}");
        }
    }

    #[test]
    fn a_match_is_followed_so_far_and_no_further() {
        let pattern = Pattern::compile(r"EMP-\d+").unwrap();
        let long = |digits: usize| format!("EMP-{} EMP-1", "7".repeat(digits));
        assert_eq!(pattern.each(&long(LONGEST - 10), |_| Ok(())), Ok(()));
        assert_eq!(pattern.each(&long(LONGEST), |_| Ok(())), Err(Beyond));
    }

    #[test]
    fn hostile_expressions_take_time_in_proportion() {
        let text = "a".repeat(1 << 19);
        let begin = std::time::Instant::now();
        // Each match is one byte, and looks for its `b` as far as it may.
        assert_eq!(found("a.*b|a", &text).len(), 1 << 19);
        assert!(begin.elapsed().as_secs() < 120);
    }

    proptest! {
        #[test]
        fn finds_what_a_plain_search_finds(text in "[ab1 ]{0,80}", before in 0..12_usize) {
            let text = format!("{}{text}", "x".repeat(SLICE - before));
            let regex = Regex::new(r"a+1|b\b").unwrap();
            let plain: Vec<_> = regex.find_iter(&text).map(|found| found.range()).collect();
            prop_assert_eq!(found(r"a+1|b\b", &text), plain);
        }

        #[test]
        fn any_expression_is_compiled_or_refused(expression in "[\\[\\](){}*+?|\\\\.^$a-c0-9,]{0,40}", text in "\\PC{0,60}") {
            if let Ok(pattern) = Pattern::compile(&expression) {
                let whole = pattern.each(&text, |range| text.get(range).map(|_| ()).ok_or(Beyond));
                prop_assert_eq!(whole, Ok(()));
            }
        }
    }
}
