//! Which releases of the application run, as they were last seen: so that a release that somebody made
//! without Lifeboat is noticed.

use serde::{Deserialize, Serialize};

use super::reserve::with_reserve;
use super::sealed::{self, Broken};
use super::{UPDATES, Vault};
use crate::Failure;
use crate::manifest::Release;
use crate::protocol::LearnedReleases;

const RELEASES: &str = "releases.json";

#[derive(Serialize, Deserialize)]
struct Known {
    releases: Vec<Release>,
}

impl Vault {
    /// The releases that ran when they were last looked at; `None` if they never were.
    ///
    /// A file that cannot be read is as good as none: it is written anew at the next look.
    ///
    /// # Errors
    /// What the file system refuses.
    pub fn releases(&self) -> Result<Option<Vec<Release>>, Failure> {
        match sealed::read::<Known>(self.open_file(&format!("{UPDATES}/{RELEASES}"))) {
            Ok(known) => Ok(Some(known.releases)),
            Err(Broken::Missing | Broken::Damaged(_) | Broken::TooNew) => Ok(None),
            Err(broken) => Err(broken.into_failure("the releases that were seen last")),
        }
    }

    /// Remembers which releases run, and tells what is new about it. What an image was built from stays
    /// known as long as it runs. Needs the lock.
    ///
    /// # Errors
    /// What the file system refuses.
    pub fn learn_releases(&self, mut now: Vec<Release>) -> Result<LearnedReleases, Failure> {
        self.require_lock()?;
        let known = self.releases()?;
        for release in &mut now {
            if release.built_from.is_none() {
                release.built_from = known
                    .iter()
                    .flatten()
                    .find(|known| known.image_id == release.image_id)
                    .and_then(|known| known.built_from.clone());
            }
        }
        if known.as_ref() != Some(&now) {
            let path = self.root.join(UPDATES).join(RELEASES);
            let releases = Known {
                releases: now.clone(),
            };
            with_reserve(&self.root, || sealed::write(&path, &releases))?;
        }
        self.tell_guardian(&now)?;
        let before = known.filter(|known| images(known) != images(&now));
        Ok(LearnedReleases { before, now })
    }
}

impl Vault {
    /// The guardian cannot ask the engine: its backups say what it was told to run.
    fn tell_guardian(&self, now: &[Release]) -> Result<(), Failure> {
        // One that cannot be read is not ours to replace.
        let Ok(Some(mut spec)) = self.guard() else {
            return Ok(());
        };
        if spec.releases != now {
            spec.releases = now.to_vec();
            self.write_guard(Some(&spec))?;
        }
        Ok(())
    }
}

fn images(releases: &[Release]) -> Vec<(&str, &str)> {
    let mut images: Vec<_> = releases
        .iter()
        .map(|release| (release.service.as_str(), release.image_id.as_str()))
        .collect();
    images.sort_unstable();
    images.dedup();
    images
}
