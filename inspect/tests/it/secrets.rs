//! Secrets in the forms that they are kept and passed in, and what only looks like one.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::world::{TestKeys, found, inspector};

/// A synthetic value that looks drawn by chance.
const KEY: &str = "q8ZrT4wXn2LkVb7HsJ0yPd9mCf3GtE5u";

fn redacted(text: &str) -> String {
    inspector().scan(text, model::Origin::User, &TestKeys).redacted
}

#[test]
fn every_way_to_write_a_name_and_its_value_is_read() {
    let texts = [
        format!("API_KEY := \"{KEY}\""),
        format!("API_KEY ?= {KEY}"),
        format!("apiKey => '{KEY}'"),
        format!("<apiKey>{KEY}</apiKey>"),
        format!("System.setProperty(\"API_KEY\", \"{KEY}\")"),
        format!("<add key=\"ApiKey\" value=\"{KEY}\"/>"),
        format!("- name: API_TOKEN\n  value: \"{KEY}\""),
        format!("variable {{\n  name = \"SERVICE_API_KEY\"\n  value = \"{KEY}\"\n}}"),
        format!("{{\"name\":\"API_KEY\",\"value\":\"{KEY}\"}}"),
        format!("--api-key {KEY}"),
        format!("?api_key={KEY}&page=2"),
        format!("loki_key: {KEY}"),
        format!("\"user_auth\": \"{KEY}\""),
        format!("X-Api-Key: {KEY}"),
        format!("machine host.example.com login user-42 password {KEY}"),
        format!("[default]\naws_secret_access_key = {KEY}Aq9ZxW4k"),
        format!("DefaultEndpointsProtocol=https;AccountKey={KEY}{KEY}==;EndpointSuffix=x"),
        format!("Server=db;User Id=app;Password={KEY};"),
        format!("redis://:{KEY}@cache.example.com:6379/0"),
        format!("https://{KEY}@git.example.com/x.git"),
    ];
    for text in texts {
        assert!(!redacted(&text).contains(KEY), "{text}");
    }
}

#[test]
fn the_values_of_a_kubernetes_secret_go_and_its_names_stay() {
    let value = STANDARD.encode("user-42:pass phrase");
    let texts = [
        format!(
            "apiVersion: v1\nkind: Secret\ndata:\n  first: {value}\n  second: \"{value}\"\ntype: Opaque"
        ),
        format!(
            "data:\n  first: {value}\n  # why\n  second: {value}\nkind: \"Secret\"\nmetadata:\n  name: x"
        ),
        format!(
            "kind: ConfigMap\ndata:\n  a: plainplain\n---\nkind: Secret\nstringData:\n  first: |\n    {value}"
        ),
    ];
    for text in texts {
        let redacted = redacted(&text);
        assert!(!redacted.contains(&value) && redacted.contains("first"), "{redacted}");
        assert!(text.contains("ConfigMap") == redacted.contains("plainplain"), "{redacted}");
    }
    let map = format!("kind: ConfigMap\ndata:\n  first: {value}");
    assert_eq!(redacted(&map), map);
}

#[test]
fn private_keys_go_in_every_form() {
    let body = format!("{KEY}{KEY}");
    let texts = [
        format!(
            "-----BEGIN ENCRYPTED PRIVATE KEY-----\n{body}\n-----END ENCRYPTED PRIVATE KEY-----"
        ),
        format!(
            "\"private_key\": \"-----BEGIN PRIVATE KEY-----\\n{body}\\n-----END PRIVATE KEY-----\\n\""
        ),
        format!(
            "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\n{body}\n---- END SSH2 ENCRYPTED PRIVATE KEY ----"
        ),
        format!("Private-Lines: 8\n{body}\n{body}\nPrivate-MAC: 00"),
        format!("{{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"abc\",\"d\":\"{body}\"}}"),
        format!("{{\"d\":\"{body}\",\"kty\":\"RSA\",\"e\":\"AQAB\"}}"),
        "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX".to_owned(),
    ];
    for text in texts {
        let redacted = redacted(&text);
        assert!(!redacted.contains(KEY) && !redacted.contains("GFPYYSJZ"), "{redacted}");
    }
}

#[test]
fn examples_masks_and_references_stay() {
    let texts = [
        "export API_KEY=AKIAIOSFODNN7EXAMPLE",
        "API_KEY=sk-xxxxxxxxxxxxxxxxxxxxxxxx",
        "token: ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "password: ********",
        "token = \"xoxb-xxxxxxxxx-xxxxxxxxxx-xxxxxxxxxxxx\"",
        "export TOKEN=ops_eyJzaWduSW5BZGRyZXNzIjoiaHR0cHM6...",
        "api_key: AIzaSyabcdefghijklmnopqrstuvwxyz1234567",
        "ACCESS_KEY=`vault read /services/access_key`",
        "ACCESS_KEY=${ACCESS_KEY:=$2}",
        "curl -u username:token https://api.example.com",
        "curl -u \"${user}:${password}\" https://api.example.com",
        "-----BEGIN PRIVATE KEY-----\nanything\n-----END PRIVATE KEY-----",
        "kind: Secret\ndata:\n  htpasswd: \"\"",
    ];
    for text in texts {
        assert_eq!(redacted(text), text);
    }
}

#[test]
fn what_looks_drawn_by_chance_and_is_no_secret_stays() {
    let texts = [
        "request_id=0116565c-5e7f-4e92-8ba4-e390cd5e3158",
        "report_access_id: e8e4df51-2054-49b0-ab1c-516ac95c691d",
        "commit d68f282a944862c806155669168a8b5a03ee109c",
        "FROM debian@sha256:cb940a5ccf9ec7e10596898c2b91e153ca40e78d91ebdd31ff9cc3231d6044e5",
        "github.com/x/y v1.2.3 h1:Zx9uKvN3sLwQ2mPfT8rYbGdH4jVcX7eA1oIiUkRqWnE=",
        "\"integrity\": \"sha512-Zx9uKvN3sLwQ2mPfT8rYbGdH4jVcX7eA1oIiUkRqWnEZx9uKvN3sLwQ2mPfT8rYbGdH4jVcX7eA1oIiUkRqWg==\"",
        "checksum: eaac4cf978b6fbd480f1092cab8b233c9b949bcabfc9b598dd79a758f7243c28",
        "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "<img src=\"data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4//8/w38GIAXDIBKE0DHxgljNBAAO9TXL0Y4OHwAAAABJRU5ErkJggg==\">",
        "!function(e,t){\"object\"==typeof exports?module.exports=t():e.k=t()}(this,function(){var n=0x1f3a,r=e=>e^n;return{a:r,b:n}});",
        "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt ut labore.",
        "let token = parser.next_token()?; let key = cache.primary_key(&row); fn secret(&self) -> &Secret",
        "public_key: q8ZrT4wXn2LkVb7HsJ0yPd9mCf3GtE5u",
        "ReactNativeCameraKit: f15a5a04b0f6dc6073e6db0296e6ef2d8b8d2522",
        "linear regression released in d68f282a944862c806155669168a8b5a03ee109c",
        "if err := sysctl.SetSysctl(sysctlBridgeCallIPTables); err != nil {",
        "TODAYINASIAASACKOFRICEFELLOVER msgstr \"GSSAPI-VIRHEKAPSELOINTIMERKKIJONO.\"",
        "foo_wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx",
        "the token is optional, the secret is known, and a password is required",
        "model: claude-3-5-sonnet-20241022, tokenizer: bert-base-uncased, key: value",
    ];
    for text in texts {
        assert!(
            found(text).iter().all(|kind| !kind.starts_with("SECRET")),
            "{text}: {:?}",
            found(text)
        );
    }
}

#[test]
fn passwords_are_named_in_many_languages() {
    for text in [
        "Das Passwort lautet {} und gilt bis Freitag",
        "Het wachtwoord is {}, deel het niet",
        "Hasło: {} – proszę nie udostępniać",
        "Lösenordet är {}, dela det inte",
        "La password è {}, non condividerla",
        "A senha é {}, não compartilhe",
        "Parola: {}, lütfen paylaşmayın",
        "Пароль: {}, никому не сообщайте",
        "パスワードは{}です。",
        "密码是{}，请不要告诉别人。",
        "비밀번호: {}",
        "पासवर्ड: {}",
        "كلمة المرور: {}",
        "The password for the staging box is {}, keep it",
    ] {
        let written = text.replace("{}", "Kiln-Otter-58");
        let redacted = redacted(&written);
        assert!(!redacted.contains("Otter"), "{redacted}");
    }
}

#[test]
fn words_about_passwords_are_none() {
    for text in [
        "La parola: quella che conta",
        "Hasło: pokój na świecie",
        "The password for the staging box is unknown",
        "the password of the week is on the wall",
        "Das Passwort lautet anders als gedacht",
    ] {
        assert_eq!(redacted(text), text);
    }
}

#[test]
fn what_stands_for_a_key_stays() {
    for text in [
        "_authToken=5f3a1c2e-9b7d-11ee-8c90-0242ac120002",
        "\"token3\": \"xoxp-4321-4321-4321-1f0c9e8a7d6b5c4f3e2d1c0b9a8f7e6d\"",
        "<input name=\"authenticity_token\" value=\"Zx9uKvN3sLwQ2mPfT8rYbGdH4jVcX7eA1oIiUkRqWn\" />",
    ] {
        assert_eq!(redacted(text), text);
    }
}
