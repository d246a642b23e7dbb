//! How much slower the worst of many hostile texts is than the median, byte for byte.
//!
//! Each text is made of its number: a slow one can be made again.

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::Instant;

use inspect::Inspector;

use super::rows::Row;
use crate::random::Random;

const COUNT: u64 = 10_000;
/// Of each text, at least: what a call costs does not count.
const SIZE: usize = 4096;
/// What the worst may cost, in medians.
const CEILING: f64 = 20.0;

/// What is repeated, in families.
const FAMILIES: [(&str, &[&str]); 14] = [
    (
        "anchors",
        &[
            "sk-",
            "eyJ",
            "eyJhbGciOiJIUzI1NiJ9.",
            "-----BEGIN ",
            "://",
            "Bearer ",
            "Basic ",
            ":AA",
            "curl -u ",
            "password=",
            "token: ",
            "api_key=\"",
            "AKIA",
            "ghp_",
            "xoxb-1-",
            "secret ",
        ],
    ),
    ("digits", &["4", "41", "4111 ", "4-1-", "00", "+49 ", "(0)", "1.1.", "20260314", "9,"]),
    ("addresses", &["@", "a@", "a@a", "a@a.a", ".@", "@@a.", "::", "1:", "a:b:", "fe80::", "0:0:"]),
    ("brackets", &["(", "[", "{", "<", "([{", "]]", "<a>", "</", "((x", "[x]("]),
    ("quotes", &["\"", "'", "`", "\"'", "\\\"", "\\\\\"", "\"\":", "=\"", "'a'"]),
    (
        "escapes",
        &[
            "\\", "\\\\", "\\u0041", "\\x41", "%41", "%25", "&#65;", "&amp;", "=3D", "\\n", "%%",
            "&#x41;",
        ],
    ),
    (
        "nested JSON",
        &["{\"a\":", "[[", "{\"password\":", "[{\"a\":\"", "\\\"{\\\\\\\"a\\\\\\\":", "{},"],
    ),
    ("walls", &["QUJD", "41 42 ", "deadbeef", "AAAA", "ZXlK", "c2stcHJvai0", "0x41,", "YQ=="]),
    (
        "confusables",
        &[
            "а",
            "ｓk-",
            "\u{200b}",
            "4\u{200d}",
            "\u{301}",
            "\u{e0041}",
            "\u{202e}",
            "４",
            "①",
            "ﬁ",
            "p\u{ad}",
        ],
    ),
    (
        "names",
        &[
            "Mr. ",
            "Dr A. ",
            "Anna ",
            "de la ",
            "van der ",
            "Street 1 ",
            "St. ",
            "Inc. ",
            "born on ",
        ],
    ),
    ("separators", &["-", "_", ".", ",", ";", " ", "\t", "\n", "/", "|", " - ", "\r\n", "=", "=="]),
    ("words", &["my ", "is ", "four ", "one one ", "number ", "name is ", "at dot ", "z e r o "]),
    ("scripts", &["東京", "株式会社", "ул. ", "شارع", "मेरा ", "생년월일", "〒1", "№ 1 "]),
    ("units", &["sha256:", "DE89 ", "bc1q", "0x", "SG.", "GB", "1EG4-", "X1234567"]),
];

/// A text's number, its make and what it costs.
struct Cost {
    number: u64,
    make: &'static str,
    nanos_per_byte: f64,
}

/// The worst texts beside the median, as Markdown.
pub(crate) fn table(inspector: &Inspector, rows: &[Row]) -> String {
    let mut costs: Vec<Cost> = (0..COUNT).map(|number| cost(inspector, rows, number, 2)).collect();
    costs.sort_by(|one, other| other.nanos_per_byte.total_cmp(&one.nanos_per_byte));
    let median = costs.get(costs.len() / 2).map_or(0.0, |cost| cost.nanos_per_byte);
    // Again, and oftener: a text that another program interrupted is not a slow one.
    let mut worst: Vec<Cost> =
        costs.iter().take(100).map(|slow| cost(inspector, rows, slow.number, 40)).collect();
    worst.sort_by(|one, other| other.nanos_per_byte.total_cmp(&one.nanos_per_byte));
    let ratio = worst.first().map_or(0.0, |cost| cost.nanos_per_byte) / median;
    let verdict = if ratio <= CEILING { "met" } else { "missed" };
    let mut table = format!(
        "\n### Hostile texts\n\n{COUNT} texts of 4 to 8 KB: median {median:.1} ns a byte, worst {ratio:.1} medians (ceiling {CEILING}: {verdict}).\n\n| text | of | ns a byte | medians |\n|---|---|---|---|\n"
    );
    for cost in worst.iter().take(10) {
        let nanos = cost.nanos_per_byte;
        let _ = writeln!(
            table,
            "| {} | {} | {nanos:.1} | {:.1} |",
            cost.number,
            cost.make,
            nanos / median
        );
    }
    table
}

/// One text, its make and its cost.
pub(crate) fn one(inspector: &Inspector, rows: &[Row], number: u64) -> String {
    let cost = cost(inspector, rows, number, 9);
    let (make, text) = text(rows, number);
    format!("{text}\n\n{make}, {:.1} ns a byte", cost.nanos_per_byte)
}

fn cost(inspector: &Inspector, rows: &[Row], number: u64, times: usize) -> Cost {
    let (make, text) = text(rows, number);
    let look = || {
        let begin = Instant::now();
        black_box(inspector.is_clean(black_box(&text)));
        begin.elapsed().as_secs_f64() * 1e9
    };
    let best = (0..times).map(|_| look()).fold(f64::INFINITY, f64::min);
    Cost { number, make, nanos_per_byte: best / text.len() as f64 }
}

/// The text of a number, and how it was made.
fn text(rows: &[Row], number: u64) -> (&'static str, String) {
    let mut random = Random::new(0x4057_11E0 + number);
    let size = random.between(SIZE, 2 * SIZE);
    let place = random.below(FAMILIES.len() + 2);
    match FAMILIES.get(place) {
        Some((name, units)) => (name, repeated(&mut random, units, size)),
        None if place == FAMILIES.len() => ("mutated rows", mutated(&mut random, rows, size)),
        None => ("everything", mixed(&mut random, size)),
    }
}

/// One unit over and over, several in turn, or several at random; now and then something between.
fn repeated(random: &mut Random, units: &[&str], size: usize) -> String {
    let (one, other) = (random.pick(units), random.pick(units));
    let form = random.below(4);
    let filler =
        if random.below(2) == 0 { "" } else { random.pick(&["a", " ", "1", "A", "-", "é"]) };
    let mut text = String::with_capacity(size + 64);
    while text.len() < size {
        text.push_str(match form {
            0 => one,
            1 if text.len().is_multiple_of(2) => one,
            1 => other,
            2 => random.pick(units),
            _ if text.len() < size / 2 => one,
            _ => other,
        });
        text.push_str(filler);
    }
    text
}

/// Rows of the corpus with pieces cut, doubled and moved.
fn mutated(random: &mut Random, rows: &[Row], size: usize) -> String {
    let mut chars: Vec<char> = Vec::new();
    while chars.len() < size {
        let row: Vec<char> = rows[random.below(rows.len())].text.chars().collect();
        let from = random.below(row.len());
        let to = random.between(from, row.len()) + 1;
        for _ in 0..random.between(1, 20) {
            chars.extend(&row[from..to.min(row.len())]);
        }
    }
    for _ in 0..random.below(200) {
        let (one, other) = (random.below(chars.len()), random.below(chars.len()));
        chars.swap(one, other);
    }
    chars.into_iter().take(size).collect()
}

fn mixed(random: &mut Random, size: usize) -> String {
    let mut text = String::with_capacity(size + 64);
    while text.len() < size {
        let (_, units) = &FAMILIES[random.below(FAMILIES.len())];
        text.push_str(&random.pick(units).repeat(random.between(1, 12)));
    }
    text
}
