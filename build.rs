//! Has the fixtures embedded anew when a file of theirs is added or removed.

fn main() {
    println!("cargo::rerun-if-changed=fixtures");
}
