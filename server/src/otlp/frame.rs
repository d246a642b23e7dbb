//! The frames of gRPC: a flag, a length and a message
//! (<https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md>).
//!
//! Does not undo compression.

use bytes::{BufMut as _, Bytes, BytesMut};

/// Bytes before a message.
pub(super) const HEAD: usize = 5;

/// A message, as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Message {
    pub(super) is_compressed: bool,
    pub(super) bytes: Bytes,
}

/// The one message that a body holds; `None` when it holds none, or not just one.
pub(super) fn message(mut body: Bytes) -> Option<Message> {
    let (flag, length) = body.split_at_checked(HEAD)?.0.split_first()?;
    let length = u32::from_be_bytes(length.try_into().ok()?);
    let is_compressed = match flag {
        0 => false,
        1 => true,
        _ => return None,
    };
    let bytes = body.split_off(HEAD);
    (bytes.len() as u64 == u64::from(length)).then_some(Message { is_compressed, bytes })
}

/// A message in its frame, not compressed.
pub(super) fn framed(message: &[u8]) -> Bytes {
    let mut frame = BytesMut::with_capacity(HEAD + message.len());
    frame.put_u8(0);
    // An answer is some kilobytes at most.
    frame.put_u32(u32::try_from(message.len()).unwrap_or(u32::MAX));
    frame.put_slice(message);
    frame.freeze()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_framed_is_read(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let read = message(framed(&bytes));
            prop_assert_eq!(read, Some(Message { is_compressed: false, bytes: bytes.into() }));
        }

        #[test]
        fn no_bytes_break_it(bytes in proptest::collection::vec(any::<u8>(), 0..20)) {
            let length = bytes.len();
            if let Some(message) = message(bytes.into()) {
                prop_assert_eq!(message.bytes.len(), length - HEAD);
            }
        }
    }
}
