//! The parser of the query language: bounded in length, depth and clauses, and it never refuses.
//!
//! A query that is not well formed is repaired and answered, with a notice. The engine's own parser is never given what a
//! person typed: it aborts the process on deep nesting.

use super::{
    Node, Scope,
    lexer::{Token, tokens},
    notices::Notices,
};
use crate::document::Facet;

/// The longest query that is read, in characters.
pub const MAX_CHARACTERS: usize = 4_096;
/// The deepest nesting of parentheses.
pub const MAX_DEPTH: usize = 24;
/// The most words, phrases and fields in one query.
pub const MAX_CLAUSES: usize = 256;

/// A query and what had to be repaired in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Parsed {
    /// The tree, at most [`MAX_DEPTH`] deep (twice that with negations).
    pub node: Node,
    /// Sentences for the reader.
    pub notices: Vec<String>,
}

/// Parses a query. With `any`, words that stand side by side are alternatives instead of all required.
pub fn parse(query: &str, any: bool) -> Parsed {
    let mut notices = Notices::default();
    let bounded: String = query.chars().take(MAX_CHARACTERS).collect();
    if bounded.len() < query.len() {
        notices.add(&format!("only the first {MAX_CHARACTERS} characters of the query were read"));
    }
    let tokens = tokens(&bounded, &mut notices);
    let mut parser =
        Parser { tokens, at: 0, any, clauses: 0, patterns: 0, notices, target: Target::Text(Scope::Anywhere) };
    let mut parts = Vec::new();
    loop {
        parts.extend(parser.alternatives(0));
        // What is left begins with a parenthesis that was never opened.
        match parser.next() {
            Some(Token::Close) => parser.notice("a closing parenthesis without its opening one was left out"),
            Some(_) => {}
            None => break,
        }
    }
    let mut node = join(parts, Node::And).unwrap_or(Node::All);
    if let Node::And(parts) = &mut node {
        parts.sort_by_key(|part| matches!(part, Node::Not(_)));
    }
    let everything = query.chars().all(|c| c.is_whitespace() || matches!(c, '*' | '(' | ')'));
    if node == Node::All && !everything {
        parser.notice("the query has no word in it; every article is shown");
    }
    Parsed { node, notices: parser.notices.into_sentences() }
}

/// What a word is looked up in.
#[derive(Clone, Copy)]
pub(super) enum Target {
    /// The text of an article.
    Text(Scope),
    /// The values of a facet.
    Facet(Facet),
    /// The date.
    Published,
}

impl Target {
    /// Returns what a field of that name looks in; `None` if there is none.
    pub(super) fn named(name: &str) -> Option<Self> {
        match name {
            "title" => Some(Self::Text(Scope::Title)),
            "body" | "text" => Some(Self::Text(Scope::Body)),
            "published" | "date" => Some(Self::Published),
            _ => Facet::named(name).map(Self::Facet),
        }
    }
}

/// The state of parsing: what has been read, and how much of what is bounded.
pub(super) struct Parser {
    tokens: Vec<Token>,
    at: usize,
    any: bool,
    clauses: usize,
    /// Wildcards and near spellings so far.
    pub(super) patterns: usize,
    notices: Notices,
    /// The field that is being read.
    pub(super) target: Target,
}

impl Parser {
    /// Returns the next token and stays before it.
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    /// Returns the next token and goes on.
    fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        token
    }

    /// Tells the reader what was repaired.
    pub(super) fn notice(&mut self, text: &str) {
        self.notices.add(text);
    }

    /// Tells the reader that an operator has nothing to stand between or before.
    fn stray(&mut self, operator: &str) {
        let place = if operator == "NOT" { "before what it leaves out" } else { "between two words" };
        self.notice(&format!("{operator} stands {place}; it was left out"));
    }

    /// `a b OR c d`: either `a b` or `c d`.
    fn alternatives(&mut self, depth: usize) -> Option<Node> {
        let mut nodes = Vec::new();
        loop {
            let begins = self.at;
            nodes.extend(self.all(depth));
            // Nothing at all stands before this `OR`, or behind the one before.
            let bare = self.at == begins;
            let more = self.peek() == Some(&Token::Or);
            if bare && (more || begins > 0 && self.tokens.get(begins - 1) == Some(&Token::Or)) {
                self.stray("OR");
            }
            if !more {
                return join(nodes, Node::Or);
            }
            self.at += 1;
        }
    }

    /// `a b -c`: everything up to the next `OR` or closing parenthesis.
    fn all(&mut self, depth: usize) -> Option<Node> {
        // Groups of which each must be there as a whole; in `all` mode, and where AND is written, one group.
        let (mut wanted, mut unwanted) = (Vec::<Vec<Node>>::new(), Vec::new());
        let (mut joined, begins) = (false, self.at);
        while let Some(token) = self.peek() {
            match token {
                Token::Or | Token::Close => break,
                Token::And => {
                    if !self.joins(begins) {
                        self.stray("AND");
                    }
                    self.at += 1;
                    joined = true;
                }
                Token::Near(_) => {
                    self.at += 1;
                    self.stray("NEAR");
                }
                _ => {
                    match self.unary(depth) {
                        Some(Node::Not(node)) => unwanted.push(Node::Not(node)),
                        Some(node) => match wanted.last_mut() {
                            Some(group) if joined || !self.any => group.push(node),
                            _ => wanted.push(vec![node]),
                        },
                        None => {}
                    }
                    joined = false;
                }
            }
        }
        let groups = wanted.into_iter().filter_map(|group| match self.target {
            Target::Facet(facet) => join(one_value(facet, group), Node::And),
            _ => join(group, Node::And),
        });
        let wanted = join(groups.collect(), Node::Or);
        unwanted.splice(0..0, wanted);
        join(unwanted, Node::And)
    }

    /// Says whether the `AND` that is next has something on either side, since `begins`.
    fn joins(&self, begins: usize) -> bool {
        let before = self.at > begins && !matches!(self.tokens[self.at - 1], Token::And | Token::Not);
        let after = self.tokens.get(self.at + 1);
        before && after.is_some_and(|it| !matches!(it, Token::And | Token::Or | Token::Close))
    }

    /// `-a`, `NOT NOT a`: an operand, with or without negation.
    fn unary(&mut self, depth: usize) -> Option<Node> {
        let (mut negated, begins) = (false, self.at);
        while self.peek() == Some(&Token::Not) {
            negated = !negated;
            self.at += 1;
        }
        if self.at > begins && !self.operand_follows() {
            self.stray("NOT");
        }
        let node = self.operand(depth)?;
        if !negated {
            return Some(node);
        }
        Some(match node {
            Node::Not(inner) => *inner,
            node => Node::Not(Box::new(node)),
        })
    }

    /// Says whether what comes next can be looked for.
    fn operand_follows(&self) -> bool {
        !matches!(self.peek(), None | Some(Token::Or | Token::And | Token::Close | Token::Near(_)))
    }

    /// A word, a quotation, a group, or one of them in a field.
    fn operand(&mut self, depth: usize) -> Option<Node> {
        match self.peek()? {
            Token::Or | Token::And | Token::Close | Token::Near(_) | Token::Not => None,
            Token::Open => {
                self.at += 1;
                self.group(depth)
            }
            Token::Field(_) => self.field(depth),
            Token::Quoted(_) | Token::Word(_) => {
                let left = self.leaf()?;
                self.near(left)
            }
        }
    }

    /// One word or quotation, in the field that is being read; see `leaf.rs`.
    fn leaf(&mut self) -> Option<Node> {
        let token = self.next()?;
        self.clauses += 1;
        if self.clauses > MAX_CLAUSES {
            self.notice(&format!("only the first {MAX_CLAUSES} words of the query were read"));
            return None;
        }
        match token {
            Token::Quoted(text) => self.phrase(&text),
            Token::Word(text) => self.word(&text),
            _ => None,
        }
    }

    /// `left NEAR/5 b`; a chain `a NEAR b NEAR c` asks for each pair.
    fn near(&mut self, mut left: Node) -> Option<Node> {
        let mut pairs = Vec::new();
        while left.is_text()
            && let Some(Token::Near(distance)) = self.peek()
            && let Some(Token::Word(_) | Token::Quoted(_)) = self.tokens.get(self.at + 1)
        {
            let distance = *distance;
            self.at += 1;
            let Some(right) = self.leaf().filter(Node::is_text) else { break };
            pairs.push(Node::Near { left: Box::new(left), right: Box::new(right.clone()), distance });
            left = right;
        }
        join(pairs, Node::And).or(Some(left))
    }

    /// What stands between parentheses; the opening one has been read.
    fn group(&mut self, depth: usize) -> Option<Node> {
        if depth >= MAX_DEPTH {
            self.notice(&format!("parentheses nested deeper than {MAX_DEPTH} were left out"));
            // Skipped in a loop, so that the depth of the input never becomes depth of the stack.
            while self.peek() == Some(&Token::Open) {
                self.at += 1;
            }
            return self.operand_or_none(depth);
        }
        if self.peek() == Some(&Token::Close) {
            self.notice("parentheses with nothing between them were left out");
        }
        let node = self.alternatives(depth + 1);
        if self.peek() == Some(&Token::Close) {
            self.at += 1;
        } else {
            self.notice("a closing parenthesis was missing; it was put at the end");
        }
        node
    }

    /// A word or quotation where nothing deeper may follow.
    fn operand_or_none(&mut self, depth: usize) -> Option<Node> {
        match self.peek() {
            Some(Token::Word(_) | Token::Quoted(_)) => self.operand(depth),
            _ => None,
        }
    }

    /// `title:` and the like, with what is looked for in the field.
    fn field(&mut self, depth: usize) -> Option<Node> {
        let Some(Token::Field(name)) = self.next() else {
            return None;
        };
        let Some(target) = Target::named(&name) else {
            self.notice(&format!("there is no field `{name}`; it was searched as a word"));
            let rest = self.operand_shallow(depth);
            let word = self.word(&name);
            return join([word, rest].into_iter().flatten().collect(), Node::And);
        };
        let outer = std::mem::replace(&mut self.target, target);
        let said = self.notices.count();
        let node = self.operand_shallow(depth);
        self.target = outer;
        if node.is_none() && self.notices.count() == said {
            self.notice(&format!("`{name}:` has nothing behind it to look for; it was left out"));
        }
        node
    }

    /// The operand of a field; a chain `title:title:title:…` counts as nesting.
    fn operand_shallow(&mut self, depth: usize) -> Option<Node> {
        if depth >= MAX_DEPTH {
            while matches!(self.peek(), Some(Token::Field(_))) {
                self.at += 1;
            }
        }
        match self.peek() {
            Some(Token::Not) => {
                self.at += 1;
                let node = self.operand((depth + 1).min(MAX_DEPTH))?;
                Some(Node::Not(Box::new(node)))
            }
            _ => self.operand((depth + 1).min(MAX_DEPTH)),
        }
    }
}

/// Makes the names that stand side by side in `person:(marco rubio)` one name that has them all.
fn one_value(facet: Facet, nodes: Vec<Node>) -> Vec<Node> {
    let (mut all, mut kept) = (Vec::new(), Vec::new());
    for node in nodes {
        match node {
            Node::Named { facet: own, parts } if own == facet => all.extend(parts),
            node => kept.push(node),
        }
    }
    if !all.is_empty() {
        kept.insert(0, Node::Named { facet, parts: distinct(all) });
    }
    kept
}

fn distinct(nodes: Vec<Node>) -> Vec<Node> {
    let mut kept: Vec<Node> = Vec::with_capacity(nodes.len());
    for node in nodes {
        if !kept.contains(&node) {
            kept.push(node);
        }
    }
    kept
}

fn join(nodes: Vec<Node>, many: fn(Vec<Node>) -> Node) -> Option<Node> {
    let same = |node| match (many(Vec::new()), node) {
        (Node::And(_), Node::And(nodes)) | (Node::Or(_), Node::Or(nodes)) => nodes,
        (_, node) => vec![node],
    };
    let mut nodes = distinct(nodes.into_iter().flat_map(same).collect());
    if nodes.len() > 1 { Some(many(nodes)) } else { nodes.pop() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::query::{leaf::MAX_PATTERNS, notices::MAX_NOTICES, understood};

    fn shown(query: &str) -> String {
        understood(&parse(query, false).node)
    }

    #[test]
    fn operators_are_understood() {
        assert_eq!(shown("peace talks"), "peace AND talks");
        assert_eq!(shown("a OR b c"), "a OR (b AND c)");
        assert_eq!(shown("peace -\"red line\" NOT war"), "peace AND NOT \"red line\" AND NOT war");
        assert_eq!(shown("title:(peace OR war) person:putin"), "(title:peace OR title:war) AND people:putin");
        assert_eq!(shown("pres* col?r word~ a NEAR/5 b"), "pres* AND col?r AND word~ AND (a NEAR/5 b)");
        assert_eq!(shown("title:(\"red line\" NEAR/3 talks)"), "title:(\"red line\" NEAR/3 talks)");
        assert_eq!(shown("a NEAR/2 b NEAR/3 c"), "(a NEAR/2 b) AND (b NEAR/3 c)");
        assert_eq!(shown("person:(marco rubio -\"jan kos\")"), "people:(marco AND rubio) AND NOT people:\"jan kos\"");
        assert_eq!(
            shown("person:zel* person:* title:* published:*"),
            "people:zel* AND people:* AND title:* AND published:*"
        );
        assert_eq!(shown("peace peace OR peace"), "peace");
        assert_eq!(shown("published:2025-10..2025-11"), "published:2025-10-01..2025-11-30");
        assert_eq!(shown("who is he?"), "who AND is AND he");
        assert_eq!(shown("*"), "every article");
    }

    #[test]
    fn with_any_only_a_written_and_binds() {
        let shown = |query: &str| understood(&parse(query, true).node);
        assert_eq!(shown("a b -c"), "(a OR b) AND NOT c");
        assert_eq!(shown("a AND b c"), "(a AND b) OR c");
        assert_eq!(shown("person:(marco AND rubio) x"), "people:(marco AND rubio) OR x");
        assert_eq!(shown("person:(marco rubio)"), "people:marco OR people:rubio");
    }

    #[test]
    fn broken_queries_are_repaired_with_a_notice() {
        for (query, understood_as, said) in [
            ("\"peace talks", "\"peace talks\"", "quotation mark was missing"),
            ("(peace", "peace", "parenthesis was missing"),
            ("peace)", "peace", "without its opening one"),
            ("peace ()", "peace", "nothing between them"),
            ("peace \"\"", "peace", "no word in it"),
            ("published:soon peace", "peace", "`soon` is no date"),
            ("published:2024..2023", "published:2023-01-01..2024-12-31", "wrong way round"),
            ("strike OR", "strike", "OR stands between"),
            ("OR strike", "strike", "OR stands between"),
            ("a OR OR b", "a OR b", "OR stands between"),
            ("(strike OR)", "strike", "OR stands between"),
            ("strike AND OR x", "strike OR x", "AND stands between"),
            ("AND strike", "strike", "AND stands between"),
            ("strike AND", "strike", "AND stands between"),
            ("a AND AND b", "a AND b", "AND stands between"),
            ("strike NOT", "strike", "NOT stands before"),
            ("NOT OR strike", "strike", "NOT stands before"),
            ("strike -", "strike", "a minus"),
            ("peace - talks", "peace AND talks", "a minus"),
            ("!strike", "strike", "`!` was left out"),
            ("NEAR/5", "every article", "NEAR stands between"),
            ("a NEAR/99999999999 b", "(a NEAR/100 b)", "at most 100"),
            ("a NEAR/x b", "(a NEAR/5 b)", "takes a number"),
            ("\"a b\"~7", "\"a b\"", "behind a quotation"),
            ("word~9", "word~", "one letter off"),
            ("title:", "title", "right behind `title:`"),
            ("person: kos", "person AND kos", "right behind `person:`"),
            ("title:\"\" peace", "peace", "no word in it"),
            ("(title:) peace", "peace", "nothing behind it"),
            ("?????", "every article", "`?????` has no letter"),
            ("strike ?*?", "strike", "`?*?` has no letter"),
            ("&", "every article", "no word"),
        ] {
            let parsed = parse(query, false);
            assert_eq!(understood(&parsed.node), understood_as, "{query}");
            assert!(parsed.notices.iter().any(|it| it.contains(said)), "{query}: {:?}", parsed.notices);
        }
    }

    #[test]
    fn what_means_what_it_says_goes_without_notice() {
        for query in [
            "peace",
            "a OR b",
            "a AND b",
            "a AND NOT b",
            "NOT a",
            "-a b",
            "(a OR b) c",
            "who is he ?",
            "peace – talks",
            "Stop! Thief!",
            "title:(a OR b)",
            "person:*",
            "*",
            "",
            "NOT NOT a",
            "Warning: floods",
            "a NEAR b",
            "well-known",
        ] {
            assert_eq!(parse(query, false).notices, Vec::<String>::new(), "{query}");
        }
    }

    #[test]
    fn notices_are_bounded() {
        let query = (0..400).map(|i| format!("nofield{}:x", char::from(b'a' + (i % 26) as u8))).collect::<Vec<_>>();
        assert!(parse(&query.join(" "), false).notices.len() <= MAX_NOTICES);
    }

    #[test]
    fn a_hundred_thousand_parentheses_are_no_matter() {
        for query in [
            "(".repeat(100_000),
            "(a".repeat(50_000),
            "NOT ".repeat(30_000),
            "title:".repeat(20_000),
            "-(".repeat(9_000),
        ] {
            assert!(!parse(&query, false).notices.is_empty());
        }
    }

    #[test]
    fn what_costs_much_is_bounded() {
        let long = format!("{}* peace", "a".repeat(64));
        let many = "a* OR ".repeat(20_000);
        let various = (0..200).map(|i| format!("a{i}*")).collect::<Vec<_>>().join(" ");
        for (query, expected) in [
            (long.as_str(), "peace"),
            (many.as_str(), "a*"),
            ("?*?*?*a?*?*", "?*?*?*a?*?*"),
            (&format!("{}~ peace", "b".repeat(41)), &format!("{} AND peace", "b".repeat(41))),
        ] {
            assert_eq!(shown(query), expected);
        }
        assert_eq!(shown(&various).split(" AND ").count(), MAX_PATTERNS);
        assert!(parse(&various, false).notices[0].contains("wildcards"));
    }

    proptest! {
        #[test]
        fn what_was_understood_is_understood_again(query in "[a-z東()\"*?~ -]{0,40}( (OR|NOT|NEAR/3|title:|person:\\(|published:1998) [a-zé*\"]{1,9}){0,4}") {
            let node = parse(&query, false).node;
            let written = understood(&node);
            if node != Node::All {
                prop_assert_eq!(understood(&parse(&written, false).node), written);
            }
        }

        #[test]
        fn anything_can_be_parsed(query in "[ -~“”«»a-zäö()\"*?:~-]{0,200}", any: bool) {
            let parsed = parse(&query, any);
            let _ = understood(&parsed.node);
        }
    }
}
