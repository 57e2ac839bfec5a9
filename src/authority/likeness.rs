//! What speaks for two names being one, beyond the names: whom they stand with, when, and whether they ever stand together.

use super::{
    compare::{Judgement, Link},
    survey::{Form, FormId},
};

/// Days between two names that are not taken for one without an editor: ten years.
const MAX_GAP: i32 = 3_653;
/// Number of people among the kinds.
const PEOPLE: usize = 0;
/// Companions that are named as evidence.
const MAX_NAMED: usize = 5;

/// Two names that may be one.
#[derive(Debug, Clone)]
pub(super) struct Pair {
    pub(super) one: FormId,
    pub(super) other: FormId,
    pub(super) judged: Judgement,
}

/// What the archive shows of a pair.
#[derive(Debug, Clone, Default)]
pub(super) struct Evidence {
    /// Companions that both have.
    pub(super) shared: Vec<FormId>,
    /// Their share of the companions of whichever has fewer, 0 to 1.
    pub(super) share: f32,
    /// Days between the last article of one and the first of the other; 0 if their times overlap or are not known.
    pub(super) gap: i32,
    /// Articles in which both stand, each for itself.
    pub(super) together: u32,
}

impl Evidence {
    /// Compares two sorted lists of companions and the times of two names.
    pub(super) fn of(forms: (&Form, &Form), companions: (&[FormId], &[FormId])) -> Self {
        let shared: Vec<FormId> =
            companions.0.iter().filter(|it| companions.1.binary_search(it).is_ok()).copied().collect();
        let fewer = companions.0.len().min(companions.1.len());
        let share = if fewer == 0 { 0.0 } else { shared.len() as f32 / fewer as f32 };
        let gap = match (forms.0.days, forms.1.days) {
            (Some(one), Some(other)) => (one.0 - other.1).max(other.0 - one.1).max(0),
            _ => 0,
        };
        Self { shared, share, gap, together: 0 }
    }

    /// Says whether the archive bears the names out well enough to merge without an editor. The less the names say, the
    /// more the company must.
    pub(super) fn suffices(&self, judged: &Judgement, (one, other): (&Form, &Form)) -> bool {
        let (rare, frequent) = (one.articles.min(other.articles), one.articles.max(other.articles));
        let near = self.gap <= MAX_GAP;
        // Two people of one article are two. A company is called now so, now so in one, and gathered all the same.
        let apart = if one.kind == PEOPLE { self.together > 0 } else { self.together * 4 > rare };
        let shared = |least: usize, share: f32| self.shared.len() >= least && self.share >= share;
        match judged.link {
            Link::Same => near && (one.kind != PEOPLE || !apart),
            Link::Spelling | Link::Order => near && !apart && judged.score >= 0.8 && shared(1, 0.1),
            Link::Nickname => near && !apart && judged.score >= 0.7 && shared(2, 0.15),
            // A son is often named more fully than his father, and keeps his company.
            Link::Fuller if one.kind == PEOPLE => near && !apart && judged.score >= 0.7 && shared(3, 0.3),
            Link::Fuller => near && !apart && judged.score >= 0.7 && shared(2, 0.15),
            Link::Initial => near && !apart && shared(2, 0.2),
            Link::Slip => near && !apart && rare * 10 <= frequent.max(10) && shared(2, 0.2),
            Link::Bare | Link::Conflict | Link::Other => false,
        }
    }

    /// Returns how likely the two are one, for an editor, 0 to 1.
    pub(super) fn score(&self, judged: &Judgement) -> f32 {
        let company = 0.12 * (self.shared.len() as f32).min(3.0) * (0.5 + self.share.min(0.5));
        let against = if self.together > 0 { 0.3 } else { 0.0 } + if self.gap > MAX_GAP { 0.2 } else { 0.0 };
        (judged.score * 0.75 + company - against).clamp(0.0, 0.99)
    }

    /// Returns the evidence in words.
    pub(super) fn in_words(&self, judged: &Judgement, name: impl Fn(FormId) -> String) -> String {
        let mut words = vec![judged.reason.clone()];
        if !self.shared.is_empty() {
            let mut named: Vec<String> = self.shared.iter().map(|it| name(*it)).collect();
            named.sort();
            let more = named.len().saturating_sub(MAX_NAMED);
            named.truncate(MAX_NAMED);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            words.push(format!("both with {}{more}", named.join(", ")));
        }
        if self.gap > MAX_GAP {
            words.push(format!("{} years apart", self.gap / 365));
        }
        if self.together > 0 {
            words.push(format!("side by side in {} articles", self.together));
        }
        words.join("; ")
    }
}
