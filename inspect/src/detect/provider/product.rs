//! Tools of work: tickets, documents, design, customers, sales.

use super::shape::Class::{
    Alphanumeric, Base64, Digit, Dotted, Hex, LowerAlphanumeric, LowerHex, PaddedUrl, Unreserved,
    UpperAlphanumeric, Url,
};
use super::shape::Part::{AtLeast, Between, Exactly, OneOf, Text, Uuid};
use super::{Format, Service, key, service};

/// Keys with a prefix or a mark inside. For the sources see the parent module.
pub(super) static FORMATS: &[Format] = &[
    key("atlassian-api-token", "ATATT3", &[Exactly(PaddedUrl, 186)]),
    key("trello-access-token", "ATTA", &[Exactly(LowerHex, 64), Exactly(Alphanumeric, 8)]),
    key("notion-api-token", "ntn_", &[Exactly(Digit, 11), Exactly(Alphanumeric, 35)]),
    key("notion-api-token", "secret_", &[Exactly(Alphanumeric, 43)]),
    key("linear-api-key", "lin_api_", &[Exactly(Alphanumeric, 40)]),
    key("linear-oauth-token", "lin_oauth_", &[Exactly(LowerHex, 64)]),
    key(
        "clickup-api-token",
        "pk_",
        &[Between(Digit, 6, 10), Text("_"), Exactly(UpperAlphanumeric, 32)],
    ),
    key("figma-token", "figd_", &[Between(Url, 38, 60)]),
    key("dropbox-short-lived-api-token", "sl.", &[AtLeast(PaddedUrl, 130)]),
    key("dropbox-short-lived-api-token", "sl.u.", &[AtLeast(PaddedUrl, 130)]),
    key("typeform-api-token", "tfp_", &[Exactly(Dotted, 59)]),
    key("hubspot-private-app-token", "pat-na1-", &[Uuid]),
    key("hubspot-private-app-token", "pat-eu1-", &[Uuid]),
    key(
        "salesforce-access-token",
        "00D",
        &[Between(Alphanumeric, 12, 15), Text("!"), Between(Unreserved, 80, 120)],
    ),
    key("salesforce-consumer-key", "3MVG9", &[Between(Unreserved, 78, 82)]),
    key("zoho-oauth-token", "1000.", &[Exactly(LowerHex, 32), Text("."), Exactly(LowerHex, 32)]),
    key(
        "close-api-key",
        "api_",
        &[Exactly(Alphanumeric, 22), Text("."), Exactly(Alphanumeric, 22)],
    ),
    key("frameio-api-token", "fio-u-", &[Exactly(PaddedUrl, 64)]),
    key("adobe-client-secret", "p8e-", &[Exactly(Alphanumeric, 32)]),
    key("adafruit-io-key", "aio_", &[Exactly(Alphanumeric, 28)]),
    key("clearbit-api-key", "sk_", &[Exactly(LowerHex, 32)]),
    key("n8n-api-key", "n8n_api_", &[AtLeast(Url, 40)]),
    key("webflow-api-token", "ws-", &[Exactly(LowerHex, 64)]),
    key("canva-secret", "cnvca", &[Between(Url, 40, 60)]),
    key("miro-access-token", "eyJtaXJvLm9yaWdpbi", &[AtLeast(Base64, 20)]),
    key("wakatime-api-key", "waka_", &[Uuid]),
];

/// Keys without a prefix.
pub(super) static SERVICES: &[Service] = &[
    service(
        &["atlassian", "confluence", "jira"],
        &[("atlassian-api-token", &[Exactly(Alphanumeric, 20), Exactly(Hex, 4)])],
    ),
    service(
        &["asana"],
        &[
            ("asana-client-id", &[Exactly(Digit, 16)]),
            ("asana-client-secret", &[Exactly(Alphanumeric, 32)]),
            (
                "asana-personal-access-token",
                &[OneOf(&["1/", "2/"]), Between(Digit, 15, 40), Text(":"), Exactly(LowerHex, 32)],
            ),
        ],
    ),
    service(&["linear"], &[("linear-client-secret", &[Exactly(Hex, 32)])]),
    service(
        &["trello"],
        &[
            ("trello-api-key", &[Exactly(LowerHex, 32)]),
            ("trello-access-token", &[Exactly(LowerHex, 64)]),
        ],
    ),
    service(&["todoist"], &[("todoist-api-token", &[Exactly(LowerHex, 40)])]),
    service(&["shortcut", "clubhouse"], &[("shortcut-api-token", &[Uuid])]),
    service(
        &["smartsheet"],
        &[
            ("smartsheet-access-token", &[Exactly(Alphanumeric, 37)]),
            ("smartsheet-access-token", &[Exactly(Alphanumeric, 26)]),
        ],
    ),
    service(
        &["dropbox"],
        &[
            ("dropbox-api-token", &[Exactly(Alphanumeric, 15)]),
            (
                "dropbox-long-lived-api-token",
                &[Exactly(Alphanumeric, 11), Text("AAAAAAAAAA"), Exactly(PaddedUrl, 43)],
            ),
        ],
    ),
    service(&["box_client", "box_api"], &[("box-client-secret", &[Exactly(Alphanumeric, 32)])]),
    service(&["hubspot"], &[("hubspot-api-key", &[Uuid])]),
    service(&["pipedrive"], &[("pipedrive-api-token", &[Exactly(LowerHex, 40)])]),
    service(&["zoho"], &[("zoho-client-secret", &[Exactly(LowerHex, 42)])]),
    service(
        &["looker"],
        &[
            ("looker-client-id", &[Exactly(Alphanumeric, 20)]),
            ("looker-client-secret", &[Exactly(Alphanumeric, 24)]),
        ],
    ),
    service(&["adobe"], &[("adobe-client-id", &[Exactly(Hex, 32)])]),
    service(&["typeform"], &[("typeform-api-token", &[Between(LowerAlphanumeric, 40, 46)])]),
    service(&["hellosign", "dropboxsign"], &[("hellosign-api-key", &[Exactly(LowerHex, 64)])]),
    service(&["lokalise"], &[("lokalise-api-token", &[Exactly(LowerHex, 40)])]),
    service(&["crowdin"], &[("crowdin-api-token", &[Exactly(LowerHex, 80)])]),
    service(&["deepl"], &[("deepl-api-key", &[Uuid, OneOf(&[":fx", ""])])]),
    service(&["apollo"], &[("apollo-api-key", &[Exactly(Url, 22)])]),
    service(&["activecampaign"], &[("activecampaign-api-key", &[Exactly(LowerHex, 72)])]),
    service(&["convertkit"], &[("convertkit-api-secret", &[Exactly(Url, 43)])]),
    service(&["eventbrite"], &[("eventbrite-api-key", &[Exactly(UpperAlphanumeric, 20)])]),
    service(
        &["greenhouse"],
        &[("greenhouse-api-key", &[Exactly(LowerHex, 32), Text("-"), Exactly(Digit, 1)])],
    ),
    service(&["zoom"], &[("zoom-client-secret", &[Exactly(Alphanumeric, 32)])]),
    service(
        &["tableau"],
        &[("tableau-access-token", &[Exactly(Base64, 24), Text(":"), Exactly(Alphanumeric, 32)])],
    ),
];
