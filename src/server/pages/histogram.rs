//! Articles over time as bars on a true time axis; each bar is a link to its span, and the span that is chosen is shaded.

use super::words;
use crate::{
    article::Date,
    search::answer::{Bucket, HistogramView},
    server::params::Pairs,
};

/// Height of the bars in a chart of full size and in an overview, in pixels.
const HEIGHTS: (f64, f64) = (72.0, 20.0);
/// Fewer units than these would make bars as wide as doors.
const LEAST_UNITS: i32 = 16;
/// As many units have room on the axis, however unevenly they are filled.
const ROOM: i32 = 150;
/// The most labels under the axis; a phone has room for so many.
const TICKS: i32 = 5;
/// The most spans of lesser precision that are named beside the chart.
const COARSE: usize = 6;

/// A histogram on the page. Lengths across are percent of its width, lengths down are pixels.
pub(super) struct Chart {
    /// Drawn small, over a chart of the span that is chosen.
    pub(super) overview: bool,
    pub(super) bars: Vec<Bar>,
    /// The chosen span: where it begins and how wide it is.
    pub(super) band: Option<(String, String)>,
    pub(super) ticks: Vec<Tick>,
    /// Height of the bars, and of the whole drawing.
    pub(super) height: u32,
    pub(super) whole: u32,
    /// Articles of which less is known than the bars say: label and address.
    pub(super) coarse: Vec<(String, String)>,
    /// Articles long before or after all others, for which the axis is not stretched: label and address.
    pub(super) beyond: Vec<(String, String)>,
    /// Label and address of the undated articles, and whether only they are shown.
    pub(super) undated: Option<(String, String, bool)>,
    /// Says the chart in words: `2024 to 2025, at most 9 articles in a month`.
    pub(super) said: String,
}

/// One bar.
pub(super) struct Bar {
    pub(super) label: String,
    pub(super) href: String,
    pub(super) from: String,
    /// Whether it lies in the chosen span.
    pub(super) inside: bool,
    /// The column that answers to the pointer.
    pub(super) left: String,
    pub(super) column: String,
    pub(super) x: String,
    pub(super) y: String,
    pub(super) width: String,
    pub(super) height: String,
}

/// One label under the axis.
pub(super) struct Tick {
    pub(super) x: String,
    pub(super) label: String,
}

/// The units that the chart shows, first and last.
#[derive(Clone, Copy)]
struct Axis<'a> {
    interval: &'a str,
    first: i32,
    last: i32,
}

/// Returns the chart; links narrow the search that `pairs` stand for.
pub(super) fn chart(view: &HistogramView, pairs: &Pairs, overview: bool) -> Chart {
    let elsewhere = pairs.without_dates();
    let mut placed = Vec::new();
    let mut coarse = Vec::new();
    for bucket in &view.buckets {
        let href = elsewhere.with("from", &bucket.from).with("to", &bucket.from).link();
        match unit(view.interval, &bucket.from) {
            Some(at) => placed.push((at, bucket, href)),
            None => coarse.push((format!("{} {}", words::number(bucket.count), words::date_text(&bucket.from)), href)),
        }
    }
    coarse.truncate(COARSE);
    let beyond = set_apart(&mut placed, &elsewhere);
    let axis = Axis::around(view.interval, placed.first().map_or(0, |it| it.0), placed.last().map_or(0, |it| it.0));
    let most = placed.iter().map(|it| it.1.count).max().unwrap_or(1).max(1);
    let height = if overview { HEIGHTS.1 } else { HEIGHTS.0 };
    let said = match (placed.first(), placed.last()) {
        (Some(first), Some(last)) => format!(
            "{} to {}, at most {} a {}",
            words::date_text(&first.1.from),
            words::date_text(&last.1.from),
            words::articles(most),
            view.interval
        ),
        _ => String::new(),
    };
    let chosen = chosen(axis, pairs);
    let bars = placed.into_iter().map(|(at, bucket, href)| {
        let tall = (bucket.count as f64 / most as f64 * height).max(2.0);
        Bar {
            inside: chosen.is_some_and(|(first, last)| (first..=last).contains(&at)),
            label: format!("{}: {}", words::date_text(&bucket.from), words::articles(bucket.count)),
            href,
            from: bucket.from.clone(),
            left: percent(axis.along(at)),
            column: percent(axis.step()),
            x: percent(axis.along(at) + axis.step() * 0.08),
            width: percent(axis.step() * 0.84),
            y: format!("{:.1}", height - tall),
            height: format!("{tall:.1}"),
        }
    });
    let undated = format!("{} undated", words::number(view.undated));
    Chart {
        overview,
        bars: bars.collect(),
        band: chosen
            .map(|(first, last)| (percent(axis.along(first)), percent(axis.step() * f64::from(last - first + 1)))),
        ticks: if overview { Vec::new() } else { axis.ticks() },
        height: height as u32,
        whole: height as u32 + if overview { 1 } else { 22 },
        coarse,
        beyond,
        undated: (view.undated > 0)
            .then(|| (undated, elsewhere.with("undated", "only").link(), pairs.get("undated") == Some("only"))),
        said,
    }
}

/// Says whether the first interval is finer than the second.
pub(super) fn finer(one: &str, other: &str) -> bool {
    let rank = |it: &str| ["day", "month", "year"].iter().position(|name| *name == it);
    rank(one) < rank(other)
}

fn percent(share: f64) -> String {
    format!("{:.3}%", share * 100.0)
}

/// Returns the number of the unit that a bucket is; `None` if it is coarser than the interval.
fn unit(interval: &str, from: &str) -> Option<i32> {
    let date: Date = from.parse().ok()?;
    let year = i32::from(date.year_number());
    match interval {
        "year" => Some(year),
        // Months are counted from 0, so that a year begins at a multiple of twelve.
        "month" => Some(year * 12 + from.get(5..7)?.parse::<i32>().ok()? - 1),
        _ => (from.len() >= 10).then(|| date.days().0),
    }
}

/// A bar to be: its unit, its bucket, its address.
type Placed<'a> = (i32, &'a Bucket, String);

/// Takes a few articles at the far ends off the axis where they would squeeze all others, and returns links to them.
fn set_apart(placed: &mut Vec<Placed>, elsewhere: &Pairs) -> Vec<(String, String)> {
    let total: u64 = placed.iter().map(|it| it.1.count).sum();
    let few = (total / 50).max(2);
    // How many bars at this end hold no more than a few articles.
    let end = |bars: &mut dyn Iterator<Item = u64>| {
        let mut sum = 0;
        bars.take_while(|count| {
            sum += count;
            sum <= few
        })
        .count()
    };
    let early = end(&mut placed.iter().map(|it| it.1.count));
    let late = end(&mut placed.iter().rev().map(|it| it.1.count));
    if early + late + 2 > placed.len() {
        return Vec::new();
    }
    let units = |from: usize, to: usize| placed[to].0 - placed[from].0 + 1;
    let last = placed.len() - 1;
    if units(0, last) < ROOM {
        return Vec::new();
    }
    // An end is cut where the axis gets by far shorter for it.
    let inner = units(early, last - late);
    let early_counts = inner * 3 < units(0, last - late);
    let late_counts = inner * 3 < units(early, last);
    let (early, late) = (if early_counts { early } else { 0 }, if late_counts { late } else { 0 });
    let later = placed.split_off(placed.len() - late);
    let kept = placed.split_off(early);
    let earlier = std::mem::replace(placed, kept);
    let count = |bars: &[Placed]| words::number(bars.iter().map(|it| it.1.count).sum());
    let mut beyond = Vec::new();
    if let Some(nearest) = earlier.last() {
        beyond.push((format!("{} earlier", count(&earlier)), elsewhere.with("to", &nearest.1.from).link()));
    }
    if let Some(nearest) = later.first() {
        beyond.push((format!("{} later", count(&later)), elsewhere.with("from", &nearest.1.from).link()));
    }
    beyond
}

/// Returns the first and the last unit of the chosen span, as far as it lies on the axis.
fn chosen(axis: Axis, pairs: &Pairs) -> Option<(i32, i32)> {
    let date = |name: &str| pairs.get(name).and_then(|text| text.parse::<Date>().ok());
    let (from, to) = (date("from"), date("to"));
    if from.is_none() && to.is_none() {
        return None;
    }
    let unit_of_day = |day: i32| unit(axis.interval, &Date::from_day_number(day)?.to_string());
    let first = from.and_then(|it| unit_of_day(it.days().0)).unwrap_or(axis.first).max(axis.first);
    let last = to.and_then(|it| unit_of_day(it.days().1)).unwrap_or(axis.last).min(axis.last);
    (first <= last).then_some((first, last))
}

impl<'a> Axis<'a> {
    /// Returns an axis that has both units, widened evenly if it would be too short.
    fn around(interval: &'a str, first: i32, last: i32) -> Self {
        let missing = (LEAST_UNITS - (last - first + 1)).max(0);
        Self { interval, first: first - missing / 2, last: last + missing - missing / 2 }
    }

    /// Returns the share of the width that one unit takes.
    fn step(self) -> f64 {
        1.0 / f64::from(self.last - self.first + 1)
    }

    /// Returns where a unit begins, as a share of the width.
    fn along(self, at: i32) -> f64 {
        f64::from(at - self.first) * self.step()
    }

    fn ticks(self) -> Vec<Tick> {
        let steps: &[i32] = match self.interval {
            "year" => &[1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000],
            "month" => &[1, 2, 3, 6, 12, 24, 60, 120, 240, 600],
            _ => &[1, 2, 4, 7, 14, 28, 56, 91, 182],
        };
        let units = self.last - self.first + 1;
        let step = steps.iter().copied().find(|step| units / step <= TICKS).unwrap_or(units);
        let units = (self.first..=self.last).filter(|at| at.rem_euclid(step) == 0);
        // A label at the very edge would be cut off.
        let inside = units.filter(|at| self.along(*at) < 0.84);
        inside.filter_map(|at| Some(Tick { x: percent(self.along(at)), label: self.label(at, step)? })).collect()
    }

    fn label(self, at: i32, step: i32) -> Option<String> {
        match self.interval {
            "year" => (1..=9999).contains(&at).then(|| at.to_string()),
            "month" if step >= 12 => Some((at / 12).to_string()),
            "month" => Some(words::month(at.rem_euclid(12) as usize, at / 12)),
            _ => Date::from_day_number(at).map(words::day_of_year),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn months(buckets: &[(&str, u64)]) -> HistogramView {
        let buckets = buckets.iter().map(|(from, count)| Bucket { from: (*from).to_owned(), count: *count });
        HistogramView { interval: "month", buckets: buckets.collect(), undated: 1 }
    }

    #[test]
    fn months_stand_on_the_axis_and_years_beside_it() {
        let view = months(&[("1998", 2), ("1998-01", 4), ("1999-08", 1)]);
        let chart = chart(&view, &Pairs::default(), false);
        assert_eq!(chart.bars.len(), 2);
        assert_eq!((chart.bars[0].left.as_str(), chart.bars[1].left.as_str()), ("0.000%", "95.000%"));
        assert_eq!(chart.coarse[0], ("2 1998".to_owned(), "/?from=1998&to=1998".to_owned()));
        assert_eq!(chart.undated.unwrap().0, "1 undated");
        let labels: Vec<&str> = chart.ticks.iter().map(|it| it.label.as_str()).collect();
        assert_eq!(labels, ["Jan 1998", "Jul 1998", "Jan 1999"]);
    }

    #[test]
    fn the_chosen_span_is_shaded() {
        let view = months(&[("1998-01", 4), ("1999-08", 1)]);
        let pairs = Pairs::parse(Some("from=1998-03&to=1998-03-31")).unwrap();
        assert_eq!(chart(&view, &pairs, false).band, Some(("10.000%".to_owned(), "5.000%".to_owned())));
        let open = Pairs::parse(Some("from=1999-08")).unwrap();
        assert_eq!(chart(&view, &open, true).band, Some(("95.000%".to_owned(), "5.000%".to_owned())));
        assert!(chart(&view, &Pairs::default(), false).band.is_none());
    }

    #[test]
    fn a_stray_date_does_not_squeeze_the_others() {
        let mut buckets = vec![("0031".to_owned(), 1)];
        buckets.extend((2000..2020).map(|year| (year.to_string(), 10)));
        buckets.push(("9999".to_owned(), 2));
        let buckets = buckets.into_iter().map(|(from, count)| Bucket { from, count }).collect();
        let chart = chart(&HistogramView { interval: "year", buckets, undated: 0 }, &Pairs::default(), false);
        assert_eq!(chart.bars.len(), 20);
        let beyond: Vec<&str> = chart.beyond.iter().map(|it| it.1.as_str()).collect();
        assert_eq!(beyond, ["/?to=0031", "/?from=9999"]);
    }

    #[test]
    fn an_axis_of_ten_thousand_years_is_labelled() {
        let axis = Axis { interval: "year", first: 1, last: 9999 };
        assert!(axis.ticks().len() <= TICKS as usize + 1);
        assert!(Axis::around("day", 0, 0).ticks().iter().all(|it| !it.label.is_empty()));
        assert!(Axis::around("year", 9999, 9999).ticks().iter().all(|it| it.label != "10000"));
    }
}
