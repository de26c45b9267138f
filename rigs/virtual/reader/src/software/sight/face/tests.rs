//! The shipped people.

use super::*;
use fixture_people::{face as drawn, persona};

fn grey_photo(person: &persona::Persona) -> Grey {
    let photo = drawn::card_photo(person);
    Grey::of(378, 472, 1, photo.as_raw()).unwrap()
}

#[test]
fn holders_score_above_the_threshold_and_others_below() {
    let people = persona::load(std::path::Path::new("../../../fixtures/personas.yaml")).unwrap();
    let (mut worst, mut luckiest) = (1.0_f32, -1.0_f32);
    for (n, person) in people.iter().enumerate() {
        let matcher = Matcher::new(&grey_photo(person));
        for (m, other) in people.iter().enumerate() {
            let seeds: &[u64] = if n == m { &[1, 2, 3, 4, 5, 6] } else { &[7, 8] };
            for seed in seeds {
                let live = drawn::live_face(other, seed + n as u64 * 10);
                let live = Grey::of(640, 480, 3, live.as_raw()).unwrap();
                let score = matcher.score(&live).unwrap();
                if n == m {
                    worst = worst.min(score);
                } else {
                    luckiest = luckiest.max(score);
                }
            }
        }
    }
    println!("worst genuine {worst}, luckiest impostor {luckiest}");
    assert!(worst > THRESHOLD + 0.05, "{worst}");
    assert!(luckiest < THRESHOLD - 0.05, "{luckiest}");
}

#[test]
fn an_empty_room_has_no_score() {
    let people = persona::load(std::path::Path::new("../../../fixtures/personas.yaml")).unwrap();
    let room = drawn::empty_room();
    let room = Grey::of(640, 480, 3, room.as_raw()).unwrap();
    assert!(Matcher::new(&grey_photo(&people[0])).score(&room).is_none());
}
