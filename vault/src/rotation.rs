//! New keys in the place of old ones. What was sealed before opens as before.
//!
//! ```text
//! rotate       each tenant gets the keys of a new epoch: from then on new data keys and mappings
//!              are made, and wrapped under them
//! rotate_root  stage the new root key → wrap the database's key under it too
//!              → wrap everything else under it, in one transaction, which makes it count
//!              → give it its name, and retire the old one
//! ```
//!
//! Whatever instant a rotation dies at, the next opening finds the old keys or the new ones
//! (`opening`). Retired keys are kept and marked; nothing is destroyed here.

use crate::database::Database;
use crate::opening::Root;
use crate::root::{Place, RootKey};
use crate::{Vault, VaultError, wrap};

/// Where the next root key comes from.
#[derive(Debug)]
pub enum NextRoot {
    /// It is made, and kept in the data directory's file.
    File,
    /// The caller keeps it.
    Given(RootKey),
}

/// What of a rotation of the root key is done, and durable unless it says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// The new root key is in its file, where it is kept in one.
    Staged,
    /// The database opens with either root key.
    Enveloped,
    /// All is wrapped anew, in a transaction that has not ended.
    Rewrapped,
    /// The new root key counts.
    Counts,
}

impl Vault {
    /// Begins a new epoch in every tenant. Says how many tenants there are.
    ///
    /// A record that another thread is sealing at this moment may still be sealed under a key from
    /// before. Pseudonyms and fingerprints stay what they are.
    ///
    /// # Errors
    /// When the database fails; then nothing has changed.
    pub fn rotate(&self) -> Result<u64, VaultError> {
        let mut writes = self.writable()?.lock();
        let _reads = self.reads.lock();
        let mut tenants = self.tenants.write();
        self.write_pending(&mut writes)?;
        let count = writes.rotate_tenants(&self.root.read().wrapping, self.today())?;
        tenants.clear();
        Ok(count)
    }

    /// Replaces the root key. Gives its epoch. The old one is kept beside it, retired, where it was
    /// kept in a file.
    ///
    /// # Errors
    /// When a file or the database fails. Then either root key may be the one that counts, and the
    /// next opening brings the files in line with it.
    pub fn rotate_root(&self, next: NextRoot) -> Result<u32, VaultError> {
        self.rotate_root_by_steps(next, &mut |_| Ok(()))
    }

    /// As [`Vault::rotate_root`]. `done` hears of each step, and may break the rotation off.
    pub(crate) fn rotate_root_by_steps(
        &self,
        next: NextRoot,
        done: &mut dyn FnMut(Step) -> Result<(), VaultError>,
    ) -> Result<u32, VaultError> {
        let mut writes = self.writable()?.lock();
        let _reads = self.reads.lock();
        // No tenant is made, and so none wrapped under the old root key, until the end.
        let _tenants = self.tenants.write();
        self.write_pending(&mut writes)?;
        let mut root = self.root.write();
        // What an earlier one that failed left, and the place of the next staged key.
        self.paths.settle(&mut root)?;
        let new = self.wrap_anew(&mut writes, &root, next, done)?;
        *root = new;
        done(Step::Counts)?;
        self.paths.settle(&mut root)?;
        // What the old root key opens is in no page any more, and should be in no journal either.
        // Where another process reads at this moment, the next checkpoint sees to it.
        match writes.truncate_journal() {
            Ok(()) | Err(VaultError::Busy) => {}
            Err(error) => return Err(error),
        }
        Ok(root.epoch)
    }

    fn wrap_anew(
        &self,
        writes: &mut Database,
        old: &Root,
        next: NextRoot,
        done: &mut dyn FnMut(Step) -> Result<(), VaultError>,
    ) -> Result<Root, VaultError> {
        let (epoch, mut envelope) = (old.epoch + 1, self.paths.envelope()?);
        let (key, place) = match next {
            NextRoot::File => (self.paths.roots.stage()?, Place::Staged),
            NextRoot::Given(RootKey(key)) => (key, Place::Given),
        };
        if envelope.open(&key)?.is_some() {
            return Err(VaultError::SameRoot);
        }
        done(Step::Staged)?;
        envelope.add(epoch, &key, &self.database_key)?;
        done(Step::Enveloped)?;
        let wrapping = wrap::wrapping(&key)?;
        let before_end = || done(Step::Rewrapped);
        writes.rewrap(&old.wrapping, &wrapping, epoch, self.today(), before_end)?;
        Ok(Root { epoch, place, wrapping })
    }
}

#[cfg(test)]
mod tests;
