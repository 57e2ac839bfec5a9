//! A query tree written out, so that a reader sees how the query was understood.

use super::{DayRange, Node, Scope};
use crate::article::Date;

/// Returns the query in full, every operator written: `peace AND NOT "red line"`.
pub fn understood(node: &Node) -> String {
    match node {
        Node::All => "every article".to_owned(),
        Node::Nothing => "no article".to_owned(),
        Node::Word { scope, word } => format!("{}{word}", prefix(*scope)),
        Node::Phrase { scope, words } => format!("{}\"{}\"", prefix(*scope), words.join(" ")),
        Node::Wildcard { scope, pattern } => format!("{}{pattern}", prefix(*scope)),
        Node::Fuzzy { scope, word } => format!("{}{word}~", prefix(*scope)),
        Node::Near { scope, left, right, distance } => {
            format!("({}{left} NEAR/{distance} {right})", prefix(*scope))
        }
        Node::Named { facet, words } => format!("{}:\"{}\"", facet.name(), words.join(" ")),
        Node::Published(range) => format!("published:{}", written(*range)),
        Node::And(nodes) => nodes.iter().map(nested).collect::<Vec<_>>().join(" AND "),
        Node::Or(nodes) => nodes.iter().map(nested).collect::<Vec<_>>().join(" OR "),
        Node::Not(node) => format!("NOT {}", nested(node)),
    }
}

fn nested(node: &Node) -> String {
    match node {
        Node::And(_) | Node::Or(_) => format!("({})", understood(node)),
        _ => understood(node),
    }
}

fn prefix(scope: Scope) -> &'static str {
    match scope {
        Scope::Anywhere => "",
        Scope::Title => "title:",
        Scope::Body => "body:",
    }
}

fn written(range: DayRange) -> String {
    let day = |number: i32| Date::from_day_number(number).map(|date| date.to_string()).unwrap_or_default();
    format!("{}..{}", day(range.from), day(range.to))
}
