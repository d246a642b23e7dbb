//! Messages: chat, mail, telephony, and the webhooks that post them.

use super::shape::Class::{
    Alphanumeric, Base64, Digit, Dotted, Escaped, Hex, LowerAlphanumeric, LowerHex, PaddedUrl,
    Path, Upper, UpperAlphanumeric, Url,
};
use super::shape::Part::{self, AtLeast, Between, Exactly, OneOf, Text, Uuid};
use super::{Format, Service, key, service};

/// Keys with a prefix or a mark inside. For the sources see the parent module.
pub(super) static FORMATS: &[Format] = &[
    key(
        "slack-bot-token",
        "xoxb-",
        &[Between(Digit, 10, 13), Text("-"), Between(Digit, 10, 13), Between(Url, 0, 60)],
    ),
    key(
        "slack-legacy-bot-token",
        "xoxb-",
        &[Between(Digit, 8, 14), Text("-"), Between(Alphanumeric, 18, 26)],
    ),
    key("slack-user-token", "xoxp-", &USER),
    key("slack-user-token", "xoxe-", &USER),
    key("slack-legacy-token", "xoxs-", &LEGACY),
    key("slack-legacy-token", "xoxo-", &LEGACY),
    key("slack-browser-token", "xoxc-", &LEGACY),
    key("slack-legacy-workspace-token", "xoxa-", &WORKSPACE),
    key("slack-legacy-workspace-token", "xoxr-", &WORKSPACE),
    key("slack-cookie", "xoxd-", &[AtLeast(Escaped, 60)]),
    key(
        "slack-config-access-token",
        "xoxe.xox",
        &[OneOf(&["b-", "p-"]), Exactly(Digit, 1), Text("-"), Between(UpperAlphanumeric, 163, 166)],
    ),
    key(
        "slack-config-refresh-token",
        "xoxe-",
        &[Exactly(Digit, 1), Text("-"), Exactly(UpperAlphanumeric, 146)],
    ),
    key(
        "slack-app-token",
        "xapp-",
        &[
            Exactly(Digit, 1),
            Text("-"),
            AtLeast(UpperAlphanumeric, 8),
            Text("-"),
            AtLeast(Digit, 8),
            Text("-"),
            AtLeast(LowerAlphanumeric, 20),
        ],
    ),
    key("slack-webhook-url", "hooks.slack.com/services/", &[Between(Path, 40, 60)]),
    key("slack-webhook-url", "hooks.slack.com/workflows/", &[Between(Path, 40, 80)]),
    key("slack-webhook-url", "hooks.slack.com/triggers/", &[Between(Path, 40, 80)]),
    key("discord-webhook-url", "discord.com/api/webhooks/", &WEBHOOK),
    key("discord-webhook-url", "discordapp.com/api/webhooks/", &WEBHOOK),
    key("microsoft-teams-webhook", "webhook.office.com/webhookb2/", &[AtLeast(Path, 100)]),
    key("feishu-webhook-url", "open.feishu.cn/open-apis/bot/v2/hook/", &[Uuid]),
    key(
        "dingtalk-webhook-url",
        "oapi.dingtalk.com/robot/send?access_token=",
        &[Exactly(LowerHex, 64)],
    ),
    key("wecom-webhook-url", "qyapi.weixin.qq.com/cgi-bin/webhook/send?key=", &[Uuid]),
    key(
        "zapier-webhook-url",
        "hooks.zapier.com/hooks/catch/",
        &[Between(Digit, 4, 10), Text("/"), Between(Alphanumeric, 5, 12)],
    ),
    key("make-webhook-url", "hook.eu1.make.com/", &[Exactly(LowerAlphanumeric, 32)]),
    key("make-webhook-url", "hook.us1.make.com/", &[Exactly(LowerAlphanumeric, 32)]),
    key("ifttt-webhook-key", "/with/key/", &[Between(Url, 20, 50)]),
    key("sendgrid-api-token", "SG.", &[Exactly(Url, 22), Text("."), Exactly(Url, 43)]),
    key("sendgrid-api-token", "SG.", &[Exactly(PaddedUrl, 66)]),
    key("mailgun-private-api-token", "key-", &[Exactly(LowerHex, 32)]),
    key("mailgun-pub-key", "pubkey-", &[Exactly(LowerHex, 32)]),
    key("sendinblue-api-token", "xkeysib-", &SIB),
    key("sendinblue-smtp-key", "xsmtpsib-", &SIB),
    key("resend-api-key", "re_", &[Exactly(Alphanumeric, 8), Text("_"), Exactly(Alphanumeric, 24)]),
    key("twilio-api-key", "SK", &[Exactly(Hex, 32)]),
    key("twilio-account-sid", "AC", &[Exactly(LowerHex, 32)]),
    // Their documentation shows them masked, in this form.
    key("twilio", "SK", &[Exactly(LowerAlphanumeric, 32)]).masked(),
    key("twilio", "AC", &[Exactly(LowerAlphanumeric, 32)]).masked(),
    key(
        "telnyx-api-key",
        "KEY",
        &[Exactly(UpperAlphanumeric, 32), Text("_"), Exactly(Alphanumeric, 22)],
    ),
    // `tok:` in base 64.
    key("intercom-api-key", "dG9r", &[Between(Base64, 56, 60)]),
    key("onesignal-api-key", "os_v2_app_", &[Between(LowerAlphanumeric, 90, 120)]),
    key("onesignal-api-key", "os_v2_org_", &[Between(LowerAlphanumeric, 90, 120)]),
    key("klaviyo-private-key", "pk_", &[Exactly(LowerHex, 34)]),
];

static USER: [Part; 7] = [
    Between(Digit, 10, 13),
    Text("-"),
    Between(Digit, 10, 13),
    Text("-"),
    Between(Digit, 10, 13),
    Text("-"),
    Between(Alphanumeric, 28, 34),
];
static LEGACY: [Part; 7] = [
    AtLeast(Digit, 5),
    Text("-"),
    AtLeast(Digit, 5),
    Text("-"),
    AtLeast(Digit, 5),
    Text("-"),
    AtLeast(Hex, 8),
];
static WORKSPACE: [Part; 3] =
    [OneOf(&["2-", "3-", "4-", ""]), Exactly(Alphanumeric, 8), Between(Alphanumeric, 0, 40)];
static WEBHOOK: [Part; 3] = [Between(Digit, 17, 20), Text("/"), Between(Url, 60, 90)];
static SIB: [Part; 3] = [Exactly(LowerHex, 64), Text("-"), Exactly(Alphanumeric, 16)];

/// Keys without a prefix.
pub(super) static SERVICES: &[Service] = &[
    service(
        &["discord"],
        &[
            ("discord-api-token", &[Exactly(Hex, 64)]),
            ("discord-client-secret", &[Exactly(PaddedUrl, 32)]),
            ("discord-client-id", &[Between(Digit, 17, 19)]),
        ],
    ),
    service(&["mattermost"], &[("mattermost-access-token", &[Exactly(LowerAlphanumeric, 26)])]),
    service(
        &["telegr"],
        &[("telegram-bot-api-token", &[Between(Digit, 5, 16), Text(":A"), Exactly(Url, 34)])],
    ),
    service(&["twilio"], &[("twilio-auth-token", &[Exactly(LowerHex, 32)])]),
    service(
        &["mandrill"],
        &[
            ("mandrill-api-key", &[Text("md-"), Exactly(Url, 22)]),
            ("mandrill-api-key", &[Exactly(Url, 22)]),
        ],
    ),
    service(
        &["mailgun"],
        &[(
            "mailgun-signing-key",
            &[Exactly(Hex, 32), Text("-"), Exactly(Hex, 8), Text("-"), Exactly(Hex, 8)],
        )],
    ),
    service(&["mailjet"], &[("mailjet-api-key", &[Exactly(LowerHex, 32)])]),
    service(&["postmark"], &[("postmark-server-token", &[Uuid])]),
    service(&["sparkpost"], &[("sparkpost-api-key", &[Exactly(LowerHex, 40)])]),
    service(
        &["messagebird", "message-bird", "message_bird"],
        &[
            ("messagebird-api-token", &[Exactly(Alphanumeric, 25)]),
            ("messagebird-client-id", &[Uuid]),
        ],
    ),
    service(&["nexmo", "vonage"], &[("vonage-api-secret", &[Exactly(Alphanumeric, 16)])]),
    service(
        &["plivo"],
        &[
            ("plivo-auth-id", &[Text("MA"), Exactly(UpperAlphanumeric, 18)]),
            ("plivo-auth-token", &[Exactly(Alphanumeric, 40)]),
        ],
    ),
    service(&["infobip"], &[("infobip-api-key", &[Exactly(LowerHex, 32), Text("-"), Uuid])]),
    service(&["pusher"], &[("pusher-app-secret", &[Exactly(LowerHex, 20)])]),
    service(
        &["ably"],
        &[(
            "ably-api-key",
            &[Between(Url, 6, 8), Text("."), Exactly(Url, 6), Text(":"), Between(Url, 16, 43)],
        )],
    ),
    service(
        &["sendbird"],
        &[("sendbird-access-id", &[Uuid]), ("sendbird-access-token", &[Exactly(Hex, 40)])],
    ),
    service(&["intercom"], &[("intercom-api-key", &[Exactly(PaddedUrl, 60)])]),
    service(&["zendesk"], &[("zendesk-secret-key", &[Exactly(Alphanumeric, 40)])]),
    service(&["freshdesk"], &[("freshdesk-api-key", &[Exactly(Alphanumeric, 20)])]),
    service(&["helpscout"], &[("helpscout-app-secret", &[Exactly(Alphanumeric, 32)])]),
    service(&["pushover"], &[("pushover-token", &[Exactly(LowerAlphanumeric, 30)])]),
    service(&["pushbullet"], &[("pushbullet-token", &[Text("o."), Exactly(Alphanumeric, 32)])]),
    service(
        &["webex"],
        &[("webex-access-token", &[Exactly(Url, 64), Text("_"), AtLeast(Dotted, 30)])],
    ),
    service(
        &["line_channel", "line-channel"],
        &[
            ("line-channel-secret", &[Exactly(LowerHex, 32)]),
            ("line-channel-access-token", &[Between(Base64, 140, 200)]),
        ],
    ),
    service(
        &["wechat", "weixin"],
        &[
            ("wechat-app-id", &[Text("wx"), Exactly(LowerHex, 16)]),
            ("wechat-app-secret", &[Exactly(LowerHex, 32)]),
        ],
    ),
    service(&["iterable"], &[("iterable-api-key", &[Exactly(LowerHex, 32)])]),
    service(&["braze"], &[("braze-api-key", &[Uuid])]),
    service(&["beamer"], &[("beamer-api-token", &[Text("b_"), Exactly(PaddedUrl, 44)])]),
    service(&["opsgenie"], &[("opsgenie-api-key", &[Uuid])]),
    service(&["pagerduty"], &[("pagerduty-api-key", &[Exactly(Url, 20)])]),
    service(&["zulip"], &[("zulip-api-key", &[Exactly(Alphanumeric, 32)])]),
    service(
        &["courier"],
        &[(
            "courier-auth-token",
            &[
                OneOf(&["pk_prod_", "pk_test_", "dk_prod_"]),
                Exactly(Upper, 1),
                Exactly(UpperAlphanumeric, 27),
            ],
        )],
    ),
];
