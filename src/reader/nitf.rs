//! NITF of IPTC, versions 3.x: a text with its head, alone or within NewsML-G2.
//!
//! Source: IPTC, <https://iptc.org/standards/nitf/>. Subject codes are handed on as `subj:…`; what they mean is not known here.

use std::ops::ControlFlow;

use serde_json::Value;

use super::{
    Each, rejected,
    story::{Story, refused, withdrawn},
    xml::{self, Element},
};

/// Reads a document, which is one article.
pub(super) fn read(file: &str, data: &[u8], each: &mut Each) -> ControlFlow<()> {
    let text = xml::decoded(data);
    let element = match xml::parse(&text, 1) {
        Ok(element) => element,
        Err(reason) => return each(rejected(file, 1, reason)),
    };
    let story = story(&element);
    let status = element.at(&["head", "docdata"]).map(|it| it.attribute("management-status")).unwrap_or_default();
    each(match withdrawn(&status) {
        Some(reason) => refused((file, 1), &story.id, reason),
        None => story.item((file, 1), data.len() as u64),
    })
}

/// Reads what the element `nitf` says.
pub(super) fn story(nitf: &Element) -> Story {
    let nothing = Element::default();
    let head = nitf.at(&["head"]).unwrap_or(&nothing);
    let top = nitf.at(&["body", "body.head"]).unwrap_or(&nothing);
    let mut story = Story { language: nitf.attribute("xml:lang"), ..Story::default() };
    headlines(&mut story, top);
    byline(&mut story, top);
    if let Some(data) = head.at(&["docdata"]) {
        document(&mut story, data);
    }
    publication(&mut story, head);
    for subject in head.every("tobject.subject") {
        topic(&mut story, subject);
    }
    let body = nitf.at(&["body"]).unwrap_or(&nothing);
    let content = body.at(&["body.content"]).map(Element::plain);
    story.body = content.unwrap_or_default();
    // What the head has no name for is named in the text.
    let title = head.at(&["title"]).map(Element::line).unwrap_or_default();
    let source = top.at(&["distributor"]).map(Element::line).unwrap_or_default();
    story.fill(Story { title, source, ..Story::default() });
    let captions: Vec<Value> = body.every("media-caption").into_iter().map(|it| it.plain().into()).collect();
    story.keep("captions", captions);
    story.keep("tagline", body.at(&["body.end", "tagline"]).map(Element::line).unwrap_or_default());
    story
}

fn headlines(story: &mut Story, top: &Element) {
    let first = |path: &[&str]| top.at(path).map(Element::line).filter(|it| !it.is_empty());
    let subtitle = first(&["hedline", "hl2"]);
    let summary = || top.at(&["abstract"]).map(Element::plain);
    story.title = first(&["hedline", "hl1"]).unwrap_or_default();
    story.subtitle = subtitle.or_else(summary).unwrap_or_default();
    story.keep("dateline", first(&["dateline"]).unwrap_or_default());
    story.keep("editors_note", first(&["note"]).unwrap_or_default());
    story.published = top.at(&["dateline", "story.date"]).map(|it| it.attribute("norm")).unwrap_or_default();
}

/// Reads the authors: those that are marked as people, or else the words of the byline without what they are.
fn byline(story: &mut Story, top: &Element) {
    let people = top.all("byline").flat_map(|it| it.every("person"));
    story.authors = people.map(Element::line).filter(|it| !it.is_empty()).collect();
    for line in top.all("byline") {
        let (own, rank) = (line.line(), line.at(&["byttl"]).map(Element::line).unwrap_or_default());
        let names = if rank.is_empty() { own.clone() } else { own.replace(&rank, "") };
        // A byline may have nothing but a rank: "Staff and agencies".
        let names = if names.trim().is_empty() { own } else { names };
        story.byline(&names);
    }
}

/// Reads who, where, when: the element `docdata`.
fn document(story: &mut Story, data: &Element) {
    let norm = |name: &str| data.at(&[name]).map(|it| it.attribute("norm")).unwrap_or_default();
    story.id = data.at(&["doc-id"]).map(|it| it.attribute("id-string")).unwrap_or_default();
    let issued = norm("date.issue");
    if !issued.is_empty() {
        story.published = issued;
    }
    story.source = data.at(&["doc.copyright"]).map(|it| it.attribute("holder")).unwrap_or_default();
    story.section = data.at(&["fixture"]).map(|it| it.attribute("fix-id")).unwrap_or_default();
    story.tags = data.every("keyword").into_iter().map(|it| it.attribute("key")).filter(|it| !it.is_empty()).collect();
    let embargo = norm("date.release");
    if data.attribute("management-status") == "embargoed" {
        story.keep("embargoed", if embargo.is_empty() { "yes".to_owned() } else { embargo });
    } else {
        story.keep("released", embargo);
    }
    story.keep("expires", norm("date.expire"));
    story.keep("urgency", data.at(&["urgency"]).map(|it| it.attribute("ed-urg")).unwrap_or_default());
    story.keep("slugline", data.at(&["du-key"]).map(|it| it.attribute("key")).unwrap_or_default());
    let names = data.every("identified-content");
    let named = |kind: &str| -> Vec<String> {
        names.iter().flat_map(|it| it.all(kind)).map(name).filter(|it| !it.is_empty()).collect()
    };
    (story.people, story.organizations) = (named("person"), named("org"));
    story.places = named("location");
    story.keep("events", named("event"));
}

/// Returns what is written in an element of `identified-content`, or else said of it.
fn name(element: &Element) -> String {
    let city = element.at(&["city"]).map(Element::line).filter(|it| !it.is_empty());
    let written = city.unwrap_or_else(|| element.line());
    if written.is_empty() { element.attribute("value") } else { written }
}

/// Reads where it appeared: the element `pubdata`.
fn publication(story: &mut Story, head: &Element) {
    let Some(publication) = head.at(&["pubdata"]) else { return };
    let said = |name: &str| publication.attribute(name);
    story.source =
        [said("name"), std::mem::take(&mut story.source)].into_iter().find(|it| !it.is_empty()).unwrap_or_default();
    let (section, appeared) = (said("position.section"), said("date.publication"));
    story.fill(Story { section, url: said("ex-ref"), ..Story::default() });
    if !appeared.is_empty() {
        story.published = appeared;
    }
}

/// Reads a subject: its number, and the name of the narrowest of its three levels.
fn topic(story: &mut Story, subject: &Element) {
    let said = |name: &str| subject.attribute(&format!("tobject.subject.{name}"));
    let names = [said("detail"), said("matter"), said("type")];
    let name = names.into_iter().find(|it| !it.is_empty()).unwrap_or_default();
    story.topic(&said("refnum"), &name);
}

#[cfg(test)]
mod tests {
    use crate::reader::tests::outcome;

    const ARTICLE: &str = r#"<?xml version="1.0"?><nitf xml:lang="en-GB"><head><title>File name</title>
        <tobject><tobject.subject tobject.subject.refnum="09004000" tobject.subject.type="Labour" tobject.subject.matter="Labour dispute"/>
        <tobject.subject tobject.subject.refnum="99999999" tobject.subject.type="Harbour life"/></tobject>
        <docdata management-status="usable"><doc-id id-string="tpa-1"/><date.issue norm="20260105T091500Z"/>
        <doc.copyright holder="Tidewater Press"/><key-list><keyword key="docks"/></key-list>
        <identified-content><person>Joost Bakker</person><org value="RWB"/><location><city>Rotterdam</city><country>NL</country></location></identified-content></docdata></head>
        <body><body.head><hedline><hl1>Dockers <em>go</em> back</hl1><hl2>Nine days</hl2></hedline>
        <byline>By <person>Ada Brandt</person><byttl>Harbour editor</byttl></byline></body.head>
        <body.content><p>First &amp; foremost.</p><media><media-caption>A quay.</media-caption></media><hl2>Later</h
l2></body.content></body></nitf>"#;

    #[test]
    fn an_article_is_read_with_all_that_is_said_of_it() {
        let (articles, reasons) = outcome("a.xml", ARTICLE.replace("</h\nl2>", "</hl2><p>Second.</p>").as_bytes());
        assert!(reasons.is_empty(), "{reasons:?}");
        let it = &articles[0];
        assert_eq!(
            (it.id.as_str(), it.title.as_str(), it.subtitle.as_str()),
            ("tpa-1", "Dockers go back", "Nine days")
        );
        assert_eq!(it.body, "First & foremost.\n\nLater\n\nSecond.");
        assert_eq!((it.authors.join("|"), it.language.as_str()), ("Ada Brandt".to_owned(), "en"));
        assert_eq!(it.topics, ["subj:09004000", "Harbour life"]);
        assert_eq!(it.extra["topic_names"]["subj:09004000"], "Labour dispute");
        assert_eq!((it.people.join("|"), it.organizations.join("|")), ("Joost Bakker".to_owned(), "RWB".to_owned()));
        assert_eq!((it.places.join("|"), it.tags.join("|")), ("Rotterdam".to_owned(), "docks".to_owned()));
        assert_eq!(it.published.unwrap().to_string(), "2026-01-05T09:15:00Z");
        assert_eq!(it.extra["captions"][0], "A quay.");
    }

    #[test]
    fn broken_and_withdrawn_articles_are_rejected() {
        let (_, reasons) = outcome("a.nitf", ARTICLE.as_bytes());
        assert!(reasons[0].contains("no XML") && reasons[0].contains("line 9"), "{reasons:?}");
        let sound = ARTICLE.replace("</h\nl2>", "</hl2>").replace("\"usable\"", "\"canceled\"");
        let (articles, reasons) = outcome("a.xml", sound.as_bytes());
        assert!(articles.is_empty() && reasons[0].contains("took it back"), "{reasons:?}");
    }
}
