//! How fast the tagger reads: words per second on one core, over the sample articles.
//!
//! `cargo bench --bench tagger`. A harness of its own: a run reads the same text for three seconds and reports the best of
//! ten parts, which is what one core does when nothing else keeps it busy.

use std::{
    fs,
    time::{Duration, Instant},
};

use morgue::{
    extract::{tagger::Tagger, thorough::Transformer},
    text::token::tokens,
};

const PARTS: u32 = 10;
const PART: Duration = Duration::from_millis(300);

fn main() {
    let texts: Vec<String> = bodies();
    let words: usize = texts.iter().map(|text| tokens(text).len()).sum();
    assert!(words > 0, "run it from the root of the repository");
    let tagger = Tagger::embedded().expect("the model that comes with the program can be read");
    let rate = |read: &dyn Fn(&str)| {
        let part = || {
            let (clock, mut seen) = (Instant::now(), 0);
            while clock.elapsed() < PART {
                for text in &texts {
                    read(text);
                }
                seen += words;
            }
            seen as f64 / clock.elapsed().as_secs_f64()
        };
        (0..PARTS).map(|_| part()).fold(0.0, f64::max)
    };
    let tokenizing = rate(&|text| drop(std::hint::black_box(tokens(text))));
    let tagging = rate(&|text| drop(std::hint::black_box(tagger.tag(&[text], Some("en")))));
    let thorough = Transformer::embedded().expect("the transformer that comes with the program can be read");
    let thorough = tagger.with_transformer(thorough);
    let reading = rate(&|text| drop(std::hint::black_box(thorough.tag(&[text], Some("en")))));
    println!("{} articles, {words} words", texts.len());
    println!("tokens: {tokenizing:>12.0} words/s");
    println!("names:  {tagging:>12.0} words/s");
    println!("names, thorough: {reading:>12.0} words/s");
}

/// The texts of the sample articles in JSON Lines.
fn bodies() -> Vec<String> {
    let entries = walkdir::WalkDir::new("examples/articles").sort_by_file_name().into_iter().flatten();
    let files =
        entries.map(walkdir::DirEntry::into_path).filter(|path| path.extension().is_some_and(|it| it == "jsonl"));
    let lines = files.filter_map(|path| fs::read_to_string(path).ok()).flat_map(|text| {
        text.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok()).collect::<Vec<_>>()
    });
    lines.filter_map(|article| article.get("body")?.as_str().map(str::to_owned)).collect()
}
