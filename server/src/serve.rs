//! Assembly: the doors, the recorder, the readers, in the order of the picture in ARCHITECTURE.md.

use std::future::Future;
use std::sync::Arc;

use axum::Router;
use model::{Clock, Sealed, SystemClock};
use tokio_util::sync::CancellationToken;

use crate::access::Tokens;
use crate::api::{self, Reading};
use crate::budget::Budget;
use crate::config::Config;
use crate::delivery::{Delivery, DeliveryError, Statuses};
use crate::endpoint::Endpoint;
use crate::engine::{Engine, EngineError, Layout};
use crate::identity::{KeySourceError, Resolver};
use crate::listen::{ListenError, Listeners, Services};
use crate::losses;
use crate::metrics::{Counted, Measured, Metrics};
use crate::people::{People, PeopleError};
use crate::proxy::{Proxy, UpstreamError};
use crate::record::{Record, RecordError};
use crate::recorder;
use crate::tls::TlsError;
use crate::{events, otlp, tls, welcome};

/// A running server.
pub struct Server {
    config: Config,
    listeners: Listeners,
    engine: Engine,
    delivery: Delivery,
    proxy: Arc<Proxy>,
    services: Services,
    /// The secret of the first sign-in's link, where nobody has signed in yet.
    first: Option<Sealed<String>>,
    closing: CancellationToken,
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
    /// The accounts could not be read.
    #[error(transparent)]
    People(#[from] PeopleError),
    /// The key of the accounts could not be had.
    #[error("vault: {0}")]
    Vault(#[from] vault::VaultError),
    /// A sink could not be used.
    #[error(transparent)]
    Delivery(#[from] DeliveryError),
    /// A file of the data directory could not be used.
    #[error("data directory: {0}")]
    Io(#[from] std::io::Error),
    /// The recorder refused the record of the start.
    #[error("could not record the start: {0}")]
    Record(#[from] RecordError),
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
        let delivery = Delivery::start(&config.sinks, &engine, &clock)?;
        let wiring = Wiring::new(&config, &engine, &delivery, clock)?;

        let proxy = wiring.proxy().await?;
        let main =
            wiring.api(&engine).merge(wiring.events()).merge(otlp::http::router(wiring.otlp()));
        #[cfg(feature = "console")]
        let main = main.merge(crate::console::router());
        let otlp_http = otlp::http::router(wiring.otlp());
        let otlp_grpc = otlp::grpc::router(wiring.otlp());
        let services = Services { proxy: Arc::clone(&proxy), main, otlp_http, otlp_grpc };

        wiring.record_start().await?;
        let first = wiring.people.first_secret(&engine.layout.first_link())?;
        let closing = wiring.closing;
        let server = Self { config, listeners, engine, delivery, proxy, services, first, closing };
        server.endpoint()?.write(&server.layout().root)?;
        Ok(server)
    }

    /// Serves until `end` resolves; then lets everything that was admitted reach the disk.
    ///
    /// # Errors
    /// When a listener breaks.
    pub async fn run_until(self, end: impl Future<Output = ()> + Send) -> Result<(), ServeError> {
        let Self { listeners, engine, delivery, proxy, services, closing, .. } = self;
        let end = async {
            end.await;
            closing.cancel();
        };
        listeners.serve(services, end).await;
        proxy.drain().await;
        drop(proxy);
        let stopped = recorder::system("server.stop", "told to stop", SystemClock.now());
        if let Err(error) = engine.recorder.record(vec![stopped]).await {
            tracing::warn!(%error, "could not record the stop");
        }
        drop(delivery);
        engine.close().await;
        Ok(())
    }

    fn endpoint(&self) -> std::io::Result<Endpoint> {
        let certificate = tls::certificate(&self.config.tls, &self.config.data);
        let certificate = certificate.map(|file| file.canonicalize()).transpose()?;
        let local_upstreams = self.config.proxy.local_upstreams();
        let process = std::process::id();
        Ok(Endpoint { url: self.url(), certificate, process, local_upstreams })
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
        welcome::text(&self.listeners, self.layout(), self.first.as_ref())
    }
}

fn open_people(
    config: &Config,
    engine: &Engine,
    clock: &Arc<dyn Clock>,
) -> Result<People, ServeError> {
    let key = engine.vault.subkey("people")?;
    let (path, settings) = (engine.layout.people(), config.people.clone());
    Ok(People::open(&path, &key, settings, Arc::clone(clock))?)
}

/// What the doors and the API have in common.
struct Wiring<'a> {
    config: &'a Config,
    clock: Arc<dyn Clock>,
    recorder: Arc<dyn Record>,
    tokens: Arc<Tokens>,
    people: Arc<People>,
    metrics: Arc<Metrics>,
    sinks: Statuses,
    bodies: Budget,
    closing: CancellationToken,
}

impl<'a> Wiring<'a> {
    fn new(
        config: &'a Config,
        engine: &Engine,
        delivery: &Delivery,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, ServeError> {
        let recorder: Arc<dyn Record> = Arc::<recorder::Recorder>::clone(&engine.recorder);
        let tokens = Arc::new(Tokens::open(&engine.layout.admin_token(), &config.access)?);
        let (bodies, closing) = (config.recorder.bodies(), CancellationToken::new());
        let (metrics, sinks) = (Arc::default(), delivery.statuses());
        let people = Arc::new(open_people(config, engine, &clock)?);
        Ok(Self { config, clock, recorder, tokens, people, metrics, sinks, bodies, closing })
    }

    /// The recording proxy, with what says who is behind a call, and a watch on what it loses.
    async fn proxy(&self) -> Result<Arc<Proxy>, ServeError> {
        let clock = || Arc::clone(&self.clock);
        let resolver = Resolver::open(self.config.identity.clone(), clock()).await?;
        let (recorder, metrics) = (Arc::clone(&self.recorder), Arc::clone(&self.metrics));
        let recorder = Arc::new(Measured::new(recorder, metrics, Counted::Proxy));
        let proxy = Proxy::new(&self.config.proxy, Arc::new(resolver), recorder, clock())?;
        let proxy = Arc::new(proxy.with_metrics(Arc::clone(&self.metrics)));
        losses::watch(Arc::downgrade(&proxy), Arc::downgrade(&self.recorder), clock());
        Ok(proxy)
    }

    fn otlp(&self) -> otlp::State {
        otlp::State {
            recorder: Arc::clone(&self.recorder),
            max_body: self.config.otlp.max_body_bytes,
            bodies: self.bodies.clone(),
            tokens: Arc::clone(&self.tokens),
            metrics: Arc::clone(&self.metrics),
        }
    }

    fn events(&self) -> Router {
        events::router(events::State {
            recorder: Arc::clone(&self.recorder),
            max_body: self.config.otlp.max_body_bytes,
            bodies: self.bodies.clone(),
            tokens: Arc::clone(&self.tokens),
            metrics: Arc::clone(&self.metrics),
            clock: Arc::clone(&self.clock),
        })
    }

    fn api(&self, engine: &Engine) -> Router {
        let reading = Reading::new(
            engine,
            Arc::clone(&self.recorder),
            Arc::clone(&self.tokens),
            Arc::clone(&self.metrics),
            Arc::clone(&self.clock),
        );
        let (bodies, closing) = (self.bodies.clone(), self.closing.clone());
        let (sinks, people) = (Arc::clone(&self.sinks), Arc::clone(&self.people));
        let (is_secure, config) = (self.config.tls.is_on(), Arc::new(self.config.clone()));
        api::router(Reading { bodies, sinks, people, is_secure, config, closing, ..reading })
    }

    async fn record_start(&self) -> Result<(), RecordError> {
        let reason = format!("plainsight {} started", env!("CARGO_PKG_VERSION"));
        let start = recorder::system("server.start", &reason, self.clock.now());
        self.recorder.record(vec![start]).await.map(|_| ())
    }
}
