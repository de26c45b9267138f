//! Parts of a file become one: ids numbered anew, columns put end to end, several columns at once.

use std::sync::Mutex;

use super::super::{Column, Scores};
use super::part::Part;

/// New numbers of a later part's ids.
struct Numbers {
    subjects: Vec<u32>,
    conditions: Vec<u32>,
}

/// All parts in their order.
pub(super) fn join(parts: Vec<Part>, threads: usize) -> Scores {
    let mut parts = parts.into_iter();
    let Some(mut first) = parts.next() else {
        return Scores::default();
    };
    let rest: Vec<_> = parts.collect();
    let numbers: Vec<_> = rest
        .iter()
        .map(|part| Numbers {
            subjects: first.reader.subjects.append(&part.reader.subjects),
            conditions: first.reader.conditions.append(&part.reader.conditions),
        })
        .collect();
    for (part, numbers) in rest.iter().zip(&numbers) {
        let failures = part.failures.iter().copied();
        first.failures.extend(failures.map(|mut failure| {
            failure.reference = numbers.subjects[failure.reference as usize];
            failure.probe = numbers.subjects[failure.probe as usize];
            failure
        }));
    }
    let mut tasks = Vec::new();
    let later = || rest.iter().zip(&numbers);
    let genuine = later().map(|(part, numbers)| (&part.genuine, numbers));
    append(&mut first.genuine, &genuine.collect::<Vec<_>>(), &mut tasks);
    let impostor = later().map(|(part, numbers)| (&part.impostor, numbers));
    append(
        &mut first.impostor,
        &impostor.collect::<Vec<_>>(),
        &mut tasks,
    );
    run(tasks, threads);
    Scores {
        subjects: first.reader.subjects.into_list(),
        conditions: first.reader.conditions.into_list(),
        genuine: first.genuine,
        impostor: first.impostor,
        failures: first.failures,
    }
}

type Task<'a> = Box<dyn FnOnce() + Send + 'a>;

/// What it takes to append later columns to the first, one task for each kind of value.
fn append<'a>(
    first: &'a mut Column,
    later: &[(&'a Column, &'a Numbers)],
    tasks: &mut Vec<Task<'a>>,
) {
    fn plain<'a, T: Copy + Send + Sync>(to: &'a mut Vec<T>, from: Vec<&'a [T]>) -> Task<'a> {
        Box::new(move || {
            to.reserve_exact(from.iter().map(|piece| piece.len()).sum());
            for piece in from {
                to.extend_from_slice(piece);
            }
        })
    }
    fn numbered<'a>(to: &'a mut Vec<u32>, from: Vec<(&'a [u32], &'a [u32])>) -> Task<'a> {
        Box::new(move || {
            to.reserve_exact(from.iter().map(|(piece, _)| piece.len()).sum());
            for (piece, numbers) in from {
                to.extend(piece.iter().map(|n| numbers[*n as usize]));
            }
        })
    }
    let columns = || later.iter().map(|(column, _)| *column);
    tasks.push(plain(
        &mut first.score,
        columns().map(|c| &c.score[..]).collect(),
    ));
    tasks.push(plain(
        &mut first.attempt,
        columns().map(|c| &c.attempt[..]).collect(),
    ));
    let by = |list: fn(&'a Column) -> &'a [u32], numbers: fn(&'a Numbers) -> &'a [u32]| {
        later
            .iter()
            .map(|(column, new)| (list(column), numbers(new)))
            .collect()
    };
    tasks.push(numbered(
        &mut first.reference,
        by(|c| &c.reference, |n| &n.subjects),
    ));
    tasks.push(numbered(
        &mut first.probe,
        by(|c| &c.probe, |n| &n.subjects),
    ));
    tasks.push(numbered(
        &mut first.condition,
        by(|c| &c.condition, |n| &n.conditions),
    ));
}

fn run(tasks: Vec<Task<'_>>, threads: usize) {
    let tasks = Mutex::new(tasks);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let task = tasks.lock().expect("tasks do not panic").pop();
                    let Some(task) = task else { break };
                    task();
                }
            });
        }
    });
}
