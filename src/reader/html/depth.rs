//! How deep the elements of a page may nest, told before a tree is built: parsers and extractors follow it by recursion.

use std::collections::HashMap;

/// Elements of drawings, which a slash closes.
const SHAPES: [&str; 10] = ["path", "circle", "rect", "use", "g", "line", "polygon", "polyline", "ellipse", "stop"];
/// Elements without an end tag, or whose end tag is often left out: they say nothing of depth.
const FLAT: [&str; 24] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr", "p",
    "li", "td", "tr", "th", "dt", "dd", "option", "thead", "tbody",
];

/// Counts how deep elements may nest, in one pass without building a tree: an end tag closes only what is open.
pub(super) fn depth(html: &str) -> usize {
    let mut open: HashMap<String, usize> = HashMap::new();
    let (mut depth, mut deepest) = (0usize, 0usize);
    for part in html.split('<').skip(1) {
        let (closing, rest) = part.strip_prefix('/').map_or((false, part), |rest| (true, rest));
        let name: String = rest.chars().take_while(char::is_ascii_alphanumeric).take(20).collect();
        let name = name.to_ascii_lowercase();
        if name.is_empty() || FLAT.contains(&name.as_str()) {
            continue;
        }
        let count = open.entry(name.clone()).or_default();
        if closing {
            depth -= usize::from(*count > 0);
            *count = count.saturating_sub(1);
        } else if !(SHAPES.contains(&name.as_str()) && rest.split('>').next().is_some_and(|tag| tag.ends_with('/'))) {
            // Parsers ignore the slash of `<div/>`; only shapes are closed by it.
            *count += 1;
            depth += 1;
            deepest = deepest.max(depth);
        }
    }
    deepest
}
