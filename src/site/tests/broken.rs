//! Every mistake in a file of scenarios is a caret at its place.

use super::{WHOLE, parse};
use crate::source::rendered;

/// What a person sees of the file in which `from` was replaced by `to`.
fn broken(from: &str, to: &str) -> String {
    assert!(WHOLE.contains(from), "{from}");
    match parse(&WHOLE.replacen(from, to, 1)) {
        Ok(_) => "no error".to_owned(),
        Err(error) => rendered(&error),
    }
}

/// Holds what was broken, and what a person sees of it, against the snapshot of this name.
fn look<const N: usize>(name: &str, all: [(&str, String); N]) {
    let text = all.map(|(what, seen)| format!("--- {what}\n{seen}\n")).concat();
    insta::with_settings!({ omit_expression => true }, { insta::assert_snapshot!(name, text) });
}

#[test]
fn unknown_keys_and_steps_are_pointed_at() {
    look(
        "unknown_keys_and_steps_are_pointed_at",
        [
            ("key", broken("promise =", "promises =")),
            ("underscore", broken("\"mouse-leave\"", "\"mouse_leave\"")),
            ("step", broken("{ advance = \"1ms\" }", "{ advanced = \"1ms\" }")),
            ("invitation key", broken("{ text = \"Can", "{ test = \"Can")),
            ("expect key", broken("invitations = 1", "invitation_count = 1")),
            ("top key", broken("[[scenario]]\nid = \"faq/escape\"", "[[scenarios]]\nid = \"faq/escape\"")),
        ],
    );
}

#[test]
fn wrong_shapes_are_pointed_at() {
    look(
        "wrong_shapes_are_pointed_at",
        [
            ("step without value", broken("{ advance = \"1ms\" }", "\"advance\"")),
            ("step with value", broken("\"mouse-leave\"", "{ mouse-leave = true }")),
            ("two steps", broken("{ advance = \"1ms\" }", "{ advance = \"1ms\", click = \"a\" }")),
            ("duration", broken("\"19.999s\"", "\"20 seconds\"")),
            ("visitor's value", broken("geolocation = \"denied\"", "geolocation = \"granted\"")),
            (
                "no table",
                broken(
                    "visitor = { geolocation = \"denied\", now = 2026-12-01 09:00:00.5Z }",
                    "visitor = \"me\"",
                ),
            ),
            ("invitation", broken("{ invitation = false,", "{ invitation = \"no\",")),
            ("at", broken("at = \"20s\"", "at = 20")),
            ("number", broken("invitations = 1", "invitations = -1")),
            ("missing", broken("promise = \"The invitation goes away.\"\n", "")),
        ],
    );
}

#[test]
fn ids_are_words_and_given_once() {
    look(
        "ids_are_words_and_given_once",
        [
            ("id", broken("faq/escape", "FAQ: escape")),
            ("id twice", broken("faq/escape", "faq/after-20-seconds")),
            ("no promise", broken("The invitation goes away.", " ")),
            ("no words", broken("promise = \"The inv", "known-failure = \"\"\npromise = \"The inv")),
        ],
    );
}

#[test]
fn a_scenario_begins_with_a_visit() {
    look(
        "a_scenario_begins_with_a_visit",
        [
            ("no visit", broken("  { visit = \"faq.html\" },\n", "")),
            (
                "no steps",
                rendered(&parse("[[scenario]]\nid = \"a\"\npromise = \"b\"\nsteps = []\n").unwrap_err()),
            ),
            ("no scenario", rendered(&parse("# later\n").unwrap_err())),
        ],
    );
}

#[test]
fn a_visitor_is_possible() {
    look(
        "a_visitor_is_possible",
        [
            ("viewport", broken("height = 800", "height = 0")),
            ("locale", broken("locale = \"de-DE\"\ntime", "locale = \"de_DE\"\ntime")),
            ("language", broken("locale = \"de-DE\"\ntime", "locale = \"German\"\ntime")),
            ("time zone", broken("Europe/Berlin", "Europe/Berln")),
            ("time zone's case", broken("Europe/Berlin", "europe/berlin")),
            ("now", broken("09:00:00+01:00\"", "09:00:00\"")),
            ("now too early", broken("2026-12", "1969-12")),
            ("now as a literal", broken("09:00:00.5Z", "09:00:00.5")),
            ("place", broken("latitude = 52.5", "latitude = 525")),
            ("referrer", broken("https://shop.example/roses", "shop.example/roses")),
            ("agent", broken("A browser", "")),
            ("cookie", broken("name = \"visits\"", "name = \"the visits\"")),
            ("cookie's value", broken("value = \"2\"", "value = \"2; path=/\"")),
            ("cookie's path", broken("path = \"/\"", "path = \"faq\"")),
        ],
    );
}

#[test]
fn the_widget_is_one_that_a_site_can_have() {
    look(
        "the_widget_is_one_that_a_site_can_have",
        [
            ("ready", broken("prechat = false,", "ready = \"harness\",")),
            ("page call", broken("prechat = false,", "page-call = {},")),
            ("page", broken("prechat = false,", "page = \"strict-policy\",")),
        ],
    );
}

#[test]
fn replies_can_be_given() {
    look(
        "replies_can_be_given",
        [
            ("url", broken("https://geo.example/*", "geo.example/*")),
            ("status", broken("json = { country", "status = 99, json = { country")),
            ("two bodies", broken("json = { country", "text = \"DE\", json = { country")),
            ("failing answer", broken("json = { country", "fail = true, json = { country")),
            (
                "header",
                broken(
                    "\"mouse-leave\"",
                    "{ reply = { url = \"*\", headers = { \"retry after\" = \"5\" } } }",
                ),
            ),
            (
                "header's value",
                broken("\"mouse-leave\"", "{ reply = { url = \"*\", headers = { a = \"5\\r\\nb: c\" } } }"),
            ),
            ("reply step", broken("\"mouse-leave\"", "{ reply = { url = \"x\" } }")),
        ],
    );
}

#[test]
fn steps_are_possible() {
    look(
        "steps_are_possible",
        [
            ("click", broken("click = \"#find\"", "click = \" \"")),
            ("type", broken("into = \"#search\"", "into = \"\"")),
            ("percent", broken("percent = 50", "percent = 101")),
            ("pixels", broken("percent = 50", "pixels = -1")),
        ],
    );
}

#[test]
fn expectations_say_something() {
    look(
        "expectations_say_something",
        [
            ("nothing", broken("{ invitation = false, calls = [] }", "{}")),
            ("no likeness", broken("{ contains = \"help\", pattern = \"^Can we\" }", "{}")),
            ("text and part", broken("contains = \"help\"", "text = \"help\", contains = \"h\"")),
            ("text and pattern", broken("contains = \"help\"", "text = \"help\"")),
            ("empty part", broken("contains = \"help\"", "contains = \"\"")),
            ("empty pattern", broken("^Can we", "")),
            ("pattern", broken("^Can we", "(Can we")),
            ("contradiction", broken("invitations = 1", "invitations = 0")),
            ("no context", broken("invitations = 1", "context = {}")),
            ("context", broken("invitations = 1", "context = { a = [1] }")),
            ("method", broken("calls = []", "calls = [{ method = \"startProactivChat\" }]")),
        ],
    );
}
