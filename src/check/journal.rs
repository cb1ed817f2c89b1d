//! From what a probe noted to what a scenario's timeline says (pure).

use serde_json::Value;

use crate::site::Happening;

/// What a probe noted, with its time in milliseconds since its document began.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Noted {
    /// Something happened.
    Happened { at: f64, happening: Happening },
    /// The page asked for this address; what becomes of it, others know.
    Asks { at: f64, url: String },
    /// The page opened a WebSocket, of which not every browser tells otherwise.
    Connects { at: f64, url: String },
}

/// One entry of a probe's journal. `None` for one of a kind that is not known here, which would be a fault of the harness.
pub(super) fn read(mut entry: Value) -> Option<Noted> {
    let fields = entry.as_object_mut()?;
    let at = fields.remove("at")?.as_f64()?;
    let url = |fields: &serde_json::Map<String, Value>| Some(fields.get("url")?.as_str()?.to_owned());
    match fields.get("kind")?.as_str()? {
        "asks" => return Some(Noted::Asks { at, url: url(fields)? }),
        "connects" => return Some(Noted::Connects { at, url: url(fields)? }),
        _ => {}
    }
    match serde_json::from_value(entry) {
        Ok(happening) => Some(Noted::Happened { at, happening }),
        Err(error) => {
            tracing::warn!(%error, "an entry of a probe's journal cannot be read");
            None
        }
    }
}

/// The same with addresses on this origin relative to it.
pub(super) fn without(origin: &str, happening: Happening) -> Happening {
    let Ok(mut value) = serde_json::to_value(&happening) else { return happening };
    shorten(&mut value, &format!("{origin}/"));
    serde_json::from_value(value).unwrap_or(happening)
}

fn shorten(value: &mut Value, prefix: &str) {
    match value {
        Value::String(text) if text.contains(prefix) => *text = text.replace(prefix, ""),
        Value::Array(items) => items.iter_mut().for_each(|item| shorten(item, prefix)),
        Value::Object(fields) => fields.values_mut().for_each(|field| shorten(field, prefix)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_entry_has_its_documents_time() {
        let shown = Happening::InvitationShown { message: "Hello".into() };
        let entry = json!({ "at": 20_000.5, "kind": "invitation-shown", "message": "Hello" });
        assert_eq!(read(entry), Some(Noted::Happened { at: 20_000.5, happening: shown }));
        let entry = json!({ "at": 1, "kind": "asks", "url": "https://places.example/" });
        assert_eq!(read(entry), Some(Noted::Asks { at: 1.0, url: "https://places.example/".into() }));
        assert_eq!(read(json!({ "at": 1, "kind": "unheard of" })), None);
    }

    #[test]
    fn what_our_own_server_has_is_named_by_its_path() {
        let error = |text: &str, at: &str| Happening::Error { text: text.into(), raised_at: Some(at.into()) };
        let long = error(
            "failed: http://case-1.lcw.localhost:4/a.js",
            "http://case-1.lcw.localhost:4/index.html:3:7",
        );
        let short = error("failed: a.js", "index.html:3:7");
        assert_eq!(without("http://case-1.lcw.localhost:4", long), short);
    }
}
