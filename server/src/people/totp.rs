//! The second factor: codes of an authenticator app (RFC 6238, SHA-1, 6 digits, 30 seconds, which
//! every app understands).

use model::{Sealed, Timestamp};
use totp_rs::{Algorithm, Secret, TOTP};

use super::secret::NoRandomness;

/// Seconds of a step.
const STEP: u64 = 30;

/// A new secret, in base 32.
///
/// # Errors
/// When the system has no random numbers.
pub(crate) fn secret() -> Result<Sealed<String>, NoRandomness> {
    let mut bytes = vec![0_u8; 20];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| NoRandomness)?;
    Ok(Sealed::new(Secret::Raw(bytes).to_encoded().to_string()))
}

/// What an authenticator app takes, as a picture or by hand (the `otpauth` key URI format). `name`
/// is an account's and needs no escaping.
pub(crate) fn uri(name: &str, secret: &Sealed<String>) -> Sealed<String> {
    let secret = secret.expose();
    Sealed::new(format!("otpauth://totp/Plainsight:{name}?secret={secret}&issuer=Plainsight"))
}

/// The step whose code this is: the present one or one of its neighbours, and none up to `used`, so
/// that no code counts twice.
pub(crate) fn step(secret: &Sealed<String>, code: &str, now: Timestamp, used: u64) -> Option<u64> {
    let bytes = Secret::Encoded(secret.expose().clone()).to_bytes().ok()?;
    let totp = TOTP::new_unchecked(Algorithm::SHA1, 6, 0, STEP, bytes);
    let present = u64::try_from(now.secs()).ok()? / STEP;
    let near = [present.saturating_sub(1), present, present + 1];
    near.into_iter().find(|step| *step > used && totp.check(code.trim(), step * STEP))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, cut to six digits.
    #[test]
    fn codes_of_the_standard() {
        let secret = Secret::Raw(b"12345678901234567890".to_vec()).to_encoded().to_string();
        let secret = Sealed::new(secret);
        for (seconds, code) in
            [(59, "287082"), (1_111_111_109, "081804"), (2_000_000_000, "279037")]
        {
            let now = Timestamp::from_secs(seconds);
            let step = step(&secret, code, now, 0).unwrap();
            assert_eq!(step, seconds.unsigned_abs() / 30);
            assert_eq!(super::step(&secret, code, now, step), None, "a code counts once");
            let late = Timestamp::from_secs(seconds + 90);
            assert_eq!(super::step(&secret, code, late, 0), None, "for a minute and a half");
        }
    }
}
