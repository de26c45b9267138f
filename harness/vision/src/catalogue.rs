//! The vendor's screen catalogue (`screens.yaml` and PNG references): what each screen looks like, where its
//! targets, texts and keypad cells are, and which regions vary.
//!
//! Read once when a rig is opened. Must not be trusted: every path stays below the catalogue's folder.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use serde::Deserialize;

use crate::grey::Grey;
use crate::picture::{Picture, PictureError};
use crate::recognise::Reference;

/// Largest `screens.yaml` that is read, bytes.
const LARGEST_YAML: u64 = 1 << 20;
/// Largest reference picture file, bytes.
const LARGEST_PNG: u64 = 32 << 20;

/// A rectangle `[x, y, width, height]`, px of the catalogue's screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Region(pub [u32; 4]);

impl Region {
    /// The same region on a frame of another size.
    #[must_use]
    pub fn scaled(self, from: (u32, u32), to: (u32, u32)) -> Self {
        let across = |v: u32| (u64::from(v) * u64::from(to.0) / u64::from(from.0.max(1))) as u32;
        let down = |v: u32| (u64::from(v) * u64::from(to.1) / u64::from(from.1.max(1))) as u32;
        let [x, y, w, h] = self.0;
        Self([across(x), down(y), across(w).max(1), down(h).max(1)])
    }
}

/// Something to touch.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// As written on the screen.
    pub name: String,
    /// Id, unique on its screen.
    pub id: String,
    /// Where.
    #[serde(rename = "box")]
    pub region: Region,
}

/// A text that can be read.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextRegion {
    /// Name, unique on its screen.
    pub name: String,
    /// Where.
    #[serde(rename = "box")]
    pub region: Region,
}

/// Cells of the keypad's digits, in reading order.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeypadCells {
    /// Where each cell is.
    pub cells: Vec<Region>,
}

/// One screen.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Screen {
    /// Id.
    pub id: String,
    /// PNG reference, relative to the catalogue.
    pub image: String,
    /// Regions that vary (live preview, digits, customised texts).
    #[serde(default)]
    pub masks: Vec<Region>,
    /// Targets.
    #[serde(default)]
    pub targets: Vec<Target>,
    /// Texts.
    #[serde(default)]
    pub texts: Vec<TextRegion>,
    /// Digits' cells, where the screen has a keypad.
    #[serde(default)]
    pub keypad: Option<KeypadCells>,
}

impl Screen {
    /// Target by id or by what is written on it.
    pub fn target(&self, name: &str) -> Option<&Target> {
        self.targets
            .iter()
            .find(|target| target.id == name)
            .or_else(|| self.targets.iter().find(|target| target.name == name))
    }

    /// Text region by name.
    pub fn text(&self, name: &str) -> Option<&TextRegion> {
        self.texts.iter().find(|text| text.name == name)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    format: u32,
    width_px: u32,
    height_px: u32,
    screens: Vec<Screen>,
    #[serde(default)]
    glyphs: BTreeMap<String, String>,
}

/// A loaded catalogue.
#[derive(Debug, Clone)]
pub struct Catalogue {
    /// Size that all coordinates are given in, px.
    pub size: (u32, u32),
    /// Screens.
    pub screens: Vec<Screen>,
    /// Grey pictures of digits as drawn in a cell.
    pub(crate) glyphs: Vec<(char, Grey)>,
    /// References, one for each screen.
    pub(crate) references: Vec<Reference>,
}

/// Why a catalogue cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    /// A file cannot be read.
    #[error("{path}: {source}")]
    Read {
        /// File.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file is too large.
    #[error("{path}: larger than {limit} bytes")]
    TooLarge {
        /// File.
        path: PathBuf,
        /// Limit, bytes.
        limit: u64,
    },
    /// Not the layout.
    #[error("{path}: {source}")]
    Yaml {
        /// File.
        path: PathBuf,
        /// Why.
        source: serde_yaml::Error,
    },
    /// Newer layout or senseless contents.
    #[error("{path}: {why}")]
    Content {
        /// File.
        path: PathBuf,
        /// Expected and found.
        why: String,
    },
    /// A reference picture.
    #[error("{path}: {source}")]
    Picture {
        /// File.
        path: PathBuf,
        /// Why.
        source: PictureError,
    },
}

impl Catalogue {
    /// Reads `screens.yaml` and every picture it names.
    pub fn load(path: &Path) -> Result<Self, CatalogueError> {
        let content = |why: String| CatalogueError::Content {
            path: path.into(),
            why,
        };
        let text = read(path, LARGEST_YAML)?;
        let file: File = serde_yaml::from_slice(&text).map_err(|source| CatalogueError::Yaml {
            path: path.into(),
            source,
        })?;
        if file.format != 1 {
            return Err(content(format!(
                "format {}: this program reads format 1",
                file.format
            )));
        }
        if file.screens.is_empty() || file.width_px == 0 || file.height_px == 0 {
            return Err(content("expected a size and at least one screen".into()));
        }
        let folder = path.parent().unwrap_or(Path::new("."));
        let size = (file.width_px, file.height_px);
        let mut references = Vec::new();
        for screen in &file.screens {
            let picture = picture(folder, &screen.image)?;
            references.push(Reference::new(&picture, &screen.masks, size));
        }
        let mut glyphs = Vec::new();
        for (label, name) in &file.glyphs {
            let mut letters = label.chars();
            let (Some(letter), None) = (letters.next(), letters.next()) else {
                return Err(content(format!("glyph {label:?}: expected one character")));
            };
            glyphs.push((letter, Grey::of(&picture(folder, name)?)));
        }
        Ok(Self {
            size,
            screens: file.screens,
            glyphs,
            references,
        })
    }

    /// Screen by id.
    pub fn screen(&self, id: &str) -> Option<&Screen> {
        self.screens.iter().find(|screen| screen.id == id)
    }
}

fn picture(folder: &Path, name: &str) -> Result<Picture, CatalogueError> {
    let path = folder.join(name);
    let inside = Path::new(name)
        .components()
        .all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    if !inside {
        return Err(CatalogueError::Content {
            path,
            why: "expected a path below the catalogue's folder".into(),
        });
    }
    let bytes = read(&path, LARGEST_PNG)?;
    Picture::from_png(&bytes).map_err(|source| CatalogueError::Picture { path, source })
}

fn read(path: &Path, limit: u64) -> Result<Vec<u8>, CatalogueError> {
    let failed = |source| CatalogueError::Read {
        path: path.into(),
        source,
    };
    if std::fs::metadata(path).map_err(failed)?.len() > limit {
        return Err(CatalogueError::TooLarge {
            path: path.into(),
            limit,
        });
    }
    std::fs::read(path).map_err(failed)
}
