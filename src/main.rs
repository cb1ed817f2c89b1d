//! The `lcw` binary: hands the command line over to the library.
#![forbid(unsafe_code)]

fn main() -> std::process::ExitCode {
    lcw::cli::main().into()
}
