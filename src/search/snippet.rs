//! Snippets: the passages that matched, with the words that matched marked, phrases as one.
//!
//! Works on the stored text with the same analysis as the index; knows no engine. Every output is HTML-escaped.

use std::{
    collections::HashSet,
    time::{Duration, Instant},
};

use super::{
    MAX_HEADLINE,
    answer::Snippet,
    highlight::{Mark, Wanted},
};
use crate::{
    document::Document,
    query::Node,
    text::{excerpt::excerpt_end, sentence::sentences, token::tokens},
};

/// How much of a body is looked at, in bytes.
const MAX_BODY_BYTES: usize = 400_000;
/// The length of one passage, in bytes of text.
const PASSAGE_BYTES: usize = 220;
/// The most passages of one hit.
const MAX_PASSAGES: usize = 2;
/// How long the hits of one search may be looked through; what is left then is shown from its beginning, unmarked.
const BUDGET: Duration = Duration::from_secs(2);

/// What is marked, made ready once per search.
#[derive(Debug)]
pub struct Highlighter {
    wanted: Wanted,
    until: Instant,
}

impl Highlighter {
    /// Prepares what a query looks for; excluded parts are never marked.
    pub fn new(query: &Node) -> Self {
        Self { wanted: Wanted::of(query), until: Instant::now() + BUDGET }
    }

    /// Returns the snippet of a document.
    pub fn snippet(&self, document: &Document) -> Snippet {
        let whole = document.article.title.as_str();
        let title = &whole[..excerpt_end(whole, MAX_HEADLINE)];
        let body = cut(&document.article.body, MAX_BODY_BYTES);
        let [title_marks, body_marks] = if Instant::now() > self.until {
            [Vec::new(), Vec::new()]
        } else {
            self.wanted.find(document, title, body).map(merged)
        };
        let mut headline = marked(title, 0..title.len(), &title_marks);
        if title.len() < whole.len() {
            headline.push('…');
        }
        Snippet { title: headline, body: passages(body, &body_marks) }
    }
}

/// Returns the marks in order, overlapping ones as one.
fn merged(mut marks: Vec<Mark>) -> Vec<Mark> {
    marks.sort_unstable();
    let mut kept: Vec<Mark> = Vec::with_capacity(marks.len());
    for mark in marks {
        match kept.last_mut() {
            Some(before) if mark.0 < before.1 => before.1 = before.1.max(mark.1),
            _ => kept.push(mark),
        }
    }
    kept
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
        return vec![passage(body, widened(body, 0, 0), marks)];
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
    ranges.into_iter().map(|range| passage(body, range, marks)).collect()
}

/// Marks a passage; an ellipsis stands where it begins or ends within a sentence.
fn passage(body: &str, range: std::ops::Range<usize>, marks: &[(usize, usize, usize)]) -> String {
    let (before, after) = (&body[..range.start], &body[range.end..]);
    let begins = before.trim_end().is_empty() || before.ends_with('\n') || ends_sentence(before.trim_end());
    let ends = after.trim().is_empty() || after.starts_with('\n') || ends_sentence(body[range.clone()].trim_end());
    let html = marked(body, range, marks);
    let (start, end) = (if begins { "" } else { "… " }, if ends { "" } else { " …" });
    format!("{start}{}{end}", html.trim_end())
}

/// Says whether a text ends with a full stop or the like, closing quotation marks after it or not.
fn ends_sentence(text: &str) -> bool {
    text.trim_end_matches(['"', '”', '’', '\'', '»', ')']).ends_with(['.', '!', '?', '…', '。', '！', '？'])
}

/// Widens a span to a passage: from the beginning of its sentence if that is near, to the end of a word or sentence.
fn widened(body: &str, start: usize, end: usize) -> std::ops::Range<usize> {
    let room = PASSAGE_BYTES.saturating_sub(end - start);
    let mut from = start.saturating_sub(room / 2 + 20);
    while !body.is_char_boundary(from) {
        from += 1;
    }
    let from = beginning(body, from, start);
    let mut to = (end + PASSAGE_BYTES.saturating_sub(end - from)).min(body.len()).max(end);
    while !body.is_char_boundary(to) {
        to -= 1;
    }
    if to < body.len() && to > end {
        let after = &body[end..to];
        let words = after.rfind(char::is_whitespace).unwrap_or(after.len());
        // Rather a sentence less than a sentence cut off, if enough is left.
        let sentence = after.match_indices(". ").map(|(at, _)| at + 1).filter(|at| end + at - from > PASSAGE_BYTES / 2);
        to = end + after.find("\n\n").or(sentence.last()).unwrap_or(words);
    }
    let skipped = body[from..to].len() - body[from..to].trim_start().len();
    (from + skipped).min(start.max(from))..to.max(end)
}

/// Returns where a passage begins that may reach back to `from`: with the sentence of `start` if that is near, or else with
/// a word.
fn beginning(body: &str, from: usize, start: usize) -> usize {
    let word_end = body[start..].find(char::is_whitespace).map_or(body.len(), |at| start + at);
    let near = &body[from..word_end];
    let tokens = tokens(near);
    let sentences = sentences(near, &tokens);
    // The first begins wherever the reach ends.
    let begins = sentences.iter().skip(1).map(|it| from + tokens[it.start].start as usize);
    match begins.take_while(|at| *at <= start).last() {
        Some(at) => at,
        None if from == 0 => 0,
        None => body[from..start].find(char::is_whitespace).map_or(from, |at| from + at),
    }
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
        extract::{Entity, Extraction, Mention, TextField},
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

    #[test]
    fn what_is_cut_off_is_told() {
        let long = "He said that the harbour would be closed for as long as the wind blew from the north ".repeat(6);
        let found = snippet("ship", "", &format!("{long}and a ship lay there and {long}."));
        assert!(found.body[0].starts_with("… ") && found.body[0].ends_with(" …"), "{:?}", found.body);
        let found = snippet("ship", "", "A ship lay there. It was red.");
        assert_eq!(found.body, ["A <mark>ship</mark> lay there. It was red."]);
    }

    #[test]
    fn every_way_of_matching_is_marked_where_it_matched() {
        for (query, text, expected) in [
            (
                "talk NEAR/2 peace",
                "Talks of peace; peace far from any such talk.",
                "<mark>Talks</mark> of <mark>peace</mark>",
            ),
            ("\"red line\" NEAR/3 drawn", "Drawn was a red line.", "<mark>Drawn</mark> was a <mark>red line</mark>."),
            (
                "co-op*",
                "The Co-operative and the co-ops.",
                "The <mark>Co-operative</mark> and the <mark>co-ops</mark>.",
            ),
            ("o'bri*", "Mr. O’Brien’s.", "Mr. <mark>O’Brien’s</mark>."),
            ("東京都", "港は東京都の話。", "港は<mark>東京都</mark>の話。"),
            ("title:talks", "The talks.", "The talks."),
            ("(talks war) OR peace", "Talks of peace.", "Talks of <mark>peace</mark>."),
            ("peace NOT talks", "Peace.", "<mark>Peace</mark>."),
            ("presidant~", "The President.", "The <mark>President</mark>."),
        ] {
            let found = snippet(query, "Nothing", text);
            assert!(found.body[0].contains(expected), "{query}: {}", found.body[0]);
        }
        assert_eq!(snippet("title:talks", "The talks", "The talks.").title, "The <mark>talks</mark>");
    }

    #[test]
    fn of_an_endless_headline_the_beginning_is_shown() {
        let found = snippet("ships", &"Ships & more ".repeat(1_000_000), "");
        assert!(found.title.starts_with("<mark>Ships</mark> &amp; more") && found.title.ends_with('…'));
        assert!(found.title.replace("<mark>", "").replace("</mark>", "").replace("&amp;", "&").chars().count() <= 501);
    }

    #[test]
    fn a_name_is_marked_where_it_is_mentioned() {
        let mut article = Article::new(ArticleId::given("1").unwrap());
        article.body = "Ä Jan Kos met Ada Kos. Kos smiled.".into();
        let mention = |start, end, text: &str| Mention { field: TextField::Body, start, end, text: text.into() };
        let jan = Entity { name: "Jan Kos".into(), mentions: vec![mention(2, 9, "Jan Kos"), mention(23, 26, "Kos")] };
        let extraction = Extraction { people: vec![jan], ..Extraction::default() };
        let document = Document::new(article, extraction);
        let found = Highlighter::new(&parse("person:(kos jan)", false).node).snippet(&document);
        assert_eq!(found.body[0], "Ä <mark>Jan Kos</mark> met Ada Kos. <mark>Kos</mark> smiled.");
        let found = Highlighter::new(&parse("person:ada", false).node).snippet(&document);
        assert!(!found.body[0].contains("<mark>"));
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
