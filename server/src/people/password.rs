//! Passwords: argon2id (RFC 9106) with the parameters that OWASP recommends (19 MiB, 2 passes).
//!
//! Blocks for tens of milliseconds; the caller bounds how many run at once.

use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use model::Sealed;

use super::secret::NoRandomness;

/// The shortest password, in characters (NIST SP 800-63B asks for 8, and 15 where it stands alone).
pub const SHORTEST: usize = 12;
/// The longest one.
pub const LONGEST: usize = 256;
/// Different characters that it has at least.
const DIFFERENT: usize = 5;

/// A hash that stands for the password of nobody: who asks for an unknown name waits as long as who
/// gives a wrong password.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5bm9ib2R5\
                      $4q0mYlV1kq5o4iT0m0WkqvJ9R7mXl1n3nY0eHqvJ9R4";

/// Whether `password` may be that of `name`; if not, why.
pub(crate) fn check(name: &str, password: &str) -> Result<(), &'static str> {
    let length = password.chars().count();
    let mut different: Vec<char> = password.chars().collect();
    different.sort_unstable();
    different.dedup();
    if length < SHORTEST {
        return Err("is shorter than 12 characters");
    }
    if length > LONGEST {
        return Err("is longer than 256 characters");
    }
    if different.len() < DIFFERENT {
        return Err("has fewer than 5 different characters");
    }
    if password.to_lowercase().contains(&name.to_lowercase()) {
        return Err("contains the name");
    }
    Ok(())
}

/// The hash of a password, as text that says how it was made.
///
/// # Errors
/// When the system has no random numbers.
pub(crate) fn hash(password: &Sealed<String>) -> Result<String, NoRandomness> {
    let mut salt = [0_u8; 16];
    aws_lc_rs::rand::fill(&mut salt).map_err(|_| NoRandomness)?;
    let salt = SaltString::encode_b64(&salt).map_err(|_| NoRandomness)?;
    let hash = argon2().hash_password(password.expose().as_bytes(), &salt);
    hash.map(|hash| hash.to_string()).map_err(|_| NoRandomness)
}

/// Whether `password` is the one of `hash`. Without a hash it takes as long, and is not.
pub(crate) fn verify(password: &Sealed<String>, hash: Option<&str>) -> bool {
    let Ok(parsed) = PasswordHash::new(hash.unwrap_or(NOBODY)) else { return false };
    let is_right = argon2().verify_password(password.expose().as_bytes(), &parsed).is_ok();
    is_right && hash.is_some()
}

fn argon2() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::DEFAULT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_password_itself_verifies() {
        let password = Sealed::new("correct horse battery".to_owned());
        let hash = hash(&password).unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(verify(&password, Some(&hash)));
        assert!(!verify(&Sealed::new("correct horse batterz".to_owned()), Some(&hash)));
        assert!(!verify(&password, None));
        assert!(PasswordHash::new(NOBODY).is_ok(), "an unknown name takes as long");
    }

    #[test]
    fn what_may_not_be_a_password() {
        assert_eq!(check("mara", "correct horse battery"), Ok(()));
        for password in ["short", "aaaaaaaaaaaaaaaa", "my name is MARA!", &"ab3d5".repeat(60)] {
            assert!(check("mara", password).is_err(), "{password}");
        }
    }
}
