//! Why a fixture server cannot start.

use std::io;
use std::net::SocketAddr;

use thiserror::Error;

use crate::assets::AssetsError;

/// Why a fixture server cannot start.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ServerError {
    /// Another program listens there.
    #[error(
        "listen on {address}: the port is taken; stop the program that has it, or set `server.port` to another one (0 lets the system choose)"
    )]
    PortTaken {
        /// Where the server was to listen.
        address: SocketAddr,
    },
    /// The system does not let the server listen there.
    #[error(
        "listen on {address}: {source}; set `server.address` to 127.0.0.1 and `server.port` to 0 or one above 1023"
    )]
    Listen {
        /// Where the server was to listen.
        address: SocketAddr,
        /// The system's reason.
        source: io::Error,
    },
    /// The fixture files cannot be had.
    #[error(transparent)]
    Assets(#[from] AssetsError),
}
