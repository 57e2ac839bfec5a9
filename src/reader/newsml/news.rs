//! One news item as an article: its metadata, and the first part of its content that has a text.

use super::names::{Names, code};
use crate::reader::{
    markup, nitf,
    story::{Story, iptc_code},
    xml::Element,
};

/// Reads what a news item says of itself and of its content.
pub(super) fn story(item: &Element) -> Story {
    let mut story = Story { id: item.attribute("guid"), ..Story::default() };
    story.keep("version", item.attribute("version"));
    let nothing = Element::default();
    let about = item.at(&["itemMeta"]).unwrap_or(&nothing);
    let content = item.at(&["contentMeta"]).unwrap_or(&nothing);
    described(&mut story, content);
    let names = Names::of(item);
    dates(&mut story, about, content);
    story.source = source(item, about);
    let language = content.at(&["language"]).map(|it| it.attribute("tag")).unwrap_or_default();
    story.language = if language.is_empty() { item.attribute("xml:lang") } else { language };
    story.authors = authors(content, &names);
    for subject in content.all("subject") {
        file(&mut story, subject, &names);
    }
    noted(&mut story, item, about, content, &names);
    text(&mut story, item);
    // Of a picture or a film the caption is the text; without a headline an item has the title it was filed under.
    let caption = content.all("description").map(Element::plain).find(|it| *it != story.subtitle);
    let title = about.at(&["title"]).map(Element::line).unwrap_or_default();
    story.fill(Story { body: caption.unwrap_or_default(), title, ..Story::default() });
    if story.body.is_empty() {
        std::mem::swap(&mut story.body, &mut story.subtitle);
    }
    story
}

/// Reads headlines and summary.
fn described(story: &mut Story, content: &Element) {
    let (sub, main): (Vec<_>, Vec<_>) =
        content.all("headline").partition(|it| it.attribute("role").to_ascii_lowercase().contains("sub"));
    story.title = main.first().map(|it| it.line()).unwrap_or_default();
    let summary = content.all("description").find(|it| it.attribute("role").ends_with("summary"));
    let subtitle = sub.first().copied().or(summary);
    story.subtitle = subtitle.map(Element::plain).unwrap_or_default();
    story.tags = content.all("keyword").map(Element::line).filter(|it| !it.is_empty()).collect();
}

/// Reads the dates: published when it was first issued, or else written; updated when this version was made.
fn dates(story: &mut Story, about: &Element, content: &Element) {
    let of = |within: &Element, name: &str| within.at(&[name]).map(Element::line).unwrap_or_default();
    let (first, written, version) =
        (of(about, "firstCreated"), of(content, "contentCreated"), of(about, "versionCreated"));
    let published = [&first, &written, &version].into_iter().find(|it| !it.is_empty());
    story.published = published.cloned().unwrap_or_default();
    story.updated = version;
    story.keep("embargoed", of(about, "embargoed"));
}

fn source(item: &Element, about: &Element) -> String {
    let provider = about.at(&["provider"]);
    let named = provider.and_then(|it| it.at(&["name"])).map(Element::line);
    let holder = item.at(&["rightsInfo", "copyrightHolder", "name"]).map(Element::line);
    let coded = provider.map(|it| {
        let code = code(it);
        // `nprov:AFP` is AFP, and an address is its host.
        let host = url::Url::parse(&code).ok().and_then(|it| it.host_str().map(str::to_owned));
        host.unwrap_or_else(|| code.rsplit(':').next().unwrap_or_default().to_owned())
    });
    [named, holder, coded].into_iter().flatten().find(|it| !it.is_empty()).unwrap_or_default()
}

fn authors(content: &Element, names: &Names) -> Vec<String> {
    let mut story = Story::default();
    for by in content.all("by") {
        story.byline(&by.line());
    }
    if story.authors.is_empty() {
        story.authors = content.all("creator").map(|it| names.name(it)).filter(|it| !it.is_empty()).collect();
    }
    story.authors
}

/// Files a subject under what it is: somebody, somewhere, an organization, or a topic.
fn file(story: &mut Story, subject: &Element, names: &Names) {
    let kind = subject.attribute("type");
    let kind = if kind.is_empty() { names.kind(subject) } else { kind };
    let name = names.name(subject);
    let list = match kind.rsplit([':', '/']).next().unwrap_or_default() {
        "person" => &mut story.people,
        "geoArea" | "poi" => &mut story.places,
        "organisation" | "organization" | "team" => &mut story.organizations,
        "" | "abstract" => {
            let same = subject.all("sameAs").map(|it| names.address(it));
            let codes: Vec<String> = std::iter::once(names.address(subject)).chain(same).collect();
            let known = codes.iter().find(|it| iptc_code(it).is_some());
            return story.topic(known.unwrap_or(&codes[0]), &name);
        }
        _ => {
            let others = story.extra.entry("other_subjects").or_insert_with(|| Vec::<String>::new().into());
            if let (Some(others), false) = (others.as_array_mut(), name.is_empty()) {
                others.push(name.into());
            }
            return;
        }
    };
    if !name.is_empty() {
        list.push(name);
    }
}

/// Keeps what has no field of its own.
fn noted(story: &mut Story, item: &Element, about: &Element, content: &Element, names: &Names) {
    let lines = [
        ("dateline", content.at(&["dateline"])),
        ("slugline", content.at(&["slugline"])),
        ("urgency", content.at(&["urgency"])),
        ("credit", content.at(&["creditline"])),
        ("editors_note", about.at(&["edNote"])),
        ("copyright", item.at(&["rightsInfo", "copyrightNotice"])),
        ("usage_terms", item.at(&["rightsInfo", "usageTerms"])),
    ];
    for (name, element) in lines {
        story.keep(name, element.map(Element::line).unwrap_or_default());
    }
    let lists = [
        ("genres", "genre", content),
        ("located", "located", content),
        ("sources", "infoSource", content),
        ("services", "service", about),
    ];
    for (name, element, within) in lists {
        let found: Vec<String> = within.all(element).map(|it| names.name(it)).filter(|it| !it.is_empty()).collect();
        story.keep(name, found);
    }
    let class = about.at(&["itemClass"]).map(code).unwrap_or_default();
    if !class.ends_with("text") {
        story.keep("item_class", class);
    }
    let files = item.at(&["contentSet"]).into_iter().flat_map(|it| it.all("remoteContent"));
    let files: Vec<String> = files.map(|it| it.attribute("href")).filter(|it| !it.is_empty()).collect();
    story.keep("files", files);
}

/// Takes the text from the first part of the content that has one.
fn text(story: &mut Story, item: &Element) {
    let parts = item.at(&["contentSet"]).into_iter().flat_map(Element::elements);
    for part in parts {
        let found = match part.name.as_str() {
            "inlineXML" => inline(part),
            "inlineData" => Story { body: data(part), ..Story::default() },
            _ => continue,
        };
        if !found.body.is_empty() {
            return story.fill(found);
        }
    }
}

/// Reads content that is XML: NITF or XHTML.
fn inline(part: &Element) -> Story {
    if let Some(element) = part.find("nitf") {
        return nitf::story(element);
    }
    let page = part.find("html").and_then(|it| it.at(&["body"])).or_else(|| part.find("body"));
    // Some senders leave out everything about the paragraphs.
    let bare = ["div", "section", "article", "p"].iter().any(|name| part.at(&[name]).is_some());
    let body = page.or_else(|| bare.then_some(part)).map(Element::plain).unwrap_or_default();
    Story { body, ..Story::default() }
}

/// Reads content that is characters: plain, or a page that is written as characters.
fn data(part: &Element) -> String {
    let kind = part.attribute("contenttype");
    let text = part.content();
    if !part.attribute("encoding").is_empty() || !(kind.is_empty() || kind.starts_with("text/")) {
        return String::new();
    }
    if kind.contains("html") || markup::is_markup(&text) { markup::plain(&text) } else { text }
}
