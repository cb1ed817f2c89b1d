//! What a tab needs before it can be used: selectors that the browser understands, and storage in which nothing
//! is left of an earlier case.

use crate::browser::bidi::{Bidi, BidiError, CallFunction, ContextId, DeleteCookies, LocalValue, Partition};
use crate::probe::Selectors;

use super::RunnerError;

/// Removes what a page has stored in the browser.
const FORGET: &str = "async () => {
  localStorage.clear();
  sessionStorage.clear();
  const bases = (await indexedDB.databases?.()) ?? [];
  for (const { name } of bases) if (name) indexedDB.deleteDatabase(name);
  for (const name of (await globalThis.caches?.keys()) ?? []) await caches.delete(name);
  for (const worker of (await navigator.serviceWorker?.getRegistrations()) ?? []) await worker.unregister();
}";

/// Makes sure that the browser understands the selectors, which only it can tell.
pub(super) async fn refuse_unsound(
    selectors: &Selectors,
    bidi: &Bidi,
    context: &ContextId,
) -> Result<(), RunnerError> {
    if *selectors == Selectors::default() {
        return Ok(());
    }
    let text = LocalValue::from(serde_json::json!(selectors).to_string());
    let unsound = bidi.send(&CallFunction::in_context(context, Selectors::UNSOUND, [text])).await?;
    let unsound = unsound.into_value().map_err(BidiError::from)?;
    match unsound.as_str() {
        Some("") | None => Ok(()),
        Some(parts) => Err(RunnerError::Selectors(parts.to_owned())),
    }
}

/// Removes the page's cookies, those that no script can see, too.
pub(super) async fn forget_cookies(bidi: &Bidi, context: &ContextId) -> Result<(), RunnerError> {
    let partition = Some(Partition::Context { context: context.clone() });
    bidi.send(&DeleteCookies { partition }).await?;
    Ok(())
}

/// Removes what the page has stored in the browser.
pub(super) async fn forget_storage(bidi: &Bidi, context: &ContextId) -> Result<(), RunnerError> {
    bidi.send(&CallFunction::in_context(context, FORGET, [])).await?;
    Ok(())
}
