//! How the containers of the helper are made: with as little as their work needs.
//!
//! No network, no capability beyond the list, a read-only root, limits on memory and processes,
//! and explicit mounts only. Never `VolumesFrom`: it could carry the engine's own socket.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, Hasher as _};

use bollard::models::{
    ContainerCreateBody, HostConfig, HostConfigLogConfig, Mount, MountType, MountVolumeOptions,
    ResourcesUlimits, RestartPolicy, RestartPolicyNameEnum,
};
use lifeboat_store::protocol::{SCRATCH_PATH, VAULT_PATH, VOLUMES_PATH};
use serde::{Deserialize, Serialize};

use super::{LABEL_APP, LABEL_JOB, LABEL_ROLE};
use crate::api::StorageKind;

/// What every session may: become another user, end its children, and give files to their owners.
const BASE_CAPABILITIES: [&str; 4] = ["SETUID", "SETGID", "KILL", "CHOWN"];
/// Page cache counts, too, and is given back under pressure.
const MEMORY_BYTES: i64 = 512 * 1024 * 1024;
/// The parent with its threads, and a child for each database of the application.
const PROCESS_LIMIT: i64 = 512;
/// A quarter of an ordinary container's share: the application comes first.
const CPU_SHARES: i64 = 256;

/// A volume or bind that a session works on.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SourceBinding {
    /// Number: it is mounted at `/volumes/<index>`.
    pub index: u32,
    /// Volume or bind.
    pub kind: StorageKind,
    /// The volume's name, or the host path of a bind.
    pub name: String,
    /// The helper may write to it.
    pub writable: bool,
    /// The bind is one file, not a directory.
    pub single_file: bool,
}

/// A session to be opened.
#[derive(Debug, Clone, Default)]
pub struct SessionSpec {
    /// One word on what it is for, such as `scan`: part of the container's name.
    pub purpose: String,
    /// The vault's volume.
    pub vault_volume: Option<String>,
    /// A volume for scratch space where there is no vault.
    pub scratch_volume: Option<String>,
    /// The application's volumes.
    pub sources: Vec<SourceBinding>,
    /// Capabilities beyond the base, such as `DAC_OVERRIDE`.
    pub capabilities: Vec<&'static str>,
    /// The application's user namespace mode, if it has one of its own.
    pub user_namespace_mode: Option<String>,
    /// A container whose network namespace it shares, to see who listens there. Such a session has no
    /// volume and no vault.
    pub network_of: Option<String>,
    /// The job, for the container's label.
    pub job_label: String,
}

impl SessionSpec {
    /// The volumes that have to exist.
    pub(super) fn volumes(&self) -> Vec<&str> {
        let sources = self
            .sources
            .iter()
            .filter(|s| s.kind == StorageKind::Volume);
        let named = sources.map(|source| source.name.as_str());
        self.vault_volume
            .as_deref()
            .into_iter()
            .chain(self.scratch_volume.as_deref())
            .chain(named)
            .collect()
    }

    /// A name that nobody has: the job may open several sessions, and so may others.
    pub(super) fn container_name(&self) -> String {
        let purpose: String = self
            .purpose
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
            .collect();
        let random = std::hash::RandomState::new().build_hasher().finish();
        format!("lifeboat-{purpose}-{random:016x}")
    }

    /// The container of the session. `raw_output`: standard output carries bytes, and messages go
    /// to standard error.
    pub(super) fn container(&self, image: &str, raw_output: bool) -> ContainerCreateBody {
        let mut mounts = Vec::new();
        if let Some(vault) = &self.vault_volume {
            mounts.push(volume_mount(vault, VAULT_PATH, false));
        }
        if let Some(scratch) = &self.scratch_volume {
            mounts.push(volume_mount(scratch, SCRATCH_PATH, false));
        }
        mounts.extend(self.sources.iter().map(source_mount));
        let capabilities = BASE_CAPABILITIES.iter().chain(&self.capabilities);
        let log = if raw_output {
            log("none", &[])
        } else {
            log("json-file", &[("max-size", "1m")])
        };
        let mut host = confined();
        if let Some(other) = &self.network_of {
            host.network_mode = Some(format!("container:{other}"));
        }
        ContainerCreateBody {
            image: Some(image.to_owned()),
            network_disabled: Some(self.network_of.is_none()),
            cmd: Some(if raw_output {
                vec!["raw-output".to_owned()]
            } else {
                Vec::new()
            }),
            attach_stdin: Some(true),
            attach_stdout: Some(true),
            attach_stderr: Some(true),
            open_stdin: Some(true),
            stdin_once: Some(true),
            tty: Some(false),
            labels: Some(labels(&[
                (LABEL_ROLE, "session"),
                (LABEL_JOB, &self.job_label),
            ])),
            host_config: Some(HostConfig {
                mounts: Some(mounts),
                cap_add: Some(capabilities.map(|name| (*name).to_owned()).collect()),
                userns_mode: self.user_namespace_mode.clone(),
                log_config: Some(log),
                ..host
            }),
            ..quiet()
        }
    }
}

/// The container that keeps a vault from being pruned. It is never started.
pub(super) fn keeper(image: &str, vault_volume: &str, app: &str) -> ContainerCreateBody {
    ContainerCreateBody {
        image: Some(image.to_owned()),
        labels: Some(labels(&[(LABEL_ROLE, "keeper"), (LABEL_APP, app)])),
        host_config: Some(HostConfig {
            mounts: Some(vec![volume_mount(vault_volume, VAULT_PATH, true)]),
            log_config: Some(log("none", &[])),
            ..confined()
        }),
        ..quiet()
    }
}

/// What all containers of ours have in common.
fn quiet() -> ContainerCreateBody {
    ContainerCreateBody {
        user: Some("0".to_owned()),
        network_disabled: Some(true),
        stop_timeout: Some(10),
        ..Default::default()
    }
}

/// Nothing but what is added on top.
///
/// No weight for disk access: kernels without a scheduler for it make `start` fail, and the engine
/// does not tell beforehand.
fn confined() -> HostConfig {
    HostConfig {
        cap_drop: Some(vec!["ALL".to_owned()]),
        security_opt: Some(vec!["no-new-privileges".to_owned()]),
        network_mode: Some("none".to_owned()),
        readonly_rootfs: Some(true),
        tmpfs: Some(HashMap::from([(
            "/tmp".to_owned(),
            "rw,noexec,nosuid,nodev,size=64m,mode=1777".to_owned(),
        )])),
        pids_limit: Some(PROCESS_LIMIT),
        memory: Some(MEMORY_BYTES),
        // The same number means: no swap on top.
        memory_swap: Some(MEMORY_BYTES),
        cpu_shares: Some(CPU_SHARES),
        ulimits: Some(vec![ResourcesUlimits {
            name: Some("core".to_owned()),
            soft: Some(0),
            hard: Some(0),
        }]),
        ipc_mode: Some("private".to_owned()),
        restart_policy: Some(RestartPolicy {
            name: Some(RestartPolicyNameEnum::NO),
            maximum_retry_count: None,
        }),
        auto_remove: Some(false),
        privileged: Some(false),
        ..Default::default()
    }
}

fn source_mount(source: &SourceBinding) -> Mount {
    let target = format!("{VOLUMES_PATH}/{}", source.index);
    match source.kind {
        StorageKind::Volume => volume_mount(&source.name, &target, !source.writable),
        // Unlike the short form, this one fails if the path does not exist on the engine's host.
        StorageKind::Bind => Mount {
            target: Some(target),
            source: Some(source.name.clone()),
            typ: Some(MountType::BIND),
            read_only: Some(!source.writable),
            ..Default::default()
        },
    }
}

/// Without copying: an empty volume would else take over content and owner of what the image has
/// at that place.
fn volume_mount(name: &str, target: &str, read_only: bool) -> Mount {
    Mount {
        target: Some(target.to_owned()),
        source: Some(name.to_owned()),
        typ: Some(MountType::VOLUME),
        read_only: Some(read_only),
        volume_options: Some(MountVolumeOptions {
            no_copy: Some(true),
            ..Default::default()
        }),
        ..Default::default()
    }
}

pub(super) fn log(driver: &str, options: &[(&str, &str)]) -> HostConfigLogConfig {
    HostConfigLogConfig {
        typ: Some(driver.to_owned()),
        config: Some(labels(options)),
    }
}

fn labels(pairs: &[(&str, &str)]) -> HashMap<String, String> {
    pairs
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect()
}
