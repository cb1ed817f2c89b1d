//! What a page calls itself.

use std::sync::LazyLock;
use std::time::Duration;

use axum::body::Body;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use regex::Regex;
use url::Url;

/// How long a server may take to answer; the title is a nicety.
const PATIENCE: Duration = Duration::from_secs(5);

/// The most that is read of a page, in bytes: a title stands near the beginning.
const LONGEST: usize = 4 * 1024 * 1024;

#[expect(clippy::expect_used, reason = "the tests of this module compile the pattern")]
static TITLE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?is)<title(?:\s[^>]*)?>(.*?)</title").expect("the pattern is one"));

/// The text of a page's first title, if it says something.
pub(super) fn title(html: &str) -> Option<String> {
    let mut title = TITLE.captures(html)?[1].split_whitespace().collect::<Vec<_>>().join(" ");
    // The last one must be last: `&amp;lt;` is `&lt;`, and no less-than sign.
    for (written, meant) in
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&nbsp;", " "), ("&amp;", "&")]
    {
        title = title.replace(written, meant);
    }
    (!title.is_empty()).then_some(title)
}

/// What a server answers, unless it is over TLS, slow, or no success.
pub(super) async fn fetch(page: &Url) -> Option<String> {
    let client = Client::builder(TokioExecutor::new()).build_http::<Body>();
    let fetched = async {
        let answer = client.get(page.as_str().parse().ok()?).await.ok()?;
        if !answer.status().is_success() {
            return None;
        }
        axum::body::to_bytes(Body::new(answer.into_body()), LONGEST).await.ok()
    };
    let bytes = tokio::time::timeout(PATIENCE, fetched).await.ok()??;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::title;

    #[test]
    fn a_title_is_one_line_of_plain_text() {
        let html =
            "<html><head><TITLE lang=\"en\">\n  Fern &amp; Pine:\n  trees\n</TITLE></head><title>No</title>";
        assert_eq!(title(html).as_deref(), Some("Fern & Pine: trees"));
        assert_eq!(title("<title>&amp;lt;b&gt;</title>").as_deref(), Some("&lt;b>"));
        assert_eq!(title("<title> </title>"), None);
        assert_eq!(title("<h1>Trees</h1>"), None);
    }
}
