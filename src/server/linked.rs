//! A module of the widget with all that it imports, as one file. Each file is a request, which costs a browser more than
//! the file even where it keeps it: Chromium tells its driver four things of every request. In another host's place the
//! browser holds each until the harness has answered.

use std::fmt::Write as _;

/// A module and what it imports in one, named as files of its folder; `None` when it imports nothing, or one of them is
/// missing, imports what imports it, or has imports or exports other than
///
/// ```js
/// import { a, b } from "./c.js";
/// export const d = …   // or a class, a function, an async function
/// ```
///
/// Then they are as good one by one.
pub(super) fn linked(entry: &str, read: impl Fn(&str) -> Option<String>) -> Option<String> {
    let mut linking = Linking { read, files: Vec::new(), text: String::new() };
    let entry = linking.module(entry, true)?;
    if entry.imports.is_empty() {
        return None;
    }
    linking.text.push_str(&entry.body);
    Some(linking.text)
}

struct Linking<R> {
    read: R,
    /// Those that have been begun, and their state.
    files: Vec<(String, State)>,
    text: String,
}

#[derive(PartialEq)]
enum State {
    UnderWay,
    Done,
}

impl<R: Fn(&str) -> Option<String>> Linking<R> {
    /// A module, behind those that it imports.
    fn module(&mut self, file: &str, is_entry: bool) -> Option<Module> {
        let module = Module::parse(&(self.read)(file)?, is_entry)?;
        let at = self.files.len();
        self.files.push((file.to_owned(), State::UnderWay));
        for import in &module.imports {
            self.add(import)?;
        }
        self.files[at].1 = State::Done;
        Some(module)
    }

    /// Adds an imported module, unless it is there.
    fn add(&mut self, file: &str) -> Option<()> {
        if let Some((_, state)) = self.files.iter().find(|(known, _)| known == file) {
            return (*state == State::Done).then_some(());
        }
        let Module { exports, body, .. } = self.module(file, false)?;
        let name = binding(file)?;
        // A scope of its own, in which it may wait as a module may.
        writeln!(
            self.text,
            "const {name} = await (async () => {{\n{body}return {{ {} }};\n}})();",
            exports.join(", ")
        )
        .ok()
    }
}

struct Module {
    /// The files that it imports.
    imports: Vec<String>,
    exports: Vec<String>,
    /// Its text; what is imported is taken from what stands before it.
    body: String,
}

impl Module {
    fn parse(text: &str, is_entry: bool) -> Option<Self> {
        let mut module = Self { imports: Vec::new(), exports: Vec::new(), body: String::new() };
        for line in text.lines() {
            if let Some(import) = line.strip_prefix("import ") {
                let (names, file) = import.strip_suffix("\";")?.split_once(" from \"./")?;
                if !names.starts_with('{') || names.contains(" as ") {
                    return None;
                }
                writeln!(module.body, "const {names} = {};", binding(file)?).ok()?;
                module.imports.push(file.to_owned());
                continue;
            }
            let mut line = line;
            if let Some(declaration) = line.strip_prefix("export ") {
                module.exports.push(declared(declaration)?.to_owned());
                if !is_entry {
                    line = declaration;
                }
            } else if is_left_over(line) {
                return None;
            }
            module.body.push_str(line);
            module.body.push('\n');
        }
        Some(module)
    }
}

/// Whether a line begins an import or an export that nobody has taken out of it.
fn is_left_over(line: &str) -> bool {
    let line = line.trim_start();
    let rest = line.strip_prefix("import").or_else(|| line.strip_prefix("export"));
    rest.is_some_and(|rest| rest.starts_with([' ', '{', '*', '"', '\'']))
}

/// The name that a module has in the one file.
fn binding(file: &str) -> Option<String> {
    let name = file.strip_suffix(".js")?;
    name.chars().all(|character| character.is_ascii_alphanumeric()).then(|| format!("${name}"))
}

/// The name that a declaration declares, if it cannot come to mean something else later.
fn declared(declaration: &str) -> Option<&str> {
    let kinds = ["const ", "class ", "function ", "async function "];
    let rest = kinds.into_iter().find_map(|kind| declaration.strip_prefix(kind))?;
    let end = rest.find(|character: char| !character.is_ascii_alphanumeric() && character != '_')?;
    Some(&rest[..end]).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assets::Assets;

    fn of(files: &[(&str, &str)]) -> Option<String> {
        let read =
            |name: &str| files.iter().find(|(file, _)| *file == name).map(|(_, text)| (*text).to_owned());
        linked("entry.js", read)
    }

    #[test]
    fn what_is_imported_stands_once_and_before_whoever_imports_it() {
        let one = of(&[
            (
                "entry.js",
                "import { b } from \"./b.js\";\nimport { c } from \"./c.js\";\nexport const a = b + c;\n",
            ),
            ("b.js", "import { c } from \"./c.js\";\nconst own = 1;\nexport const b = own + c;\n"),
            ("c.js", "const own = 2;\nexport function c() {}\nexport class D {}\n"),
        ]);
        insta::assert_snapshot!(one.unwrap_or_default(), @r"
        const $c = await (async () => {
        const own = 2;
        function c() {}
        class D {}
        return { c, D };
        })();
        const $b = await (async () => {
        const { c } = $c;
        const own = 1;
        const b = own + c;
        return { b };
        })();
        const { b } = $b;
        const { c } = $c;
        export const a = b + c;
        ");
    }

    #[test]
    fn what_imports_nothing_is_left_alone() {
        for text in ["export const a = 1;", "a classic script\n", ""] {
            assert_eq!(of(&[("entry.js", text)]), None, "{text}");
        }
    }

    #[test]
    fn what_is_not_understood_is_left_alone() {
        for (line, other) in [
            ("import { b } from \"./missing.js\";", ""),
            ("import { b } from \"./b.js\";", "import { a } from \"./entry.js\";"),
            ("import { b as a } from \"./b.js\";", ""),
            ("import b from \"./b.js\";", ""),
            ("import \"./b.js\";", ""),
            ("import { b } from \"./b.js\";", "export let b = 1;"),
            ("import { b } from \"./b.js\";", "export { b };"),
            ("import { b } from \"./b.js\";", "export default 1;"),
            ("import { b } from \"./b.js\";", "export{b};"),
            ("import { b } from \"./b.js\";", "import{c}from\"./c.js\";"),
            ("import { b } from \"./b.js\";", "  export const b = 1;"),
        ] {
            assert_eq!(of(&[("entry.js", line), ("b.js", other)]), None, "{line} {other}");
        }
    }

    #[test]
    fn the_widget_is_written_so_that_it_can_be_one_file() {
        let assets = Assets::embedded();
        let read = |name: &str| {
            let file = assets.read(&format!("widget/{name}")).ok()??;
            String::from_utf8(file.into_owned()).ok()
        };
        for entry in ["widget.js", "popout.js"] {
            let one = linked(entry, read).unwrap_or_default();
            assert!(one.contains("class Conversation") && !one.contains("\nimport "), "{entry}: {one}");
        }
    }
}
