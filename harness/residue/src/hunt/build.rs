//! Builds a [`Hunt`]: sorts the forms of everything wanted by how they are searched, and draws the controls.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;

use crate::canary::{Canary, Kind, SecretBytes};
use crate::encodings::{Form, Search, forms};
use crate::likeness::Likeness;
use crate::search::{Around, Constants, LONGEST, MOST, Needles, Pattern, Searcher};
use crate::sources::{Options, Source};

use super::controls::{CONTROLS, control};
use super::cut::{self, Cut, Cuts};
use super::gapped::{Gap, Gapped};
use super::names::{Entry, Names, kind_name};
use super::pictures;
use super::pins;
use super::trail::Trail;
use super::walk;
use super::wanted::{Refused, Wanted};

/// Fewest bytes of a form that is also looked for under any constant.
const SHORTEST_DISGUISED: usize = 14;
/// Short forms of a PIN that the histogram counts.
const COUNTED: [&str; 9] = [
    "ascii",
    "ascii>stride-2",
    "ascii>stride-4",
    "ascii>stride-8",
    "ascii>stride-16",
    "ascii>stride-24",
    "digit-values",
    "u32-le",
    "u32-be",
];

/// Everything wanted, ready to be searched for. Shared by threads; wiped on drop.
pub struct Hunt {
    pub(super) searcher: Searcher,
    pub(super) gapped: Option<Gapped>,
    pub(super) pins: Option<Searcher>,
    pub(super) around: Option<Around>,
    pub(super) cuts: Option<Cuts>,
    /// Pictures that are also recognised where no byte is the same.
    pub(super) likeness: Likeness,
    pub(super) names: Arc<Names>,
    /// Tags of renderings that are looked for by patterns, sorted.
    pub(super) by_stretches: Vec<u32>,
    sorted: Sorted,
    patterns: u64,
    picture_bytes: u64,
    left_out: Vec<String>,
}

impl std::fmt::Debug for Hunt {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            out,
            "Hunt({} patterns, {} bytes of pictures)",
            self.patterns, self.picture_bytes
        )
    }
}

/// Forms sorted by how they are searched.
#[derive(Default)]
struct Sorted {
    whole: Vec<(u32, Form)>,
    gaps: Vec<Gap>,
    /// Forms of control values with the number of the form; searched for only where a wanted value was met in that form.
    controls: Vec<(u32, u32, Form)>,
    /// Control values whose cut forms are made when such a form was met: few ever are.
    of_cuts: Vec<Canary>,
    /// Places in `whole` of forms that are also looked for under constants.
    disguised: Vec<usize>,
}

/// Sorts them.
#[derive(Default)]
struct Sorting {
    names: Names,
    sorted: Sorted,
    cuts: Vec<Cut>,
    left_out: BTreeSet<String>,
}

impl Hunt {
    /// Builds the search. `seed` draws the control values alone: the same seed gives the same ones.
    ///
    /// # Errors
    /// See [`Refused`].
    pub fn new(wanted: &Wanted, seed: [u8; 32]) -> Result<Self, Refused> {
        if wanted.canaries.is_empty() && wanted.pictures.is_empty() && !wanted.count_pins {
            return Err(Refused::Nothing);
        }
        let mut sorting = Sorting::default();
        for canary in &wanted.canaries {
            let owner = sorting.names.id(canary.id());
            sorting.take(canary, owner, wanted.count_pins);
        }
        sorting.add_controls(&wanted.canaries, seed);
        let mut left_out = Vec::new();
        let pictures = pictures::index(&wanted.pictures, &mut sorting.names, &mut left_out)?;
        let Sorting {
            names,
            sorted,
            cuts,
            left_out: short,
        } = sorting;
        left_out.extend(short);
        left_out.sort_unstable();
        left_out.dedup();

        let nothing = sorted.whole.is_empty()
            && sorted.gaps.is_empty()
            && pictures.stretches.is_empty()
            && pictures.likeness.is_empty();
        if nothing && pictures.index.is_none() && !wanted.count_pins {
            return Err(Refused::TooShort);
        }
        sorted.must_fit()?;
        let mut searcher = sorted.searcher(&pictures.stretches)?;
        if let Some(index) = pictures.index {
            searcher = searcher.renderings(index);
        }
        Ok(Self {
            searcher,
            gapped: Gapped::new(copied(&sorted.gaps))?,
            likeness: pictures.likeness,
            pins: wanted.count_pins.then(|| pins::searcher(wanted)),
            around: wanted.around.clone(),
            cuts: Cuts::new(cuts),
            by_stretches: {
                let mut tags: Vec<u32> = pictures.stretches.iter().map(|one| one.0).collect();
                tags.sort_unstable();
                tags.dedup();
                tags
            },
            sorted,
            patterns: names.wanted(),
            names: Arc::new(names),
            picture_bytes: pictures.bytes,
            left_out,
        })
    }

    /// The search that tells whether hits in these forms say anything: everything wanted, and the control values in these forms.
    pub(super) fn with_controls(&self, forms: &HashSet<u32>) -> Result<Self, Refused> {
        let mut all = Sorted {
            whole: self
                .sorted
                .whole
                .iter()
                .map(|(tag, form)| (*tag, form.copied()))
                .collect(),
            gaps: copied(&self.sorted.gaps),
            ..Sorted::default()
        };
        for (tag, number, form) in &self.sorted.controls {
            if forms.contains(number) {
                all.add(*tag, form.copied());
            }
        }
        Ok(Self {
            searcher: all.searcher(&[])?,
            gapped: Gapped::new(std::mem::take(&mut all.gaps))?,
            pins: None,
            around: None,
            cuts: Cuts::new(self.cut_controls(forms)),
            likeness: Likeness::default(),
            names: Arc::clone(&self.names),
            by_stretches: Vec::new(),
            sorted: all,
            patterns: self.patterns,
            picture_bytes: 0,
            left_out: Vec::new(),
        })
    }

    /// Control values in those of these forms that may be cut.
    pub(super) fn cut_controls(&self, numbers: &HashSet<u32>) -> Vec<Cut> {
        let cuts = self.cuts.iter().flat_map(Cuts::cuts);
        let doubtful = cuts.filter(|cut| cut.controlled && numbers.contains(&cut.form));
        let by_name: HashMap<&str, u32> = doubtful
            .map(|cut| (self.names.form_name(cut.form), cut.form))
            .collect();
        if by_name.is_empty() {
            return Vec::new();
        }
        let of = |canary: &Canary| {
            let forms = forms(canary).into_iter();
            let met = forms.filter_map(|form| {
                let number = by_name.get(form.name())?;
                Cut::of(canary, None, *number, &form)
            });
            met.collect::<Vec<_>>()
        };
        self.sorted.of_cuts.iter().flat_map(of).collect()
    }

    /// Searches one source, in the calling thread.
    ///
    /// Findings never hold bytes. What could not be read is in [`Trail::report`].
    pub fn search(&self, source: &Source, options: &Options) -> Trail {
        walk::search(self, source, options)
    }

    /// Forms that are looked for, control values not counted.
    pub fn patterns(&self) -> u64 {
        self.patterns
    }

    /// Bytes of all renderings of all pictures.
    pub fn picture_bytes(&self) -> u64 {
        self.picture_bytes
    }

    /// Forms that nothing looks for, as `kind/form`, sorted: too short for a search, too plain a picture, or (`picture/thinned`) fragments of
    /// pictures too large for an index of all their rows.
    pub fn left_out(&self) -> &[String] {
        &self.left_out
    }
}

fn copied(gaps: &[Gap]) -> Vec<Gap> {
    let copy = |gap: &Gap| Gap {
        tag: gap.tag,
        form: gap.form.copied(),
    };
    gaps.iter().map(copy).collect()
}

impl Sorting {
    /// Takes the forms of a canary.
    fn take(&mut self, canary: &Canary, owner: u32, count_pins: bool) {
        for form in forms(canary) {
            let kind = canary.kind();
            let too_long = form.solid() && form.reveal().len() > LONGEST;
            if form.search() == Search::Statistics || too_long {
                let counted = kind == Kind::Pin && count_pins && COUNTED.contains(&form.name());
                if !counted {
                    self.left_out
                        .insert(format!("{}/{}", kind_name(kind), form.name()));
                }
                continue;
            }
            let entry = Entry {
                owner: Some(owner),
                form: self.names.form(Some(kind), form.name()),
                controlled: controlled(&form),
            };
            let tag = self.names.tag(entry);
            self.cuts
                .extend(Cut::of(canary, Some(owner), entry.form, &form));
            if form.solid() && !entry.controlled && form.reveal().len() >= SHORTEST_DISGUISED {
                self.sorted.disguised.push(self.sorted.whole.len());
            }
            self.sorted.add(tag, form);
        }
    }

    /// Adds the controlled forms of other values: of PINs and dates [`CONTROLS`] together, of the rest as many per canary.
    fn add_controls(&mut self, canaries: &[Canary], seed: [u8; 32]) {
        let mut random = ChaCha20Rng::from_seed(seed);
        for kind in [Kind::Pin, Kind::Date] {
            let of_kind: Vec<_> = canaries.iter().filter(|one| one.kind() == kind).collect();
            for canary in of_kind.iter().cycle().take(CONTROLS) {
                self.add_control(canary, canaries, &mut random);
            }
        }
        for canary in canaries {
            let shared = matches!(canary.kind(), Kind::Pin | Kind::Date);
            let needed = cut::controlled(canary) || forms(canary).iter().any(controlled);
            if shared || !needed {
                continue;
            }
            for _ in 0..CONTROLS {
                self.add_control(canary, canaries, &mut random);
            }
        }
    }

    fn add_control(&mut self, canary: &Canary, all: &[Canary], random: &mut ChaCha20Rng) {
        let Some(other) = control(canary, all, random) else {
            return;
        };
        for form in forms(&other).into_iter().filter(controlled) {
            let number = self.names.form(Some(canary.kind()), form.name());
            let tag = self.names.tag(Entry {
                owner: None,
                form: number,
                controlled: true,
            });
            self.sorted.controls.push((tag, number, form));
        }
        if cut::controlled(&other) {
            self.sorted.of_cuts.push(other);
        }
    }
}

impl Sorted {
    fn add(&mut self, tag: u32, form: Form) {
        if form.solid() {
            self.whole.push((tag, form));
        } else {
            self.gaps.push(Gap { tag, form });
        }
    }

    /// Whether an index takes everything with all controls: it must not turn out in the middle of a search that it does not.
    fn must_fit(&self) -> Result<(), Refused> {
        match self.whole.len() + self.gaps.len() + self.controls.len() {
            many if many > MOST => Err(crate::search::Refused::TooMany(many).into()),
            _ => Ok(()),
        }
    }

    fn searcher(&self, of_pictures: &[(u32, SecretBytes)]) -> Result<Searcher, Refused> {
        let mut all: Vec<_> = self
            .whole
            .iter()
            .map(|(tag, form)| Pattern {
                tag: *tag,
                bytes: form.reveal(),
            })
            .collect();
        let mut searcher = Searcher::new();
        let disguised: Vec<_> = self.disguised.iter().map(|place| all[*place]).collect();
        if !disguised.is_empty() {
            searcher = searcher.constants(Constants::new(&Needles::new(&disguised)?));
        }
        all.extend(of_pictures.iter().map(|(tag, bytes)| Pattern {
            tag: *tag,
            bytes: bytes.reveal(),
        }));
        if !all.is_empty() {
            searcher = searcher.literals(Needles::new(&all)?);
        }
        Ok(searcher)
    }
}

/// Whether a hit of a form counts only against controls.
fn controlled(form: &Form) -> bool {
    match form.search() {
        Search::Controlled => true,
        // Few different secrets, whatever leads to the place.
        Search::Strided => form.common(),
        Search::Literal | Search::Statistics => false,
    }
}
