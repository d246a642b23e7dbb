use super::*;

fn subtype(text: &str) -> Option<&'static str> {
    let digit = text.find(|char: char| char.is_ascii_digit())?;
    find(text, digit)?.subtype
}

#[test]
fn there_are_numbers_of_more_than_forty_countries() {
    let countries: std::collections::BTreeSet<&str> =
        subtypes().iter().filter_map(|subtype| subtype.split('-').next()).collect();
    assert!(countries.len() >= 42, "{countries:?}");
}

#[test]
fn what_stands_in_a_longer_word_is_nothing() {
    assert_eq!(subtype("x_10000000146"), None);
    assert_eq!(subtype("550e8400-e29b-41d4-a716-446655440000"), None);
}
