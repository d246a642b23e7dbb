//! What rules ask of texts, taken out of them.
//!
//! A `contains` or `re` becomes the question whether a field of our own is there
//! (`field|exists: true`), which [`Texts`] answers for all rules together. What is more particular
//! (`cased`, wildcards, words outside ASCII, keywords, members of arrays) stays as it is.

use rsigma_parser::{
    Detection, DetectionItem, FieldSpec, Modifier, SigmaRule, SigmaString, SigmaValue,
};

use crate::texts::{Question, Texts, Wanted};

/// Begins the name of a field that stands for a question: no event has such a field.
const MARK: char = '\u{1}';

/// The field that stands for a question.
pub(super) fn name(number: usize) -> String {
    format!("{MARK}{number}")
}

/// The question that a field stands for.
pub(super) fn number(field: &str) -> Option<usize> {
    field.strip_prefix(MARK)?.parse().ok()
}

/// The same rule, its questions on texts asked of `texts`.
pub(super) fn asked(rule: &SigmaRule, texts: &mut Texts) -> SigmaRule {
    let mut rule = rule.clone();
    for detection in rule.detection.named.values_mut() {
        ask(detection, texts);
    }
    rule
}

fn ask(detection: &mut Detection, texts: &mut Texts) {
    match detection {
        Detection::AllOf(items) => {
            for item in items {
                if let Some(question) = question(item) {
                    let name = name(texts.ask(question));
                    *item = DetectionItem {
                        field: FieldSpec::new(Some(name), vec![Modifier::Exists]),
                        values: vec![SigmaValue::Bool(true)],
                    };
                }
            }
        }
        Detection::AnyOf(parts) | Detection::And(parts) => {
            for part in parts {
                ask(part, texts);
            }
        }
        Detection::ArrayMatch { .. } | Detection::Conditional { .. } | Detection::Keywords(_) => {}
    }
}

fn question(item: &DetectionItem) -> Option<Question> {
    let field = item.field.name.clone()?;
    let (mut flags, mut kind, mut all) = (String::new(), None, false);
    for modifier in &item.field.modifiers {
        match modifier {
            Modifier::Contains | Modifier::Re if kind.is_none() => kind = Some(*modifier),
            Modifier::All => all = true,
            Modifier::IgnoreCase => flags.push('i'),
            Modifier::Multiline => flags.push('m'),
            Modifier::DotAll => flags.push('s'),
            _ => return None,
        }
    }
    let is_expression = kind? == Modifier::Re;
    if item.values.is_empty() || !flags.is_empty() && !is_expression {
        return None;
    }
    let wanted = item.values.iter().map(|value| match value {
        SigmaValue::String(text) if is_expression => Some(expression(text, &flags)),
        SigmaValue::String(text) => plain(text),
        _ => None,
    });
    Some(Question { field, wanted: wanted.collect::<Option<_>>()?, all })
}

fn expression(text: &SigmaString, flags: &str) -> Wanted {
    let flags = if flags.is_empty() { String::new() } else { format!("(?{flags})") };
    Wanted::Expression(format!("{flags}{}", text.original))
}

fn plain(text: &SigmaString) -> Option<Wanted> {
    let text = text.as_plain().filter(|text| text.is_ascii() && !text.is_empty())?;
    Some(Wanted::Text(text))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert_eq, proptest};
    use proptest::sample::Index;
    use rsigma_eval::{Engine, JsonEvent};

    use super::super::{Detection, Matcher, Parsed, Sigma, SigmaValue, fields, parse};
    use crate::rules::{Body, RuleSet};

    fn shipped() -> Vec<Sigma> {
        let (set, _) = RuleSet::load(crate::shipped());
        let bodies = set.rules().iter().filter_map(|rule| match &rule.body {
            Body::Detection(sigma) => Some(sigma.as_ref().clone()),
            Body::Correlation(_) => None,
        });
        bodies.collect()
    }

    /// The engine as it is, without any question taken out.
    fn untouched(rules: &[Sigma]) -> Engine {
        let mut engine = Engine::new();
        for (number, sigma) in rules.iter().enumerate() {
            let mut rule = sigma.0.clone();
            rule.id = Some(number.to_string());
            engine.add_rule(&rule).unwrap();
        }
        engine
    }

    fn numbers(engine: &Engine, event: &serde_json::Value) -> Vec<usize> {
        let results = engine.evaluate(&JsonEvent::borrow(event));
        let ids = results.iter().map(|result| result.header.rule_id.clone().unwrap());
        let mut numbers: Vec<usize> = ids.map(|id| id.parse().unwrap()).collect();
        numbers.sort_unstable();
        numbers
    }

    /// What rules look for and what their examples say, in pieces.
    fn pieces() -> Vec<String> {
        let mut pieces: Vec<String> =
            ["\u{17F}", "\u{212A}", "é", "\n", " ", "|", "="].map(str::to_owned).into();
        for (_, text) in crate::shipped() {
            pieces.extend(
                text.split(['"', '\'']).filter(|piece| piece.len() < 400).map(str::to_owned),
            );
        }
        pieces
    }

    fn event(fields: &[String], texts: &[String]) -> serde_json::Value {
        let all: Vec<serde_json::Value> = texts.iter().map(|text| text.as_str().into()).collect();
        let whole = texts.concat();
        let told = fields.iter().enumerate().map(|(number, field)| match number % 3 {
            0 => (field.clone(), whole.clone().into()),
            1 => (field.clone(), serde_json::Value::Array(all.clone())),
            _ => (field.clone(), whole.to_uppercase().into()),
        });
        serde_json::Value::Object(told.collect())
    }

    #[test]
    fn asking_together_answers_as_each_rule_by_itself() {
        let rules = shipped();
        let engine = untouched(&rules);
        let matcher = Matcher::new(rules.iter().enumerate(), &[], &|_| None);
        let pieces = pieces();
        let mut named: Vec<String> = rules
            .iter()
            .flat_map(|sigma| sigma.0.detection.named.values().flat_map(fields))
            .map(str::to_owned)
            .collect();
        named.sort_unstable();
        named.dedup();
        proptest!(|(chosen in proptest::collection::vec(any::<Index>(), 1..5), turn in 0_usize..3)| {
            let texts: Vec<String> = chosen.iter().map(|index| index.get(&pieces).clone()).collect();
            let mut named = named.clone();
            named.rotate_left(turn);
            let event = event(&named, &texts);
            prop_assert_eq!(matcher.matches_json(&event), numbers(&engine, &event));
        });
    }

    #[test]
    fn every_modifier_of_an_expression_counts() {
        let text = "title: t\nlogsource: {product: genai}\ndetection:\n  one: {a|re|i: 'b.c'}\n  two: {a|re|s: 'b.c'}\n  three: {a|re|m: '^c$'}\n  four: {a|contains|all: [B, C]}\n  condition: 1 of them\n";
        let (mut parsed, errors) = parse(text);
        assert!(errors.is_empty(), "{errors:?}");
        let Some(Parsed::Detection(rule)) = parsed.pop() else { panic!("no detection") };
        let mut texts = crate::texts::Texts::default();
        let asked = super::asked(&rule, &mut texts);
        let left: Vec<&Detection> = asked.detection.named.values().collect();
        let all_asked = left.iter().all(|detection| {
            matches!(detection, Detection::AllOf(items)
            if items.iter().all(|item| item.values == [SigmaValue::Bool(true)]))
        });
        assert!(all_asked, "{left:?}");
        let rules = [Sigma::check(*rule).unwrap()];
        let matcher = Matcher::new(rules.iter().enumerate(), &[], &|_| None);
        for (text, matches) in
            [("BxC", true), ("b\nc", true), ("x\nc\ny", true), ("c b", true), ("x", false)]
        {
            let found = matcher.matches_json(&serde_json::json!({ "a": text }));
            assert_eq!(!found.is_empty(), matches, "{text:?}");
        }
    }
}
