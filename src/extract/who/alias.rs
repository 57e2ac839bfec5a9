//! Names that everybody knows to mean the same: `ISIS` and `Islamic State`, `Man Utd` and `Manchester United`.
//!
//! They join what an article names in both ways; they never put a name into an article that does not stand there.

use std::collections::HashMap;

use super::super::tagger::Kind;
use crate::text::fold;

/// One line a thing: `organization` or `place`, then its names, the fullest first, apart by tabs.
const ALIASES: &str = include_str!("../../../data/aliases.tsv");

/// The well-known aliases.
#[derive(Debug)]
pub struct Aliases {
    groups: HashMap<(Kind, String), u32>,
}

impl Aliases {
    /// Reads the list that comes with the program.
    pub fn embedded() -> Self {
        let mut groups = HashMap::new();
        for (number, line) in ALIASES.lines().filter(|line| !line.starts_with('#')).enumerate() {
            let mut names = line.split('\t');
            let kind = match names.next() {
                Some("organization") => Kind::Organization,
                Some("place") => Kind::Place,
                _ => continue,
            };
            groups.extend(names.map(|name| ((kind, fold::name(name)), number as u32)));
        }
        Self { groups }
    }

    /// Returns the number of the thing that a name means, if the list has it.
    pub(super) fn group(&self, kind: Kind, name: &str) -> Option<u32> {
        self.groups.get(&(kind, fold::name(name))).copied()
    }
}
