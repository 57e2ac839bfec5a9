//! The query language as tokens. Never fails: what it cannot read is a word.

use super::notices::Notices;

/// How far `NEAR` looks if it does not say, in words between.
const USUAL: u32 = 5;
/// The farthest that `NEAR` looks.
const FARTHEST: u32 = 100;

/// One token of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// `(`
    Open,
    /// `)`
    Close,
    /// `OR`, `|`
    Or,
    /// `AND`, `&&`, `+`
    And,
    /// `NOT`, or a minus before what is left out.
    Not,
    /// `NEAR/5`: at most so many words between.
    Near(u32),
    /// `title:` and the like; the name is lower case.
    Field(String),
    /// The text between quotes.
    Quoted(String),
    /// Anything else, punctuation at its edges taken off.
    Word(String),
}

/// Splits a query into tokens; says in `notices` what was repaired.
pub(super) fn tokens(query: &str, notices: &mut Notices) -> Vec<Token> {
    let chars: Vec<char> = query.chars().collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let c = chars[at];
        match c {
            _ if c.is_whitespace() || c.is_control() => at += 1,
            '(' => {
                tokens.push(Token::Open);
                at += 1;
            }
            ')' => {
                tokens.push(Token::Close);
                at += 1;
            }
            '"' | '“' | '”' | '„' | '«' | '»' => at = quoted(&chars, at, &mut tokens, notices),
            '-' | '−' if starts_operand(&chars, at) => {
                tokens.push(Token::Not);
                at += 1;
            }
            '|' | '&' | '+' if !stands_alone(&chars, at) => at += 1,
            // `published:..1999`
            '.' if chars.get(at + 1) == Some(&'.') => at = word(&chars, at, &mut tokens, notices),
            _ if c.is_alphanumeric() || matches!(c, '*' | '?' | '|' | '&' | '+') => {
                at = word(&chars, at, &mut tokens, notices);
            }
            // Punctuation before a word is no part of it.
            _ => {
                meant(&chars, at, notices);
                at += 1;
            }
        }
    }
    tokens
}

/// A minus excludes only at the beginning of a word: `well-known` is one word, `peace - talks` two.
fn starts_operand(chars: &[char], at: usize) -> bool {
    let before = at == 0 || chars[at - 1].is_whitespace() || matches!(chars[at - 1], '(' | ':');
    let after = chars.get(at + 1).is_some_and(|c| c.is_alphanumeric() || matches!(c, '"' | '(' | '“' | '*' | '«'));
    before && after
}

/// Says of punctuation that other search engines understand, and this language does not, that it did nothing.
fn meant(chars: &[char], at: usize, notices: &mut Notices) {
    let begins = at == 0 || chars[at - 1].is_whitespace() || matches!(chars[at - 1], '(' | ':');
    let next = chars.get(at + 1);
    match chars[at] {
        '-' if begins && next.is_none_or(|c| c.is_whitespace() || *c == ')') => {
            notices.add("a minus with nothing right behind it was left out; `-war` leaves out articles with that word");
        }
        '!' if begins && next.is_some_and(|c| c.is_alphanumeric() || matches!(c, '"' | '(' | '“')) => {
            notices.add("`!` was left out; `-war` leaves out articles with that word");
        }
        _ => {}
    }
}

/// `|`, `&&` and the like are operators only with space behind them.
fn stands_alone(chars: &[char], at: usize) -> bool {
    let end = chars[at..].iter().position(|c| !matches!(c, '|' | '&' | '+')).map_or(chars.len(), |length| at + length);
    chars.get(end).is_none_or(|c| c.is_whitespace())
}

fn quoted(chars: &[char], at: usize, tokens: &mut Vec<Token>, notices: &mut Notices) -> usize {
    let closes = |c: char| {
        matches!((chars[at], c), ('"', '"') | ('“' | '„', '”' | '“' | '"') | ('«', '»') | ('»', '«') | ('”', '”'))
    };
    let length = chars[at + 1..].iter().position(|c| closes(*c));
    let end = length.map_or(chars.len(), |length| at + 1 + length);
    if length.is_none() {
        notices.add("a closing quotation mark was missing; it was put at the end");
    }
    tokens.push(Token::Quoted(chars[at + 1..end].iter().collect()));
    end + 1 + distance_behind(chars, end + 1, notices)
}

/// Returns the length of a `~5` behind a quotation, which other languages read as a distance.
fn distance_behind(chars: &[char], at: usize, notices: &mut Notices) -> usize {
    let digits = match chars.get(at) {
        Some('~') => chars[at + 1..].iter().take_while(|c| c.is_ascii_digit()).count(),
        _ => return 0,
    };
    notices.add("`~` behind a quotation was left out; `peace NEAR/5 talks` looks for words near each other");
    digits + 1
}

fn word(chars: &[char], start: usize, tokens: &mut Vec<Token>, notices: &mut Notices) -> usize {
    let mut end = start;
    while end < chars.len()
        && !chars[end].is_whitespace()
        && !matches!(chars[end], '(' | ')' | '"' | '“' | '”' | '„' | '«' | '»')
    {
        if chars[end] == ':'
            && end > start
            && end - start <= 20
            && chars[start..end].iter().all(char::is_ascii_alphabetic)
        {
            let glued = chars.get(end + 1).is_some_and(|c| !c.is_whitespace() && *c != '/');
            if glued {
                tokens.push(Token::Field(chars[start..end].iter().collect::<String>().to_ascii_lowercase()));
                return end + 1;
            }
        }
        end += 1;
    }
    let text: String = chars[start..end].iter().collect();
    match text.as_str() {
        "OR" | "|" | "||" => tokens.push(Token::Or),
        "AND" | "&&" | "+" => tokens.push(Token::And),
        "NOT" => tokens.push(Token::Not),
        _ => {
            tokens.push(near(&text, notices).map_or(Token::Word(text), Token::Near));
        }
    }
    end
}

/// Reads `NEAR` and `NEAR/5`.
fn near(text: &str, notices: &mut Notices) -> Option<u32> {
    let rest = text.strip_prefix("NEAR")?;
    if rest.is_empty() {
        return Some(USUAL);
    }
    let number = rest.strip_prefix('/')?;
    if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        notices.add(&format!("NEAR/ takes a number of words, such as NEAR/5; {USUAL} was taken"));
        return Some(USUAL);
    }
    let distance = number.parse().unwrap_or(u32::MAX);
    if distance > FARTHEST {
        notices.add(&format!("NEAR looks at most {FARTHEST} words far"));
    }
    Some(distance.min(FARTHEST))
}
