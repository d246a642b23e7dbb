//! Made numbers of accounts, cards, devices and vehicles, and wallets.

use aws_lc_rs::digest::{SHA256, digest};

use super::check::{digits, luhn, remainder, with_luhn};
use crate::random::{DIGITS, Random};

/// A card number of one of the great schemes, in one of its forms.
pub(crate) fn card(random: &mut Random) -> String {
    let (prefix, length) =
        [("4", 16), ("51", 16), ("2221", 16), ("37", 15), ("6011", 16)][random.below(5)];
    let body = format!("{prefix}{}", random.text(DIGITS, length - 1 - prefix.len()));
    let number = with_luhn(&body);
    match (random.below(3), length) {
        (0, 16) => in_fours(&number, " "),
        (1, 16) => in_fours(&number, "-"),
        _ => number,
    }
}

/// Sixteen digits like a card's, with a wrong check digit.
pub(crate) fn no_card(random: &mut Random) -> String {
    let body = random.pattern("4##############");
    let wrong = (luhn(&body) + random.between(1, 10)) % 10;
    format!("{body}{wrong}")
}

/// The account number of a country, in one of its forms.
pub(crate) fn iban(random: &mut Random) -> String {
    let (country, pattern) = [
        ("DE", "37040044##########"),
        ("FR", "20041010050#####0M026##"),
        ("NL", "ABNA##########"),
        ("ES", "21000418############"),
        ("GB", "NWBK601613########"),
        ("PL", "109010140000071#########"),
        ("SE", "50000000058#########"),
        ("AT", "19043###########"),
        ("IT", "X0542811101000000######"),
        ("CH", "00762011623852###"),
    ][random.below(10)];
    let account = random.pattern(pattern);
    let check = 98 - remainder(&format!("{account}{country}00"), 97);
    let number = format!("{country}{check:02}{account}");
    if random.below(2) == 0 { in_fours(&number, " ") } else { number }
}

/// A routing number of the American Bankers Association.
pub(crate) fn aba(random: &mut Random) -> String {
    let body = random.pattern("0210####");
    let sum: usize = digits(&body)
        .iter()
        .zip([3, 7, 1, 3, 7, 1, 3, 7])
        .map(|(digit, weight)| digit * weight)
        .sum();
    format!("{body}{}", (10 - sum % 10) % 10)
}

/// A Bitcoin address of the first form (Base58Check), or an Ethereum address without checksum.
pub(crate) fn wallet(random: &mut Random) -> String {
    if random.below(2) == 0 {
        return random.pattern(&format!("0x{}", "%".repeat(40)));
    }
    let mut bytes = vec![0];
    bytes.extend(random.bits().to_be_bytes());
    bytes.extend(random.bits().to_be_bytes());
    bytes.extend([7; 4]);
    let check = digest(&SHA256, digest(&SHA256, &bytes).as_ref());
    bytes.extend(check.as_ref().iter().take(4));
    base58(&bytes)
}

/// A mobile device's number.
pub(crate) fn imei(random: &mut Random) -> String {
    with_luhn(&random.pattern("35########0###"))
}

/// A vehicle's number with the check digit of 49 CFR 565.15.
pub(crate) fn vin(random: &mut Random) -> String {
    const WEIGHTS: [u32; 17] = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
    let alphabet = b"ABCDEFGHJKLMNPRSTUVWXYZ0123456789";
    let mut number = format!("1HG{}{}", random.text(alphabet, 8), random.text(DIGITS, 6));
    let sum: u32 = number.chars().zip(WEIGHTS).map(|(char, weight)| vin_value(char) * weight).sum();
    let check = if sum % 11 == 10 { "X".to_owned() } else { (sum % 11).to_string() };
    number.replace_range(8..9, &check);
    number
}

fn vin_value(char: char) -> u32 {
    match char {
        'A'..='I' => u32::from(char) - u32::from('A') + 1,
        'J'..='R' => u32::from(char) - u32::from('J') + 1,
        'S'..='Z' => u32::from(char) - u32::from('S') + 2,
        _ => char.to_digit(10).unwrap_or_default(),
    }
}

fn in_fours(number: &str, mark: &str) -> String {
    let chars: Vec<char> = number.chars().collect();
    let groups: Vec<String> = chars.chunks(4).map(|group| group.iter().collect()).collect();
    groups.join(mark)
}

fn base58(bytes: &[u8]) -> String {
    let alphabet: Vec<u8> = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz".to_vec();
    let mut number: Vec<usize> = vec![0];
    for byte in bytes {
        let mut carry = usize::from(*byte);
        for digit in &mut number {
            carry += *digit * 256;
            *digit = carry % 58;
            carry /= 58;
        }
        while carry > 0 {
            number.push(carry % 58);
            carry /= 58;
        }
    }
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    let mut text = "1".repeat(zeros);
    text.extend(
        number
            .iter()
            .rev()
            .skip_while(|digit| **digit == 0)
            .map(|digit| char::from(alphabet[*digit])),
    );
    text
}
