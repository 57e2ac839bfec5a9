//! What cross-validation says of a heading: threshold, probabilities, precision and recall; and of all headings together.

use super::{Example, Learned};

/// Right, given and there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts {
    /// Given, and rightly.
    pub(super) right: usize,
    /// Given.
    pub(super) given: usize,
    /// There.
    pub(super) there: usize,
}

impl Counts {
    pub(super) fn f1(self) -> f64 {
        2.0 * self.right as f64 / (self.given + self.there).max(1) as f64
    }
}

/// Articles that have a heading, below which precision and recall are no figures.
const FEW: usize = 3;
/// How many articles it takes until a heading's own threshold counts as much as the middle.
const TRUST: f32 = 2.0;

/// One heading under cross-validation.
#[derive(Debug)]
pub(super) struct Judged {
    pub(super) threshold: f32,
    pub(super) curve: [f32; 2],
    pub(super) counts: Counts,
    /// Article (row), score, has it.
    asked: Vec<(u32, f32, bool)>,
}

impl Judged {
    pub(super) fn of(mut asked: Vec<(u32, f32, bool)>, precision: Option<f32>) -> Self {
        asked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let threshold = match precision {
            Some(precision) => precise(&asked, precision),
            None => balanced(&asked),
        };
        let curve = curve(&asked);
        let given = asked.iter().take_while(|it| it.1 >= threshold);
        let counts = Counts {
            right: given.clone().filter(|it| it.2).count(),
            given: given.count(),
            there: asked.iter().filter(|it| it.2).count(),
        };
        Self { threshold, curve, counts, asked }
    }

    /// Returns precision and recall, where there were articles enough to say.
    pub(super) fn precision_and_recall(&self) -> (Option<f32>, Option<f32>) {
        let Counts { right, given, there } = self.counts;
        let share = |of: usize| Some(right as f32 / of as f32);
        if there < FEW { (None, None) } else { (if given > 0 { share(given) } else { None }, share(there)) }
    }
}

/// Returns the threshold of the best F1, drawn towards the middle where few articles have the heading.
fn balanced(asked: &[(u32, f32, bool)]) -> f32 {
    let there = asked.iter().filter(|it| it.2).count();
    let (mut best, mut threshold, mut right) = (0.0, 0.0, 0);
    for (at, (_, score, positive)) in asked.iter().enumerate() {
        right += usize::from(*positive);
        let next = asked.get(at + 1).map_or(score - 1.0, |it| it.1);
        let f1 = 2.0 * right as f32 / (at + 1 + there) as f32;
        if f1 > best && next < *score {
            (best, threshold) = (f1, f32::midpoint(*score, next));
        }
    }
    let own = there as f32 / (there as f32 + TRUST);
    own * threshold.clamp(-1.0, 1.0)
}

/// Returns the lowest threshold from which on this share is right; above every score where there is none.
fn precise(asked: &[(u32, f32, bool)], precision: f32) -> f32 {
    let mut threshold = asked.first().map_or(0.0, |it| it.1.max(0.0) + 1.0);
    let mut right = 0;
    for (at, (_, score, positive)) in asked.iter().enumerate() {
        right += usize::from(*positive);
        let next = asked.get(at + 1).map_or(score - 1.0, |it| it.1);
        if next < *score && right as f32 >= precision * (at + 1) as f32 {
            threshold = f32::midpoint(*score, next);
        }
    }
    threshold
}

/// Fits a logistic curve by Newton's method, after Platt (1999) with the targets and damping of Lin, Lin, Weng (2007).
fn curve(asked: &[(u32, f32, bool)]) -> [f32; 2] {
    let there = asked.iter().filter(|it| it.2).count() as f64;
    let others = asked.len() as f64 - there;
    let (high, low) = ((there + 1.0) / (there + 2.0), 1.0 / (others + 2.0));
    let (mut slope, mut offset) = (2.0f64, ((there + 1.0) / (others + 1.0)).ln().clamp(-4.0, 0.0));
    for _ in 0..50 {
        let (mut g, mut h) = ([0.0f64; 2], [1e-3f64, 0.0, 1e-3]);
        for (_, score, positive) in asked {
            let score = f64::from(*score);
            let p = 1.0 / (1.0 + (-(slope * score + offset)).exp());
            let error = p - if *positive { high } else { low };
            let weight = p * (1.0 - p);
            g = [g[0] + error * score, g[1] + error];
            h = [h[0] + weight * score * score, h[1] + weight * score, h[2] + weight];
        }
        let determinant = h[0] * h[2] - h[1] * h[1];
        if determinant.abs() < 1e-12 {
            break;
        }
        let step = [(h[2] * g[0] - h[1] * g[1]) / determinant, (h[0] * g[1] - h[1] * g[0]) / determinant];
        slope = (slope - step[0].clamp(-1.0, 1.0)).clamp(0.1, 20.0);
        offset = (offset - step[1].clamp(-1.0, 1.0)).clamp(-20.0, 20.0);
        if step[0].abs() + step[1].abs() < 1e-6 {
            break;
        }
    }
    [slope as f32, offset as f32]
}

/// Per article: how many headings it was given, and its surest.
#[derive(Debug)]
pub(super) struct Margins {
    given: Vec<u16>,
    /// Margin, heading, has it.
    surest: Vec<(f32, u16, bool)>,
}

/// Puts the headings together.
pub(super) fn together(learned: &[Learned], rows: usize) -> (Margins, Vec<Counts>) {
    let mut margins = Margins { given: vec![0; rows], surest: vec![(f32::NEG_INFINITY, 0, false); rows] };
    for (heading, learned) in learned.iter().enumerate() {
        for (row, score, positive) in &learned.judged.asked {
            let margin = score - learned.judged.threshold;
            margins.given[*row as usize] += u16::from(margin >= 0.0);
            let surest = &mut margins.surest[*row as usize];
            if margin > surest.0 {
                *surest = (margin, heading as u16, *positive);
            }
        }
    }
    (margins, learned.iter().map(|it| it.judged.counts).collect())
}

impl Margins {
    /// Returns how far below its threshold the surest may lie so that giving it to an article that got nothing else helps most.
    pub(super) fn slack(&self, examples: &[Example], counts: &[Counts], surest: Option<bool>) -> Option<f32> {
        match surest {
            Some(true) => return Some(f32::MAX),
            Some(false) => return None,
            None => (),
        }
        let mut without: Vec<(f32, bool)> =
            self.without(examples).map(|(_, (margin, _, right))| (margin, right)).collect();
        without.sort_by(|a, b| b.0.total_cmp(&a.0));
        let mut all = counts.iter().fold(Counts::default(), |sum, it| Counts {
            right: sum.right + it.right,
            given: sum.given + it.given,
            there: sum.there + it.there,
        });
        let (mut best, mut slack) = (all.f1(), None);
        for (margin, right) in without {
            all = Counts { right: all.right + usize::from(right), given: all.given + 1, ..all };
            if all.f1() > best {
                (best, slack) = (all.f1(), Some(-margin));
            }
        }
        slack
    }

    /// Returns the share of the articles whose surest heading is theirs, however sure.
    pub(super) fn surest(&self, examples: &[Example]) -> f64 {
        let asked: Vec<usize> = (0..examples.len()).filter(|row| examples[*row].asked).collect();
        asked.iter().filter(|row| self.surest[**row].2).count() as f64 / asked.len().max(1) as f64
    }

    /// Returns the counts with the surest given where nothing else was.
    pub(super) fn counts_with(&self, examples: &[Example], mut counts: Vec<Counts>, slack: Option<f32>) -> Vec<Counts> {
        let Some(slack) = slack else { return counts };
        for (_, (_, heading, right)) in self.without(examples).filter(|(_, (margin, ..))| *margin >= -slack) {
            let counts = &mut counts[usize::from(heading)];
            counts.given += 1;
            counts.right += usize::from(right);
        }
        counts
    }

    fn without<'a>(&'a self, examples: &'a [Example]) -> impl Iterator<Item = (usize, (f32, u16, bool))> + 'a {
        (0..examples.len())
            .filter(|row| examples[*row].asked && self.given[*row] == 0)
            .map(|row| (row, self.surest[row]))
    }
}
