//! From what a probe noted to what a scenario's timeline says (pure).

use serde_json::Value;

use crate::site::Happening;

/// One entry of a probe's journal: when it happened, in milliseconds since its document began, and what.
///
/// `None` for an entry of a kind that is not known here, which would be a fault of the harness.
pub(super) fn read(mut entry: Value) -> Option<(f64, Happening)> {
    let fields = entry.as_object_mut()?;
    let at = fields.remove("at")?.as_f64()?;
    match serde_json::from_value(entry) {
        Ok(happening) => Some((at, happening)),
        Err(error) => {
            tracing::warn!(%error, "an entry of a probe's journal cannot be read");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_entry_has_its_documents_time() {
        let entry = json!({ "at": 20_000.5, "kind": "invitation-shown", "message": "Hello" });
        assert_eq!(read(entry), Some((20_000.5, Happening::InvitationShown { message: "Hello".into() })));
        let entry = json!({ "at": 1, "kind": "call", "method": "startChat", "arguments": [], "calledAt": null, "busy": true });
        let call = Happening::Call {
            method: "startChat".into(),
            arguments: Vec::new(),
            called_at: None,
            busy: true,
            threw: None,
        };
        assert_eq!(read(entry), Some((1.0, call)));
        assert_eq!(read(json!({ "at": 1, "kind": "unheard of" })), None);
    }
}
