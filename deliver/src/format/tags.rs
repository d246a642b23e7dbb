//! Tags of rules: `atlas.aml.t0051.000`, `owasp.llm01.2025`, `attack.t1059.001`.

/// A technique of MITRE ATLAS or ATT&CK.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Technique {
    /// `AML.T0051`, `T1059`.
    pub(crate) id: String,
    /// `AML.T0051.000`, `T1059.001`.
    pub(crate) sub: Option<String>,
}

/// The technique that a tag names, if it names one.
pub(crate) fn technique(tag: &str) -> Option<Technique> {
    let (prefix, rest) = match tag.split_once('.')? {
        ("atlas", rest) => ("AML.", rest.strip_prefix("aml.")?),
        ("attack", rest) => ("", rest),
        _ => return None,
    };
    let (number, sub) = rest.split_once('.').map_or((rest, None), |(id, sub)| (id, Some(sub)));
    let digits = number.strip_prefix('t')?;
    let plain = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !plain(digits) || !sub.is_none_or(plain) {
        return None;
    }
    let id = format!("{prefix}T{digits}");
    let sub = sub.map(|sub| format!("{id}.{sub}"));
    Some(Technique { id, sub })
}

/// Namespace and rest of a tag.
pub(crate) fn split(tag: &str) -> (&str, &str) {
    tag.split_once('.').unwrap_or(("tag", tag))
}

#[cfg(test)]
mod tests {
    use super::{split, technique};

    #[test]
    fn techniques() {
        let found = technique("atlas.aml.t0051.000").unwrap();
        assert_eq!((found.id.as_str(), found.sub.as_deref()), ("AML.T0051", Some("AML.T0051.000")));
        let found = technique("attack.t1059").unwrap();
        assert_eq!((found.id.as_str(), found.sub), ("T1059", None));
        for other in ["attack.execution", "owasp.llm01.2025", "atlas.aml.ta0001", "atlas.t1", ""] {
            assert_eq!(technique(other), None, "{other}");
        }
        assert_eq!(split("owasp.llm01.2025"), ("owasp", "llm01.2025"));
    }
}
