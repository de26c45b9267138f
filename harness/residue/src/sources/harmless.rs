//! Which of what a walk did not search can hold nothing that was to be searched: one rule for scanner and agent, which say whether a
//! search is complete.

use std::path::PathBuf;

use super::item::Place;
use super::report::{NotSearched, Why};

impl NotSearched {
    /// Whether nothing that was to be searched can be there: the kernel's own pages, which a process cannot write; a link (its text was
    /// searched as a name) whose target lies below one of `roots`, and is searched there.
    ///
    /// `roots` are the paths of this search, as [`canonicalize`](std::path::Path::canonicalize) gives them. A link that leads
    /// nowhere is not harmless: it may have led somewhere.
    pub fn harmless(&self, roots: &[PathBuf]) -> bool {
        match (&self.why, &self.place) {
            (Why::KernelPages, _) => true,
            (Why::Link(_), Place::File { path, .. }) => path
                .canonicalize()
                .is_ok_and(|target| roots.iter().any(|root| target.starts_with(root))),
            _ => false,
        }
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use crate::sources::tests::walked_path;
    use std::os::unix::fs::symlink;

    #[test]
    fn a_link_is_harmless_where_its_target_is_searched() {
        let [tree, beside] = [(); 2].map(|()| tempfile::tempdir().unwrap());
        let (root, other) = (tree.path(), beside.path().canonicalize().unwrap());
        std::fs::write(root.join("file"), "").unwrap();
        symlink("file", root.join("inside")).unwrap();
        symlink(&other, root.join("outside")).unwrap();
        symlink("nothing", root.join("nowhere")).unwrap();
        symlink(root.join("outside"), root.join("over")).unwrap();
        let missed = walked_path(root).report.not_searched;
        let harmless = |roots: &[PathBuf]| {
            let mut names: Vec<String> = missed
                .iter()
                .filter(|one| one.harmless(roots))
                .map(|one| one.place.to_string())
                .collect();
            names.sort_unstable();
            let start = root.display().to_string().len() + 1;
            names
                .into_iter()
                .map(|name| name[start..].to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(missed.len(), 4);
        let root = root.canonicalize().unwrap();
        assert_eq!(harmless(&[]), [""; 0]);
        assert_eq!(harmless(std::slice::from_ref(&root)), ["inside"]);
        assert_eq!(harmless(&[root, other]), ["inside", "outside", "over"]);
    }

    #[test]
    fn only_links_and_the_kernel_s_pages_can_be() {
        let harmless = |why| {
            let missed = NotSearched {
                place: Place::Process { pid: 1 },
                name: String::new(),
                range: None,
                why,
            };
            missed.harmless(&[PathBuf::from("/")])
        };
        assert!(harmless(Why::KernelPages));
        for why in [Why::Denied, Why::Gone, Why::Forked(vec![2]), Why::Growing] {
            assert!(!harmless(why));
        }
    }
}
