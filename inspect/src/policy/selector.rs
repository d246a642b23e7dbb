//! What a rule is about: every type (`*`), a type (`SECRET`), or a type's subtype (`SECRET/jwt`).

use crate::Kind;
use crate::detect::{is_subtype, subtypes};

/// The name of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Selector {
    Every,
    Kind(Kind),
    Exact(Kind, String),
}

impl Selector {
    /// Reads a name; `customs` are the subtypes of the operator's own detectors.
    ///
    /// # Errors
    /// Says that there is no such type or subtype, and the name that is most like it.
    pub(crate) fn read(name: &str, customs: &[&str]) -> Result<Self, String> {
        if name == "*" {
            return Ok(Self::Every);
        }
        let (kind_name, subtype) =
            name.split_once('/').map_or((name, None), |(kind, subtype)| (kind, Some(subtype)));
        let kind = Kind::named(kind_name).ok_or_else(|| {
            let kinds = Kind::ALL.into_iter().map(Kind::as_str);
            unknown("type", kind_name, kinds)
        })?;
        let Some(subtype) = subtype else { return Ok(Self::Kind(kind)) };
        let known = match kind {
            Kind::Secret => is_subtype(subtype) || customs.contains(&subtype),
            Kind::Custom => customs.contains(&subtype),
            _ => !subtype.is_empty(),
        };
        if known {
            return Ok(Self::Exact(kind, subtype.to_owned()));
        }
        let secrets: Vec<&str> = subtypes().filter(|_| kind == Kind::Secret).collect();
        let known = customs.iter().chain(&secrets).copied();
        Err(unknown(&format!("{kind_name}/"), subtype, known))
    }

    /// Whether it names such a match.
    pub(crate) fn names(&self, kind: Kind, subtype: Option<&str>) -> bool {
        match self {
            Self::Every => true,
            Self::Kind(named) => *named == kind,
            Self::Exact(named, exact) => *named == kind && subtype == Some(exact),
        }
    }
}

/// Says that there is no `what` called `name`, with the candidate that is most like it.
pub(crate) fn unknown<'a>(
    what: &str,
    name: &str,
    candidates: impl Iterator<Item = &'a str>,
) -> String {
    let separator = if what.ends_with('/') { "" } else { " " };
    let nearest = nearest(name, candidates);
    let perhaps = nearest.map_or(String::new(), |near| format!(", perhaps {near} is meant"));
    format!("there is no {what}{separator}{name}{perhaps}")
}

/// The candidate that has the most characters of `name`, in order; of several, the shortest.
fn nearest<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = name.to_lowercase();
    let shared = |candidate: &str| {
        let lower = candidate.to_lowercase();
        let mut rest = lower.chars();
        wanted
            .chars()
            .filter(|char| {
                let here = rest.clone().position(|other| other == *char);
                here.is_some_and(|here| rest.nth(here).is_some())
            })
            .count()
    };
    candidates.max_by_key(|candidate| (shared(candidate), std::cmp::Reverse(candidate.len())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_name_is_told_with_the_nearest() {
        for (name, told) in [
            ("EMAIL", "there is no type EMAIL, perhaps EMAIL_ADDRESS is meant"),
            ("CARD", "there is no type CARD, perhaps CREDIT_CARD is meant"),
            ("SECRET/jtw", "there is no SECRET/jtw, perhaps jwt is meant"),
            ("CUSTOM/badge", "there is no CUSTOM/badge, perhaps staff-badge is meant"),
        ] {
            assert_eq!(Selector::read(name, &["staff-badge"]).unwrap_err(), told);
        }
    }

    #[test]
    fn names_are_read() {
        assert_eq!(Selector::read("*", &[]), Ok(Selector::Every));
        assert_eq!(Selector::read("IBAN", &[]), Ok(Selector::Kind(Kind::Iban)));
        let exact = Selector::Exact(Kind::Custom, "badge".to_owned());
        assert_eq!(Selector::read("CUSTOM/badge", &["badge"]), Ok(exact));
    }
}
