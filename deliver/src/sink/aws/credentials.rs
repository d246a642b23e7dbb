//! Credentials by reference: a secret key beside its id, or both and a session token in one text.

use aws_credential_types::Credentials as Keys;
use serde::Deserialize;

use crate::secret::{SecretError, SecretRef};

/// Who signs the name of the keys as their provider.
const PROVIDER: &str = "plainsight";

/// Where the credentials are.
#[derive(Debug)]
pub struct Credentials {
    /// The access key id. With none the secret says it too.
    pub id: Option<String>,
    /// The secret access key; without an id a JSON object as a `credential_process` prints it
    /// (`AccessKeyId`, `SecretAccessKey`, `SessionToken`).
    pub secret: SecretRef,
}

/// What a `credential_process` prints; containers' credentials call the last `Token`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Printed {
    access_key_id: String,
    secret_access_key: String,
    #[serde(alias = "Token")]
    session_token: Option<String>,
}

impl Credentials {
    /// Reads them.
    ///
    /// # Errors
    /// When they are not there, or of another form.
    pub fn read(&self) -> Result<Keys, SecretError> {
        let secret = self.secret.read()?;
        if let Some(id) = &self.id {
            return Ok(Keys::new(id.as_str(), secret.expose().as_str(), None, None, PROVIDER));
        }
        let printed: Printed =
            serde_json::from_str(secret.expose()).map_err(|_| SecretError::Malformed)?;
        let Printed { access_key_id, secret_access_key, session_token } = printed;
        Ok(Keys::new(access_key_id, secret_access_key, session_token, None, PROVIDER))
    }
}

#[cfg(test)]
mod tests {
    use super::{Credentials, SecretError, SecretRef};

    #[test]
    fn a_text_that_is_no_json_is_not_repeated() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let secret = SecretRef::File(file.path().to_owned());
        std::fs::write(file.path(), "hunter2").unwrap();
        let error = Credentials { id: None, secret: secret.clone() }.read().unwrap_err();
        assert_eq!(error, SecretError::Malformed);
        assert!(!error.to_string().contains("hunter2"));
        assert!(Credentials { id: Some("AKID".to_owned()), secret: secret.clone() }.read().is_ok());
        let printed = r#"{"Version": 1, "AccessKeyId": "A", "SecretAccessKey": "s", "Token": "t"}"#;
        std::fs::write(file.path(), printed).unwrap();
        let identity = Credentials { id: None, secret }.read().unwrap();
        assert!(!format!("{identity:?}").contains("\"s\""));
    }
}
