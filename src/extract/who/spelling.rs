//! Whether two words are one word, misspelt.

/// The shortest word that is compared, in letters: in shorter ones one letter makes another name.
const MIN_LETTERS: usize = 5;
/// The longest word that is compared, in letters.
const MAX_LETTERS: usize = 40;

/// Says whether two different words differ by one letter that is missing, doubled, wrong, or two that changed places; the
/// first letter must be the same.
pub(super) fn is_near(one: &str, other: &str) -> bool {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    if short.len() < MIN_LETTERS || long.len() > MAX_LETTERS || long.len() - short.len() > 1 || short[0] != long[0] {
        return false;
    }
    let same = short.iter().zip(&long).take_while(|(a, b)| a == b).count();
    if short.len() < long.len() {
        return short[same..] == long[same + 1..];
    }
    if same == short.len() {
        return false;
    }
    short[same + 1..] == long[same + 1..]
        || same + 1 < short.len()
            && short[same] == long[same + 1]
            && short[same + 1] == long[same]
            && short[same + 2..] == long[same + 2..]
}

#[cfg(test)]
mod tests {
    use super::is_near;

    #[test]
    fn one_slip_of_the_hand_is_near() {
        for (a, b) in
            [("activison", "activision"), ("justin", "jusitn"), ("villareal", "villarreal"), ("fitch", "finch")]
        {
            assert!(is_near(a, b) && is_near(b, a), "{a} {b}");
        }
        for (a, b) in [("justin", "justin"), ("anna", "anne"), ("martin", "carter"), ("marta", "barta")] {
            assert!(!is_near(a, b), "{a} {b}");
        }
    }
}
