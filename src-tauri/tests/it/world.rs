//! A window without a display, with its real configuration and grants.

use std::path::PathBuf;

use lifeboat_core::lifeboat::{Actor, Options};
use lifeboat_desktop::desktop::Desktop;
use lifeboat_desktop::memory::Folders;
use serde_json::Value;
use tauri::ipc::{CallbackFn, InvokeBody};
use tauri::test::{INVOKE_KEY, MockRuntime, get_ipc_response, mock_builder};
use tauri::webview::InvokeRequest;
use tauri::{App, Manager as _, State, WebviewUrl, WebviewWindow, WebviewWindowBuilder};
use tempfile::TempDir;

/// A window and everything it stands on.
pub(crate) struct World {
    pub(crate) app: App<MockRuntime>,
    pub(crate) window: WebviewWindow<MockRuntime>,
    pub(crate) folder: TempDir,
}

impl World {
    /// With an engine that is not there.
    pub(crate) fn without_engine() -> Self {
        Self::new("unix:///nonexistent/lifeboat-test.sock", None)
    }

    /// With an engine, and a program in place of the command line.
    pub(crate) fn new(engine: &str, program: Option<PathBuf>) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        Self::in_folder(folder, engine, program)
    }

    /// With what an earlier window left in `folder`.
    pub(crate) fn in_folder(folder: TempDir, engine: &str, program: Option<PathBuf>) -> Self {
        let app = lifeboat_desktop::with_commands(mock_builder())
            .build(lifeboat_desktop::context())
            .expect("the configuration is valid");
        let options = Options {
            engine: Some(engine.to_owned()),
            actor: Actor::Desktop,
            state_directory: Some(folder.path().join("state")),
        };
        let place = |name: &str| folder.path().join(name);
        let folders = Folders {
            config: place("config"),
            data: place("data"),
            logs: place("logs"),
        };
        let desktop = Desktop::new(options, folders, program);
        desktop.attach_to_running();
        app.manage(desktop);
        let window = lifeboat_desktop::window::build(app.handle(), None).expect("a window");
        Self {
            app,
            window,
            folder,
        }
    }

    pub(crate) fn desktop(&self) -> State<'_, Desktop> {
        self.app.state()
    }

    /// A second window, for which there is no grant.
    pub(crate) fn stranger(&self) -> WebviewWindow<MockRuntime> {
        WebviewWindowBuilder::new(&self.app, "stranger", WebviewUrl::default())
            .build()
            .expect("a window")
    }

    /// Calls a command from the page of the main window.
    pub(crate) fn invoke(&self, command: &str, arguments: Value) -> Result<Value, Value> {
        invoke_from(&self.window, "tauri://localhost", command, arguments)
    }

    /// Calls a command that has to fail, and gives the code of its error.
    pub(crate) fn refused(&self, command: &str, arguments: Value) -> String {
        let error = self
            .invoke(command, arguments)
            .expect_err("it has to be refused");
        for key in ["message", "advice", "aftermath"] {
            assert!(
                error[key].as_str().is_some_and(|text| !text.is_empty()),
                "{key}: {error}"
            );
        }
        error["code"].as_str().expect("a code").to_owned()
    }
}

/// Calls a command from a page of any window.
pub(crate) fn invoke_from(
    window: &WebviewWindow<MockRuntime>,
    page: &str,
    command: &str,
    arguments: Value,
) -> Result<Value, Value> {
    let request = InvokeRequest {
        cmd: command.to_owned(),
        callback: CallbackFn(0),
        error: CallbackFn(1),
        url: page.parse().expect("an address"),
        body: InvokeBody::Json(arguments),
        headers: tauri::http::HeaderMap::default(),
        invoke_key: INVOKE_KEY.to_owned(),
    };
    get_ipc_response(window, request)
        .map(|body| body.deserialize().expect("an answer is always JSON"))
}
