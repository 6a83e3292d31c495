//! A document: its blocks of commands, words, links and headings, each with the line that it begins in.

use std::collections::BTreeSet;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use super::repository;

/// Something that a document says, and where.
#[derive(Debug, Clone)]
pub(super) struct Said {
    /// The words.
    pub(super) text: String,
    /// The document and the line.
    pub(super) at: String,
}

/// A fenced block.
#[derive(Debug, Clone)]
pub(super) struct Block {
    /// What stands behind the fence: `sh`.
    pub(super) language: String,
    /// The lines.
    pub(super) text: String,
    /// The heading above it.
    pub(super) heading: String,
    /// The document and the line.
    pub(super) at: String,
    /// What the comment above it says of running it.
    pub(super) run: Run,
}

/// How a block is run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) enum Run {
    /// It ends well.
    #[default]
    Well,
    /// It ends with this exit code: `<!-- exit code 7 -->`.
    Ends(i32),
    /// By another test: `<!-- run in: … -->`.
    Elsewhere,
    /// Not at all, and why: `<!-- not run: … -->`.
    Not(String),
}

impl Run {
    fn of_comment(comment: &str) -> Option<Self> {
        let said = comment.trim().strip_prefix("<!-- ")?.strip_suffix("-->")?;
        let said = said.trim();
        if let Some(reason) = said.strip_prefix("not run: ") {
            return Some(Self::Not(reason.to_owned()));
        }
        if said.starts_with("run in: ") {
            return Some(Self::Elsewhere);
        }
        let code = said.strip_prefix("exit code ")?;
        Some(Self::Ends(code.parse().expect("an exit code")))
    }
}

impl Block {
    /// What it ends with.
    pub(super) fn exit_code(&self) -> i32 {
        match self.run {
            Run::Ends(code) => code,
            _ => 0,
        }
    }
}

/// A document.
#[derive(Debug, Default)]
pub(super) struct Document {
    /// Its path from the root of the repository.
    pub(super) name: String,
    /// Fenced blocks.
    pub(super) blocks: Vec<Block>,
    /// Words in backticks.
    pub(super) code: Vec<Said>,
    /// Words in bold.
    pub(super) bold: Vec<Said>,
    /// Paragraphs, items and cells without their markup.
    pub(super) prose: Vec<Said>,
    /// Where links lead to.
    pub(super) links: Vec<Said>,
    /// Where images lie.
    pub(super) images: Vec<Said>,
    /// What links can point to.
    pub(super) anchors: BTreeSet<String>,
}

impl Document {
    /// Reads a document of the repository.
    pub(super) fn read(name: &str) -> Self {
        let text = repository::text(name);
        let mut reader = Reader::new(name, &text);
        for (event, range) in Parser::new_ext(&text, Options::ENABLE_TABLES).into_offset_iter() {
            reader.at = range.start;
            reader.take(event);
        }
        reader.document
    }

    /// Every document of the repository.
    pub(super) fn all() -> Vec<Self> {
        let files = repository::files().into_iter();
        let names = files.filter(|name| name.ends_with(".md"));
        names.map(|name| Self::read(&name)).collect()
    }

    /// The blocks of commands.
    pub(super) fn commands(&self) -> impl Iterator<Item = &Block> {
        let shells = ["sh", "bash", "console", "shell"];
        self.blocks
            .iter()
            .filter(move |block| shells.contains(&block.language.as_str()))
    }
}

/// Builds a document, event by event.
struct Reader<'a> {
    document: Document,
    source: &'a str,
    at: usize,
    heading: String,
    run: Run,
    block: Option<Block>,
    bold: Option<String>,
    prose: String,
}

impl<'a> Reader<'a> {
    fn new(name: &str, source: &'a str) -> Self {
        Self {
            document: Document {
                name: name.to_owned(),
                ..Document::default()
            },
            source,
            at: 0,
            heading: String::new(),
            run: Run::Well,
            block: None,
            bold: None,
            prose: String::new(),
        }
    }

    fn place(&self) -> String {
        let line = self.source[..self.at].matches('\n').count() + 1;
        format!("{}:{line}", self.document.name)
    }

    fn said(&self, text: &str) -> Said {
        Said {
            text: text.to_owned(),
            at: self.place(),
        }
    }

    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(end) => self.end(end),
            Event::Text(text) => self.text(&text),
            Event::Code(text) => {
                let said = self.said(&text);
                self.document.code.push(said);
                self.text(&text);
            }
            Event::SoftBreak | Event::HardBreak => self.text(" "),
            Event::Html(text) | Event::InlineHtml(text) => {
                self.run = Run::of_comment(&text).unwrap_or_default();
            }
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::CodeBlock(kind) => self.begin_block(&kind),
            Tag::Strong => self.bold = Some(String::new()),
            Tag::Link { dest_url, .. } => {
                let said = self.said(&dest_url);
                self.document.links.push(said);
            }
            Tag::Image { dest_url, .. } => {
                let said = self.said(&dest_url);
                self.document.images.push(said);
            }
            Tag::HtmlBlock => {}
            Tag::Paragraph | Tag::Heading { .. } | Tag::Item | Tag::TableCell => {
                self.run = Run::Well;
                self.prose.clear();
            }
            _ => self.run = Run::Well,
        }
    }

    fn begin_block(&mut self, kind: &CodeBlockKind<'_>) {
        let language = match kind {
            CodeBlockKind::Fenced(language) => language.to_string(),
            CodeBlockKind::Indented => String::new(),
        };
        self.block = Some(Block {
            language,
            text: String::new(),
            heading: self.heading.clone(),
            at: self.place(),
            run: std::mem::take(&mut self.run),
        });
    }

    fn text(&mut self, text: &str) {
        if let Some(block) = &mut self.block {
            block.text.push_str(text);
            return;
        }
        if let Some(bold) = &mut self.bold {
            bold.push_str(text);
        }
        self.prose.push_str(text);
    }

    fn end(&mut self, end: TagEnd) {
        match end {
            TagEnd::CodeBlock => self.document.blocks.extend(self.block.take()),
            TagEnd::Strong => {
                let bold = self.bold.take().unwrap_or_default();
                let said = self.said(&bold);
                self.document.bold.push(said);
            }
            TagEnd::Heading(_) => {
                self.heading.clone_from(&self.prose);
                self.add_anchor();
                self.end_prose();
            }
            TagEnd::Paragraph | TagEnd::Item | TagEnd::TableCell => self.end_prose(),
            _ => {}
        }
    }

    fn end_prose(&mut self) {
        let prose = std::mem::take(&mut self.prose);
        let said = self.said(&prose);
        self.document.prose.push(said);
    }

    /// The name that a heading gets where documents are shown; a second of that name is numbered.
    fn add_anchor(&mut self) {
        let lower = self.heading.to_lowercase();
        let kept = lower
            .chars()
            .filter(|letter| letter.is_alphanumeric() || " -_".contains(*letter));
        let name: String = kept
            .map(|letter| if letter == ' ' { '-' } else { letter })
            .collect();
        let mut number = 0;
        let mut anchor = name.clone();
        while !self.document.anchors.insert(anchor) {
            number += 1;
            anchor = format!("{name}-{number}");
        }
    }
}
