//! Regular expressions of JavaScript and Python as those of Rust.
//!
//! They run in linear time: look-around and backreferences have no counterpart, and are refused.

use std::fmt::Write;

use crate::sigma::check_regex;

/// Whose expression it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// ECMA-262: `\w`, `\d` and `\b` are of ASCII, `\uD83D\uDE00` is one character.
    JavaScript,
    /// Python's `re`, on text.
    Python,
}

/// The same expression, with `flags` such as `i`.
///
/// # Errors
///
/// Says what of it has no counterpart.
pub(super) fn translated(pattern: &str, flags: &str, dialect: Dialect) -> Result<String, String> {
    let mut reader = Reader { rest: pattern, made: String::new(), class: 0, dialect };
    if !flags.is_empty() {
        reader.made = format!("(?{flags})");
    }
    while let Some(char) = reader.next() {
        match char {
            '\\' => reader.escape()?,
            '[' if reader.class > 0 => reader.made.push_str("\\["),
            '[' => reader.open_class()?,
            ']' if reader.class > 0 => {
                reader.class = 0;
                reader.made.push(']');
            }
            '&' | '~' | '-' if reader.class > 0 && reader.rest.starts_with(char) => {
                reader.made.push('\\');
                reader.made.push(char);
            }
            '(' if reader.class == 0 => reader.group()?,
            '{' if reader.class == 0 && !is_count(reader.rest) => reader.made.push_str("\\{"),
            other => reader.made.push(other),
        }
    }
    check_regex(&reader.made)?;
    Ok(reader.made)
}

struct Reader<'p> {
    rest: &'p str,
    made: String,
    /// 1 inside a class of characters.
    class: u8,
    dialect: Dialect,
}

impl Reader<'_> {
    fn next(&mut self) -> Option<char> {
        let mut chars = self.rest.chars();
        let char = chars.next()?;
        self.rest = chars.as_str();
        Some(char)
    }

    fn open_class(&mut self) -> Result<(), String> {
        self.class = 1;
        self.made.push('[');
        if let Some(rest) = self.rest.strip_prefix('^') {
            self.rest = rest;
            self.made.push('^');
        }
        if let Some(rest) = self.rest.strip_prefix(']') {
            if self.dialect == Dialect::JavaScript {
                return Err("a class without characters".to_owned());
            }
            self.rest = rest;
            self.made.push_str("\\]");
        }
        Ok(())
    }

    fn group(&mut self) -> Result<(), String> {
        if ["?=", "?!", "?<=", "?<!"].iter().any(|start| self.rest.starts_with(start)) {
            return Err("look-around does not run in linear time".to_owned());
        }
        self.made.push('(');
        Ok(())
    }

    fn escape(&mut self) -> Result<(), String> {
        let Some(char) = self.next() else { return Err("ends in a backslash".to_owned()) };
        let ascii = self.dialect == Dialect::JavaScript;
        match char {
            '1'..='9' if self.class == 0 => {
                return Err("a backreference does not run in linear time".to_owned());
            }
            'k' => return Err("a backreference does not run in linear time".to_owned()),
            '0' => self.made.push_str("\\x00"),
            'u' if !self.rest.starts_with('{') => self.unit()?,
            'b' if self.class > 0 => self.made.push_str("\\x08"),
            'w' if ascii => self.ascii("0-9A-Za-z_", false),
            'W' if ascii => self.ascii("0-9A-Za-z_", true),
            'd' if ascii => self.ascii("0-9", false),
            'D' if ascii => self.ascii("0-9", true),
            'b' if ascii => self.made.push_str("(?-u:\\b)"),
            'B' if ascii => self.made.push_str("(?-u:\\B)"),
            'Z' if !ascii => self.made.push_str("\\z"),
            ' ' | '"' | '\'' | '<' | '>' | ',' | ':' | ';' | '=' | '@' | '`' | '_' | '!' | '%' => {
                self.literal(char);
            }
            char if !char.is_ascii() => self.literal(char),
            'x' | 'u' | 'p' | 'P' | 'n' | 'r' | 't' | 'f' | 'v' | 's' | 'S' | 'w' | 'W' | 'd'
            | 'D' | 'b' | 'B' | 'A' | 'a' => self.kept(char),
            char if char.is_ascii_alphanumeric() && ascii => self.literal(char),
            other => self.kept(other),
        }
        Ok(())
    }

    fn kept(&mut self, char: char) {
        self.made.push('\\');
        self.made.push(char);
        // A name or number in braces is part of the escape.
        if matches!(char, 'x' | 'u' | 'p' | 'P') && self.rest.starts_with('{') {
            let end = self.rest.find('}').map_or(self.rest.len(), |end| end + 1);
            let (braces, rest) = self.rest.split_at(end);
            self.made.push_str(braces);
            self.rest = rest;
        }
    }

    fn literal(&mut self, char: char) {
        self.made.push(char);
    }

    fn ascii(&mut self, members: &str, negated: bool) {
        if self.class > 0 && !negated {
            self.made.push_str(members);
        } else {
            let not = if negated { "^" } else { "" };
            let _ = write!(self.made, "[{not}{members}]");
        }
    }

    /// `\uXXXX`: a UTF-16 code unit, of which two may be one character.
    fn unit(&mut self) -> Result<(), String> {
        let unit = |text: &str| u16::from_str_radix(text.get(..4)?, 16).ok();
        let Some(first) = unit(self.rest) else {
            self.made.push('u');
            return Ok(());
        };
        let after = self.rest.get(4..).unwrap_or_default();
        let second = after.strip_prefix("\\u").and_then(unit);
        let mut units = vec![first];
        units.extend(second.filter(|_| (0xd800..0xdc00).contains(&first)));
        let Ok(text) = String::from_utf16(&units) else {
            return Err("half a surrogate pair is no character".to_owned());
        };
        self.rest = if units.len() == 2 { after.get(6..).unwrap_or_default() } else { after };
        for char in text.chars() {
            let _ = write!(self.made, "\\u{{{:x}}}", u32::from(char));
        }
        Ok(())
    }
}

/// Whether what follows an opening brace is a count of repetitions.
fn is_count(rest: &str) -> bool {
    let Some((count, _)) = rest.split_once('}') else { return false };
    let (least, most) = count.split_once(',').unwrap_or((count, ""));
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    !least.is_empty() && is_number(least) && is_number(most)
}

#[cfg(test)]
mod tests {
    use super::{Dialect, translated};

    fn js(pattern: &str) -> Result<String, String> {
        translated(pattern, "i", Dialect::JavaScript)
    }

    #[test]
    fn what_means_the_same_is_written_as_rust_has_it() {
        for (theirs, ours) in [
            (r"a\d+\b", r"(?i)a[0-9]+(?-u:\b)"),
            (r"[\w-]\W", r"(?i)[0-9A-Za-z_-][^0-9A-Za-z_]"),
            (r"[[a&&b]", r"(?i)[\[a\&&b]"),
            (r"{{x}} a{2,}", r"(?i)\{\{x}} a{2,}"),
            (r"\u200b\u{1f600}\uD83D\uDE00", r"(?i)\u{200b}\u{1f600}\u{1f600}"),
            (r"\/\-\.\'", r"(?i)\/\-\.'"),
        ] {
            assert_eq!(js(theirs).as_deref(), Ok(ours), "{theirs}");
        }
        let python = translated(r"\bé\w\Z", "", Dialect::Python);
        assert_eq!(python.as_deref(), Ok(r"\bé\w\z"));
    }

    #[test]
    fn what_has_no_counterpart_is_refused() {
        for (theirs, why) in [
            (r"a(?=b)", "look-around"),
            (r"a(?<!b)", "look-around"),
            (r"(a)\1", "backreference"),
            (r"a\", "backslash"),
            (r"\uD83D", "surrogate"),
            (r"a)", "bad regular"),
            ("(a{1000}){1000}", "too large"),
        ] {
            let told = js(theirs).err().unwrap_or_default();
            assert!(told.contains(why), "{theirs}: {told}");
        }
    }
}
