//! The fixture server over real loopback connections: who is answered, with what, and who is not.

#![expect(clippy::unwrap_used, reason = "a failed step ends the test")]

use std::net::SocketAddr;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use lcw::config::ServerSettings;
use lcw::contract::{PageKind, ProactiveChatCall, Ready, WidgetSettings};
use lcw::server::{
    CaseSite, Conversation, ConversationMessage, FixtureServer, Replacements, ServerError, Speaker,
    SurveyAnswers,
};
use rstest::rstest;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

const BOOTSTRAPPER: &str = "/livechatwidget/scripts/LiveChatBootstrapper.js";
const CONFIG: &str = "/livechatconnector/config/org/app";
const CONVERSATION: &str = "/livechatconnector/conversation/org/app";

/// No test waits longer than this for anything.
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Debug)]
struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        self.head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// Sends these very bytes and reads until the server closes, so no client tidies the request up.
async fn raw(address: SocketAddr, request: impl AsRef<[u8]>) -> Answer {
    let exchange = async {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(request.as_ref()).await.unwrap();
        let mut answer = Vec::new();
        // What was answered before a reset counts; a refused body may well end in one.
        let _ = stream.read_to_end(&mut answer).await;
        String::from_utf8(answer).unwrap()
    };
    let answer = tokio::time::timeout(PATIENCE, exchange).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = head.split(' ').nth(1).unwrap_or_default().parse().unwrap_or_default();
    Answer { status, head: head.to_owned(), body: body.to_owned() }
}

async fn get_at(address: SocketAddr, host: &str, path: &str) -> Answer {
    raw(address, format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")).await
}

fn host(site: &CaseSite) -> String {
    format!("{}:{}", site.url().host_str().unwrap(), site.url().port().unwrap())
}

async fn get(server: &FixtureServer, site: &CaseSite, path: &str) -> Answer {
    get_at(server.address(), &host(site), path).await
}

async fn start() -> FixtureServer {
    FixtureServer::start(&ServerSettings::default()).await.unwrap()
}

fn default_case(server: &FixtureServer) -> CaseSite {
    server.open_case("a case", &WidgetSettings::default())
}

#[tokio::test]
async fn a_page_embeds_the_widget_as_documented() {
    let server = start().await;
    let site = default_case(&server);
    let page = get(&server, &site, "/").await;
    assert_eq!((page.status, page.header("content-type")), (200, Some("text/html; charset=utf-8")));
    for part in [
        "id=\"Microsoft_Omnichannel_LCWidget\"",
        "/LiveChatBootstrapper.js\"",
        "data-app-id=\"",
        "data-org-id=\"",
        &format!("data-org-url=\"http://{}\"", host(&site)),
    ] {
        assert!(page.body.contains(part), "{part} in {}", page.body);
    }
    assert!(!page.body.contains("{{"), "every placeholder is filled: {}", page.body);
    assert!(!page.body.contains("page-call"), "a page makes no call unless it is told to");
}

/// The origin that a page has the widget from, and whether that is the page's own.
async fn widget_host(server: &FixtureServer, site: &CaseSite, path: &str) -> (String, bool) {
    let page = get(server, site, path).await.body;
    let (before, _) = page.split_once("/livechatwidget/scripts/").unwrap();
    let (_, widget_host) = before.rsplit_once("http://").unwrap();
    (widget_host.to_owned(), widget_host == host(site))
}

#[tokio::test]
async fn cases_have_the_unchanged_widget_from_one_host_that_a_browser_may_keep_it_from() {
    let server = start().await;
    let first = default_case(&server);
    let second = default_case(&server);
    let (delivery, own) = widget_host(&server, &first, "/").await;
    assert!(!own, "{delivery}");
    for path in ["/", "/late.html", "/livechatwidget/scripts/popout.html"] {
        assert_eq!(widget_host(&server, &second, path).await, (delivery.clone(), false), "{path}");
    }
    let script = get_at(server.address(), &delivery, BOOTSTRAPPER).await;
    assert_eq!((script.status, script.header("access-control-allow-origin")), (200, Some("*")));
    assert_eq!(script.body, get(&server, &first, BOOTSTRAPPER).await.body);
    let kept = |answer: &Answer| answer.header("cache-control").unwrap().contains("immutable");
    assert!(kept(&script), "{}", script.head);
    for (path, status) in
        [("/", 404), ("/index.html", 404), (CONFIG, 404), ("/livechatwidget/scripts/no.js", 404)]
    {
        let answer = get_at(server.address(), &delivery, path).await;
        assert_eq!((answer.status, kept(&answer)), (status, false), "{path}");
    }
    // A browser may have kept what came from the server that had this port before.
    let next = start().await;
    let (other, _) = widget_host(&next, &default_case(&next), "/").await;
    assert_ne!(other.split_once(':').unwrap().0, delivery.split_once(':').unwrap().0);
}

#[tokio::test]
async fn a_case_has_a_changed_widget_from_its_own_host() {
    let server = start().await;
    let settings = WidgetSettings::default();
    let changed = Replacements::default().file("widget/labels.js", "export {};");
    let site = server.open_case_with("changed", &settings, changed.clone());
    assert!(widget_host(&server, &site, "/").await.1);
    let page = Replacements::default().file("pages/shop.css", "");
    let site = server.open_case_with("only the page changed", &settings, page);
    assert!(!widget_host(&server, &site, "/").await.1);
    let server = FixtureServer::start_with(&ServerSettings::default(), changed).await.unwrap();
    assert!(widget_host(&server, &default_case(&server), "/").await.1);
}

#[tokio::test]
async fn a_page_makes_its_own_call_before_the_widget_loads() {
    let server = start().await;
    let call = ProactiveChatCall::with_message("</script><b>{{app-id}}").in_new_window(true);
    let settings = WidgetSettings { page_call: Some(call.clone()), ..WidgetSettings::default() };
    let site = server.open_case("page call", &settings);
    for path in ["/", "/late.html"] {
        let page = get(&server, &site, path).await.body;
        let (before, rest) = page.split_once("id=\"page-call\">").unwrap();
        let (written, after) = rest.split_once("</script>").unwrap();
        assert_eq!(serde_json::from_str::<Value>(written).unwrap(), call.to_json());
        assert!(!before.contains("data-org-url") && after.contains("data-org-url"), "{page}");
        assert!(after.contains("src=\"/page-call.js\""), "{page}");
    }
    assert_eq!(get(&server, &site, "/page-call.js").await.status, 200);
}

#[tokio::test]
async fn a_page_is_of_the_kind_that_the_case_wants() {
    const POLICY: &str = "content-security-policy";
    let server = start().await;
    let case = |page| server.open_case("a case", &WidgetSettings { page, ..WidgetSettings::default() });
    // 1. An ordinary page has neither policy nor anything else of the harness's.
    let ordinary = get(&server, &case(PageKind::Ordinary), "/").await;
    assert_eq!(ordinary.header(POLICY), None);
    assert!(!ordinary.body.contains("hostile"), "{}", ordinary.body);
    // 2. A strict one allows its own files and the widget's, and nothing inline; the widget's window has no part in it.
    let strict = case(PageKind::StrictPolicy);
    let page = get(&server, &strict, "/late.html").await;
    let policy = page.header(POLICY).unwrap();
    let widget = page.body.split("data-widget=\"").nth(1).unwrap().split("/livechatwidget").next().unwrap();
    assert!(policy.starts_with("default-src 'none'; ") && !policy.contains("unsafe"), "{policy}");
    assert!(policy.contains(&format!("; script-src 'self' {widget}; ")), "{policy}");
    assert_eq!(get(&server, &strict, "/livechatwidget/scripts/popout.html").await.header(POLICY), None);
    // 3. A hostile one runs its own code before all other scripts, the page's own call included.
    let page_call = Some(ProactiveChatCall::with_message("Hello"));
    let settings = WidgetSettings { page: PageKind::HostileGlobals, page_call, ..WidgetSettings::default() };
    let hostile = server.open_case("a case", &settings);
    let page = get(&server, &hostile, "/").await.body;
    let sources: Vec<_> = page.split(" src=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert_eq!(sources[..2], ["/hostile.js", "/page-call.js"]);
    for file in ["/hostile.js", "/hostile.css"] {
        assert!(page.contains(file));
        assert_eq!(get(&server, &hostile, file).await.status, 200);
    }
    // 4. A person gets it by the page's address.
    let person = get_at(server.address(), "localhost", "/index.html?page=strict-policy").await;
    assert!(person.header(POLICY).is_some(), "{}", person.head);
}

#[tokio::test]
async fn cases_share_no_settings_and_no_records() {
    let server = start().await;
    let first = default_case(&server);
    let settings = WidgetSettings {
        prechat: false,
        proactive_chat: false,
        ready: Ready::Harness,
        locale: "ar".to_owned(),
        ..WidgetSettings::default()
    };
    let second = server.open_case("a case", &settings);
    assert_ne!(first.url(), second.url());
    assert_eq!(
        get(&server, &first, CONFIG).await.json(),
        json!({"prechat": true, "proactiveChat": true, "ready": "widget", "locale": "en-US", "direction": "ltr", "authentication": false})
    );
    assert_eq!(
        get(&server, &second, CONFIG).await.json(),
        json!({"prechat": false, "proactiveChat": false, "ready": "harness", "locale": "ar", "direction": "rtl", "authentication": false})
    );
    get(&server, &second, "/nothing.html?x=1").await;
    let asked = |site: &CaseSite| {
        site.requests()
            .into_iter()
            .map(|request| format!("{} {} {}", request.method, request.path, request.status))
            .collect::<Vec<_>>()
    };
    assert_eq!(asked(&first), [format!("GET {CONFIG} 200")]);
    assert_eq!(asked(&second), [format!("GET {CONFIG} 200"), "GET /nothing.html?x=1 404".to_owned()]);
}

#[tokio::test]
async fn a_dropped_case_is_forgotten() {
    let server = start().await;
    let site = default_case(&server);
    let host = host(&site);
    assert_eq!(get_at(server.address(), &host, "/").await.status, 200);
    drop(site);
    assert_eq!(get_at(server.address(), &host, "/").await.status, 404);
}

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

#[tokio::test]
async fn the_plain_host_shows_pages_to_a_person() {
    let server = start().await;
    let port = server.address().port();
    for host in [format!("localhost:{port}"), format!("127.0.0.1:{port}"), format!("LOCALHOST:{port}")] {
        let contents = get_at(server.address(), &host, "/").await;
        assert_eq!(contents.status, 200);
        for page in ["/index.html", "/late.html", "/playground.html"] {
            assert!(contents.body.contains(page), "{page} is listed");
            let answer = get_at(server.address(), &host, page).await;
            let origin = format!("data-org-url=\"http://{}\"", host.to_lowercase());
            assert!(answer.status == 200 && answer.body.contains(&origin), "{page}: {answer:?}");
        }
    }
}

#[tokio::test]
async fn every_page_is_listed_in_the_contents() {
    let server = start().await;
    let contents = get_at(server.address(), "localhost", "/").await.body;
    let pages = lcw::assets::Assets::discover(None).unwrap().list("pages").unwrap();
    let pages: Vec<_> = pages
        .iter()
        .filter_map(|path| path.strip_prefix("pages"))
        .filter(|path| path.ends_with(".html") && *path != "/contents.html")
        .collect();
    assert!(!pages.is_empty());
    for page in pages {
        assert!(contents.contains(&format!("href=\"{page}\"")), "{page}");
    }
}

#[tokio::test]
async fn a_person_sets_the_widget_up_in_the_query() {
    let server = start().await;
    let page = get_at(server.address(), "localhost", "/index.html?prechat=0&ready=harness&locale=ar").await;
    let (_, rest) = page.body.split_once("data-app-id=\"").unwrap();
    let app_id = rest.split('"').next().unwrap().replace("&amp;", "&");
    let encoded: String = url::form_urlencoded::byte_serialize(app_id.as_bytes()).collect();
    let config =
        get_at(server.address(), "localhost", &format!("/livechatconnector/config/org/{encoded}")).await;
    assert_eq!(
        config.json(),
        json!({"prechat": false, "proactiveChat": true, "ready": "harness", "locale": "ar", "direction": "rtl", "authentication": false})
    );
    let wrong = get_at(server.address(), "localhost", "/index.html?prechat=maybe").await;
    assert!(wrong.status == 400 && wrong.body.contains("write `1` or `0`"), "{wrong:?}");
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

#[tokio::test]
async fn a_script_can_be_replaced_for_all_cases_or_for_one() {
    let everywhere = Replacements::default().widget_script("for all");
    let server = FixtureServer::start_with(&ServerSettings::default(), everywhere).await.unwrap();
    let plain = default_case(&server);
    let only_here = Replacements::default().widget_script("for one").file("pages/new.html", "{{org-url}}");
    let special = server.open_case_with("special", &WidgetSettings::default(), only_here);
    assert_eq!(get(&server, &plain, BOOTSTRAPPER).await.body, "for all");
    assert_eq!(get(&server, &special, BOOTSTRAPPER).await.body, "for one");
    assert_eq!(get(&server, &plain, "/new.html").await.status, 404);
    assert_eq!(get(&server, &special, "/new.html").await.body, format!("http://{}", host(&special)));
    assert_eq!(special.page("new.html").path(), "/new.html");
}

#[tokio::test]
async fn an_edit_shows_on_reload() {
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("pages/index.html");
    std::fs::create_dir(folder.path().join("pages")).unwrap();
    let settings = ServerSettings { fixtures: Some(folder.path().to_owned()), ..ServerSettings::default() };
    let server = FixtureServer::start(&settings).await.unwrap();
    let site = default_case(&server);
    for content in ["one", "two"] {
        std::fs::write(&page, content).unwrap();
        assert_eq!(get(&server, &site, "/").await.body, content);
    }
}

#[tokio::test]
async fn a_taken_port_is_named_with_the_next_step() {
    let server = start().await;
    let settings = ServerSettings { port: server.address().port(), ..ServerSettings::default() };
    let error = FixtureServer::start(&settings).await.unwrap_err();
    assert!(matches!(error, ServerError::PortTaken { address } if address == server.address()), "{error:?}");
    let text = error.to_string();
    assert!(text.contains(&server.address().to_string()) && text.contains("`server.port`"), "{text}");
}

#[tokio::test]
async fn a_stopped_server_answers_nobody_and_frees_its_port() {
    let server = start().await;
    let address = server.address();
    let site = default_case(&server);
    let mut chat = join(&server, &site).await;
    tokio::time::timeout(PATIENCE, server.shutdown()).await.unwrap();
    server.shutdown().await;
    assert!(TcpStream::connect(address).await.is_err());
    assert!(!matches!(next(&mut chat).await, Some(Message::Text(_))), "the conversation ends");
    let settings = ServerSettings { port: address.port(), ..ServerSettings::default() };
    FixtureServer::start(&settings).await.unwrap();
}

#[tokio::test]
async fn a_server_lives_as_long_as_one_of_its_handles() {
    let server = start().await;
    let address = server.address();
    let site = default_case(&server);
    let host = host(&site);
    drop(server);
    assert_eq!(get_at(address, &host, "/").await.status, 200, "a case keeps it");
    drop(site);
    // The listener goes with its task; connecting fails as soon as that has run.
    let gone = async {
        while TcpStream::connect(address).await.is_ok() {
            tokio::task::yield_now().await
        }
    };
    tokio::time::timeout(PATIENCE, gone).await.unwrap();
}

// Conversations.

type Chat = WebSocketStream<TcpStream>;

async fn join(server: &FixtureServer, site: &CaseSite) -> Chat {
    let stream = TcpStream::connect(server.address()).await.unwrap();
    let address = format!("ws://{}{CONVERSATION}", host(site));
    tokio_tungstenite::client_async(address, stream).await.unwrap().0
}

async fn say(chat: &mut Chat, message: Value) {
    chat.send(Message::text(message.to_string())).await.unwrap();
}

async fn next(chat: &mut Chat) -> Option<Message> {
    tokio::time::timeout(PATIENCE, chat.next()).await.unwrap().and_then(Result::ok)
}

async fn hear(chat: &mut Chat) -> Value {
    let message = next(chat).await.unwrap();
    serde_json::from_str(message.to_text().unwrap()).unwrap()
}

#[tokio::test]
async fn a_conversation_is_greeted_answered_and_recorded() {
    let server = start().await;
    let site = default_case(&server);
    let mut chat = join(&server, &site).await;
    let survey = json!({"name": "Visitor", "question": "Which fern?"});
    say(&mut chat, json!({"type": "start", "locale": "en-US", "survey": survey})).await;
    assert_eq!(hear(&mut chat).await, json!({"type": "started", "id": 0}));
    let greeting = hear(&mut chat).await["text"].as_str().unwrap().to_owned();
    assert!(greeting.contains("Visitor") && greeting.contains("Which fern?"), "{greeting}");

    say(&mut chat, json!({"type": "message", "text": "<b>hello</b>"})).await;
    let reply = hear(&mut chat).await;
    assert_eq!((&reply["type"], &reply["from"]), (&json!("message"), &json!("Support")));
    let reply = reply["text"].as_str().unwrap().to_owned();
    assert!(reply.contains("<b>hello</b>"), "{reply}");

    say(&mut chat, json!({"type": "end"})).await;
    assert!(matches!(next(&mut chat).await, Some(Message::Close(_))));
    let agent = |text| ConversationMessage { from: Speaker::Agent, text };
    let visitor = ConversationMessage { from: Speaker::Visitor, text: "<b>hello</b>".to_owned() };
    let expected = Conversation {
        locale: "en-US".to_owned(),
        survey: Some(SurveyAnswers { name: "Visitor".to_owned(), question: "Which fern?".to_owned() }),
        messages: vec![agent(greeting), visitor, agent(reply)],
        ended: true,
        left: true,
        ..Conversation::default()
    };
    assert_eq!(site.conversations(), [expected]);
    let statuses: Vec<_> = site.requests().iter().map(|request| request.status).collect();
    assert_eq!(statuses, [101]);
}

#[tokio::test]
async fn a_conversation_is_taken_up_again_until_it_has_ended() {
    let server = start().await;
    let site = default_case(&server);
    let mut chat = join(&server, &site).await;
    say(&mut chat, json!({"type": "start"})).await;
    let id = hear(&mut chat).await["id"].clone();
    let greeting = hear(&mut chat).await["text"].clone();
    drop(chat);

    let mut again = join(&server, &site).await;
    say(&mut again, json!({"type": "resume", "id": id})).await;
    let past = json!([{"from": "Support", "text": greeting, "own": false}]);
    assert_eq!(hear(&mut again).await, json!({"type": "resumed", "messages": past}));
    assert_eq!(site.conversations().len(), 1);
    say(&mut again, json!({"type": "end"})).await;
    assert!(matches!(next(&mut again).await, Some(Message::Close(_))));

    let mut too_late = join(&server, &site).await;
    say(&mut too_late, json!({"type": "resume", "id": id})).await;
    assert_eq!(hear(&mut too_late).await, json!({"type": "gone"}));
}

#[tokio::test]
async fn an_agent_says_more_and_ends_the_conversation() {
    let server = start().await;
    let (site, other) = (default_case(&server), default_case(&server));
    assert_eq!(site.agent_says("Nobody is there"), 0);
    let mut chat = join(&server, &site).await;
    say(&mut chat, json!({"type": "start"})).await;
    hear(&mut chat).await;
    hear(&mut chat).await;
    assert_eq!((other.agent_ends(), site.agent_says("Still there?")), (0, 1));
    assert_eq!(hear(&mut chat).await, json!({"type": "message", "from": "Support", "text": "Still there?"}));
    assert_eq!(site.agent_ends(), 1);
    assert_eq!(hear(&mut chat).await, json!({"type": "ended"}));
    assert!(matches!(next(&mut chat).await, Some(Message::Close(_))));
    let [conversation] = &site.conversations()[..] else { panic!("one conversation") };
    assert!(conversation.ended && conversation.messages.len() == 2, "{conversation:?}");
}

#[tokio::test]
async fn who_waits_for_a_conversation_goes_on_when_it_begins() {
    let server = start().await;
    let site = default_case(&server);
    let mut chat = join(&server, &site).await;
    let mut begins = std::pin::pin!(site.conversation_begins());
    assert!(futures_util::poll!(begins.as_mut()).is_pending());
    say(&mut chat, json!({"type": "start"})).await;
    begins.await;
    assert_eq!(site.agent_says("Here I am"), 1);
    site.conversation_begins().await;
}

#[tokio::test]
async fn closing_a_case_ends_its_conversations_and_no_others() {
    let server = start().await;
    let (closing, staying) = (default_case(&server), default_case(&server));
    let mut ends = join(&server, &closing).await;
    let mut goes_on = join(&server, &staying).await;
    drop(closing);
    assert!(!matches!(next(&mut ends).await, Some(Message::Text(_))));
    say(&mut goes_on, json!({"type": "start"})).await;
    assert_eq!(hear(&mut goes_on).await, json!({"type": "started", "id": 0}));
}

#[rstest]
#[case::no_json("hello")]
#[case::unknown_type(r#"{"type": "shout"}"#)]
#[case::not_started(r#"{"type": "message", "text": "too early"}"#)]
#[tokio::test]
async fn nonsense_ends_a_conversation(#[case] text: &str) {
    let server = start().await;
    let site = default_case(&server);
    let mut chat = join(&server, &site).await;
    chat.send(Message::text(text)).await.unwrap();
    let Some(Message::Close(Some(frame))) = next(&mut chat).await else {
        panic!("the server closes with a reason");
    };
    assert!(!frame.reason.is_empty());
    assert_eq!(site.conversations(), []);
}

#[tokio::test]
async fn a_message_over_the_limit_ends_a_conversation() {
    let server = start().await;
    let site = default_case(&server);
    let mut chat = join(&server, &site).await;
    say(&mut chat, json!({"type": "start"})).await;
    hear(&mut chat).await;
    hear(&mut chat).await;
    let text = "x".repeat(100 * 1024);
    // The server may close while it is still being written.
    let _ = chat.send(Message::text(json!({"type": "message", "text": text}).to_string())).await;
    assert!(!matches!(next(&mut chat).await, Some(Message::Text(_))));
    assert_eq!(site.conversations()[0].messages.len(), 1, "only the greeting");
}

#[tokio::test]
async fn a_conversation_needs_a_web_socket() {
    let server = start().await;
    let site = default_case(&server);
    let answer = get(&server, &site, CONVERSATION).await;
    assert!((400..500).contains(&answer.status), "{answer:?}");
}

#[tokio::test]
async fn a_conversation_is_told_context_and_token() {
    let server = start().await;
    let site = default_case(&server);
    let mut chat = join(&server, &site).await;
    let context = json!({"plant": {"value": "Fern", "isDisplayable": true}, "spent": {"value": 12.5}});
    say(&mut chat, json!({"type": "start", "context": context, "token": "e30.e30.c2lnbmVk"})).await;
    assert_eq!(hear(&mut chat).await["type"], json!("started"));
    let told = &site.conversations()[0];
    assert_eq!(told.token.as_deref(), Some("e30.e30.c2lnbmVk"));
    assert_eq!(serde_json::to_value(&told.context).unwrap(), context);
}

#[tokio::test]
async fn agents_are_there_within_operating_hours_and_each_answer_is_its_own() {
    let server = start().await;
    let path = "/livechatconnector/availability/org/app";
    let open = default_case(&server);
    let first = get(&server, &open, path).await.json();
    assert_eq!(first["isQueueAvailable"], json!(true));
    assert_ne!(get(&server, &open, path).await.json(), first);
    let settings = WidgetSettings { operating_hours: false, ..WidgetSettings::default() };
    let closed = server.open_case("closed", &settings);
    assert_eq!(get(&server, &closed, path).await.json()["isQueueAvailable"], json!(false));
}
