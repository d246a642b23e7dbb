//! What fills a slot of a template: a value, and its label when it is sensitive.

use super::language::Language;
use super::national::NUMBERS;
use super::{account, secret};
use crate::random::{BASE64, HEX, Random, UPPER};

/// A slot's text. What stands before the value (a label of a form) is no part of it.
pub(crate) struct Value {
    pub(crate) before: String,
    pub(crate) text: String,
    /// Nothing when it is not sensitive.
    pub(crate) kind: Option<&'static str>,
    pub(crate) subtype: Option<&'static str>,
}

impl Value {
    fn plain(text: String) -> Self {
        Self { before: String::new(), text, kind: None, subtype: None }
    }

    pub(crate) fn of(kind: &'static str, text: String) -> Self {
        Self { kind: Some(kind), ..Self::plain(text) }
    }

    fn secret(subtype: &'static str, text: String) -> Self {
        Self { subtype: Some(subtype), ..Self::of("SECRET", text) }
    }
}

/// Fills a slot; nothing when there is none of this name.
pub(crate) fn fill(slot: &str, language: &Language, random: &mut Random) -> Option<Value> {
    personal(slot, language, random)
        .or_else(|| numbered(slot, language, random))
        .or_else(|| secrets(slot, random))
        .or_else(|| Some(Value::plain(harmless(slot, random)?)))
}

fn personal(slot: &str, language: &Language, random: &mut Random) -> Option<Value> {
    Some(match slot {
        "person" => {
            let form = language.pick("name", random)?;
            Value::of("PERSON", expand(form, language, random))
        }
        "given" | "family" => Value::of("PERSON", language.pick(slot, random)?.to_owned()),
        "company" => Value::of("ORGANIZATION", language.pick(slot, random)?.to_owned()),
        "city" => Value::of("LOCATION", language.pick(slot, random)?.to_owned()),
        "address" => {
            let form = language.pick("address", random)?;
            Value::of("ADDRESS", expand(form, language, random))
        }
        "phone" => {
            let form = language.pick("phone", random)?;
            Value::of("PHONE_NUMBER", random.pattern(form))
        }
        "birth" => Value::of("DATE_OF_BIRTH", date(language.code, random)),
        "age" => Value::of("AGE", random.between(18, 95).to_string()),
        "email" => Value::of("EMAIL_ADDRESS", email(random)),
        _ => return None,
    })
}

fn numbered(slot: &str, language: &Language, random: &mut Random) -> Option<Value> {
    let (kind, text) = match slot {
        "id" => return Some(labelled(language, random)),
        "card" => ("CREDIT_CARD", account::card(random)),
        "iban" => ("IBAN", account::iban(random)),
        "aba" => ("BANK_ACCOUNT", account::aba(random)),
        "crypto" => ("CRYPTO_ADDRESS", account::wallet(random)),
        "imei" => ("DEVICE_ID", account::imei(random)),
        "vin" => ("VEHICLE_ID", account::vin(random)),
        "npi" => ("PROFESSIONAL_ID", npi(random)),
        "e164" => ("PHONE_NUMBER", random.pattern("+4915########")),
        "mac" => ("DEVICE_ID", random.pattern("02:%%:%%:%%:%%:%%")),
        "ip" => ("IP_ADDRESS", ip(random)),
        "coordinates" => ("COORDINATES", random.pattern("52.5#####, 13.4#####")),
        _ => return None,
    };
    Some(Value::of(kind, text))
}

fn secrets(slot: &str, random: &mut Random) -> Option<Value> {
    Some(match slot {
        "secret" => {
            let (subtype, text) = secret::key(random);
            Value::secret(subtype, text)
        }
        "secretenv" => {
            let (name, text) = secret::variable(random);
            Value { before: name.to_owned(), ..Value::secret("variable", text) }
        }
        "password" => Value::secret("password", secret::password(random)),
        "connection" => Value::secret("connection-string", secret::connection(random)),
        "pem" => Value::secret("private-key", secret::pem(random)),
        _ => return None,
    })
}

/// What looks like something and is not.
fn harmless(slot: &str, random: &mut Random) -> Option<String> {
    Some(match slot {
        "order" => {
            let form = random.pick(&["A-####-####", "2026/######", "#######", "PO ##-#####"]);
            random.pattern(form)
        }
        "notluhn" => account::no_card(random),
        "uuid" => random.pattern("%%%%%%%%-%%%%-4%%%-a%%%-%%%%%%%%%%%%"),
        "time" => random.pattern("2026-0#-1#T1#:2#:3#Z").replace("-00-", "-07-"),
        "unix" => random.pattern("17########"),
        "millis" => random.pattern("17###########"),
        "isbn" => isbn(random),
        "version" => {
            format!("{}.{}.{}", random.below(20), random.below(40), random.below(100))
        }
        "colour" => format!("#{}", random.text(HEX, 6)),
        "part" => random.pattern("@@-####-@#"),
        "upper" => random.text(UPPER, 1),
        _ => return sized(slot, random),
    })
}

/// `hash40`, `base64:120`.
fn sized(slot: &str, random: &mut Random) -> Option<String> {
    if let Some(length) = slot.strip_prefix("hash") {
        return Some(random.text(HEX, length.parse().ok()?));
    }
    let length = slot.strip_prefix("base64:")?;
    Some(random.text(BASE64, length.parse().ok()?))
}

/// A number of the language, with its label before it.
fn labelled(language: &Language, random: &mut Random) -> Value {
    let numbers: Vec<_> =
        NUMBERS.iter().filter(|number| number.language == language.code).collect();
    if numbers.is_empty() {
        return Value::plain(String::new());
    }
    let number = random.pick(&numbers);
    let mark = match language.code {
        "ja" | "zh" => "：",
        _ => random.pick(&[": ", " ", ": "]),
    };
    let text = (number.make)(random);
    Value { before: format!("{}{mark}", number.label), ..Value::of(number.kind, text) }
}

/// A form of a name or an address: lists of the language, then digits. `1#` is a digit that may
/// lead; `#2` stands for one of two digits, and so on.
fn expand(form: &str, language: &Language, random: &mut Random) -> String {
    let mut text = String::new();
    for part in form.split('‹') {
        let Some((slot, rest)) = part.split_once('›') else {
            text.push_str(part);
            continue;
        };
        let value = language.pick(slot, random).map(str::to_owned);
        text.push_str(&value.or_else(|| harmless(slot, random)).unwrap_or_default());
        text.push_str(rest);
    }
    let sizes = [("#1", "#"), ("#2", "1#"), ("#4", "3###"), ("#5", "1####")];
    let pattern = sizes.iter().fold(text, |text, (size, digits)| text.replace(size, digits));
    digits_only(&pattern, random)
}

/// Names may hold marks that are letters in a pattern.
fn digits_only(text: &str, random: &mut Random) -> String {
    text.chars().map(|char| if char == '#' { digit(random) } else { char }).collect()
}

fn digit(random: &mut Random) -> char {
    char::from(b'1' + random.text(crate::random::DIGITS, 1).as_bytes()[0] % 9)
}

fn date(code: &str, random: &mut Random) -> String {
    let (year, month, day) =
        (random.between(1940, 2006), random.between(1, 13), random.between(1, 29));
    match code {
        "en" => match random.below(3) {
            0 => format!("{month:02}/{day:02}/{year}"),
            1 => format!("{day} {} {year}", random.pick(&["March", "July", "October"])),
            _ => format!("{year}-{month:02}-{day:02}"),
        },
        "ja" | "zh" => format!("{year}年{month}月{day}日"),
        "ko" | "sv" => format!("{year}-{month:02}-{day:02}"),
        "de" | "pl" | "ru" | "tr" => format!("{day:02}.{month:02}.{year}"),
        _ => format!("{day:02}/{month:02}/{year}"),
    }
}

fn email(random: &mut Random) -> String {
    let name = random.pick(&["user", "office", "kontakt", "team.north", "hello+shop", "m_07"]);
    let host =
        random.pick(&["example.com", "mail.example.org", "example.co.uk", "shop.example.net"]);
    random.pattern(&format!("{name}##")) + "@" + host
}

fn ip(random: &mut Random) -> String {
    match random.below(3) {
        0 => format!("203.0.113.{}", random.between(1, 255)),
        1 => random.pattern("2001:db8:%%%%:%%%%::%%"),
        _ => format!("93.184.{}.{}", random.below(256), random.between(1, 255)),
    }
}

/// A national provider identifier: Luhn over it behind 80840 (45 CFR 162.406).
fn npi(random: &mut Random) -> String {
    let body = random.pattern("1########");
    format!("{body}{}", super::check::luhn(&format!("80840{body}")))
}

fn isbn(random: &mut Random) -> String {
    let body = random.pattern("978#########");
    let sum = super::check::weighted(&body, &[1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3]);
    format!("{body}{}", (10 - sum % 10) % 10)
}
