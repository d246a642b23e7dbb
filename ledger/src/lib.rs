//! The tamper-evident log: an RFC 6962 tree over small commitments, the records beside it in segment
//! files, C2SP tiles, checkpoints and proofs, and verification of it all.
//!
//! The modules in the order in which data flows through them: hashes and the tree, the formats, the
//! files, writing, reading, proving, verifying. The crate depends on nothing else of the workspace, so
//! that an auditor can build it alone.

// The tree.
mod hash;
mod proof;
mod tree;

// The formats.
mod checkpoint;
mod edge;
mod frame;
mod leaf;
mod note;
mod signer;
mod tile;

// The files.
mod archive;
mod files;
mod lock;
mod offsets;
mod problem;
mod published;
mod records;
mod segment;

// Writing.
mod active;
mod log;
mod recover;

// Reading, proving, verifying.
mod history;
mod prove;
mod reader;
mod verify;

pub use checkpoint::{Checkpoint, CheckpointError};
pub use frame::{Frame, FrameError, MAX_PAYLOAD};
pub use hash::{Hash, empty_root, leaf_hash, node_hash, payload_hash};
pub use history::Signed;
pub use leaf::{LEAF_LEN, LEAF_VERSION, Leaf, LeafError, minute_of};
pub use log::{AppendError, Appended, Entry, Log, LogOptions};
pub use note::{Note, NoteError, NoteSignature, VerifyingKey};
pub use problem::Problem;
pub use proof::{
    Nodes, ProofError, check_consistency, check_inclusion, check_subtree_consistency,
    check_subtree_inclusion, prove_consistency, prove_inclusion, subtree_root,
};
pub use prove::{CheckError, Proof, prove};
pub use reader::Reader;
pub use records::{ReadError, Records, Stored};
pub use recover::{OpenError, Recovery};
pub use signer::{Signer, SignerError, Signers};
pub use tile::{TileId, TileKind, parse_entries, parse_hashes};
pub use tree::{Frontier, root_of};
pub use verify::{Report, Signature, VerifyOptions, verify};

// What a payload holds, who may read it and when it may go is not known here.
