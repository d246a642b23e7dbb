//! Clouds: compute, storage, functions, networks of delivery.

use super::shape::Class::{
    Alphanumeric, Base32, Base64, Digit, Dotted, Escaped, Hex, LowerAlphanumeric, LowerHex,
    PaddedUrl, Unreserved, UpperAlphanumeric, Url,
};
use super::shape::Part::{AtLeast, Between, Exactly, Text, Uuid};
use super::{Format, Service, around, key, service};

/// Keys with a prefix or a mark inside. For the sources see the parent module.
pub(super) static FORMATS: &[Format] = &[
    key("aws-access-token", "AKIA", &[Exactly(Base32, 16)]).unmasked(),
    key("aws-access-token", "ASIA", &[Exactly(Base32, 16)]).unmasked(),
    key("aws-access-token", "ABIA", &[Exactly(Base32, 16)]),
    key("aws-access-token", "ACCA", &[Exactly(Base32, 16)]),
    key("aws-access-token", "A3T", &[Exactly(UpperAlphanumeric, 1), Exactly(Base32, 16)]),
    key("aws-appsync-key", "da2-", &[Exactly(LowerAlphanumeric, 26)]),
    // "BedrockAPIKey-" in base 64.
    key(
        "aws-amazon-bedrock-api-key-long-lived",
        "ABSKQmVkcm9ja0FQSUtleS",
        &[Between(Base64, 91, 253)],
    )
    .fixed(),
    // "bedrock.amazonaws.com" in base 64, and the signed query behind it.
    key(
        "aws-amazon-bedrock-api-key-short-lived",
        "bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t",
        &[AtLeast(Base64, 0)],
    )
    .fixed(),
    key("amazon-mws-auth-token", "amzn.mws.", &[Uuid]),
    key("amazon-oauth-client-secret", "amzn1.oa2-cs.v1.", &[Exactly(LowerHex, 64)]),
    key("gcp-api-key", "AIza", &[Exactly(Url, 35)]),
    key("google-oauth-access-token", "ya29.", &[AtLeast(Dotted, 30)]),
    key("google-oauth-client-secret", "GOCSPX-", &[Exactly(Url, 28)]),
    key("google-oauth-refresh-token", "1//0", &[Between(Url, 40, 120)]),
    key("gcp-hmac-access-id", "GOOG1E", &[Exactly(UpperAlphanumeric, 55)]),
    around(
        "firebase-messaging-server-key",
        ":APA91b",
        11,
        &[Text("AAAA"), Exactly(Url, 7), Text(":APA91b"), Exactly(Url, 134)],
    ),
    around(
        "azure-ad-client-secret",
        "Q~",
        4,
        &[Exactly(Unreserved, 4), Text("Q~"), Between(Unreserved, 31, 34)],
    ),
    around(
        "azure-devops-personal-access-token",
        "AZDO",
        76,
        &[Exactly(Alphanumeric, 76), Text("AZDO"), Exactly(Alphanumeric, 4)],
    ),
    around(
        "azure-storage-key",
        "+ASt",
        76,
        &[Exactly(Base64, 76), Text("+ASt"), Exactly(Base64, 8)],
    ),
    around("azure-batch-key", "+ABa", 76, &[Exactly(Base64, 76), Text("+ABa"), Exactly(Base64, 8)]),
    around(
        "azure-cosmos-key",
        "ACDb",
        76,
        &[Exactly(Base64, 76), Text("ACDb"), Exactly(Base64, 8)],
    ),
    around(
        "azure-functions-key",
        "AzFu",
        44,
        &[Exactly(Url, 44), Text("AzFu"), Exactly(PaddedUrl, 8)],
    ),
    around(
        "azure-search-key",
        "AzSe",
        42,
        &[Exactly(Alphanumeric, 42), Text("AzSe"), Exactly(Alphanumeric, 6)],
    ),
    around("azure-cache-key", "AzCa", 33, &[Exactly(Base64, 33), Text("AzCa"), Exactly(Base64, 7)]),
    around(
        "azure-service-bus-key",
        "+ASb",
        33,
        &[Exactly(Base64, 33), Text("+ASb"), Exactly(Base64, 7)],
    ),
    around(
        "azure-event-hub-key",
        "+AEh",
        33,
        &[Exactly(Base64, 33), Text("+AEh"), Exactly(Base64, 7)],
    ),
    around(
        "azure-container-registry-key",
        "+ACR",
        42,
        &[Exactly(Base64, 42), Text("+ACR"), Exactly(Base64, 6)],
    ),
    key("azure-sas-signature", "&sig=", &[Between(Escaped, 43, 70)]),
    key("digitalocean-pat", "dop_v1_", &[Exactly(LowerHex, 64)]),
    key("digitalocean-access-token", "doo_v1_", &[Exactly(LowerHex, 64)]),
    key("digitalocean-refresh-token", "dor_v1_", &[Exactly(LowerHex, 64)]),
    key("alibaba-access-key-id", "LTAI", &[Between(Alphanumeric, 17, 20)]),
    key("tencent-secret-id", "AKID", &[Exactly(Alphanumeric, 32)]),
    key("yandex-api-key", "AQVN", &[Between(Url, 35, 38)]),
    key("heroku-api-key-v2", "HRKU-AA", &[Exactly(Url, 58)]),
    key("exoscale-access-key", "EXO", &[Exactly(LowerHex, 24)]),
    key("scaleway-access-key", "SCW", &[Exactly(UpperAlphanumeric, 17)]),
    key(
        "cloudflare-origin-ca-key",
        "v1.0-",
        &[Exactly(LowerHex, 24), Text("-"), Exactly(LowerHex, 146)],
    ),
    key("flyio-access-token", "fo1_", &[Exactly(Url, 43)]),
    key("flyio-access-token", "fm1a_", &[AtLeast(Base64, 100)]),
    key("flyio-access-token", "fm1r_", &[AtLeast(Base64, 100)]),
    key("flyio-access-token", "fm2_", &[AtLeast(Base64, 100)]),
    key("netlify-access-token", "nfp_", &[Exactly(Alphanumeric, 40)]),
    key(
        "vercel-blob-token",
        "vercel_blob_rw_",
        &[Between(Alphanumeric, 14, 20), Text("_"), Between(Alphanumeric, 28, 34)],
    ),
    key("render-api-key", "rnd_", &[Between(Alphanumeric, 28, 36)]),
    key("scalingo-api-token", "tk-us-", &[Exactly(Url, 48)]),
    key("aiven-password", "AVNS_", &[Between(Url, 18, 30)]),
    key("openshift-user-token", "sha256~", &[Exactly(Url, 43)]),
    key(
        "akamai-client-token",
        "akab-",
        &[Exactly(LowerAlphanumeric, 16), Text("-"), Exactly(LowerAlphanumeric, 16)],
    ),
    key("backblaze-application-key", "K00", &[Exactly(Digit, 1), Exactly(Base64, 27)]),
    key("cloudinary-url", "cloudinary://", &[Exactly(Digit, 15), Text(":"), Exactly(Url, 27)]),
];

/// Keys without a prefix.
pub(super) static SERVICES: &[Service] = &[
    service(
        &["aws_", "aws-", "aws ", "amazon"],
        &[("aws-secret-access-key", &[Exactly(Base64, 40)])],
    ),
    service(&["alibaba", "aliyun"], &[("alibaba-secret-key", &[Exactly(Alphanumeric, 30)])]),
    service(&["tencent"], &[("tencent-secret-key", &[Exactly(Alphanumeric, 32)])]),
    service(
        &["cloudflare"],
        &[
            ("cloudflare-global-api-key", &[Exactly(Hex, 37)]),
            ("cloudflare-api-key", &[Exactly(Url, 40)]),
        ],
    ),
    service(&["heroku"], &[("heroku-api-key", &[Uuid])]),
    service(
        &["yandex"],
        &[
            ("yandex-access-token", &[Text("t1."), AtLeast(Url, 10), Text("."), Exactly(Url, 86)]),
            ("yandex-aws-access-token", &[Text("YC"), Exactly(Url, 38)]),
        ],
    ),
    service(&["fastly"], &[("fastly-api-token", &[Exactly(PaddedUrl, 32)])]),
    service(&["netlify"], &[("netlify-access-token", &[Between(PaddedUrl, 40, 46)])]),
    service(&["vercel"], &[("vercel-api-token", &[Exactly(Alphanumeric, 24)])]),
    service(&["linode"], &[("linode-api-token", &[Exactly(Hex, 64)])]),
    service(&["vultr"], &[("vultr-api-key", &[Exactly(UpperAlphanumeric, 36)])]),
    service(&["hetzner", "hcloud"], &[("hetzner-api-token", &[Exactly(Alphanumeric, 64)])]),
    service(&["scaleway"], &[("scaleway-secret-key", &[Uuid])]),
    service(&["ibm_", "ibm-", "ibm "], &[("ibm-cloud-api-key", &[Exactly(Url, 44)])]),
    service(&["softlayer"], &[("softlayer-api-key", &[Exactly(Hex, 64)])]),
    service(&["ovh_", "ovh-", "ovh "], &[("ovh-application-secret", &[Exactly(Alphanumeric, 32)])]),
    service(&["railway"], &[("railway-token", &[Uuid])]),
    service(
        &["azure"],
        &[
            ("azure-devops-personal-access-token", &[Exactly(LowerAlphanumeric, 52)]),
            ("azure-api-key", &[Exactly(LowerHex, 32)]),
            ("azure-openai-api-key", &[Exactly(Alphanumeric, 84)]),
        ],
    ),
    service(&["wasabi"], &[("wasabi-secret-key", &[Exactly(Alphanumeric, 40)])]),
    service(&["bunny", "bunnycdn"], &[("bunny-api-key", &[Uuid])]),
    service(&["qiniu"], &[("qiniu-secret-key", &[Exactly(Url, 40)])]),
    service(&["upcloud"], &[("upcloud-api-token", &[Text("ucat_"), Exactly(Alphanumeric, 26)])]),
];
