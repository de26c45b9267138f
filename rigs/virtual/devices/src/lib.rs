//! The device bus between `world` (server) and `reader` (client): panel, touch layer, cameras, USB ports.
//! Generated types only; the harness never uses it.

/// Services and messages of `virtual_rig.v1`, documented in the `.proto`.
#[allow(missing_docs, clippy::pedantic)]
pub mod v1 {
    tonic::include_proto!("virtual_rig.v1");
}
