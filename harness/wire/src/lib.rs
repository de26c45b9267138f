//! The wire: generated types and clients/servers of the published gRPC services, and how to
//! listen and connect.
//!
//! Holds no behaviour of any instrument and no policy: deadlines, retries and what a failure means
//! are the caller's (`shinsa-rig` on the harness side, the virtual rig's processes on the other).

pub mod address;
pub mod sealed;

/// Services and messages of `shinsa.v1`, generated from `proto/shinsa/v1/*.proto`, where each is documented.
#[allow(missing_docs, clippy::pedantic)]
pub mod v1 {
    tonic::include_proto!("shinsa.v1");
}

/// Minor version of `shinsa.v1` that this crate was built from; see `DescribeReply`.
pub const PROTOCOL_MINOR: u32 = 1;
