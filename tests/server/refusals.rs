//! Who is not answered: other hosts, paths that leave the folder, what only changes something, and what is too big.

use lcw::config::ServerSettings;
use lcw::server::FixtureServer;
use rstest::rstest;

use crate::{BOOTSTRAPPER, CONFIG, default_case, get, get_at, host, raw, start};

#[rstest]
#[case::unknown_case("case-of-nobody.lcw.localhost")]
#[case::outside_the_cases("case-of-nobody.localhost")]
#[case::another_name("shop.example")]
#[case::a_name_that_ends_alike("evil-localhost")]
#[case::user_info("user@localhost")]
#[case::empty("")]
#[tokio::test]
async fn other_hosts_are_refused(#[case] host: &str) {
    let server = start().await;
    for path in ["/", BOOTSTRAPPER, CONFIG] {
        let answer = get_at(server.address(), host, path).await;
        assert_eq!(answer.status, 404, "{host} {path}: {answer:?}");
        assert!(!answer.body.contains("<html"), "{answer:?}");
    }
}

#[rstest]
#[case("/../Cargo.toml")]
#[case("/..%2fCargo.toml")]
#[case("/%2e%2e/Cargo.toml")]
#[case("/%2e%2e%2fCargo.toml")]
#[case("/.%2e/Cargo.toml")]
#[case("/%252e%252e%252fCargo.toml")]
#[case("/..%5cCargo.toml")]
#[case("/..\\Cargo.toml")]
#[case("/....//Cargo.toml")]
#[case("/../../Cargo.toml")]
#[case("//index.html")]
#[case("//etc/passwd")]
#[case("/%2fetc/passwd")]
#[case("/index.html%00.png")]
#[case("/index.html/../../../Cargo.toml")]
#[case("/livechatwidget/scripts/../../../Cargo.toml")]
#[case("/livechatwidget/scripts/%2e%2e/%2e%2e/Cargo.toml")]
#[case("/livechatwidget/scripts/..%2f..%2fCargo.toml")]
#[case("/livechatwidget/scripts//etc/passwd")]
#[case("/livechatwidget/scripts/../pages/index.html")]
#[tokio::test]
async fn no_path_leaves_the_folder(#[case] path: &str) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("fixtures")).unwrap();
    // One above the pages, and one above the fixtures.
    for above in ["Cargo.toml", "fixtures/Cargo.toml"] {
        std::fs::write(folder.path().join(above), "secret").unwrap();
    }
    for below in ["fixtures/pages", "fixtures/widget"] {
        std::fs::create_dir_all(folder.path().join(below)).unwrap();
        std::fs::write(folder.path().join(below).join("index.html"), "<html>").unwrap();
    }
    let fixtures = Some(folder.path().join("fixtures"));
    for fixtures in [fixtures, None] {
        let server =
            FixtureServer::start(&ServerSettings { fixtures, ..ServerSettings::default() }).await.unwrap();
        let site = default_case(&server);
        for host in [host(&site), "localhost".to_owned()] {
            let answer = get_at(server.address(), &host, path).await;
            assert!(matches!(answer.status, 400 | 404), "{host} {path}: {answer:?}");
            assert!(!answer.body.contains("secret") && !answer.body.contains("<html"), "{answer:?}");
        }
    }
}

#[rstest]
#[case("/livechatwidget/")]
#[case("/livechatwidget/scripts")]
#[case("/livechatwidget/scripts/")]
#[case("/livechatconnector/")]
#[case("/pages/")]
#[case("/suites/")]
#[tokio::test]
async fn no_folder_is_listed(#[case] path: &str) {
    let server = start().await;
    let site = default_case(&server);
    for host in [host(&site), "localhost".to_owned()] {
        let answer = get_at(server.address(), &host, path).await;
        assert_eq!(answer.status, 404, "{answer:?}");
        assert!(!answer.body.contains(".js") && !answer.body.contains(".html"), "{answer:?}");
    }
}

#[rstest]
#[case("/", "text/html; charset=utf-8")]
#[case("/shop.css", "text/css; charset=utf-8")]
#[case(BOOTSTRAPPER, "text/javascript; charset=utf-8")]
#[case("/livechatwidget/scripts/popout.html", "text/html; charset=utf-8")]
#[case(CONFIG, "application/json")]
#[case("/nothing", "text/plain; charset=utf-8")]
#[tokio::test]
async fn answers_are_typed_and_never_stored(#[case] path: &str, #[case] content_type: &str) {
    let server = start().await;
    let site = default_case(&server);
    let answer = get(&server, &site, path).await;
    assert_eq!(answer.header("content-type"), Some(content_type));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    let for_every_origin = path.starts_with("/livechat");
    assert_eq!(answer.header("access-control-allow-origin"), for_every_origin.then_some("*"));
}

#[tokio::test]
async fn only_reading_is_answered() {
    let server = start().await;
    let site = default_case(&server);
    for path in ["/", BOOTSTRAPPER, CONFIG, "/nothing"] {
        for method in ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "BREW"] {
            let request =
                format!("{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", host(&site));
            let answer = raw(server.address(), request).await;
            assert_eq!((answer.status, answer.header("allow")), (405, Some("GET, HEAD")), "{method} {path}");
        }
        let request = format!("HEAD {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", host(&site));
        assert_eq!(raw(server.address(), request).await.body, "", "HEAD {path}");
    }
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused() {
    let server = start().await;
    let site = default_case(&server);
    let head =
        |extra: &str| format!("GET / HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n{extra}", host(&site));

    let small = head("Content-Length: 5\r\n\r\nhello");
    assert_eq!(raw(server.address(), small).await.status, 200);

    // Refused by what it announces, before any of it arrives.
    let announced = head("Content-Length: 1000000\r\n\r\n");
    assert_eq!(raw(server.address(), announced).await.status, 413);

    let chunk = format!("1000\r\n{}\r\n", "x".repeat(0x1000));
    let unannounced = head("Transfer-Encoding: chunked\r\n\r\n") + &chunk.repeat(5) + "0\r\n\r\n";
    assert_eq!(raw(server.address(), unannounced).await.status, 413);
}
