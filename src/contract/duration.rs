//! Durations as text (`"59.999s"`, `"1ms"`, `"1m"`) in suites, scenarios and reports.

use std::time::Duration;

use schemars::{Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serializer, de::Error};

pub(crate) fn serialize<S: Serializer>(value: &Duration, out: S) -> Result<S::Ok, S::Error> {
    out.serialize_str(&text(*value))
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<Duration, D::Error> {
    let text = String::deserialize(input)?;
    parse(&text).ok_or_else(|| {
        D::Error::custom(format!(
            "{text:?} is not a duration; write one such as \"59.999s\", \"1ms\" or \"1m\""
        ))
    })
}

/// The JSON Schema of such a text.
pub(crate) fn schema(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "pattern": r"^[0-9]+(\.[0-9]+)?(ms|s|m|h|d)$" })
}

/// A duration that may be left out.
pub(crate) mod optional {
    use super::{Deserializer, Duration, Serializer};

    pub(crate) fn serialize<S: Serializer>(value: &Option<Duration>, out: S) -> Result<S::Ok, S::Error> {
        match value {
            Some(value) => out.serialize_some(&super::text(*value)),
            None => out.serialize_none(),
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<Option<Duration>, D::Error> {
        super::deserialize(input).map(Some)
    }
}

/// Durations as milliseconds with a fraction, in what programs read.
pub(crate) mod milliseconds {
    use super::{Deserialize, Deserializer, Duration, Error, Serializer};

    /// More than thirty years.
    const MOST_MILLIS: f64 = 1e12;

    pub(crate) fn serialize<S: Serializer>(value: &Duration, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_f64((value.as_secs_f64() * 1e6).round() / 1e3)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<Duration, D::Error> {
        let millis = f64::deserialize(input)?;
        // Many of them are added up.
        if millis.abs() > MOST_MILLIS {
            return Err(D::Error::custom(format_args!("{millis} ms are longer than anything takes")));
        }
        Duration::try_from_secs_f64(millis / 1e3).map_err(D::Error::custom)
    }
}

fn text(value: Duration) -> String {
    format!("{}s", value.as_secs_f64())
}

/// Exact for every count of whole nanoseconds that a decimal of seconds can name here.
fn parse(text: &str) -> Option<Duration> {
    let (number, unit_nanos) = if let Some(number) = text.strip_suffix("ms") {
        (number, 1e6)
    } else if let Some(number) = text.strip_suffix('s') {
        (number, 1e9)
    } else if let Some(number) = text.strip_suffix('m') {
        (number, 60e9)
    } else if let Some(number) = text.strip_suffix('h') {
        (number, 3600e9)
    } else {
        (text.strip_suffix('d')?, 86_400e9)
    };
    let nanos = (number.parse::<f64>().ok()? * unit_nanos).round();
    (nanos.is_finite() && (0.0..1e18).contains(&nanos)).then(|| Duration::from_nanos(nanos as u64))
}
