//! Payment, banks, exchanges of coins, and shops.

use super::shape::Class::{
    Alphanumeric, Base64, Hex, LowerAlphanumeric, LowerHex, PaddedUrl, UpperAlphanumeric, Url,
};
use super::shape::Part::{self, AtLeast, Between, Exactly, OneOf, Text, Uuid};
use super::{Format, Service, key, service};

/// Keys with a prefix or a mark inside. For the sources see the parent module.
pub(super) static FORMATS: &[Format] = &[
    // Paystack, Clerk and others use the same form as Stripe.
    key("stripe-access-token", "sk_live_", &STRIPE),
    key("stripe-access-token", "sk_test_", &STRIPE),
    key("stripe-access-token", "sk_prod_", &STRIPE),
    key("stripe-access-token", "rk_live_", &STRIPE),
    key("stripe-access-token", "rk_test_", &STRIPE),
    key("stripe-access-token", "rk_prod_", &STRIPE),
    key("stripe-webhook-secret", "whsec_", &[Between(Base64, 24, 80)]),
    key("square-access-token", "EAAA", &[Between(Url, 22, 60)]),
    key("square-access-token", "sq0atp-", &[Between(Url, 22, 60)]),
    key("square-secret", "sq0csp-", &[Between(Url, 40, 60)]),
    key("braintree-access-token", "access_token$production$", &BRAINTREE),
    key("braintree-access-token", "access_token$sandbox$", &BRAINTREE),
    key("plaid-api-token", "access-sandbox-", &[Uuid]),
    key("plaid-api-token", "access-development-", &[Uuid]),
    key("plaid-api-token", "access-production-", &[Uuid]),
    key("razorpay-key-id", "rzp_live_", &[Exactly(Alphanumeric, 14)]),
    key("razorpay-key-id", "rzp_test_", &[Exactly(Alphanumeric, 14)]),
    key("flutterwave-secret-key", "FLWSECK_TEST-", &[Exactly(Alphanumeric, 32), Text("-X")]),
    key("flutterwave-public-key", "FLWPUBK_TEST-", &[Exactly(Alphanumeric, 32), Text("-X")]),
    key("flutterwave-encryption-key", "FLWSECK_TEST-", &[Exactly(Alphanumeric, 12)]),
    key("flutterwave-secret-key", "FLWSECK-", &[Exactly(Alphanumeric, 32), Text("-X")]),
    key("xendit-api-key", "xnd_production_", &[Between(Alphanumeric, 40, 80)]),
    key("xendit-api-key", "xnd_development_", &[Between(Alphanumeric, 40, 80)]),
    key("midtrans-server-key", "Mid-server-", &[Between(Url, 20, 30)]),
    key("paddle-api-key", "pdl_live_apikey_", &PADDLE),
    key("paddle-api-key", "pdl_sdbx_apikey_", &PADDLE),
    key("polar-access-token", "polar_oat_", &[Between(Alphanumeric, 36, 60)]),
    key("mercury-api-token", "secret-token:mercury_production_", &[AtLeast(Url, 20)]),
    key("shopify-access-token", "shpat_", &[Exactly(Hex, 32)]),
    key("shopify-custom-access-token", "shpca_", &[Exactly(Hex, 32)]),
    key("shopify-private-app-access-token", "shppa_", &[Exactly(Hex, 32)]),
    key("shopify-shared-secret", "shpss_", &[Exactly(Hex, 32)]),
    key("shopify-partner-token", "prtapi_", &[Exactly(Hex, 32)]),
    key("shippo-api-token", "shippo_live_", &[Exactly(Hex, 40)]),
    key("shippo-api-token", "shippo_test_", &[Exactly(Hex, 40)]),
    key("easypost-api-token", "EZAK", &[Exactly(Alphanumeric, 54)]),
    key("easypost-test-api-token", "EZTK", &[Exactly(Alphanumeric, 54)]),
    key("duffel-api-token", "duffel_live_", &[Exactly(PaddedUrl, 43)]),
    key("duffel-api-token", "duffel_test_", &[Exactly(PaddedUrl, 43)]),
    key("lob-pub-api-key", "live_pub_", &[Exactly(LowerHex, 31)]),
    key("lob-pub-api-key", "test_pub_", &[Exactly(LowerHex, 31)]),
    key("lob-api-key", "live_", &[Exactly(LowerHex, 35)]),
    key("lob-api-key", "test_", &[Exactly(LowerHex, 35)]),
    key("mollie-api-key", "live_", &[Exactly(Alphanumeric, 30)]),
    key("mollie-api-key", "test_", &[Exactly(Alphanumeric, 30)]),
    key("woocommerce-consumer-key", "ck_", &[Exactly(LowerHex, 40)]),
    key("woocommerce-consumer-secret", "cs_", &[Exactly(LowerHex, 40)]),
    key("checkout-com-secret-key", "sk_sbox_", &[Between(LowerAlphanumeric, 26, 40)]),
    key("ramp-client-secret", "ramp_sec_", &[Between(Alphanumeric, 40, 80)]),
    key("brex-user-token", "bxt_", &[Between(Alphanumeric, 32, 80)]),
];

static STRIPE: [Part; 1] = [Between(Alphanumeric, 10, 250)];
static BRAINTREE: [Part; 3] = [Exactly(LowerAlphanumeric, 16), Text("$"), Exactly(LowerHex, 32)];
static PADDLE: [Part; 5] = [
    Exactly(Alphanumeric, 26),
    Text("_"),
    Exactly(Alphanumeric, 22),
    Text("_"),
    Exactly(Alphanumeric, 3),
];

/// Keys without a prefix.
pub(super) static SERVICES: &[Service] = &[
    service(&["paypal"], &[("paypal-client-secret", &[Exactly(Url, 80)])]),
    service(&["braintree"], &[("braintree-private-key", &[Exactly(LowerHex, 32)])]),
    service(&["adyen"], &[("adyen-api-key", &[Text("AQE"), AtLeast(Base64, 80)])]),
    service(
        &["plaid"],
        &[
            ("plaid-client-id", &[Exactly(Alphanumeric, 24)]),
            ("plaid-secret-key", &[Exactly(Alphanumeric, 30)]),
        ],
    ),
    service(&["razorpay"], &[("razorpay-key-secret", &[Exactly(Alphanumeric, 24)])]),
    service(
        &["gocardless"],
        &[("gocardless-api-token", &[OneOf(&["live_", "sandbox_"]), Exactly(PaddedUrl, 40)])],
    ),
    service(
        &["chargebee"],
        &[("chargebee-api-key", &[OneOf(&["live_", "test_"]), Between(Alphanumeric, 30, 50)])],
    ),
    service(&["recurly"], &[("recurly-private-key", &[Exactly(LowerHex, 32)])]),
    service(&["dwolla"], &[("dwolla-secret", &[Exactly(Alphanumeric, 50)])]),
    service(&["transferwise", "wise_api"], &[("wise-api-token", &[Uuid])]),
    service(&["coinbase"], &[("coinbase-access-token", &[Exactly(Url, 64)])]),
    service(&["binance"], &[("binance-api-key", &[Exactly(Alphanumeric, 64)])]),
    service(&["bittrex"], &[("bittrex-access-key", &[Exactly(Alphanumeric, 32)])]),
    service(&["bitfinex"], &[("bitfinex-api-key", &[Exactly(Alphanumeric, 43)])]),
    service(&["bitmex"], &[("bitmex-api-secret", &[Exactly(Url, 48)])]),
    service(
        &["kraken"],
        &[
            ("kraken-access-token", &[Between(Base64, 80, 90)]),
            ("kraken-access-token", &[Between(PaddedUrl, 80, 90)]),
        ],
    ),
    service(
        &["kucoin"],
        &[("kucoin-access-token", &[Exactly(Hex, 24)]), ("kucoin-secret-key", &[Uuid])],
    ),
    service(
        &["finicity"],
        &[
            ("finicity-api-token", &[Exactly(Hex, 32)]),
            ("finicity-client-secret", &[Exactly(Alphanumeric, 20)]),
        ],
    ),
    service(&["finnhub"], &[("finnhub-access-token", &[Exactly(Alphanumeric, 20)])]),
    service(
        &["alphavantage", "alpha_vantage"],
        &[("alphavantage-api-key", &[Exactly(UpperAlphanumeric, 16)])],
    ),
    service(&["freshbooks"], &[("freshbooks-access-token", &[Exactly(Alphanumeric, 64)])]),
    service(&["infura"], &[("infura-project-secret", &[Exactly(LowerHex, 32)])]),
    service(&["alchemy"], &[("alchemy-api-key", &[Exactly(Url, 32)])]),
    service(&["etherscan"], &[("etherscan-api-key", &[Exactly(UpperAlphanumeric, 34)])]),
    service(&["etsy"], &[("etsy-access-token", &[Exactly(Alphanumeric, 24)])]),
    service(&["squarespace"], &[("squarespace-access-token", &[Uuid])]),
    service(&["bigcommerce"], &[("bigcommerce-access-token", &[Exactly(LowerAlphanumeric, 31)])]),
    service(&["gumroad"], &[("gumroad-access-token", &[Exactly(Url, 43)])]),
    service(&["shipstation"], &[("shipstation-api-secret", &[Exactly(LowerHex, 32)])]),
    service(&["taxjar"], &[("taxjar-api-token", &[Exactly(LowerHex, 32)])]),
    service(&["polygon"], &[("polygon-api-key", &[Exactly(Alphanumeric, 32)])]),
    service(&["tradier"], &[("tradier-access-token", &[Exactly(Alphanumeric, 28)])]),
];
