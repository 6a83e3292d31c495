//! `docs/DATABASE_PERSISTENCE.md`, followed from top to bottom: one application, its good and its bad days.

use lifeboat_tests::Release;
use lifeboat_tests::private_engine::PrivateEngine;
use serde_json::Value;

use super::guide::Guide;
use super::operator::Operator;
use crate::support;

/// The newest backup that was taken for this reason.
fn newest<'a>(backups: &'a [Value], trigger: &str) -> &'a Value {
    let found = backups.iter().find(|backup| backup["trigger"] == trigger);
    found.unwrap_or_else(|| panic!("no backup is {trigger}"))
}

/// On an engine of its own: some of its commands go over everything that is there.
#[test]
fn its_commands_do_what_it_says() {
    let engine = PrivateEngine::start();
    let operator = Operator::new(&engine.engine());
    let image = format!("{}:latest", operator.world().name("image"));
    Release::new("1").name(operator.world(), &image);
    operator.use_image(&image);
    operator.brings_it_up();
    let mut guide = Guide::open("docs/DATABASE_PERSISTENCE.md", &operator);
    protects(&mut guide, &operator);
    backs_up_and_restores(&mut guide, &operator);
    moves(&mut guide, &operator);
    Release::new("2").name(operator.world(), &image);
    goes_on(&mut guide, &operator);
    has_trouble(&mut guide, &operator);
    leaves(&mut guide, &operator);
    guide.ends();
}

fn protects(guide: &mut Guide<'_>, operator: &Operator) {
    guide.does("First protection");
    let backups = operator.backups();
    for trigger in ["manual", "start-up"] {
        assert_eq!(support::verdict(newest(&backups, trigger)), "sound");
    }
    let guardian = support::guardian(&operator.app);
    assert!(operator.engine().is_running(&guardian));

    guide.does("Settings");
    let setting = |key: &str| operator.setting(key);
    let is = |value: &str, origin: &str| (value.to_owned(), origin.to_owned());
    assert_eq!(setting("AUTO_BACKUP_AT"), is("03:30", "lifeboat"));
    assert_eq!(setting("MAX_DATABASE_BACKUPS"), is("10", "default"));
    let shown = guide.shows("Settings");
    assert!(shown.text().contains(".env"), "{shown}");
    assert_eq!(setting("KEEP_DAILY_BACKUPS"), is("7", "dot-env"));

    guide.does("Schedule and rotation");
    assert_eq!(setting("AUTO_BACKUP_INTERVAL_HOURS"), is("6", "lifeboat"));
    assert_eq!(setting("AUTO_BACKUP_CRON"), is("", "default"));
}

fn backs_up_and_restores(guide: &mut Guide<'_>, operator: &Operator) {
    guide.does("Back up");
    let backups = operator.backups();
    assert_eq!(
        backups.iter().filter(|one| one["pinned"] == true).count(),
        1
    );
    guide.does("Prove");
    guide.does("Compare");

    let entries = operator.entries();
    operator.chooses(Some(&operator.backups()[0]));
    operator.loses_entries();
    let unasked = operator
        .lifeboat()
        .run(&["restore", &operator.app, "latest"]);
    let _ = unasked.failed(2, "confirmation-needed");
    guide.does("Restore and undo");
    assert_eq!(operator.entries(), entries, "the restore brings them back");
    guide.does("Restore and undo");
    assert_eq!(operator.entries(), 5, "the undo takes the restore back");
    guide.does("Restore and undo");
    operator.chooses(None);
    let _ = operator.types("lifeboat restore shop 20260731T101500Z-00aa11bb");
    assert_eq!(operator.entries(), entries);

    let _ = operator.types("lifeboat backup shop");
    let checked = guide.shows("Download");
    assert!(checked.text().contains(": OK"), "{checked}");
    let database = operator.drive.join(format!("{}.db", operator.app));
    assert_eq!(
        support::number(&database, "SELECT count(*) FROM entries"),
        entries
    );
    let again = [
        "download",
        &operator.app,
        "latest",
        "--to",
        &support::text(&operator.drive),
    ];
    let _ = operator.lifeboat().run(&again).failed(1, "output-failed");
    guide.does("Import");
    let backups = operator.backups();
    let imported = backups.iter().filter(|one| one["trigger"] == "import");
    assert!(imported.clone().all(|one| support::verdict(one) == "sound"));
    assert_eq!(imported.count(), 2);
}

fn moves(guide: &mut Guide<'_>, operator: &Operator) {
    let entries = operator.entries();
    guide.does("Another machine");
    // The new machine has the folder and the drive, and nothing else.
    let _ = operator.types("lifeboat leave shop\ndocker compose down -v");
    let volume = format!("{}_data", operator.app);
    assert!(!operator.engine().has_volume(&volume));
    guide.does("Another machine");
    operator.is_healthy();
    assert_eq!(operator.entries(), entries, "on the new machine");

    let _ = operator.types("lifeboat guard off shop\ndocker compose down -v");
    assert!(!operator.engine().has_volume(&volume));
    let listed = guide.shows("The application is gone, its vault is not");
    assert!(listed.text().contains("gone"), "{listed}");
    operator.is_healthy();
    assert_eq!(operator.entries(), entries, "from the vault");
}

fn goes_on(guide: &mut Guide<'_>, operator: &Operator) {
    guide.does("Health");
    let (first, entries) = (operator.image(), operator.entries());
    guide.does("Update");
    assert_ne!(operator.image(), first, "the new release runs");
    guide.does("Who may do what");
    let exported = std::fs::read_to_string(operator.directory.join("audit.csv"));
    assert!(exported.expect("the log is exported").contains("update"));

    operator.loses_entries();
    guide.does("Data is missing after an update");
    assert_eq!(operator.image(), first, "the old release is back");
    assert_eq!(operator.entries(), entries, "with its data");
}

fn has_trouble(guide: &mut Guide<'_>, operator: &Operator) {
    let entries = operator.entries();
    operator.loses_entries();
    guide.does("Data is missing after an update");
    assert_eq!(operator.entries(), entries);

    let guardian = support::guardian(&operator.app);
    let _ = operator.types("lifeboat guard on shop");
    operator.engine().docker(&["kill", &guardian]);
    let status = operator.lifeboat().run(&["guard", "status", &operator.app]);
    assert_eq!(status.code(), 9, "{status:?}");
    let said = guide.shows("No backups are taken");
    assert!(said.text().contains("at risk"), "{said}");
    assert!(operator.engine().is_running(&guardian), "it is put right");

    let superfluous = operator.lifeboat().backup(&operator.app);
    operator.chooses(Some(&superfluous));
    guide.does("The disk is full");
    assert!(
        operator
            .backups()
            .iter()
            .all(|one| one["id"] != superfluous["id"])
    );
    guide.does("The engine cannot be reached");
    guide.does("A backup is “not checkable”");
    guide.does("A backup is damaged");
    guide.does("Something is unfinished after a crash");
    guide.does("An application does not come back after a restore or an update");
}

fn leaves(guide: &mut Guide<'_>, operator: &Operator) {
    guide.does("Leaving");
    let vault = format!("lifeboat-{}", operator.app);
    assert!(!operator.engine().has_volume(&vault));
    operator.is_healthy();
    let saved = std::fs::read_dir(operator.drive.join("last")).expect("the last backup is saved");
    assert!(
        saved
            .flatten()
            .any(|one| one.file_name().to_string_lossy().ends_with(".tar.gz"))
    );
}
