//! Conditions of NOVA as conditions of Sigma, less what asks a model.

/// The deepest that a condition may nest.
const DEEPEST: usize = 24;
/// The most tokens of a condition.
const MOST_TOKENS: usize = 2000;

/// What of a condition can be said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// All of it.
    Whole(String),
    /// All but these alternatives.
    Part(String, Vec<String>),
    /// What is left could not match alone.
    Nothing,
}

/// Translates a condition over the keywords with these names; those that are missing were left out.
pub(super) fn translated(text: &str, names: &[&str], missing: &[&str]) -> Result<Said, String> {
    let tokens = tokens(text)?;
    let mut reader = Reader { tokens: &tokens, names, missing, lost: Vec::new(), depth: 0 };
    let said = reader.or()?;
    if !reader.tokens.is_empty() {
        return Err("its condition goes on where it should end".to_owned());
    }
    let lost = reader.lost;
    Ok(match said {
        None => Said::Nothing,
        Some(said) if lost.is_empty() => Said::Whole(said),
        Some(said) => Said::Part(said, lost),
    })
}

fn tokens(text: &str) -> Result<Vec<&str>, String> {
    let part = |char: char| char.is_alphanumeric() || matches!(char, '_' | '$' | '.' | '*');
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let end = match first {
            '(' | ')' => 1,
            char if part(char) => rest.find(|char| !part(char)).unwrap_or(rest.len()),
            other => return Err(format!("its condition has a `{}`", other.escape_debug())),
        };
        let (token, after) = rest.split_at(end);
        tokens.push(token);
        rest = after.trim_start();
        if tokens.len() > MOST_TOKENS {
            return Err(format!("its condition has more than {MOST_TOKENS} words"));
        }
    }
    Ok(tokens)
}

struct Reader<'t> {
    tokens: &'t [&'t str],
    names: &'t [&'t str],
    missing: &'t [&'t str],
    lost: Vec<String>,
    depth: usize,
}

/// A part of a condition; `None` where nobody here can tell whether it holds.
type Part = Result<Option<String>, String>;

impl<'t> Reader<'t> {
    fn peek(&self) -> Option<&'t str> {
        self.tokens.first().copied()
    }

    fn take(&mut self) -> Option<&'t str> {
        let (first, rest) = self.tokens.split_first()?;
        self.tokens = rest;
        Some(first)
    }

    fn take_word(&mut self, word: &str) -> bool {
        let is = self.peek().is_some_and(|token| token.eq_ignore_ascii_case(word));
        if is {
            self.take();
        }
        is
    }

    /// Alternatives: one that cannot be told is left out, the others may still hold.
    fn or(&mut self) -> Part {
        let mut said = Vec::new();
        loop {
            let (before, lost) = (self.tokens, self.lost.len());
            if let Some(part) = self.and()? {
                said.push(part);
            } else {
                let read = before.len() - self.tokens.len();
                self.lost.truncate(lost);
                self.lost.push(before.get(..read).unwrap_or_default().join(" "));
            }
            if !self.take_word("or") {
                break;
            }
        }
        Ok((!said.is_empty()).then(|| said.join(" or ")))
    }

    fn and(&mut self) -> Part {
        let mut said = Some(Vec::new());
        loop {
            match (self.not()?, &mut said) {
                (Some(part), Some(said)) => said.push(part),
                _ => said = None,
            }
            if !self.take_word("and") {
                break;
            }
        }
        Ok(said.map(|said| said.join(" and ")))
    }

    fn not(&mut self) -> Part {
        let mut negated = false;
        while self.take_word("not") {
            negated = !negated;
        }
        let lost = self.lost.len();
        let said = self.atom()?;
        if !negated {
            return Ok(said);
        }
        // Less alternatives under `not` would match more than the rule does.
        if self.lost.len() > lost {
            return Ok(None);
        }
        Ok(said.map(|said| format!("not {said}")))
    }

    fn atom(&mut self) -> Part {
        let token = self.take().ok_or("its condition ends too early")?;
        match token.to_ascii_lowercase().as_str() {
            "(" => {
                self.depth += 1;
                if self.depth > DEEPEST {
                    return Err(format!("its condition nests deeper than {DEEPEST}"));
                }
                let inside = self.or()?;
                self.depth -= 1;
                if self.take() != Some(")") {
                    return Err("a parenthesis of its condition is not closed".to_owned());
                }
                Ok(inside.map(|inside| format!("({inside})")))
            }
            "any" => self.quantified("1"),
            "all" => self.quantified("all"),
            number if number.parse::<u16>().is_ok() && self.peek_is("of") => {
                self.quantified(number)
            }
            _ => self.named(token),
        }
    }

    fn peek_is(&self, word: &str) -> bool {
        self.peek().is_some_and(|token| token.eq_ignore_ascii_case(word))
    }

    /// `any of keywords.*`, `2 of ($a*)`, `all of them`.
    fn quantified(&mut self, quantifier: &str) -> Part {
        if !self.take_word("of") {
            return Err("a quantity in its condition is of nothing".to_owned());
        }
        let bracketed = self.take_word("(");
        let token = self.take().ok_or("its condition ends too early")?;
        if bracketed && !self.take_word(")") {
            return Err("a list in its condition is no pattern".to_owned());
        }
        Ok(self.pattern(token, quantifier))
    }

    /// `$a`, `keywords.$a`, `keywords.$a*`, `keywords.*`.
    fn named(&mut self, token: &str) -> Part {
        if token.ends_with('*') {
            return Ok(self.pattern(token, "1"));
        }
        let name = token.strip_prefix("keywords.").unwrap_or(token);
        match name.strip_prefix('$') {
            Some(name) if self.names.contains(&name) => Ok(Some(format!("kw_{name}"))),
            Some(_) => Ok(None),
            None if name.starts_with("semantics.") || name.starts_with("llm.") => Ok(None),
            None => Err(format!("its condition has a `{name}`")),
        }
    }

    /// So many of the keywords that a pattern means; `None` where it means none, or where one of them
    /// that was left out could matter.
    fn pattern(&mut self, token: &str, quantifier: &str) -> Option<String> {
        let start = match token {
            "keywords" | "keywords.*" => "",
            _ => {
                let name = token.strip_prefix("keywords.").unwrap_or(token);
                name.strip_prefix('$')?.strip_suffix('*')?
            }
        };
        let missing = self.missing.iter().filter(|name| name.starts_with(start));
        let missing: Vec<String> = missing.map(|name| format!("${name}")).collect();
        let known = self.names.iter().any(|name| name.starts_with(start));
        if !known || (quantifier != "1" && !missing.is_empty()) {
            return None;
        }
        self.lost.extend(missing);
        Some(format!("{quantifier} of kw_{start}*"))
    }
}

#[cfg(test)]
mod tests {
    use super::{Said, translated};

    fn said(text: &str) -> Said {
        translated(text, &["a1", "a2", "b"], &["b2"]).unwrap_or(Said::Nothing)
    }

    fn whole(text: &str) -> Said {
        Said::Whole(text.to_owned())
    }

    #[test]
    fn keywords_are_said_whole() {
        for (theirs, ours) in [
            ("keywords.$a1 and not ($b OR $a2)", "kw_a1 and not (kw_b or kw_a2)"),
            ("any of ($a*)", "1 of kw_a*"),
            ("2 of ($a*) or keywords.$b", "2 of kw_a* or kw_b"),
            ("all of keywords.$a*", "all of kw_a*"),
        ] {
            assert_eq!(said(theirs), whole(ours), "{theirs}");
        }
    }

    #[test]
    fn alternatives_that_ask_a_model_are_left_out() {
        let part = |text: &str, lost: &[&str]| {
            Said::Part(text.to_owned(), lost.iter().map(|&lost| lost.to_owned()).collect())
        };
        assert_eq!(said("$a1 or semantics.$s"), part("kw_a1", &["semantics.$s"]));
        assert_eq!(said("$b or ($a1 and llm.$q)"), part("kw_b", &["( $a1 and llm.$q )"]));
        assert_eq!(said("$a1 and semantics.*"), Said::Nothing);
        assert_eq!(said("$a1 and not (llm.$q or $b)"), Said::Nothing);
        assert_eq!(said("$unknown"), Said::Nothing);
        assert_eq!(said("keywords.*"), part("1 of kw_*", &["$b2"]));
        assert_eq!(said("all of keywords.*"), Said::Nothing);
        assert_eq!(said("$a1 and not any of keywords.$b*"), Said::Nothing);
    }

    #[test]
    fn what_is_no_condition_is_refused() {
        for text in ["", "(", "$a1 $b", "any keywords", "$a1 & $b", "true", "3 of", "($a1, $b)"] {
            assert!(translated(text, &["a1", "b"], &[]).is_err(), "{text}");
        }
        let deep = format!("{}$a1{}", "(".repeat(1000), ")".repeat(1000));
        assert!(translated(&deep, &["a1"], &[]).is_err());
    }
}
