//! What stands in a page beside its text: meta elements, headlines, times, and what is printed by the headline.

use std::collections::HashMap;

use dom_query::{Document, NodeRef};
use serde_json::Value;

use crate::{
    article::{Date, Precision},
    reader::{date, fields::clean, markup::entities},
    text::fold::fold,
};

/// Names of meta elements that say when an article was published.
pub(super) const PUBLISHED: [&str; 17] = [
    "article:published_time",
    "og:article:published_time",
    "datepublished",
    "date",
    "pubdate",
    "publishdate",
    "publish-date",
    "published-date",
    "published_time",
    "citation_publication_date",
    "citation_date",
    "dc.date",
    "dc.date.issued",
    "dcterms.created",
    "parsely-pub-date",
    "sailthru.date",
    "cxenseparse:recs:publishtime",
];
/// Names of meta elements that say when an article was changed.
pub(super) const MODIFIED: [&str; 5] =
    ["article:modified_time", "og:updated_time", "datemodified", "dcterms.modified", "last-modified"];
/// The most pieces of text that count as printed by the headline.
const BY_THE_HEADLINE: usize = 40;
/// The longest piece of text that can be a byline or a date, in bytes.
const MAX_PIECE: usize = 160;
/// The most nodes of one element that are read for its text.
const MAX_NODES: usize = 200;
/// The most pieces, headlines and bylines that are kept of a page.
const MAX_KEPT: usize = 400;
/// Elements whose text nobody sees.
const UNSEEN: [&str; 6] = ["script", "style", "noscript", "template", "svg", "head"];
/// Parts of class names of what names other people than the author.
const OTHERS: [&str; 14] = [
    "comment",
    "testimonial",
    "avatar",
    "image",
    "photo",
    "social",
    "related",
    "card",
    "recommend",
    "sidebar",
    "footer",
    "review",
    "quote",
    "desc",
];

/// What was gathered from a page in one walk over its tree.
#[derive(Default)]
pub(super) struct Page {
    /// Contents of meta elements by name, property or itemprop, in lower case.
    meta: HashMap<String, Vec<String>>,
    /// JSON-LD.
    pub(super) linked: Vec<Value>,
    /// Address that the page calls its own.
    pub(super) canonical: Option<String>,
    /// Language that the page says it is in.
    pub(super) language: Option<String>,
    /// `<title>`.
    pub(super) name: String,
    /// `<h1>`.
    pub(super) headlines: Vec<String>,
    /// Moments of `<time>`, as the machine reads them, those of other articles and of updates left out.
    pub(super) times: Vec<String>,
    /// Texts of elements that are marked as naming the author.
    pub(super) bylines: Vec<String>,
    /// Pieces of text in their order, each with the number of headlines before it.
    pieces: Vec<(usize, String)>,
}

impl Page {
    /// Walks over a page.
    pub(super) fn of(html: &str) -> Self {
        let document = Document::from(html);
        let mut page = Self::default();
        for node in document.root().descendants_it() {
            if node.is_text() {
                page.piece(&node);
            } else if let Some(name) = node.node_name() {
                page.element(&name, &node);
            }
        }
        page
    }

    /// Returns the first content of the first of these names that the page has.
    pub(super) fn meta(&self, names: &[&str]) -> Option<String> {
        names.iter().find_map(|name| self.meta.get(*name)?.first().cloned())
    }

    /// Returns every content of a name.
    pub(super) fn metas(&self, name: &str) -> &[String] {
        self.meta.get(name).map_or(&[], Vec::as_slice)
    }

    /// Returns what is printed from the first headline on, or from the beginning where there is none.
    pub(super) fn by_the_headline(&self) -> impl Iterator<Item = &str> {
        let headline = usize::from(!self.headlines.is_empty());
        let after = self.pieces.iter().skip_while(move |(number, _)| *number < headline);
        after.take(BY_THE_HEADLINE).map(|(_, text)| text.as_str())
    }

    fn element(&mut self, name: &str, node: &NodeRef) {
        let attribute = |name: &str| node.attr(name).map(|value| entities(value.trim())).filter(|it| !it.is_empty());
        match name {
            "meta" => {
                let named = ["property", "name", "itemprop"].into_iter().find_map(attribute);
                if let (Some(name), Some(content)) = (named, attribute("content"))
                    && self.meta.len() < MAX_KEPT
                {
                    self.meta.entry(name.to_lowercase()).or_default().push(content);
                }
            }
            "html" if self.language.is_none() => self.language = attribute("lang"),
            "link" if self.canonical.is_none() && attribute("rel").as_deref() == Some("canonical") => {
                self.canonical = attribute("href").filter(|it| it.starts_with("http"));
            }
            "script" if attribute("type").is_some_and(|it| it.contains("ld+json")) => {
                let text: String = node.text().chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
                self.linked.extend(serde_json::from_str::<Value>(text.trim().trim_end_matches(';')).ok());
            }
            "title" if self.name.is_empty() => self.name = text_of(node, ""),
            "h1" if self.headlines.len() < MAX_KEPT => {
                self.headlines.extend(Some(text_of(node, "")).filter(|it| !it.is_empty()));
            }
            "time" => {
                let class = attribute("class").unwrap_or_default();
                let printed = fold(&text_of(node, " "));
                if !says_updated(&class) && !says_updated(&printed) && self.times.len() < MAX_KEPT {
                    self.times.extend(attribute("datetime"));
                }
            }
            _ => self.byline(node),
        }
    }

    fn byline(&mut self, node: &NodeRef) {
        let marks = ["class", "rel", "itemprop", "id", "data-testid"].map(|name| node.attr(name).unwrap_or_default());
        let marked = marks.iter().map(|it| it.to_lowercase()).collect::<Vec<_>>().join(" ");
        let names_author = ["author", "byline", "contributor", "written-by"].iter().any(|it| marked.contains(it));
        if !names_author || OTHERS.iter().any(|it| marked.contains(it)) || self.bylines.len() >= MAX_KEPT {
            return;
        }
        let text = text_of(node, " ");
        if text.len() <= MAX_PIECE && !text.is_empty() {
            self.bylines.push(text);
        }
    }

    fn piece(&mut self, node: &NodeRef) {
        if self.pieces.len() >= 50 * MAX_KEPT {
            return;
        }
        let unseen = node.parent().and_then(|it| it.node_name()).is_some_and(|name| UNSEEN.contains(&&*name));
        let text = node.text();
        if unseen || text.len() > 4 * MAX_PIECE || text.trim().is_empty() {
            return;
        }
        self.pieces.push((self.headlines.len(), one_line(&text)));
    }
}

/// Returns the text of a small element, its parts joined; of a large one the beginning. Elements may stand in one another,
/// so that the whole text of each would be read again and again.
fn text_of(node: &NodeRef, between: &str) -> String {
    let parts = node.descendants_it().take(MAX_NODES).filter(NodeRef::is_text);
    let texts = parts.map(|part| part.text().chars().take(4 * MAX_PIECE).collect::<String>());
    one_line(&texts.collect::<Vec<_>>().join(between))
}

/// Makes one clean line of a text.
pub(super) fn one_line(text: &str) -> String {
    clean(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn says_updated(text: &str) -> bool {
    ["updat", "modif", "review", "edited"].iter().any(|it| text.contains(it))
}

/// Reads a piece of text that is a day of publication and nothing else.
pub(super) fn printed_date(piece: &str) -> Option<Date> {
    let folded = fold(piece);
    if piece.len() > 60 || says_updated(&folded) {
        return None;
    }
    let words = ["published", "posted", "first", "date", "on", "in", "the"];
    let mut rest = piece.trim();
    while let Some((word, after)) = rest.split_once([' ', ':'])
        && words.contains(&word.to_lowercase().as_str())
    {
        rest = after.trim_start_matches([' ', ':']);
    }
    let bare = rest.trim_matches(|c: char| !c.is_alphanumeric());
    date::read(bare).filter(|it| it.precision() >= Precision::Day && bare.contains(|c: char| !c.is_ascii_digit()))
}
