//! AWS Security Finding Format, version 2018-10-08. The alert's id is the finding's `Id`: a repeat of
//! an alert updates its finding.

use model::{Alert, Logged, Severity};
use serde_json::{Value, json};

use super::facts::{Facts, score, text};
use super::{Teller, severity, time};
use crate::json::{self, Object};
use crate::outgoing::Outgoing;

/// Signs of `Title`.
const TITLE: usize = 256;
/// Signs of `Description`.
const DESCRIPTION: usize = 1024;
/// Signs of a recommendation's text.
const RECOMMENDATION: usize = 512;
/// Signs of a resource's identifier.
const RESOURCE: usize = 512;
/// Pairs of `ProductFields`, and the signs of a name and of a value in it.
const FIELDS: (usize, usize, usize) = (50, 128, 2048);

/// Where findings belong. It stands in a finding only when it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Product {
    /// The product that reports: by default the account itself.
    pub product_arn: String,
    /// Twelve digits.
    pub aws_account_id: String,
}

impl Product {
    /// The default product of an account, which needs no subscription.
    pub fn of(account: &str, region: &str) -> Self {
        let partition = match region {
            region if region.starts_with("cn-") => "aws-cn",
            region if region.starts_with("us-gov-") => "aws-us-gov",
            _ => "aws",
        };
        let product_arn =
            format!("arn:{partition}:securityhub:{region}:{account}:product/{account}/default");
        Self { product_arn, aws_account_id: account.to_owned() }
    }
}

/// The finding of an alert, less its product and account. Of other records there is none.
pub fn finding(logged: &Logged, teller: &Teller) -> Option<Value> {
    let alert = logged.record.alert.as_deref()?;
    let severity =
        Object::of("Label", label(severity(logged))).with("Original", severity(logged).as_str());
    let types = vec!["Unusual Behaviors/Application"];
    let own = Object::of("Severity", severity.clone())
        .with("Confidence", confidence(alert))
        .with("Types", types.clone());
    let finding = Object::of("SchemaVersion", "2018-10-08")
        .with("Id", alert.id.as_str())
        .with("ProductName", "Plainsight")
        .with("CompanyName", "Plainsight")
        .with("GeneratorId", cut(or(&alert.rule.id, "plainsight"), RESOURCE))
        .with("Title", cut(or(&alert.rule.title, "Alert"), TITLE))
        .with("Description", cut(or(&alert.reason, or(&alert.rule.title, "Alert")), DESCRIPTION))
        .with("Types", types)
        .with("Severity", severity)
        .with("Confidence", confidence(alert))
        .with("FindingProviderFields", own)
        .with("FirstObservedAt", time::rfc3339(alert.first_seen))
        .with("LastObservedAt", time::rfc3339(alert.last_seen))
        .with("CreatedAt", time::rfc3339(alert.first_seen))
        .with("UpdatedAt", time::rfc3339(logged.log_time))
        .maybe("Remediation", remediation(alert))
        .with("ProductFields", fields(logged, teller))
        .with("Resources", resources(alert, teller))
        .with("RecordState", "ACTIVE");
    Some(finding.into())
}

/// Severities of ASFF.
const fn label(severity: Severity) -> &'static str {
    match severity {
        Severity::Informational => "INFORMATIONAL",
        Severity::Low => "LOW",
        Severity::Medium => "MEDIUM",
        Severity::High => "HIGH",
        Severity::Critical => "CRITICAL",
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a score from 0 to 1 in hundredths")]
fn confidence(alert: &Alert) -> i64 {
    (score(alert.score) * 100.0).round().clamp(0.0, 100.0) as i64
}

fn remediation(alert: &Alert) -> Option<Object> {
    let text = (!alert.action.is_empty()).then(|| cut(&alert.action, RECOMMENDATION))?;
    Some(Object::of("Recommendation", Object::of("Text", text)))
}

/// What the format has no place for: every fact of the alert by its name.
fn fields(logged: &Logged, teller: &Teller) -> Object {
    let (most, name_signs, value_signs) = FIELDS;
    let told = ["alert.id", "alert.reason", "alert.action", "rule.title", "alert.severity"];
    let own = [("plainsight.key".to_owned(), Value::from(teller.key(logged.index, 0)))];
    let facts = Facts::of(logged).into_iter().filter(|(name, _)| !told.contains(&name.as_str()));
    let mut fields = Object::default();
    let pairs = own.into_iter().chain(facts).map(|(name, value)| (name, text(&value)));
    for (name, value) in pairs.filter(|(_, value)| !value.is_empty()).take(most) {
        fields = fields.with(&cut(&name, name_signs), cut(&value, value_signs));
    }
    fields
}

/// Who and what it is about; with nothing known, Plainsight.
fn resources(alert: &Alert, teller: &Teller) -> Vec<Object> {
    let resource = |kind: &str, id: &str| {
        Object::of("Type", "Other").with("Id", cut(&format!("{kind}/{id}"), RESOURCE))
    };
    let names = [
        "user.id",
        "session.id",
        "api_key",
        "gen_ai.agent.name",
        "gen_ai.tool.name",
        "gen_ai.request.model",
        "service.name",
    ];
    let known = names.into_iter().filter_map(|name| Some((name, alert.entities.get(name)?)));
    let known: Vec<Object> = known.map(|(name, id)| resource(name, id)).collect();
    if known.is_empty() { vec![resource("plainsight", &teller.instance)] } else { known }
}

fn or<'a>(text: &'a str, instead: &'a str) -> &'a str {
    if text.is_empty() { instead } else { text }
}

fn cut(text: &str, signs: usize) -> String {
    text.chars().take(signs).collect()
}

/// The body of one request.
pub fn body(findings: &[&Outgoing], product: &Product) -> String {
    let owned = |outgoing: &&Outgoing| {
        let mut finding: Value = serde_json::from_slice(&outgoing.payload).unwrap_or_default();
        finding["ProductArn"] = product.product_arn.as_str().into();
        finding["AwsAccountId"] = product.aws_account_id.as_str().into();
        finding
    };
    let findings: Vec<Value> = findings.iter().map(owned).collect();
    json::line(&json!({"Findings": findings}))
}
