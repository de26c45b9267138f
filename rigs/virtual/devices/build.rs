//! Compiles the device bus's `.proto`.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo:rerun-if-changed=proto");
    let set = protox::compile(["proto/virtual_rig/v1/devices.proto"], ["proto"])?;
    tonic_prost_build::configure().compile_fds(set)?;
    Ok(())
}
