//! Which of its names is the title of a page: the headline, without the name of the site.

use super::page::Page;
use crate::text::fold::fold;

/// What stands between a title and the name of a site.
const SEPARATORS: [&str; 9] = [" | ", " - ", " – ", " — ", " :: ", " · ", " • ", " » ", " « "];

/// Returns the title; `headline` is what the page's own description says, `site` the name of the site, if known.
pub(super) fn of(page: &Page, headline: Option<String>, site: &str) -> Option<String> {
    let opengraph = page.meta(&["og:title", "twitter:title"]);
    let names: Vec<&str> = [headline.as_deref(), opengraph.as_deref(), Some(page.name.as_str())]
        .into_iter()
        .flatten()
        .filter(|it| !it.trim().is_empty())
        .collect();
    let keys: Vec<Vec<String>> = names.iter().map(|name| key(name)).collect();
    let is_site = |words: &[String]| {
        let compact = words.concat();
        compact == key(site).concat() || site_parts(&page.name).any(|part| key(part).concat() == compact)
    };
    let headlines: Vec<(&String, Vec<String>)> =
        page.headlines.iter().map(|it| (it, key(it))).filter(|it| !it.1.is_empty()).collect();
    // Two sources that agree are right, whatever the site adds elsewhere.
    let agreed = headlines.iter().find(|(_, words)| keys.contains(words) && !(is_site(words) && headlines.len() > 1));
    let within = || headlines.iter().find(|(_, words)| !is_site(words) && keys.iter().any(|key| contains(key, words)));
    let alike = || {
        headlines.iter().find(|(_, words)| {
            !is_site(words) && words.len() > 2 && keys.iter().any(|key| shared(key, words) * 2 > words.len())
        })
    };
    if let Some((headline, _)) = agreed.or_else(within).or_else(alike) {
        return Some((*headline).clone());
    }
    names.first().map(|name| without_site(name, site))
}

/// Returns the words of a text, folded.
fn key(text: &str) -> Vec<String> {
    let folded = fold(text);
    folded.split(|c: char| !c.is_alphanumeric()).filter(|it| !it.is_empty()).map(str::to_owned).collect()
}

fn contains(whole: &[String], part: &[String]) -> bool {
    whole.windows(part.len()).any(|it| it == part)
}

fn shared(of: &[String], words: &[String]) -> usize {
    words.iter().filter(|word| of.contains(word)).count()
}

/// Returns the parts of a page's name that may be the site's: all but the longest.
fn site_parts(name: &str) -> impl Iterator<Item = &str> {
    let parts = parts(name);
    let longest = parts.iter().map(|it| it.len()).max().unwrap_or_default();
    parts.into_iter().filter(move |it| it.len() < longest)
}

fn parts(name: &str) -> Vec<&str> {
    SEPARATORS
        .iter()
        .fold(vec![name], |parts, separator| parts.into_iter().flat_map(|part| part.split(separator)).collect())
}

/// Takes the name of the site off a title: what is known to be it, or whatever stands behind the last bar.
fn without_site(name: &str, site: &str) -> String {
    let mut title = name.trim();
    let site = key(site).concat();
    loop {
        let last = SEPARATORS.iter().filter_map(|it| Some((title.rfind(it)?, it.len()))).max();
        let Some((at, length)) = last else { break };
        let (before, after) = (title[..at].trim(), title[at + length..].trim());
        let suffix = key(after).concat();
        let named = !site.is_empty() && (suffix == site || suffix.len() > 3 && site.contains(&suffix));
        let barred = matches!(&title[at..at + length], " | " | " :: " | " « " | " » ");
        if !(named || barred && after.len() < before.len()) || key(before).is_empty() {
            break;
        }
        title = before;
    }
    let first = SEPARATORS.iter().filter_map(|it| Some((title.find(it)?, it.len()))).min();
    match first {
        Some((at, length)) if !site.is_empty() && key(&title[..at]).concat() == site => {
            title[at + length..].trim().to_owned()
        }
        _ => title.to_owned(),
    }
}
