//! What pages hold, from whom they have the widget, and what a person sets up in their address.

use lcw::config::ServerSettings;
use lcw::contract::{PageKind, ProactiveChatCall, WidgetSettings};
use lcw::server::{CaseSite, FixtureServer, Replacements};
use serde_json::{Value, json};

use crate::{Answer, BOOTSTRAPPER, CONFIG, default_case, get, get_at, host, start};

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
    // One request in place of one for each of its modules, which only a person sees.
    let modules = "/livechatwidget/scripts/widget.js";
    let imports = |answer: &Answer| answer.body.lines().filter(|line| line.starts_with("import ")).count();
    let one = get_at(server.address(), &delivery, modules).await;
    assert!(one.body.contains("class Conversation") && imports(&one) == 0, "{}", one.body);
    assert!(imports(&get_at(server.address(), "localhost", modules).await) > 5);
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
