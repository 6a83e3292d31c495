//! The packages, as people get them: built, installed by apt into a clean system, used as the README says, removed.

mod installed;
mod newcomer;
mod readme;
mod window;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use lifeboat_tests::private_engine::PrivateEngine;
use lifeboat_tests::{CleanRoot, World, artifacts, command};

/// What a newcomer's system has beside the smallest set: the right to install, and, for the application that is
/// protected there, a shell and a database.
const BESIDE: [&str; 3] = ["sudo", "busybox-static", "sqlite3"];

/// Both packages of one build.
struct Packages {
    deb: PathBuf,
    rpm: PathBuf,
}

impl Packages {
    /// Of the debug builds that are there.
    fn build(into: &Path) -> Self {
        let mut script = Command::new(artifacts::repository().join("scripts/package.sh"));
        let built = command::run(script.args(["--debug", "--output"]).arg(into)).success();
        let paths = built.text();
        let path = |ending: &str| {
            let found = paths.lines().find(|line| line.ends_with(ending));
            PathBuf::from(found.unwrap_or_else(|| panic!("no {ending}: {paths}")))
        };
        Self {
            deb: path(".deb"),
            rpm: path(".rpm"),
        }
    }

    /// Paths of the ordinary files in the deb.
    fn deb_files(&self) -> BTreeSet<String> {
        let listed = query("dpkg-deb", &["--contents"], &self.deb);
        let rows = listed.lines().filter(|row| row.starts_with('-'));
        rows.map(|row| {
            let path = row.rsplit(' ').next().unwrap_or_default();
            path.trim_start_matches('.').to_owned()
        })
        .collect()
    }
}

/// What a tool says of a package.
fn query(tool: &str, words: &[&str], package: &Path) -> String {
    command::run(Command::new(tool).args(words).arg(package))
        .success()
        .text()
}

/// Everything that is in one package is in the other, but for the folder in which zsh looks.
fn check_rpm(packages: &Packages) {
    let listed = query("rpm", &["-qpl"], &packages.rpm);
    let rpm: BTreeSet<String> = listed.lines().map(str::to_owned).collect();
    let as_in_rpm = |path: String| path.replace("/zsh/vendor-completions/", "/zsh/site-functions/");
    let deb: BTreeSet<String> = packages.deb_files().into_iter().map(as_in_rpm).collect();
    assert_eq!(rpm, deb);
    let about = query("rpm", &["-qpi"], &packages.rpm);
    for fact in [
        "Name        : lifeboat",
        "License     : Apache-2.0",
        "SQLite databases in your containers",
    ] {
        assert!(about.contains(fact), "{fact}: {about}");
    }
    let version = query(
        "dpkg-deb",
        &["--show", "--showformat=${Version}"],
        &packages.deb,
    );
    assert!(
        about.contains(&format!("Version     : {version}\n")),
        "{about}"
    );
    let requires = query("rpm", &["-qp", "--requires"], &packages.rpm);
    for library in [
        "libwebkit2gtk-4.1.so.0()(64bit)",
        "libgtk-3.so.0()(64bit)",
        "libc.so.6(GLIBC_",
    ] {
        assert!(requires.contains(library), "{library}: {requires}");
    }
}

#[test]
fn a_newcomer_installs_it_follows_the_readme_and_removes_it() {
    let output = tempfile::tempdir().expect("a folder for the packages");
    let (packages, mut root) = std::thread::scope(|scope| {
        let building = scope.spawn(|| Packages::build(output.path()));
        let root = CleanRoot::make(&BESIDE);
        (building.join().expect("the packages are built"), root)
    });
    check_rpm(&packages);

    // An engine of its own: what others leave unfinished on a shared one is something that doctor tells of.
    let engine = PrivateEngine::start();
    let world = World::on(engine.engine());
    let socket = world
        .engine()
        .host()
        .and_then(|host| host.strip_prefix("unix://"));
    let disk = world.directory().join("disk");
    std::fs::create_dir(&disk).expect("another disk");
    root.mount(Path::new(socket.expect("a socket")), "/run/docker.sock");
    root.mount(world.directory(), &world.directory().to_string_lossy());
    root.mount(&disk, "/media/usb");
    let name = packages.deb.file_name().expect("a file").to_string_lossy();
    std::fs::copy(&packages.deb, root.path(&format!("root/{name}"))).expect("the package is there");

    for block in readme::blocks("Install") {
        let said = root.type_in("/root", &block);
        assert!(said.contains("✓ Container engine"), "doctor looks: {said}");
    }
    installed::check(&root, &packages);
    window::check(&mut root);
    newcomer::follow_the_readme(&world, &root, &disk);
    installed::check_removal(&root);
}
