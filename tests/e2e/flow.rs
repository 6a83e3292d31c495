//! What a person does in the window.

use lifeboat_tests::tarball::sha256;
use lifeboat_tests::{Compose, World, wait_for};
use serde_json::{Value, json};

use crate::window::Window;

fn application(world: &World) -> Compose {
    let compose = match std::env::var("LIFEBOAT_SCREENSHOT_APP") {
        Ok(name) => {
            world.adopt(&name);
            Compose::new(world.engine(), &name, world.directory())
        }
        Err(_) => world.compose("window"),
    };
    compose.up();
    compose
}

fn sign(compose: &Compose) {
    compose.tools().execute(
        "guestbook.db",
        "INSERT INTO entries (name, home_port, message, written_at)
         VALUES ('Somebody', 'Elsewhere', 'signed after the backup', '2026-01-01T00:00:00Z')",
    );
}

/// The list, the health card, and the routes to both.
async fn look_around(window: &Window, app: &str) {
    let row = format!("[data-testid='app-row'][data-app='{app}']");
    window.find(&row).await;
    window.picture("overview").await;
    window.go(&format!("#/app/{app}")).await;
    window
        .find("[data-testid='health-card'][data-verdict='sound']")
        .await;
    let card = window
        .find("[data-testid='health-card']")
        .await
        .text()
        .await
        .expect("the card has text");
    assert!(
        card.contains('4'),
        "the card tells the number of tables: {card}"
    );
}

/// Presses *Create backup*; the backup as the command line lists it.
async fn create(window: &Window, world: &World, app: &str) -> Value {
    window.press("Create backup").await;
    window
        .find("[data-testid='backup-row'][data-verdict='sound']")
        .await;
    let listed = world.lifeboat().backups(app);
    assert_eq!(
        listed.len(),
        1,
        "the engine has the row that the window shows"
    );
    let id = listed[0]["id"].as_str().expect("an id");
    window
        .find(&format!("[data-testid='backup-row'][data-backup='{id}']"))
        .await;
    window.picture("backups").await;
    listed[0].clone()
}

/// *Download* through the real Save dialog; the file is compared with the backup.
async fn download(window: &Window, backup: &Value) {
    let id = backup["id"].as_str().expect("an id");
    window
        .click(&format!(
            "[data-backup='{id}'] button[aria-label^='Download']"
        ))
        .await;
    window.click("dialog button[data-focus]").await;
    let to = window.home().join("saved.tar.gz");
    window.save_as(&to);
    let wanted = backup["sha256"].as_str().expect("a hash");
    wait_for("the file is saved whole", 60, || {
        let bytes = std::fs::read(&to).ok()?;
        (sha256(&bytes) == wanted).then_some(())
    });
    assert!(
        to.with_file_name("saved.tar.gz.sha256").is_file(),
        "its checksum lies beside it"
    );
}

/// *Restore* by typing the application's name; the rows are compared through the engine.
async fn restore(window: &Window, app: &str, compose: &Compose, backup: &Value) {
    let id = backup["id"].as_str().expect("an id");
    sign(compose);
    assert_eq!(compose.entry_count(), 25);
    window.go(&format!("#/app/{app}/restore/{id}")).await;
    let field = window.find("[data-testid='confirm-name']").await;
    window.find("[data-testid='comparison']").await;
    field
        .send_keys("something else")
        .await
        .expect("a field takes text");
    let button = "form:has([data-testid='confirm-name']) button[type='submit']";
    assert_eq!(
        window
            .find(button)
            .await
            .attr("disabled")
            .await
            .expect("an attribute")
            .as_deref(),
        Some("")
    );
    field.clear().await.expect("a field can be cleared");
    field.send_keys(app).await.expect("a field takes text");
    window.picture("restore").await;
    window.click(button).await;
    window
        .find("[data-testid='restore-outcome'][data-outcome='done']")
        .await;
    assert_eq!(compose.entry_count(), 24, "exactly the rows of the backup");
}

/// *Delete*, after one question.
async fn delete(window: &Window, world: &World, app: &str, backup: &Value) {
    let id = backup["id"].as_str().expect("an id");
    window.go(&format!("#/app/{app}")).await;
    let before = world.lifeboat().backups(app).len();
    window
        .wait_count("[data-testid='backup-row']", before)
        .await;
    window
        .click(&format!(
            "[data-backup='{id}'] button[aria-label^='Delete']"
        ))
        .await;
    window.press("Delete backup").await;
    window
        .wait_count(
            &format!("[data-testid='backup-row'][data-backup='{id}']"),
            0,
        )
        .await;
    let left = world.lifeboat().backups(app);
    assert_eq!(left.len(), before - 1);
    assert!(
        left.iter().all(|one| one["id"] != backup["id"]),
        "it is gone on the engine, too"
    );
}

#[tokio::test]
async fn the_main_job_in_the_window() {
    let world = World::new();
    let compose = application(&world);
    let app = compose.project.clone();
    let window = Window::open(&world, &[]).await;
    look_around(&window, &app).await;
    let backup = create(&window, &world, &app).await;
    download(&window, &backup).await;
    restore(&window, &app, &compose, &backup).await;
    delete(&window, &world, &app, &backup).await;
    assert_eq!(window.errors().await, json!([]), "nothing was told in red");
    window.close().await;
    let _ = compose.run(&["down", "-v"]).success();
}

#[tokio::test]
async fn without_an_engine_a_page_explains_it() {
    let world = World::new();
    let window = Window::open(
        &world,
        &[("DOCKER_HOST", "unix:///nonexistent/docker.sock")],
    )
    .await;
    let page = window.find("[data-testid='blocked-page']").await;
    let code = page
        .attr("data-code")
        .await
        .expect("an attribute")
        .unwrap_or_default();
    assert!(code.starts_with("engine-"), "{code}");
    assert!(
        window.count("[data-testid='blocked-page'] button").await > 0,
        "there is something to press"
    );
    window.picture("blocked").await;
    assert_eq!(window.errors().await, json!([]));
    window.close().await;
}
