//! `script` commands: code in pages, before and after they load.

use serde::{Deserialize, Serialize};

use super::{Empty, commands};
use crate::browser::bidi::values::{
    ContextId, Evaluation, LocalValue, PreloadScriptId, RealmId, UserContextId,
};

commands! {
    AddPreloadScript => "script.addPreloadScript" -> PreloadScriptAdded;
    RemovePreloadScript => "script.removePreloadScript" -> Empty;
    CallFunction => "script.callFunction" -> Evaluation;
    Evaluate => "script.evaluate" -> Evaluation;
}

/// `script.addPreloadScript`: runs a function in every new document before the page's own scripts.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AddPreloadScript {
    /// The source of a function. Its parameters are `arguments`.
    pub function_declaration: String,
    /// Its arguments; the protocol allows channels only.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub arguments: Vec<LocalValue>,
    /// Only in these windows; in all when empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub contexts: Vec<ContextId>,
    /// Only in these user contexts; in all when empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub user_contexts: Vec<UserContextId>,
}

/// The answer to [`AddPreloadScript`].
#[derive(Debug, Clone, Deserialize)]
pub struct PreloadScriptAdded {
    /// Names it in [`RemovePreloadScript`].
    pub script: PreloadScriptId,
}

/// `script.removePreloadScript`.
#[derive(Debug, Clone, Serialize)]
pub struct RemovePreloadScript {
    /// Which one.
    pub script: PreloadScriptId,
}

/// Where a script runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Target {
    /// In the document that a window or frame shows now.
    Context {
        /// The window or frame.
        context: ContextId,
    },
    /// In this realm, and nowhere else if it is gone.
    Realm {
        /// The realm.
        realm: RealmId,
    },
}

impl From<&ContextId> for Target {
    fn from(context: &ContextId) -> Self {
        Self::Context { context: context.clone() }
    }
}

/// Whether values stay alive in the page so that later commands can name them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ResultOwnership {
    /// They stay.
    Root,
    /// They do not.
    None,
}

/// `script.callFunction`.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CallFunction {
    /// The source of a function.
    pub function_declaration: String,
    /// Whether a promise is waited for.
    pub await_promise: bool,
    /// Where.
    pub target: Target,
    /// Its arguments.
    pub arguments: Vec<LocalValue>,
    /// Whether the result stays alive.
    pub result_ownership: ResultOwnership,
    /// Whether it counts as done by a person: `window.open` and the like are allowed then.
    pub user_activation: bool,
}

impl CallFunction {
    /// A call in a window's or frame's document that waits for promises, acts for no person, and keeps
    /// nothing alive. When the document is left meanwhile, Chromium refuses it, and Firefox makes it anew, up to ten times,
    /// in the one that comes next.
    pub fn in_context(
        context: &ContextId,
        function: impl Into<String>,
        arguments: impl IntoIterator<Item = LocalValue>,
    ) -> Self {
        Self {
            function_declaration: function.into(),
            await_promise: true,
            target: context.into(),
            arguments: arguments.into_iter().collect(),
            result_ownership: ResultOwnership::None,
            user_activation: false,
        }
    }
}

/// `script.evaluate`. In Chromium it hangs in a popup that was opened with an address and an opener.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Evaluate {
    /// The source of an expression.
    pub expression: String,
    /// Where.
    pub target: Target,
    /// Whether a promise is waited for.
    pub await_promise: bool,
}
