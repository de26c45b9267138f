//! Why a study of PINs decides nothing, in words.

use shinsa_stats::pins::Reason;

use crate::measure::listed;
use crate::text::Bilingual;

/// The reasons, for people.
pub fn words(reasons: &[Reason]) -> Bilingual {
    listed(reasons, |reason| match reason {
        Reason::NoTrials => "計数した認証がない".to_owned(),
        Reason::NullMissing { has, needed } => {
            format!("入力しない暗証番号での対照 {has} 件（{needed} 件が必要）")
        }
        Reason::NullAlarm(cells) => {
            format!("入力しない暗証番号が {cells} 区分で見つかった（計数が検定の前提に合わない）")
        }
        Reason::SeededMissing => "漏れを植え付けた対照がない".to_owned(),
        Reason::Insensitive {
            found,
            planted,
            lower,
            needed,
        } => format!(
            "植え付けた漏れ {planted} 件のうち {found} 件を検出（感度の下限 {:.1} %、{:.0} % が必要）",
            lower * 100.0,
            needed * 100.0
        ),
        Reason::LiveMissing => "認証途中の探索がない".to_owned(),
        Reason::Invisible => {
            "認証途中にも暗証番号が見えないため、後に見えないことから何も言えない".to_owned()
        }
        Reason::TooFewTrials { upper, limit } => format!(
            "認証の数が足りない（漏れの率は {:.2} % 未満としか言えず、{:.2} % が必要）",
            upper * 100.0,
            limit * 100.0
        ),
    })
}
