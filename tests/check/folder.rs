//! Pages in a folder: whatever their files are called, and when there are none.

use crate::together::Part;
use crate::{entries, invites, page};

pub(crate) const ANY_NAME: Part = Part::new("any-name", |folder| {
    let script =
        "<script src=\"[slug]~a+b@2x.js\"></script><script src=\"../.well-known/known.js\"></script><h1>";
    folder.write("Über uns/FAQ 2?.html", &page(&invites("Questions?", 0)).replace("<h1>", script));
    folder.write("Über uns/[slug]~a+b@2x.js", "document.title = \"from a script\"");
    folder.write(".well-known/known.js", "document.title += \", and another\"");
    folder.write("old.htm", &page(&invites("Old?", 0)));
    folder.scenarios(
        "[[scenario]]\nid = \"a\"\npromise = \"Whoever asks is invited.\"\nsteps = [{ visit = \"Über uns/FAQ 2%3F.html?from=menu\" },\n\
         { expect = { invitation = { text = \"Questions?\" } } }, \n\
         { script = \"if (document.title !== 'from a script, and another') throw new Error(document.title)\" },\n\
         { visit = \"old.htm\" }, { expect = { invitation = { text = \"Old?\" } } }]",
    );
});

#[test]
fn files_may_have_any_name() {
    assert_eq!(ANY_NAME.as_expected().len(), 2);
}

/// Whatever it is called: the widget's own modules come as one.
pub(crate) const BESIDE: Part = Part::new("beside", |folder| {
    let hosted = "https://oc-cdn-public.azureedge.net/livechatwidget/scripts/";
    let own = "<script src=\"chat.js\"></script><h1>";
    folder.write("index.html", &page("").replace(hosted, "").replace("<h1>", own));
    folder.write("chat.js", &invites("From our own", 0));
    folder.scenarios(
        "[[scenario]]\nid = \"a\"\npromise = \"Whoever comes is invited.\"\nsteps = [{ visit = \"index.html\" },\n\
         { expect = { invitation = { text = \"From our own\" } } }, \"accept\", { expect = { chat = true } }]",
    );
});

#[test]
fn a_file_beside_the_widgets_script_is_the_pages_own() {
    assert_eq!(BESIDE.as_expected().len(), 2);
}

/// The server's words about it are no page of the site, on which nobody is invited.
pub(crate) const MISSING: Part = Part::new("missing", |folder| {
    folder.write("index.html", &page("history.pushState({}, '', 'moved.html')"));
    folder.write("link.html", "<!doctype html><title>link</title><a href=\"gone.html\">Where to?</a>");
    folder.write(
        "leads.html",
        "<!doctype html><title>leads</title><script>location.replace('lost.html')</script>",
    );
    folder.scenarios(
        "[[scenario]]\nid = \"clicked\"\npromise = \"Nobody is invited here.\"\nsteps = [{ visit = \"link.html\" }, { click = \"a\" }, { expect = { invitation = false } }]\n\
         [[scenario]]\nid = \"led-to\"\npromise = \"Nobody is invited here.\"\nsteps = [{ visit = \"leads.html\" }, { expect = { invitation = false } }]\n\
         [[scenario]]\nid = \"visited\"\npromise = \"Nobody is invited here.\"\nsteps = [{ visit = \"chekout.html\" }, { expect = { invitation = false } }]\n\
         [[scenario]]\nid = \"reloaded\"\npromise = \"Nobody is invited here.\"\nsteps = [{ visit = \"index.html\" }, \"reload\", { expect = { invitation = false } }]",
    );
});

#[test]
fn a_page_that_is_not_in_the_folder_is_none() {
    let results = MISSING.checked();
    for result in &results {
        let reason = result["failure"]["reason"].as_str().unwrap();
        assert!(reason.contains("answered with 404; correct its name"), "{reason}");
        let [error] = entries(result, "error-page")[..] else { panic!("{result:#}") };
        assert_eq!(error["status"], 404);
        let names = [("clicked", "gone"), ("led-to", "lost"), ("visited", "chekout"), ("reloaded", "moved")];
        let (_, name) = names.iter().find(|(id, _)| result["id"] == *id).unwrap();
        assert_eq!(error["url"], format!("missing/{name}.html"));
    }
    assert_eq!(results.len(), 8);
}

/// A scenario may be about a page that says it is none.
pub(crate) const NONE_BY_ITS_WORD: Part = Part::new("none-by-its-word", |folder| {
    folder.scenarios(
        "[[scenario]]\nid = \"a\"\npromise = \"Nobody is invited while the shop is closed.\"\n\
         replies = [{ url = \"*/shop.html\", status = 503, text = \"closed\" }]\n\
         steps = [{ visit = \"shop.html\" }, { expect = { invitation = false } }]",
    );
});

#[test]
fn a_page_that_is_none_by_the_scenarios_own_word_is_looked_at() {
    let results = NONE_BY_ITS_WORD.as_expected();
    for result in &results {
        assert_eq!(entries(result, "error-page").len(), 1, "{result:#}");
    }
}

/// A picture that is a button, a link whose middle is beside its words, and what a page leads to while it loads.
const CLICKS: &str = r#"<!doctype html><meta charset=utf-8><title>page</title>
<svg id="icon" width="40" height="40" onclick="document.title += ' icon'"><rect width="40" height="40"/></svg>
<p style="width: 20em">Whoever wants to know more than is written here <a id="link" href="more.html">asks our gardeners
about it</a>, who know it all and have time.</p>"#;

pub(crate) const CLICKABLE: Part = Part::new("clicks", |folder| {
    folder.write("index.html", CLICKS);
    folder.write(
        "more.html",
        "<!doctype html><title>more</title><script>location.replace('last.html')</script>more",
    );
    folder.write("last.html", "<!doctype html><title>last</title>last");
    folder.scenarios(
        "[[scenario]]\nid = \"a\"\npromise = \"More is a click away.\"\nsteps = [{ visit = \"index.html\" },\n\
         { click = \"#icon\" }, { script = \"if (document.title !== 'page icon') throw new Error(document.title)\" },\n\
         { click = \"#link\" }, { script = \"if (document.title !== 'last') throw new Error(document.title)\" },\n\
         { visit = \"more.html\" }, { script = \"if (document.title !== 'last') throw new Error(document.title)\" }]",
    );
});

#[test]
fn whatever_a_visitor_can_click_is_clicked() {
    assert_eq!(CLICKABLE.as_expected().len(), 2);
}

/// As pages of earlier years are written, and the scripts beside them; and as forms are posted.
pub(crate) const LETTERS: Part = Part::new("letters", |folder| {
    let latin = |text: &str| text.chars().map(|letter| letter as u8).collect::<Vec<_>>();
    let old = page(&invites("Für Sie?", 0)).replace("charset=utf-8", "charset=windows-1252");
    folder.write_bytes("old.html", &latin(&old));
    let beside = page("").replace("charset=utf-8", "charset=windows-1252");
    let beside = beside.replace("<h1>", "<script src=\"beside.js\"></script><h1>");
    folder.write_bytes("beside.html", &latin(&beside));
    folder.write_bytes("beside.js", &latin(&invites("Für Sie?", 0)));
    folder.write("new.html", &page(&invites("Für Sie?", 0)).replace("<meta charset=utf-8>", ""));
    let scenario = |name: &str| {
        format!(
            "[[scenario]]\nid = \"{name}\"\npromise = \"Everybody is greeted.\"\nsteps = [{{ visit = \"{name}.html\" }},\n\
         {{ expect = {{ invitation = {{ text = \"Für Sie?\" }} }} }}]\n"
        )
    };
    // A folder takes nothing, so its owner has to say what becomes of a form.
    let form = "<form method=\"post\" action=\"thanks.html\"><button>Send</button></form>";
    folder.write("form.html", &format!("<!doctype html><title>form</title>{form}"));
    folder.write("thanks.html", "<!doctype html><title>thanks</title>");
    let form = "[[scenario]]\nid = \"form\"\npromise = \"Thanks.\"\nsteps = [{ visit = \"form.html\" }, { click = \"button\" }]";
    let greeted = ["old", "beside", "new"].map(scenario).concat();
    folder.scenarios(&format!("{greeted}{form}"));
});

#[test]
fn a_page_says_itself_how_it_is_written_and_a_form_needs_a_reply() {
    let results = LETTERS.checked();
    let (posted, greeted): (Vec<_>, Vec<_>) = results.iter().partition(|result| result["id"] == "form");
    assert!(greeted.len() == 6 && greeted.iter().all(|result| result["outcome"] == "passed"), "{results:#?}");
    assert_eq!(posted.len(), 2);
    for result in posted {
        let reason = result["failure"]["reason"].as_str().unwrap();
        assert!(reason.contains("405") && reason.contains("a reply"), "{reason}");
    }
}
