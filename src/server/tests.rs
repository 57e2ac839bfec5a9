//! The router as a whole, over an engine that knows one article.

use std::{collections::HashMap, ops::ControlFlow, sync::Arc};

use axum::{
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode, header},
};
use tower::ServiceExt;

use super::{Access, Hosts, Intake, IntakeError, IntakeLine, RunView, State, router};
use crate::{
    article::{Article, ArticleId},
    document::{Document, Facet},
    extract::{Entity, Extraction, Mention, TextField},
    index::{Engine, Error, FacetCounts, Histogram, Hit, Known, Results, Writer},
    query::{Cursor, Interval, SearchRequest},
};

struct OneArticle;

fn document() -> Document {
    let mut article = Article::new(ArticleId::given("a/1").unwrap());
    article.title = "<script>alert(1)</script> talks".into();
    article.body = "😀 Ada Brandt spoke.\n\nThen <b>nothing</b>.".into();
    article.url = "javascript:alert(1)".into();
    article.source = "=Gazette".into();
    article.published = Some("1998-03".parse().unwrap());
    let mention = Mention { field: TextField::Body, start: 2, end: 12, text: "Ada Brandt".into() };
    let person = Entity { name: "Ada Brandt".into(), mentions: vec![mention] };
    let extraction = Extraction { people: vec![person], ..Extraction::default() };
    Document::new(article, extraction)
}

impl Engine for OneArticle {
    fn search(&self, _: &SearchRequest) -> Result<Results, Error> {
        let cursor = Cursor { key: 0, tie: "a/1".into(), view: 0, passed: 1 };
        let hit = Hit { document: document(), score: 1.0, cursor };
        let people = FacetCounts { values: vec![("Ada Brandt".into(), 1), ("Bo <i>".into(), 1)], distinct: 40 };
        Ok(Results {
            total: 1,
            stories: None,
            hits: vec![hit],
            facets: HashMap::from([(Facet::People, people)]),
            histogram: Some(Histogram { interval: Interval::Month, buckets: vec![("1998-03".into(), 1)], undated: 0 }),
            next: None,
        })
    }
    fn get(&self, id: &ArticleId) -> Result<Option<Document>, Error> {
        if id.as_str() == "broken" {
            return Err(Error::Engine("segment 7 is gone".into()));
        }
        Ok((id.as_str() == "a/1").then(document))
    }
    fn scan(&self, _: &SearchRequest, each: &mut dyn FnMut(Document) -> ControlFlow<()>) -> Result<(), Error> {
        let _done = each(document());
        Ok(())
    }
    fn known(&self, _: &ArticleId) -> Result<Option<Known>, Error> {
        Ok(None)
    }
    fn story_of_content(&self, _: &str) -> Result<Option<String>, Error> {
        Ok(None)
    }
    fn count(&self) -> Result<u64, Error> {
        Ok(1)
    }
    fn writer(&self) -> Result<Box<dyn Writer>, Error> {
        Err(Error::Engine("read only".into()))
    }
    fn suggest(&self, _: Facet, _: &str, _: usize) -> Result<Vec<(String, u64)>, Error> {
        Ok(vec![("Ada Brandt".into(), 1)])
    }
}

struct OneKey;

impl Access for OneKey {
    fn allows(&self, key: &str) -> bool {
        key == "right"
    }
}

struct Accepting;

impl Intake for Accepting {
    fn take_in(&self, body: Vec<u8>) -> Result<Vec<IntakeLine>, IntakeError> {
        let line =
            IntakeLine { line: 1, id: Some(format!("{} bytes", body.len())), outcome: "created".into(), reason: None };
        Ok(vec![line])
    }
    fn delete(&self, id: &str) -> Result<bool, IntakeError> {
        Ok(id == "a/1")
    }
    fn runs(&self) -> Vec<RunView> {
        Vec::new()
    }
}

async fn ask(method: &str, address: &str, key: Option<&str>) -> (StatusCode, HeaderMap, String) {
    let state = State::new(Arc::new(OneArticle), Arc::new(OneKey), Arc::new(Accepting));
    ask_of(state, method, address, key).await
}

async fn ask_of(state: State, method: &str, address: &str, key: Option<&str>) -> (StatusCode, HeaderMap, String) {
    let mut request = Request::builder().method(method).uri(address);
    if let Some(key) = key {
        request = request.header(header::AUTHORIZATION, format!("Bearer {key}"));
    }
    let request = request.body(Body::from("{}")).unwrap();
    let response = router(state).oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, 1 << 20).await.unwrap();
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    (parts.status, parts.headers, text)
}

async fn get(address: &str) -> (StatusCode, HeaderMap, String) {
    ask("GET", address, None).await
}

#[tokio::test]
async fn markup_in_articles_is_text_on_pages() {
    for address in ["/", "/articles/a%2F1", "/people/Ada%20Brandt"] {
        let (status, headers, html) = get(address).await;
        assert_eq!(status, StatusCode::OK, "{address}");
        assert!(!html.contains("<script>alert"), "{address}");
        assert!(!html.contains("<b>nothing") && !html.contains("Bo <i>"), "{address}");
        assert!(!html.contains("href=\"javascript:"), "{address}");
        assert!(!html.contains(" style="), "{address}");
        let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'"), "{policy}");
    }
}

#[tokio::test]
async fn mentions_are_marked_by_code_points() {
    let (_, _, html) = get("/articles/a%2F1").await;
    let marked = r#"😀 <a class="person" href="/?person=Ada+Brandt" title="Ada Brandt">Ada Brandt</a> spoke."#;
    assert!(html.contains(marked), "{html}");
    assert!(html.contains(">March 1998</time>"), "{html}");
}

#[tokio::test]
async fn facet_links_keep_repeated_parameters() {
    let (_, _, html) = get("/?person=Bo+%3Ci%3E&place=X&place=Y&cursor=").await;
    let html = html.replace("&#38;", "&").replace("&amp;", "&");
    let added = "/?person=Bo+%3Ci%3E&place=X&place=Y&person=Ada+Brandt";
    assert!(html.contains(added), "{html}");
    assert!(html.contains("href=\"/?place=X&place=Y\""), "{html}");
    assert!(html.contains("Filters, 3 active"), "{html}");
}

#[tokio::test]
async fn every_answer_has_the_headers_that_protect_it() {
    for address in ["/", "/nowhere", "/api/search", "/api/search?nonsense=1", "/assets/morgue.js", "/healthz"] {
        let (_, headers, _) = get(address).await;
        let header = |name: &str| headers.get(name).and_then(|it| it.to_str().ok()).unwrap_or_default();
        let policy = header("content-security-policy");
        assert!(!policy.contains("unsafe") && policy.contains("frame-ancestors 'none'"), "{address}: {policy}");
        assert_eq!(header("x-content-type-options"), "nosniff", "{address}");
        assert_eq!(header("referrer-policy"), "same-origin", "{address}");
    }
}

#[tokio::test]
async fn a_foreign_name_is_turned_away_with_the_headers_on() {
    let state = State::new(Arc::new(OneArticle), Arc::new(OneKey), Arc::new(Accepting));
    let state = state.with_hosts(Hosts::of([127, 0, 0, 1].into(), &[]));
    let (status, headers, body) = ask_of(state.clone(), "GET", "http://evil.example/api/search", None).await;
    assert_eq!(status, StatusCode::MISDIRECTED_REQUEST);
    assert!(body.contains("evil.example") && headers.contains_key(header::CONTENT_SECURITY_POLICY));
    let (status, ..) = ask_of(state, "GET", "http://localhost:7700/api/search", None).await;
    assert_eq!(status, StatusCode::OK);
}

#[tokio::test]
async fn writing_needs_a_key() {
    for (method, address) in [("POST", "/api/articles"), ("DELETE", "/api/articles/a%2F1")] {
        for key in [None, Some("wrong")] {
            let (status, headers, body) = ask(method, address, key).await;
            assert_eq!(status, StatusCode::UNAUTHORIZED);
            assert!(headers.contains_key(header::WWW_AUTHENTICATE));
            assert!(body.contains("\"status\":401"), "{body}");
        }
    }
    let (status, _, body) = ask("POST", "/api/articles", Some("right")).await;
    assert_eq!(status, StatusCode::OK);
    assert!(body.contains(r#""counts":{"created":1}"#), "{body}");
    let (status, ..) = ask("DELETE", "/api/articles/a%2F1", Some("right")).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn errors_are_problem_documents() {
    let wrong = [
        ("/api/search?nonsense=1", StatusCode::BAD_REQUEST),
        ("/api/export?nonsense=1", StatusCode::BAD_REQUEST),
        ("/api/export?format=xml", StatusCode::BAD_REQUEST),
        ("/api/articles/none", StatusCode::NOT_FOUND),
        ("/api/nowhere", StatusCode::NOT_FOUND),
        ("/api", StatusCode::NOT_FOUND),
        ("/api/articles/%ff", StatusCode::BAD_REQUEST),
        ("/api/suggest?field=people&prefx=a", StatusCode::BAD_REQUEST),
    ];
    let wrong = wrong.map(|(address, status)| ("GET", address, status)).into_iter().chain([
        ("DELETE", "/api/articles/%ff", StatusCode::BAD_REQUEST),
        ("PUT", "/api/search", StatusCode::METHOD_NOT_ALLOWED),
        ("DELETE", "/healthz", StatusCode::METHOD_NOT_ALLOWED),
    ]);
    for (method, address, expected) in wrong {
        let (status, headers, body) = ask(method, address, None).await;
        assert_eq!(status, expected, "{address}");
        assert_eq!(headers[header::CONTENT_TYPE], "application/problem+json", "{address}");
        let problem: serde_json::Value = serde_json::from_str(&body).unwrap();
        assert_eq!(problem["status"], expected.as_u16());
        assert!(problem["type"].is_string() && problem["detail"].is_string());
    }
}

#[tokio::test]
async fn a_missing_page_is_a_page() {
    for address in ["/nowhere", "/articles/none", "/assets/none"] {
        let (status, _, html) = get(address).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        assert!(html.contains("<h1>Nothing is here</h1>"), "{html}");
    }
}

#[tokio::test]
async fn whatever_is_turned_away_before_a_handler_has_it_is_a_page_too() {
    let addresses = [
        ("GET", "/articles/%ff", StatusCode::BAD_REQUEST),
        ("GET", "/people/%ff", StatusCode::BAD_REQUEST),
        ("GET", "/topics/%C3", StatusCode::BAD_REQUEST),
        ("GET", "/assets/%ff", StatusCode::BAD_REQUEST),
        ("POST", "/about", StatusCode::METHOD_NOT_ALLOWED),
    ];
    for (method, address, expected) in addresses {
        let (status, headers, html) = ask(method, address, None).await;
        assert_eq!(status, expected, "{address}");
        assert_eq!(headers[header::CONTENT_TYPE], "text/html; charset=utf-8", "{address}");
        assert!(html.contains("<!doctype html>") && html.contains("<h1>"), "{address}: {html}");
    }
    let (_, headers, _) = ask("POST", "/about", None).await;
    assert!(headers.contains_key(header::ALLOW));
}

#[tokio::test]
async fn a_failure_is_a_page_that_keeps_its_cause_to_itself() {
    let (status, _, html) = get("/articles/broken").await;
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(html.contains("<h1>Something went wrong in the archive</h1>") && !html.contains("segment 7"), "{html}");
}

#[tokio::test]
async fn an_export_is_safe_in_a_spreadsheet() {
    let (status, _, csv) = get("/api/export?format=csv").await;
    assert_eq!(status, StatusCode::OK);
    assert!(csv.starts_with("id,title,"), "{csv}");
    assert!(csv.contains(",'=Gazette,"), "{csv}");
    let (_, _, lines) = get("/api/export").await;
    let article: serde_json::Value = serde_json::from_str(lines.trim()).unwrap();
    assert_eq!(article["id"], "a/1");
}

#[tokio::test]
async fn everything_else_answers() {
    let addresses = [
        "/?q=a&page=18446744073709551615&cursor=x",
        "/?q=a&page=99999999999999999999",
        "/?q=a&cursor=%ff",
        "/healthz",
        "/readyz",
        "/openapi.json",
        "/about",
        "/ingestions",
        "/assets/style.css",
        "/api/suggest?field=people&prefix=a",
        "/api/search?q=a",
        "/api/articles/a%2F1",
    ];
    for address in addresses {
        let (status, headers, _) = get(address).await;
        assert_eq!(status, StatusCode::OK, "{address}");
        assert!(headers.contains_key(header::CONTENT_SECURITY_POLICY));
    }
}
