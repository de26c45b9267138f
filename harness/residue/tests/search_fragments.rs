//! Fragments of renderings: every one that is promised is found, whole, and nothing else.

mod support;

use shinsa_residue::search::{Fragment, Rendering, Renderings, Searcher, Unsearchable};
use support::{SplitMix, streamed};

fn searcher(renderings: &[(u32, &[u8])], stride: usize) -> Searcher {
    let renderings: Vec<_> = renderings
        .iter()
        .map(|(tag, bytes)| Rendering { tag: *tag, bytes })
        .collect();
    Searcher::new().renderings(Renderings::new(&renderings, stride).expect("searchable"))
}

/// Plants fragments of `shortest` … `longest` bytes and expects each, to the byte.
fn planted(stride: usize, shortest: usize, longest: usize) {
    let mut random = SplitMix(stride as u64);
    let images = [random.bytes(50_000), random.bytes(20_000)];
    let searcher = searcher(&[(7, &images[0]), (9, &images[1])], stride);
    let mut haystack = random.bytes(1 << 20);
    let mut expected = Vec::new();
    let mut at = 0;
    loop {
        at += 1 + random.below(300);
        let which = random.below(2);
        let length = shortest + random.below(longest - shortest + 1);
        let offset = random.below(images[which].len() - length);
        if at + length >= haystack.len() {
            break;
        }
        haystack[at..at + length].copy_from_slice(&images[which][offset..offset + length]);
        // The neighbours differ, so that the fragment is exactly this long.
        haystack[at + length] = !images[which][offset + length];
        if let Some(before) = offset.checked_sub(1) {
            haystack[at - 1] = !images[which][before];
        }
        expected.push(Fragment {
            position: at as u64,
            tag: [7, 9][which],
            offset: offset as u64,
            length: length as u64,
        });
        at += length;
    }
    assert!(expected.len() > 500);
    assert_eq!(searcher.search(&haystack, 0, 1).fragments, expected);
    assert_eq!(searcher.search(&haystack, 0, 2).fragments, expected);
    for sizes in [[5_000, 70], [100_000, 200_001]] {
        assert_eq!(streamed(&searcher, &haystack, &sizes).fragments, expected);
    }
}

#[test]
fn fragments_of_71_bytes_at_stride_64() {
    planted(64, 71, 200);
}

#[test]
fn fragments_of_263_bytes_at_stride_256() {
    planted(256, 263, 2_000);
}

#[test]
fn fragments_of_23_bytes_at_stride_16() {
    planted(16, 23, 90);
}

/// Longer than segments, chunks and pieces.
#[test]
fn a_whole_image_is_one_fragment() {
    let mut random = SplitMix(1);
    let image = random.bytes(3 << 20);
    let mut haystack = random.bytes(100_003);
    haystack.extend_from_slice(&image);
    haystack.extend(random.bytes(50_000));
    let searcher = searcher(&[(1, &image)], 64);
    let expected = [Fragment {
        position: 100_003,
        tag: 1,
        offset: 0,
        length: 3 << 20,
    }];
    for threads in [1, 3] {
        assert_eq!(searcher.search(&haystack, 0, threads).fragments, expected);
    }
    for sizes in [[10, 3_000], [70_000, 1], [200_000, 1 << 20], [1 << 22, 9]] {
        assert_eq!(
            streamed(&searcher, &haystack, &sizes).fragments,
            expected,
            "{sizes:?}"
        );
    }
}

/// An image tiled over the haystack: each copy found, no window followed twice.
#[test]
fn copies_side_by_side() {
    let mut random = SplitMix(2);
    let image = random.bytes(1_000);
    let haystack = image.repeat(2_000);
    let searcher = searcher(&[(1, &image)], 64);
    let found = searcher.search(&haystack, 0, 1).fragments;
    assert_eq!(found.len(), 2_000);
    assert!(
        found
            .iter()
            .all(|fragment| fragment.length == 1_000 && fragment.position % 1_000 == 0)
    );
}

/// Texture of a period: a fragment on each diagonal, each followed once.
#[test]
fn texture_ends() {
    let mut random = SplitMix(3);
    let tile = random.bytes(512);
    let image = tile.repeat(8);
    let haystack = tile.repeat(100);
    let searcher = searcher(&[(1, &image)], 64);
    let found = searcher.search(&haystack, 0, 1).fragments;
    assert_eq!(found.len(), 107);
}

#[test]
fn flat_areas_are_left_out_and_told() {
    let mut random = SplitMix(4);
    let mut image = random.bytes(10_000);
    image[..3_000].fill(0x55);
    let renderings = Renderings::new(
        &[Rendering {
            tag: 3,
            bytes: &image,
        }],
        64,
    )
    .expect("searchable");
    let coverage = renderings.coverage()[0];
    assert_eq!((coverage.tag, coverage.windows), (3, 9_993));
    assert!(
        (6_990..=7_000).contains(&coverage.searchable),
        "{coverage:?}"
    );
    let searcher = Searcher::new().renderings(renderings);
    assert!(
        searcher
            .search(&vec![0x55; 100_000], 0, 1)
            .fragments
            .is_empty()
    );
    // A fragment that begins in the flat area is followed back into it.
    let mut haystack = vec![0; 5_000];
    haystack[1_000..3_000].copy_from_slice(&image[2_000..4_000]);
    let found = searcher.search(&haystack, 0, 1).fragments;
    assert_eq!(
        found,
        [Fragment {
            position: 1_000,
            tag: 3,
            offset: 2_000,
            length: 2_000
        }]
    );
}

#[test]
fn unsearchable_renderings_are_refused() {
    let flat = [[1, 2, 3, 4].repeat(100), vec![7; 400]];
    for bytes in &flat {
        let refused = Renderings::new(&[Rendering { tag: 2, bytes }], 64).err();
        let expected = Unsearchable::Featureless {
            tag: 2,
            searchable: 0,
            windows: 393,
        };
        assert_eq!(refused, Some(expected));
    }
    assert_eq!(Renderings::new(&[], 64).err(), Some(Unsearchable::Empty));
    let tiny = Rendering {
        tag: 2,
        bytes: b"abc",
    };
    assert!(matches!(
        Renderings::new(&[tiny], 64),
        Err(Unsearchable::Featureless { .. })
    ));
    for stride in [0, 8, 100, 8192] {
        assert_eq!(
            Renderings::new(&[tiny], stride).err(),
            Some(Unsearchable::Stride(stride))
        );
    }
    assert!(!format!("{tiny:?}").contains("97"));
}
