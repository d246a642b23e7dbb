//! Standard output and standard error, and tables on them.

use std::io::{IsTerminal, Write};

use anyhow::Result;
use clap::ValueEnum;
use serde_json::{Map, Value};

/// How rows are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Aligned columns
    Table,
    /// One JSON array
    Json,
    /// One JSON object a line
    Jsonl,
    /// RFC 4180
    Csv,
}

/// How an answer that is no table is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Answer {
    /// For a person
    Text,
    /// One JSON value
    Json,
}

/// The widest a column of a table gets.
const WIDEST: usize = 60;

/// Says something to the person, not to the next program.
#[expect(clippy::print_stderr, reason = "this program is a command line")]
pub(crate) fn complain(line: &str) {
    eprintln!("{line}");
}

/// Prints a line. A reader that went away is not an error of ours.
pub(crate) fn say(line: &str) {
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}

/// Prints rows.
pub(crate) fn rows(columns: &[String], rows: &[Vec<Value>], format: Format) -> Result<()> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    match format {
        Format::Table => table(&mut out, columns, rows)?,
        Format::Json => {
            let objects: Vec<Value> = rows.iter().map(|row| object(columns, row)).collect();
            writeln!(out, "{}", serde_json::to_string_pretty(&objects)?)?;
        }
        Format::Jsonl => {
            for row in rows {
                writeln!(out, "{}", object(columns, row))?;
            }
        }
        Format::Csv => {
            writeln!(
                out,
                "{}",
                columns.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(",")
            )?;
            for row in rows {
                let fields: Vec<String> = row.iter().map(|value| quoted(&plain(value))).collect();
                writeln!(out, "{}", fields.join(","))?;
            }
        }
    }
    out.flush()?;
    Ok(())
}

fn object(columns: &[String], row: &[Value]) -> Value {
    let fields: Map<String, Value> = columns.iter().cloned().zip(row.iter().cloned()).collect();
    Value::Object(fields)
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A CSV field (RFC 4180 §2): quoted where it must be.
fn quoted(field: &str) -> String {
    if field.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field.to_owned()
    }
}

fn table(out: &mut impl Write, columns: &[String], rows: &[Vec<Value>]) -> Result<()> {
    let cells: Vec<Vec<String>> =
        rows.iter().map(|row| row.iter().map(|value| cell(&plain(value))).collect()).collect();
    let widths: Vec<usize> = columns
        .iter()
        .enumerate()
        .map(|(column, name)| {
            let widest =
                cells.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
            widest.chain([name.chars().count()]).max().unwrap_or(0)
        })
        .collect();
    line(out, columns, &widths)?;
    line(out, &widths.iter().map(|width| "─".repeat(*width)).collect::<Vec<_>>(), &widths)?;
    for row in &cells {
        line(out, row, &widths)?;
    }
    if std::io::stdout().is_terminal() {
        writeln!(out, "({} rows)", rows.len())?;
    }
    Ok(())
}

fn line(out: &mut impl Write, cells: &[String], widths: &[usize]) -> Result<()> {
    let padded: Vec<String> =
        cells.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
    writeln!(out, "{}", padded.join("  ").trim_end())?;
    Ok(())
}

/// One line of at most [`WIDEST`] characters, without control characters, so that recorded text
/// cannot drive the terminal.
fn cell(text: &str) -> String {
    let clean = text.chars().map(|char| if char.is_control() { ' ' } else { char });
    let mut cut: String = clean.take(WIDEST).collect();
    if text.chars().count() > WIDEST {
        cut.pop();
        cut.push('…');
    }
    cut
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recorded_text_cannot_drive_the_terminal() {
        assert_eq!(cell("a\u{1b}[2Jb\nc"), "a [2Jb c");
        assert_eq!(cell(&"x".repeat(100)).chars().count(), WIDEST);
    }

    #[test]
    fn csv_is_quoted_where_it_must_be() {
        assert_eq!(quoted("plain"), "plain");
        assert_eq!(quoted("a,\"b\""), "\"a,\"\"b\"\"\"");
    }
}
