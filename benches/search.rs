//! How long searches take: `cargo bench --bench search`.
//!
//! Over the sample articles, or over the archive that `MORGUE_BENCH_ARCHIVE` names. Beside criterion's figures the median
//! and the 95th percentile of each search are printed.

#![expect(clippy::unwrap_used, reason = "a bench fails by panicking")]

use std::{path::PathBuf, process::Command, time::Instant};

use criterion::{Criterion, criterion_group, criterion_main};
use morgue::{index::tantivy::TantivyEngine, search};

const SAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/articles");
const EVERYTHING: &str = "people,places,organizations,topics,sources,sections,authors,languages,countries,years";

/// What is asked: a name for the figure, and the parameters.
const SEARCHES: [(&str, &[(&str, &str)]); 8] = [
    ("words", &[("q", "company shares")]),
    ("facets page", &[("q", "said"), ("facets", EVERYTHING), ("histogram", "auto")]),
    ("facets of everything", &[("facets", EVERYTHING), ("histogram", "auto")]),
    ("phrase", &[("q", "\"last year\"")]),
    ("wildcard", &[("q", "*ation* co*"), ("limit", "0")]),
    ("spelling", &[("q", "goverment~"), ("limit", "0")]),
    ("nearness", &[("q", "bank NEAR/5 rates"), ("limit", "0")]),
    ("collapsed", &[("q", "said"), ("collapse", "story")]),
];

fn archive() -> (PathBuf, Option<tempfile::TempDir>) {
    if let Some(folder) = std::env::var_os("MORGUE_BENCH_ARCHIVE") {
        return (folder.into(), None);
    }
    let folder = tempfile::tempdir().unwrap();
    let program = env!("CARGO_BIN_EXE_morgue");
    Command::new(program).args(["ingest", SAMPLES, "--quiet"]).env("MORGUE_ARCHIVE", folder.path()).status().unwrap();
    (folder.path().to_owned(), Some(folder))
}

fn searches(criterion: &mut Criterion) {
    let (folder, _kept) = archive();
    let engine = TantivyEngine::open(&folder).unwrap();
    let mut group = criterion.benchmark_group("search");
    group.sample_size(20);
    for (name, pairs) in SEARCHES {
        let pairs: Vec<_> = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let ask = || search::search(&engine, &pairs).unwrap();
        let mut took: Vec<f64> = (0..200)
            .map(|_| {
                let started = Instant::now();
                ask();
                started.elapsed().as_secs_f64() * 1_000.0
            })
            .collect();
        took.sort_by(f64::total_cmp);
        println!("{name}: {} articles, p50 {:.1} ms, p95 {:.1} ms", ask().total, took[100], took[190]);
        group.bench_function(name, |bencher| bencher.iter(ask));
    }
}

criterion_group!(benches, searches);
criterion_main!(benches);
