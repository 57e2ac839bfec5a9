//! Snippets: the passages that matched, with the words that matched marked, phrases as one.
//!
//! Works on the stored text with the same analysis as the index; knows no engine. Every output is HTML-escaped.

use std::collections::HashSet;

use super::answer::Snippet;
use crate::{
    document::Document,
    query::{Node, Scope},
    text::{
        fold::fold,
        terms::{Term, stems, terms},
    },
};

/// How much of a body is looked at, in bytes.
const MAX_BODY_BYTES: usize = 400_000;
/// The length of one passage, in bytes of text.
const PASSAGE_BYTES: usize = 220;
/// The most passages of one hit.
const MAX_PASSAGES: usize = 2;

/// What is marked, made ready once per search.
#[derive(Debug, Default)]
pub struct Highlighter {
    patterns: Vec<(Scope, Pattern)>,
}

#[derive(Debug)]
enum Pattern {
    /// One term with the same stem or exact form.
    Inflected(String),
    /// Exact forms in a row.
    Row(Vec<String>),
    /// `*` and `?`.
    Glob(Vec<char>),
    /// Within so many edits.
    Fuzzy(Vec<char>, usize),
    /// Two forms at most so many words apart.
    Near(String, String, u32),
}

impl Highlighter {
    /// Prepares what a query looks for; excluded parts are never marked.
    pub fn new(query: &Node) -> Self {
        let mut highlighter = Self::default();
        highlighter.collect(query);
        highlighter
    }

    fn collect(&mut self, node: &Node) {
        match node {
            Node::And(nodes) | Node::Or(nodes) => nodes.iter().for_each(|node| self.collect(node)),
            Node::Word { scope, word } => {
                let forms = exact(word);
                let pattern = match forms.as_slice() {
                    [one] => Pattern::Inflected(one.clone()),
                    _ => Pattern::Row(forms),
                };
                self.patterns.push((*scope, pattern));
            }
            Node::Phrase { scope, words } => self.patterns.push((*scope, Pattern::Row(exact(&words.join(" "))))),
            Node::Wildcard { scope, pattern } => {
                self.patterns.push((*scope, Pattern::Glob(fold(pattern).chars().collect())));
            }
            Node::Fuzzy { scope, word } => {
                let word: Vec<char> = fold(word).chars().collect();
                let edits = match word.len() {
                    0..4 => 0,
                    4..8 => 1,
                    _ => 2,
                };
                self.patterns.push((*scope, Pattern::Fuzzy(word, edits)));
            }
            Node::Near { scope, left, right, distance } => {
                self.patterns.push((*scope, Pattern::Near(fold(left), fold(right), *distance)));
            }
            Node::Named { words, .. } => {
                self.patterns.extend(words.iter().map(|word| (Scope::Anywhere, Pattern::Row(exact(word)))));
            }
            Node::All | Node::Nothing | Node::Published(_) | Node::Not(_) => {}
        }
    }

    /// Returns the snippet of a document.
    pub fn snippet(&self, document: &Document) -> Snippet {
        let language = document.language();
        let title = &document.article.title;
        let body = cut(&document.article.body, MAX_BODY_BYTES);
        let title_marks = self.marks(title, Scope::Title, language);
        let body_marks = self.marks(body, Scope::Body, language);
        Snippet { title: marked(title, 0..title.len(), &title_marks), body: passages(body, &body_marks) }
    }

    /// Returns the byte spans that matched, in order, not overlapping, each with the pattern it belongs to.
    fn marks(&self, text: &str, field: Scope, language: Option<&str>) -> Vec<(usize, usize, usize)> {
        let wanted = |scope: Scope| scope == Scope::Anywhere || scope == field;
        if text.is_empty() || !self.patterns.iter().any(|(scope, _)| wanted(*scope)) {
            return Vec::new();
        }
        let terms = terms(text, language);
        let mut marks = Vec::new();
        for (number, (scope, pattern)) in self.patterns.iter().enumerate() {
            if wanted(*scope) {
                pattern.find(&terms, language, &mut |from, to| {
                    marks.push((terms[from].start as usize, terms[to].end as usize, number));
                });
            }
        }
        marks.sort_unstable();
        let mut kept: Vec<(usize, usize, usize)> = Vec::with_capacity(marks.len());
        for mark in marks {
            match kept.last_mut() {
                Some(before) if mark.0 < before.1 => before.1 = before.1.max(mark.1),
                _ => kept.push(mark),
            }
        }
        kept
    }
}

impl Pattern {
    /// Calls `found` with the first and the last term of each match.
    fn find(&self, terms: &[Term], language: Option<&str>, found: &mut dyn FnMut(usize, usize)) {
        match self {
            Self::Inflected(word) => {
                let stems: Vec<String> = stems(word, &[language.unwrap_or("en")]);
                for (at, term) in terms.iter().enumerate() {
                    if term.text == *word || term.stem.as_ref().is_some_and(|stem| stems.contains(stem)) {
                        found(at, at);
                    }
                }
            }
            Self::Row(words) if !words.is_empty() => {
                for (at, row) in terms.windows(words.len()).enumerate() {
                    if row.iter().zip(words).all(|(term, word)| term.text == *word) {
                        found(at, at + words.len() - 1);
                    }
                }
            }
            Self::Row(_) => {}
            Self::Glob(pattern) => {
                for (at, term) in terms.iter().enumerate() {
                    if glob(pattern, &term.text) {
                        found(at, at);
                    }
                }
            }
            Self::Fuzzy(word, edits) => {
                for (at, term) in terms.iter().enumerate() {
                    if within(word, &term.text, *edits) {
                        found(at, at);
                    }
                }
            }
            Self::Near(left, right, distance) => {
                let is = |at: usize, word: &str| terms[at].text == word;
                for i in (0..terms.len()).filter(|i| is(*i, left)) {
                    let reach = *distance as usize + 1;
                    for j in (i.saturating_sub(reach)..(i + reach + 1).min(terms.len())).filter(|j| *j != i) {
                        if is(j, right) {
                            found(i, i);
                            found(j, j);
                        }
                    }
                }
            }
        }
    }
}

fn exact(text: &str) -> Vec<String> {
    terms(text, None).into_iter().map(|term| term.text).collect()
}

/// Matches `*` and `?` in time proportional to pattern × text.
fn glob(pattern: &[char], text: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    let (mut p, mut t, mut star) = (0, 0, None);
    while t < text.len() {
        if p < pattern.len() && pattern[p] == '*' {
            star = Some((p, t));
            p += 1;
        } else if p < pattern.len() && (pattern[p] == '?' || pattern[p] == text[t]) {
            p += 1;
            t += 1;
        } else if let Some((star_p, star_t)) = star {
            star = Some((star_p, star_t + 1));
            p = star_p + 1;
            t = star_t + 1;
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

/// Says whether a text is within `edits` insertions, deletions, substitutions or swaps of a word.
fn within(word: &[char], text: &str, edits: usize) -> bool {
    let text: Vec<char> = text.chars().take(word.len() + edits + 1).collect();
    if word.len().abs_diff(text.len()) > edits {
        return false;
    }
    let mut rows = vec![(0..=text.len()).collect::<Vec<usize>>()];
    for i in 1..=word.len() {
        let mut row = vec![i];
        for j in 1..=text.len() {
            let substituted = rows[i - 1][j - 1] + usize::from(word[i - 1] != text[j - 1]);
            let mut cost = substituted.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && word[i - 1] == text[j - 2] && word[i - 2] == text[j - 1] {
                cost = cost.min(rows[i - 2][j - 2] + 1);
            }
            row.push(cost);
        }
        rows.push(row);
    }
    rows[word.len()][text.len()] <= edits
}

fn cut(text: &str, most: usize) -> &str {
    let mut end = most.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// Returns the best passages: those with the most different patterns, in the order of the text.
fn passages(body: &str, marks: &[(usize, usize, usize)]) -> Vec<String> {
    if body.trim().is_empty() {
        return Vec::new();
    }
    if marks.is_empty() {
        return vec![marked(body, widened(body, 0, 0), marks)];
    }
    let mut windows: Vec<(usize, usize, usize)> = Vec::new();
    for (at, mark) in marks.iter().enumerate() {
        let inside: Vec<_> = marks[at..].iter().take_while(|it| it.1 <= mark.0 + PASSAGE_BYTES).collect();
        let different = inside.iter().map(|it| it.2).collect::<HashSet<_>>().len();
        let end = inside.last().map_or(mark.1, |it| it.1);
        windows.push((different * 1_000 + inside.len().min(20), mark.0, end));
    }
    // The best first; among equals the one that stands first.
    windows.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut ranges: Vec<std::ops::Range<usize>> = Vec::new();
    for (_, start, end) in windows {
        let range = widened(body, start, end);
        if ranges.iter().all(|it| range.end <= it.start || it.end <= range.start) {
            ranges.push(range);
        }
        if ranges.len() == MAX_PASSAGES {
            break;
        }
    }
    ranges.sort_by_key(|range| range.start);
    ranges.into_iter().map(|range| marked(body, range, marks)).collect()
}

/// Widens a span to a passage: from the beginning of its sentence if that is near, to the end of a word or sentence.
fn widened(body: &str, start: usize, end: usize) -> std::ops::Range<usize> {
    let room = PASSAGE_BYTES.saturating_sub(end - start);
    let mut from = start.saturating_sub(room / 2 + 20);
    while !body.is_char_boundary(from) {
        from += 1;
    }
    let before = &body[from..start];
    let sentence = before.rfind(['\n', '。']).or_else(|| before.rfind(". ")).or_else(|| before.rfind("! "));
    let from = match sentence {
        Some(at) => from + at + before[at..].chars().next().map_or(1, char::len_utf8),
        None if from == 0 => 0,
        None => before.find(char::is_whitespace).map_or(from, |at| from + at),
    };
    let mut to = (end + PASSAGE_BYTES.saturating_sub(end - from)).min(body.len()).max(end);
    while !body.is_char_boundary(to) {
        to -= 1;
    }
    if to < body.len() && to > end {
        let after = &body[end..to];
        let stop = after.rfind(char::is_whitespace).unwrap_or(after.len());
        to = end + after.find("\n\n").unwrap_or(stop);
    }
    let skipped = body[from..to].len() - body[from..to].trim_start().len();
    (from + skipped).min(start.max(from))..to.max(end)
}

/// Escapes the range and marks what matched in it.
fn marked(text: &str, range: std::ops::Range<usize>, marks: &[(usize, usize, usize)]) -> String {
    let mut html = String::with_capacity(range.len() + 64);
    let mut at = range.start;
    for (start, end, _) in marks.iter().filter(|it| it.0 >= range.start && it.1 <= range.end) {
        escape(&text[at..*start], &mut html);
        html.push_str("<mark>");
        escape(&text[*start..*end], &mut html);
        html.push_str("</mark>");
        at = *end;
    }
    escape(&text[at..range.end], &mut html);
    html
}

fn escape(text: &str, html: &mut String) {
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            '\n' | '\t' => html.push(' '),
            _ => html.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        article::{Article, ArticleId},
        extract::Extraction,
        query::parse,
    };

    fn snippet(query: &str, title: &str, body: &str) -> Snippet {
        let mut article = Article::new(ArticleId::given("1").unwrap());
        article.title = title.into();
        article.body = body.into();
        article.language = "en".into();
        Highlighter::new(&parse(query, false).node).snippet(&Document::new(article, Extraction::default()))
    }

    #[test]
    fn what_matched_is_marked_and_nothing_else() {
        let found = snippet("talks -war", "War & <Peace>", "They were talking of war. Talks begin in Café Élan.");
        assert_eq!(found.title, "War &amp; &lt;Peace&gt;");
        assert!(found.body[0].contains("<mark>Talks</mark>") && !found.body[0].contains("<mark>war"));
        let found = snippet("\"red line\" caf* elan~", "", "A red line at the Café Élan; the red lines.");
        assert_eq!(found.body[0], "A <mark>red line</mark> at the <mark>Café</mark> <mark>Élan</mark>; the red lines.");
    }

    #[test]
    fn a_long_body_gives_its_best_passage() {
        let filler = "Nothing of note happened on the quay that day. ".repeat(60);
        let found =
            snippet("bridge opened", "", &format!("A bridge. {filler}The bridge was opened by the mayor. {filler}"));
        assert!(
            found.body.iter().any(|it| it.contains("<mark>bridge</mark> was <mark>opened</mark>")),
            "{:?}",
            found.body
        );
    }

    proptest! {
        #[test]
        fn nothing_panics_and_markup_never_gets_through(text in "\\PC{0,300}", query in "[a-z*?~\" ]{0,20}") {
            let found = snippet(&query, &text, &text);
            let clean = found.title.replace("<mark>", "").replace("</mark>", "");
            prop_assert!(!clean.contains(['<', '>']));
        }
    }
}
