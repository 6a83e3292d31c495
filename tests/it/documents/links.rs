//! Every link leads somewhere, and every picture is there.

use std::collections::BTreeMap;

use super::markdown::Document;
use super::repository::{self, nothing_is_wrong};

/// Where a link of a document leads to, from the root of the repository: a file or folder.
fn target(document: &str, link: &str) -> String {
    let mut folders: Vec<&str> = document.split('/').collect();
    folders.pop();
    for part in link.split('/') {
        match part {
            "" | "." => {}
            ".." => assert!(folders.pop().is_some(), "{document}: {link} leads out"),
            name => folders.push(name),
        }
    }
    folders.join("/")
}

#[test]
fn every_link_and_anchor_is_there() {
    let mut wrong = Vec::new();
    let documents = Document::all();
    let anchors: BTreeMap<&str, _> = documents
        .iter()
        .map(|one| (one.name.as_str(), &one.anchors))
        .collect();
    let mut looked_at = 0;
    for document in &documents {
        for link in &document.links {
            if link.text.contains("://") {
                continue;
            }
            let (file, anchor) = link.text.split_once('#').unwrap_or((&link.text, ""));
            let to = if file.is_empty() {
                document.name.clone()
            } else {
                target(&document.name, file)
            };
            if !repository::place(&to).exists() {
                wrong.push(format!("{}: {}", link.at, link.text));
            }
            let known = anchors.get(to.as_str());
            let is_known = anchor.is_empty() || known.is_some_and(|all| all.contains(anchor));
            if !is_known {
                wrong.push(format!("{}: no heading #{anchor} in {to}", link.at));
            }
            looked_at += 1;
        }
    }
    nothing_is_wrong(&wrong);
    assert!(looked_at > 50, "only {looked_at} links were found");
}

#[test]
fn every_picture_is_there() {
    let mut wrong = Vec::new();
    for document in Document::all() {
        for image in &document.images {
            let file = target(&document.name, &image.text);
            if !repository::place(&file).is_file() {
                wrong.push(format!("{}: {file}", image.at));
            }
        }
    }
    nothing_is_wrong(&wrong);
}
