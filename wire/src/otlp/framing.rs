//! The fields of a protobuf message, found without decoding them (Protocol Buffers encoding:
//! <https://protobuf.dev/programming-guides/encoding/>).
//!
//! Groups, deprecated since proto3, are not read.

/// A length-delimited field, borrowed from the message.
pub(crate) struct Field<'a> {
    pub(crate) number: u64,
    pub(crate) bytes: &'a [u8],
}

/// A field with its tag.
pub(crate) struct Whole<'a> {
    pub(crate) bytes: &'a [u8],
    /// What it holds, where it is length-delimited.
    pub(crate) field: Option<Field<'a>>,
}

/// Walks over the length-delimited fields of a message and passes over the others.
///
/// Yields the byte and the reason once where the framing breaks, and then ends.
pub(crate) struct Fields<'a> {
    message: &'a [u8],
    at: usize,
    broken: bool,
}

/// Where and why the framing broke.
pub(crate) type Broken = (usize, &'static str);

impl<'a> Fields<'a> {
    /// The fields of `message`.
    pub(crate) const fn of(message: &'a [u8]) -> Self {
        Self { message, at: 0, broken: false }
    }

    /// The next field, if it is length-delimited; `Ok(None)` for any other.
    fn field(&mut self) -> Result<Option<Field<'a>>, Broken> {
        let tag = self.varint()?;
        let number = tag >> 3;
        if number == 0 {
            return Err((self.at, "field number 0"));
        }
        match tag & 7 {
            0 => self.varint().map(|_| None),
            1 => self.take(8).map(|_| None),
            2 => {
                let length = self.varint()?;
                let length = usize::try_from(length).unwrap_or(usize::MAX);
                Ok(Some(Field { number, bytes: self.take(length)? }))
            }
            5 => self.take(4).map(|_| None),
            _ => Err((self.at, "wire type is not one of OTLP's")),
        }
    }

    /// The next field, whatever its kind, with all of its bytes; `None` at the end.
    pub(crate) fn whole(&mut self) -> Option<Result<Whole<'a>, Broken>> {
        let begin = self.at;
        if begin >= self.message.len() {
            return None;
        }
        let field = self.field();
        let bytes = self.message.get(begin..self.at).unwrap_or_default();
        Some(field.map(|field| Whole { bytes, field }))
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], Broken> {
        let end = self.at.saturating_add(length);
        let bytes = self.message.get(self.at..end);
        let bytes = bytes.ok_or((self.at, "field runs past the end of its message"))?;
        self.at = end;
        Ok(bytes)
    }

    fn varint(&mut self) -> Result<u64, Broken> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = *self.message.get(self.at).ok_or((self.at, "varint is cut off"))?;
            self.at += 1;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err((self.at, "varint is longer than 64 bits"))
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Result<Field<'a>, Broken>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.broken && self.at < self.message.len() {
            match self.field() {
                Ok(None) => {}
                Ok(Some(field)) => return Some(Ok(field)),
                Err(broken) => {
                    self.broken = true;
                    return Some(Err(broken));
                }
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::Fields;

    #[test]
    fn passes_over_what_is_not_length_delimited() {
        let message = [0x08, 0x96, 0x01, 0x12, 0x02, b'h', b'i', 0x1d, 0, 0, 0, 0];
        let fields: Vec<_> = Fields::of(&message).map(|field| field.unwrap()).collect();
        assert_eq!(fields.len(), 1);
        assert_eq!((fields[0].number, fields[0].bytes), (2, &b"hi"[..]));
    }

    #[test]
    fn says_where_it_breaks_and_ends() {
        let mut fields = Fields::of(&[0x12, 0x7f, 1]);
        assert_eq!(fields.next().unwrap().err().unwrap().0, 2);
        assert!(fields.next().is_none());
    }
}
