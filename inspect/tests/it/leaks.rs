//! Values that once stayed, or stayed in part. Each must go to its last character.

use base64::Engine;
use model::*;
use serde_json::json;

use crate::world::{TestKeys, inspector};

/// A synthetic secret.
const SECRET: &str = "Zq7vKp2RtX9";

fn redacted(text: &str) -> String {
    inspector().scan(text, Origin::User, &TestKeys).redacted
}

/// Letters and digits without a pattern, the same in every run.
fn noise(length: usize) -> String {
    const SIGNS: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    let mut state = 7_u64;
    let mut next = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        char::from(SIGNS[usize::try_from(state >> 33).unwrap() % SIGNS.len()])
    };
    (0..length).map(|_| next()).collect()
}

#[test]
fn a_named_secret_goes_whatever_is_in_it() {
    let texts = [
        format!(r#"cfg password="Ab1\"{SECRET}" end"#),
        format!("DB_PASSWORD=Xy(7{SECRET}"),
        format!("DB_PASSWORD=hunter22,{SECRET}"),
        format!("export DB_PASSWORD=hunter22&{SECRET}"),
        format!(r#""password": "${SECRET}""#),
        format!(r#""password": "[{SECRET}""#),
        format!(r#""password": "[{SECRET}]""#),
        format!("password='<{SECRET}'"),
        format!("postgres://app:${SECRET}@db.example.com/x"),
        format!("postgres://app:a,{SECRET};b@db.example.com/x"),
        format!("PGPASSWORD={SECRET}"),
        format!("dbpassword={SECRET}"),
        format!("password1={SECRET}"),
        format!("DBPassword: {SECRET}"),
        format!("clientsecret={SECRET}"),
        format!("DATABASE_URL_PASSWORD={SECRET}"),
        format!("COST_API_SECRET={SECRET}"),
        format!("密码：{SECRET}"),
        format!("我的密码是{SECRET}"),
        format!("пароль: {SECRET}"),
        format!("senha: {SECRET}"),
        format!("wachtwoord={SECRET}"),
        format!("mot de passe : {SECRET}"),
        format!("curl -u user-42:{SECRET} https://api.example.com"),
        format!("110201543:AAHdqTcvCH1vGWJxfSe1o{SECRET}QZ4"),
        format!("curl --user 'user-42:{SECRET}' https://api.example.com"),
    ];
    for (number, text) in texts.iter().enumerate() {
        assert!(!redacted(text).contains(SECRET), "text {number}");
    }
    let mut nested = json!({"password": SECRET}).to_string();
    for depth in 0..4 {
        assert!(!redacted(&format!("Result: {nested}")).contains(SECRET), "depth {depth}");
        nested = json!(nested).to_string();
    }
}

#[test]
fn a_long_secret_goes_to_its_end() {
    let long = noise(20_000);
    let end = &long[long.len() - 40..];
    let texts = [
        format!(r#"password="{long}""#),
        format!("DB_PASSWORD={long}"),
        format!("key sk-proj-{long}"),
        format!("eyJhbGciOiJIUzI1NiJ9.{long}.c2ln"),
        format!("Authorization: Bearer {long}"),
    ];
    for (number, text) in texts.iter().enumerate() {
        assert!(!redacted(text).contains(end), "text {number}");
    }
}

#[test]
fn encoded_values_go_wherever_they_stand() {
    // "contact person-1@example.com today"
    let hidden = "Y29udGFjdCBwZXJzb24tMUBleGFtcGxlLmNvbSB0b2RheQ==";
    for text in [hidden.to_owned(), format!("payload={hidden}"), format!("/v1/x/{hidden}")] {
        assert!(!redacted(&text).contains("Y29udGFjdC"), "{text}");
    }
    let text = format!("{}person-1@example.com", "x ".repeat(40_000));
    let long = base64::engine::general_purpose::STANDARD.encode(text);
    assert!(!redacted(&long).contains(&long[long.len() - 30..]));
}

#[test]
fn nothing_saves_a_value_under_a_sensitive_name() {
    let values = [
        "$ecret-1",
        "<secret>",
        "[secret]",
        "{{secret}}",
        "changeme",
        "[SECRET:hunter22]",
        "your-dog",
    ];
    for (number, value) in values.iter().enumerate() {
        let attribute =
            json!({"db": {"password": value, "PGPASSWORD": [value], "userpassword2": value}});
        let text = json!({"connection_string": value}).to_string();
        let mut record = Record {
            attributes: [("a".to_owned(), attribute), ("b".to_owned(), json!(text))].into(),
            ..Record::default()
        };
        inspector().inspect(&mut record, &TestKeys);
        let left = String::from_utf8(encode(&record)).unwrap();
        assert!(!left.contains(value), "value {number}");
        let mut again = record.clone();
        inspector().inspect(&mut again, &TestKeys);
        assert_eq!(again.attributes, record.attributes, "value {number}");
    }
}

#[test]
fn references_and_code_stay() {
    let texts = [
        "password = get_password(user)",
        "DB_PASSWORD=$DB_PASSWORD and password=${PASSWORD}",
        "password: \"{{ vault_password }}\" token=\"<your token>\"",
        "api_key = \"[REDACTED]\"",
        "password = user.password",
        "cost_per_token: 0.00000123 pad_token=\"<pad>\"",
        "https://example.com:8000/@user-42",
        "08/11/24 0930 and 01.02.24 1015 and 09-12-2024 10:30",
        "order 5321234567 of 1795476561",
    ];
    for text in texts {
        assert_eq!(redacted(text), text);
    }
}

#[test]
fn telephone_numbers_of_many_forms_go() {
    let texts = [
        "0917 123 4567",
        "0-532-123-45-67",
        "09171234567",
        "(64) 3591-3246",
        "532-123-45-67",
        "930.167.3943 fax",
        "001-518-640-0854",
        "675.792.5614x89902",
        "28-64-66-98 office",
        "01.84.17.61.18",
        "call me: 33 93 31",
    ];
    for text in texts {
        assert!(redacted(text).contains("[PHONE_NUMBER:"), "{text}");
    }
}

/// Of the letters and digits of an address one may be a digit.
#[test]
fn a_wallet_with_a_single_digit_goes() {
    let wallet = "1BwpyDKSRDPAQFwbyosGtbVevqZkybbPSk";
    assert!(redacted(&format!("to {wallet}, as agreed")).starts_with("to [CRYPTO_ADDRESS:"));
}

/// Two signs between any two digits make more groups than there are digits.
#[test]
fn a_card_with_two_signs_between_its_digits_is_looked_at() {
    for signs in ["- ", " -", "--", "  ", ". "] {
        let card: Vec<String> = "4111111111111111".chars().map(String::from).collect();
        let text = card.join(signs);
        assert!(!redacted(&text).contains(&text), "{signs:?}");
    }
}
