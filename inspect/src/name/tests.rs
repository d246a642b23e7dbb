//! Names in several languages, and what is none.

use proptest::prelude::*;

use super::*;
use crate::Kind;
use crate::matched::disjoint;
use crate::vocabulary::{Vocabulary, Words};

/// The phrases of a text.
fn cues(text: &str) -> Vec<Occurrence> {
    let cues = &phrases();
    Vocabulary::new(Words { cues, ..Words::default() }).spot(text).cues
}

fn found(text: &str) -> Vec<(Kind, &str)> {
    let mut matches = Vec::new();
    find(text, &cues(text), &mut matches);
    let slice = |found: Match| (found.kind, text.get(found.range).unwrap_or_default());
    disjoint(matches).into_iter().map(slice).collect()
}

fn of(kind: Kind, text: &str) -> Vec<&str> {
    found(text).into_iter().filter(|(known, _)| *known == kind).map(|(_, value)| value).collect()
}

#[test]
fn people_in_many_languages() {
    for (text, name) in [
        ("My name is Olga Petrenko and I need help.", "Olga Petrenko"),
        ("my name is olga petrenko", "olga petrenko"),
        ("Yesterday Kenji Tanaka wrote to us.", "Kenji Tanaka"),
        ("Mein Name ist Jürgen Müller-Lüdenscheidt.", "Jürgen Müller-Lüdenscheidt"),
        ("Sehr geehrte Frau Schneider, vielen Dank", "Frau Schneider"),
        ("Je m'appelle Chloé Lefèvre.", "Chloé Lefèvre"),
        ("Me llamo José García López y vivo aquí", "José García López"),
        ("Mi chiamo Giulia Rossi", "Giulia Rossi"),
        ("Meu nome é João da Silva", "João da Silva"),
        ("Mijn naam is Pieter van den Berg", "Pieter van den Berg"),
        ("Nazywam się Agnieszka Kowalska", "Agnieszka Kowalska"),
        ("Jag heter Björn Åkesson", "Björn Åkesson"),
        ("Benim adım Ayşe Yılmaz", "Ayşe Yılmaz"),
        ("Меня зовут Сергей Иванов", "Сергей Иванов"),
        ("{\"firstName\": \"Ana\", \"x\": 1}", "Ana"),
        ("From: Maria Oliveira <m@example.com>", "Maria Oliveira"),
        ("All the best,\nKind regards,\nFiona McAllister", "Fiona McAllister"),
        ("田中さんに電話した", "田中"),
    ] {
        assert_eq!(of(Kind::Person, text), [name], "{text}");
    }
}

#[test]
fn organisations_and_places() {
    assert_eq!(
        of(Kind::Organization, "He works for Kestrel Dynamics Ltd. in the north"),
        ["Kestrel Dynamics Ltd."]
    );
    assert_eq!(
        of(Kind::Organization, "die Nordwind Logistik GmbH liefert"),
        ["Nordwind Logistik GmbH"]
    );
    assert_eq!(
        of(Kind::Organization, "studying at the University of Porto"),
        ["University of Porto"]
    );
    for (text, place) in [
        ("She moved to Gdańsk last year", "Gdańsk"),
        ("the delivery to New York City is late", "New York City"),
        ("Wir fahren nach Österreich", "Österreich"),
        ("Vivo en Países Bajos desde hace años", "Países Bajos"),
        ("City: Wanaka", "Wanaka"),
    ] {
        assert_eq!(of(Kind::Location, text), [place], "{text}");
    }
}

#[test]
fn addresses_of_several_countries() {
    for text in [
        "12 Baker Street, London NW1",
        "1600 Amphitheatre Parkway\nMountain View, CA 94043",
        "Bahnhofstraße 12, 10115 Berlin",
        "12 rue de la Paix, 75002 Paris",
        "Calle Mayor 5, 28013 Madrid",
        "Via Roma 10, 00184 Roma",
        "ul. Długa 5, 00-238 Warszawa",
        "Storgatan 3, 111 22 Stockholm",
        "Damstraat 15, 1012 Amsterdam",
        "P.O. Box 104, Springfield",
    ] {
        let letter = format!("Please send it to {text} tomorrow.");
        let address = of(Kind::Address, &letter);
        assert!(
            address.first().is_some_and(|found| found.len() + 8 > text.len()),
            "{text}: {address:?}"
        );
    }
    assert_eq!(of(Kind::Address, "my zip code is 90210"), ["90210"]);
    assert_eq!(of(Kind::Address, "PLZ: 80331"), ["80331"]);
}

#[test]
fn births_and_ages() {
    for (text, date) in [
        ("date of birth: 1980-02-29", "1980-02-29"),
        ("Please tell me your date of birth. It's 9/24/1946", "9/24/1946"),
        ("geboren am 3. Mai 1975 in Bonn", "3. Mai 1975"),
        ("Fecha de nacimiento: 12 de marzo de 1990", "12 de marzo de 1990"),
        ("born on March 12, 1980", "March 12, 1980"),
        ("生年月日：1985年4月1日", "1985年4月1日"),
    ] {
        assert_eq!(of(Kind::DateOfBirth, text), [date], "{text}");
    }
    for (text, age) in [
        ("Patient is a 65-year-old male", "65"),
        ("retired at the age of 66", "66"),
        ("Sie ist 34 Jahre alt", "34"),
        ("{\"age\": 42}", "42"),
    ] {
        assert_eq!(of(Kind::Age, text), [age], "{text}");
    }
}

#[test]
fn words_that_only_look_like_names() {
    for text in [
        "Will this work in May? Mark the box and Grant access.",
        "The Merge Queue is on. Hope this helps! Bill the customer on Monday.",
        "Kubernetes runs Docker containers; Python and Java clients use Redis.",
        "fn main() { let Some(found) = Match::new(Kind::Person, Range) else { return }; }",
        "class UserRepository extends Repository<User> implements Serializable {}",
        "2024-07-09T00:16:08Z INFO Starting Server on port 8080 (version 2.14.3)",
        "{\"name\": \"build-and-test\", \"type\": \"Workflow\", \"runs\": 12}",
        "SELECT Name, Price FROM Orders WHERE Status = 'Open'",
        "Section 12 of Chapter 3 explains Figure 4 and Table 5.",
        "Der Vertrag über die Lieferung der Waren ist gültig.",
        "Deployed at 2024-07-09. Error 404: Not Found. Windows 11, Python 3.",
        "Upgrade to v24.26.9895; requires serde 10.73.361 or later",
        "[PERSON:x] wrote to [EMAIL_ADDRESS:x]",
    ] {
        assert_eq!(found(text), [], "{text}");
    }
}

proptest! {
    #[test]
    fn any_text_has_matches_on_character_boundaries(text in "(\\PC|[A-Z][a-zé]{1,6} |[0-9]{1,4} |St\\. |, |\n){0,60}") {
        let mut matches = Vec::new();
        find(&text, &cues(&text), &mut matches);
        for found in matches {
            prop_assert!(text.get(found.range.clone()).is_some_and(|part| !part.is_empty()));
            prop_assert!((0.0..=1.0).contains(&found.confidence));
        }
    }
}

/// Twice the text takes about twice the words that are read.
#[test]
fn the_work_is_linear() {
    for part in [
        "Anna ",
        "Street 1 ",
        "A. ",
        "12 St, ",
        "Apt\n",
        "my name is ",
        "of the Of ",
        "Ö-ö ",
        "born on 1 ",
        "........Maria",
    ] {
        let words = |times: usize| {
            word::READ.set(0);
            let text = part.repeat(times);
            find(&text, &cues(&text), &mut Vec::new());
            word::READ.get()
        };
        let (once, twice) = (words(500), words(1000));
        assert!(twice <= 2 * once + 200, "{part:?}: {once} then {twice}");
        assert!(once < 500 * 200, "{part:?}: {once}");
    }
}

#[test]
fn orders_rows_and_old_things_are_nobodys() {
    for text in [
        "Het pakket PO 87-43942 is gescand",
        "row 23; fødselsnummer",
        "a mortgage, 5 years old data and support",
    ] {
        assert_eq!(found(text), [], "{text}");
    }
    assert_eq!(of(Kind::Age, "she is 5 years old and happy"), ["5"]);
}

#[test]
fn days_about_a_person_are_told() {
    for (text, day) in [
        ("Date: 1986-03-14 18:20:05\nName: Ada Stone", "1986-03-14 18:20:05"),
        ("When: 2019-07-02 08:30\nWhere: Harbour Club", "2019-07-02 08:30"),
        ("She was admitted on 12/03/2024 with pain", "12/03/2024"),
        ("your appointment on March 3, 2027 at noon", "March 3, 2027"),
        ("We'll meet Friday at the library", "Friday"),
    ] {
        assert_eq!(of(Kind::DateTime, text), [day], "{text}");
    }
    for text in [
        "Date: 2026-11-24 10:15:30\nServer: nginx",
        "date: 2026-11-24\ntitle: A page",
        "Date: 2026-11-24T10:15:30Z\nName: worker-1",
        "{\"date\": \"2026-11-24\", \"when\": \"2026-11-24 10:15\"}",
        "updated: 2026-11-24 10:15\nName: x",
        "Today is 2026-11-24.",
        "we'll meet the deadline on Friday",
    ] {
        assert_eq!(of(Kind::DateTime, text), [""; 0], "{text}");
    }
}

#[test]
fn codes_behind_a_break_belong_to_an_address() {
    for (text, address) in [
        (
            "The letter arrived at 49 Harbour Street\nDunedin, OTA 9016 last night.",
            "49 Harbour Street\nDunedin, OTA 9016",
        ),
        (
            "Please update the billing address with 54 Mill Road\nKERAVA\n, UU\n 51771 for this card: 1",
            "54 Mill Road\nKERAVA\n, UU\n 51771",
        ),
    ] {
        assert_eq!(of(Kind::Address, text), [address], "{text}");
    }
}

#[test]
fn two_streets_of_a_corner_and_post_offices_of_the_armed_forces_are_addresses() {
    for (text, address) in [
        (
            "We meet at the corner of 12 Harbour Street and Mill Road at noon.",
            "the corner of 12 Harbour Street and Mill Road",
        ),
        ("please send it to unit 1009 box 0219\ndpo ap 51065", "dpo ap 51065"),
        ("may i have it sent to uscgc harbour\nfpo ae 09123?", "fpo ae 09123"),
        ("fpo ae 09123", "fpo ae 09123"),
        ("FPO AE 09123", "FPO AE 09123"),
        ("Fpo Ae 09123", "Fpo Ae 09123"),
    ] {
        let found = of(Kind::Address, text);
        assert!(found.last().is_some_and(|last| last.ends_with(address)), "{text}: {found:?}");
    }
}
