//! Identity and vaults: sign-in, secrets that keep secrets.

use super::shape::Class::{
    Alphanumeric, Base64, Bech32, Hex, LowerAlphanumeric, LowerHex, PaddedUrl, UpperAlphanumeric,
    Url,
};
use super::shape::Part::{AtLeast, Between, Exactly, Text, Uuid};
use super::{Format, Service, key, proof, service};

/// Keys with a prefix or a mark inside. For the sources see the parent module.
pub(super) static FORMATS: &[Format] = &[
    key(
        "1password-secret-key",
        "A3-",
        &[
            Exactly(UpperAlphanumeric, 6),
            Text("-"),
            Exactly(UpperAlphanumeric, 6),
            Text("-"),
            Exactly(UpperAlphanumeric, 5),
            Text("-"),
            Exactly(UpperAlphanumeric, 5),
            Text("-"),
            Exactly(UpperAlphanumeric, 5),
            Text("-"),
            Exactly(UpperAlphanumeric, 5),
        ],
    ),
    key(
        "1password-secret-key",
        "A3-",
        &[
            Exactly(UpperAlphanumeric, 6),
            Text("-"),
            Exactly(UpperAlphanumeric, 11),
            Text("-"),
            Exactly(UpperAlphanumeric, 5),
            Text("-"),
            Exactly(UpperAlphanumeric, 5),
            Text("-"),
            Exactly(UpperAlphanumeric, 5),
        ],
    ),
    key("1password-service-account-token", "ops_eyJ", &[AtLeast(Base64, 250)]),
    key("vault-service-token", "hvs.", &[Between(Url, 90, 120)]),
    key("vault-service-token", "hvs.", &[Exactly(Url, 24)]),
    key("vault-batch-token", "hvb.", &[Between(Url, 138, 300)]),
    key("vault-recovery-token", "hvr.", &[Between(Url, 24, 120)]),
    key("vault-service-token", "s.", &[Exactly(Alphanumeric, 24)]).random(),
    key("age-secret-key", "AGE-SECRET-KEY-1", &[Exactly(Bech32, 58)]).fixed().proved(proof::age),
    key("jumpcloud-api-key", "jca_", &[Exactly(Alphanumeric, 36)]),
    key("stytch-secret", "secret-live-", &[Between(PaddedUrl, 36, 60)]),
    key("stytch-secret", "secret-test-", &[Between(PaddedUrl, 36, 60)]),
    key("ory-personal-access-token", "ory_pat_", &[Exactly(Alphanumeric, 32)]),
    key("ory-session-token", "ory_st_", &[Exactly(Alphanumeric, 32)]),
    key("ory-access-token", "ory_at_", &[Between(PaddedUrl, 40, 90)]),
    key("onfido-api-token", "api_live.", &ONFIDO),
    key("onfido-api-token", "api_sandbox.", &ONFIDO),
    key("persona-api-key", "persona_production_", &[Uuid]),
    key("persona-api-key", "persona_sandbox_", &[Uuid]),
    key(
        "infisical-service-token",
        "st.",
        &[
            Exactly(LowerHex, 24),
            Text("."),
            Exactly(LowerHex, 32),
            Text("."),
            Exactly(LowerHex, 32),
        ],
    ),
    key(
        "bitwarden-access-token",
        "0.",
        &[Uuid, Text("."), Exactly(Alphanumeric, 30), Text(":"), Exactly(Base64, 24)],
    ),
    key("okta-ssws-token", "SSWS 00", &[Exactly(PaddedUrl, 40)]),
    key("svix-api-key", "testsk_", &[Between(Url, 32, 60)]),
];

static ONFIDO: [super::shape::Part; 3] = [Exactly(Url, 11), Text("."), Exactly(Url, 32)];

/// Keys without a prefix.
pub(super) static SERVICES: &[Service] = &[
    service(&["okta"], &[("okta-access-token", &[Text("00"), Exactly(PaddedUrl, 40)])]),
    service(
        &["auth0"],
        &[
            ("auth0-client-secret", &[Exactly(Url, 64)]),
            ("auth0-client-id", &[Exactly(Alphanumeric, 32)]),
        ],
    ),
    service(&["onelogin"], &[("onelogin-client-secret", &[Exactly(LowerHex, 64)])]),
    service(
        &["duo_api", "duo_ikey", "duo_skey", "duosec"],
        &[("duo-secret-key", &[Exactly(Alphanumeric, 40)])],
    )
    .says_secret(),
    service(
        &["keycloak"],
        &[
            ("keycloak-client-secret", &[Uuid]),
            ("keycloak-client-secret", &[Exactly(Alphanumeric, 32)]),
        ],
    ),
    service(&["cognito"], &[("cognito-client-secret", &[Between(LowerAlphanumeric, 51, 52)])]),
    service(&["recaptcha"], &[("recaptcha-secret", &[Text("6L"), Exactly(Url, 38)])]),
    service(
        &["hcaptcha"],
        &[
            ("hcaptcha-secret", &[Text("ES_"), Exactly(LowerHex, 32)]),
            ("hcaptcha-secret", &[Text("0x"), Exactly(Hex, 40)]),
        ],
    ),
    service(&["turnstile"], &[("turnstile-secret", &[Text("0x4"), Exactly(Url, 32)])]),
    service(&["lastpass"], &[("lastpass-api-secret", &[Exactly(LowerHex, 40)])]),
    service(&["consul"], &[("consul-token", &[Uuid])]),
    service(&["nomad"], &[("nomad-token", &[Uuid])]),
    service(&["vault_role", "vault_secret"], &[("vault-secret-id", &[Uuid])]).says_secret(),
    service(&["frontegg"], &[("frontegg-api-key", &[Uuid])]),
    service(&["fusionauth"], &[("fusionauth-api-key", &[Exactly(Url, 56)])]),
];
