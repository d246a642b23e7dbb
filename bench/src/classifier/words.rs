//! The table of words' classes, from the lists of the package spacy-lookups-data.

use std::collections::{BTreeMap, HashMap};
use std::io::Read;
use std::path::Path;

use anyhow::{Context, Result};
use inspect::attack_model::{LEXICON_MAGIC, OWN_CLASS, word_key};

/// Words of the table, the most common first; and how many of them are each a class of its own.
const WORDS: usize = 40_000;
const COMMON: usize = 160;
/// Letters of a word at most.
const LONGEST: usize = 24;
/// How much more common, as a logarithm, a word counts as it is written small: its class is that.
const SMALL: f64 = 3.0;

/// A word's path in the tree, and the logarithm of how common it is.
#[derive(Clone, Copy)]
struct Word {
    path: u32,
    weight: f64,
    common: f64,
}

/// Makes the table of what the package says of English, in a folder where it is unpacked.
pub(super) fn table(folder: &Path) -> Result<Vec<u8>> {
    let paths: HashMap<String, u32> = read(&folder.join("en_lexeme_cluster.json.gz"))?;
    let common: HashMap<String, f64> = read(&folder.join("en_lexeme_prob.json.gz"))?;
    let mut words: BTreeMap<String, Word> = BTreeMap::new();
    for (written, path) in paths.iter().filter(|(_, path)| **path != 0) {
        let word = written.replace(['\'', '\u{2019}'], "").to_lowercase();
        if word.is_empty()
            || word.len() > LONGEST
            || !word.bytes().all(|byte| byte.is_ascii_lowercase())
        {
            continue;
        }
        let common = common.get(written).copied().unwrap_or(-25.0);
        let small = written.chars().all(|char| !char.is_uppercase());
        let weight = common + if small { SMALL } else { 0.0 };
        let new = Word { path: *path, weight, common };
        // Of equals the one with the smaller path, so that each run says the same.
        let key = |word: &Word| (word.weight, std::cmp::Reverse(word.path));
        let known = words.entry(word).or_insert(new);
        if key(&new).partial_cmp(&key(known)) == Some(std::cmp::Ordering::Greater) {
            *known = new;
        }
    }
    Ok(bytes(words))
}

fn bytes(words: BTreeMap<String, Word>) -> Vec<u8> {
    let mut words: Vec<(String, Word)> = words.into_iter().collect();
    words.sort_by(|one, other| other.1.common.total_cmp(&one.1.common));
    words.truncate(WORDS);
    let entry = |(place, (word, known)): (usize, &(String, Word))| {
        #[expect(clippy::cast_possible_truncation, reason = "it is masked")]
        let path = (known.path as u16) & !OWN_CLASS;
        (word_key(word), if place < COMMON { path | OWN_CLASS } else { path })
    };
    let table: BTreeMap<u32, u16> = words.iter().enumerate().rev().map(entry).collect();
    let keys = table.keys().flat_map(|key| key.to_le_bytes());
    let paths = table.values().flat_map(|path| path.to_le_bytes());
    LEXICON_MAGIC.into_iter().chain(keys).chain(paths).collect()
}

fn read<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T> {
    let file = std::fs::File::open(path).with_context(|| format!("read {}", path.display()))?;
    let mut text = String::new();
    flate2::read::GzDecoder::new(file).read_to_string(&mut text)?;
    serde_json::from_str(&text).with_context(|| format!("read {}", path.display()))
}
