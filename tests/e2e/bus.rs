//! A session bus with what a desktop has on it: a tray, and somebody who shows notifications.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use lifeboat_tests::wait_for;
use zbus::blocking::{Connection, Proxy, connection};
use zbus::message::Header;
use zbus::object_server::SignalEmitter;
use zbus::zvariant::{OwnedValue, Value};

const WATCHER: &str = "org.kde.StatusNotifierWatcher";
const WATCHER_PATH: &str = "/StatusNotifierWatcher";
const ITEM: &str = "org.kde.StatusNotifierItem";
const MENU: &str = "com.canonical.dbusmenu";
const NOTIFICATIONS: &str = "org.freedesktop.Notifications";
const NOTIFICATIONS_PATH: &str = "/org/freedesktop/Notifications";

/// A bus of its own.
pub(crate) struct Bus {
    daemon: Child,
    address: String,
}

/// A notification that was shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shown {
    pub(crate) id: u32,
    pub(crate) title: String,
    pub(crate) text: String,
}

/// The desktop on a bus: as long as it lives, there is a tray.
pub(crate) struct DesktopShell {
    connection: Connection,
    items: Arc<Mutex<Vec<String>>>,
    shown: Arc<Mutex<Vec<Shown>>>,
}

/// An entry of a tray's menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MenuEntry {
    pub(crate) id: i32,
    pub(crate) label: String,
    pub(crate) enabled: bool,
    pub(crate) entries: Vec<Self>,
}

impl Bus {
    pub(crate) fn start() -> Self {
        let mut daemon = Command::new("dbus-daemon")
            .args(["--session", "--nofork", "--print-address=1"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a bus; run scripts/test.sh, which brings it");
        let mut address = String::new();
        let output = daemon.stdout.take().expect("it was asked for");
        BufReader::new(output)
            .read_line(&mut address)
            .expect("its address");
        let address = address.trim().to_owned();
        Self { daemon, address }
    }

    /// For programs that are to find it.
    pub(crate) fn variable(&self) -> (String, String) {
        (crate::driver::BUS.to_owned(), self.address.clone())
    }

    /// Begins to show trays and notifications.
    pub(crate) fn shell(&self) -> DesktopShell {
        let items = Arc::new(Mutex::new(Vec::new()));
        let shown = Arc::new(Mutex::new(Vec::new()));
        let tray = Tray(Arc::clone(&items));
        let notifications = Notifications(Arc::clone(&shown));
        let builder = connection::Builder::address(self.address.as_str()).expect("an address");
        let connection = builder
            .serve_at(WATCHER_PATH, tray)
            .and_then(|builder| builder.serve_at(NOTIFICATIONS_PATH, notifications))
            .and_then(|builder| builder.name(NOTIFICATIONS))
            .and_then(|builder| builder.name(WATCHER))
            .and_then(connection::Builder::build)
            .expect("a place on the bus");
        DesktopShell {
            connection,
            items,
            shown,
        }
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}

impl DesktopShell {
    /// What was shown so far.
    pub(crate) fn shown(&self) -> Vec<Shown> {
        self.shown.lock().expect("nobody panics with it").clone()
    }

    /// Waits for a notification with that title.
    pub(crate) fn wait_for_notification(&self, title: &str) -> Shown {
        let what = format!("a notification “{title}”");
        wait_for(&what, 150, || {
            let shown = self.shown();
            shown.into_iter().find(|one| one.title == title)
        })
    }

    /// Clicks on a notification.
    pub(crate) fn click(&self, notification: &Shown) {
        let arguments = (notification.id, "default");
        self.connection
            .emit_signal(
                None::<&str>,
                NOTIFICATIONS_PATH,
                NOTIFICATIONS,
                "ActionInvoked",
                &arguments,
            )
            .expect("the click is told");
    }

    fn item(&self, interface: &'static str, path: &'static str) -> Option<Proxy<'_>> {
        let items = self.items.lock().expect("nobody panics with it");
        let name = items.last()?.clone();
        Proxy::new(&self.connection, name, path, interface).ok()
    }

    /// Waits until a program has an icon in the tray.
    pub(crate) fn wait_for_icon(&self) {
        wait_for("an icon in the tray", 60, || self.menu());
    }

    /// The words that are shown when the mouse rests on the icon.
    pub(crate) fn tooltip(&self) -> String {
        let item = self
            .item(ITEM, "/StatusNotifierItem")
            .expect("there is an icon");
        let (_, _, title, text): Tooltip = item.get_property("ToolTip").expect("it has words");
        format!("{title}: {text}")
    }

    /// The menu of the icon, if there is one.
    pub(crate) fn menu(&self) -> Option<Vec<MenuEntry>> {
        let menu = self.item(MENU, "/MenuBar")?;
        let none: Vec<&str> = Vec::new();
        let (_, layout): (u32, Layout) = menu.call("GetLayout", &(0_i32, -1_i32, none)).ok()?;
        Some(entry_of(layout).entries)
    }

    /// Waits for an entry of the menu, by the labels on the way to it.
    pub(crate) fn wait_for_entry(
        &self,
        what: &str,
        fits: impl Fn(&MenuEntry) -> bool,
    ) -> MenuEntry {
        wait_for(&format!("{what} in the tray's menu"), 60, || {
            self.menu()?.into_iter().find(&fits)
        })
    }

    /// Chooses an entry, and wants no answer: a program that was told to quit may be gone before it
    /// gives one. What came of it is for the test to see.
    pub(crate) fn choose(&self, entry: &MenuEntry) {
        let menu = self.item(MENU, "/MenuBar").expect("there is a menu");
        let arguments = (entry.id, "clicked", Value::from(0_i32), 0_u32);
        menu.call_noreply("Event", &arguments).expect("it is sent");
    }
}

/// The name of an icon, its pixels, a title, a text.
type Tooltip = (String, Vec<(i32, i32, Vec<u8>)>, String, String);

type Layout = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);

fn entry_of((id, mut properties, children): Layout) -> MenuEntry {
    let label = properties.remove("label");
    let enabled = properties.remove("enabled");
    let entries = children
        .into_iter()
        .filter_map(|child| Layout::try_from(child).ok())
        .map(entry_of)
        .filter(|entry| !entry.label.is_empty())
        .collect();
    MenuEntry {
        id,
        label: label
            .and_then(|label| String::try_from(label).ok())
            .unwrap_or_default(),
        enabled: enabled
            .and_then(|enabled| bool::try_from(enabled).ok())
            .unwrap_or(true),
        entries,
    }
}

struct Tray(Arc<Mutex<Vec<String>>>);

#[zbus::interface(name = "org.kde.StatusNotifierWatcher")]
impl Tray {
    async fn register_status_notifier_item(
        &self,
        service: &str,
        #[zbus(header)] header: Header<'_>,
        #[zbus(signal_emitter)] emitter: SignalEmitter<'_>,
    ) {
        // Some give the name of their connection, some the path of their icon.
        let sender = header.sender().map(ToString::to_string);
        let name = match service.strip_prefix('/') {
            Some(_) => sender.unwrap_or_default(),
            None => service.to_owned(),
        };
        self.0
            .lock()
            .expect("nobody panics with it")
            .push(name.clone());
        let _ = Self::status_notifier_item_registered(&emitter, &name).await;
    }

    fn register_status_notifier_host(&self, _service: &str) {}

    #[zbus(property)]
    fn registered_status_notifier_items(&self) -> Vec<String> {
        self.0.lock().expect("nobody panics with it").clone()
    }

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }

    #[zbus(signal)]
    async fn status_notifier_item_registered(
        emitter: &SignalEmitter<'_>,
        service: &str,
    ) -> zbus::Result<()>;
}

struct Notifications(Arc<Mutex<Vec<Shown>>>);

#[zbus::interface(name = "org.freedesktop.Notifications")]
impl Notifications {
    #[expect(clippy::too_many_arguments, reason = "the specification has so many")]
    fn notify(
        &self,
        _app_name: &str,
        _replaces_id: u32,
        _app_icon: &str,
        summary: &str,
        body: &str,
        _actions: Vec<String>,
        _hints: HashMap<String, OwnedValue>,
        _expire_timeout: i32,
    ) -> u32 {
        let mut shown = self.0.lock().expect("nobody panics with it");
        let id = u32::try_from(shown.len()).expect("few of them") + 1;
        shown.push(Shown {
            id,
            title: summary.to_owned(),
            text: body.to_owned(),
        });
        id
    }

    fn close_notification(&self, _id: u32) {}

    fn get_capabilities(&self) -> Vec<String> {
        ["body", "body-markup", "actions"]
            .map(str::to_owned)
            .to_vec()
    }

    fn get_server_information(&self) -> (String, String, String, String) {
        ["test", "test", "1", "1.2"].map(str::to_owned).into()
    }
}
