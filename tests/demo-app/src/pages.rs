//! The page of the guest book.

use serde_json::Value;

const STYLE: &str = "
:root { color-scheme: light dark; --ink: #17303b; --paper: #f7f5ef; --card: #fff; --line: #d9d4c5; --sea: #0b6477; }
@media (prefers-color-scheme: dark) { :root { --ink: #dfe9ec; --paper: #10191d; --card: #172429; --line: #2b3c43; --sea: #6cc3d5; } }
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.55 system-ui, sans-serif; color: var(--ink); background: var(--paper); }
main { max-width: 44rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
h1 { margin: 0; font: 600 2rem/1.2 Georgia, serif; }
header p { margin: .4rem 0 2rem; }
form, article { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 1.1rem 1.25rem; margin-bottom: 1rem; }
form { display: grid; gap: .75rem; grid-template-columns: 1fr 1fr; }
label { display: grid; gap: .25rem; font-size: .9rem; }
label.wide { grid-column: 1 / -1; }
input, textarea, button { font: inherit; color: inherit; background: transparent; border: 1px solid var(--line); border-radius: 6px; padding: .5rem .65rem; }
button { background: var(--sea); color: var(--paper); border-color: var(--sea); font-weight: 600; justify-self: start; cursor: pointer; }
article p { margin: 0 0 .5rem; }
footer { font-size: .9rem; opacity: .75; }
@media (max-width: 34rem) { form { grid-template-columns: 1fr; } }
";

/// The guest book with its newest entries.
pub(crate) fn guest_book(entries: &[Value], count: i64, release: &str) -> String {
    let articles: String = entries.iter().map(article).collect();
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>Guest book of Little Harbour</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n\
         <header><h1>Guest book of Little Harbour</h1>\n\
         <p>{count} entries. Tie up, come in, leave a line.</p></header>\n\
         <form method=\"post\" action=\"/entries\">\n\
         <label>Name or vessel <input name=\"name\" required maxlength=\"80\"></label>\n\
         <label>Home port <input name=\"home_port\" required maxlength=\"80\"></label>\n\
         <label class=\"wide\">Message <textarea name=\"message\" rows=\"3\" required maxlength=\"2000\"></textarea></label>\n\
         <button>Sign the book</button>\n</form>\n{articles}\
         <footer><p>Release {}</p></footer>\n</main>\n</body>\n</html>\n",
        escape(release),
    )
}

fn article(entry: &Value) -> String {
    let text = |name: &str| escape(entry[name].as_str().unwrap_or_default());
    let at = text("written_at");
    let day = at.get(..10).unwrap_or(&at);
    format!(
        "<article><p>{}</p><footer><strong>{}</strong>, {} · <time datetime=\"{at}\">{day}</time></footer></article>\n",
        text("message"),
        text("name"),
        text("home_port"),
    )
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[test]
    fn what_guests_write_is_never_markup() {
        let entry = json!({ "name": "<b>", "home_port": "\"'&", "message": "<script>", "written_at": "2026-01-02T03:04:05Z" });
        let page = super::guest_book(&[entry], 1, "1");
        assert!(
            page.contains("&lt;script&gt;") && !page.contains("<script>") && !page.contains("<b>")
        );
    }
}
