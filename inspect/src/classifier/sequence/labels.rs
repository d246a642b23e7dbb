//! The labels of a model: which of them mean an attack.

use crate::classifier::ClassifierError;

/// What the public models call a text that is none, without case and marks. `LABEL_0` is what
/// `transformers` calls the first label of a model that names none.
const HARMLESS: [&str; 17] = [
    "BENIGN",
    "SAFE",
    "LEGIT",
    "LEGITIMATE",
    "NORMAL",
    "CLEAN",
    "HARMLESS",
    "NEGATIVE",
    "NONE",
    "OK",
    "LABEL0",
    "NOATTACK",
    "NOTATTACK",
    "NOINJECTION",
    "NOTINJECTION",
    "NOJAILBREAK",
    "NOTJAILBREAK",
];

/// Whether each label means an attack, by its number.
#[derive(Debug)]
pub(super) struct AttackLabels(Vec<bool>);

impl AttackLabels {
    /// Those of a model with labels of these `names`: the `chosen` ones mean an attack, or without
    /// any all but the harmless ones.
    pub(super) fn new(names: &[String], chosen: &[String]) -> Result<Self, ClassifierError> {
        let known = || names.join(", ");
        if let Some(label) = chosen.iter().find(|label| !names.contains(label)) {
            return Err(ClassifierError::NoLabel { label: label.clone(), known: known() });
        }
        let is_attack = |name: &String| {
            if chosen.is_empty() { !is_harmless(name) } else { chosen.contains(name) }
        };
        let attacks: Vec<bool> = names.iter().map(is_attack).collect();
        if attacks.iter().all(|is| *is) || !attacks.contains(&true) {
            return Err(ClassifierError::Undecided { known: known() });
        }
        Ok(Self(attacks))
    }

    pub(super) const fn len(&self) -> usize {
        self.0.len()
    }

    /// The share of the labels that mean an attack (softmax); not a number where a score is none.
    pub(super) fn share(&self, scores: &[f32]) -> f32 {
        let highest = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let (mut attack, mut all) = (0.0, 0.0);
        for (score, is_attack) in scores.iter().zip(&self.0) {
            let weight = (score - highest).exp();
            all += weight;
            attack += if *is_attack { weight } else { 0.0 };
        }
        attack / all
    }
}

fn is_harmless(name: &str) -> bool {
    let word: String =
        name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_uppercase();
    HARMLESS.contains(&word.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(names: &[&str], chosen: &[&str]) -> Result<Vec<bool>, String> {
        let owned =
            |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        AttackLabels::new(&owned(names), &owned(chosen))
            .map(|labels| labels.0)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn the_labels_of_public_models_are_understood() {
        for names in [
            &["LABEL_0", "LABEL_1"][..],
            &["SAFE", "INJECTION"],
            &["benign", "malicious"],
            &["LEGIT", "INJECTION"],
            &["No-Injection", "Injection"],
        ] {
            assert_eq!(labels(names, &[]), Ok(vec![false, true]), "{names:?}");
        }
        assert_eq!(labels(&["jailbreak", "benign"], &[]), Ok(vec![true, false]));
        let three = ["BENIGN", "INJECTION", "JAILBREAK"];
        assert_eq!(labels(&three, &[]), Ok(vec![false, true, true]));
        assert_eq!(labels(&three, &["JAILBREAK"]), Ok(vec![false, false, true]));
    }

    #[test]
    fn labels_that_say_nothing_are_refused() {
        for (names, chosen, expected) in [
            (&["A", "B"][..], &[][..], "of the classifier's labels A, B some must mean"),
            (&["SAFE", "LEGIT"], &[], "of the classifier's labels SAFE, LEGIT some must mean"),
            (&["A", "B"], &["A", "B"], "of the classifier's labels A, B some must mean"),
            (&["A", "B"], &["C"], "C is no label of the classifier, which has A, B"),
        ] {
            let told = labels(names, chosen).unwrap_err();
            assert!(told.starts_with(expected), "{told}");
        }
    }

    #[test]
    fn the_share_is_that_of_all_labels_that_mean_an_attack() {
        let labels = AttackLabels(vec![false, true, true]);
        assert!((labels.share(&[0.0, 0.0, 0.0]) - 2.0 / 3.0).abs() < 1e-6);
        assert!((labels.share(&[1000.0, 999.0, 0.0]) - 0.268_94).abs() < 1e-4);
        assert!(labels.share(&[0.0, f32::NAN, 0.0]).is_nan());
        assert!(labels.share(&[f32::INFINITY, 0.0, 0.0]).is_nan());
    }
}
