//! Text cut into paragraphs and pieces, each piece plain or a mention. Offsets count code points; no markup is made here.

use std::ops::Range;

/// A mention to be marked, in code points of the whole text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark {
    /// Where it stands.
    pub(super) span: Range<usize>,
    /// `person`, `place` or `organization`.
    pub(super) class: &'static str,
    /// Where the link leads.
    pub(super) href: String,
    /// Full name.
    pub(super) name: String,
}

/// A piece of a paragraph.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// What stands there.
    pub(super) text: String,
    /// What it mentions.
    pub(super) mark: Option<Mark>,
}

/// Cuts a text into paragraphs at blank lines, and these into pieces at the marks.
///
/// Of overlapping marks the first stands, the longer if they begin together; a mark across paragraphs is cut.
pub(super) fn paragraphs(text: &str, mut marks: Vec<Mark>) -> Vec<Vec<Piece>> {
    let chars: Vec<char> = text.chars().collect();
    marks.retain(|mark| mark.span.start < mark.span.end && mark.span.end <= chars.len());
    marks.sort_by_key(|mark| (mark.span.start, usize::MAX - mark.span.end));
    let mut end = 0;
    marks.retain(|mark| {
        let kept = mark.span.start >= end;
        if kept {
            end = mark.span.end;
        }
        kept
    });
    let mut marks = marks.into_iter().peekable();
    let mut all = Vec::new();
    for range in blocks(&chars) {
        let mut pieces = Vec::new();
        let mut at = range.start;
        while let Some(mark) = marks.next_if(|mark| mark.span.start < range.end) {
            let start = mark.span.start.max(at);
            let end = mark.span.end.min(range.end);
            if start >= end {
                continue;
            }
            push(&mut pieces, &chars[at..start], None);
            push(&mut pieces, &chars[start..end], Some(mark));
            at = end;
        }
        push(&mut pieces, &chars[at..range.end], None);
        all.push(pieces);
    }
    all
}

fn push(pieces: &mut Vec<Piece>, chars: &[char], mark: Option<Mark>) {
    if !chars.is_empty() {
        let text = chars.iter().collect();
        pieces.push(Piece { text, mark });
    }
}

/// Returns the paragraphs of a text: runs of lines that are not blank.
fn blocks(chars: &[char]) -> Vec<Range<usize>> {
    let mut blocks: Vec<Range<usize>> = Vec::new();
    let mut start = 0;
    let mut open = false;
    for line in chars.split_inclusive(|c| *c == '\n') {
        let end = start + line.len();
        if line.iter().all(|c| c.is_whitespace()) {
            open = false;
        } else if let (true, Some(last)) = (open, blocks.last_mut()) {
            last.end = end;
        } else {
            blocks.push(start..end);
            open = true;
        }
        start = end;
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(span: Range<usize>) -> Mark {
        Mark { span, class: "person", href: String::new(), name: String::new() }
    }

    fn marked(text: &str, spans: &[Range<usize>]) -> Vec<String> {
        let marks = spans.iter().cloned().map(mark).collect();
        let pieces = paragraphs(text, marks).into_iter().flatten();
        pieces.filter(|piece| piece.mark.is_some()).map(|piece| piece.text).collect()
    }

    #[test]
    fn offsets_are_code_points() {
        assert_eq!(marked("😀 Ada Brandt spoke", &[2..12, 0..0]), ["Ada Brandt"]);
    }

    #[test]
    fn overlapping_and_wild_marks_do_not_break() {
        let spans = [4..10, 0..10, 0..3, 9..99, 7..7];
        assert_eq!(marked("Ada Brandt", &spans), ["Ada Brandt"]);
    }

    #[test]
    fn no_text_is_lost_between_paragraphs() {
        let cut = paragraphs("One\nline.\n\nAda \r\n\r\nLast", vec![mark(11..14)]);
        assert_eq!(cut.len(), 3);
        assert_eq!(cut[1][0].text, "Ada");
        assert_eq!(cut[0][0].text, "One\nline.\n");
    }
}
