//! Attributes, resources and scopes in OTLP/JSON.
//!
//! How deep a value nests is bounded before it gets here, by the 128 levels of the parser.

use opentelemetry_proto::tonic::common::v1::any_value::Value as Any;
use opentelemetry_proto::tonic::common::v1::{
    AnyValue, ArrayValue, InstrumentationScope, KeyValue, KeyValueList,
};
use opentelemetry_proto::tonic::resource::v1::Resource;
use serde_json::Value;

use super::super::fault::Fault;
use super::scalar::{
    boolean, bytes, camel_case, double, field, int64, list, message, string, uint32,
};

/// A `Resource`.
pub(crate) fn resource(value: Value) -> Result<Resource, Fault> {
    let mut resource = Resource::default();
    for (name, value) in message(value)? {
        match camel_case(name).as_str() {
            "attributes" => resource.attributes = attributes(value)?,
            "droppedAttributesCount" => {
                resource.dropped_attributes_count = field("droppedAttributesCount", value, uint32)?;
            }
            _ => {}
        }
    }
    Ok(resource)
}

/// An `InstrumentationScope`.
pub(crate) fn scope(value: Value) -> Result<InstrumentationScope, Fault> {
    let mut scope = InstrumentationScope::default();
    for (name, value) in message(value)? {
        match camel_case(name).as_str() {
            "name" => scope.name = field("name", value, string)?,
            "version" => scope.version = field("version", value, string)?,
            "attributes" => scope.attributes = attributes(value)?,
            _ => {}
        }
    }
    Ok(scope)
}

/// A list of `KeyValue`.
pub(crate) fn attributes(value: Value) -> Result<Vec<KeyValue>, Fault> {
    list(value, key_value).map_err(|fault| fault.within("attributes"))
}

fn key_value(value: Value) -> Result<KeyValue, Fault> {
    let mut pair = KeyValue::default();
    for (name, value) in message(value)? {
        match name.as_str() {
            "key" => pair.key = field("key", value, string)?,
            "value" => pair.value = any_value(value).map_err(|fault| fault.within("value"))?,
            _ => {}
        }
    }
    Ok(pair)
}

/// An `AnyValue`; `null` and `{}` are the empty one.
pub(crate) fn any_value(value: Value) -> Result<Option<AnyValue>, Fault> {
    let mut any = None;
    for (name, value) in message(value)? {
        if value.is_null() {
            continue;
        }
        let name = camel_case(name);
        any = match name.as_str() {
            "stringValue" => Some(Any::StringValue(field(&name, value, string)?)),
            "boolValue" => Some(Any::BoolValue(field(&name, value, boolean)?)),
            "intValue" => Some(Any::IntValue(field(&name, value, int64)?)),
            "doubleValue" => Some(Any::DoubleValue(field(&name, value, double)?)),
            "bytesValue" => Some(Any::BytesValue(field(&name, value, bytes)?)),
            "arrayValue" => Some(Any::ArrayValue(ArrayValue {
                values: values(value, element).map_err(|fault| fault.within(&name))?,
            })),
            "kvlistValue" => Some(Any::KvlistValue(KeyValueList {
                values: values(value, key_value).map_err(|fault| fault.within(&name))?,
            })),
            _ => any,
        };
    }
    Ok(any.map(|value| AnyValue { value: Some(value) }))
}

fn element(value: Value) -> Result<AnyValue, Fault> {
    any_value(value).map(Option::unwrap_or_default)
}

/// The `values` of an array or a list of pairs.
fn values<T>(value: Value, read: impl Fn(Value) -> Result<T, Fault>) -> Result<Vec<T>, Fault> {
    let inner = message(value)?.remove("values").unwrap_or(Value::Null);
    list(inner, read).map_err(|fault| fault.within("values"))
}
