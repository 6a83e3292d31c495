//! Names that somebody else chose are text and nothing else: of applications, services, releases, folders,
//! databases, tables, notes and files. They are shown on every page, and no page is pushed out of shape.

use std::path::Path;

use lifeboat_tests::{DemoApp, Tools, World, artifacts};
use serde_json::{Value, json};

use crate::drops::Dragged;
use crate::support::{button, id, row};
use crate::window::{Options, Window};

/// What a page would do with them, were they more than text.
const NAMES: [&str; 7] = [
    "<img src=x onerror=window.injected=1>",
    "\"'><script>window.injected=1</script><u>",
    "javascript:window.injected=1",
    "{{7*7}}${7*7}{@html 7}",
    "turned\u{202e}gnp.exe\u{2066}",
    "two\nlines\tand a bell\u{7}",
    "long-names-are-no-reason-to-scroll-long-names-are-no-reason-to-scroll-long-names-are-no-reason-to-scroll-long-names-\
     are-no-reason-to-scroll-long-names-are-no-reason-to-scroll",
];

/// Elements that no page of ours has, text that is missing, and what stands out on the right.
const LOOK: &str = r#"
    document.querySelectorAll('main details').forEach((one) => (one.open = true));
    const strange = 'body img, body script, body iframe, body object, body embed, body style, body u, [onerror], [onload], a[href^="javascript:" i]';
    const text = document.body.textContent;
    const parts = [document.scrollingElement, document.body, document.querySelector('main'), document.querySelector('dialog')];
    const wide = parts.filter((one) => one && one.scrollWidth > one.clientWidth);
    const edge = document.querySelector('main').getBoundingClientRect().right;
    const outside = wide.length === 0 ? [] : [...document.querySelectorAll('main *')]
      .filter((one) => one.getBoundingClientRect().right > edge + 1);
    return {
      strange: [...document.querySelectorAll(strange)].map((one) => one.outerHTML.slice(0, 200)),
      injected: window.injected ?? null,
      missing: arguments[0].filter((name) => !text.includes(name)),
      turned: [...text].filter((letter) => '\u202e\u2066'.includes(letter)).length,
      wide: wide.map((one) => one.tagName),
      outside: outside.slice(0, 5).map((one) => one.outerHTML.slice(0, 200)),
    };"#;

/// A name as it is shown: what cannot be seen has a mark in its place.
fn shown(name: &str) -> String {
    let is_hidden = |letter: char| letter.is_control() || "\u{202e}\u{2066}".contains(letter);
    name.replace(is_hidden, "\u{fffd}")
}

/// The page shows these names, and they did nothing to it.
fn check(window: &Window, page: &str, names: &[String]) {
    let names: Vec<String> = names.iter().map(|name| shown(name)).collect();
    let found = window.wait(&format!("{page} shows all names"), || {
        let found = window.script(LOOK, vec![json!(names)]);
        let is_whole = found["missing"].as_array().is_some_and(Vec::is_empty);
        is_whole.then_some(found)
    });
    let wanted = json!({ "strange": [], "injected": null, "missing": [], "turned": 0, "wide": [], "outside": [] });
    assert_eq!(found, wanted, "{page}: {found:#}");
    assert_eq!(window.complaints(), Vec::<String>::new(), "{page}");
}

/// Names that a file may have.
fn file_names() -> Vec<String> {
    let fits = NAMES.iter().filter(|name| !name.contains('/'));
    fits.map(|name| format!("{name}.db")).collect()
}

/// A database with a table of each name.
fn fill(tools: &Tools, path: &str) {
    tools.make("sound", path, &["--owner", "1000:1000", "--rows", "5"]);
    let statements: Vec<String> = NAMES
        .iter()
        .map(|name| name.replace('"', "\"\""))
        .map(|name| format!("CREATE TABLE \"{name}\" (x); INSERT INTO \"{name}\" VALUES (1);"))
        .collect();
    tools.execute(path, &statements.concat());
}

/// The demo application with databases of such names, in a volume and in such a folder of the machine.
fn application(world: &World, folder: &Path) -> DemoApp {
    let name = world.name("hostile");
    let volume = format!("{name}-data");
    let storage = format!("{volume}:/data");
    let bind = format!("type=bind,source={},target=/more", folder.display());
    let service = format!("com.docker.compose.service={}", NAMES[0]);
    let version = format!("org.opencontainers.image.version={}", NAMES[4]);
    let directory = format!("com.docker.compose.project.working_dir=/{}", NAMES[3]);
    let words = [
        "run",
        "--detach",
        "--network",
        "none",
        "--health-interval",
        "1s",
        "--name",
        &name,
    ];
    let more = [
        "--volume", &storage, "--mount", &bind, "--label", &service, "--label", &version,
    ];
    let last = ["--label", &directory, &artifacts::demo_image()];
    let words: Vec<&str> = [&words[..], &more, &last].concat();
    world.engine().docker(&words);
    let app = DemoApp::existing(world.engine(), &name, &volume);
    app.wait_healthy();
    for path in file_names() {
        fill(&app.root_tools(), &path);
    }
    fill(&world.tools(&folder.to_string_lossy()), "in-a-folder.db");
    app
}

/// An application whose own name is such a name.
fn namesake(world: &World) -> String {
    let container = world.name("namesake");
    let storage = format!("{container}-data:/data");
    let project = format!("{}{}", NAMES[0], NAMES[4]);
    let label = format!("com.docker.compose.project={project}");
    let image = artifacts::demo_image();
    let words = [
        "run",
        "--detach",
        "--network",
        "none",
        "--name",
        &container,
        "--volume",
        &storage,
        "--label",
        &label,
        &image,
    ];
    world.engine().docker(&words);
    project
}

/// Each tab of the application.
fn check_tabs(window: &Window, app: &str, backup: &Value, notes: &[String]) {
    let databases: Vec<String> = file_names()
        .into_iter()
        .chain(NAMES.map(str::to_owned))
        .collect();
    window.go_to_app(app);
    window.wait_for(&row(backup));
    check(window, "backups", notes);
    window.click(&button(backup, "Download"));
    window.click("dialog input[value=database]");
    check(window, "download", &file_names());
    window.press("Cancel");
    window.click(&button(backup, "Delete"));
    window.wait_for("dialog[open]");
    check(window, "deletion", &[]);
    window.press("Keep it");
    window.go(&format!("#/app/{app}/databases"));
    window.wait_for("main table");
    check(window, "databases", &databases);
    window.go(&format!("#/app/{app}/updates"));
    window.wait_for("[data-testid=updates-page]");
    check(
        window,
        "updates",
        &[NAMES[0].to_owned(), NAMES[4].to_owned()],
    );
    window.go(&format!("#/app/{app}/activity"));
    window.wait_for("main table");
    check(window, "activity", &[]);
    window.go(&format!("#/app/{app}/settings"));
    window.wait_for("[data-testid=settings]");
    check(window, "settings", &[]);
}

/// The pages of one backup, and those that lead to a change.
fn check_plans(window: &Window, app: &str, backup: &Value, other: &Value) {
    window.go(&format!("#/app/{app}/backups/{}", id(backup)));
    let part = "[data-testid=compare-backups]";
    window.click(&format!("{part} option[value='{}']", id(other)));
    window.wait_for(&format!("{part} table"));
    let databases: Vec<String> = file_names()
        .into_iter()
        .chain(NAMES.map(str::to_owned))
        .collect();
    check(window, "backup", &databases);
    window.go(&format!("#/app/{app}/restore/{}", id(backup)));
    window.wait_for("[data-testid=comparison] table");
    window.click("fieldset input[value=database]");
    window.wait_for("[data-testid=confirm-name]");
    window.press("Show all tables");
    check(window, "restore", &databases);
    window.go(&format!("#/app/{app}/leave"));
    window.wait_for("[data-testid=confirm-name]");
    check(window, "leave", &[]);
    window.go(&format!("#/app/{app}/update"));
    window.wait_for("[data-testid=update-plan], main [role=alert]");
    check(window, "update", &[NAMES[0].to_owned()]);
}

/// Files of such names are held over the window, dropped, and taken in; one is refused, by its name.
fn check_import(window: &Window, world: &World, app: &DemoApp) {
    let database = app.root_tools().read("guestbook.db");
    window.go_to_app(&app.name);
    window.wait_for("[data-testid=backup-row]");
    let drop_file = |name: &str| {
        let name = format!("{name}.db");
        let file = world.directory().join(&name);
        std::fs::write(&file, &database).expect("a file");
        let dragged = Dragged::onto(window, &[&file]);
        check(window, "drop", &[name]);
        dragged.let_go(window);
    };
    for (index, name) in [NAMES[0], NAMES[4]].iter().enumerate() {
        drop_file(name);
        window.wait("the file is imported", || {
            let backups = world.lifeboat().backups(&app.name);
            let imported = backups.iter().filter(|one| one["trigger"] == "import");
            (imported.count() == index + 1).then_some(())
        });
        check(window, "imported", &[]);
    }
    // It is not surely the database of that name, whose letters are other ones.
    drop_file(NAMES[5]);
    window.wait_for("[data-testid=job-bar] [role=alert]");
    check(window, "refused", &[]);
}

#[test]
fn they_are_text_on_every_page() {
    let world = World::new();
    let folder = world.directory().join(NAMES[0]);
    std::fs::create_dir(&folder).expect("a folder");
    let app = application(&world, &folder);
    let namesake = namesake(&world);
    let lifeboat = world.lifeboat();
    let note = NAMES.join(" ");
    let noted = ["backup", &app.name, "--note", &note, "--pin"];
    let first = lifeboat.run(&noted).done()["backup"].clone();
    let change = format!("DELETE FROM \"{}\"", NAMES[3]);
    for path in file_names() {
        app.root_tools().execute(&path, &change);
    }
    let second = lifeboat.backup(&app.name);

    let window = Window::open(&world);
    window.shrink(900, 600);
    window.wait_for(&format!("[data-testid=app-row][data-app='{}']", app.name));
    check(&window, "overview", std::slice::from_ref(&namesake));
    check_tabs(&window, &app.name, &second, &[note]);
    check_plans(&window, &app.name, &first, &second);
    check_import(&window, &world, &app);
    let go = "location.hash = '#/app/' + encodeURIComponent(arguments[0]);";
    window.script(go, vec![json!(namesake)]);
    window.wait_for("[data-testid=health-card]");
    check(&window, "namesake", &[namesake]);
}

/// What somebody typed as the engine's address stands on the page that says so.
#[test]
fn the_address_of_the_engine_is_text() {
    let world = World::new();
    let options = Options {
        arguments: vec!["--engine".to_owned(), format!("unix:///{}", NAMES[0])],
        ..Options::default()
    };
    let window = Window::open_with(&world, &options);
    window.shrink(900, 600);
    window.wait_for("[data-testid=blocked-page]");
    check(&window, "blocked", &[NAMES[0].to_owned()]);
}
