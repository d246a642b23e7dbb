//! A file that grows by one line an event, durable before it counts, and rotated by size.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;

use super::{Delivered, Delivery, Limits, Sink, SinkError, Trouble, taken};
use crate::outgoing::Outgoing;

/// A file and its predecessors: `PATH`, `PATH.1`, `PATH.2`, …
#[derive(Debug)]
pub struct FileSink(Arc<Mutex<Writer>>);

impl FileSink {
    /// A file that is rotated when it would grow beyond `rotate_bytes`; of those before it, `keep`
    /// are kept.
    pub fn new(path: PathBuf, rotate_bytes: u64, keep: u32) -> Self {
        Self(Arc::new(Mutex::new(Writer { path, rotate_bytes, keep, open: None })))
    }

    async fn send(&self, batch: &[Outgoing]) -> Result<Delivered, SinkError> {
        let mut lines = Vec::new();
        for outgoing in batch {
            lines.extend_from_slice(&outgoing.payload);
            lines.push(b'\n');
        }
        let writer = Arc::clone(&self.0);
        let written = tokio::task::spawn_blocking(move || writer.lock().write(&lines)).await;
        match written {
            Ok(Ok(())) => Ok(taken()),
            Ok(Err(_)) | Err(_) => Err(SinkError::later(Trouble::Disk)),
        }
    }
}

/// What writes the file.
#[derive(Debug)]
struct Writer {
    path: PathBuf,
    rotate_bytes: u64,
    keep: u32,
    open: Option<Open>,
}

/// The file as long as it is known to be whole.
#[derive(Debug)]
struct Open {
    file: File,
    length: u64,
}

impl Writer {
    fn write(&mut self, lines: &[u8]) -> std::io::Result<()> {
        // Taken out: after an error the file is opened anew, and its torn end cut off.
        let mut open = match self.open.take() {
            Some(open) => open,
            None => self.reopen()?,
        };
        if open.length > 0 && open.length + lines.len() as u64 > self.rotate_bytes {
            drop(open);
            self.rotate()?;
            open = self.reopen()?;
        }
        open.file.write_all(lines)?;
        open.file.sync_data()?;
        open.length += lines.len() as u64;
        self.open = Some(open);
        Ok(())
    }

    /// Opens the file and cuts off what stands behind its last line end: an event that was being
    /// written when the machine stopped, and that comes again.
    fn reopen(&self) -> std::io::Result<Open> {
        let mut options = OpenOptions::new();
        let mut file = options.read(true).append(true).create(true).mode(0o600).open(&self.path)?;
        let length = whole_lines(&mut file)?;
        file.set_len(length)?;
        Ok(Open { file, length })
    }

    fn rotate(&self) -> std::io::Result<()> {
        let numbered = |number: u32| {
            let mut name = self.path.clone().into_os_string();
            name.push(format!(".{number}"));
            PathBuf::from(name)
        };
        if self.keep == 0 {
            return std::fs::remove_file(&self.path);
        }
        for number in (1..self.keep).rev() {
            match std::fs::rename(numbered(number), numbered(number + 1)) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        std::fs::rename(&self.path, numbered(1))?;
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or_else(|| std::path::Path::new(".")))?.sync_all()
    }
}

/// The length up to and with the last line end.
fn whole_lines(file: &mut File) -> std::io::Result<u64> {
    let mut end = file.metadata()?.len();
    let mut block = [0_u8; 8192];
    while end > 0 {
        let start = end.saturating_sub(block.len() as u64);
        file.seek(SeekFrom::Start(start))?;
        let size = usize::try_from(end - start).unwrap_or(block.len());
        let Some(part) = block.get_mut(..size) else { break };
        file.read_exact(part)?;
        if let Some(at) = part.iter().rposition(|byte| *byte == b'\n') {
            return Ok(start + at as u64 + 1);
        }
        end = start;
    }
    Ok(0)
}

impl Sink for FileSink {
    fn deliver<'a>(&'a mut self, batch: &'a [Outgoing]) -> Delivery<'a> {
        Box::pin(self.send(batch))
    }

    fn limits(&self) -> Limits {
        Limits { events: 1000, bytes: 8 << 20, patience: Duration::from_mins(1) }
    }
}
