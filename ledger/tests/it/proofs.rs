//! Proofs of random trees: the right ones are accepted, altered ones are not.

use ledger::{
    Frontier, Hash, Nodes, check_consistency, check_inclusion, check_subtree_consistency,
    check_subtree_inclusion, leaf_hash, prove_consistency, prove_inclusion, root_of, subtree_root,
};
use proptest::prelude::*;

/// A tree in memory.
struct Tree(Vec<Hash>);

impl Tree {
    fn new(size: u64) -> Self {
        Self((0..size).map(|i| leaf_hash(&i.to_be_bytes())).collect())
    }

    fn root(&self, size: u64) -> Hash {
        root_of(&self.0[..size as usize])
    }
}

impl Nodes for Tree {
    type Error = std::convert::Infallible;

    fn node(&mut self, height: u32, index: u64) -> Result<Hash, Self::Error> {
        let start = (index << height) as usize;
        Ok(root_of(&self.0[start..start + (1 << height)]))
    }
}

fn sizes() -> impl Strategy<Value = (u64, u64)> {
    (1_u64..700).prop_flat_map(|size| (0..size, Just(size)))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn inclusion((index, size) in sizes(), flip in 0_usize..256, other in any::<u64>()) {
        let mut tree = Tree::new(size);
        let (leaf, root) = (tree.0[index as usize], tree.root(size));
        let Ok(proof) = prove_inclusion(&mut tree, index, size);
        prop_assert_eq!(check_inclusion(index, size, &leaf, &proof, &root), Ok(()));
        let other = other % size;
        if other != index {
            prop_assert!(check_inclusion(other, size, &leaf, &proof, &root).is_err());
        }
        let mut altered_leaf = leaf;
        altered_leaf.0[flip / 8] ^= 1 << (flip % 8);
        prop_assert!(check_inclusion(index, size, &altered_leaf, &proof, &root).is_err());
        for place in 0..proof.len() {
            let mut altered = proof.clone();
            altered[place].0[flip / 8] ^= 1 << (flip % 8);
            prop_assert!(check_inclusion(index, size, &leaf, &altered, &root).is_err());
            altered.remove(place);
            prop_assert!(check_inclusion(index, size, &leaf, &altered, &root).is_err());
        }
        let longer = [proof.as_slice(), &[root]].concat();
        prop_assert!(check_inclusion(index, size, &leaf, &longer, &root).is_err());
    }

    #[test]
    fn consistency((old, new) in sizes(), flip in 0_usize..256) {
        let old = old + 1;
        let mut tree = Tree::new(new);
        let (old_root, new_root) = (tree.root(old), tree.root(new));
        let Ok(proof) = prove_consistency(&mut tree, old, new);
        prop_assert_eq!(check_consistency(old, new, &old_root, &new_root, &proof), Ok(()));
        let mut fork = new_root;
        fork.0[flip / 8] ^= 1 << (flip % 8);
        prop_assert!(check_consistency(old, new, &old_root, &fork, &proof).is_err());
        prop_assert!(check_consistency(old, new, &fork, &new_root, &proof).is_err());
        for place in 0..proof.len() {
            let mut altered = proof.clone();
            altered[place].0[flip / 8] ^= 1 << (flip % 8);
            prop_assert!(check_consistency(old, new, &old_root, &new_root, &altered).is_err());
        }
    }

    #[test]
    fn subtrees((index, size) in sizes(), height in 0_u32..9) {
        let mut tree = Tree::new(size);
        let start = index >> height << height;
        let range = start..size.min(start + (1 << height));
        let Ok(root) = subtree_root(&mut tree, range.clone());
        prop_assert_eq!(root, root_of(&tree.0[range.start as usize..range.end as usize]));
        let mut part = Tree(tree.0[range.start as usize..range.end as usize].to_vec());
        let Ok(proof) = prove_inclusion(&mut part, index - start, range.end - start);
        let leaf = tree.0[index as usize];
        prop_assert_eq!(check_subtree_inclusion(index, range.clone(), &leaf, &proof, &root), Ok(()));
        let whole = tree.root(size);
        if range == (0..size) {
            prop_assert_eq!(check_subtree_consistency(range, size, &root, &whole, &[]), Ok(()));
        }
    }

    #[test]
    fn no_proof_makes_the_checks_panic(
        index in any::<u64>(), start in any::<u64>(), end in any::<u64>(), size in any::<u64>(),
        proof in prop::collection::vec(any::<[u8; 32]>().prop_map(Hash), 0..70),
    ) {
        let hash = Hash([1; 32]);
        let _ = check_subtree_inclusion(index, start..end, &hash, &proof, &hash);
        let _ = check_subtree_consistency(start..end, size, &hash, &hash, &proof);
    }
}

#[test]
fn a_frontier_is_the_tree() {
    let tree = Tree::new(1000);
    let mut frontier = Frontier::new();
    for (i, leaf) in tree.0.iter().enumerate() {
        frontier.push(*leaf);
        assert_eq!(frontier.root(), tree.root(i as u64 + 1));
    }
}
