//! XML as a tree of elements: bounded in depth, number and length, nothing fetched, no entity expanded but the predefined.
//!
//! Names are local names: formats of news are told by their elements, and not every sender declares its namespaces. Knows no
//! format of news; for web pages see `html`.

use std::borrow::Cow;

use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};

use super::{encoding, markup};

/// The longest document, in bytes.
pub(super) const MAX_BYTES: usize = super::MAX_RECORD_BYTES;
/// The deepest nesting of elements.
const MAX_DEPTH: usize = 200;
/// The most elements of one item.
const MAX_ELEMENTS: usize = 500_000;
/// The most attributes of one element that are looked at.
const MAX_ATTRIBUTES: usize = 100;
/// Elements of a text that are not to be read.
const SILENT: [&str; 6] = ["script", "style", "head", "media", "object", "svg"];

/// One element. Texts are kept as they are written and resolved when they are asked for.
#[derive(Debug, Default)]
pub(super) struct Element {
    pub(super) name: String,
    attributes: Vec<(String, String)>,
    children: Vec<Node>,
}

#[derive(Debug)]
enum Node {
    Element(Element),
    /// Its references unresolved.
    Text(String),
}

/// Decodes a document: by its mark, as UTF-8, or in the encoding that it declares.
pub(super) fn decoded(data: &[u8]) -> Cow<'_, str> {
    let head = String::from_utf8_lossy(&data[..data.len().min(200)]);
    let declaration = head.split("?>").next().unwrap_or_default();
    let quoted = declaration.split("encoding").nth(1).and_then(|it| it.split(['"', '\'']).nth(1));
    encoding::decode(data, quoted)
}

/// Returns the name of the root without its prefix; nothing if the text begins otherwise.
pub(super) fn root(text: &str) -> Option<&str> {
    let mut rest = text.trim_start_matches('\u{feff}').trim_start();
    while rest.starts_with("<?") || rest.starts_with("<!") {
        let (comment, brackets) = (rest.starts_with("<!--"), rest.find('[') < rest.find('>'));
        let end = if comment {
            "-->"
        } else if rest.contains('[') && brackets {
            "]>"
        } else {
            ">"
        };
        rest = rest.split_once(end)?.1.trim_start();
    }
    let name = rest.strip_prefix('<')?.split(|c: char| c.is_whitespace() || matches!(c, '>' | '/')).next()?;
    Some(name.rsplit(':').next().unwrap_or(name)).filter(|name| !name.is_empty())
}

/// Parses one element with all that is in it; what follows it is not looked at. `line` is the one it begins on.
pub(super) fn parse(text: &str, line: usize) -> Result<Element, String> {
    let mut reader = Reader::from_str(text);
    reader.config_mut().allow_dangling_amp = true;
    let mut open: Vec<Element> = Vec::new();
    let mut count = 0;
    let placed = |at: u64, reason: &str| {
        let lines = text.as_bytes().iter().take(at as usize).filter(|byte| **byte == b'\n').count();
        format!("{reason} at line {}", line + lines)
    };
    loop {
        let event = reader.read_event();
        let event = event.map_err(|error| placed(reader.error_position(), &format!("this is no XML: {error}")))?;
        let element = match event {
            Event::Start(tag) => {
                open.push(begun(&tag));
                None
            }
            Event::Empty(tag) => Some(begun(&tag)),
            Event::End(_) => open.pop(),
            Event::Eof => return Err(placed(text.len() as u64, "the XML ends before its elements do")),
            other => {
                if let (Some(within), Some(text)) = (open.last_mut(), written(&other)) {
                    within.text(&text);
                }
                continue;
            }
        };
        count += 1;
        if open.len() > MAX_DEPTH || count > 2 * MAX_ELEMENTS {
            let reason = format!("the XML nests elements deeper than {MAX_DEPTH} or has more than {MAX_ELEMENTS}");
            return Err(placed(reader.buffer_position(), &reason));
        }
        match (element, open.last_mut()) {
            (Some(element), Some(within)) => within.children.push(Node::Element(element)),
            (Some(element), None) => return Ok(element),
            (None, _) => {}
        }
    }
}

fn begun(tag: &BytesStart) -> Element {
    let attributes = tag.attributes().take(MAX_ATTRIBUTES).flatten().map(|it| {
        let name = it.key.into_inner();
        // `xml:lang` keeps its prefix: `lang` alone is another attribute.
        let name = if name.starts_with("xml:") { name } else { it.key.local_name().into_inner() };
        (name.to_owned(), it.value.into_owned())
    });
    Element { name: tag.local_name().into_inner().to_owned(), attributes: attributes.collect(), children: Vec::new() }
}

/// Returns the text of an event, its references unresolved.
fn written<'a>(event: &'a Event) -> Option<Cow<'a, str>> {
    Some(match event {
        Event::Text(text) => Cow::Borrowed(&**text),
        Event::CData(text) => text.replace('&', "&amp;").into(),
        Event::GeneralRef(name) => format!("&{};", &**name).into(),
        _ => return None,
    })
}

impl Element {
    fn text(&mut self, text: &str) {
        match self.children.last_mut() {
            Some(Node::Text(before)) => before.push_str(text),
            _ => self.children.push(Node::Text(text.to_owned())),
        }
    }

    /// Returns the elements right in it.
    pub(super) fn elements(&self) -> impl Iterator<Item = &Self> {
        self.children.iter().filter_map(|it| match it {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }

    /// Returns the elements of a name right in it.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.elements().filter(move |it| it.name == name)
    }

    /// Returns the first element on a path of names.
    pub(super) fn at(&self, path: &[&str]) -> Option<&Self> {
        path.iter().try_fold(self, |within, name| within.elements().find(|it| it.name == *name))
    }

    /// Returns the first element of a name, however deep it stands.
    pub(super) fn find(&self, name: &str) -> Option<&Self> {
        self.elements().find_map(|it| if it.name == name { Some(it) } else { it.find(name) })
    }

    /// Returns every element of a name, however deep; not those within one another.
    pub(super) fn every(&self, name: &str) -> Vec<&Self> {
        self.elements().flat_map(|it| if it.name == name { vec![it] } else { it.every(name) }).collect()
    }

    /// Returns the value of an attribute in one line, empty where there is none.
    pub(super) fn attribute(&self, name: &str) -> String {
        let found = self.attributes.iter().find(|(own, _)| own == name);
        found.map(|(_, value)| in_one_line(&markup::entities(value))).unwrap_or_default()
    }

    /// Returns all of its text in one line.
    pub(super) fn line(&self) -> String {
        in_one_line(&self.plain())
    }

    /// Returns the text as it is written, without what is in its elements: for content that is no XML.
    pub(super) fn content(&self) -> String {
        let texts = self.children.iter().map(|it| match it {
            Node::Text(text) => markup::entities(text),
            Node::Element(_) => String::new(),
        });
        texts.collect()
    }

    /// Returns its text, paragraphs separated by a blank line.
    pub(super) fn plain(&self) -> String {
        let mut text = markup::Text::default();
        self.write(&mut text);
        text.finish()
    }

    fn write(&self, text: &mut markup::Text) {
        let tag = match self.name.as_str() {
            // What NITF calls otherwise than HTML.
            "hl1" | "hl2" | "bq" | "block" | "note" | "fn" | "credit" => "p",
            own => own,
        };
        text.tag(tag);
        for node in &self.children {
            match node {
                Node::Text(words) => text.words(words),
                Node::Element(element) if SILENT.contains(&element.name.as_str()) => {}
                Node::Element(element) => element.write(text),
            }
        }
        // Two breaks in a row would be a paragraph.
        if tag != "br" {
            text.tag(tag);
        }
    }
}

fn in_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn texts_are_resolved_once_and_paragraphs_stand_apart() {
        let text = "<a:b x='1 &amp; 2' xml:lang='en'><p>R&amp;D &amp;lt; <em>now</em></p><p>&eacute;&#8211;&unknown; <![CDATA[5 < 6 &amp;]]></p></a:b>";
        let element = parse(text, 1).unwrap();
        assert_eq!((element.name.as_str(), element.attribute("x").as_str()), ("b", "1 & 2"));
        assert_eq!(element.attribute("xml:lang"), "en");
        assert_eq!(element.plain(), "R&D &lt; now\n\né–&unknown; 5 < 6 &amp;");
    }

    #[test]
    fn a_root_is_found_behind_everything_that_may_stand_before_it() {
        let text = "\u{feff}<?xml version='1.0'?>\n<!DOCTYPE nitf SYSTEM 'nitf.dtd' [<!ENTITY x '>'>]>\n<!-- <html> --><n:nitf a='1'>";
        assert_eq!(root(text), Some("nitf"));
        assert_eq!((root("nitf"), root("<!-- "), root("< a>")), (None, None, None));
    }

    #[test]
    fn what_is_hostile_is_refused_with_its_place() {
        let entities = "<!DOCTYPE a [<!ENTITY b 'bbbb'><!ENTITY c '&b;&b;'>]><a>&c;</a>";
        assert_eq!(parse(entities, 1).unwrap().plain(), "&c;");
        assert!(parse(&"<a>".repeat(100_000), 1).unwrap_err().contains("deeper"));
        assert!(parse("<a>\n<b></a>", 7).unwrap_err().ends_with("line 8"));
        let many = format!("<a {}/>", (0..50_000).map(|at| format!("b{at}=''")).collect::<Vec<_>>().join(" "));
        assert!(parse(&many, 1).is_ok());
        assert_eq!(
            decoded(b"<?xml version='1.0' encoding='ISO-8859-1'?><a>caf\xe9</a>"),
            "<?xml version='1.0' encoding='ISO-8859-1'?><a>café</a>"
        );
        assert!(decoded(b"<?xml version='1.0' encoding='klingon'?><a>caf\xe9</a>").ends_with("</a>"));
    }

    proptest! {
        #[test]
        fn no_text_breaks_it(text in "[<>/&;!?a-c\"'= \\[\\]\\-é]{0,120}") {
            let _ = parse(&text, 1).map(|it| it.plain());
            root(&text);
            decoded(text.as_bytes());
        }
    }
}
