//! Every parser of foreign bytes on random and on mutated valid input: never a panic, and what is
//! accepted is what was written.

use ledger::{
    Checkpoint, Frame, Hash, Leaf, Note, Proof, Signers, TileId, TileKind, VerifyingKey,
    parse_entries, parse_hashes,
};
use proptest::prelude::*;

use crate::fixture::{filled, key, signer};

/// Feeds all parsers, as the fuzz targets do.
fn feed(bytes: &[u8]) {
    let _ = Leaf::decode(bytes);
    let _ = Frame::decode(7, bytes);
    let _ = parse_hashes(bytes);
    let _ = parse_entries(bytes);
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    if let Ok(note) = Note::parse(text) {
        let _ = note.verify(&[key()]);
    }
    let _ = Checkpoint::parse(text);
    let _ = Checkpoint::open(text, &[key()]);
    if let Ok(vkey) = text.parse::<VerifyingKey>() {
        assert_eq!(vkey.to_string().parse::<VerifyingKey>().as_ref(), Ok(&vkey));
    }
    if let Ok(proof) = text.parse::<Proof>() {
        let _ = proof.verify(&[key()]);
    }
    if let Some(id) = TileId::parse(text) {
        assert_eq!(id.to_string(), text, "each tile has one name");
    }
}

fn mutate(
    mut bytes: Vec<u8>,
    places: &[(prop::sample::Index, u8)],
    cut: prop::sample::Index,
) -> Vec<u8> {
    for (place, value) in places {
        let place = place.index(bytes.len());
        bytes[place] = *value;
    }
    bytes.truncate(cut.index(bytes.len()) + 1);
    bytes
}

fn valid() -> Vec<Vec<u8>> {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path(), 300, 1 << 20);
    let proof = ledger::prove(dir.path(), 7).unwrap();
    let segment = std::fs::read(dir.path().join("segments/00000000000000000000.seg")).unwrap();
    vec![
        proof.leaf.clone(),
        segment[24..2000].to_vec(),
        std::fs::read(dir.path().join("tile/0/000")).unwrap(),
        std::fs::read(dir.path().join("tile/entries/000")).unwrap(),
        proof.checkpoint.clone().into_bytes(),
        proof.to_string().into_bytes(),
        key().to_string().into_bytes(),
        b"tile/0/x001/x234/067.p/17".to_vec(),
    ]
}

#[test]
fn mutated_input() {
    let valid = valid();
    for bytes in &valid {
        feed(bytes);
    }
    let mutations = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4);
    let strategy = (0..valid.len(), mutations, any::<prop::sample::Index>());
    proptest!(ProptestConfig::with_cases(2000), |((which, places, cut) in strategy)| {
        feed(&mutate(valid[which].clone(), &places, cut));
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn random_input(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        feed(&bytes);
    }

    #[test]
    fn random_text(text in "(tile/)?[-—x0-9a-z+/=.\n ]{0,120}") {
        feed(text.as_bytes());
    }

    #[test]
    fn tile_paths(number in any::<u64>(), level in 0_u8..64, width in 1_u16..=256, entries in any::<bool>()) {
        let kind = if entries { TileKind::Entries } else { TileKind::Hashes(level) };
        let id = TileId { kind, number, width };
        prop_assert_eq!(TileId::parse(&id.to_string()), Some(id));
    }

    #[test]
    fn leaves(bytes in prop::collection::vec(any::<u8>(), 106)) {
        let mut bytes = bytes;
        bytes[0] = 1;
        prop_assert_eq!(Leaf::decode(&bytes).unwrap().encode().to_vec(), bytes);
    }

    #[test]
    fn checkpoints(origin in "[a-z./]{1,30}", size in any::<u64>(), root in any::<[u8; 32]>()) {
        let checkpoint = Checkpoint { origin, size, root: Hash(root) };
        let note = checkpoint.sign(&Signers::from(signer()));
        prop_assert_eq!(Checkpoint::parse_unverified(&note), Ok(checkpoint));
        prop_assert_eq!(Note::parse(&note).unwrap().verify(&[key()]), Ok(()));
    }
}
