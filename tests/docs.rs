//! What the documents say, held against what is there; no browser is needed.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use lcw::assets::Assets;
use lcw::report::{ExitCode, ReportKind};
use lcw::site::{FindingKind, Scenarios};
use lcw::suite::{Filter, Plan, Suites};
use serde_json::Value;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

fn read(path: impl AsRef<Path>) -> String {
    let path = Path::new(ROOT).join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The documents that people read, by path.
fn documents() -> BTreeMap<PathBuf, String> {
    let folder = |path: &Path| fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path());
    let root = Path::new(ROOT);
    let documents: BTreeMap<_, _> = folder(root)
        .chain(folder(&root.join("docs")))
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .map(|path| (path.clone(), read(&path)))
        .collect();
    assert!(documents.len() > 5, "{documents:?}");
    documents
}

fn lcw(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_lcw")).args(arguments).current_dir(ROOT).output().unwrap()
}

/// The cells of the table whose head begins with these cells.
fn table(text: &str, head: &str) -> Vec<Vec<String>> {
    let rows: Vec<_> = text
        .lines()
        .skip_while(|line| !line.starts_with(head))
        .skip(2)
        .take_while(|line| line.starts_with('|'))
        .map(|line| line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect())
        .collect();
    assert!(!rows.is_empty(), "no table {head}");
    rows
}

/// The commands of `lcw` in code, without what follows them.
fn commands(text: &str) -> impl Iterator<Item = &str> {
    let indented = text.lines().filter_map(|line| line.strip_prefix("    ")).map(str::trim);
    let inline = text.split('`').skip(1).step_by(2);
    let command = |code: &'_ str| code.starts_with("lcw ") || code.starts_with("cargo run -- ");
    indented
        .chain(inline)
        .filter(move |code| command(code))
        .map(|code| code.split(" #").next().unwrap().trim())
}

#[test]
fn the_exit_codes_are_those_of_the_program() {
    let expected: Vec<_> =
        ExitCode::ALL.iter().map(|code| vec![code.code().to_string(), code.meaning().to_owned()]).collect();
    assert_eq!(table(&read("README.md"), "| code | meaning"), expected);
    let codes: Vec<_> = ExitCode::ALL.iter().map(|code| code.code().to_string()).collect();
    let told = table(&read("docs/reports.md"), "| code |");
    assert_eq!(told.iter().map(|row| row[0].clone()).collect::<Vec<_>>(), codes);
}

#[test]
fn the_counts_are_those_of_the_plan() {
    let suites = Suites::load(&Assets::embedded()).unwrap();
    let plan = |strength| Plan::build(&suites, strength, &Filter::default()).unwrap();
    let (default, everything) = (plan(Some(2)), plan(None));
    let covered: BTreeSet<_> = default.cases.iter().flat_map(|case| &case.requirements).collect();
    let (cases, requirements) = (default.cases.len(), covered.len());
    let (readme, changes) = (read("README.md"), read("CHANGELOG.md"));
    for (document, expected) in [
        (&readme, format!("{cases} cases for {requirements} requirements")),
        (&readme, format!("Testing reference: {} results", cases * 2)),
        (&readme, format!("{} cases left out", default.left_out.len())),
        (&readme, format!("{cases} passed")),
        (&readme, format!("full product of {} cases", everything.cases.len())),
        (&changes, format!("{requirements} requirements and {cases} cases")),
    ] {
        assert!(document.contains(&expected), "nowhere: {expected}");
    }
}

#[test]
fn every_subcommand_and_report_is_in_the_readme() {
    let (readme, help) = (read("README.md"), String::from_utf8(lcw(&["--help"]).stdout).unwrap());
    let names =
        help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let names: Vec<_> = names.filter_map(|line| line.split_whitespace().next()).collect();
    assert!(names.contains(&"run"), "{help}");
    for name in names.into_iter().filter(|name| *name != "help") {
        assert!(readme.contains(&format!("lcw {name}")), "the README does not know `lcw {name}`");
    }
    for kind in ReportKind::ALL {
        assert!(readme.contains(&format!("--report {kind}=")), "the README does not know the report {kind}");
    }
}

/// With `--help` at its end a command does nothing, and still has to be one.
#[test]
fn every_command_is_one() {
    let mut tried = 0;
    for (path, text) in documents() {
        for command in commands(&text) {
            let command = command.strip_prefix("cargo run --").or(command.strip_prefix("lcw")).unwrap();
            // What stands for something, as in `lcw run WORD…`.
            if command.contains(['…', '[', '<']) {
                continue;
            }
            let mut words: Vec<_> = command.split_whitespace().map(|word| word.trim_matches('\'')).collect();
            words.push("--help");
            let output = lcw(&words);
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{}: lcw{command}: {said}", path.display());
            tried += 1;
        }
    }
    assert!(tried > 20, "{tried} commands found");
}

#[test]
fn every_relative_link_leads_somewhere() {
    for (path, text) in documents() {
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if link.starts_with("https://") {
                continue;
            }
            let target = path.parent().unwrap().join(link.split('#').next().unwrap());
            assert!(target.exists(), "{} links to {link}", path.display());
        }
    }
}

#[test]
fn every_variable_is_described() {
    let configuration = read("docs/configuration.md");
    let apart = ["LCW_PROVISION", "LCW_LOG"];
    for (path, text) in documents() {
        let name = |letter: char| letter.is_ascii_uppercase() || letter == '_';
        for variable in text.match_indices("LCW_").map(|(at, _)| {
            let rest = &text[at..];
            &rest[..rest.find(|letter| !name(letter)).unwrap_or(rest.len())]
        }) {
            let known = variable == "LCW_" || configuration.contains(&format!("`{variable}`"));
            assert!(known || apart.contains(&variable), "{} speaks of {variable}", path.display());
        }
    }
}

/// The examples are the project's own tests, to the letter but for white space. Those of the sources, too, so that nobody
/// has to compile them: for that the whole library would be read once more.
#[test]
fn every_rust_example_is_a_test_that_runs() {
    let bare = |text: &str| text.split_whitespace().collect::<String>();
    let tests = ["tests/testing.rs", "tests/site_page.rs"].map(|path| bare(&read(path))).concat();
    let sources = files(&Path::new(ROOT).join("src"), |_| true);
    let sources = sources.into_iter().map(|path| (path.clone(), documentation(&read(path))));
    let mut examples = 0;
    for (path, text) in sources.chain(documents()) {
        for example in text.split("```rust\n").skip(1).filter_map(|rest| rest.split("```").next()) {
            let found = tests.contains(&bare(example));
            assert!(found, "{}: not in a test:\n{example}", path.display());
            examples += 1;
        }
    }
    assert!(examples > 6, "{examples} examples found");
}

/// What a source says to those who use it. An example in it says that it is Rust, or what else it is.
fn documentation(source: &str) -> String {
    let lines = source.lines().filter_map(|line| {
        let line = line.trim_start();
        line.strip_prefix("//!").or_else(|| line.strip_prefix("///"))
    });
    let text: String = lines.map(|line| format!("{}\n", line.trim_start())).collect();
    for fence in text.lines().filter(|line| line.starts_with("```")).step_by(2) {
        assert!(["```rust", "```js"].contains(&fence), "an example begins with {fence}");
    }
    text
}

/// Which room knows which is a decision, not an accident.
#[test]
fn rooms_know_only_whom_the_architecture_says() {
    let architecture = read("docs/architecture.md");
    let words =
        |cell: &str| -> BTreeSet<String> { cell.split('`').skip(1).step_by(2).map(str::to_owned).collect() };
    let rooms: BTreeMap<String, BTreeSet<String>> = table(&architecture, "| room |")
        .iter()
        .map(|row| (words(&row[0]).pop_first().unwrap(), words(&row[2])))
        .collect();
    let library = read("src/lib.rs");
    let declared = library.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'));
    assert_eq!(declared.collect::<BTreeSet<_>>(), rooms.keys().map(String::as_str).collect());
    for (room, may_know) in &rooms {
        let mut knows = BTreeSet::new();
        for source in sources(&Path::new(ROOT).join("src"), room) {
            // Tests may look wherever they want; they stand at a file's end.
            let code = source.split("#[cfg(test)]\nmod tests").next().unwrap();
            knows.extend(code.split("crate::").skip(1).filter_map(|rest| {
                let name = rest.split(|letter: char| !letter.is_ascii_lowercase()).next()?;
                (rooms.contains_key(name) && name != room).then(|| name.to_owned())
            }));
        }
        let strangers: Vec<_> = knows.difference(may_know).collect();
        assert!(strangers.is_empty(), "{room} knows {strangers:?}, which docs/architecture.md does not say");
        let unused: Vec<_> = may_know.difference(&knows).collect();
        assert!(unused.is_empty(), "docs/architecture.md says that {room} knows {unused:?}");
    }
}

/// The sources of a room, its tests left out.
fn sources(folder: &Path, room: &str) -> Vec<String> {
    let file = folder.join(format!("{room}.rs"));
    if file.exists() {
        return vec![read(file)];
    }
    let is_no_test = |path: &Path| path.file_stem().is_none_or(|name| name != "tests");
    let found: Vec<_> = files(&folder.join(room), is_no_test).into_iter().map(read).collect();
    assert!(!found.is_empty(), "{room} has no sources");
    found
}

/// The Rust files in a folder and all below it of which `wanted` says so; what it refuses is not entered.
fn files(folder: &Path, wanted: impl Fn(&Path) -> bool) -> Vec<PathBuf> {
    let mut open = vec![folder.to_owned()];
    let mut found = Vec::new();
    while let Some(path) = open.pop() {
        if !wanted(&path) {
            continue;
        }
        if path.is_dir() {
            open.extend(fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

/// The words of a JSON Schema that people write: keys, and the values that are one of a few.
fn words_of(schema: &Value, words: &mut BTreeSet<String>) {
    match schema {
        Value::Object(entries) => {
            let keys =
                entries.get("properties").and_then(Value::as_object).into_iter().flat_map(|all| all.keys());
            words.extend(keys.cloned());
            let values = entries.get("enum").and_then(Value::as_array).into_iter().flatten();
            let values = values.chain(entries.get("const")).filter_map(Value::as_str);
            words.extend(values.map(str::to_owned));
            entries.values().for_each(|value| words_of(value, words));
        }
        Value::Array(values) => values.iter().for_each(|value| words_of(value, words)),
        _ => {}
    }
}

#[test]
fn every_word_of_a_scenario_is_in_a_table() {
    let mut schema = Scenarios::schema().to_value();
    // What only the project's own pages are configured with.
    for own in ["ProactiveChatCall", "WindowOptions", "Ready", "PageKind"] {
        assert!(schema["$defs"].as_object_mut().unwrap().remove(own).is_some(), "{own}");
    }
    let mut words = BTreeSet::new();
    words_of(&schema, &mut words);
    assert!(words.contains("mouse-leave") && words.contains("page-errors") && words.len() > 70, "{words:?}");
    // The last three are named below the table, the first is the heading of each scenario.
    words.retain(|word| !["scenario", "ready", "page", "page-call"].contains(&word.as_str()));
    let document = read("docs/scenarios.md");
    let code = document
        .lines()
        .filter(|line| line.starts_with('|'))
        .flat_map(|line| line.split('`').skip(1).step_by(2));
    let told: BTreeSet<&str> = code
        .flat_map(|code| code.split(|letter: char| !letter.is_ascii_lowercase() && letter != '-'))
        .collect();
    let missing: Vec<_> = words.iter().filter(|word| !told.contains(word.as_str())).collect();
    assert!(missing.is_empty(), "docs/scenarios.md has no line about {missing:?}");
}

#[test]
fn every_known_mistake_is_in_the_table() {
    let kinds: Vec<_> = FindingKind::ALL
        .iter()
        .map(|kind| vec![format!("`{}`", kind.id()), kind.level().to_string(), kind.meaning().to_owned()])
        .collect();
    assert_eq!(table(&read("docs/scenarios.md"), "| mistake | level |"), kinds);
}

#[test]
fn continuous_integration_is_the_gate_on_the_promised_rust() {
    let (manifest, workflow, gate) = (read("Cargo.toml"), read(".github/workflows/ci.yml"), read(".ci/run"));
    let readme = read("README.md");
    let promised = manifest.lines().find_map(|line| line.strip_prefix("rust-version = ")).unwrap();
    assert!(
        workflow.contains(&format!("RUSTUP_TOOLCHAIN: {promised}")),
        "the workflow builds with another Rust"
    );
    assert!(workflow.contains("run: .ci/run\n"));
    for (place, text) in [("README.md", &readme), ("CONTRIBUTING.md", &read("CONTRIBUTING.md"))] {
        assert!(text.contains(promised.trim_matches('"')), "{place} promises another Rust");
    }
    let command = "LCW_PROVISION=1 cargo test";
    assert!(readme.contains(&format!("    {command} ")) && gate.contains(&format!("{command}\n")));
}

/// The crates that are built on this system, each with its features: all of them, or those without tests.
#[cfg(target_os = "linux")]
fn crates(edges: &str) -> BTreeSet<String> {
    let arguments =
        ["tree", "--locked", "--offline", "--prefix", "none", "--format", "{p} [{f}]", "--edges", edges];
    let tree = Command::new(env!("CARGO")).args(arguments).current_dir(ROOT).output().unwrap();
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    let lines = String::from_utf8(tree.stdout).unwrap();
    lines.lines().map(|line| line.trim_end_matches(" (*)").to_owned()).collect()
}

// Other systems have crates of their own: what they would build twice is not told here.
#[cfg(target_os = "linux")]
#[test]
fn tests_build_on_what_the_first_command_has_built() {
    let (tests, program) = (crates("normal,build,dev"), crates("normal,build"));
    assert!(tests.len() > program.len());
    let twice: Vec<_> = program.difference(&tests).collect();
    assert!(twice.is_empty(), "`cargo test` builds these once more, with other features: {twice:#?}");
}
