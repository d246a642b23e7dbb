//! Every format at once: a drawn value of its shape is found, a near miss is not.

use std::collections::BTreeSet;

use super::noise::Noise;
use super::shape::{Class, Part};
use super::*;

/// A value of a format, and whether it is one of chance.
fn value(noise: &mut Noise, format: &Format) -> String {
    let drawn = noise.value(format.shape);
    if format.lead == 0 { format.anchor.to_owned() + &drawn } else { drawn }
}

fn found(text: &str, format: &'static Format) -> Option<std::ops::Range<usize>> {
    let mut from = 0;
    while let Some(offset) = text.get(from..)?.find(format.anchor) {
        if let Some(found) = find(text, from + offset, format) {
            return Some(found.range);
        }
        from += offset + 1;
    }
    None
}

/// The shape with one run a character longer, one shorter, or of a sign that it has not.
fn near_misses(noise: &mut Noise, format: &Format) -> Vec<String> {
    let whole = |body: &str| {
        if format.lead == 0 { format.anchor.to_owned() + body } else { body.to_owned() }
    };
    let body = noise.value(format.shape);
    let mut misses = vec![];
    let bounded = |part: &Part| matches!(part, Part::Exactly(..) | Part::Uuid);
    if format.shape.iter().all(bounded) {
        misses.push(whole(&format!("{body}7")));
        misses.push(whole(body.get(..body.len() - 1).unwrap()));
    }
    if matches!(format.chance, Chance::Varied) {
        misses.push(whole("?!"));
        misses.push(whole(&"x".repeat(body.len())));
    }
    misses
}

#[test]
fn there_are_many() {
    let subtypes: BTreeSet<&str> = subtypes().collect();
    let shapes = formats().count() + services().map(|service| service.keys.len()).sum::<usize>();
    assert!(subtypes.len() >= 300 && shapes >= 400, "{} of {shapes}", subtypes.len());
}

#[test]
fn every_format_finds_its_own() {
    let mut noise = Noise::new(11);
    for format in formats() {
        for _ in 0..20 {
            let key = value(&mut noise, format);
            // Short ones are not always like chance.
            if !format.chance.suits(&key.as_bytes()[format.anchor.len()..]) && format.lead == 0 {
                assert!(matches!(format.chance, Chance::RandomOrMasked | Chance::Random), "{key}");
                continue;
            }
            for (before, after) in
                [("", ""), ("key=\"", "\""), ("see ", "."), ("(", ")"), ("漢", "漢")]
            {
                // A sign that the run itself may hold would go on with it.
                let text = format!("{before}{key}{after}");
                let range =
                    found(&text, format).unwrap_or_else(|| panic!("{} {text}", format.subtype));
                assert!(
                    range.start == before.len() && range.end >= before.len() + key.len() - 1,
                    "{text}"
                );
            }
        }
    }
}

#[test]
fn no_format_takes_a_near_miss() {
    let mut noise = Noise::new(12);
    for format in formats() {
        for _ in 0..20 {
            for miss in near_misses(&mut noise, format) {
                let range = found(&miss, format);
                assert!(range.is_none(), "{} {miss} {range:?}", format.subtype);
            }
            let key = value(&mut noise, format);
            let joined = format!("a{key}");
            let anchored =
                format.anchor.starts_with(['_', '/', '&']) || format.anchor.contains('/');
            assert!(anchored || found(&joined, format).is_none(), "{} {joined}", format.subtype);
        }
    }
}

#[test]
fn every_service_finds_its_own_and_no_hash_behind_its_name() {
    let mut noise = Noise::new(13);
    for service in services() {
        let name = service.names[0];
        for (subtype, parts) in service.keys {
            for _ in 0..20 {
                let key = noise.value(parts);
                if !is_varied(key.as_bytes()) {
                    continue;
                }
                for text in [
                    format!("{name}_api_key=\"{key}\""),
                    format!("{name}Secret: \"{key}\""),
                    format!("{name} token := {key}"),
                ] {
                    let found = named::find(&text, 0, name.len(), service);
                    assert!(found.is_some(), "{subtype} {text}");
                }
                let longer = noise.value(&[Part::Exactly(Class::Alphanumeric, 97)]);
                let misses = [
                    format!("{name}_api_key=\"{key}{longer}\""),
                    format!("x{name}_api_key=\"{key}\""),
                    format!(
                        "{name}_release = \"{}\"",
                        noise.value(&[Part::Exactly(Class::LowerHex, 40)])
                    ),
                ];
                let exact = |part: &Part| matches!(part, Part::Exactly(..));
                let bounded = service.keys.iter().all(|(_, parts)| parts.iter().all(exact));
                for text in &misses[usize::from(!bounded)..] {
                    let place = usize::from(text.starts_with('x'));
                    let found = named::find(text, place, place + name.len(), service);
                    assert!(found.is_none() || service.secret, "{subtype} {text}");
                }
            }
        }
    }
}

#[test]
fn a_service_may_be_named_behind_its_key() {
    let service = services().find(|service| service.names == ["cohere"]).unwrap();
    let text = "q8ZrT4wXn2LkVb7HsJ0yPd9mCf3GtE5uW6oAi1Bx is our cohere api key";
    let place = text.find("cohere").unwrap();
    let found = named::find(text, place, place + 6, service).unwrap();
    assert_eq!(found.range, 0..40);
}

#[test]
fn shapes_end_where_words_end() {
    let parts = [Part::Text("k-"), Part::Between(Class::Url, 4, 8)];
    assert_eq!(shape::end_of(&parts, b"k-abcd.", 0), Some(6));
    assert_eq!(shape::end_of(&parts, b"k-abcdefghi", 0), None);
    assert_eq!(shape::end_of(&parts, b"k-abc", 0), None);
}
