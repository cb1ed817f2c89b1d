//! What `lcw init` writes is accepted by the program itself.

use lcw::config::{Loaded, Sources};
use lcw::site::{Scenarios, SiteStep};

use crate::scratch::{Scratch, need_browsers};

/// A page that invites after 20 seconds.
const PAGE: &str = r#"<!doctype html><meta charset="utf-8"><title>Fern &amp; Pine</title>
<script>addEventListener("lcw:ready", () => setTimeout(() =>
  Microsoft.Omnichannel.LiveChatWidget.SDK.startProactiveChat({ message: "Trees?" }, false), 20_000))</script>
<script id="Microsoft_Omnichannel_LCWidget" data-app-id="a" data-org-id="b" data-org-url="https://pine.example"
  src="https://oc-cdn-public.azureedge.net/livechatwidget/scripts/LiveChatBootstrapper.js"></script>"#;

const WRITTEN: [&str; 3] = ["scenarios.toml", "webdriver.toml", ".github/workflows/lcw.yml"];

fn with_page() -> Scratch {
    let scratch = Scratch::new();
    std::fs::create_dir(scratch.path("site")).unwrap();
    scratch.write("site/offers.html", PAGE);
    scratch
}

#[test]
fn what_is_written_is_accepted_and_passes() {
    need_browsers();
    let scratch = with_page();
    let ended = scratch.run(["init", "site/offers.html"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    for path in WRITTEN {
        assert!(ended.stdout.contains(&format!("wrote       {path}\n")), "{}", ended.stdout);
    }
    let next = ended.stdout.lines().find_map(|line| line.strip_prefix("Next: lcw ")).unwrap();
    assert_eq!(next, "check scenarios.toml --root site");

    let scenarios = Scenarios::load(&scratch.path("scenarios.toml")).unwrap();
    let scenario = &scenarios.loaded[0].scenario;
    assert_eq!(scenario.id, "offers/after-20-seconds");
    assert!(scenario.promise.contains("\"Fern & Pine\""), "{}", scenario.promise);
    let sources = Sources { folder: scratch.path(""), ..Sources::default() };
    assert_eq!(Loaded::load(&sources).unwrap().file, Some(scratch.path("webdriver.toml")));
    assert!(
        scratch
            .read(".github/workflows/lcw.yml")
            .contains("lcw check scenarios.toml --root site --provision")
    );

    let checked = scratch.run(next.split(' ').chain(["--browser", "chromium"]));
    assert_eq!(checked.code, Some(0), "{checked:?}");
}

#[test]
fn nothing_is_overwritten() {
    let scratch = with_page();
    scratch.write("scenarios.toml", "# mine\n");
    let ended = scratch.run(["init", "site/offers.html"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.stdout.contains("left alone  scenarios.toml"), "{}", ended.stdout);
    assert!(ended.stdout.contains("wrote       webdriver.toml"), "{}", ended.stdout);
    assert_eq!(scratch.read("scenarios.toml"), "# mine\n");
}

#[test]
fn a_page_that_is_not_there_is_bad_usage_and_writes_nothing() {
    let scratch = with_page();
    for arguments in [
        &["init"][..],
        &["init", "site/offers.html", "--root", "tmp"],
        &["init", "http://"],
        &["init", "http://localhost/", "--root", "site"],
    ] {
        let ended = scratch.run(arguments);
        assert_eq!(ended.code, Some(2), "{ended:?}");
    }
    for path in WRITTEN {
        assert!(!scratch.path(path).exists(), "{path}");
    }
}

#[test]
fn a_page_on_a_server_is_asked_for_its_title() {
    use std::io::{Read as _, Write as _};
    let scratch = Scratch::new();
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut asked = [0; 1024];
        let length = stream.read(&mut asked).unwrap();
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", PAGE.len());
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(PAGE.as_bytes()).unwrap();
        String::from_utf8_lossy(&asked[..length]).into_owned()
    });
    let ended = scratch.run(["init", &format!("{address}/faq?id=1")]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(
        ended.stdout.ends_with(&format!("Next: lcw check scenarios.toml --base-url {address}/\n")),
        "{}",
        ended.stdout
    );
    assert!(server.join().unwrap().starts_with("GET /faq?id=1 "));
    let scenarios = Scenarios::load(&scratch.path("scenarios.toml")).unwrap();
    let scenario = &scenarios.loaded[0].scenario;
    assert_eq!(scenario.id, "faq/after-20-seconds");
    assert!(scenario.promise.contains("\"Fern & Pine\""), "{}", scenario.promise);
    assert_eq!(scenario.steps[0], SiteStep::Visit("/faq?id=1".to_owned()));
}
