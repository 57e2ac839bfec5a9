//! Names that end in `'s` of their own, such as `Moody's`: there it is no possessive.

use std::{collections::HashSet, sync::LazyLock};

use super::tagger::{Kind, RawMention};

/// Companies whose names end in `'s`, without it, one a line.
const NAMES: &str = include_str!("../../data/lists/possessive.txt");

/// Returns the mention with the `'s` that follows it, where that belongs to the name of an organization.
pub(super) fn with_own_s(text: &str, mention: RawMention) -> RawMention {
    let (Some(name), Some(rest)) =
        (text.get(mention.start as usize..mention.end as usize), text.get(mention.end as usize..))
    else {
        return mention;
    };
    let ending = ["'s", "’s", "'S", "’S"].into_iter().find(|ending| rest.starts_with(ending));
    match ending {
        Some(ending) if mention.kind == Kind::Organization && is_listed(name) => {
            RawMention { end: mention.end + ending.len() as u32, ..mention }
        }
        _ => mention,
    }
}

/// Says whether a name, without its `'s`, is one of those that end in it.
pub(super) fn is_listed(name: &str) -> bool {
    static SMALL: LazyLock<HashSet<String>> = LazyLock::new(|| NAMES.lines().map(str::to_ascii_lowercase).collect());
    SMALL.contains(name.to_ascii_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_that_have_an_s_keep_it() {
        let end = |text: &str, end: u32, kind| with_own_s(text, RawMention { start: 0, end, kind }).end;
        assert_eq!(end("Moody's cut it", 5, Kind::Organization), 7);
        assert_eq!(end("Moody’s cut it", 5, Kind::Organization), 9);
        assert_eq!(end("Moody's wife", 5, Kind::Person), 5);
        assert_eq!(end("Ford's cars", 4, Kind::Organization), 4);
    }
}
