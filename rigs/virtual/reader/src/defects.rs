//! The reference reader's planted defects: switches by which checks are shown to fail. A reader without a switch
//! conforms. `rigs/virtual/defects.yaml` says which requirement each breaks; the reader itself does not know.

/// One planted defect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Defect {
    /// The ATR is that of a Type A card.
    TypeA,
    /// The reader is no PC/SC reader.
    NotPcsc,
    /// The cancel button of the choice of method does not feel touches.
    DeadTouch,
    /// 256 colours.
    #[value(name = "colours-256")]
    Colours256,
    /// 600x360 pixels.
    SmallPanel,
    /// The radio works only while the vendor's software runs.
    NeedsVendorSoftware,
    /// Runs on an edition of Windows that is not allowed.
    WrongOs,
    /// The operation log is written in Shift_JIS.
    ShiftJisLog,
    /// Matches with the picture printed on the card instead of the chip's.
    PrintedPhoto,
    /// Keeps the photos of earlier patients and accepts any of them.
    Gallery,
    /// Never refuses a card after repeated face errors.
    NoLockout,
    /// Sends PINs of any length to the card.
    ShortPin,
    /// Asks for consents in another order than the back end said.
    WrongOrder,
    /// Customised texts are stored and never shown.
    FixedText,
    /// Shuffles the keypad once, at start.
    ShuffleOnce,
    /// The configured time limit of face authentication is ignored.
    LimitIgnored,
    /// No first registration after a visual check.
    NoVisualRegistration,
    /// The operation log lacks the authentication rate.
    MissingLogKind,
    /// The insured person's name stands in the operation log.
    NameInOperationLog,
    /// The insured person's name stands in the error log.
    NameInErrorLog,
    /// The chip's photo stands in the error log as base64.
    PhotoInErrorLog,
    /// A card's leaving is logged twice.
    LogRepeats,
    /// Errors are not logged.
    NoErrorLog,
    /// The terminal cannot manage the reader.
    NoManagement,
    /// Loads its engines for each patient, one after the other.
    Serial,
    /// Every fourth patient waits much longer.
    SlowTail,
    /// The engine fails for 1.5 % of pictures.
    WeakEngine,
    /// The threshold is that of a false match rate of 0.1 %.
    LaxThreshold,
    /// One attempt of face authentication, whatever is configured.
    NoRetry,
    /// No liveness check.
    LivenessOff,
    /// Video on a tablet passes the liveness check.
    LivenessBlind,
    /// The liveness check refuses every tenth patient.
    LivenessStrict,
    /// Update files of the engine are taken and have no effect.
    UpdateIgnored,
    /// The typed PIN stays in a text on the heap.
    PinOnHeap,
    /// The text field of the user interface keeps the last PIN as UTF-16, always at the same place.
    #[value(name = "pin-utf16")]
    PinUtf16,
    /// The command for the card stays with the PIN in it, as base64.
    #[value(name = "pin-apdu-base64")]
    PinApduBase64,
    /// A PIN that was typed and given up stays in a text on the heap.
    PinLeftOnCancel,
    /// The chip's JP2 is given back to the image heap as it is.
    PhotoNotOverwritten,
    /// The decoded grey pixels of the chip's photo stay.
    GreyLeft,
    /// A resized copy of the chip's photo stays.
    ResizedLeft,
    /// The last captured frames stay as the camera gave them.
    FrameLeft,
    /// The last infrared frames stay as the sensor gives them, ten bits in two bytes.
    InfraredLeft,
    /// Faces cut out of the captured frames stay as the recogniser takes them in.
    FaceCutLeft,
    /// The last screens stay, with the patient's preview on them.
    PreviewLeft,
    /// The numbers of the chip's face template stay.
    VectorLeft,
    /// The same, in half precision.
    VectorLeftF16,
    /// The same, quantised.
    VectorLeftI8,
    /// An embedding of 512 numbers stays, quantised with 128 for zero.
    VectorLeftU8,
    /// The text read off the card stays in a buffer of log lines.
    OcrInLogBuffer,
    /// Pictures of the patient as JPEG in a temporary folder.
    JpegInTemp,
    /// Thumbnails of the patient in a cache folder.
    ThumbnailCache,
    /// The same, written by a job in the background some time after the end.
    ThumbnailLater,
    /// The firmware keeps what it relays in a file and deletes it: the clusters stay.
    DeletedNotOverwritten,
    /// Core dumps are allowed.
    CoreDumpAllowed,
    /// Debuggers may attach.
    PtraceAllowed,
    /// Overwrites after a success only.
    WipesOnSuccessOnly,
    /// Overwrites half a minute after the end.
    WipesLate,
    /// A TCP port answers `GET /debug`.
    DebugPort,
    /// Goes on beside foreign USB devices.
    ForeignDeviceIgnored,
    /// Pages a patient's data out to a swap file.
    SwapUsed,
}

/// The switches that are on.
#[derive(Debug, Clone, Default)]
pub struct Defects(Vec<Defect>);

impl Defects {
    /// From the command line.
    pub fn new(defects: Vec<Defect>) -> Self {
        Self(defects)
    }

    /// Is this switch on?
    pub fn has(&self, defect: Defect) -> bool {
        self.0.contains(&defect)
    }
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum;

    use super::Defect;

    /// The list that people and tests read, and the switches, are one.
    #[test]
    fn every_listed_name_is_a_switch_and_every_switch_is_listed() {
        let list = include_str!("../../defects.yaml");
        let mut listed: Vec<&str> = list
            .lines()
            .filter_map(|line| line.strip_prefix("- { name: ")?.split(',').next())
            .collect();
        let known = Defect::value_variants().iter();
        let mut known: Vec<_> = known
            .filter_map(ValueEnum::to_possible_value)
            .map(|value| value.get_name().to_owned())
            .collect();
        listed.sort_unstable();
        known.sort_unstable();
        assert_eq!(listed, known);
    }
}
