//! Data: databases, warehouses, streams, search, and content.

use super::shape::Class::{
    Alphanumeric, Base64, Dotted, LowerAlphanumeric, LowerHex, PaddedUrl, Url,
};
use super::shape::Part::{AtLeast, Between, Exactly, OneOf, Text, Uuid};
use super::{Format, Service, key, service};

/// Keys with a prefix or a mark inside. For the sources see the parent module.
pub(super) static FORMATS: &[Format] = &[
    key("planetscale-api-token", "pscale_tkn_", &[Between(Dotted, 32, 64)]),
    key("planetscale-oauth-token", "pscale_oauth_", &[Between(Dotted, 32, 64)]),
    key("planetscale-password", "pscale_pw_", &[Between(Dotted, 32, 64)]),
    key(
        "databricks-api-token",
        "dapi",
        &[
            Exactly(LowerHex, 32),
            OneOf(&["-1", "-2", "-3", "-4", "-5", "-6", "-7", "-8", "-9", ""]),
        ],
    ),
    key("databricks-oauth-secret", "dose", &[Exactly(LowerHex, 32)]),
    key("clickhouse-cloud-api-secret-key", "4b1d", &[Exactly(Alphanumeric, 38)]),
    key("neon-api-key", "napi_", &[Exactly(Alphanumeric, 64)]),
    key("supabase-access-token", "sbp_", &[Exactly(LowerHex, 40)]),
    key("supabase-secret-key", "sb_secret_", &[Between(Url, 31, 50)]),
    key("mongodb-service-account-secret", "mdb_sa_sk_", &[Exactly(Url, 40)]),
    key(
        "cockroach-api-key",
        "CCDB1_",
        &[Exactly(Alphanumeric, 22), Text("_"), Exactly(Alphanumeric, 40)],
    ),
    key("materialize-app-password", "mzp_", &[Exactly(LowerHex, 64)]),
    key("confluent-api-secret", "cflt", &[Exactly(Base64, 60)]),
    key("contentful-personal-access-token", "CFPAT-", &[Exactly(Url, 43)]),
    key(
        "airtable-personal-access-token",
        "pat",
        &[Exactly(Alphanumeric, 14), Text("."), Exactly(LowerHex, 64)],
    ),
    key("appwrite-api-key", "standard_", &[Exactly(LowerHex, 256)]),
    key("retool-access-token", "retool_01", &[Exactly(LowerAlphanumeric, 24)]),
    key("tinybird-token", "p.eyJ1", &[Between(Url, 60, 160), Text("."), Exactly(Url, 43)]),
    key("xata-api-key", "xau_", &[Between(Alphanumeric, 36, 60)]),
    key("convex-deploy-key", "prod:", &[Between(Url, 8, 40), Text("|"), AtLeast(Base64, 40)]),
    key("influxdb-cloud-token", "apiv3_", &[Between(Url, 64, 110)]),
];

/// Keys without a prefix.
pub(super) static SERVICES: &[Service] = &[
    service(
        &["confluent"],
        &[
            ("confluent-access-token", &[Exactly(Alphanumeric, 16)]),
            ("confluent-secret-key", &[Exactly(Alphanumeric, 64)]),
        ],
    ),
    service(&["algolia"], &[("algolia-api-key", &[Exactly(Alphanumeric, 32)])]),
    service(&["airtable"], &[("airtable-api-key", &[Exactly(Alphanumeric, 17)])]),
    service(&["contentful"], &[("contentful-delivery-api-token", &[Exactly(PaddedUrl, 43)])]),
    service(&["mongodb", "atlas"], &[("mongodb-atlas-private-key", &[Uuid])]),
    service(&["influx"], &[("influxdb-token", &[Exactly(Url, 86), Text("==")])]),
    service(&["fauna"], &[("fauna-key", &[Text("fn"), Exactly(Url, 38)])]),
    service(&["fivetran"], &[("fivetran-api-secret", &[Exactly(Alphanumeric, 32)])]),
    service(&["hasura"], &[("hasura-admin-secret", &[Exactly(Alphanumeric, 64)])]),
    service(&["sanity"], &[("sanity-token", &[Text("sk"), AtLeast(Alphanumeric, 78)])]),
    service(&["prismic"], &[("prismic-access-token", &[Between(Url, 60, 120)])]),
    service(&["butter_cms", "buttercms"], &[("buttercms-api-key", &[Exactly(LowerHex, 40)])]),
    service(
        &["ghost_admin", "ghost-admin"],
        &[("ghost-admin-api-key", &[Exactly(LowerHex, 24), Text(":"), Exactly(LowerHex, 64)])],
    ),
    service(&["meilisearch", "meili"], &[("meilisearch-api-key", &[Exactly(LowerHex, 64)])]),
    service(&["typesense"], &[("typesense-api-key", &[Exactly(Alphanumeric, 32)])]),
    service(&["upstash"], &[("upstash-rest-token", &[AtLeast(PaddedUrl, 40)])]),
    service(&["qdrant"], &[("qdrant-api-key", &[AtLeast(Url, 40)])]),
    service(&["weaviate"], &[("weaviate-api-key", &[Exactly(Alphanumeric, 36)])]),
    service(&["snowflake"], &[("snowflake-token", &[AtLeast(Url, 120)])]),
    service(&["rudderstack"], &[("rudderstack-access-token", &[Exactly(Alphanumeric, 27)])]),
    service(&["cloudant"], &[("cloudant-password", &[Exactly(LowerHex, 64)])]),
    service(&["elastic"], &[("elasticsearch-api-key", &[Exactly(Base64, 60)])]),
    service(&["socrata"], &[("socrata-app-token", &[Exactly(Alphanumeric, 25)])]),
    service(&["quandl", "nasdaq"], &[("quandl-api-key", &[Exactly(Url, 20)])]),
];
