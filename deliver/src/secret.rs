//! Secrets by reference: the configuration says where one is, and it is read when it is needed, so
//! that a rotated secret is used without a restart.

use std::path::PathBuf;

use model::Sealed;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Where a secret is: `env:NAME` or `file:PATH`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretRef {
    /// A variable of the environment.
    Env(String),
    /// A file; line ends at its end do not belong to the secret.
    File(PathBuf),
}

/// A text is no reference to a secret, or the secret is not there. It says nothing of the text,
/// which may be the secret itself in the wrong place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// Neither `env:NAME` nor `file:PATH`.
    #[error("a secret is given by reference, env:NAME or file:PATH")]
    NoReference,
    /// The variable is not set, or the file cannot be read, or it is empty.
    #[error("the secret is not there")]
    Absent,
    /// It is there, and of another form than it is needed in.
    #[error("the secret is of another form")]
    Malformed,
}

impl SecretRef {
    /// Reads a reference.
    ///
    /// # Errors
    /// When it is none.
    pub fn parse(text: &str) -> Result<Self, SecretError> {
        match text.split_once(':') {
            Some(("env", name)) if !name.is_empty() => Ok(Self::Env(name.to_owned())),
            Some(("file", path)) if !path.is_empty() => Ok(Self::File(PathBuf::from(path))),
            _ => Err(SecretError::NoReference),
        }
    }

    /// Reads the secret.
    ///
    /// # Errors
    /// When it is not there.
    pub fn read(&self) -> Result<Sealed<String>, SecretError> {
        let text = match self {
            Self::Env(name) => std::env::var(name).ok(),
            Self::File(path) => std::fs::read_to_string(path).ok(),
        };
        let secret = text.as_deref().map(str::trim_end).filter(|secret| !secret.is_empty());
        secret.map(|secret| Sealed::new(secret.to_owned())).ok_or(SecretError::Absent)
    }
}

impl std::fmt::Display for SecretRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Env(name) => write!(f, "env:{name}"),
            Self::File(path) => write!(f, "file:{}", path.display()),
        }
    }
}

impl Serialize for SecretRef {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for SecretRef {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::{SecretError, SecretRef};

    #[test]
    fn what_is_no_reference_is_not_repeated() {
        let error = SecretRef::parse("hunter2").unwrap_err();
        assert_eq!(error, SecretError::NoReference);
        assert!(!error.to_string().contains("hunter2"));
        assert_eq!(SecretRef::parse("env:").unwrap_err(), SecretError::NoReference);
    }

    #[test]
    fn a_file_is_read_each_time_less_its_line_end() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let reference = SecretRef::parse(&format!("file:{}", file.path().display())).unwrap();
        assert_eq!(reference.read().unwrap_err(), SecretError::Absent);
        std::fs::write(file.path(), "one\n").unwrap();
        assert_eq!(reference.read().unwrap().expose(), "one");
        std::fs::write(file.path(), "two").unwrap();
        assert_eq!(reference.read().unwrap().expose(), "two");
    }
}
