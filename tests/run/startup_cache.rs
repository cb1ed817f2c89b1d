//! What Firefox has compiled of itself is kept for its next start, and for no other Firefox.

use std::fs;
use std::path::PathBuf;

use lcw::browser::discovery;
use lcw::config::{BrowserKind, BrowserSettings};

use crate::scratch::{Scratch, need_browsers, run_in};

const SUITE: &str = "\
[[case]]
id = \"default\"
title = \"an invitation without a message\"
steps = [{ call = {} }]
";

/// A folder whose runs keep their caches in it.
fn scratch() -> Scratch {
    need_browsers();
    let scratch = Scratch::with_suite(SUITE);
    let cache = scratch.path("cache").display().to_string();
    // It would be searched for in the user's cache.
    let found = discovery::find(BrowserKind::Firefox, &BrowserSettings::default()).unwrap();
    let driver = found.driver.path.display().to_string();
    scratch.variable("XDG_CACHE_HOME", cache).variable("LCW_FIREFOX_DRIVER", driver)
}

/// The folders that are kept, each for one Firefox.
fn kept(scratch: &Scratch) -> Vec<PathBuf> {
    let entries = fs::read_dir(scratch.path("cache/lcw/firefox"));
    entries.into_iter().flatten().map(|entry| entry.unwrap().path()).collect()
}

#[test]
fn the_first_firefox_leaves_its_cache_and_the_next_ones_take_it() {
    let scratch = scratch();
    scratch.run(run_in("firefox", &[])).code(0);
    let [folder] = &kept(&scratch)[..] else { panic!("{:?}", kept(&scratch)) };
    let build = folder.join("compatibility.ini");
    let scripts = folder.join("startupCache/scriptCache.bin");
    let first = fs::read_to_string(&build).unwrap();
    assert!(first.contains("LastVersion=") && scripts.exists(), "{first}");

    // Whatever is written from now on is another file.
    let mark = folder.join("mark");
    fs::write(&mark, "").unwrap();
    scratch.run(run_in("firefox", &[])).code(0);
    assert!(mark.exists(), "Firefox did not take what was kept for it");

    // A build that is not there any more.
    fs::write(&build, "[Compatibility]\nLastVersion=1.0_20041109000000/20041109000000\n").unwrap();
    scratch.run(run_in("firefox", &[])).code(0);
    assert_eq!(kept(&scratch), std::slice::from_ref(folder));
    assert!(!mark.exists() && scripts.exists());
    assert_eq!(fs::read_to_string(&build).unwrap(), first);
}

#[test]
fn a_firefox_that_does_not_start_with_it_is_started_without_it_the_next_time() {
    let scratch = scratch();
    let broken = scratch.write_program("firefox", "#!/bin/sh\nexit 1\n");
    let name =
        fs::canonicalize(&broken).unwrap().display().to_string().trim_start_matches('/').replace('/', "-");
    let folder = format!("cache/lcw/firefox/{name}");
    fs::create_dir_all(scratch.path(&format!("{folder}/startupCache"))).unwrap();
    scratch.write(&format!("{folder}/compatibility.ini"), "[Compatibility]\n");
    scratch.write(&format!("{folder}/startupCache/scriptCache.bin"), "");
    assert_eq!(kept(&scratch).len(), 1);
    let scratch = scratch.variable("LCW_FIREFOX_BINARY", broken.display().to_string());
    scratch.run(run_in("firefox", &[])).code(3);
    assert_eq!(kept(&scratch), Vec::<PathBuf>::new());
}

#[test]
fn a_profile_of_ones_own_is_left_as_it_is() {
    let scratch = scratch();
    fs::create_dir(scratch.path("profile")).unwrap();
    let profile = scratch.path("profile").display().to_string();
    scratch.write("webdriver.toml", &format!("[firefox]\nargs = [\"-profile\", \"{profile}\"]\n"));
    scratch.run(run_in("firefox", &[])).code(0);
    assert!(scratch.path("profile/prefs.js").exists());
    assert_eq!(kept(&scratch), Vec::<PathBuf>::new());
}
