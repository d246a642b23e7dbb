//! How much a value looks like chance: what tells a key from a word, a name or a version.
//!
//! Two measures. *Surprise* is the mean number of bits that a character costs a reader who knows
//! words, identifiers and their camel case (bigrams and changes of class, counted over 9,000
//! different identifiers and words of this repository's own text, rounded to whole bits).
//! *Variety* is Shannon's entropy of the characters against what chance would give.
//!
//! ```text
//! surprise, 16 characters    half of a percent below    median
//! letters and digits a–z             5.6                 7.5
//! letters and digits A–z             6.6                 8.5
//! base 32                            6.2                 8.1
//! hexadecimal                        3.8                 6.3    too near to words: told by form
//! identifiers (tokio)         95 % below 5.3, 99 % below 5.8    3.9
//! ```
//!
//! It does not know what a value is for: whoever asks has a name or a prefix before it.

/// The least surprise of a value of chance.
const RANDOM: f32 = 5.8;
/// The least surprise of a value that is not made of words alone, under a name that says secret.
const UNUSUAL: f32 = 4.6;
/// Shorter values cannot be told from words.
const SHORTEST: usize = 12;
/// A value is looked at so far.
const LONGEST: usize = 256;
/// The least share of the variety that chance would give: of 16 characters of base 32, drawn by
/// chance, about one in 100,000 has less.
const VARIETY: f32 = 0.6;
/// A run of characters in the order of the alphabet or the digits that nobody draws by chance.
const LONGEST_SEQUENCE: usize = 16;
/// Equal characters in a row that stand for something taken out.
const MASK: usize = 6;

/// Whether a value is one of chance: a key, not words. Digits alone and hashes are not told.
pub(super) fn is_random(value: &[u8]) -> bool {
    value.len() >= SHORTEST && is_varied(value) && surprise(value) >= RANDOM
}

/// Whether a value is more than words: enough under a name that says secret.
pub(super) fn is_unusual(value: &[u8]) -> bool {
    surprise(value) >= UNUSUAL
}

/// Whether a value has the variety of chance. `xxxx…`, `1234567890…`, `aaaabbbb…` have not.
pub(super) fn is_varied(value: &[u8]) -> bool {
    let value = value.get(..LONGEST).unwrap_or(value);
    let mut counts = [0_u16; 256];
    for byte in value {
        counts[usize::from(*byte)] += 1;
    }
    let most = (value.len() as f32).log2().min(alphabet(value).log2());
    shannon(&counts, value.len()) >= VARIETY * most && !has_sequence(value)
}

/// Whether a good part of a value is one character over and over, as in `xoxb-123-####…`.
pub(super) fn is_masked(value: &[u8]) -> bool {
    let value = value.get(..LONGEST).unwrap_or(value);
    let rows = value.chunk_by(|a, b| a == b);
    let masked: usize = rows.map(<[u8]>::len).filter(|length| *length >= MASK).sum();
    masked * 4 > value.len()
}

/// Whether a value counts the digits or the alphabet up: `0123456789…`, `abcdefgh…`.
pub(super) fn has_sequence(value: &[u8]) -> bool {
    let follows = |a: u8, b: u8| b.wrapping_sub(a) == 1 || (a, b) == (b'9', b'0');
    let rows = value.chunk_by(|a, b| follows(*a, *b) && a.is_ascii_alphanumeric());
    rows.map(<[u8]>::len).any(|length| length >= LONGEST_SEQUENCE)
}

/// Whether three parts of a value are the same, as in `xoxp-1234-1234-1234-…`: it stands for one.
pub(super) fn repeats_group(value: &[u8]) -> bool {
    let mut groups = value.split(|byte| *byte == b'-').filter(|group| group.len() > 2).peekable();
    let mut equal = 1;
    while let Some(group) = groups.next() {
        equal = if groups.peek() == Some(&group) { equal + 1 } else { 1 };
        if equal == 3 {
            return true;
        }
    }
    false
}

/// Whether a value is a UUID made of a time and a machine's address (version 1, RFC 9562): it can
/// be guessed, and is a name and no secret.
pub(super) fn tells_time(value: &[u8]) -> bool {
    let is_dashed = value.len() == 36 && [8, 13, 18, 23].iter().all(|place| value[*place] == b'-');
    is_dashed
        && value[14] == b'1'
        && matches!(value[19].to_ascii_lowercase(), b'8' | b'9' | b'a' | b'b')
        && value.iter().all(|byte| byte.is_ascii_hexdigit() || *byte == b'-')
}

/// Bits per character.
fn shannon(counts: &[u16; 256], length: usize) -> f32 {
    let total = length.max(1) as f32;
    let shares = counts.iter().filter(|count| **count > 0).map(|count| f32::from(*count) / total);
    shares.map(|share| -share * share.log2()).sum()
}

/// How many different characters a value is drawn from, by those that are in it.
fn alphabet(value: &[u8]) -> f32 {
    let has = |class: fn(&u8) -> bool| value.iter().any(class);
    let hex = value.iter().all(|byte| byte.is_ascii_hexdigit() || byte.is_ascii_punctuation());
    let letters = if hex { 6.0 } else { 26.0 };
    let mut size: f32 = 0.0;
    size += if has(u8::is_ascii_digit) { 10.0 } else { 0.0 };
    size += if has(u8::is_ascii_lowercase) { letters } else { 0.0 };
    size += if has(u8::is_ascii_uppercase) { letters } else { 0.0 };
    size.max(2.0)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Lower,
    Upper,
    Digit,
    Sign,
}

impl Class {
    const fn of(byte: u8) -> Self {
        match byte {
            b'a'..=b'z' => Self::Lower,
            b'A'..=b'Z' => Self::Upper,
            b'0'..=b'9' => Self::Digit,
            _ => Self::Sign,
        }
    }
}

/// Bits of a change of class, from row to column.
const CHANGES: [[u8; 4]; 4] = [[0, 6, 8, 4], [1, 1, 7, 5], [3, 4, 0, 3], [0, 4, 6, 8]];
/// Bits of a letter that begins a word.
const FIRST: &[u8; 26] = b"45454464765554484345657999";
/// Bits of a letter (the character of a row) behind another (the row), within a word.
const BIGRAMS: [&[u8; 26]; 26] = [
    b"86449659496343959343578659",
    b"38792798559399389556399939",
    b"39693993594489279563599979",
    b"37951969398679489548699959",
    b"48436679799553866234867569",
    b"49884489299487399365499969",
    b"49892764399654479446599987",
    b"29991999399969399574599979",
    b"67445649799452469533959796",
    b"69762896576898399828593897",
    b"79881799398794859948689999",
    b"39952789398379369954489969",
    b"25791999399757439958599999",
    b"49433639596795479832677969",
    b"76548569695442449354465799",
    b"39782996499399359344499979",
    b"89887899898399988799198798",
    b"39642969397667379544668959",
    b"59592994396788447942596969",
    b"39682993399699369345697959",
    b"65553669699443749333799998",
    b"29991999398889699989989999",
    b"39983993397794399347997899",
    b"46463697488999629981799559",
    b"76874987588544429932897966",
    b"37971887489699697958699764",
];

/// The mean bits of a character behind the one before it.
fn surprise(value: &[u8]) -> f32 {
    let value = value.get(..LONGEST).unwrap_or(value);
    let bits: u32 = value.windows(2).map(|pair| cost(pair[0], pair[1])).sum();
    bits as f32 / value.len().saturating_sub(1).max(1) as f32
}

/// The bits of a character behind another.
fn cost(before: u8, byte: u8) -> u32 {
    let (from, to) = (Class::of(before), Class::of(byte));
    let letter = |byte: u8| usize::from(byte.to_ascii_lowercase().wrapping_sub(b'a'));
    let within = match (from, to) {
        (Class::Lower, Class::Lower) | (Class::Upper, Class::Upper | Class::Lower) => {
            BIGRAMS[letter(before)][letter(byte)] - b'0'
        }
        (_, Class::Lower | Class::Upper) => FIRST[letter(byte)] - b'0',
        (_, Class::Digit) => 3,
        (_, Class::Sign) => 2,
    };
    u32::from(CHANGES[from as usize][to as usize] + within)
}

#[cfg(test)]
mod tests {
    use super::super::provider::noise::Noise;
    use super::*;

    #[test]
    fn calibrated_figures_hold() {
        let mut noise = Noise::new(5);
        let alphabets: [(&[u8], f32, f32); 3] = [
            (b"abcdefghijklmnopqrstuvwxyz0123456789", 7.2, 7.8),
            (b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", 8.2, 8.8),
            (b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 7.8, 8.4),
        ];
        for (alphabet, low, high) in alphabets {
            let mut values: Vec<Vec<u8>> = Vec::new();
            values.resize_with(2000, || noise.text(alphabet, 20).into_bytes());
            let mean = values.iter().map(|value| surprise(value)).sum::<f32>() / 2000.0;
            assert!(low < mean && mean < high, "{mean}");
            let found = values.iter().filter(|value| is_random(value)).count();
            assert!(found > 1960, "{found} of 2000");
        }
    }

    #[test]
    fn words_names_and_versions_are_not_random() {
        let values = [
            "requiredCharacteristicTypesForDisplayMetadata",
            "servingcellpriorityparametersdescription",
            "AccessTokenProvider",
            "claude-3-5-sonnet-20241022",
            "internal/service/account",
            "your_api_key_here",
            "getServerSideProps",
            "bert-base-uncased",
            "meta-llama/Llama-3.1-8B",
            "2024-01-01T00:00:00Z",
            "12345678901234567890",
            "xxxxxxxxxxxxxxxxxxxxxxxx",
        ];
        for value in values {
            assert!(!is_random(value.as_bytes()), "{value}: {}", surprise(value.as_bytes()));
        }
    }

    #[test]
    fn masks_and_sequences_are_known() {
        assert!(is_masked(b"xoxp-572370529330-573807301142-####################"));
        assert!(!is_masked(b"AAAAAAAAAAC7hjsA+H3owFygUv4w5B67lcSx14zff9FCPADiNb"));
        assert!(has_sequence(b"sk_abcdefghijklmnopqrstuvwxyz123"));
        assert!(has_sequence(b"dapi123456789012345678a9bc01234defg5"));
        assert!(!has_sequence(b"12345678ABCDEFH1234567890ABCDEFH12345678"));
        assert!(!is_varied(b"5555555dAAAAA7777777CcccCFaaaaaaaaaaaaaa"));
        assert!(repeats_group(b"xoxp-4321-4321-4321-1f0c9e8a"));
        assert!(!repeats_group(b"12345678-ABCD-ABCD-ABCE-1234567890AB"));
    }

    #[test]
    fn a_uuid_of_a_time_is_no_chance() {
        assert!(tells_time(b"5f3a1c2e-9b7d-11ee-8c90-0242ac120002"));
        assert!(!tells_time(b"832d2129-a846-4e27-99f4-7004b6ad53ef"));
    }
}
