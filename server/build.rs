//! Builds the page (`console/`) with npm from its lock file, and lays what came out beside the
//! server's code, which embeds it (`src/console.rs`).
//!
//! All of it happens in `OUT_DIR`: the tree stays as it is. npm runs only when an input changed.
//! `PLAINSIGHT_CONSOLE_DIST` names a folder that was built before, for builds without a network.

use std::error::Error;
use std::ffi::OsStr;
use std::fmt::Write as _;
use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use flate2::Compression;
use flate2::write::GzEncoder;

/// What the page is made of, in `console/`.
const INPUTS: [&str; 8] = [
    ".npmrc",
    "package.json",
    "package-lock.json",
    "index.html",
    "svelte.config.js",
    "vite.config.ts",
    "public",
    "src",
];

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

fn main() -> Outcome {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var_os("CARGO_FEATURE_CONSOLE").is_none() {
        return Ok(());
    }
    println!("cargo::rerun-if-env-changed=PLAINSIGHT_CONSOLE_DIST");
    let out = PathBuf::from(variable("OUT_DIR")?);
    let dist = match std::env::var_os("PLAINSIGHT_CONSOLE_DIST") {
        Some(dist) => {
            println!("cargo::rerun-if-changed={}", Path::new(&dist).display());
            PathBuf::from(dist)
        }
        None => build(&PathBuf::from(variable("CARGO_MANIFEST_DIR")?).join("../console"), &out)?,
    };
    embed(&dist, &out)
}

fn variable(name: &str) -> Outcome<String> {
    std::env::var(name).map_err(|error| format!("{name}: {error}").into())
}

/// Copies the inputs and has npm build them; returns the folder with what came out.
fn build(console: &Path, out: &Path) -> Outcome<PathBuf> {
    let copy = out.join("console");
    fs::create_dir_all(&copy)?;
    for input in INPUTS {
        let (from, to) = (console.join(input), copy.join(input));
        println!("cargo::rerun-if-changed={}", from.display());
        if to.is_dir() {
            fs::remove_dir_all(&to)?;
        }
        copy_all(&from, &to).map_err(|error| format!("{}: {error}", from.display()))?;
    }
    install(&copy)?;
    npm(&copy, &["run", "build"])?;
    Ok(copy.join("dist"))
}

fn copy_all(from: &Path, to: &Path) -> std::io::Result<()> {
    if !from.is_dir() {
        return fs::copy(from, to).map(|_| ());
    }
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        copy_all(&entry.path(), &to.join(entry.file_name()))?;
    }
    Ok(())
}

/// Installs what the build needs, unless exactly that is installed.
fn install(copy: &Path) -> Outcome {
    let lock = fs::read(copy.join("package-lock.json"))?;
    let stamp = copy.join("node_modules/.plainsight-lock");
    if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    npm(copy, &["ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"])?;
    Ok(fs::write(stamp, lock)?)
}

fn npm(folder: &Path, arguments: &[&str]) -> Outcome {
    let output =
        Command::new("npm").args(arguments).current_dir(folder).output().map_err(|error| {
            format!(
                "could not run npm ({error}): the page needs Node.js 20.19 or newer; \
             `--no-default-features` builds without it"
            )
        })?;
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    Err(format!("npm {} failed:\n{said}", arguments.join(" ")).into())
}

/// Writes `assets.rs`: every file of the page, with its path, its type, and its bytes, plain and
/// compressed.
fn embed(dist: &Path, out: &Path) -> Outcome {
    let mut files = Vec::new();
    gather(dist, "", &mut files)?;
    files.sort();
    let folder = out.join("assets");
    fs::create_dir_all(&folder)?;
    let mut code = String::from("&[\n");
    for (number, (path, file)) in files.iter().enumerate() {
        let bytes = fs::read(file)?;
        fs::write(folder.join(format!("{number}")), &bytes)?;
        fs::write(folder.join(format!("{number}.gz")), compress(&bytes)?)?;
        let mut hasher = DefaultHasher::new();
        bytes.hash(&mut hasher);
        writeln!(
            code,
            "    Asset {{ path: {path:?}, kind: {:?}, tag: \"\\\"{:016x}\\\"\", \
             plain: include_bytes!(\"assets/{number}\"), gzip: include_bytes!(\"assets/{number}.gz\") }},",
            kind(file)?,
            hasher.finish(),
        )?;
    }
    code.push(']');
    Ok(fs::write(out.join("assets.rs"), code)?)
}

fn gather(folder: &Path, path: &str, files: &mut Vec<(String, PathBuf)>) -> Outcome {
    for entry in fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))? {
        let entry = entry?;
        let name = entry
            .file_name()
            .into_string()
            .map_err(|name| format!("{} is no text", name.display()))?;
        let path = format!("{path}/{name}");
        if entry.file_type()?.is_dir() {
            gather(&entry.path(), &path, files)?;
        } else {
            files.push((path, entry.path()));
        }
    }
    Ok(())
}

fn compress(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    encoder.finish()
}

fn kind(file: &Path) -> Outcome<&'static str> {
    Ok(match file.extension().and_then(OsStr::to_str) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => return Err(format!("{} has a type that is not known", file.display()).into()),
    })
}
