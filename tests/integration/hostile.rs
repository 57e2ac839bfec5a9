//! What nobody should send, sent to the program and to the server: each is answered or rejected, and both live on.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::{archive::TestArchive, served::Served};

/// Files that try to hurt, with how many articles and rejections they come to.
fn files() -> Vec<(&'static str, Vec<u8>, u64, u64)> {
    let fine = "{\"title\":\"Fine\"}\n";
    let line = |text: &str| format!("{text}\n{fine}").into_bytes();
    let deep = format!("{{\"title\":\"Deep\",\"a\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    let objects = format!("{{\"title\":\"Deep\",\"a\":{}1{}}}", "{\"a\":".repeat(100_000), "}".repeat(100_000));
    let mut wide = "title".to_owned();
    let mut keys = "{\"title\":\"Keys\"".to_owned();
    for number in 0..10_000 {
        write!(wide, ",c{number}").unwrap();
        write!(keys, ",\"k{number}\":{number}").unwrap();
    }
    vec![
        ("deep.jsonl", line(&deep), 1, 1),
        ("objects.jsonl", line(&objects), 1, 1),
        ("invalid.jsonl", [b"{\"title\":\"A\xff\xfeB\"}\n", fine.as_bytes()].concat(), 2, 0),
        ("twice.jsonl", line(r#"{"title":"Once","title":"Twice","body":1,"body":{"a":[]}}"#), 2, 0),
        ("null.jsonl", line("{\"title\":\"A\\u0000B\",\"body\":\"\\u0000\"}"), 2, 0),
        ("raw-null.jsonl", line("{\"title\":\"A\0B\"}"), 1, 1),
        ("surrogates.jsonl", line(r#"{"title":"\ud800 alone"}"#), 1, 1),
        ("separators.jsonl", line("{\"title\":\"A\u{2028}B\u{2029}C\u{85}D\"}"), 2, 0),
        ("mark.jsonl", [b"\xef\xbb\xbf", fine.as_bytes()].concat(), 1, 0),
        ("returns.jsonl", fine.replace('\n', "\r\n").repeat(2).into_bytes(), 2, 0),
        (
            "types.jsonl",
            line(
                r#"{"title":{"a":1},"body":["One.","Two."],"authors":7,"tags":{"x":[]},"published":[2025],"url":false}"#,
            ),
            2,
            0,
        ),
        ("numbers.jsonl", line(r#"{"title":1e999}"#), 1, 1),
        ("keys.jsonl", line(&(keys + "}")), 2, 0),
        ("long-id.jsonl", line(&format!("{{\"id\":\"{}\",\"title\":\"A\"}}", "x".repeat(600))), 1, 1),
        ("wide.csv", (wide + "\nA\n").into_bytes(), 0, 1),
        ("ragged.csv", b"title,body\nA\nB,\"One\nline\",beyond,far beyond\n,,,\n\"C".to_vec(), 2, 2),
        ("no-header.csv", b"1,2\n3,4\n".to_vec(), 0, 1),
        ("nothing.txt", Vec::new(), 0, 1),
        ("blank.html", b"<html></html>".to_vec(), 0, 1),
        ("deep.html", "<div>".repeat(100_000).into_bytes(), 0, 1),
        ("tags.html", "<".repeat(1_000_000).into_bytes(), 0, 1),
        ("picture.txt", b"\x89PNG\r\n\x1a\n\0\0\0".to_vec(), 0, 1),
        ("brackets.json", "[".repeat(1_000_000).into_bytes(), 0, 2),
    ]
}

#[test]
fn every_hostile_file_is_read_or_rejected_and_the_rest_goes_on() {
    let archive = TestArchive::empty();
    for (name, data, articles, rejected) in files() {
        let answer = archive.json(&["ingest", &archive.file(name, data), "--json", "--dry-run"]);
        let counts = &answer["counts"];
        let read: u64 =
            ["created", "updated", "unchanged", "duplicate"].iter().filter_map(|it| counts[*it].as_u64()).sum();
        assert_eq!((read, counts["rejected"].as_u64().unwrap()), (articles, rejected), "{name}");
    }
}

#[test]
fn the_server_answers_item_by_item_and_lives_on() {
    let archive = TestArchive::empty();
    let served = Served::new(&archive);
    for (name, data, ..) in files() {
        let (status, body) = served.ask("POST", "/api/articles", &data);
        assert_eq!(status, 200, "{name}: {body}");
        let answer: Value = serde_json::from_str(&body).unwrap();
        let items = answer["items"].as_array().unwrap();
        assert!(items.iter().all(|it| it["outcome"] != "rejected" || it["reason"].is_string()), "{name}: {body}");
    }
    let (status, body) = served.ask("GET", "/api/search?q=fine", b"");
    assert_eq!(status, 200);
    assert!(serde_json::from_str::<Value>(&body).unwrap()["total"].as_u64().unwrap() > 0);
}

#[test]
fn a_title_with_markup_is_text_on_the_page() {
    let archive = TestArchive::empty();
    let served = Served::new(&archive);
    let article = json!({"id": "x", "title": "<script>alert(1)</script>", "body": "<img src=x onerror=alert(1)>", "url": "javascript:alert(1)"});
    let (status, _) = served.ask("POST", "/api/articles", article.to_string().as_bytes());
    assert_eq!(status, 200);
    for path in ["/", "/articles/x", "/ingestions"] {
        let (status, page) = served.ask("GET", path, b"");
        assert_eq!(status, 200, "{path}");
        for danger in ["<script>alert", "<img src=x", "href=\"javascript:"] {
            assert!(!page.contains(danger), "{path}: {danger}");
        }
    }
}

#[test]
fn an_article_of_fifty_megabytes_in_one_line_is_found_by_its_last_word() {
    let archive = TestArchive::empty();
    let words = "The harbour was quiet and nobody came. ".repeat((50 << 20) / 39);
    let data = format!("{{\"id\":\"big\",\"title\":\"Long\",\"body\":\"{words}Zanzibar\"}}\n{{\"title\":\"Next\"}}\n");
    let answer = archive.json(&["ingest", &archive.file("big.jsonl", data), "--json"]);
    assert_eq!(answer["counts"]["created"], 2);
    assert_eq!(archive.json(&["search", "zanzibar", "--json"])["hits"][0]["id"], "big");
}

#[test]
fn a_bad_date_kills_no_article_and_is_kept_as_given() {
    let archive = TestArchive::empty();
    let bad = ["0000-00-00", "31 February 2025", "03/04/2025", "soon", "2025-W42", "99999-01-01"];
    let mut lines = String::new();
    for (number, date) in bad.iter().enumerate() {
        writeln!(lines, "{}", json!({"id": number.to_string(), "title": "A", "published": date})).unwrap();
    }
    let last = json!({"id": "last", "title": "B", "published": "9999-12-31T23:59:59Z"});
    assert!(archive.run(&["ingest", &archive.file("dates.jsonl", lines + &last.to_string())]).status.success());
    for article in archive.export() {
        let id = article["id"].as_str().unwrap();
        match id.parse::<usize>() {
            Ok(number) => {
                assert!(article.get("published").is_none(), "{article}");
                assert_eq!(article["extra"]["published_as_given"], bad[number]);
            }
            Err(_) => assert_eq!(article["published"], "9999-12-31T23:59:59Z"),
        }
    }
}

#[test]
fn old_encodings_are_read_in_every_format_of_text() {
    use encoding_rs::{Encoding, GB18030, KOI8_R, SHIFT_JIS, UTF_8, WINDOWS_1252};
    let samples: [(&'static Encoding, &str, &str); 5] = [
        (WINDOWS_1252, "Grève au port de Fos", "Les dockers du port ont cessé le travail à l’aube, déçus par l’offre."),
        (SHIFT_JIS, "港湾のストライキ終わる", "港の作業員は月曜日に仕事に戻った。組合は賃上げを歓迎した。"),
        (GB18030, "港口罢工结束", "码头工人星期一返回工作岗位，工会对加薪表示欢迎。"),
        (KOI8_R, "Забастовка окончена", "Грузчики вернулись к работе в понедельник, профсоюз доволен прибавкой."),
        (UTF_8, "Strike ends", "The dockers went back to work on Monday."),
    ];
    for (encoding, title, body) in samples {
        let forms = [
            ("a.jsonl", format!("{}\n", json!({"title": title, "body": body}))),
            ("a.json", json!([{"title": title, "body": body}]).to_string()),
            ("a.csv", format!("title,body\n\"{title}\",\"{body}\"\n")),
            ("a.tsv", format!("title\tbody\n{title}\t{body}\n")),
            ("a.txt", format!("{title}\n\n{body}\n")),
        ];
        for (name, text) in forms {
            let mut coded = vec![encoding.encode(&text).0.into_owned()];
            for mark in ["", "\u{feff}"] {
                let wide = || mark.chars().chain(text.chars()).collect::<String>();
                coded.push(wide().encode_utf16().flat_map(u16::to_le_bytes).collect());
                coded.push(wide().encode_utf16().flat_map(u16::to_be_bytes).collect());
            }
            for (form, data) in coded.into_iter().enumerate() {
                let archive = TestArchive::empty();
                let line = archive.json(&["extract", "--include-text", &archive.file(name, data)]);
                let read = (line["title"].as_str().unwrap_or_default(), line["body"].as_str().unwrap_or_default());
                assert_eq!(read, (title, body), "{} {name} {form}", encoding.name());
            }
        }
    }
}
