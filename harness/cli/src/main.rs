//! `shinsa`: certification harness for face-authentication card readers (顔認証付きカードリーダー).

use std::alloc::System;
use std::process::ExitCode;

use clap::Parser;
use shinsa::commands::{check, judge, plan, rig, run, scan, stats};
use shinsa::exit;
use zeroizing_alloc::ZeroAlloc;

/// Whatever is given back is overwritten: copies that libraries make of a card's data go with it.
#[global_allocator]
static WIPING: ZeroAlloc<System> = ZeroAlloc(System);

/// Shinsa (審査): runs scenarios on a reader's rig and derives verdicts from recorded evidence.
///
/// Exit codes: 0 pass, 1 fail, 2 bad usage or configuration, 3 inconclusive, 4 rig or harness error,
/// 5 evidence broken, 130 interrupted (resumable).
#[derive(Parser)]
#[command(version)]
enum Command {
    Check(check::Check),
    Plan(plan::Show),
    Schema(check::Schema),
    Run(run::Run),
    Resume(run::Resume),
    Judge(judge::Judge),
    Report(judge::Report),
    Verify(judge::Verify),
    Scan(scan::Scan),
    #[command(subcommand)]
    Stats(stats::Stats),
    /// Preflight, or the rig's own processes.
    #[command(subcommand)]
    Rig(rig::Rig),
    /// A child of `run`: decodes a chip's photo.
    #[command(hide = true)]
    DecodePhoto,
}

#[tokio::main]
async fn main() -> ExitCode {
    exit::end(match Command::parse() {
        Command::Check(arguments) => check::check(&arguments),
        Command::Plan(arguments) => plan::plan(&arguments),
        Command::Schema(arguments) => check::schema(&arguments),
        Command::Run(arguments) => run::run(&arguments).await,
        Command::Resume(arguments) => run::resume(&arguments).await,
        Command::Judge(arguments) => judge::judge(&arguments),
        Command::Report(arguments) => judge::report(&arguments),
        Command::Verify(arguments) => judge::verify(&arguments),
        Command::Scan(arguments) => scan::scan(&arguments),
        Command::Stats(command) => stats::stats(&command),
        Command::Rig(command) => rig::rig(&command).await,
        Command::DecodePhoto => rig::decode_photo(),
    })
}
