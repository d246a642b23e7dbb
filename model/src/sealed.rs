//! A value that must not be seen by accident.

use std::fmt;

/// Holds a value that has not been inspected, or that is secret.
///
/// It prints as `Sealed(…)`, cannot be serialized, and is opened only by name, so that every place
/// that looks inside can be found by searching for `expose` and `into_exposed`.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Sealed<T>(T);

impl<T> Sealed<T> {
    /// Seals a value.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// Looks inside. The caller promises not to let the value reach a disk, a log or an answer.
    pub const fn expose(&self) -> &T {
        &self.0
    }

    /// Looks inside to change the value.
    pub const fn expose_mut(&mut self) -> &mut T {
        &mut self.0
    }

    /// Takes the value out. The caller makes the same promise as for [`Sealed::expose`].
    pub fn into_exposed(self) -> T {
        self.0
    }
}

impl<T> fmt::Debug for Sealed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealed(…)")
    }
}

impl<T> From<T> for Sealed<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

#[cfg(test)]
mod tests {
    use super::Sealed;

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?}", Sealed::new("hunter2")), "Sealed(…)");
        assert_eq!(format!("{:?}", Some(Sealed::new(42))), "Some(Sealed(…))");
    }
}
