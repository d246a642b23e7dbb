//! Assembly: the doors, the recorder, the readers, in the order of the picture in ARCHITECTURE.md.

use std::future::Future;
use std::sync::Arc;

use model::{Clock, SystemClock};

use crate::access::Tokens;
use crate::api::{self, Reading};
use crate::config::Config;
use crate::endpoint::Endpoint;
use crate::engine::{Engine, EngineError, Layout};
use crate::identity::{KeySourceError, Resolver};
use crate::listen::{ListenError, Listeners, Services};
use crate::losses;
use crate::metrics::Metrics;
use crate::proxy::{Proxy, UpstreamError};
use crate::record::Record;
use crate::recorder;
use crate::tls::TlsError;
use crate::{events, otlp, token_file, welcome};

/// A running server.
pub struct Server {
    config: Config,
    listeners: Listeners,
    engine: Engine,
    proxy: Arc<Proxy>,
    services: Services,
}

/// Why a server could not start, or ended before it was told to.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// A door could not be opened.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// The certificate or its key could not be used.
    #[error("tls: {0}")]
    Tls(#[from] TlsError),
    /// The data directory could not be opened.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// An upstream could not be used.
    #[error("proxy: {0}")]
    Upstream(#[from] UpstreamError),
    /// The keys that verify tokens could not be read.
    #[error("identity: {0}")]
    Keys(#[from] KeySourceError),
    /// A file of the data directory could not be used.
    #[error("data directory: {0}")]
    Io(#[from] std::io::Error),
    /// The recorder refused the record of the start.
    #[error("could not record the start: {0}")]
    Record(#[from] crate::record::RecordError),
}

impl Server {
    /// Opens the doors and the data directory, and wires them together.
    ///
    /// # Errors
    /// When anything of it is not there or not right; then nothing was served.
    pub async fn start(config: Config) -> Result<Self, ServeError> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let listeners = Listeners::bind(&config).await?;
        let engine = Engine::open(&config, Arc::clone(&clock))?;
        let keeper: Arc<dyn Record> = Arc::<recorder::Recorder>::clone(&engine.recorder);
        let tokens = Arc::new(token_file::open(
            &engine.layout.admin_token(),
            &config.access,
        )?);
        let metrics = Arc::new(Metrics::default());

        // look: who is it, and where does it go
        let resolver = Resolver::open(config.identity.clone(), Arc::clone(&clock)).await?;
        let proxy = Proxy::new(
            &config.proxy,
            Arc::new(resolver),
            Arc::clone(&keeper),
            Arc::clone(&clock),
        )?;
        let proxy = Arc::new(proxy);
        losses::watch(
            Arc::downgrade(&proxy),
            Arc::downgrade(&keeper),
            Arc::clone(&clock),
        );

        // doors in
        let door = otlp::State {
            recorder: Arc::clone(&keeper),
            max_body: config.otlp.max_body_bytes,
            tokens: Arc::clone(&tokens),
            metrics: Arc::clone(&metrics),
        };
        let events = events::router(events::State {
            recorder: Arc::clone(&keeper),
            max_body: config.otlp.max_body_bytes,
            tokens: Arc::clone(&tokens),
            metrics: Arc::clone(&metrics),
            clock: Arc::clone(&clock),
        });

        // show
        let reading = reading(
            &engine,
            Arc::clone(&keeper),
            tokens,
            metrics,
            Arc::clone(&clock),
        );
        let main = api::router(reading)
            .merge(events)
            .merge(otlp::http::router(door.clone()));
        let services = Services {
            proxy: Arc::clone(&proxy),
            main,
            otlp_http: otlp::http::router(door.clone()),
            otlp_grpc: otlp::grpc::router(door),
        };
        keeper
            .record(vec![recorder::system(
                "server.start",
                &started(),
                clock.now(),
            )])
            .await?;
        let server = Self {
            config,
            listeners,
            engine,
            proxy,
            services,
        };
        Endpoint {
            url: server.url(),
            process: std::process::id(),
        }
        .write(&server.engine.layout.root)?;
        Ok(server)
    }

    /// Serves until `end` resolves; then lets everything that was admitted reach the disk.
    ///
    /// # Errors
    /// When a listener breaks.
    pub async fn run_until(self, end: impl Future<Output = ()> + Send) -> Result<(), ServeError> {
        let Self {
            listeners,
            engine,
            proxy,
            services,
            ..
        } = self;
        listeners.serve(services, end).await;
        proxy.drain().await;
        drop(proxy);
        let stopped = recorder::system("server.stop", "told to stop", SystemClock.now());
        if let Err(error) = engine.recorder.record(vec![stopped]).await {
            tracing::warn!(%error, "could not record the stop");
        }
        engine.close().await;
        Ok(())
    }

    /// Where things lie.
    pub const fn layout(&self) -> &Layout {
        &self.engine.layout
    }

    /// Base URL of the main listener.
    pub fn url(&self) -> String {
        self.listeners.url()
    }

    /// What a person needs to know at the start.
    pub fn welcome(&self) -> String {
        welcome::text(&self.config, &self.listeners, self.layout())
    }
}

/// What the API reads from.
fn reading(
    engine: &Engine,
    recorder: Arc<dyn Record>,
    tokens: Arc<Tokens>,
    metrics: Arc<Metrics>,
    clock: Arc<dyn Clock>,
) -> Reading {
    let admission = Arc::clone(engine.recorder.admission());
    Reading {
        layout: engine.layout.clone(),
        vault: Arc::clone(&engine.vault),
        progress: engine.committer.progress(),
        cursor: engine.indexer.cursor(),
        recorder,
        waiting: Arc::new(move || admission.waiting()),
        clock,
        tokens,
        metrics,
    }
}

fn started() -> String {
    format!("plainsight {} started", env!("CARGO_PKG_VERSION"))
}
