//! Inclusion and consistency proofs: making them (RFC 6962 section 2.1) and checking them
//! (RFC 9162 section 2.1, and for subtrees draft-ietf-plants-merkle-tree-certs section 4).

use std::ops::Range;

use crate::hash::{Hash, empty_root, node_hash};
use crate::tree::split;

/// Why a proof does not prove what it should.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The sizes or the index do not describe a place in a tree.
    #[error("the index or the sizes do not fit each other")]
    Range,
    /// The proof has too few or too many hashes for that place.
    #[error("the proof has the wrong number of hashes")]
    Length,
    /// The proof leads to another root.
    #[error("the proof leads to another root hash")]
    Root,
}

/// Where a prover finds the hashes of perfect subtrees.
pub trait Nodes {
    /// What can go wrong when looking one up.
    type Error;

    /// The hash of the perfect subtree over the leaves `index << height .. (index + 1) << height`.
    fn node(&mut self, height: u32, index: u64) -> Result<Hash, Self::Error>;
}

/// The Merkle tree hash of the leaves `range`, which must be a subtree of some tree:
/// its start a multiple of its length rounded up to a power of two.
pub fn subtree_root<N: Nodes>(nodes: &mut N, range: Range<u64>) -> Result<Hash, N::Error> {
    let mut left = Vec::new();
    let (mut lo, hi) = (range.start, range.end);
    if lo >= hi {
        return Ok(empty_root());
    }
    while !(hi - lo).is_power_of_two() {
        let middle = lo + split(hi - lo);
        left.push(perfect(nodes, lo..middle)?);
        lo = middle;
    }
    let last = perfect(nodes, lo..hi)?;
    Ok(left.iter().rev().fold(last, |right, left| node_hash(left, &right)))
}

fn perfect<N: Nodes>(nodes: &mut N, range: Range<u64>) -> Result<Hash, N::Error> {
    let height = (range.end - range.start).trailing_zeros();
    nodes.node(height, range.start >> height)
}

/// The audit path of leaf `index` in the tree of `size` leaves, from the leaf up (RFC 6962
/// section 2.1.1). Empty when `index` is not below `size`.
pub fn prove_inclusion<N: Nodes>(
    nodes: &mut N,
    index: u64,
    size: u64,
) -> Result<Vec<Hash>, N::Error> {
    let (mut lo, mut hi) = (0, size);
    let mut path = Vec::new();
    if index >= size {
        return Ok(path);
    }
    while hi - lo > 1 {
        let middle = lo + split(hi - lo);
        if index < middle {
            path.push(subtree_root(nodes, middle..hi)?);
            hi = middle;
        } else {
            path.push(subtree_root(nodes, lo..middle)?);
            lo = middle;
        }
    }
    path.reverse();
    Ok(path)
}

/// The proof that the tree of `new` leaves continues the tree of `old` leaves (RFC 6962 section
/// 2.1.2). Empty when there is nothing to prove: `old` is 0, or not below `new`.
pub fn prove_consistency<N: Nodes>(
    nodes: &mut N,
    old: u64,
    new: u64,
) -> Result<Vec<Hash>, N::Error> {
    let (mut lo, mut hi) = (0, new);
    let mut path = Vec::new();
    if old == 0 || old >= new {
        return Ok(path);
    }
    while old != hi {
        let middle = lo + split(hi - lo);
        if old <= middle {
            path.push(subtree_root(nodes, middle..hi)?);
            hi = middle;
        } else {
            path.push(subtree_root(nodes, lo..middle)?);
            lo = middle;
        }
    }
    if lo != 0 {
        path.push(subtree_root(nodes, lo..hi)?);
    }
    path.reverse();
    Ok(path)
}

/// Checks that `leaf` is the hash of leaf `index` in the tree of `size` leaves with that root.
pub fn check_inclusion(
    index: u64,
    size: u64,
    leaf: &Hash,
    proof: &[Hash],
    root: &Hash,
) -> Result<(), ProofError> {
    check_subtree_inclusion(index, 0..size, leaf, proof, root)
}

/// Checks that `leaf` is the hash of leaf `index` of a tree, in its subtree `range` with that root.
pub fn check_subtree_inclusion(
    index: u64,
    range: Range<u64>,
    leaf: &Hash,
    proof: &[Hash],
    root: &Hash,
) -> Result<(), ProofError> {
    if !is_subtree(&range) || !range.contains(&index) {
        return Err(ProofError::Range);
    }
    let (mut place, mut last) = (index - range.start, range.end - range.start - 1);
    let mut hash = *leaf;
    for sibling in proof {
        if last == 0 {
            return Err(ProofError::Length);
        }
        if place & 1 == 1 || place == last {
            hash = node_hash(sibling, &hash);
            // A node without a right sibling moves up unchanged until it is a right child.
            let up = place.trailing_zeros();
            place >>= up;
            last >>= up;
        } else {
            hash = node_hash(&hash, sibling);
        }
        place >>= 1;
        last >>= 1;
    }
    conclude(last, hash == *root)
}

/// Checks that the tree of `new` leaves with root `new_root` continues that of `old` leaves.
/// An `old` of 0 is an error: the empty tree proves nothing.
pub fn check_consistency(
    old: u64,
    new: u64,
    old_root: &Hash,
    new_root: &Hash,
    proof: &[Hash],
) -> Result<(), ProofError> {
    if old == 0 {
        return Err(ProofError::Range);
    }
    check_subtree_consistency(0..old, new, old_root, new_root, proof)
}

/// Checks that a tree of `size` leaves with that root holds the subtree `range` with root `subtree`.
/// An empty range is in every tree that reaches it.
pub fn check_subtree_consistency(
    range: Range<u64>,
    size: u64,
    subtree: &Hash,
    root: &Hash,
    proof: &[Hash],
) -> Result<(), ProofError> {
    if range.end > size || range.start > range.end {
        return Err(ProofError::Range);
    }
    if range.is_empty() {
        return if proof.is_empty() {
            same(subtree, &empty_root())
        } else {
            Err(ProofError::Length)
        };
    }
    if !is_subtree(&range) {
        return Err(ProofError::Range);
    }
    let mut path = Path { first: range.start, last: range.end - 1, tree_last: size - 1 };
    path.skip_common();
    let (start, rest) = if path.first == path.last {
        (*subtree, proof)
    } else {
        let (first, rest) = proof.split_first().ok_or(ProofError::Length)?;
        (*first, rest)
    };
    let (old, new) = path.climb(start, rest)?;
    same(&old, subtree)?;
    conclude(path.tree_last, new == *root)
}

/// The way from a subtree's right edge up to the root, at one level of the tree.
struct Path {
    first: u64,
    last: u64,
    tree_last: u64,
}

impl Path {
    fn up(&mut self) {
        self.first >>= 1;
        self.last >>= 1;
        self.tree_last >>= 1;
    }

    /// Climbs to the largest node at the subtree's right edge that both trees have.
    fn skip_common(&mut self) {
        let at_the_edge = self.last == self.tree_last;
        while self.first != self.last && (at_the_edge || self.last & 1 == 1) {
            self.up();
        }
    }

    /// The roots of the subtree and of the tree, as `proof` leads to them from `start`.
    fn climb(&mut self, start: Hash, proof: &[Hash]) -> Result<(Hash, Hash), ProofError> {
        let (mut old, mut new) = (start, start);
        for sibling in proof {
            if self.tree_last == 0 {
                return Err(ProofError::Length);
            }
            if self.last & 1 == 1 || self.last == self.tree_last {
                if self.first < self.last {
                    old = node_hash(sibling, &old);
                }
                new = node_hash(sibling, &new);
                while self.last & 1 == 0 && self.last != 0 {
                    self.up();
                }
            } else {
                new = node_hash(&new, sibling);
            }
            self.up();
        }
        Ok((old, new))
    }
}

fn same(got: &Hash, want: &Hash) -> Result<(), ProofError> {
    if got == want { Ok(()) } else { Err(ProofError::Root) }
}

fn conclude(levels_left: u64, root_matches: bool) -> Result<(), ProofError> {
    match (levels_left, root_matches) {
        (0, true) => Ok(()),
        (0, false) => Err(ProofError::Root),
        _ => Err(ProofError::Length),
    }
}

/// Whether `range` is a node of some tree: not empty, and its start a multiple of its length
/// rounded up to a power of two.
fn is_subtree(range: &Range<u64>) -> bool {
    let Some(length) = range.end.checked_sub(range.start).filter(|length| *length > 0) else {
        return false;
    };
    match length.checked_next_power_of_two() {
        Some(unit) => range.start.is_multiple_of(unit),
        None => range.start == 0,
    }
}

// Where the hashes lie, and who signed the root, is the business of `tile` and `checkpoint`.
