//! A window with a driver and a session bus of its own, that can be opened in any circumstance and killed.

use std::cell::Cell;
use std::fmt::Display;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use fantoccini::actions::{InputSource as _, KeyAction, KeyActions};
use fantoccini::elements::Element;
use fantoccini::error::NewSessionError;
use fantoccini::wd::{Capabilities, TimeoutConfiguration};
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use lifeboat_tests::{World, artifacts};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::console;
use crate::driver::Driver;
use crate::processes::{self, Process};

/// Enough for a machine that is busy with other tests.
const PATIENCE: Duration = Duration::from_secs(90);
/// How often a window is opened anew when the driver does not get hold of it.
const ATTEMPTS: u32 = 4;

/// How to open the window.
#[derive(Debug, Clone, Default)]
pub(crate) struct Options {
    /// Arguments of the program.
    pub(crate) arguments: Vec<String>,
    /// Environment variables.
    pub(crate) variables: Vec<(String, String)>,
    /// It sees to all applications of the engine: only for an engine of the test's own.
    pub(crate) watches: bool,
    /// What is started in place of the program.
    pub(crate) program: Option<PathBuf>,
}

/// An open window.
pub(crate) struct Window {
    runtime: Runtime,
    client: Client,
    driver: Driver,
    home: PathBuf,
    is_closed: Cell<bool>,
    _turn: File,
}

/// Paints a dot that nobody sees, again and again. The driver takes a picture with the next one that is painted,
/// and where a page is drawn without a graphics card nothing is painted unless something changes.
const KEEP_PAINTING: &str = "
    const dot = document.createElement('div');
    const look = { position: 'fixed', left: '0', bottom: '0', width: '1px', height: '1px', opacity: '0.01' };
    Object.assign(dot.style, look);
    document.body.append(dot);
    let turn = 0;
    let next = 0;
    const paint = () => {
      dot.style.background = (turn = 1 - turn) ? 'black' : 'white';
      next = requestAnimationFrame(paint);
    };
    paint();
    window.stopPainting = () => { cancelAnimationFrame(next); dot.remove(); };";

impl Window {
    /// Opens it with the world's home.
    pub(crate) fn open(world: &World) -> Self {
        Self::open_with(world, &Options::default())
    }

    /// Opens it in a certain way.
    pub(crate) fn open_with(world: &World, options: &Options) -> Self {
        let turn = take_turn();
        let home = world.directory().to_path_buf();
        if !options.watches {
            prefer_not_to_watch(&home);
        }
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        let mut variables = variables_of(world);
        variables.extend(options.variables.iter().cloned());
        let mut failures = String::new();
        for _ in 0..ATTEMPTS {
            let driver = Driver::start(&home, &variables);
            match runtime.block_on(connect(&driver.address(), options)) {
                Ok(client) => {
                    let window = Self {
                        runtime,
                        client,
                        driver,
                        home,
                        is_closed: Cell::new(false),
                        _turn: turn,
                    };
                    // A program as it is released, which is what a benchmark measures, writes no console down.
                    if cfg!(debug_assertions) {
                        window.listen();
                    }
                    return window;
                }
                Err(failure) => failures = format!("{failures}{failure}\n{}\n", driver.log()),
            }
            drop(driver);
            kill_window(&home);
        }
        panic!("the window could not be driven:\n{failures}");
    }

    /// Makes sure that the console is written down: that of a window that is not would never hold a complaint.
    fn listen(&self) {
        self.script(
            "console.info(arguments[0]);",
            vec![json!(console::GREETING)],
        );
        self.wait("the page's console is written down", || {
            console::is_heard(&self.driver.log()).then_some(())
        });
    }

    /// What its pages complained about since it was opened. Any is a failure of the test at its end.
    pub(crate) fn complaints(&self) -> Vec<String> {
        console::complaints(&self.driver.log())
    }

    /// Runs a script in the page.
    pub(crate) fn script(&self, script: &str, arguments: Vec<Value>) -> Value {
        self.runtime
            .block_on(self.client.execute(script, arguments))
            .unwrap_or_else(|error| self.fail(&error))
    }

    /// Runs a script that calls its last argument when it is done.
    pub(crate) fn async_script(&self, script: &str, arguments: Vec<Value>) -> Value {
        self.runtime
            .block_on(self.client.execute_async(script, arguments))
            .unwrap_or_else(|error| self.fail(&error))
    }

    /// Calls a command of the app by its name, as the page does.
    pub(crate) fn invoke(&self, command: &str, arguments: Value) -> Result<Value, Value> {
        let script = "const [command, given, done] = arguments;
            window.__TAURI_INTERNALS__.invoke(command, given).then(
              (value) => done({ value: value ?? null }), (error) => done({ error }));";
        let mut answer = self.async_script(script, vec![json!(command), arguments]);
        match answer.get_mut("error") {
            Some(error) => Err(error.take()),
            None => Ok(answer["value"].take()),
        }
    }

    /// The jobs that the window knows of.
    pub(crate) fn jobs(&self) -> Vec<Value> {
        let jobs = self
            .invoke("list_jobs", json!({}))
            .expect("jobs are listed");
        jobs.as_array().expect("they are a list").clone()
    }

    /// Calls a command that waits for a person; [`Self::answered`] says what it answered.
    pub(crate) fn ask(&self, command: &str, arguments: Value) {
        let script = "const [command, given] = arguments;
            window.answered = undefined;
            window.__TAURI_INTERNALS__.invoke(command, given).then(
              (value) => (window.answered = { value }), (error) => (window.answered = { error }));";
        self.script(script, vec![json!(command), arguments]);
    }

    /// Closes it as a person does. The program may be gone before the page could answer.
    pub(crate) fn ask_to_close(&self) {
        let script = "setTimeout(() => window.__TAURI_INTERNALS__.invoke('close_window'), 200);";
        self.script(script, vec![]);
    }

    /// What the command that was asked last answered.
    pub(crate) fn answered(&self) -> Value {
        self.wait("the command answers", || {
            let answer = self.script("return window.answered ?? null;", vec![]);
            (!answer.is_null()).then(|| answer["value"].clone())
        })
    }

    /// Goes to a page by its address.
    pub(crate) fn go(&self, hash: &str) {
        self.script("location.hash = arguments[0];", vec![json!(hash)]);
    }

    /// Goes to an application's page.
    pub(crate) fn go_to_app(&self, app: &str) {
        self.go(&format!("#/app/{app}"));
    }

    /// The first element that fits, now.
    fn find(&self, locator: Locator<'_>) -> Option<Element> {
        self.runtime.block_on(self.client.find(locator)).ok()
    }

    /// Whether anything fits.
    pub(crate) fn has(&self, css: &str) -> bool {
        self.find(Locator::Css(css)).is_some()
    }

    /// Waits until something fits.
    pub(crate) fn wait_for(&self, css: &str) {
        self.wait(css, || self.has(css).then_some(()));
    }

    /// Waits until nothing fits any more.
    pub(crate) fn wait_gone(&self, css: &str) {
        self.wait(&format!("{css} goes"), || (!self.has(css)).then_some(()));
    }

    /// The visible text of the first element that fits.
    pub(crate) fn text(&self, css: &str) -> String {
        self.wait(css, || {
            let element = self.find(Locator::Css(css))?;
            self.runtime.block_on(element.text()).ok()
        })
    }

    /// An attribute of the first element that fits.
    pub(crate) fn attribute(&self, css: &str, name: &str) -> Option<String> {
        let element = self.find(Locator::Css(css))?;
        self.runtime.block_on(element.attr(name)).ok()?
    }

    /// Clicks the first element that fits, as soon as it lets itself be clicked.
    pub(crate) fn click(&self, css: &str) {
        self.click_at(Locator::Css(css), css);
    }

    /// Clicks the button with that name.
    pub(crate) fn press(&self, name: &str) {
        let path = format!("//button[normalize-space(.)='{name}' or @aria-label='{name}']");
        self.click_at(Locator::XPath(&path), name);
    }

    fn click_at(&self, locator: Locator<'_>, what: &str) {
        self.wait(&format!("{what} can be clicked"), || {
            let element = self.find(locator)?;
            let enabled = self.runtime.block_on(element.is_enabled());
            if !enabled.unwrap_or(false) {
                return None;
            }
            if self.runtime.block_on(element.click()).is_ok() {
                return Some(());
            }
            // What lies under the job bar is in sight for the driver, which then does not scroll.
            let element = serde_json::to_value(element).expect("it can be named");
            self.script(
                "arguments[0].scrollIntoView({ block: 'center' });",
                vec![element],
            );
            None
        });
    }

    /// Types into a field, in place of what is in it.
    pub(crate) fn fill(&self, css: &str, text: &str) {
        self.wait_for(css);
        let element = self.find(Locator::Css(css)).expect("it was found");
        self.runtime
            .block_on(async {
                element.clear().await?;
                element.send_keys(text).await
            })
            .unwrap_or_else(|error| self.fail(&error));
    }

    /// Presses keys one after the other, as a keyboard does; they are let go in the opposite order.
    pub(crate) fn press_keys(&self, keys: &[char]) {
        let down = keys.iter().map(|&value| KeyAction::Down { value });
        let up = keys.iter().rev().map(|&value| KeyAction::Up { value });
        let keyboard = KeyActions::new("keyboard".to_owned());
        let actions = down.chain(up).fold(keyboard, KeyActions::then);
        self.runtime
            .block_on(self.client.perform_actions(actions))
            .unwrap_or_else(|error| self.fail(&error));
    }

    /// Makes it as small as it may be, and waits until the page has that size.
    pub(crate) fn shrink(&self, width: u32, height: u32) {
        self.runtime
            .block_on(self.client.set_window_size(width, height))
            .unwrap_or_else(|error| self.fail(&error));
        self.wait("the window is small", || {
            let size = self.script("return [innerWidth, innerHeight];", vec![]);
            (size == json!([width, height])).then_some(())
        });
    }

    /// Shows it in a theme, and waits until nothing moves any more.
    pub(crate) fn set_theme(&self, theme: &str) {
        let script = "const [theme, done] = arguments;
            document.documentElement.dataset.theme = theme;
            requestAnimationFrame(() => {
              const moving = document.getAnimations().filter((one) => one instanceof CSSTransition);
              Promise.allSettled(moving.map((one) => one.finished)).then(() => done());
            });";
        self.async_script(script, vec![json!(theme)]);
    }

    /// A picture of the page.
    pub(crate) fn picture(&self) -> Vec<u8> {
        self.script(KEEP_PAINTING, vec![]);
        let picture = self.runtime.block_on(self.client.screenshot());
        self.script("window.stopPainting();", vec![]);
        picture.unwrap_or_else(|error| self.fail(&error))
    }

    /// Asks again and again until there is an answer.
    pub(crate) fn wait<T>(&self, what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
        let begun = Instant::now();
        loop {
            if let Some(answer) = ask() {
                return answer;
            }
            if begun.elapsed() >= PATIENCE {
                let seconds = PATIENCE.as_secs();
                self.fail(&format!("waited {seconds} s in vain for: {what}"));
            }
            std::thread::sleep(Duration::from_millis(25));
        }
    }

    /// Gives up, and tells what the window shows.
    fn fail(&self, cause: &dyn Display) -> ! {
        let text = "return location.href + '\\n' + document.body.innerText;";
        let page = self.runtime.block_on(self.client.execute(text, vec![]));
        let page = page.map_or_else(
            |error| error.to_string(),
            |page| page.as_str().unwrap_or_default().to_owned(),
        );
        panic!(
            "{cause}\n--- the window shows\n{page}\n--- the driver's log\n{}",
            self.driver.log()
        );
    }

    /// Closes it as its driver does.
    pub(crate) fn close(self) {
        self.end();
    }

    fn end(&self) {
        if self.is_closed.replace(true) {
            return;
        }
        let closing = async {
            let patience = Duration::from_secs(15);
            tokio::time::timeout(patience, self.client.clone().close()).await
        };
        // Whatever it says: what is still there afterwards is killed.
        let _ = self.runtime.block_on(closing);
    }

    /// Kills it, as a crash or a power cut would.
    pub(crate) fn kill(self) {
        let running = processes::running(&self.home, &artifacts::desktop());
        assert_eq!(running.len(), 1, "one window runs: {running:?}");
        running[0].kill();
        lifeboat_tests::wait_for("the killed window goes", 30, || {
            let left = processes::running(&self.home, &artifacts::desktop());
            left.is_empty().then_some(())
        });
        self.is_closed.set(true);
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        self.end();
        kill_window(&self.home);
        let complaints = self.complaints();
        // A test that fails already says why.
        assert!(
            complaints.is_empty() || std::thread::panicking(),
            "the pages complained: {complaints:#?}"
        );
    }
}

/// The window's processes of that home; never the work that outlives it.
fn kill_window(home: &Path) {
    processes::running(home, &artifacts::desktop())
        .iter()
        .for_each(Process::kill);
}

async fn connect(address: &str, options: &Options) -> Result<Client, String> {
    let mut capabilities = Capabilities::new();
    let program = options.program.clone().unwrap_or_else(artifacts::desktop);
    let options = json!({ "application": program, "args": options.arguments });
    capabilities.insert("tauri:options".to_owned(), options);
    let mut builder = ClientBuilder::new(HttpConnector::new());
    builder.capabilities(capabilities);
    let client = tokio::time::timeout(PATIENCE, builder.connect(address)).await;
    let client = client
        .map_err(|_| "no session in time".to_owned())?
        .map_err(|error: NewSessionError| error.to_string())?;
    let timeouts = TimeoutConfiguration::new(Some(PATIENCE), Some(PATIENCE), None);
    let timeouts = client.update_timeouts(timeouts).await;
    timeouts.map_err(|error| error.to_string())?;
    Ok(client)
}

/// The same places as those of the world's `lifeboat` command, as on a person's machine.
fn variables_of(world: &World) -> Vec<(String, String)> {
    let command = world.lifeboat().command(&[]);
    let variables = command.get_envs();
    let text = |text: &std::ffi::OsStr| text.to_string_lossy().into_owned();
    variables
        .filter_map(|(name, value)| Some((text(name), text(value?))))
        .collect()
}

/// Other tests have applications on this engine, whose starts and settings are theirs.
fn prefer_not_to_watch(home: &Path) {
    let folder = home.join("config/dev.lifeboat.desktop");
    let file = folder.join("preferences.json");
    if !file.exists() {
        std::fs::create_dir_all(&folder).expect("a folder for choices");
        std::fs::write(file, r#"{"watch":false,"welcomed":true}"#).expect("a choice");
    }
}

/// Waits until no other test has a window on this display.
fn take_turn() -> File {
    let Ok(display) = std::env::var("DISPLAY") else {
        panic!("there is no display; run scripts/test.sh, which brings one");
    };
    let name = display.replace([':', '/'], "-");
    let path = std::env::temp_dir().join(format!("lifeboat-window{name}.lock"));
    let mut options = File::options();
    let file = options.create(true).append(true).open(path);
    let file = file.expect("the lock file can be opened");
    file.lock().expect("the lock can be had");
    file
}
