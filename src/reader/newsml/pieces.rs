//! The items of a document cut out of its text, in one pass, before anything is parsed.

use super::ITEMS;

/// One item of a document, uncut.
pub(super) struct Piece<'a> {
    pub(super) name: &'static str,
    /// Where it begins in the document, in bytes.
    pub(super) start: usize,
    pub(super) text: &'a str,
}

/// Cuts the items out of a document; one that is never closed ends where the next begins.
pub(super) fn pieces(document: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut open: Option<(&'static str, usize)> = None;
    let mut passed = Passed { comments: true, sections: true };
    let mut at = 0;
    while let Some(next) = document[at..].find('<').map(|it| at + it) {
        let rest = &document[next..];
        at = next + passed.over(rest).unwrap_or(1);
        let (closing, tag) = rest.strip_prefix("</").map_or((false, &rest[1..]), |tag| (true, tag));
        let Some(name) = item_name(tag) else { continue };
        let whole = |start: usize, name| {
            let end = rest.find('>').map_or(document.len(), |it| next + it + 1);
            Piece { name, start, text: &document[start..end] }
        };
        open = match (closing, open) {
            (true, Some((own, start))) if own == name => {
                pieces.push(whole(start, own));
                None
            }
            (true, other) => other,
            (false, before) => {
                pieces.extend(before.map(|(name, start)| Piece { name, start, text: &document[start..next] }));
                Some((name, next))
            }
        };
    }
    pieces.extend(open.map(|(name, start)| Piece { name, start, text: &document[start..] }));
    pieces
}

/// What is passed over as a whole; what is never closed is not searched for again: one pass in all.
struct Passed {
    comments: bool,
    sections: bool,
}

impl Passed {
    /// Returns where a comment or a section of characters ends that begins here.
    fn over(&mut self, rest: &str) -> Option<usize> {
        let (end, closed) = if rest.starts_with("<!--") {
            ("-->", &mut self.comments)
        } else if rest.starts_with("<![CDATA[") {
            ("]]>", &mut self.sections)
        } else {
            return None;
        };
        if !*closed {
            return None;
        }
        let found = rest.find(end).map(|at| at + end.len());
        *closed = found.is_some();
        found
    }
}

/// Returns the name of the item whose tag this is; `tag` begins behind `<`.
fn item_name(tag: &str) -> Option<&'static str> {
    let length = tag.bytes().take(60).take_while(|byte| byte.is_ascii_alphanumeric() || b":_.-".contains(byte)).count();
    let name = tag[..length].rsplit(':').next()?;
    ITEMS.iter().find(|(item, _)| *item == name).map(|(item, _)| *item)
}
