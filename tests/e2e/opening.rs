//! The window opens, in every circumstance, and says what is so.

use std::panic::{AssertUnwindSafe, catch_unwind};

use lifeboat_tests::private_engine::PrivateEngine;
use lifeboat_tests::{DemoOptions, World};
use serde_json::{Value, json};

use crate::stranger::Stranger;
use crate::support::application;
use crate::window::{Options, Window};

/// Does what no page of ours may: it fails in each way that there is, and breaks each of the page's rules.
const OFFEND: &str = "
    console.error('told on purpose');
    console.warn('warned on purpose');
    setTimeout(() => { throw new Error('thrown on purpose'); });
    Promise.reject(new Error('rejected on purpose'));
    document.querySelector('main').setAttribute('style', 'outline: 9px solid');
    const script = document.createElement('script');
    script.textContent = 'window.injected = true';
    document.head.append(script);
    fetch('https://example.invalid/').catch(() => undefined);
    try { window.injected = eval('true'); } catch {}
    return [window.injected ?? null, getComputedStyle(document.querySelector('main')).outlineWidth];";

/// What is heard of it; `eval` is refused by an error that the caller catches.
const OFFENCES: [&str; 7] = [
    "told on purpose",
    "warned on purpose",
    "thrown on purpose",
    "rejected on purpose",
    "Refused to apply a stylesheet",
    "Refused to execute a script",
    "Refused to connect to https://example.invalid/",
];

/// Names and values of the health card.
const FACTS: &str =
    "return Object.fromEntries([...document.querySelectorAll('[data-testid=health-card] dl > div')]
    .map((one) => [one.querySelector('dt').innerText, one.querySelector('dd').innerText]));";

#[test]
fn it_lists_the_application_and_shows_its_health_without_a_complaint() {
    let world = World::new();
    let app = application(&world);
    let backup = world.lifeboat().backup(&app.name);
    let window = Window::open(&world);

    let row = format!("[data-testid=app-row][data-app='{}']", app.name);
    window.wait_for(&row);
    window.click(&format!("{row} a"));
    window.wait_for("[data-testid=health-card][data-verdict]");
    window.wait_for(&crate::support::row(&backup));

    let told = world.lifeboat().run(&["health", &app.name]).done()["health"].clone();
    let verdict = window.attribute("[data-testid=health-card]", "data-verdict");
    assert_eq!(verdict.as_deref(), told["verdict"].as_str());
    assert_eq!(told["verdict"], "sound");
    let facts = window.script(FACTS, vec![]);
    assert_eq!(facts["Tables"], told["table_count"].to_string(), "{facts}");
    assert_eq!(facts["Backups"], "1", "{facts}");
    let size = window.attribute("[data-testid=health-card] dd [title]", "title");
    let digits: String = size
        .unwrap_or_default()
        .chars()
        .filter(char::is_ascii_digit)
        .collect();
    assert_eq!(digits, told["size_bytes"].to_string(), "{facts}");
    for page in ["databases", "activity"] {
        window.go(&format!("#/app/{}/{page}", app.name));
        window.wait_for("main table");
    }
    window.go("#/check-up");
    window.wait_for("main h1");

    assert_eq!(window.complaints(), Vec::<String>::new());
}

/// What keeps every other test honest: the complaints of a page are heard, and fail its test.
#[test]
fn a_page_that_complains_fails_its_test() {
    let world = World::new();
    let window = Window::open(&world);
    window.wait_for("main h1");
    assert_eq!(window.complaints(), Vec::<String>::new());
    let done = window.script(OFFEND, vec![]);
    assert_eq!(done, json!([null, "0px"]), "the page's rules hold");
    for offence in OFFENCES {
        window.wait(offence, || {
            let heard = window.complaints();
            heard.iter().any(|one| one.contains(offence)).then_some(())
        });
    }
    let closing = AssertUnwindSafe(|| window.close());
    assert!(catch_unwind(closing).is_err(), "it fails at its end");
}

#[test]
fn an_engine_that_cannot_be_reached_is_a_page_with_advice() {
    let world = World::new();
    let options = Options {
        arguments: vec!["--engine".to_owned(), "unix:///nonexistent.sock".to_owned()],
        ..Options::default()
    };
    let window = Window::open_with(&world, &options);
    window.wait_for("[data-testid=blocked-page]");
    let code = window.attribute("[data-testid=blocked-page]", "data-code");
    assert!(
        code.as_deref()
            .is_some_and(|code| code.starts_with("engine-")),
        "{code:?}"
    );
    // What is shown; the cause is folded away.
    let look = || window.script("return document.querySelector('main').innerText;", vec![]);
    let text = look().to_string();
    assert!(text.contains("Your data"), "is my data safe? {text}");
    assert!(window.has("[data-testid=blocked-page] h1"), "{text}");
    assert!(
        window.has("[data-testid=blocked-page] code"),
        "there is a command to run: {text}"
    );
    for bare in ["No such file", "os error", "undefined", "[object"] {
        assert!(!text.contains(bare), "a bare error is shown: {text}");
    }
    assert!(
        text.contains("nonexistent.sock") && text.contains("given with --engine"),
        "which address is wrong, and where it came from: {text}"
    );
    window.press("Try again");
    window.wait("it looked again", || {
        let busy = window.attribute("[data-testid=blocked-page] button[aria-busy]", "aria-busy");
        (busy.as_deref() != Some("true")).then_some(())
    });
    assert!(window.has("[data-testid=blocked-page]"), "{}", look());
}

#[test]
fn it_opens_where_the_language_is_none() {
    let world = World::new();
    let app = application(&world);
    let none = |name: &str| (name.to_owned(), "C.UTF-8".to_owned());
    let options = Options {
        variables: vec![none("LANG"), none("LC_ALL")],
        ..Options::default()
    };
    let window = Window::open_with(&world, &options);
    window.wait_for(&format!("[data-testid=app-row][data-app='{}']", app.name));
    window.go_to_app(&app.name);
    window.wait_for("[data-testid=health-card][data-verdict=sound]");
    let formats =
        "return [navigator.language, new Intl.NumberFormat(navigator.language).format(1234)];";
    let formatted = window.script(formats, vec![]);
    assert!(
        formatted[0].as_str().is_some_and(|tag| tag != "C"),
        "{formatted}"
    );
    assert_ne!(formatted[1], Value::Null, "{formatted}");
}

/// Nobody has to press anything: the page that says so comes and goes with the engine.
#[test]
fn an_engine_that_stops_and_starts_is_seen_without_a_hand() {
    let mut engine = PrivateEngine::start();
    let world = World::on(engine.engine());
    let app = world.demo("window", DemoOptions::default().restart("always"));
    let window = Window::open(&world);
    let row = format!("[data-testid=app-row][data-app='{}']", app.name);
    window.wait_for(&row);
    engine.kill();
    window.wait_for("[data-testid=blocked-page][data-code=engine-stopped]");
    let text = window.text("[data-testid=blocked-page]");
    assert!(
        text.contains("1 application."),
        "what was there is known: {text}"
    );
    engine.launch();
    window.wait_for(&row);
    window.wait_gone("[data-testid=blocked-page]");
}

/// Who may not use the engine is told what to do about it, and not that there is none.
#[test]
fn a_user_without_permission_is_told_how_to_get_it() {
    let world = World::new();
    let stranger = Stranger::new(&world);
    let window = Window::open_with(&world, &stranger.options());
    window.wait_for("[data-testid=blocked-page][data-code=engine-permission]");
    let text = window.text("[data-testid=blocked-page]");
    assert!(text.contains("usermod"), "{text}");
    assert!(text.contains("Your data"), "{text}");
}

/// On an engine with nothing to protect it says what it looks for.
#[test]
fn an_engine_without_an_application_is_a_page_of_its_own() {
    let engine = PrivateEngine::start();
    let world = World::on(engine.engine());
    let window = Window::open(&world);
    window.wait_for("[data-testid=blocked-page]");
    let text = window.text("[data-testid=blocked-page]");
    assert!(text.contains("nothing to protect yet"), "{text}");
    // It goes as soon as there is one.
    let app = world.demo("window", DemoOptions::default());
    window.press("Refresh");
    window.wait_for(&format!("[data-testid=app-row][data-app='{}']", app.name));
}
