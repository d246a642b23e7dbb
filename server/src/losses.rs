//! Turns what the proxy could not record into alert records, as soon as that works again.

use std::sync::{Arc, Weak};
use std::time::Duration;

use model::Clock;

use crate::proxy::Proxy;
use crate::record::Record;
use crate::recorder;

/// How often the losses are looked at.
const PAUSE: Duration = Duration::from_secs(1);

/// Watches until the proxy is gone.
pub(crate) fn watch(proxy: Weak<Proxy>, recorder: Weak<dyn Record>, clock: Arc<dyn Clock>) {
    tokio::spawn(async move {
        while let (Some(proxy), Some(recorder)) = (proxy.upgrade(), recorder.upgrade()) {
            tell(&proxy, &*recorder, &*clock).await;
            drop((proxy, recorder));
            tokio::time::sleep(PAUSE).await;
        }
    });
}

async fn tell(proxy: &Proxy, recorder: &dyn Record, clock: &dyn Clock) {
    let parts = proxy.losses().take_untold();
    if parts == 0 {
        return;
    }
    let reason = format!("{parts} parts of proxied calls could not be recorded");
    let alert = recorder::alert("recording.lost", &reason, clock.now());
    if recorder.record(vec![alert]).await.is_err() {
        proxy.losses().put_back(parts);
    }
}
