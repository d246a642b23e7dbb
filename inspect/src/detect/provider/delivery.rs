//! Building and delivery: continuous integration, infrastructure as code, feature flags.

use super::shape::Class::{
    Alphanumeric, Base64, Hex, LowerAlphanumeric, LowerHex, PaddedUrl, UpperAlphanumeric, Url,
};
use super::shape::Part::{AtLeast, Between, Exactly, Text, Uuid};
use super::{Format, Service, around, key, service};

/// Keys with a prefix or a mark inside. For the sources see the parent module.
pub(super) static FORMATS: &[Format] = &[
    key(
        "circleci-personal-access-token",
        "CCIPAT_",
        &[Exactly(Alphanumeric, 22), Text("_"), Exactly(LowerHex, 40)],
    ),
    key(
        "circleci-project-access-token",
        "CCIPRJ_",
        &[Exactly(Alphanumeric, 22), Text("_"), Exactly(LowerHex, 40)],
    ),
    key("buildkite-api-token", "bkua_", &[Exactly(LowerHex, 40)]),
    key("octopus-deploy-api-key", "API-", &[Exactly(UpperAlphanumeric, 26)]),
    key(
        "harness-api-key",
        "pat.",
        &[
            Exactly(Url, 22),
            Text("."),
            Exactly(Alphanumeric, 24),
            Text("."),
            Exactly(Alphanumeric, 20),
        ],
    ),
    key(
        "harness-api-key",
        "sat.",
        &[
            Exactly(Url, 22),
            Text("."),
            Exactly(Alphanumeric, 24),
            Text("."),
            Exactly(Alphanumeric, 20),
        ],
    ),
    // `{"typ": "TCV2"}` in base 64.
    key(
        "teamcity-access-token",
        "eyJ0eXAiOiAiVENWMiJ9.",
        &[Exactly(Url, 36), Text("."), AtLeast(Url, 40)],
    ),
    around(
        "hashicorp-tf-api-token",
        ".atlasv1.",
        14,
        &[Exactly(Alphanumeric, 14), Text(".atlasv1."), Between(PaddedUrl, 60, 70)],
    ),
    key("pulumi-api-token", "pul-", &[Exactly(LowerHex, 40)]),
    key("doppler-api-token", "dp.pt.", &[Exactly(Alphanumeric, 43)]),
    key(
        "doppler-service-token",
        "dp.st.",
        &[Between(Url, 2, 35), Text("."), Between(Alphanumeric, 40, 44)],
    ),
    key("doppler-cli-token", "dp.ct.", &[Between(Alphanumeric, 40, 44)]),
    key("doppler-service-account-token", "dp.sa.", &[Between(Alphanumeric, 40, 44)]),
    key("doppler-scim-token", "dp.scim.", &[Between(Alphanumeric, 40, 44)]),
    key("doppler-audit-token", "dp.audit.", &[Between(Alphanumeric, 40, 44)]),
    key("prefect-api-token", "pnu_", &[Exactly(Alphanumeric, 36)]),
    key("prefect-bot-token", "pnb_", &[Exactly(Alphanumeric, 36)]),
    key("dbt-cloud-token", "dbtc_", &[Between(Url, 36, 60)]),
    key("dbt-cloud-token", "dbtu_", &[Between(Url, 36, 60)]),
    key(
        "rancher-api-token",
        "token-",
        &[Exactly(LowerAlphanumeric, 5), Text(":"), Exactly(LowerAlphanumeric, 54)],
    ),
    around(
        "k3s-server-token",
        "::server:",
        67,
        &[Text("K10"), Exactly(LowerHex, 64), Text("::server:"), Exactly(LowerHex, 32)],
    ),
    key("settlemint-application-access-token", "sm_aat_", &[Exactly(Alphanumeric, 16)]),
    key("settlemint-personal-access-token", "sm_pat_", &[Exactly(Alphanumeric, 16)]),
    key("settlemint-service-access-token", "sm_sat_", &[Exactly(Alphanumeric, 16)]),
    key("launchdarkly-sdk-key", "sdk-", &[Uuid]),
    key("launchdarkly-mobile-key", "mob-", &[Uuid]),
    key("launchdarkly-access-token", "api-", &[Uuid]),
    key("statsig-server-secret", "secret-", &[Exactly(Alphanumeric, 43)]),
    key("statsig-console-key", "console-", &[Exactly(Alphanumeric, 43)]),
    key("flagsmith-environment-key", "ser.", &[Exactly(Alphanumeric, 22)]),
    key(
        "authress-service-client-access-key",
        "authress_",
        &[
            Between(Alphanumeric, 5, 30),
            Text("."),
            Between(Alphanumeric, 4, 6),
            Text(".acc_"),
            Between(Url, 10, 32),
            Text("."),
            Between(Base64, 30, 120),
        ],
    ),
    key("appveyor-api-token", "v2.", &[Exactly(LowerAlphanumeric, 20)]),
    key("intra42-client-secret", "s-s4t2ud-", &[Exactly(Hex, 64)]),
    key("intra42-client-secret", "s-s4t2af-", &[Exactly(Hex, 64)]),
    key(
        "tailscale-key",
        "tskey-auth-",
        &[Between(Alphanumeric, 8, 30), Text("-"), Between(Alphanumeric, 16, 50)],
    ),
    key(
        "tailscale-key",
        "tskey-api-",
        &[Between(Alphanumeric, 8, 30), Text("-"), Between(Alphanumeric, 16, 50)],
    ),
    key(
        "tailscale-key",
        "tskey-client-",
        &[Between(Alphanumeric, 8, 30), Text("-"), Between(Alphanumeric, 16, 50)],
    ),
    key(
        "defined-networking-api-token",
        "dnkey-",
        &[Exactly(PaddedUrl, 26), Text("-"), Exactly(PaddedUrl, 52)],
    ),
];

/// Keys without a prefix.
pub(super) static SERVICES: &[Service] = &[
    service(&["circleci", "circle_ci"], &[("circleci-api-token", &[Exactly(LowerHex, 40)])]),
    service(&["travis"], &[("travisci-access-token", &[Exactly(Alphanumeric, 22)])]),
    service(&["droneci"], &[("droneci-access-token", &[Exactly(Alphanumeric, 32)])]),
    service(&["jenkins"], &[("jenkins-api-token", &[Between(LowerHex, 32, 34)])]),
    service(&["bitrise"], &[("bitrise-access-token", &[Exactly(Url, 86)])]),
    service(&["launchdarkly"], &[("launchdarkly-access-token", &[Exactly(PaddedUrl, 40)])]),
    service(
        &["bundle_enterprise__contribsys__com", "bundle_gems__contribsys__com"],
        &[("sidekiq-secret", &[Exactly(Hex, 8), Text(":"), Exactly(Hex, 8)])],
    )
    .says_secret(),
    service(
        &["kubeadm", "bootstrap"],
        &[(
            "kubernetes-bootstrap-token",
            &[Exactly(LowerAlphanumeric, 6), Text("."), Exactly(LowerAlphanumeric, 16)],
        )],
    ),
    service(
        &["ngrok"],
        &[("ngrok-auth-token", &[Exactly(Alphanumeric, 27), Text("_"), Exactly(Alphanumeric, 21)])],
    ),
    service(&["zerotier"], &[("zerotier-api-token", &[Exactly(Alphanumeric, 32)])]),
    service(&["meraki"], &[("cisco-meraki-api-key", &[Exactly(LowerHex, 40)])]),
    service(&["appcenter"], &[("appcenter-api-token", &[Exactly(LowerHex, 40)])]),
    service(&["rapidapi"], &[("rapidapi-access-token", &[Exactly(Url, 50)])]),
    service(&["particle"], &[("particle-access-token", &[Exactly(LowerHex, 40)])]),
    service(&["adafruit"], &[("adafruit-api-key", &[Exactly(Url, 32)])]),
    service(
        &["unleash"],
        &[(
            "unleash-api-token",
            &[Text("*:"), Between(Alphanumeric, 2, 30), Text("."), Exactly(LowerHex, 56)],
        )],
    ),
    service(
        &["configcat"],
        &[("configcat-sdk-key", &[Exactly(Url, 22), Text("/"), Exactly(Url, 22)])],
    ),
    service(&["devcycle"], &[("devcycle-server-key", &[Text("dvc_server_"), AtLeast(Url, 30)])]),
    service(&["puppet"], &[("puppet-forge-key", &[Exactly(LowerHex, 64)])]),
    service(&["sauce"], &[("saucelabs-access-key", &[Uuid])]),
    service(&["browserstack"], &[("browserstack-access-key", &[Exactly(Alphanumeric, 20)])]),
    service(&["lambdatest"], &[("lambdatest-access-key", &[Exactly(Alphanumeric, 50)])]),
    service(&["percy"], &[("percy-token", &[Exactly(LowerHex, 64)])]),
    service(&["codemagic"], &[("codemagic-api-token", &[Exactly(Url, 43)])]),
];
