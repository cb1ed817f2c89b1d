//! Where a target's page is, with the widget's settings filled in.

use url::Url;

use crate::contract::{Ready, WidgetSettings};

use super::Capability;

/// A path with its query, in which `{prechat}` and the like stand for the settings of the case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageAddress {
    /// Where a page of another server is; `None` for one of the case's own host.
    origin: Option<Url>,
    path: String,
}

impl PageAddress {
    /// The words that may stand in braces, with the capability that each brings.
    pub const PLACEHOLDERS: [(&'static str, Capability); 5] = [
        ("prechat", Capability::Prechat),
        ("proactive-chat", Capability::ProactiveChat),
        ("ready", Capability::Ready),
        ("locale", Capability::Locale),
        ("page-call", Capability::PageCall),
    ];

    /// A page of the case's own host.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub fn on_host(path: &str) -> Result<Self, String> {
        if path.contains("://") || path.starts_with("//") {
            return Err("expected a path below `root`, such as \"index.html\"".into());
        }
        Ok(Self { origin: None, path: checked(path)? })
    }

    /// A page of another server.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub fn elsewhere(address: &str) -> Result<Self, String> {
        const EXPECTED: &str = "expected an address such as \"https://example.com/chat\"; for files of yours \
                                write `root` beside `page`";
        let (scheme, rest) = address.split_once("://").ok_or(EXPECTED)?;
        let (host, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        let origin =
            Url::parse(&format!("{scheme}://{host}/")).map_err(|error| format!("{EXPECTED}: {error}"))?;
        if !matches!(scheme, "http" | "https") || host.contains('{') {
            return Err(EXPECTED.into());
        }
        let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
        Ok(Self { origin: Some(origin), path: checked(&path)? })
    }

    /// The placeholders in it, by what they let the harness choose.
    pub fn capabilities(&self) -> impl Iterator<Item = Capability> {
        let is_there = |name: &str| self.path.contains(&format!("{{{name}}}"));
        Self::PLACEHOLDERS
            .into_iter()
            .filter(move |(name, _)| is_there(name))
            .map(|(_, capability)| capability)
    }

    /// The address for these settings; `host` is the case's own.
    pub fn url(&self, host: &Url, settings: &WidgetSettings) -> Url {
        let switch = |on: bool| if on { "1" } else { "0" }.to_owned();
        let mut path = self.path.clone();
        for (name, _) in Self::PLACEHOLDERS {
            let value = match name {
                "prechat" => switch(settings.prechat),
                "proactive-chat" => switch(settings.proactive_chat),
                "ready" => match settings.ready {
                    Ready::Widget => "widget".to_owned(),
                    Ready::Harness => "harness".to_owned(),
                },
                "locale" => settings.locale.clone(),
                _ => settings.page_call.as_ref().map(|call| call.to_json().to_string()).unwrap_or_default(),
            };
            let value: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
            path = path.replace(&format!("{{{name}}}"), &value);
        }
        let base = self.origin.as_ref().unwrap_or(host);
        #[expect(clippy::expect_used, reason = "a path that is no `//` joins every http address")]
        base.join(&path).expect("a path joins an address")
    }
}

/// The path, once every placeholder in it is known.
fn checked(path: &str) -> Result<String, String> {
    for found in path.split('{').skip(1) {
        let name = found.split_once('}').map(|(name, _)| name);
        let known = PageAddress::PLACEHOLDERS.map(|(name, _)| name);
        match name {
            Some(name) if known.contains(&name) => {}
            Some(name) => {
                let meant = crate::source::nearest(name, known);
                let meant = meant.map(|meant| format!("; did you mean `{{{meant}}}`?")).unwrap_or_default();
                let known = known.map(|name| format!("`{{{name}}}`")).join(", ");
                return Err(format!("`{{{name}}}` stands for nothing; there are {known}{meant}"));
            }
            None => return Err("a `{` without its `}`".into()),
        }
    }
    if path.starts_with("//") {
        return Err("expected a path with one `/` at its beginning".into());
    }
    Ok(path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::ProactiveChatCall;

    fn filled(address: &PageAddress, settings: &WidgetSettings) -> String {
        address.url(&Url::parse("http://case.localhost:1/").unwrap(), settings).to_string()
    }

    #[test]
    fn placeholders_are_filled_from_the_settings() {
        let settings = WidgetSettings { prechat: false, locale: "de-DE".into(), ..WidgetSettings::default() };
        let page = PageAddress::on_host("chat/?survey={prechat}&on={proactive-chat}&lang={locale}").unwrap();
        assert_eq!(filled(&page, &settings), "http://case.localhost:1/chat/?survey=0&on=1&lang=de-DE");
        let offered: Vec<_> = page.capabilities().map(Capability::name).collect();
        assert_eq!(offered, ["prechat", "proactive-chat", "locale"]);
    }

    #[test]
    fn a_call_is_one_value_of_the_query_whatever_it_says() {
        let call = ProactiveChatCall::with_message("a&b={prechat}#é");
        let settings = WidgetSettings { page_call: Some(call.clone()), ..WidgetSettings::default() };
        let page = PageAddress::elsewhere("https://example.com/?call={page-call}&x=1").unwrap();
        let url = page.url(&Url::parse("http://unused/").unwrap(), &settings);
        let query: Vec<_> = url.query_pairs().into_owned().collect();
        assert_eq!(query[0].1, call.to_json().to_string());
        assert_eq!(query[1], ("x".to_owned(), "1".to_owned()));
    }

    #[test]
    fn an_address_without_a_path_is_one() {
        let page = PageAddress::elsewhere("http://localhost:8080?x={ready}").unwrap();
        assert_eq!(filled(&page, &WidgetSettings::default()), "http://localhost:8080/?x=widget");
    }

    #[test]
    fn mistakes_say_what_to_write() {
        for (wrong, hint) in [
            (PageAddress::on_host("a?b={prechart}"), "did you mean `{prechat}`?"),
            (PageAddress::on_host("a?b={prechat"), "without its `}`"),
            (PageAddress::on_host("https://example.com"), "below `root`"),
            (PageAddress::on_host("//example.com"), "below `root`"),
            (PageAddress::elsewhere("index.html"), "write `root` beside `page`"),
            (PageAddress::elsewhere("ftp://example.com"), "https://example.com/chat"),
            (PageAddress::elsewhere("https://{locale}.example.com"), "https://example.com/chat"),
            (PageAddress::elsewhere("https://example.com//a"), "one `/`"),
        ] {
            let error = wrong.unwrap_err();
            assert!(error.contains(hint), "{error}");
        }
    }
}
