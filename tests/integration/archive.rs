//! A temporary archive, made of the sample articles by the program itself.

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::Value;
use tempfile::TempDir;

/// The sample articles.
pub(crate) const SAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/articles");

/// An archive in a temporary folder, spoken to through the program.
pub(crate) struct TestArchive {
    folder: TempDir,
}

impl TestArchive {
    /// Begins an archive with nothing in it.
    pub(crate) fn empty() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// Makes an archive of the sample articles.
    pub(crate) fn of_samples() -> Self {
        let archive = Self::empty();
        archive.run(&["ingest", SAMPLES, "--quiet"]);
        archive
    }

    /// Returns where it is.
    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("archive")
    }

    /// Writes a file beside the archive and returns its path.
    pub(crate) fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path: &Path = &self.folder.path().join(name);
        std::fs::write(path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// Runs the program on the archive.
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_morgue")).env("MORGUE_ARCHIVE", self.path()).args(arguments).output().unwrap()
    }

    /// Runs the program and reads the JSON that it prints.
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        let output = self.run(arguments);
        serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)))
    }

    /// Returns every exported article.
    pub(crate) fn export(&self) -> Vec<Value> {
        let output = self.run(&["export"]);
        output
            .stdout
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty())
            .map(|line| serde_json::from_slice(line).unwrap())
            .collect()
    }
}
