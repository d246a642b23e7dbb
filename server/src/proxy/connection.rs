//! The main listener's service: the proxy's paths go to the proxy, all others to the API.
//!
//! The choice is made before the router, which would put its own headers on a proxied answer.

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use http::{Request, Response};
use hyper::body::Incoming;
use hyper::service::Service;
use tower::ServiceExt;

use super::proxy::Proxy;

/// Serves one connection of the main listener.
#[derive(Clone)]
pub struct Connection {
    proxy: Arc<Proxy>,
    others: Router,
    peer: SocketAddr,
}

impl Connection {
    /// A service for the connection of `peer`. `others` finds the peer as `ConnectInfo<SocketAddr>`.
    pub fn new(proxy: Arc<Proxy>, others: Router, peer: SocketAddr) -> Self {
        Self { proxy, others, peer }
    }
}

impl Service<Request<Incoming>> for Connection {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let mut request = request.map(Body::new);
        let peer = self.peer;
        if Proxy::claims(request.uri().path()) {
            let proxy = Arc::clone(&self.proxy);
            return Box::pin(async move { Ok(proxy.handle(request, peer).await) });
        }
        request.extensions_mut().insert(ConnectInfo(peer));
        Box::pin(self.others.clone().oneshot(request))
    }
}
