//! Compiles the published `.proto` files with protox (no protoc needed on the machine).

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let files = [
        "proto/shinsa/v1/instrument.proto",
        "proto/shinsa/v1/stimulus.proto",
        "proto/shinsa/v1/observe.proto",
        "proto/shinsa/v1/terminal.proto",
        "proto/shinsa/v1/matcher.proto",
        "proto/shinsa/v1/inspector.proto",
    ];
    println!("cargo:rerun-if-changed=proto");
    let set = protox::compile(files, ["proto"])?;
    // What holds secrets cannot be printed.
    let secrets = ["CanarySet", "Canary", "CanaryPicture"].map(|name| format!("shinsa.v1.{name}"));
    tonic_prost_build::configure()
        .skip_debug(secrets)
        .compile_fds(set)?;
    Ok(())
}
