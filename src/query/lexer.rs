//! The query language as tokens. Never fails: what it cannot read is a word.

/// One token of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    Open,
    Close,
    Or,
    And,
    Not,
    Near(u32),
    /// `title:` and the like; the name is lower case.
    Field(String),
    /// The text between quotes.
    Quoted(String),
    /// Anything else, punctuation at its edges taken off.
    Word(String),
}

/// Splits a query into tokens; says in `notices` what was repaired.
pub(super) fn tokens(query: &str, notices: &mut Vec<String>) -> Vec<Token> {
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
            '.' if chars.get(at + 1) == Some(&'.') => at = word(&chars, at, &mut tokens),
            _ if c.is_alphanumeric() || matches!(c, '*' | '?' | '|' | '&' | '+') => at = word(&chars, at, &mut tokens),
            // Punctuation before a word is no part of it.
            _ => at += 1,
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

/// `|`, `&&` and the like are operators only with space behind them.
fn stands_alone(chars: &[char], at: usize) -> bool {
    let end = chars[at..].iter().position(|c| !matches!(c, '|' | '&' | '+')).map_or(chars.len(), |length| at + length);
    chars.get(end).is_none_or(|c| c.is_whitespace())
}

fn quoted(chars: &[char], at: usize, tokens: &mut Vec<Token>, notices: &mut Vec<String>) -> usize {
    let closes = |c: char| {
        matches!((chars[at], c), ('"', '"') | ('“' | '„', '”' | '“' | '"') | ('«', '»') | ('»', '«') | ('”', '”'))
    };
    let length = chars[at + 1..].iter().position(|c| closes(*c));
    let end = length.map_or(chars.len(), |length| at + 1 + length);
    if length.is_none() {
        notices.push("a closing quotation mark was missing; it was put at the end".to_owned());
    }
    tokens.push(Token::Quoted(chars[at + 1..end].iter().collect()));
    end + 1
}

fn word(chars: &[char], start: usize, tokens: &mut Vec<Token>) -> usize {
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
            if let Some(distance) = near(&text) {
                tokens.push(Token::Near(distance));
            } else {
                tokens.push(Token::Word(text));
            }
        }
    }
    end
}

fn near(text: &str) -> Option<u32> {
    let rest = text.strip_prefix("NEAR")?;
    if rest.is_empty() {
        return Some(5);
    }
    let distance: u32 = rest.strip_prefix('/')?.parse().ok()?;
    Some(distance.min(100))
}
