//! Watching: metrics, logs, errors, analytics, and intelligence on threats.

use super::shape::Class::{
    Alphanumeric, Base64, Digit, Hex, LowerAlphanumeric, LowerHex, UpperAlphanumeric, Url,
};
use super::shape::Part::{AtLeast, Between, Exactly, Text, Uuid};
use super::{Format, Service, around, key, service};

/// Keys with a prefix or a mark inside. For the sources see the parent module.
pub(super) static FORMATS: &[Format] = &[
    key("new-relic-user-api-key", "NRAK-", &[Exactly(UpperAlphanumeric, 27)]),
    key("new-relic-browser-api-token", "NRJS-", &[Exactly(LowerHex, 19)]),
    key("new-relic-insert-key", "NRII-", &[Exactly(Url, 32)]),
    key("new-relic-insights-query-key", "NRIQ-", &[Exactly(Url, 32)]),
    key("new-relic-admin-key", "NRAA-", &[Exactly(LowerHex, 27)]),
    around("new-relic-license-key", "NRAL", 36, &[Exactly(LowerHex, 36), Text("NRAL")]),
    key(
        "sentry-org-token",
        "sntrys_eyJ",
        &[Between(Base64, 30, 500), Text("_"), Exactly(Base64, 43)],
    ),
    key("sentry-user-token", "sntryu_", &[Exactly(LowerHex, 64)]),
    key("sentry-integration-token", "sntryi_", &[Exactly(LowerHex, 64)]),
    key("grafana-cloud-api-token", "glc_", &[Between(Base64, 32, 400)]),
    key(
        "grafana-service-account-token",
        "glsa_",
        &[Exactly(Alphanumeric, 32), Text("_"), Exactly(Hex, 8)],
    ),
    // `{"k":"` in base 64.
    key("grafana-api-key", "eyJrIjoi", &[Between(Base64, 70, 400)]),
    key("dynatrace-api-token", "dt0c01.", &DYNATRACE),
    key("dynatrace-platform-token", "dt0s01.", &DYNATRACE),
    key("dynatrace-oauth-secret", "dt0s02.", &DYNATRACE),
    key("dynatrace-platform-token", "dt0s16.", &DYNATRACE),
    key("honeycomb-ingest-key", "hcaik_", &[Between(Alphanumeric, 50, 64)]),
    key("honeybadger-api-key", "hbp_", &[Exactly(Alphanumeric, 36)]),
    key("elastic-cloud-api-key", "essu_", &[AtLeast(Base64, 40)]),
    key("axiom-api-token", "xaat-", &[Uuid]),
    key("axiom-personal-token", "xapt-", &[Uuid]),
    key("posthog-personal-api-key", "phx_", &[Between(Alphanumeric, 40, 60)]),
    key("posthog-project-api-key", "phc_", &[Between(Alphanumeric, 40, 60)]),
    key("checkly-api-key", "cu_", &[Exactly(LowerHex, 32)]),
    key("segment-public-api-token", "sgp_", &[Exactly(Alphanumeric, 64)]),
    key(
        "censys-personal-access-token",
        "censys_",
        &[Exactly(Alphanumeric, 8), Text("_"), Between(Alphanumeric, 20, 40)],
    ),
    key("dash0-auth-token", "auth_", &[Exactly(Alphanumeric, 32)]),
    around(
        "maxmind-license-key",
        "_mmk",
        36,
        &[Exactly(Alphanumeric, 6), Text("_"), Exactly(Alphanumeric, 29), Text("_mmk")],
    ),
    key(
        "logfire-write-token",
        "pylf_v1_",
        &[Between(LowerAlphanumeric, 2, 10), Text("_"), Exactly(Alphanumeric, 44)],
    ),
];

static DYNATRACE: [super::shape::Part; 3] =
    [Exactly(Alphanumeric, 24), Text("."), Exactly(Alphanumeric, 64)];

/// Keys without a prefix.
pub(super) static SERVICES: &[Service] = &[
    service(
        &["datadog", "dd_api", "dd_app"],
        &[
            ("datadog-access-token", &[Exactly(Alphanumeric, 40)]),
            ("datadog-api-key", &[Exactly(LowerHex, 32)]),
        ],
    ),
    service(
        &["newrelic", "new-relic", "new_relic"],
        &[("new-relic-user-api-id", &[Exactly(Alphanumeric, 64)])],
    ),
    service(&["sentry"], &[("sentry-access-token", &[Exactly(Hex, 64)])]),
    service(
        &["sumo"],
        &[
            ("sumologic-access-id", &[Text("su"), Exactly(Alphanumeric, 12)]),
            ("sumologic-access-token", &[Exactly(Alphanumeric, 64)]),
        ],
    ),
    service(&["logzio", "logz_io", "logz.io"], &[("logzio-token", &[Exactly(Alphanumeric, 32)])]),
    service(&["loggly"], &[("loggly-customer-token", &[Uuid])]),
    service(&["papertrail"], &[("papertrail-api-token", &[Exactly(Alphanumeric, 20)])]),
    service(&["splunk"], &[("splunk-hec-token", &[Uuid])]),
    service(&["bugsnag"], &[("bugsnag-api-key", &[Exactly(LowerHex, 32)])]),
    service(&["rollbar"], &[("rollbar-access-token", &[Exactly(LowerHex, 32)])]),
    service(&["raygun"], &[("raygun-api-key", &[Exactly(Alphanumeric, 22)])]),
    service(&["airbrake"], &[("airbrake-project-key", &[Exactly(LowerHex, 32)])]),
    service(&["mixpanel"], &[("mixpanel-api-secret", &[Exactly(LowerHex, 32)])]),
    service(&["amplitude"], &[("amplitude-api-key", &[Exactly(LowerHex, 32)])]),
    service(
        &["uptimerobot", "uptime_robot"],
        &[(
            "uptimerobot-api-key",
            &[Text("u"), Between(Digit, 5, 9), Text("-"), Exactly(LowerHex, 24)],
        )],
    ),
    service(&["pingdom"], &[("pingdom-api-token", &[Exactly(Url, 86)])]),
    service(&["statuspage"], &[("statuspage-api-key", &[Uuid])]),
    service(&["appsignal"], &[("appsignal-push-api-key", &[Uuid])]),
    service(&["logdna", "mezmo"], &[("logdna-ingestion-key", &[Exactly(LowerHex, 32)])]),
    service(&["signalfx"], &[("signalfx-access-token", &[Exactly(Url, 22)])]),
    service(&["lightstep"], &[("lightstep-access-token", &[Exactly(Url, 92)])]),
    service(&["instana"], &[("instana-api-token", &[Exactly(Url, 22)])]),
    service(&["shodan"], &[("shodan-api-key", &[Exactly(Alphanumeric, 32)])]),
    service(&["virustotal"], &[("virustotal-api-key", &[Exactly(LowerHex, 64)])]),
    service(&["abuseipdb"], &[("abuseipdb-api-key", &[Exactly(LowerHex, 80)])]),
    service(&["securitytrails"], &[("securitytrails-api-key", &[Exactly(Alphanumeric, 32)])]),
    service(&["ipinfo"], &[("ipinfo-token", &[Exactly(LowerHex, 14)])]),
    service(&["ipstack"], &[("ipstack-access-key", &[Exactly(LowerHex, 32)])]),
    service(&["tenable"], &[("tenable-api-key", &[Exactly(LowerHex, 64)])]),
    service(&["urlscan"], &[("urlscan-api-key", &[Uuid])]),
    service(&["greynoise"], &[("greynoise-api-key", &[Exactly(Alphanumeric, 64)])]),
    service(
        &["crowdstrike", "falcon"],
        &[
            ("crowdstrike-client-secret", &[Exactly(Alphanumeric, 40)]),
            ("crowdstrike-client-id", &[Exactly(LowerHex, 32)]),
        ],
    ),
];
