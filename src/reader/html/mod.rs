//! Web pages: what the page says of itself first (JSON-LD, meta elements, what stands by its headline), then an extractor
//! for the body and for what is still missing.

mod authors;
mod depth;
mod linked;
mod page;
mod title;

use super::{date, encoding::decode, fields::clean, markup::entities};
use crate::article::{Article, ArticleId, Date};

use linked::Linked;
use page::Page;

/// The deepest nesting of elements.
const MAX_DEPTH: usize = 400;
/// Memory for the stack of the extractor; only what is used is taken.
const STACK_BYTES: usize = 256 << 20;

/// Reads a page, or says why it has no article.
pub(super) fn read(data: &[u8]) -> Result<Article, String> {
    let head = String::from_utf8_lossy(&data[..data.len().min(2_048)]).to_ascii_lowercase();
    let declared = head.split("charset=").nth(1).map(|rest| {
        rest.trim_start_matches(['"', '\''])
            .chars()
            .take_while(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
            .collect::<String>()
    });
    article(&decode(data, declared.as_deref()))
}

fn article(html: &str) -> Result<Article, String> {
    if depth::depth(html) > MAX_DEPTH {
        return Err(format!("the page nests elements deeper than {MAX_DEPTH}"));
    }
    let (page, extracted) = parsed(html).map_err(|error| format!("the page has no article: {error}"))?;
    let own = Linked::of(&page.linked);
    let found = extracted.metadata;
    let mut article = Article::new(ArticleId::from_content(&[]));
    // The extractor guesses the site from the page's name, and may take the title, which is the longer part, for it.
    let guessed = found.sitename.filter(|it| it.len() * 2 < page.name.len());
    article.source = own.text("publisher").or(page.meta(&["og:site_name"])).or(guessed).unwrap_or_default();
    article.title = title::of(&page, own.text("headline"), &article.source).or(found.title).unwrap_or_default();
    article.body = paragraphs(&extracted.content_text);
    article.section = own.text("articleSection").or(page.meta(&["article:section"])).unwrap_or_default();
    article.language = page.language.clone().or(found.language).unwrap_or_default();
    article.url = page.canonical.clone().or(own.text("url")).or(page.meta(&["og:url"])).unwrap_or_default();
    article.authors = authors::of(&page, &own, &article.source, found.author.as_deref());
    let day = found.date.map(|date| date.format("%Y-%m-%d").to_string());
    article.published = published(&page, &own).or_else(|| date::read(&day?));
    article.updated = first_date([own.text("dateModified"), page.meta(&page::MODIFIED)]);
    finish(article)
}

/// Returns the date that the page gives as that of its publication: in its description, else by its headline.
fn published(page: &Page, own: &Linked) -> Option<Date> {
    first_date([own.text("datePublished"), page.meta(&page::PUBLISHED)])
        .or_else(|| page.times.iter().find_map(|time| date::read(time)))
        .or_else(|| own.text("uploadDate").and_then(|text| date::read(&text)))
        .or_else(|| page.by_the_headline().find_map(page::printed_date))
}

fn first_date<const N: usize>(texts: [Option<String>; N]) -> Option<Date> {
    texts.into_iter().flatten().find_map(|text| date::read(&text))
}

fn finish(mut article: Article) -> Result<Article, String> {
    let texts =
        [&mut article.title, &mut article.source, &mut article.section, &mut article.language, &mut article.url];
    for text in texts {
        *text = page::one_line(&entities(text));
    }
    if !article.body.contains(char::is_alphanumeric) {
        return Err("the page has no article text".to_owned());
    }
    article.id = ArticleId::from_url(&article.url)
        .unwrap_or_else(|| ArticleId::from_content(&[&article.source, &article.title, &article.body]));
    Ok(article)
}

/// Parses and extracts on a thread with room for any tree that passes [`MAX_DEPTH`] and the elements it does not count.
fn parsed(html: &str) -> Result<(Page, rs_trafilatura::ExtractResult), String> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK_BYTES);
        let run = thread.spawn_scoped(scope, || {
            let extracted = rs_trafilatura::extract(html).map_err(|error| error.to_string())?;
            Ok((Page::of(html), extracted))
        });
        run.map_err(|error| error.to_string())?.join().unwrap_or_else(|_| Err("the extractor failed on it".to_owned()))
    })
}

/// Makes paragraphs of the extractor's lines.
fn paragraphs(text: &str) -> String {
    let clean = clean(text);
    let lines = clean.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join("\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_says_who_and_when() {
        let text =
            "The dockers of the eastern basin went back to work on Monday after a strike of nine days. ".repeat(4);
        let page = format!(
            "<!doctype html><html lang='en'><head><title>x | Courier</title><meta property='og:site_name' content='Harbour &amp; Courier'>\
             <link rel='canonical' href='https://example.org/a'><script type='application/ld+json'>{{\"@graph\":[{{\"@type\":\"NewsArticle\",\
             \"headline\":\"Strike ends\",\"datePublished\":\"2024-05-06T10:00:00Z\",\"author\":[{{\"name\":\"Ada Brandt\"}}]}}]}}</script></head>\
             <body><nav>Home News</nav><article><h1>Strike ends</h1><p>{text}</p><p>{text}</p></article></body></html>"
        );
        let article = article(&page).unwrap();
        assert_eq!(article.title, "Strike ends");
        assert_eq!(article.authors, ["Ada Brandt"]);
        assert_eq!(article.source, "Harbour & Courier");
        assert_eq!(article.published.unwrap().to_string(), "2024-05-06T10:00:00Z");
        assert_eq!(Some(article.id), ArticleId::from_url("https://example.org/a"));
        assert!(article.body.contains("nine days") && article.body.contains("\n\n"), "{}", article.body);
    }

    #[test]
    fn depth_is_bounded_before_a_tree_is_built() {
        assert!(article(&"<div>".repeat(100_000)).is_err());
        assert!(article(&"<div/>".repeat(100_000)).is_err());
        assert!(article(&"<div></span>".repeat(100_000)).is_err());
        let flat = format!(
            "<html><body><article>{}</article></body></html>",
            "<p>One paragraph of a long page.".repeat(5_000)
        );
        assert!(article(&flat).is_ok());
    }

    /// Returns a page with this head and this before its text.
    fn page(head: &str, before: &str) -> Article {
        let text =
            "The dockers of the eastern basin went back to work on Monday after a strike of nine days. ".repeat(4);
        let html =
            format!("<html><head>{head}</head><body><main>{before}<p>{text}</p><p>{text}</p></main></body></html>");
        article(&html).unwrap()
    }

    #[test]
    fn a_title_is_the_headline_without_the_name_of_the_site() {
        for (head, before) in [
            ("<title>Strike ends after nine days | Harbour News</title>", ""),
            (
                "<title>Harbour News - Strike ends after nine days</title>",
                "<h1>Harbour News</h1><h1>Strike ends after nine days</h1>",
            ),
            (
                "<meta property='og:title' content='Strike ends after nine days | Harbour News | Coast'>",
                "<h1>Strike ends after nine days</h1>",
            ),
            (
                "<meta property='og:site_name' content='Harbour News'><title>Strike ends after nine days - Harbour News</title>",
                "",
            ),
        ] {
            assert_eq!(page(head, before).title, "Strike ends after nine days", "{head}");
        }
        let kept = page("<title>Nine days - a harbour waits</title>", "");
        assert_eq!(kept.title, "Nine days - a harbour waits");
    }

    #[test]
    fn authors_are_people_who_are_named_as_such() {
        let graph = r##"<script type="application/ld+json">{"@graph":[{"@type":"Person","@id":"#ada","name":"Ada Brandt"},
            {"@type":["NewsArticle"],"headline":"x","author":[{"@id":"#ada"},{"name":"https://example.org/jan"}]}]}</script>"##;
        let organization = r#"<script type="application/ld+json">{"@type":"Article","author":{"@type":"Organization","name":"Harbour News"}}</script>"#;
        for (head, before, expected) in [
            (graph, "", &["Ada Brandt"][..]),
            ("<meta name='author' content='By Ada Brandt and Jan Kos'>", "", &["Ada Brandt", "Jan Kos"]),
            (
                "<meta name='citation_author' content='Brandt, Ada'><meta name='citation_author' content='Kos, Jan'>",
                "",
                &["Ada Brandt", "Jan Kos"],
            ),
            (
                "<meta name='author' content='https://example.org/ada'>",
                "<h1>Strike</h1><a rel='author'>Ada Brandt</a>",
                &["Ada Brandt"],
            ),
            (
                "<meta name='author' content='abrandt7'>",
                "<h1>Strike</h1><div>Written by <b>Ada Brandt</b></div>",
                &["Ada Brandt"],
            ),
            (
                organization,
                "<h1>Strike</h1><span class='byline'>By Ada Brandt | Harbour editor</span>",
                &["Ada Brandt"],
            ),
            ("", "<h1>Strike</h1><span class='author-line'>By Ada May June 5, 2025</span>", &["Ada May"]),
            ("", "<h1>Strike</h1><span class='author-line'>Updated June 5, 2025</span>", &[]),
            ("<meta name='author' content='Ada Brandt, MD and Jan Kos, PhD'>", "", &["Ada Brandt, MD", "Jan Kos, PhD"]),
            (organization, "<h1>Strike</h1>", &["Harbour News"]),
            ("<meta name='author' content='undefined'>", "<h1>Strike</h1>", &[]),
        ] {
            assert_eq!(page(head, before).authors, expected, "{head}{before}");
        }
    }

    #[test]
    fn a_date_is_the_one_that_is_given_or_printed_by_the_headline() {
        for (head, before, expected) in [
            ("<meta itemprop='datePublished' content='2025-10-16'>", "", Some("2025-10-16")),
            ("<meta name='citation_publication_date' content='2025/1/2'>", "", Some("2025-01-02")),
            ("", "<h1>Strike</h1><time datetime='2025-10-16T15:33Z'>16 Oct</time>", Some("2025-10-16T15:33:00Z")),
            ("", "<h1>Strike</h1><p>Published on October 16, 2025</p>", Some("2025-10-16")),
            ("", "<h1>Strike</h1><p>Ada Brandt</p><span>16.10.2025</span>", Some("2025-10-16")),
            ("", "<h1>Strike</h1><p>Last updated October 16, 2025</p>", None),
        ] {
            let found = page(head, before).published.map(|date| date.to_string());
            assert_eq!(found.as_deref(), expected, "{head}{before}");
        }
    }
}
