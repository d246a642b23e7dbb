//! Receivers of other people, run as processes. A test is skipped where they are not installed.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// How many alerts go to a real receiver.
pub(crate) fn alerts() -> u64 {
    let asked = std::env::var("PLAINSIGHT_RECEIVER_ALERTS").ok();
    asked.map_or(5_000, |text| text.parse().unwrap())
}

/// A program of the path or of the system's folders.
pub(crate) fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders =
        std::env::split_paths(&path).chain(["/usr/sbin", "/usr/local/sbin"].map(PathBuf::from));
    let found = folders.map(|folder| folder.join(name)).find(|file| file.is_file());
    if found.is_none() {
        println!("skipped: {name} is not installed");
    }
    found
}

/// A port that is free now.
pub(crate) fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A process that can be killed and started again.
pub(crate) struct Receiver {
    program: PathBuf,
    arguments: Vec<String>,
    port: u16,
    child: Option<Child>,
}

impl Receiver {
    /// Starts it, and waits until it listens.
    pub(crate) async fn start(program: &Path, arguments: &[&str], port: u16) -> Self {
        let arguments = arguments.iter().map(|one| (*one).to_owned()).collect();
        let mut receiver = Self { program: program.to_owned(), arguments, port, child: None };
        receiver.again().await;
        receiver
    }

    async fn again(&mut self) {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).stdout(Stdio::null()).stderr(Stdio::null());
        self.child = Some(command.spawn().unwrap());
        for _ in 0..200 {
            if tokio::net::TcpStream::connect(("127.0.0.1", self.port)).await.is_ok() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{} does not listen", self.program.display());
    }

    /// Ends it, and starts it again a moment later.
    pub(crate) async fn restart(&mut self, end: End) {
        match end {
            End::Kill => self.kill(),
            End::Terminate => self.terminate(),
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
        self.again().await;
    }

    fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// Ends it so that it can write what it has taken.
    pub(crate) fn terminate(&mut self) {
        if let Some(mut child) = self.child.take() {
            let pid = child.id().to_string();
            assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
            child.wait().unwrap();
        }
    }
}

/// How a receiver ends.
#[derive(Clone, Copy, Debug)]
pub(crate) enum End {
    /// SIGKILL: without a word.
    Kill,
    /// SIGTERM: in order.
    Terminate,
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.kill();
    }
}
