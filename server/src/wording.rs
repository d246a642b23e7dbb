//! Reasons and labels that people give: they say something, in any script.

/// The pattern of such a text in the API's description: a letter or a number. White space would not
/// do, since Unicode, ECMA-262 and Rust each count other characters to it.
pub(crate) const SAYS_SOMETHING: &str = r"[\p{L}\p{N}]";

/// Whether a text has at most `longest` characters, and a letter or a number among them.
pub(crate) fn says_something(text: &str, longest: usize) -> bool {
    text.contains(store::is_letter_or_number) && text.chars().count() <= longest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_and_signs_say_nothing() {
        for text in ["case 7", "事件", " ½ ", &"x".repeat(10)] {
            assert!(says_something(text, 10), "{text:?}");
        }
        for text in ["", " ", "\u{85}", "\u{feff}", "\u{1c}", "…!", &"x".repeat(11)] {
            assert!(!says_something(text, 10), "{text:?}");
        }
    }
}
