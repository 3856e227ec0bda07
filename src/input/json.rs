//! Fields of JSON objects as bytes, whatever type their writer gave them.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// The object in a line, without what `-o json-seq` and `-o json-sse` put in
/// front of it.
pub(super) fn object(line: &[u8]) -> Cow<'_, str> {
    let line = line.strip_prefix(b"\x1e").unwrap_or(line);
    String::from_utf8_lossy(line.strip_prefix(b"data: ").unwrap_or(line))
}

/// A field's bytes: a string; an array of numbers when it holds control bytes
/// or is not UTF-8; the first of several values when the entry repeats the
/// field; nothing when it was too long for journalctl without `-a`, which
/// prints `null`.
#[derive(Default)]
pub(super) struct Field<'a>(pub(super) Option<Cow<'a, [u8]>>);

impl<'de: 'a, 'a> Deserialize<'de> for Field<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FieldVisitor)
    }
}

struct FieldVisitor;

impl<'de> Visitor<'de> for FieldVisitor {
    type Value = Field<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a journal field")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Field(Some(Cow::Borrowed(text.as_bytes()))))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Field(Some(Cow::Owned(text.as_bytes().to_vec()))))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Field(Some(Cow::Owned(number.to_string().into_bytes()))))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Field(None))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Field(None))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(Field(None))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Field(None))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Field(None))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut bytes = Vec::new();
        while let Some(element) = seq.next_element::<Element<'de>>()? {
            match element {
                Element::Byte(byte) => bytes.push(byte),
                Element::Text(field) => {
                    while seq.next_element::<IgnoredAny>()?.is_some() {}
                    return Ok(field);
                }
            }
        }
        Ok(Field(Some(Cow::Owned(bytes))))
    }
}

/// An element of an array: a byte of the one value, or a value of several.
enum Element<'a> {
    Byte(u8),
    Text(Field<'a>),
}

impl<'de: 'a, 'a> Deserialize<'de> for Element<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ElementVisitor)
    }
}

struct ElementVisitor;

impl<'de> Visitor<'de> for ElementVisitor {
    type Value = Element<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a byte or a journal field")
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Self::Value, E> {
        u8::try_from(number).map(Element::Byte).map_err(E::custom)
    }

    fn visit_borrowed_str<E: serde::de::Error>(self, text: &'de str) -> Result<Self::Value, E> {
        FieldVisitor.visit_borrowed_str(text).map(Element::Text)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Self::Value, E> {
        FieldVisitor.visit_str(text).map(Element::Text)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
        FieldVisitor.visit_seq(seq).map(Element::Text)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Element::Text(Field(None)))
    }
}
