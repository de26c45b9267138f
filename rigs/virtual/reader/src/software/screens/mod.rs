//! The reader's screens: what each shows and where it is touched, in a grid of 800x480 that is scaled to the panel.
//! Data only; `draw` paints it, `catalogue` publishes it, `ui` shows it.

pub mod canvas;
pub mod catalogue;
pub mod draw;

/// Grid that all places are given in: width, height.
pub const GRID: (u32, u32) = (800, 480);

/// Left, top, width, height in the grid.
pub type Place = [u32; 4];

/// Something to touch.
pub struct Button {
    pub id: &'static str,
    pub label: &'static str,
    pub place: Place,
}

/// What stands below title and guidance.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Body {
    /// A large symbol.
    Symbol(&'static str),
    /// The patient camera's picture.
    Preview,
    /// Ten digits.
    Keypad,
    /// Ramps of all levels of red, green, blue.
    Colours,
}

/// A screen.
pub struct Screen {
    pub id: &'static str,
    pub title: &'static str,
    /// Default guidance; `texts.<id>.guidance` replaces it.
    pub guidance: &'static str,
    /// Colour of the title's band.
    pub tint: [u8; 3],
    pub body: Body,
    pub buttons: &'static [Button],
}

/// Where guidance stands.
pub const GUIDANCE: Place = [40, 92, 720, 56];
/// Where guidance stands beside a keypad.
pub const GUIDANCE_NARROW: Place = [20, 92, 380, 56];
/// Where the typed digits are echoed as dots.
pub const ECHO: Place = [60, 180, 280, 64];
/// Where the camera's picture stands.
pub const PREVIEW: Place = [240, 160, 320, 240];

/// Cells of the keypad's digits, in reading order.
pub fn cells() -> [Place; 10] {
    std::array::from_fn(|n| {
        let (row, column) = if n == 9 { (3, 1) } else { (n / 3, n % 3) };
        [430 + column as u32 * 120, 88 + row as u32 * 96, 108, 84]
    })
}

/// Screen by id; the ids are this file's own.
pub fn screen(id: &str) -> &'static Screen {
    SCREENS
        .iter()
        .find(|screen| screen.id == id)
        .unwrap_or(&SCREENS[0])
}

const CANCEL: Button = Button {
    id: "cancel",
    label: "中止",
    place: [40, 408, 180, 60],
};
const AGREE: [Button; 2] = [
    Button {
        id: "agree",
        label: "同意する",
        place: [440, 330, 300, 110],
    },
    Button {
        id: "decline",
        label: "同意しない",
        place: [60, 330, 300, 110],
    },
];
const NORMAL: [u8; 3] = [24, 84, 150];
const GOOD: [u8; 3] = [20, 120, 60];
const BAD: [u8; 3] = [160, 32, 32];

const fn notice(
    id: &'static str,
    title: &'static str,
    guidance: &'static str,
    tint: [u8; 3],
    symbol: &'static str,
) -> Screen {
    Screen {
        id,
        title,
        guidance,
        tint,
        body: Body::Symbol(symbol),
        buttons: &[],
    }
}

/// All screens. The first is the one that stands when nobody is there.
#[rustfmt::skip]
pub static SCREENS: [Screen; 27] = [
    notice("start", "マイナンバーカード受付", "カードを置いてください", NORMAL, "▼"),
    Screen {
        id: "choose-method", title: "本人確認の方法", guidance: "方法を選んでください", tint: NORMAL, body: Body::Symbol(""),
        buttons: &[
            Button { id: "face", label: "顔認証", place: [40, 180, 220, 190] },
            Button { id: "pin", label: "暗証番号", place: [290, 180, 220, 190] },
            Button { id: "visual", label: "目視", place: [540, 180, 220, 190] },
            CANCEL,
        ],
    },
    Screen { id: "face", title: "顔認証", guidance: "カメラを見てください", tint: NORMAL, body: Body::Preview, buttons: &[CANCEL] },
    Screen { id: "face-retry", title: "もう一度お試しください", guidance: "正面を向いてください", tint: [150, 96, 0], body: Body::Preview, buttons: &[CANCEL] },
    Screen {
        id: "pin", title: "暗証番号の入力", guidance: "4桁の数字を押す", tint: NORMAL, body: Body::Keypad,
        buttons: &[
            Button { id: "clear", label: "訂正", place: [60, 270, 130, 70] },
            Button { id: "confirm", label: "確定", place: [210, 270, 130, 70] },
            CANCEL,
        ],
    },
    notice("processing", "資格確認中", "しばらくお待ちください", NORMAL, "…"),
    Screen {
        id: "register", title: "利用登録", guidance: "保険証として登録しますか", tint: NORMAL, body: Body::Symbol("登録"),
        buttons: &[Button { id: "register", label: "登録する", place: [480, 380, 260, 80] }, CANCEL],
    },
    Screen { id: "consent-medical", title: "診療・薬剤情報の提供", guidance: "医療機関に見せますか", tint: NORMAL, body: Body::Symbol("診療"), buttons: &AGREE },
    Screen { id: "consent-checkup", title: "特定健診情報の提供", guidance: "医療機関に見せますか", tint: NORMAL, body: Body::Symbol("健診"), buttons: &AGREE },
    Screen { id: "consent-limit", title: "限度額情報の提供", guidance: "医療機関に見せますか", tint: NORMAL, body: Body::Symbol("限度"), buttons: &AGREE },
    notice("done", "資格確認終了", "カードをお取りください", GOOD, "○"),
    notice("cancelled", "中止しました", "カードをお取りください", NORMAL, "×"),
    notice("card-error", "カードを使えません", "カードを置き直してください", BAD, "！"),
    notice("card-unreadable", "券面を読めません", "カードを置き直してください", BAD, "券面"),
    Screen {
        id: "pin-wrong", title: "暗証番号が違います", guidance: "もう一度入力しますか", tint: BAD, body: Body::Symbol("再入力"),
        buttons: &[Button { id: "again", label: "再入力", place: [480, 380, 260, 80] }, CANCEL],
    },
    notice("pin-blocked", "暗証番号ロック中", "市区町村の窓口で再設定を", BAD, "鍵"),
    notice("pin-unavailable", "暗証番号のないカード", "顔認証をお使いください", BAD, "顔"),
    Screen {
        id: "face-failed", title: "顔認証できません", guidance: "ほかの方法を選べます", tint: BAD, body: Body::Symbol("不一致"),
        buttons: &[Button { id: "pin", label: "暗証番号", place: [480, 380, 260, 80] }, CANCEL],
    },
    notice("locked-out", "顔認証エラー超過", "窓口の職員にお声がけを", BAD, "停止"),
    notice("lapsed", "資格喪失", "窓口で保険証をご確認ください", BAD, "喪失"),
    notice("lapsed-new", "資格変更あり", "新しい資格で確認できます", NORMAL, "変更"),
    notice("network-error", "通信エラー", "窓口の職員にお声がけを", BAD, "通信"),
    notice("timeout", "時間切れ", "カードをお取りください", NORMAL, "時間"),
    notice("card-removed-early", "カードが外れました", "はじめからやり直してください", BAD, "外れ"),
    notice("foreign-device", "使用できません", "不明な機器を外してください", BAD, "USB"),
    notice("out-of-service", "利用停止中", "窓口の職員にお声がけを", BAD, "休止"),
    Screen { id: "colour-test", title: "自己診断", guidance: "表示色の確認", tint: [0, 0, 0], body: Body::Colours, buttons: &[] },
];
