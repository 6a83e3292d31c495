//! The databases over time, as they are drawn: what a canvas shows is known to the real window alone.

use std::path::PathBuf;

use lifeboat_tests::World;
use serde_json::{Value, json};

use crate::support::application;
use crate::window::Window;

const CHART: &str = "[data-testid=growth-chart]";

/// Pixels of the curve's line, in the colour that the theme has for it. A canvas rounds: near is the same.
const PAINTED: &str = "
    const canvas = document.querySelector('[data-testid=growth-chart] canvas');
    const wanted = getComputedStyle(document.querySelector('[data-colour=line]')).color.match(/[0-9]+/g);
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    let painted = 0;
    for (let at = 0; at < data.length; at += 4)
      if (data[at + 3] > 250 && [0, 1, 2].every((part) => Math.abs(data[at + part] - wanted[part]) < 4))
        painted += 1;
    return painted;";

const KEY: &str = "
    const [key] = arguments;
    const chart = document.querySelector('[data-testid=growth-chart]');
    chart.focus();
    chart.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));";

fn painted(window: &Window) -> u64 {
    window.script(PAINTED, vec![]).as_u64().unwrap_or_default()
}

fn told(window: &Window, key: &str) -> Value {
    window.script(KEY, vec![json!(key)]);
    json!(window.attribute(CHART, "aria-valuenow"))
}

#[test]
fn the_curve_has_the_colours_of_the_theme_and_is_read_with_keys_and_as_a_table() {
    let world = World::new();
    let app = application(&world);
    let lifeboat = world.lifeboat();
    let _ = lifeboat.backup(&app.name);
    app.sign("Ada");
    let _ = lifeboat.backup(&app.name);

    let window = Window::open(&world);
    window.go(&format!("#/app/{}/databases", app.name));
    window.wait_for(&format!("{CHART} canvas"));
    for theme in ["light", "dark", "light"] {
        window.set_theme(theme);
        window.wait(&format!("the line is painted, {theme}"), || {
            (painted(&window) > 200).then_some(())
        });
        if let Some(folder) = std::env::var_os("LIFEBOAT_PICTURES").map(PathBuf::from) {
            let path = folder.join(format!("over-time-{theme}.png"));
            std::fs::write(path, window.picture()).expect("the picture can be kept");
        }
    }

    // Two backups, and the look that the page itself took.
    let newest = window.attribute(CHART, "aria-valuemax").expect("a number");
    assert_eq!(newest, "3");
    assert_eq!(told(&window, "ArrowLeft"), "2");
    assert_eq!(told(&window, "Home"), "1");
    let readout = window.text("[data-testid=growth-readout]");
    assert!(
        readout.contains("Backup") && readout.contains("Sound"),
        "{readout}"
    );

    window.click("[data-testid=over-time] input[value=rows]");
    let rows = window.text("[data-testid=growth-readout]");
    assert_ne!(rows, readout);

    window.click("[data-testid=over-time] summary");
    window.wait_for("[data-testid=over-time] tbody tr:nth-child(3)");
    let lines = window.text("[data-testid=over-time] tbody");
    assert_eq!(lines.matches("Backup").count(), 2, "{lines}");
    assert_eq!(lines.matches("Health check").count(), 1, "{lines}");
}
