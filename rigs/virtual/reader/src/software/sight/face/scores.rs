//! Scores of a drawn population.

use std::time::Instant;

use fixture_people::population::{self, Condition, Subject};

use super::{Grey, Template};

/// Scores of a population.
pub(super) struct Scores {
    genuine: Vec<f32>,
    impostor: Vec<f32>,
    /// Presentations without a template.
    pub lost: usize,
}

/// Maps over a slice in all threads.
fn each<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let work = &work;
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        let workers: Vec<_> = items
            .chunks(items.len().div_ceil(threads))
            .map(|part| scope.spawn(move || part.iter().map(work).collect::<Vec<_>>()))
            .collect();
        workers
            .into_iter()
            .flat_map(|worker| worker.join().unwrap())
            .collect()
    })
}

fn photo(subject: &Subject) -> Template {
    let photo = population::photo(subject);
    Template::of_photo(&Grey::of(378, 472, 1, photo.as_raw()).unwrap())
}

/// With a camera's noise: standard deviation 2.3 grey levels.
fn live(subject: &Subject, attempt: u64, condition: &Condition) -> Option<Template> {
    let attempt = u64::from(subject.number) * 1000 + attempt;
    let mut state = attempt.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut picture = population::presentation(subject, attempt, condition);
    for value in picture.iter_mut() {
        // xorshift64 (Marsaglia 2003).
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        *value = value.saturating_add((state % 8) as u8).saturating_sub(4);
    }
    Template::of_live(&Grey::of(640, 480, 3, picture.as_raw()).unwrap())
}

/// Every photo against every first presentation, and against all presentations of its own subject.
pub(super) fn scores(count: u32, attempts: u64, seed: u64, condition: &Condition) -> Scores {
    let people = population::population(count, seed);
    let begun = Instant::now();
    let photos = each(&people, photo);
    let lives: Vec<Vec<_>> = (0..attempts)
        .map(|attempt| each(&people, |person| live(person, attempt, condition)))
        .collect();
    println!("drawn and made templates in {:?}", begun.elapsed());
    let lost = lives.iter().flatten().filter(|one| one.is_none()).count();
    let begun = Instant::now();
    let numbers: Vec<usize> = (0..people.len()).collect();
    let of = |photo: usize, others: bool| {
        let tried = if others { 1 } else { lives.len() };
        let tried = lives[..tried].iter().flat_map(|all| all.iter().enumerate());
        tried
            .filter(|(person, _)| (*person == photo) != others)
            .filter_map(|(_, live)| Some(photos[photo].compare(live.as_ref()?)))
            .collect::<Vec<_>>()
    };
    let impostor = each(&numbers, |n| of(*n, true)).concat();
    println!(
        "{} comparisons in {:?} (all threads)",
        impostor.len(),
        begun.elapsed()
    );
    let genuine = each(&numbers, |n| of(*n, false)).concat();
    Scores {
        genuine,
        impostor,
        lost,
    }
}

impl Scores {
    /// The threshold that this share of impostors reaches.
    pub fn threshold(&mut self, fmr: f64) -> f32 {
        self.impostor.sort_by(|a, b| b.total_cmp(a));
        self.impostor[(self.impostor.len() as f64 * fmr) as usize]
    }

    /// FNMR (with the lost ones) and FMR.
    pub fn errors(&self, threshold: f32) -> (f64, f64) {
        let rejected = self
            .genuine
            .iter()
            .filter(|score| **score < threshold)
            .count()
            + self.lost;
        let accepted = self
            .impostor
            .iter()
            .filter(|score| **score >= threshold)
            .count();
        (
            rejected as f64 / (self.genuine.len() + self.lost) as f64,
            accepted as f64 / self.impostor.len() as f64,
        )
    }

    pub fn print(&self) {
        for (name, scores) in [("genuine", &self.genuine), ("impostor", &self.impostor)] {
            let mut sorted = scores.clone();
            sorted.sort_by(f32::total_cmp);
            let at = |part: f64| sorted[((sorted.len() - 1) as f64 * part) as usize];
            let parts = [0.0, 1e-4, 1e-3, 0.01, 0.5, 0.99, 0.999, 0.9999, 1.0].map(at);
            println!("{name}: {} scores, {parts:.3?}", scores.len());
        }
    }
}
