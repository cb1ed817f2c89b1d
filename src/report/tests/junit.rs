//! The JUnit report, read back by another XML reader.

use proptest::prelude::*;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event as Xml};

use super::streams;
use crate::config::BrowserKind::Firefox;
use crate::contract::RequirementId;
use crate::event::{CaseResult, EndReason, Mismatch};
use crate::report::Junit;

/// Reads the whole document, as strictly as the reader can and a little more, and gives the `name` of
/// every test case.
///
/// # Panics
/// When it is not well-formed XML 1.0.
fn read(xml: &str) -> Vec<String> {
    let forbidden = |c: char| !matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    assert_eq!(xml.chars().find(|c| forbidden(*c)), None, "a character that XML 1.0 forbids");
    let mut reader = Reader::from_str(xml);
    reader.config_mut().enable_all_checks(true);
    let mut names = Vec::new();
    let mut depth = 0;
    loop {
        match reader.read_event().unwrap() {
            Xml::Eof => break,
            Xml::Start(tag) => {
                depth += 1;
                names.extend(case_name(&tag));
            }
            Xml::Empty(tag) => names.extend(case_name(&tag)),
            Xml::End(_) => depth -= 1,
            Xml::Text(text) => {
                let raw = std::str::from_utf8(&text).unwrap();
                assert!(!raw.contains("]]>"), "{raw}");
                assert!(depth > 0 || raw.trim().is_empty(), "text outside the root: {raw}");
            }
            Xml::GeneralRef(reference) => {
                let name = std::str::from_utf8(&reference).unwrap().to_owned();
                let known = ["lt", "gt", "amp", "quot", "apos"].contains(&name.as_str());
                assert!(known || name.starts_with('#'), "unknown entity {name}");
            }
            Xml::Decl(_) => {}
            other => panic!("unexpected in a report: {other:?}"),
        }
    }
    assert_eq!(depth, 0);
    names
}

fn case_name(tag: &BytesStart<'_>) -> Option<String> {
    let mut name = None;
    for attribute in tag.attributes() {
        let attribute = attribute.unwrap();
        assert!(!attribute.value.contains(&b'<'), "{attribute:?}");
        let value = quick_xml::escape::unescape(std::str::from_utf8(&attribute.value).unwrap()).unwrap();
        if tag.name().as_ref() == b"testcase" && attribute.key.as_ref() == b"name" {
            name = Some(value.into_owned());
        }
    }
    name
}

#[test]
fn every_stream_gives_a_well_formed_document() {
    for (name, stream) in streams::all() {
        let run = streams::fold(&stream);
        let xml = Junit::document(&run).unwrap();
        let cases = read(&xml);
        assert_eq!(cases.len(), run.results.len() + run.not_run().len(), "{name}");
        insta::assert_snapshot!(format!("junit_{name}"), xml);
    }
}

#[test]
fn what_the_page_wrote_as_errors_is_told() {
    let console = vec!["The live chat widget could not start.".to_owned()];
    let failed = streams::failed("a", Firefox, vec![streams::default_text("1: call ({})")]);
    let stream = streams::run_of(vec![CaseResult { console, ..failed }], EndReason::Completed);
    let xml = Junit::document(&streams::fold(&stream)).unwrap();
    assert!(xml.contains("console:\n  The live chat widget could not start.\n"), "{xml}");
}

#[test]
fn hostile_text_is_shown_and_not_dropped() {
    let xml = Junit::document(&streams::fold(&streams::hostile())).unwrap();
    assert!(
        read(&xml)[0].starts_with("␛[31mred␛[0m ␇ ]]> <b a='1' b=\"2\"> & &amp; &#0; ␀␋<U+FFFE><U+FFFF>")
    );
}

/// Any text, with a liking for what breaks XML.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        any::<String>(),
        any::<char>().prop_map(String::from),
        "[\u{0}-\u{20}\u{7f}-\u{a0}]{0,4}",
        "[\u{fff0}-\u{ffff}]{0,4}",
        prop::sample::select(vec![
            "]]>",
            "<![CDATA[",
            "-->",
            "&",
            "&#0;",
            "&#x1b;",
            "<?x",
            "\"'",
            "\u{1b}[0m",
            "\r\n"
        ])
        .prop_map(str::to_owned),
    ];
    prop::collection::vec(piece, 0..4).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_text_gives_a_well_formed_document(
        id in text(), title in text(), requirement in text(), step in text(),
        expected in text(), actual in text(), reason in text(), target in text(), command in text(),
    ) {
        let result = CaseResult {
            title,
            reason: Some(reason),
            steps: vec![step.clone()],
            ..streams::failed(&id, Firefox, vec![Mismatch {
                requirement: RequirementId::from(requirement), step, expected, actual,
            }])
        };
        let mut run = streams::fold(&streams::run_of(vec![result], EndReason::Completed));
        if let Some(header) = &mut run.header {
            header.target = target;
            header.command = command;
        }
        let names = read(&Junit::document(&run).unwrap());
        // The name survives, apart from what is made visible in it.
        prop_assert_eq!(names, [crate::source::visible(&id)]);
    }
}
