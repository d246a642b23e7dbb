//! Hosts in links that look like known ones.
//!
//! Says nothing of hosts that look like none.

use memchr::memmem;

use super::Sign;
use crate::view::confusable;

/// Names that are worth being taken for: the part before the public suffix, and the domains.
const KNOWN: [(&str, &[&str]); 20] = [
    ("google", &["com"]),
    ("microsoft", &["com"]),
    ("microsoftonline", &["com"]),
    ("office", &["com"]),
    ("github", &["com", "io"]),
    ("openai", &["com"]),
    ("anthropic", &["com"]),
    ("apple", &["com"]),
    ("icloud", &["com"]),
    ("amazon", &["com", "de", "fr", "it", "es", "nl", "pl", "in", "ca", "jp", "uk"]),
    ("paypal", &["com", "me"]),
    ("facebook", &["com"]),
    ("linkedin", &["com"]),
    ("netflix", &["com"]),
    ("dropbox", &["com"]),
    ("slack", &["com"]),
    ("atlassian", &["com", "net"]),
    ("huggingface", &["co"]),
    ("gitlab", &["com", "io"]),
    ("telegram", &["org", "me"]),
];
/// Links of a text that are looked at, and bytes of a host.
const LINKS: usize = 256;
const LONGEST: usize = 253;

/// Adds the sign of a look-alike.
pub(super) fn find(text: &str, signs: &mut Vec<Sign>) {
    let links = memmem::find_iter(text.as_bytes(), "://").take(LINKS);
    let mut hosts = links.filter_map(|place| host(text.get(place + 3..)?));
    if hosts.any(is_lookalike) {
        signs.push(("lookalike_host", 0.6));
    }
}

/// The host that a text begins with.
fn host(text: &str) -> Option<&str> {
    let is_part =
        |char: char| char.is_alphanumeric() || matches!(char, '.' | '-' | '_' | '@' | ':');
    let end = text.find(|char| !is_part(char)).unwrap_or(text.len());
    let authority = text.get(..end.min(LONGEST))?;
    let host = authority.rsplit('@').next().unwrap_or(authority);
    host.split(':').next()
}

fn is_lookalike(host: &str) -> bool {
    let labels: Vec<&str> = host.trim_end_matches('.').split('.').collect();
    let [before @ .., name, suffix] = labels.as_slice() else { return false };
    let shown = punycode(name);
    let shown = shown.as_deref().unwrap_or(name);
    let seems = KNOWN.iter().any(|(known, _)| {
        !shown.eq_ignore_ascii_case(known) && skeleton(shown).contains(&(*known).to_owned())
    });
    // A whole known name as a subdomain of another.
    let borrowed = before.windows(2).any(|pair| {
        KNOWN.iter().any(|(known, suffixes)| {
            pair[0].eq_ignore_ascii_case(known)
                && suffixes.first().is_some_and(|first| pair[1].eq_ignore_ascii_case(first))
        })
    }) || before.last().is_some_and(|last| {
        KNOWN.iter().any(|(known, _)| last.eq_ignore_ascii_case(known)) && is_suffix_like(name)
    });
    seems || borrowed && !suffix.is_empty() && !is_cloud(name)
}

/// `paypal.com-login.example`: a name that begins as a suffix does.
fn is_suffix_like(name: &str) -> bool {
    ["com-", "net-", "org-"].iter().any(|begin| name.to_ascii_lowercase().starts_with(begin))
}

/// Those who mirror others under their names.
fn is_cloud(name: &str) -> bool {
    ["archive", "translate", "googleusercontent", "google"].contains(&name)
}

/// What a name looks like, in ASCII: letters of other scripts, and pairs that are read as one.
fn skeleton(name: &str) -> Vec<String> {
    let ascii: String =
        name.chars().map(|char| confusable::ascii(char).unwrap_or(char)).collect::<String>();
    let lower = ascii.to_ascii_lowercase();
    let read = |from: &[(&str, &str)]| {
        from.iter().fold(lower.clone(), |text, (from, to)| text.replace(from, to))
    };
    let digits = [("0", "o"), ("1", "l"), ("3", "e"), ("5", "s")];
    let pairs = [("rn", "m"), ("vv", "w"), ("cl", "d")];
    vec![read(&digits), read(&pairs), read(&[("1", "i"), ("0", "o")]), lower]
}

/// A label of an internationalised name (RFC 3492), decoded.
fn punycode(label: &str) -> Option<String> {
    let rest = label.strip_prefix("xn--")?;
    let (basic, extended) = rest.rsplit_once('-').unwrap_or(("", rest));
    let mut decoded: Vec<char> = basic.chars().collect();
    let (mut code, mut place, mut bias) = (128_u32, 0_u32, 72_u32);
    let mut digits = extended.bytes();
    while digits.len() > 0 {
        let (before, mut weight, mut step) = (place, 1_u32, 36_u32);
        loop {
            let digit = match digits.next()?.to_ascii_lowercase() {
                letter @ b'a'..=b'z' => u32::from(letter - b'a'),
                digit @ b'0'..=b'9' => u32::from(digit - b'0') + 26,
                _ => return None,
            };
            place = place.checked_add(digit.checked_mul(weight)?)?;
            let least = step.saturating_sub(bias).clamp(1, 26);
            if digit < least {
                break;
            }
            weight = weight.checked_mul(36 - least)?;
            step += 36;
        }
        let count = u32::try_from(decoded.len()).ok()? + 1;
        bias = adapt(place - before, count, before == 0);
        code = code.checked_add(place / count)?;
        place %= count;
        decoded.insert(usize::try_from(place).ok()?, char::from_u32(code)?);
        place += 1;
    }
    Some(decoded.into_iter().collect())
}

/// RFC 3492, clause 6.1.
const fn adapt(delta: u32, count: u32, is_first: bool) -> u32 {
    let mut delta = if is_first { delta / 700 } else { delta / 2 };
    delta += delta / count;
    let mut step = 0;
    while delta > 455 {
        delta /= 35;
        step += 36;
    }
    step + 36 * delta / (delta + 38)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    fn is_found(text: &str) -> bool {
        let mut signs = Vec::new();
        super::find(text, &mut signs);
        !signs.is_empty()
    }

    #[test]
    fn lookalikes_are_seen() {
        for text in [
            "https://www.paypa1.com/login",
            "see http://xn--pple-43d.com now",
            "https://gοοgle.com/doc",
            "https://rnicrosoft.com",
            "https://paypal.com.account-check.example/x",
            "https://github.com-login.example",
        ] {
            assert!(is_found(text), "{text}");
        }
    }

    #[test]
    fn the_known_and_the_unknown_are_not() {
        for text in [
            "https://www.paypal.com/login",
            "https://docs.google.com and https://amazon.co.jp",
            "https://xn--mnchen-3ya.de/stadt",
            "https://example.com/paypal.com/help",
            "https://slack.example.com",
            "https://github.company.example/a",
            "https://g00d.example",
        ] {
            assert!(!is_found(text), "{text}");
        }
    }

    #[test]
    fn names_are_decoded() {
        assert_eq!(super::punycode("xn--mnchen-3ya").as_deref(), Some("münchen"));
        assert_eq!(super::punycode("xn--pple-43d").as_deref(), Some("аpple"));
        assert_eq!(super::punycode("plain"), None);
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "(https?://)?(xn--)?[a-z0-9.@:é/-]{0,80}") {
            is_found(&text);
            super::punycode(&text);
        }
    }
}
