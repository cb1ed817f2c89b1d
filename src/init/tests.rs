use super::*;
use crate::config::{Loaded, Settings, Sources};
use crate::site::{Scenarios, SiteStep};
use crate::source::SourceFile;

fn site(place: Place, page: &str, title: Option<&str>) -> Site {
    Site { place, page: page.to_owned(), title: title.map(str::to_owned) }
}

fn sites() -> Vec<Site> {
    let server = Url::parse("http://localhost:5173/").unwrap();
    vec![
        site(Place::Folder(".".into()), "index.html", Some("Fern & \"Pine\" \\ 'trees'")),
        site(Place::Folder("my site/dist".into()), "Über uns/FAQ_2.html", None),
        site(Place::Server(server.clone()), "/faq?id=1&x=%20", Some("Questions\u{7}")),
        site(Place::Server(server), "/", None),
    ]
}

#[test]
fn the_scenario_is_one_whatever_the_page() {
    for site in sites() {
        let [(path, text), ..] = site.files();
        let read = Scenarios::parse(SourceFile::new(path, text.clone()))
            .unwrap_or_else(|error| panic!("{error:?}\n{text}"));
        let scenario = &read.loaded[0].scenario;
        assert_eq!(scenario.steps[0], SiteStep::Visit(site.page.clone()));
        let name = site.title.as_ref().unwrap_or(&site.page);
        assert!(scenario.promise.contains(name.as_str()), "{}", scenario.promise);
    }
}

#[test]
fn the_settings_are_the_defaults_also_when_they_are_in_force() {
    let in_force: String = texts::SETTINGS
        .lines()
        .map(|line| {
            line.strip_prefix('#').filter(|rest| !rest.starts_with(' ')).unwrap_or(line).to_owned() + "\n"
        })
        .collect();
    assert_ne!(in_force, texts::SETTINGS);
    for text in [texts::SETTINGS, &in_force] {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(FILE_NAME), text).unwrap();
        let sources = Sources { folder: folder.path().to_owned(), ..Sources::default() };
        let loaded = Loaded::load(&sources).unwrap_or_else(|error| panic!("{error:?}\n{text}"));
        assert!(loaded.file.is_some());
        assert_eq!(loaded.settings, Settings::default());
    }
}

#[test]
fn the_workflow_checks_what_was_written() {
    for (site, command) in sites().iter().zip([
        "lcw check scenarios.toml --provision",
        "lcw check scenarios.toml --root 'my site/dist' --provision",
        "lcw check scenarios.toml --base-url http://localhost:5173/ --provision",
    ]) {
        let [.., (_, text)] = site.files();
        assert!(text.lines().any(|line| line.trim() == command), "{text}");
    }
}

#[test]
fn what_is_there_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(write(folder.path(), WORKFLOW, "one").unwrap(), Outcome::Written);
    assert_eq!(write(folder.path(), WORKFLOW, "two").unwrap(), Outcome::LeftAlone);
    assert_eq!(fs::read_to_string(folder.path().join(WORKFLOW)).unwrap(), "one");
}

#[test]
fn a_file_with_an_odd_name_is_visited_at_its_address() {
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("FAQ 2?#100%.html");
    std::fs::write(&page, "<title>Questions</title>").unwrap();
    let site = Site::of_file(&page, None).unwrap();
    assert_eq!(site.page, "FAQ 2%3F%23100%25.html");
}
