//! One value, one sequence of bytes: CBOR by the core deterministic encoding of RFC 8949, section
//! 4.2.1 (shortest lengths, definite lengths, map keys sorted by their bytes).

use ciborium::Value;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The largest input that is read: 1 MiB.
pub const MAX_BYTES: usize = 1 << 20;

/// The bytes of a value. `None` only for values that CBOR cannot hold.
pub(crate) fn to_bytes(value: &impl Serialize) -> Option<Vec<u8>> {
    let mut value = Value::serialized(value).ok()?;
    sort(&mut value)?;
    write(&value)
}

/// The value of canonical bytes; `None` for any other bytes, trailing ones included. Whatever is
/// accepted encodes to exactly the bytes given.
pub(crate) fn from_bytes<T: Serialize + DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    if bytes.len() > MAX_BYTES {
        return None;
    }
    let value: T = ciborium::from_reader(bytes).ok()?;
    (to_bytes(&value)? == bytes).then_some(value)
}

/// The length in bytes of the first CBOR item of a sequence (RFC 8742).
pub(crate) fn first_item_len(bytes: &[u8]) -> Option<usize> {
    let mut rest = bytes;
    let _: Value = ciborium::from_reader(&mut rest).ok()?;
    Some(bytes.len() - rest.len())
}

fn write(value: &Value) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    ciborium::into_writer(value, &mut bytes).ok()?;
    Some(bytes)
}

fn sort(value: &mut Value) -> Option<()> {
    match value {
        Value::Array(items) => items.iter_mut().try_for_each(sort),
        Value::Map(entries) => {
            let mut keyed = Vec::with_capacity(entries.len());
            for (key, mut item) in entries.drain(..) {
                sort(&mut item)?;
                keyed.push((write(&key)?, key, item));
            }
            keyed.sort_by(|a, b| a.0.cmp(&b.0));
            entries.extend(keyed.into_iter().map(|(_, key, item)| (key, item)));
            Some(())
        }
        _ => Some(()),
    }
}

#[cfg(test)]
mod tests {
    use super::{first_item_len, from_bytes, to_bytes};
    use hex_literal::hex;
    use std::collections::BTreeMap;

    /// RFC 8949, section 4.2.1: the order of keys 10, 100, -1, "z", "aa" (those a text map can hold).
    #[test]
    fn shorter_keys_come_first() {
        let map = BTreeMap::from([("aa", 1), ("z", 2)]);
        assert_eq!(to_bytes(&map).unwrap(), hex!("a2 617a 02 626161 01"));
    }

    #[test]
    fn other_spellings_are_refused() {
        type Map = BTreeMap<String, u8>;
        assert!(from_bytes::<Map>(&hex!("a2 617a 02 626161 01")).is_some());
        assert!(from_bytes::<Map>(&hex!("a2 626161 01 617a 02")).is_none(), "order");
        assert!(from_bytes::<Map>(&hex!("a1 617a 1802")).is_none(), "long integer");
        assert!(from_bytes::<Map>(&hex!("bf 617a 02 ff")).is_none(), "indefinite length");
        assert!(from_bytes::<Map>(&hex!("a2 617a 02 617a 02")).is_none(), "key twice");
        assert!(from_bytes::<Map>(&hex!("a1 617a 02 00")).is_none(), "trailing byte");
    }

    #[test]
    fn items_of_a_sequence() {
        assert_eq!(first_item_len(&hex!("a1 617a 02 00")), Some(4));
        assert_eq!(first_item_len(&hex!("a1 617a")), None);
    }
}
