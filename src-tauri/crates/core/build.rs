//! Embeds the binaries that `scripts/build-helper.sh` made: the helper and the demo application.
//!
//! Must never be here: building them. They are Linux programs whatever this build is for, and
//! a cargo that starts another cargo deadlocks on the build directory.

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// The architectures that there can be programs for, in the engine's words.
const ARCHITECTURES: [&str; 2] = ["x86_64", "aarch64"];

/// What is embedded: the constant's name, and the program's.
const PROGRAMS: [(&str, &str); 2] = [
    ("HELPERS", "lifeboat-helper"),
    ("DEMOS", "lifeboat-demo-app"),
];

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=LIFEBOAT_HELPER_DIRECTORY");
    let output = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    let directory = helper_directory();
    // The folder, so that a program which comes later is seen. To watch a file that is not there would
    // have cargo compile this crate, and all that is built on it, at every single run.
    println!("cargo::rerun-if-changed={}", directory.display());
    let mut code = String::new();
    for (constant, program) in PROGRAMS {
        code.push_str(&embed(&directory, constant, program));
        if let Some(missing) = missing_for_this_build(&directory, program) {
            writeln!(code, "compile_error!({missing:?});").expect("a string takes everything");
        }
    }
    fs::write(output.join("programs.rs"), code).expect("OUT_DIR is writable");
}

/// The code that holds a program, for each processor for which it is there.
fn embed(directory: &Path, constant: &str, program: &str) -> String {
    let mut entries = String::new();
    for architecture in ARCHITECTURES {
        let binary = directory.join(architecture).join(program);
        if binary.is_file() {
            println!("cargo::rerun-if-changed={}", binary.display());
            writeln!(
                entries,
                "    ({architecture:?}, include_bytes!({binary:?})),"
            )
            .expect("a string takes everything");
        }
    }
    format!(
        "/// Architecture and binary of each {program} that was there at build time.\n\
         pub(super) static {constant}: &[(&str, &[u8])] = &[\n{entries}];\n"
    )
}

/// Where the script puts the binaries.
fn helper_directory() -> PathBuf {
    if let Some(given) = env::var_os("LIFEBOAT_HELPER_DIRECTORY") {
        return PathBuf::from(given);
    }
    let manifest = env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR");
    let root = Path::new(&manifest)
        .ancestors()
        .nth(3)
        .expect("the crate lies three directories below the workspace");
    root.join("target").join("helper")
}

/// What to say if a program is not there for the machine that this build is for: its engine will most
/// likely have the same processor.
fn missing_for_this_build(directory: &Path, program: &str) -> Option<String> {
    let architecture = env::var("CARGO_CFG_TARGET_ARCH").expect("cargo sets CARGO_CFG_TARGET_ARCH");
    if !ARCHITECTURES.contains(&architecture.as_str()) {
        return None;
    }
    let binary = directory.join(&architecture).join(program);
    (!binary.is_file()).then(|| {
        format!(
            "{program} for {architecture} has not been built: run scripts/build-helper.sh {architecture} \
             (looked for {})",
            binary.display()
        )
    })
}
