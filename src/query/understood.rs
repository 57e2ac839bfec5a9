//! A query tree written out, so that a reader sees how the query was understood.

use super::{DayRange, Node, Scope};
use crate::article::Date;

/// Returns the query in full, every operator written: `peace AND NOT "red line"`. Parsed again, it gives the same tree.
pub fn understood(node: &Node) -> String {
    match node {
        Node::All => "every article".to_owned(),
        Node::Nothing => "no article".to_owned(),
        node if node.is_text() => format!("{}{}", prefix(node.scope()), bare(node)),
        Node::Near { left, right, distance } => {
            let (left, right) = (bare(left), bare(right));
            format!("{}({left} NEAR/{distance} {right})", prefix(node.scope()))
        }
        Node::Named { facet, parts } => {
            let parts: Vec<String> = parts.iter().map(bare).collect();
            match parts.as_slice() {
                [one] => format!("{}:{one}", facet.name()),
                many => format!("{}:({})", facet.name(), many.join(" AND ")),
            }
        }
        Node::Published(range) => format!("published:{}", written(*range)),
        Node::And(nodes) => nodes.iter().map(nested).collect::<Vec<_>>().join(" AND "),
        Node::Or(nodes) => nodes.iter().map(nested).collect::<Vec<_>>().join(" OR "),
        Node::Not(node) => format!("NOT {}", nested(node)),
        node => bare(node),
    }
}

/// A word, phrase, wildcard or near spelling without its field.
fn bare(node: &Node) -> String {
    match node {
        Node::Word { word, .. } => word.clone(),
        Node::Phrase { words, .. } => format!("\"{}\"", words.join(" ")),
        Node::Wildcard { pattern, .. } => pattern.clone(),
        Node::Fuzzy { word, .. } => format!("{word}~"),
        node => understood(node),
    }
}

fn nested(node: &Node) -> String {
    match node {
        Node::All => "*".to_owned(),
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
    if (range.from, range.to) == (i32::MIN, i32::MAX) {
        return "*".to_owned();
    }
    let day = |number: i32| Date::from_day_number(number).map(|date| date.to_string()).unwrap_or_default();
    format!("{}..{}", day(range.from), day(range.to))
}
