//! Reads the declarations that ts-rs writes: names, fields, and the comments above them.

use std::iter::Peekable;
use std::vec::IntoIter;

/// A type.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Type {
    /// `string`, or one that has a name of its own.
    Name(String),
    /// Always this text.
    Text(String),
    /// `Array<…>`.
    List(Box<Self>),
    /// `[…, …]`.
    Pair(Box<Self>, Box<Self>),
    /// `Record<string, …>`.
    Map(Box<Self>),
    /// `{ … }`.
    Object(Vec<Field>),
    /// `… | …`.
    Either(Vec<Self>),
}

/// A field of an object.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Field {
    /// Its name.
    pub(super) name: String,
    /// It may be missing.
    pub(super) optional: bool,
    /// What the comment says.
    pub(super) meaning: String,
    /// Its type.
    pub(super) kind: Type,
}

/// A type with a name.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Declaration {
    /// Its name.
    pub(super) name: String,
    /// What the comment says.
    pub(super) meaning: String,
    /// What it is.
    pub(super) kind: Type,
}

/// Every declaration of a file.
pub(super) fn declarations(text: &str) -> Vec<Declaration> {
    let mut reader = Reader::new(text);
    let mut found = Vec::new();
    while reader.tokens.peek().is_some() {
        let meaning = reader.comment();
        reader.expect_word("export");
        reader.expect_word("type");
        let name = reader.word();
        reader.expect('=');
        let kind = reader.kind();
        reader.expect(';');
        found.push(Declaration {
            name,
            meaning,
            kind,
        });
    }
    found
}

/// A type by itself.
pub(super) fn kind(text: &str) -> Type {
    Reader::new(text).kind()
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Comment(String),
    Word(String),
    Text(String),
    Sign(char),
}

fn tokens(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        if let Some(after) = rest.strip_prefix("/**") {
            let (comment, after) = after.split_once("*/").expect("a comment ends");
            found.push(Token::Comment(plain(comment)));
            rest = after;
        } else if rest.starts_with("//") {
            rest = rest.split_once('\n').map_or("", |(_, after)| after);
        } else if let Some(after) = rest.strip_prefix('"') {
            let (text, after) = after.split_once('"').expect("a text ends");
            found.push(Token::Text(text.to_owned()));
            rest = after;
        } else if first.is_alphabetic() || first == '_' {
            let is_inside = |letter: char| letter.is_alphanumeric() || letter == '_';
            let end = rest.find(|letter| !is_inside(letter)).unwrap_or(rest.len());
            found.push(Token::Word(rest[..end].to_owned()));
            rest = &rest[end..];
        } else {
            found.push(Token::Sign(first));
            rest = &rest[first.len_utf8()..];
        }
        rest = rest.trim_start();
    }
    found
}

/// The words of a comment in one line.
fn plain(comment: &str) -> String {
    let lines = comment
        .lines()
        .map(|line| line.trim().trim_start_matches('*').trim());
    let words: Vec<&str> = lines.filter(|line| !line.is_empty()).collect();
    words.join(" ")
}

struct Reader {
    tokens: Peekable<IntoIter<Token>>,
}

impl Reader {
    fn new(text: &str) -> Self {
        Self {
            tokens: tokens(text).into_iter().peekable(),
        }
    }

    fn is(&mut self, sign: char) -> bool {
        self.tokens
            .next_if(|token| *token == Token::Sign(sign))
            .is_some()
    }

    fn expect(&mut self, sign: char) {
        assert!(self.is(sign), "{sign} and not {:?}", self.tokens.peek());
    }

    fn word(&mut self) -> String {
        match self.tokens.next() {
            Some(Token::Word(word) | Token::Text(word)) => word,
            other => panic!("a word and not {other:?}"),
        }
    }

    fn expect_word(&mut self, word: &str) {
        assert_eq!(self.word(), word);
    }

    fn comment(&mut self) -> String {
        let comment = self
            .tokens
            .next_if(|token| matches!(token, Token::Comment(_)));
        match comment {
            Some(Token::Comment(text)) => text,
            _ => String::new(),
        }
    }

    fn kind(&mut self) -> Type {
        let mut all = vec![self.part()];
        while self.is('|') {
            all.push(self.part());
        }
        if all.len() == 1 {
            all.remove(0)
        } else {
            Type::Either(all)
        }
    }

    fn part(&mut self) -> Type {
        if self.is('{') {
            return Type::Object(self.fields());
        }
        if self.is('[') {
            let first = Box::new(self.kind());
            self.expect(',');
            let second = Box::new(self.kind());
            self.expect(']');
            return Type::Pair(first, second);
        }
        match self.tokens.next() {
            Some(Token::Text(text)) => Type::Text(text),
            Some(Token::Word(word)) => self.of_word(word),
            other => panic!("a type and not {other:?}"),
        }
    }

    fn of_word(&mut self, word: String) -> Type {
        if !self.is('<') {
            return Type::Name(word);
        }
        let mut inside = vec![self.kind()];
        while self.is(',') {
            inside.push(self.kind());
        }
        self.expect('>');
        let last = Box::new(inside.pop().expect("there is one"));
        match word.as_str() {
            "Array" => Type::List(last),
            "Record" => Type::Map(last),
            other => panic!("{other}<…> is a new kind of type"),
        }
    }

    fn fields(&mut self) -> Vec<Field> {
        let mut fields = Vec::new();
        loop {
            let meaning = self.comment();
            if self.is('}') {
                return fields;
            }
            let name = self.word();
            let optional = self.is('?');
            self.expect(':');
            let kind = self.kind();
            self.is(',');
            fields.push(Field {
                name,
                optional,
                meaning,
                kind,
            });
        }
    }
}
