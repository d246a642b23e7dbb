//! The shape of the Merkle tree of RFC 6962: its compact form, and its root.

use crate::hash::{Hash, empty_root, node_hash};

/// The perfect subtrees of a tree, largest first: all that is needed to append and to give the root.
/// There is one for each bit set in the size, so at most 64.
#[derive(Clone, Debug, Default)]
pub struct Frontier {
    size: u64,
    nodes: Vec<Hash>,
}

impl Frontier {
    /// The empty tree.
    pub fn new() -> Self {
        Self::default()
    }

    /// From the perfect subtrees of a tree of `size` leaves, largest first.
    /// `None` unless their number fits the size.
    pub fn from_nodes(size: u64, nodes: Vec<Hash>) -> Option<Self> {
        (nodes.len() == size.count_ones() as usize).then_some(Self { size, nodes })
    }

    /// The number of leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Appends the hash of a leaf.
    pub fn push(&mut self, leaf: Hash) {
        let mut node = leaf;
        for _ in 0..self.size.trailing_ones() {
            let Some(left) = self.nodes.pop() else { break };
            node = node_hash(&left, &node);
        }
        self.nodes.push(node);
        self.size += 1;
    }

    /// The Merkle tree hash of all leaves so far.
    pub fn root(&self) -> Hash {
        fold(&self.nodes)
    }
}

/// Joins perfect subtrees, largest first, into the root of the tree that they make up.
fn fold(nodes: &[Hash]) -> Hash {
    let mut smaller_first = nodes.iter().rev();
    let Some(last) = smaller_first.next() else {
        return empty_root();
    };
    smaller_first.fold(*last, |right, left| node_hash(left, &right))
}

/// The Merkle tree hash of a list of leaf or node hashes; of none, the empty root.
pub fn root_of(hashes: &[Hash]) -> Hash {
    let mut frontier = Frontier::new();
    for hash in hashes {
        frontier.push(*hash);
    }
    frontier.root()
}

/// The perfect subtrees of a list of hashes, largest first.
pub(crate) fn perfect_subtrees(hashes: &[Hash]) -> Vec<Hash> {
    let mut frontier = Frontier::new();
    for hash in hashes {
        frontier.push(*hash);
    }
    frontier.nodes
}

/// The largest power of two smaller than `size`, where RFC 6962 splits a tree. `size` is at least 2.
pub(crate) fn split(size: u64) -> u64 {
    debug_assert!(size >= 2, "a single leaf is not split");
    1 << (size - 1).ilog2()
}

// Which leaf is where, and how that is proved, is the business of `proof`.

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::leaf_hash;

    /// The definition of RFC 6962 section 2.1, word for word.
    fn mth(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => empty_root(),
            [leaf] => *leaf,
            _ => {
                let (left, right) =
                    leaves.split_at(usize::try_from(split(leaves.len() as u64)).unwrap());
                node_hash(&mth(left), &mth(right))
            }
        }
    }

    #[test]
    fn the_frontier_gives_the_root_of_the_definition() {
        let leaves: Vec<Hash> = (0_u32..600).map(|i| leaf_hash(&i.to_be_bytes())).collect();
        let mut frontier = Frontier::new();
        assert_eq!(frontier.root(), mth(&[]));
        for (i, leaf) in leaves.iter().enumerate() {
            frontier.push(*leaf);
            assert_eq!(frontier.root(), mth(&leaves[..=i]), "size {}", i + 1);
        }
        assert_eq!(root_of(&leaves), mth(&leaves));
    }

    #[test]
    fn a_frontier_needs_one_node_for_each_bit() {
        let two = vec![Hash::default(), Hash::default()];
        assert!(Frontier::from_nodes(5, two.clone()).is_some());
        assert!(Frontier::from_nodes(4, two).is_none());
    }
}
