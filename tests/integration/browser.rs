//! The pages in a real browser. They need Chromium and Node, so that only `tests/run` runs them.

use std::process::Command;

#[test]
#[ignore = "not run: the pages in a real browser; `tests/run` installs Chromium and Node and runs them"]
fn pages_do_what_a_reader_does() {
    let status = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/browser/run")).status().unwrap();
    assert!(status.success());
}
