//! NewsML-G2 of IPTC: one news item, or a message of many, with its text as XHTML, NITF or plain.
//!
//! Items are cut out of the message and parsed each alone, so that a broken one spoils no other. Packages, concepts and plans
//! hold no articles. Source: IPTC, <https://iptc.org/standards/newsml-g2/>.

mod names;
mod news;
mod pieces;

use std::ops::ControlFlow;

use super::{
    Each, Item, rejected,
    story::{refused, withdrawn},
    xml,
};

use names::code;
use pieces::{Piece, pieces};

/// The items that there are, and what those that hold no article are.
const ITEMS: [(&str, &str); 6] = [
    ("newsItem", ""),
    ("packageItem", "a package, which lists other items"),
    ("conceptItem", "a concept of a vocabulary"),
    ("knowledgeItem", "a vocabulary"),
    ("planningItem", "a plan for news to come"),
    ("catalogItem", "a catalogue of vocabularies"),
];

/// Says whether a document with this root is NewsML-G2.
pub(super) fn is_root(name: &str) -> bool {
    name == "newsMessage" || ITEMS.iter().any(|(item, _)| *item == name)
}

/// Reads a document.
pub(super) fn read(file: &str, data: &[u8], each: &mut Each) -> ControlFlow<()> {
    let text = xml::decoded(data);
    let pieces = pieces(&text);
    if pieces.is_empty() {
        return each(rejected(file, 1, "the message holds no items"));
    }
    let (mut line, mut counted) = (1, 0);
    let news = pieces.iter().any(|it| it.name == "newsItem");
    for (piece, number) in pieces.iter().zip(1..) {
        line += text[counted..piece.start].matches('\n').count();
        counted = piece.start;
        // What comes along with articles is no article that is missing.
        if piece.name == "newsItem" || !news {
            each(item((file, number), piece, line))?;
        }
    }
    ControlFlow::Continue(())
}

fn item(origin: (&str, u64), piece: &Piece, line: usize) -> Item {
    let what = ITEMS.iter().find(|(name, _)| *name == piece.name).map_or("", |(_, what)| *what);
    if !what.is_empty() {
        return rejected(origin.0, origin.1, format!("this is {what} (`{}`), and no article", piece.name));
    }
    let element = match xml::parse(piece.text, line) {
        Ok(element) => element,
        Err(reason) => return rejected(origin.0, origin.1, reason),
    };
    let status = element.at(&["itemMeta", "pubStatus"]).map(code).unwrap_or_default();
    match withdrawn(&status) {
        Some(reason) => refused(origin, &element.attribute("guid"), reason),
        None => news::story(&element).item(origin, piece.text.len() as u64),
    }
}

#[cfg(test)]
mod tests {
    use crate::reader::tests::outcome;

    /// Returns an item of this guid, status, metadata and content.
    fn item(guid: &str, status: &str, content: &str, parts: &str) -> String {
        format!(
            "<newsItem xmlns='http://iptc.org/std/nar/2006-10-01/' guid='{guid}' version='3' xml:lang='en-GB'>\
             <catalog><scheme alias='mt' uri='http://cv.iptc.org/newscodes/mediatopic/'/></catalog>\
             <itemMeta><itemClass qcode='ninat:text'/><provider qcode='nprov:TPA'><name>Tidewater Press</name></provider>\
             <versionCreated>2026-01-05T10:15:00Z</versionCreated><firstCreated>2026-01-05T09:15:00Z</firstCreated>\
             <embargoed>2026-01-05T12:00:00Z</embargoed><pubStatus qcode='stat:{status}'/></itemMeta>\
             <contentMeta>{content}</contentMeta><contentSet>{parts}</contentSet>\
             <assert qcode='org:1'><name>RWB</name></assert></newsItem>"
        )
    }

    const ABOUT: &str = "<headline>Dockers &amp; pilots</headline><headline role='hld:subHeadline'>Nine days</headline><creator><name>Ada Brandt</name></creator>\
        <by>By Jan Kos</by><dateline>ROTTERDAM</dateline><language tag='en-US'/><keyword>docks</keyword>\
        <subject type='cpnat:abstract' qcode='mt:20000533'><name xml:lang='de'>Streik</name></subject><subject uri='http://cv.iptc.org/newscodes/mediatopic/09000000'/>\
        <subject qcode='tpa:7'><name>Quays</name><sameAs qcode='subj:09003000'/></subject><subject qcode='tpa:8'/>\
        <subject type='cpnat:person' qcode='p:1'><name>Joost Bakker</name></subject><subject type='cpnat:geoArea'><name>Rotterdam</name></subject>\
        <subject type='cpnat:organisation' qcode='org:1'/><subject type='cpnat:event'><name>Strike of 2026</name></subject>";
    const PAGE: &str = "<inlineXML contenttype='application/xhtml+xml'><html xmlns='http://www.w3.org/1999/xhtml'><head><title>x</title></head>\
        <body><p>First<br/>line.</p><p>Second.</p></body></html></inlineXML>";

    #[test]
    fn an_item_is_read_with_all_that_is_said_of_it() {
        let (articles, reasons) = outcome("a.xml", item("urn:tpa:1", "usable", ABOUT, PAGE).as_bytes());
        assert!(reasons.is_empty(), "{reasons:?}");
        let it = &articles[0];
        assert_eq!(
            (it.id.as_str(), it.title.as_str(), it.subtitle.as_str()),
            ("urn:tpa:1", "Dockers & pilots", "Nine days")
        );
        assert_eq!((it.body.as_str(), it.source.as_str()), ("First\nline.\n\nSecond.", "Tidewater Press"));
        assert_eq!((it.authors.join("|"), it.language.as_str()), ("Jan Kos".to_owned(), "en"));
        assert_eq!(it.topics, ["medtop:20000533", "medtop:09000000", "subj:09003000", "tpa:8"]);
        assert_eq!((it.people.join("|"), it.places.join("|")), ("Joost Bakker".to_owned(), "Rotterdam".to_owned()));
        assert_eq!((it.organizations.join("|"), it.tags.join("|")), ("RWB".to_owned(), "docks".to_owned()));
        assert_eq!(it.published.unwrap().to_string(), "2026-01-05T09:15:00Z");
        assert_eq!(it.updated.unwrap().to_string(), "2026-01-05T10:15:00Z");
        for (name, value) in [("version", "3"), ("embargoed", "2026-01-05T12:00:00Z"), ("dateline", "ROTTERDAM")] {
            assert_eq!(it.extra[name], value);
        }
        assert_eq!(it.extra["topic_names"]["medtop:20000533"], "Streik");
        assert_eq!(it.extra["other_subjects"][0], "Strike of 2026");
    }

    #[test]
    fn a_broken_item_spoils_no_other() {
        let head = "<headline>A</headline>";
        let broken = [
            item("2", "usable", "<headline>Cut", ""),
            "<newsItem guid='3'><itemMeta>\n".to_owned(),
            item("4", "usable", "", ""),
        ];
        let message = format!(
            "<?xml version='1.0' encoding='UTF-8'?>\n<newsMessage><header/><itemSet><packageItem guid='p'/>\n{}<!-- <newsItem> -->\n{}{}{}{}</itemSet></newsMessage>",
            item("1", "usable", head, "<inlineData contenttype='text/html'>&lt;p>One.&lt;/p></inlineData>"),
            broken.concat(),
            item("5", "canceled", head, PAGE),
            item(
                "6",
                "usable",
                head,
                "<inlineData contenttype='text/plain'><![CDATA[Two <newsItem> & more.]]></inlineData>"
            ),
            item("7", "usable", "<description role='drol:caption'>A quay.</description>", ""),
        );
        let (articles, reasons) = outcome("-", message.as_bytes());
        let bodies: Vec<&str> = articles.iter().map(|it| it.body.as_str()).collect();
        assert_eq!(bodies, ["One.", "Two <newsItem> & more.", "A quay."], "{reasons:?}");
        assert_eq!(reasons.len(), 4, "{reasons:?}");
        assert!(reasons[0].starts_with("3: this is no XML") && reasons[0].contains("line "), "{reasons:?}");
        assert!(
            reasons[2].starts_with("5: neither") && reasons[3].starts_with("6: its source took it back"),
            "{reasons:?}"
        );
    }

    #[test]
    fn what_holds_no_article_is_called_what_it_is() {
        for (data, said) in [
            ("<packageItem guid='1'/>", "a package"),
            ("<?xml version='1.0'?><n:conceptItem xmlns:n='x'></n:conceptItem>", "a concept"),
            ("<newsMessage><itemSet/></newsMessage>", "no items"),
        ] {
            let (articles, reasons) = outcome("a.xml", data.as_bytes());
            assert!(articles.is_empty() && reasons[0].contains(said), "{said}: {reasons:?}");
        }
    }

    #[test]
    fn endless_markup_takes_no_longer_than_its_length() {
        let started = std::time::Instant::now();
        for part in ["<!--", "<![CDATA[", "<newsItem>", "<a>", "&x"] {
            outcome("a.xml", format!("<newsMessage>{}", part.repeat(50_000)).as_bytes());
        }
        assert!(started.elapsed().as_secs() < 20);
    }

    #[test]
    fn an_old_encoding_is_read_as_declared() {
        let text = item("1", "usable", "<headline>Zürich</headline>", "");
        let text = format!("<?xml version='1.0' encoding='ISO-8859-1'?>{text}");
        let data = encoding_rs::WINDOWS_1252.encode(&text).0;
        assert_eq!(outcome("a.xml", &data).0[0].title, "Zürich");
        let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(outcome("a.xml", &wide).0[0].title, "Zürich");
    }
}
