//! The files of the classifier of attacks: what is read of them, and what is refused.

use inspect::attack_model::{
    LEXICON_MAGIC, Lexicon, MAGIC, Model, NUMBERS, OWN_CLASS, Side, WEIGHTS, word_key,
};
use proptest::prelude::*;

/// A table of words with their paths.
fn table(words: &[(&str, u16)]) -> Vec<u8> {
    let mut pairs: Vec<(u32, u16)> =
        words.iter().map(|(word, path)| (word_key(word), *path)).collect();
    pairs.sort_unstable();
    let keys = pairs.iter().flat_map(|(key, _)| key.to_le_bytes());
    let paths = pairs.iter().flat_map(|(_, path)| path.to_le_bytes());
    LEXICON_MAGIC.into_iter().chain(keys).chain(paths).collect()
}

#[test]
fn words_of_one_beginning_of_a_path_are_of_one_kind() {
    let words = [("write", 0b1100_0010), ("draft", 0b0100_0010), ("of", OWN_CLASS | 0b10)];
    let lexicon = Lexicon::read(&table(&words)).unwrap();
    let find = |word| lexicon.find(word_key(word));
    let (write, draft) = (find("write").unwrap(), find("Draft").unwrap());
    assert_eq!(write.kind, draft.kind);
    assert_ne!(write.class, draft.class);
    let of = find("of").unwrap();
    assert_eq!((of.kind, of.class), (word_key("of"), word_key("of")));
    assert_eq!(find("compose"), None);
}

#[test]
fn a_table_out_of_order_or_cut_is_none() {
    let table = table(&[("write", 1), ("draft", 2)]);
    assert!(Lexicon::read(&table).is_some());
    assert!(Lexicon::read(&table[..table.len() - 1]).is_none());
    let mut turned = table.clone();
    turned[8..16].rotate_left(4);
    assert!(Lexicon::read(&turned).is_none());
}

#[test]
fn a_model_has_its_length_and_no_number_that_is_none() {
    let zeros = [MAGIC.as_slice(), &vec![0; NUMBERS * 4 + WEIGHTS]].concat();
    let model = Model::read(&zeros).unwrap();
    let said = model.probability("Write a poem.", Side::Foreign);
    assert!((said - 0.5).abs() < f32::EPSILON);
    assert!(Model::read(&zeros[..zeros.len() - 1]).is_none());
    let mut endless = zeros;
    endless[8..12].copy_from_slice(&f32::INFINITY.to_le_bytes());
    assert!(Model::read(&endless).is_none());
}

proptest! {
    #[test]
    fn whatever_the_bytes_a_table_is_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..600), key: u32) {
        let bytes = [LEXICON_MAGIC.as_slice(), &bytes].concat();
        if let Some(lexicon) = Lexicon::read(&bytes) {
            lexicon.find(key);
        }
        prop_assert!(Lexicon::read(&bytes[1..]).is_none());
    }
}
