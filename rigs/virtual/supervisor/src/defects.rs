//! The names of the reader's planted defects, so that a misspelt one is refused before anything starts.

use anyhow::{Result, bail};
use serde::Deserialize;

#[derive(Deserialize)]
struct Defect {
    name: String,
}

/// Refuses unknown names.
pub fn check(wanted: &[String]) -> Result<()> {
    let known: Vec<Defect> = serde_yaml::from_str(include_str!("../../defects.yaml"))?;
    for name in wanted {
        if known.iter().any(|defect| defect.name == *name) {
            continue;
        }
        let nearest = known
            .iter()
            .max_by(|a, b| {
                let nearness = |defect: &Defect| strsim::jaro_winkler(&defect.name, name);
                nearness(a).total_cmp(&nearness(b))
            })
            .map_or("", |defect| defect.name.as_str());
        bail!(
            "unknown defect {name:?}: did you mean {nearest:?}? rigs/virtual/defects.yaml lists them"
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_misspelt_defect_is_refused_with_the_nearest_name() {
        assert!(super::check(&["slow-tail".into()]).is_ok());
        let error = super::check(&["slow-tial".into()]).unwrap_err().to_string();
        assert!(error.contains("\"slow-tail\""), "{error}");
    }
}
