//! What types do not say of a scenario: dates are dates, patterns are patterns, nothing is empty or said twice.

use std::ops::Range;
use std::time::Duration;

use super::place::{Part, Places};
use super::scenario::instant;
use super::{Cookie, Geolocation, Reply, ScrollTo, SiteScenario, SiteStep, Visitor};
use crate::contract::{PageKind, Ready, WidgetSettings};
use crate::source::{SourceError, SourceFile, is_id, nearest};

/// How long time may not pass in one step; no duration in a file is that long either.
const TOO_LONG: Duration = Duration::from_secs(1_000_000_000);

type Way<'a> = Vec<Part<'a>>;

/// Checks one scenario of a file, and knows where in it everything is.
pub(super) struct Check<'a> {
    file: &'a SourceFile,
    places: &'a Places<'a>,
    number: usize,
}

impl<'a> Check<'a> {
    pub(super) fn new(file: &'a SourceFile, places: &'a Places<'a>, number: usize) -> Self {
        Self { file, places, number }
    }

    /// The line of a value of the scenario.
    pub(super) fn line(&self, way: &[Part<'_>]) -> usize {
        self.file.line(self.place(way).start)
    }

    /// An error at a value of the scenario.
    pub(super) fn error(
        &self,
        way: &[Part<'_>],
        message: impl Into<String>,
        label: impl Into<String>,
    ) -> SourceError {
        self.file.error(self.place(way), message, label)
    }

    fn place(&self, way: &[Part<'_>]) -> Range<usize> {
        let whole: Way<'_> =
            [Part::Key("scenario"), Part::At(self.number)].into_iter().chain(way.iter().copied()).collect();
        self.places.find(&whole)
    }

    /// An error at a value unless something holds.
    pub(super) fn must(
        &self,
        holds: bool,
        way: &[Part<'_>],
        message: impl Into<String>,
        label: impl Into<String>,
    ) -> Result<(), SourceError> {
        if holds { Ok(()) } else { Err(self.error(way, message, label)) }
    }

    pub(super) fn scenario(&self, scenario: &SiteScenario) -> Result<(), SourceError> {
        self.must(
            is_id(&scenario.id),
            &["id".into()],
            format!("`{}` cannot be an id", scenario.id),
            "expected words of a-z, 0-9 and hyphens, separated by slashes, such as `faq/after-20-seconds`",
        )?;
        self.must(
            !scenario.promise.trim().is_empty(),
            &["promise".into()],
            "the promise is empty",
            "expected what the page promises, in words",
        )?;
        self.must(
            scenario.known_failure.as_ref().is_none_or(|words| !words.trim().is_empty()),
            &["known-failure".into()],
            "every failure says this",
            "expected words of what is said of the failure",
        )?;
        self.visitor(&scenario.visitor)?;
        self.widget(&scenario.widget)?;
        for (at, reply) in scenario.replies.iter().enumerate() {
            self.reply(&["replies".into(), at.into()], reply)?;
        }
        self.must(
            matches!(scenario.steps.first(), Some(SiteStep::Visit(_))),
            &["steps".into(), 0.into()],
            if scenario.steps.is_empty() { "there are no steps" } else { "nothing is visited yet" },
            "expected a visit as the first step, such as `{ visit = \"index.html\" }`",
        )?;
        for (at, step) in scenario.steps.iter().enumerate() {
            self.step(&["steps".into(), at.into()], step)?;
        }
        Ok(())
    }

    fn visitor(&self, visitor: &Visitor) -> Result<(), SourceError> {
        let way = |key: &'static str| -> [Part<'static>; 2] { ["visitor".into(), key.into()] };
        if let Some(viewport) = visitor.viewport {
            let place = way("viewport");
            let holds = viewport.width > 0 && viewport.height > 0;
            self.must(holds, &place, "this viewport has no room", "expected a width and a height above 0")?;
        }
        if let Some(locale) = &visitor.locale {
            self.locale(&way("locale"), locale)?;
        }
        if let Some(zone) = &visitor.time_zone {
            self.time_zone(&way("time-zone"), zone)?;
        }
        if let Some(now) = &visitor.now {
            self.must(
                instant(now).is_some(),
                &way("now"),
                format!("`{now}` is no instant"),
                "expected date, time and offset, such as `2026-12-01T09:00:00+01:00`",
            )?;
            self.must(
                instant(now) >= Some(0),
                &way("now"),
                "pages' clocks begin in 1970",
                "expected a later instant",
            )?;
        }
        if let Some(Geolocation::Granted { latitude, longitude, accuracy }) = &visitor.geolocation {
            let holds = (-90.0..=90.0).contains(latitude)
                && (-180.0..=180.0).contains(longitude)
                && accuracy.is_none_or(|accuracy| (0.0..1e9).contains(&accuracy));
            self.must(
                holds,
                &way("geolocation"),
                "there is no such place",
                "expected a latitude from -90 to 90, a longitude from -180 to 180, an accuracy of 0 or more",
            )?;
        }
        if let Some(referrer) = &visitor.referrer {
            self.must(
                url::Url::parse(referrer).is_ok_and(|url| matches!(url.scheme(), "http" | "https")),
                &way("referrer"),
                format!("`{referrer}` is no page's address"),
                "expected a whole address, such as `https://shop.example/faq`",
            )?;
        }
        if let Some(agent) = &visitor.user_agent {
            let holds = !agent.trim().is_empty() && !agent.chars().any(char::is_control);
            self.must(holds, &way("user-agent"), "no browser says this", "expected a line of text")?;
        }
        for (at, cookie) in visitor.cookies.iter().enumerate() {
            self.cookie(&["visitor".into(), "cookies".into(), at.into()], cookie)?;
        }
        Ok(())
    }

    fn locale(&self, way: &[Part<'_>], locale: &str) -> Result<(), SourceError> {
        let mut tags = locale.split('-');
        let language = tags.next().unwrap_or_default();
        let holds = matches!(language.len(), 2 | 3)
            && language.chars().all(|letter| letter.is_ascii_alphabetic())
            && tags.all(|tag| {
                (1..=8).contains(&tag.len()) && tag.chars().all(|letter| letter.is_ascii_alphanumeric())
            });
        let error = || {
            self.error(way, format!("`{locale}` is no language tag"), "expected one such as `de` or `en-US`")
        };
        match () {
            () if holds => Ok(()),
            () if locale.contains('_') => {
                Err(error().with_help(format!("did you mean `{}`?", locale.replace('_', "-"))))
            }
            () => Err(error()),
        }
    }

    fn time_zone(&self, way: &[Part<'_>], zone: &str) -> Result<(), SourceError> {
        let known = jiff::tz::db();
        // The name as it is written in the database: a browser need not know others.
        if known.get(zone).is_ok_and(|found| found.iana_name().is_some_and(|name| name == zone)) {
            return Ok(());
        }
        let names: Vec<String> = known.available().map(|name| name.to_string()).collect();
        let same = names.iter().find(|name| name.eq_ignore_ascii_case(zone)).map(String::as_str);
        let meant = same.or_else(|| nearest(zone, names.iter().map(String::as_str)));
        let message = format!("there is no time zone `{zone}`");
        let error = self.error(way, message, "expected a name of the IANA database, such as `Europe/Berlin`");
        Err(match meant {
            Some(meant) => error.with_help(format!("did you mean `{meant}`?")),
            None => error,
        })
    }

    fn cookie(&self, way: &[Part<'_>], cookie: &Cookie) -> Result<(), SourceError> {
        let odd = |letter: char| letter.is_whitespace() || letter.is_control() || "=;,".contains(letter);
        self.must(
            !cookie.name.is_empty() && !cookie.name.contains(odd),
            &[way, &["name".into()]].concat(),
            "this cannot be the name of a cookie",
            "expected a word without spaces, `=`, `;` and `,`",
        )?;
        self.must(
            !cookie.value.contains(|letter: char| letter.is_control() || letter == ';'),
            &[way, &["value".into()]].concat(),
            "this cannot be the value of a cookie",
            "expected a line of text without `;`",
        )?;
        self.must(
            cookie.path.as_ref().is_none_or(|path| path.starts_with('/')),
            &[way, &["path".into()]].concat(),
            "this is no path on a site",
            "expected one that begins with `/`",
        )
    }

    fn widget(&self, widget: &WidgetSettings) -> Result<(), SourceError> {
        self.must(
            widget.ready == Ready::Widget,
            &["widget".into(), "ready".into()],
            "nothing would ever raise `lcw:ready` here",
            "expected \"widget\", which is the default",
        )?;
        self.must(
            widget.page_call.is_none(),
            &["widget".into(), "page-call".into()],
            "the page under test makes its own calls",
            "only the project's own pages make this call",
        )?;
        self.must(
            widget.page == PageKind::Ordinary,
            &["widget".into(), "page".into()],
            "the page under test is as it is",
            "only the project's own pages are of other kinds than \"ordinary\"",
        )?;
        self.locale(&["widget".into(), "locale".into()], &widget.locale)
    }

    fn reply(&self, way: &[Part<'_>], reply: &Reply) -> Result<(), SourceError> {
        let url = [way, &["url".into()]].concat();
        if let Err(reason) = crate::source::glob(&reply.url) {
            return Err(self.error(&url, "this is no pattern", reason));
        }
        self.must(
            reply.url.starts_with('*') || reply.url.contains("://"),
            &url,
            format!("`{}` fits no address", reply.url),
            "expected a pattern for the whole address, beginning with `https://` or `*`",
        )?;
        self.must(
            reply.status.is_none_or(|status| (200..=599).contains(&status)),
            &[way, &["status".into()]].concat(),
            "this is no answer's status",
            "expected a number from 200 to 599",
        )?;
        for (name, value) in &reply.headers {
            let way = [way, &["headers".into(), Part::Key(name)]].concat();
            self.must(
                is_token(name),
                &way,
                format!("`{name}` is no header's name"),
                "expected letters, digits and hyphens, such as `Retry-After`",
            )?;
            self.must(
                !value.chars().any(|letter| letter.is_control() && letter != '\t'),
                &way,
                "this is no header's value",
                "expected text in one line",
            )?;
        }
        let bodies =
            [("json", reply.json.is_some()), ("text", reply.text.is_some()), ("file", reply.file.is_some())];
        let last = bodies.iter().rfind(|(_, given)| *given).map_or("url", |(key, _)| key);
        self.must(
            bodies.iter().filter(|(_, given)| *given).count() <= 1,
            &[way, &[last.into()]].concat(),
            "a reply has one body",
            "expected one of `json`, `text` and `file`",
        )?;
        let answers =
            bodies.iter().any(|(_, given)| *given) || reply.status.is_some() || !reply.headers.is_empty();
        self.must(
            !(reply.fail && answers),
            &[way, &["fail".into()]].concat(),
            "a request that fails is not answered",
            "expected nothing beside `url` and `fail`",
        )
    }

    pub(super) fn step(&self, way: &[Part<'_>], step: &SiteStep) -> Result<(), SourceError> {
        let within = |keys: &[&'static str]| -> Way<'_> {
            way.iter().copied().chain(keys.iter().map(|key| Part::Key(key))).collect()
        };
        let selector = |selector: &str, way: Way<'_>| {
            let label = "expected a CSS selector, such as `#buy`";
            self.must(!selector.trim().is_empty(), &way, "this finds no element", label)
        };
        let time = |by: &Duration, way: Way<'_>| {
            self.must(*by < TOO_LONG, &way, "nobody stays that long", "expected less than 1000000000 s")
        };
        match step {
            SiteStep::Click(element) => selector(element, within(&["click"])),
            SiteStep::Type(typed) => selector(&typed.into, within(&["type", "into"])),
            SiteStep::Scroll(ScrollTo::Percent(percent)) => self.must(
                (0.0..=100.0).contains(percent),
                &within(&["scroll", "percent"]),
                "no page is that long",
                "expected a number from 0 to 100",
            ),
            SiteStep::Scroll(ScrollTo::Pixels(pixels)) => self.must(
                (0.0..1e9).contains(pixels),
                &within(&["scroll", "pixels"]),
                "no page is that long",
                "expected a number of 0 or more",
            ),
            SiteStep::Advance(by) => time(by, within(&["advance"])),
            SiteStep::Idle(by) => time(by, within(&["idle"])),
            SiteStep::Reply(reply) => self.reply(&within(&["reply"]), reply),
            SiteStep::Expect(expect) => self.expect(&within(&["expect"]), expect),
            _ => Ok(()),
        }
    }
}

/// Whether it is a token, of which a header's name consists (RFC 9110, section 5.6.2).
fn is_token(text: &str) -> bool {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(letter);
    !text.is_empty() && text.chars().all(is_part)
}
