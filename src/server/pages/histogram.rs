//! Articles over time as bars on a true time axis; each bar is a link to its span.

use super::words;
use crate::{article::Date, search::answer::HistogramView, server::params::Pairs};

/// Units in the width of the drawing.
const WIDTH: f64 = 1000.0;
/// Units in its height.
const HEIGHT: f64 = 100.0;

/// A histogram on the page.
pub(super) struct Chart {
    pub(super) bars: Vec<Bar>,
    pub(super) first: String,
    pub(super) last: String,
    /// Articles of which less is known than the bars say: label and address.
    pub(super) coarse: Vec<(String, String)>,
    /// `3 undated`; empty if none is.
    pub(super) undated: String,
    pub(super) undated_href: String,
}

/// One bar, in units of the drawing.
pub(super) struct Bar {
    pub(super) label: String,
    pub(super) href: String,
    pub(super) x: String,
    pub(super) y: String,
    pub(super) width: String,
    pub(super) height: String,
}

/// Returns the chart; links narrow the search that `pairs` stand for.
pub(super) fn chart(view: &HistogramView, pairs: &Pairs) -> Chart {
    let undated = pairs.without("from").without("to").without("undated");
    let mut placed = Vec::new();
    let mut coarse = Vec::new();
    for bucket in &view.buckets {
        let href = undated.with("from", &bucket.from).with("to", &bucket.from).link();
        let said = words::date_text(&bucket.from);
        let label = format!("{said}: {}", words::articles(bucket.count));
        match place(view.interval, &bucket.from) {
            Some(at) => placed.push((at, bucket.count, label, href, said)),
            None => coarse.push((label, href)),
        }
    }
    let first = placed.first().map_or(0, |it| it.0);
    let last = placed.last().map_or(0, |it| it.0);
    let most = placed.iter().map(|it| it.1).max().unwrap_or(1).max(1);
    let step = WIDTH / f64::from(last - first + 1);
    let (from, to) = (placed.first().map(|it| it.4.clone()), placed.last().map(|it| it.4.clone()));
    let bars = placed.into_iter().map(|(at, count, label, href, _)| {
        let height = (count as f64 / most as f64 * HEIGHT).max(3.0);
        let width = (step * 0.85).clamp(2.0, 60.0);
        Bar {
            label,
            href,
            x: format!("{:.2}", f64::from(at - first) * step),
            y: format!("{:.2}", HEIGHT - height),
            width: format!("{width:.2}"),
            height: format!("{height:.2}"),
        }
    });
    Chart {
        bars: bars.collect(),
        first: from.unwrap_or_default(),
        last: to.unwrap_or_default(),
        coarse,
        undated: if view.undated > 0 { format!("{} undated", words::number(view.undated)) } else { String::new() },
        undated_href: undated.with("undated", "only").link(),
    }
}

/// Returns the place of a bucket on the axis; `None` if it is coarser than the interval.
fn place(interval: &str, from: &str) -> Option<i32> {
    let date: Date = from.parse().ok()?;
    let year = i32::from(date.year_number());
    match interval {
        "year" => Some(year),
        "month" => Some(year * 12 + from.get(5..7)?.parse::<i32>().ok()?),
        _ => (from.len() >= 10).then(|| date.days().0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::answer::Bucket;

    #[test]
    fn months_stand_on_the_axis_and_years_beside_it() {
        let bucket = |from: &str, count| Bucket { from: from.to_owned(), count };
        let view = HistogramView {
            interval: "month",
            buckets: vec![bucket("1998", 2), bucket("1998-03", 4), bucket("1998-06", 1)],
            undated: 1,
        };
        let chart = chart(&view, &Pairs::default());
        assert_eq!(chart.bars.len(), 2);
        assert_eq!(chart.bars[1].x, "750.00");
        assert_eq!(chart.coarse[0].1, "/?from=1998&to=1998");
        assert_eq!(chart.undated, "1 undated");
    }
}
