//! Tokens to sentences: full stops and the like, and paragraphs.

use std::ops::Range;

use super::token::Token;

/// The longest sentence, in tokens; longer ones are cut, so that no list or table costs without bound.
const MAX_TOKENS: usize = 200;

/// Returns the ranges of tokens that make sentences. A blank line, or a line that is indented, always begins a new one.
pub fn sentences(text: &str, tokens: &[Token]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    for at in 1..tokens.len() {
        let gap = &text[tokens[at - 1].end as usize..tokens[at].start as usize];
        if at - start >= MAX_TOKENS || new_paragraph(gap) || ends(text, tokens, at) {
            found.push(start..at);
            start = at;
        }
    }
    if start < tokens.len() {
        found.push(start..tokens.len());
    }
    found
}

fn new_paragraph(gap: &str) -> bool {
    let lines = gap.bytes().filter(|byte| *byte == b'\n').count();
    lines >= 2 || lines == 1 && gap.ends_with("   ")
}

/// Says whether a sentence ends before the token `at`.
fn ends(text: &str, tokens: &[Token], at: usize) -> bool {
    let is_quote = |token: &Token| matches!(token.text(text), "\"" | "”" | "’" | "'" | ")" | "»");
    let mut last = at - 1;
    // A closing quotation mark belongs to the sentence that it closes.
    while last > 0 && is_quote(&tokens[last]) && tokens[last - 1].end == tokens[last].start {
        last -= 1;
    }
    if tokens[at].start == tokens[at - 1].end && is_quote(&tokens[at]) {
        return false;
    }
    if !matches!(tokens[last].text(text), "." | "!" | "?" | "…" | "。" | "！" | "？") {
        return false;
    }
    let next = tokens[at].text(text);
    let apart = tokens[at].start > tokens[at - 1].end || next.starts_with(|c: char| !c.is_ascii());
    let begins = next.starts_with(|c: char| !c.is_lowercase() && !matches!(c, ',' | ';' | ')' | '”' | '’'));
    apart && begins
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::token::tokens;

    #[test]
    fn sentences_end_where_a_reader_ends_them() {
        let text = "Mr. Kos of the U.S. spoke. “Not now.” He left\nthe room at 3.5 km.\n\nStrike ends\n\nAll went home";
        let tokens = tokens(text);
        let ranges = sentences(text, &tokens);
        let last: Vec<&str> = ranges.iter().map(|range| tokens[range.end - 1].text(text)).collect();
        assert_eq!(last, [".", "”", ".", "ends", "home"]);
    }
}
