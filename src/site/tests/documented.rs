//! The example of the documentation is a scenario.

use super::parse;

#[test]
fn every_example_is_read() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/scenarios.md");
    let document = std::fs::read_to_string(path).unwrap();
    let examples: Vec<_> =
        document.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(!examples.is_empty());
    for example in examples {
        assert!(parse(example).is_ok(), "{:?}\n{example}", parse(example));
    }
    // What stands in the table of steps can be written as it stands there.
    let steps = document.lines().skip_while(|line| !line.starts_with("| step |")).skip(2);
    let mut tried = 0;
    for line in steps.take_while(|line| line.starts_with('|')) {
        let cell = line.split('|').nth(1).unwrap();
        for step in cell.split('`').skip(1).step_by(2) {
            let text =
                format!("[[scenario]]\nid = \"a\"\npromise = \"b\"\nsteps = [{{ visit = \"\" }}, {step}]\n");
            assert!(parse(&text).is_ok(), "{step}: {:?}", parse(&text));
            tried += 1;
        }
    }
    assert_eq!(tried, 20, "every step has an example");
}
