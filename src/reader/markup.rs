//! Fragments of markup inside a text field, turned into plain text. Every word stays; only tags, scripts and styles go.
//!
//! For whole web pages, which also have navigation and advertisements, see `html`. One pass, no tree, so depth is no danger.

use unicode_normalization::char::compose;

/// Tags before and after which a paragraph ends.
const PARAGRAPHS: [&str; 23] = [
    "p",
    "div",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "ul",
    "ol",
    "dl",
    "table",
    "blockquote",
    "section",
    "article",
    "header",
    "footer",
    "aside",
    "figure",
    "figcaption",
    "pre",
    "hr",
    "main",
];
/// Tags before and after which a line ends.
const LINES: [&str; 5] = ["br", "li", "tr", "dt", "dd"];
/// Tags that say that a text is markup, apart from those above.
const INLINE: [&str; 9] = ["a", "b", "i", "em", "strong", "span", "img", "td", "u"];
/// Elements whose content is no text.
const SILENT: [&str; 4] = ["script", "style", "head", "svg"];
/// The longest name of an entity, in bytes.
const MAX_ENTITY: usize = 12;

/// Says whether a text is markup: it has at least two known tags. A single `<b>` may be what the text is about.
pub(super) fn is_markup(text: &str) -> bool {
    let known = |name: &str| {
        [&PARAGRAPHS[..], &LINES, &INLINE].iter().any(|tags| tags.iter().any(|tag| tag.eq_ignore_ascii_case(name)))
    };
    text.match_indices('<')
        .filter(|(at, _)| tag_name(&text[at + 1..]).is_some_and(|(_, name)| known(name)))
        .nth(1)
        .is_some()
}

/// Returns the plain text of a fragment of markup, its paragraphs separated by a blank line.
pub(super) fn plain(html: &str) -> String {
    let mut text = Text::default();
    let mut rest = html;
    // Once a quote or a tag is never closed, later ones are not searched to the end again: one pass in all.
    let mut ends = Ends { quoted: true, tags: true, comments: true };
    // Looked for in vain once; looking again at each of them would take for ever.
    let mut unclosed: Vec<String> = Vec::new();
    while let Some(at) = rest.find('<') {
        text.words(&rest[..at]);
        rest = &rest[at..];
        if let Some(end) = ends.of_comment(rest) {
            rest = &rest[end..];
            continue;
        }
        let named = tag_name(&rest[1..]);
        let declaration = rest.starts_with("<!") || rest.starts_with("<?");
        let end = if named.is_some() || declaration { ends.of_tag(rest) } else { None };
        let Some(end) = end else {
            text.words("<");
            rest = &rest[1..];
            continue;
        };
        rest = &rest[end..];
        let Some((closing, name)) = named else { continue };
        let name = name.to_ascii_lowercase();
        if !closing && SILENT.contains(&name.as_str()) && !unclosed.contains(&name) {
            match after_closing(rest, &name) {
                Some(after) => rest = after,
                None => unclosed.push(name.clone()),
            }
        }
        text.tag(&name);
    }
    text.words(rest);
    text.finish()
}

/// Replaces the entities that are known; what is not known stays.
pub(super) fn entities(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        plain.push_str(&rest[..at]);
        rest = &rest[at..];
        let name = rest.bytes().take(MAX_ENTITY).position(|byte| byte == b';').map(|end| &rest[1..end]);
        if let Some((name, c)) = name.and_then(|name| Some((name, entity(name)?))) {
            plain.push(c);
            rest = &rest[name.len() + 2..];
        } else {
            plain.push('&');
            rest = &rest[1..];
        }
    }
    plain.push_str(rest);
    plain
}

/// Returns the name of a tag and whether it closes; `rest` begins after `<`.
fn tag_name(rest: &str) -> Option<(bool, &str)> {
    let (closing, rest) = rest.strip_prefix('/').map_or((false, rest), |rest| (true, rest));
    let length = rest.bytes().take(16).take_while(u8::is_ascii_alphanumeric).count();
    let follows = rest.as_bytes().get(length).copied().unwrap_or(b' ');
    let named = rest.starts_with(|c: char| c.is_ascii_alphabetic());
    let complete = matches!(follows, b'>' | b'/') || follows.is_ascii_whitespace();
    (named && complete).then(|| (closing, &rest[..length]))
}

/// What can still be found further on.
struct Ends {
    quoted: bool,
    tags: bool,
    comments: bool,
}

impl Ends {
    /// Returns where a comment ends, if one begins here.
    fn of_comment(&mut self, rest: &str) -> Option<usize> {
        if !self.comments || !rest.starts_with("<!--") {
            return None;
        }
        let end = rest.find("-->").map(|at| at + 3);
        self.comments = end.is_some();
        end
    }

    /// Returns where a tag ends; a `>` inside quotes does not end it.
    fn of_tag(&mut self, tag: &str) -> Option<usize> {
        if self.quoted {
            let mut quote = None;
            for (at, byte) in tag.bytes().enumerate() {
                match (byte, quote) {
                    (b'>', None) => return Some(at + 1),
                    (b'"' | b'\'', None) => quote = Some(byte),
                    (_, Some(open)) if open == byte => quote = None,
                    _ => {}
                }
            }
            self.quoted = false;
        }
        let end = if self.tags { tag.find('>').map(|at| at + 1) } else { None };
        self.tags = end.is_some();
        end
    }
}

/// Returns what follows the closing tag. Without one, a text speaks of the element or was cut: browsers would show nothing of
/// the rest, an archive must not lose it.
fn after_closing<'a>(rest: &'a str, name: &str) -> Option<&'a str> {
    let closes = |at: &usize| tag_name(&rest[at + 1..]).is_some_and(|it| it.0 && it.1.eq_ignore_ascii_case(name));
    let closing = rest.match_indices('<').map(|(at, _)| at).find(closes);
    closing.and_then(|at| rest[at..].find('>').map(|end| &rest[at + end + 1..]))
}

fn entity(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let hexadecimal = number.strip_prefix(['x', 'X']);
        let code = hexadecimal.map_or_else(|| number.parse().ok(), |it| u32::from_str_radix(it, 16).ok())?;
        // Pages say 146 and mean what Windows-1252 has there: a right quotation mark.
        if let 0x80..=0x9f = code {
            let byte = [code as u8];
            return encoding_rs::WINDOWS_1252.decode_without_bom_handling(&byte).0.chars().next();
        }
        return char::from_u32(code);
    }
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        "ndash" => '–',
        "mdash" => '—',
        "lsquo" => '‘',
        "rsquo" => '’',
        "sbquo" => '‚',
        "ldquo" => '“',
        "rdquo" => '”',
        "bdquo" => '„',
        "laquo" => '«',
        "raquo" => '»',
        "hellip" => '…',
        "bull" => '•',
        "middot" => '·',
        "copy" => '©',
        "reg" => '®',
        "trade" => '™',
        "euro" => '€',
        "pound" => '£',
        "yen" => '¥',
        "cent" => '¢',
        "sect" => '§',
        "deg" => '°',
        "times" => '×',
        "frac12" => '½',
        "szlig" => 'ß',
        "aelig" => 'æ',
        "AElig" => 'Æ',
        "oslash" => 'ø',
        "Oslash" => 'Ø',
        _ => return accented(name),
    })
}

/// Returns the letter of `eacute`, `Uuml` and the like.
fn accented(name: &str) -> Option<char> {
    let mut chars = name.chars();
    let letter = chars.next().filter(char::is_ascii_alphabetic)?;
    let mark = match chars.as_str() {
        "grave" => '\u{300}',
        "acute" => '\u{301}',
        "circ" => '\u{302}',
        "tilde" => '\u{303}',
        "uml" => '\u{308}',
        "ring" => '\u{30a}',
        "caron" => '\u{30c}',
        "cedil" => '\u{327}',
        _ => return None,
    };
    compose(letter, mark)
}

/// Text in the making: white space folds into one space unless a line or paragraph ends.
#[derive(Default)]
pub(super) struct Text {
    plain: String,
    gap: Gap,
}

/// What stands between the last word and the next one.
#[derive(Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    #[default]
    None,
    Space,
    Line,
    Paragraph,
}

impl Text {
    /// Takes the name of a tag, opening or closing.
    pub(super) fn tag(&mut self, name: &str) {
        let gap = match name {
            _ if PARAGRAPHS.contains(&name) => Gap::Paragraph,
            _ if LINES.contains(&name) => Gap::Line,
            "td" | "th" | "img" => Gap::Space,
            _ => Gap::None,
        };
        // Two breaks in a row are how many pages write a paragraph.
        let twice = name == "br" && self.gap == Gap::Line;
        self.gap = self.gap.max(if twice { Gap::Paragraph } else { gap });
    }

    /// Takes a text between tags, its entities unresolved.
    pub(super) fn words(&mut self, text: &str) {
        for c in entities(text).chars() {
            if c.is_whitespace() {
                self.gap = self.gap.max(Gap::Space);
                continue;
            }
            if !self.plain.is_empty() {
                self.plain.push_str(match self.gap {
                    Gap::None => "",
                    Gap::Space => " ",
                    Gap::Line => "\n",
                    Gap::Paragraph => "\n\n",
                });
            }
            self.gap = Gap::None;
            self.plain.push(c);
        }
    }

    /// Returns the plain text.
    pub(super) fn finish(self) -> String {
        self.plain
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_stands_behind_an_unclosed_element_is_kept() {
        for name in SILENT {
            let text = format!("<p>The minister said a <{name}> file leaked.</p><p>The story goes on.</p>");
            assert!(plain(&text).ends_with("The story goes on."), "{name}");
        }
        assert_eq!(plain("<p>One</p><svg>x</svg><p>two</p>"), plain("<p>One</p><p>two</p>"));
        assert_eq!(plain(&"<svg>".repeat(1 << 20)), "");
    }

    #[test]
    fn every_word_stays_and_paragraphs_stay_apart() {
        let html = "<p class='a>b'>Short.</p><p>Read <a href='/x'>our guide</a>.</p><ul><li>one</li><li>two</li></ul>\
                    <script>if (a < b) { x() }</script><h2>Sub</h2>AT&amp;T said&nbsp;&ldquo;no&rdquo; &#8211; 3 < 4<br><br>M&uuml;ller<!-- <p> -->";
        assert!(is_markup(html));
        assert_eq!(plain(html), "Short.\n\nRead our guide.\n\none\ntwo\n\nSub\n\nAT&T said “no” – 3 < 4\n\nMüller");
    }

    #[test]
    fn a_text_about_tags_is_no_markup() {
        assert!(!is_markup("If x < y and y > z, use the <p> tag."));
        assert_eq!(entities("R&D &unknown; &amp; &#x27;"), "R&D &unknown; & '");
    }

    #[test]
    fn broken_markup_takes_no_longer_than_its_length() {
        let started = std::time::Instant::now();
        plain(&"<a \"".repeat(250_000));
        plain(&"<a '>x".repeat(250_000));
        plain(&"<!--".repeat(250_000));
        assert!(started.elapsed().as_secs() < 10);
    }

    proptest! {
        #[test]
        fn markup_never_breaks_the_reader(text in "[<>/&;#a-z\"'! \\-é]{0,200}") {
            plain(&text);
            is_markup(&text);
        }
    }
}
