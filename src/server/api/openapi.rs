//! The description of the API in the `OpenAPI` 3.1 format, written out by hand: the parameters are a list, no struct.

use axum::Json;
use serde_json::{Value, json};

use crate::document::Facet;

/// Answers with the description of the API.
pub(super) async fn describe() -> Json<Value> {
    Json(document())
}

fn document() -> Value {
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "morgue",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "A searchable archive of news articles.",
        },
        "paths": paths(),
        "components": {
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
            "schemas": schemas(),
            "responses": {"Problem": {
                "description": "A problem document (RFC 9457)",
                "content": {"application/problem+json": {"schema": reference("Problem")}},
            }},
        },
    })
}

fn paths() -> Value {
    let mut export = search_parameters();
    export.push(choice("format", &["jsonl", "csv"], "Format of the export"));
    let id = json!({"name": "id", "in": "path", "required": true, "schema": {"type": "string"}});
    let key = json!([{"key": []}]);
    json!({
        "/api/search": {"get": call("Search the archive", &search_parameters(), "Answer")},
        "/api/suggest": {"get": call("Facet values that begin so", &[
            parameter("field", &json!({"type": "string", "default": "people"}), "Facet"),
            parameter("prefix", &json!({"type": "string"}), "How a word of the value begins"),
            parameter("limit", &json!({"type": "integer", "minimum": 1, "maximum": 50}), "At most so many"),
        ], "Suggestions")},
        "/api/export": {"get": {
            "summary": "Every match of a search, streamed, without a cap",
            "parameters": export,
            "responses": with_problem(json!({"200": {"description": "The articles", "content": {
                "application/x-ndjson": {"schema": reference("Article")},
                "text/csv": {"schema": {"type": "string"}},
            }}})),
        }},
        "/api/articles": {"post": {
            "summary": "Take in articles: JSON Lines or a JSON array, at most 64 MiB",
            "security": key,
            "requestBody": {"required": true, "content": {
                "application/x-ndjson": {"schema": reference("ArticleInput")},
                "application/json": {"schema": {"type": "array", "items": reference("ArticleInput")}},
            }},
            "responses": with_problem(ok("Taken")),
        }},
        "/api/articles/{id}": {
            "get": call("One article with what was read out of it", std::slice::from_ref(&id), "Article"),
            "delete": {
                "summary": "Take an article out",
                "security": key,
                "parameters": [id],
                "responses": with_problem(json!({"204": {"description": "Gone"}})),
            },
        },
        "/healthz": {"get": {"summary": "The process lives", "responses": {"200": {"description": "It does"}}}},
        "/readyz": {"get": {"summary": "The archive can be searched",
            "responses": with_problem(json!({"200": {"description": "It can"}}))}},
    })
}

fn search_parameters() -> Vec<Value> {
    let text = json!({"type": "string"});
    let several = json!({"type": "array", "items": {"type": "string"}});
    let names = Facet::ALL.map(Facet::name).join(", ");
    let mut all = vec![parameter("q", &text, "Query in the query language")];
    for facet in Facet::ALL {
        let Some(name) = facet.parameter() else {
            continue;
        };
        let rule = if facet.is_single() { "any of them" } else { "all of them" };
        all.push(parameter(name, &several, &format!("Only articles with {rule}; repeatable")));
        all.push(parameter(&format!("exclude_{name}"), &several, "No article with any of them; repeatable"));
    }
    all.extend([
        parameter("story", &several, "Only this story; repeatable: any of them"),
        parameter("exclude_story", &several, "Not this story; repeatable"),
        parameter("from", &text, "First day: YYYY, YYYY-MM or YYYY-MM-DD"),
        parameter("to", &text, "Last day, inclusive, in the same forms"),
        choice("undated", &["only", "exclude"], "Undated articles"),
        choice("match", &["all", "any"], "Whether all words must be there"),
        choice("sort", &["relevance", "newest", "oldest"], "Order of the hits"),
        parameter("limit", &json!({"type": "integer", "minimum": 0, "maximum": 100}), "Hits on a page"),
        parameter("cursor", &text, "`next` of the page before"),
        parameter("facets", &text, &format!("What to count, separated by commas: {names}")),
        parameter("facet_limit", &json!({"type": "integer", "minimum": 1, "maximum": 1000}), "Values of each facet"),
        choice("histogram", &["auto", "day", "month", "year", "none"], "Articles over time"),
        choice("collapse", &["story"], "Only the first hit of each story"),
    ]);
    for facet in Facet::ALL {
        let name = format!("facet_prefix.{}", facet.name());
        all.push(parameter(&name, &text, "Only values of which a word begins so"));
    }
    all
}

fn schemas() -> Value {
    let text = json!({"type": "string"});
    let number = json!({"type": "integer"});
    let texts = json!({"type": "array", "items": {"type": "string"}});
    let maybe = json!({"type": ["string", "null"]});
    let values = json!({"type": "array", "items": object(&json!({"value": text, "count": number}))});
    json!({
        "Problem": {"type": "object", "required": ["type", "title", "status", "detail"], "properties": {
            "type": {"type": "string", "format": "uri"}, "title": text, "status": number, "detail": text}},
        "Answer": object(&json!({
            "total": number,
            "stories": number,
            "took_ms": {"type": "number"},
            "query": object(&json!({"understood": text, "notices": texts, "suggestions": {"type": "array",
                "items": object(&json!({"query": text, "total": number, "dropped": text, "respelled": text,
                    "without": {"type": "array", "items": object(&json!({"name": text, "value": text}))},
                    "match": {"enum": ["any"]}}))}})),
            "hits": {"type": "array", "items": reference("Hit")},
            "facets": {"type": "object", "additionalProperties": object(&json!({"values": values, "distinct": number}))},
            "histogram": object(&json!({"interval": text, "undated": number,
                "buckets": {"type": "array", "items": object(&json!({"from": text, "count": number}))}})),
            "next": maybe,
        })),
        "Hit": object(&json!({"id": text, "title": text, "url": text, "source": text, "published": maybe,
            "score": {"type": "number"}, "snippet": object(&json!({"title": text, "body": texts})),
            "people": texts, "places": texts, "organizations": texts, "topics": texts})),
        "Suggestions": object(&json!({"field": text, "prefix": text, "values": values})),
        "ArticleInput": article_input(),
        "Article": {"allOf": [reference("ArticleInput"), object(&json!({"story": text,
            "extraction": object(&json!({"language": text, "keywords": texts,
                "people": {"type": "array", "items": reference("Entity")},
                "places": {"type": "array", "items": reference("Place")},
                "organizations": {"type": "array", "items": reference("Entity")},
                "topics": {"type": "array", "items": object(&json!({"code": text, "name": text, "confidence": {"type": "number"}}))}}))}))]},
        "Mention": object(&json!({"field": {"enum": ["title", "subtitle", "body"]}, "start": number, "end": number, "text": text})),
        "Entity": object(&json!({"name": text, "mentions": {"type": "array", "items": reference("Mention")}})),
        "Place": object(&json!({"name": text, "country": text, "kind": text, "lat": {"type": "number"}, "lon": {"type": "number"},
            "geonameid": number, "confidence": {"type": "number"}, "runners_up": {"type": "array", "items": object(&json!({"name": text,
                "country": text, "region": text, "kind": text, "geonameid": number, "confidence": {"type": "number"}}))}, "mentions": {"type": "array", "items": reference("Mention")}})),
        "Taken": object(&json!({
            "items": {"type": "array", "items": object(&json!({"line": number, "id": maybe, "reason": text,
                "outcome": {"enum": ["created", "updated", "unchanged", "duplicate", "rejected"]}}))},
            "counts": {"type": "object", "additionalProperties": {"type": "integer"}}})),
    })
}

fn article_input() -> Value {
    let text = json!({"type": "string"});
    let texts = json!({"type": "array", "items": {"type": "string"}});
    object(&json!({"id": text, "url": text, "title": text, "subtitle": text, "body": text, "source": text,
        "section": text, "language": text, "authors": texts, "tags": texts, "published": text, "updated": text,
        "people": texts, "places": texts, "organizations": texts, "topics": texts, "extra": {"type": "object"}}))
}

fn object(properties: &Value) -> Value {
    json!({"type": "object", "properties": properties})
}

fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

fn parameter(name: &str, schema: &Value, description: &str) -> Value {
    json!({"name": name, "in": "query", "schema": schema, "description": description})
}

fn choice(name: &str, values: &[&str], description: &str) -> Value {
    parameter(name, &json!({"type": "string", "enum": values}), description)
}

fn call(summary: &str, parameters: &[Value], schema: &str) -> Value {
    json!({"summary": summary, "parameters": parameters, "responses": with_problem(ok(schema))})
}

fn ok(schema: &str) -> Value {
    json!({"200": {"description": "The answer", "content": {"application/json": {"schema": reference(schema)}}}})
}

fn with_problem(mut responses: Value) -> Value {
    responses["default"] = json!({"$ref": "#/components/responses/Problem"});
    responses
}
