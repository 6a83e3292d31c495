//! What is there once a package is installed, and what is not once it is removed.

use std::path::Path;
use std::process::Command;

use lifeboat_tests::{CleanRoot, command};

use super::Packages;

/// Everything that the package brings does its work.
pub(super) fn check(root: &CleanRoot, packages: &Packages) {
    check_programs(root, packages);
    check_manual(root);
    check_completions(root);
    check_desktop(root);
    let unit = read(root, "usr/lib/systemd/user/lifeboat-watch.service");
    assert!(
        unit.contains("\nExecStart=/usr/bin/env lifeboat watch\n"),
        "{unit}"
    );
    for file in [
        "README.md",
        ".env.example",
        "copyright",
        "CHANGELOG.md",
        "docs/errors.md",
    ] {
        let text = read(root, &format!("usr/share/doc/lifeboat/{file}"));
        assert!(!text.is_empty(), "{file}");
    }
    let differences = root.run(&["dpkg", "--verify", "lifeboat"]).success();
    assert_eq!(differences.text(), "", "every file is as it was packed");
}

fn check_programs(root: &CleanRoot, packages: &Packages) {
    let version = super::query(
        "dpkg-deb",
        &["--show", "--showformat=${Version}"],
        &packages.deb,
    );
    let own = version.split('+').next().unwrap_or_default();
    let said = root.run(&["lifeboat", "--version"]).success().text();
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines[0], format!("lifeboat {own}"));
    assert!(lines[1].starts_with(&format!("helper {own} (")), "{said}");
    assert!(lines[2].starts_with("SQLite 3."), "{said}");
    for program in ["lifeboat", "lifeboat-desktop"] {
        let libraries = root.run(&["ldd", &format!("/usr/bin/{program}")]).success();
        assert!(!libraries.text().contains("not found"), "{libraries}");
    }
    let help = root
        .run(&["lifeboat-safe-update", "--help"])
        .success()
        .text();
    assert!(
        help.contains("--check") && help.contains("lifeboat-safe-update"),
        "{help}"
    );
    let wrong = root.run(&["lifeboat-safe-update", "--whatever"]);
    assert_eq!(wrong.status.code(), Some(2), "{wrong}");
    assert!(
        String::from_utf8_lossy(&wrong.stderr).starts_with("lifeboat-safe-update: "),
        "it calls itself by its name: {wrong}"
    );
}

/// A page for the program and for each command, with examples, by `man` as it is.
fn check_manual(root: &CleanRoot) {
    let help = root.run(&["lifeboat", "--help"]).success().text();
    let commands = help.split("Commands:\n").nth(1).unwrap_or_default();
    let commands: Vec<&str> = commands
        .lines()
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.strip_prefix("  ")?.split(' ').next())
        .filter(|name| !name.is_empty())
        .collect();
    assert!(commands.contains(&"backup"), "{help}");
    let pages = commands.iter().map(|name| format!("lifeboat-{name}"));
    for page in pages.chain(["lifeboat".to_owned()]) {
        let mut man = Command::new("man");
        man.arg("--manpath").arg(root.path("usr/share/man"));
        man.arg(&page)
            .env("MANPAGER", "cat")
            .env("LC_ALL", "C.UTF-8");
        let text = command::run(&mut man).success().text();
        assert!(text.contains("\nSYNOPSIS\n"), "{page}: {text}");
        assert!(
            text.contains("\nEXAMPLES\n       lifeboat "),
            "{page}: {text}"
        );
    }
}

fn check_completions(root: &CleanRoot) {
    let lines = "source /usr/share/bash-completion/completions/lifeboat\n\
                 COMP_WORDS=(lifeboat back) COMP_CWORD=1 COMP_TYPE=9\n\
                 complete -p lifeboat\n\
                 _clap_complete_lifeboat lifeboat back lifeboat\n\
                 echo \"offered: ${COMPREPLY[*]}\"";
    let said = root.type_in("/", lines);
    assert!(said.contains("offered: backup backups"), "{said}");
    let zsh = read(root, "usr/share/zsh/vendor-completions/_lifeboat");
    assert!(zsh.starts_with("#compdef lifeboat\n"), "{zsh}");
    let fish = read(root, "usr/share/fish/vendor_completions.d/lifeboat.fish");
    assert!(fish.contains("--command lifeboat"), "{fish}");
}

/// Menus and software centres take the entry, in two languages, with an icon in every size.
fn check_desktop(root: &CleanRoot) {
    let entry = root.path("usr/share/applications/Lifeboat.desktop");
    accepts("desktop-file-validate", &[], &entry);
    let text = read(root, "usr/share/applications/Lifeboat.desktop");
    for line in [
        "Exec=lifeboat-desktop",
        "Icon=lifeboat-desktop",
        "StartupWMClass=lifeboat-desktop",
        "GenericName[de]=",
        "Comment[de]=",
        "Keywords[de]=",
    ] {
        assert!(
            text.lines().any(|one| one.starts_with(line)),
            "{line}: {text}"
        );
    }
    let about = root.path("usr/share/metainfo/dev.lifeboat.desktop.metainfo.xml");
    accepts("appstreamcli", &["validate", "--no-net"], &about);
    for size in [16, 24, 32, 48, 64, 128, 256, 512] {
        let icon = format!("usr/share/icons/hicolor/{size}x{size}/apps/lifeboat-desktop.png");
        assert!(root.path(&icon).is_file(), "{icon}");
    }
    let scalable = read(
        root,
        "usr/share/icons/hicolor/scalable/apps/lifeboat-desktop.svg",
    );
    assert!(scalable.starts_with("<svg "), "{scalable}");
}

fn accepts(tool: &str, words: &[&str], file: &Path) {
    let said = command::run(Command::new(tool).args(words).arg(file)).success();
    assert!(!said.text().contains("hint:"), "{said}");
}

/// No file of ours stays behind, and no folder.
pub(super) fn check_removal(root: &CleanRoot) {
    let brought = root.run(&["dpkg", "--listfiles", "lifeboat"]).success();
    let brought = brought.text();
    let ours = |path: &&str| path.to_lowercase().contains("lifeboat");
    let ours: Vec<&str> = brought.lines().filter(ours).collect();
    assert!(ours.len() > 30, "{brought}");
    let _ = root.type_in("/root", "sudo apt remove lifeboat");
    for path in ours {
        assert!(!root.path(path).exists(), "{path} is left");
    }
    let left = root.type_in(
        "/",
        "find /usr /etc /opt /var/lib -xdev -iname '*lifeboat*'",
    );
    let left: Vec<&str> = left
        .lines()
        // What apt itself remembers of a package that was there.
        .filter(|path| !path.starts_with("/var/lib/apt/"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
    assert!(
        !root
            .run(&["sh", "-c", "command -v lifeboat"])
            .status
            .success()
    );
}

fn read(root: &CleanRoot, path: &str) -> String {
    std::fs::read_to_string(root.path(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}
