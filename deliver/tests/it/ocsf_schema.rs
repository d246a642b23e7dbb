//! A validator of events against the compiled schema of OCSF 1.8.0: required attributes, types,
//! enumerations, constraints, profiles, arithmetic of `type_uid`, unknown attributes.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

/// The compiled schema, or `None` with a word about it where it is not at hand.
pub(crate) fn load() -> Option<Schema> {
    let folder = std::env::var_os("PLAINSIGHT_EVAL_DATA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"),
        PathBuf::from,
    );
    let Ok(packed) = std::fs::read(folder.join("ocsf/ocsf-1.8.0.json.gz")) else {
        println!("skipped: no compiled schema of OCSF");
        return None;
    };
    let mut text = String::new();
    flate2::read::GzDecoder::new(packed.as_slice()).read_to_string(&mut text).unwrap();
    Some(Schema(serde_json::from_str(&text).unwrap()))
}

/// The compiled schema.
pub(crate) struct Schema(Value);

/// What is being looked at: where, and with which profiles.
struct Place<'a> {
    path: String,
    profiles: &'a [&'a str],
}

impl Schema {
    /// Everything that is wrong with an event.
    pub(crate) fn problems(&self, event: &Value) -> Vec<String> {
        let mut problems = Vec::new();
        let class_uid = event["class_uid"].as_u64().unwrap_or(u64::MAX);
        let classes = self.0["classes"].as_object().unwrap();
        let Some(class) = classes.values().find(|class| class["uid"].as_u64() == Some(class_uid))
        else {
            return vec![format!("no class {class_uid}")];
        };
        let type_uid = class_uid * 100 + event["activity_id"].as_u64().unwrap_or(u64::MAX / 200);
        if event["type_uid"].as_u64() != Some(type_uid) {
            problems.push("type_uid is not class_uid * 100 + activity_id".to_owned());
        }
        if event["metadata"]["version"] != self.0["version"] {
            problems.push("another version of the schema".to_owned());
        }
        let profiles: Vec<&str> = event["metadata"]["profiles"]
            .as_array()
            .map(|list| list.iter().filter_map(Value::as_str).collect())
            .unwrap_or_default();
        for profile in &profiles {
            if !class["profiles"].as_array().unwrap().iter().any(|known| known == profile) {
                problems.push(format!("profile {profile} is not on this class"));
            }
        }
        let place = Place { path: class["name"].as_str().unwrap().to_owned(), profiles: &profiles };
        self.object(class, event, &place, &mut problems);
        problems
    }

    fn object(&self, kind: &Value, value: &Value, place: &Place<'_>, problems: &mut Vec<String>) {
        let Some(members) = value.as_object() else {
            problems.push(format!("{}: not an object", place.path));
            return;
        };
        let attributes = kind["attributes"].as_object().unwrap();
        for (name, attribute) in attributes {
            let applies = applies(attribute, place.profiles);
            if applies && attribute["requirement"] == "required" && !members.contains_key(name) {
                problems.push(format!("{}.{name}: required, and absent", place.path));
            }
        }
        constraints(kind, members, place, problems);
        for (name, value) in members {
            let path = format!("{}.{name}", place.path);
            let place = Place { path, profiles: place.profiles };
            match attributes.get(name).filter(|known| applies(known, place.profiles)) {
                Some(attribute) => self.attribute(attribute, value, &place, problems),
                None => problems.push(format!("{}: unknown", place.path)),
            }
        }
    }

    fn attribute(
        &self,
        attribute: &Value,
        value: &Value,
        place: &Place<'_>,
        problems: &mut Vec<String>,
    ) {
        if attribute["is_array"] != true {
            return self.value(attribute, value, place, problems);
        }
        let Some(members) = value.as_array() else {
            problems.push(format!("{}: not a list", place.path));
            return;
        };
        for member in members {
            self.value(attribute, member, place, problems);
        }
    }

    fn value(
        &self,
        attribute: &Value,
        value: &Value,
        place: &Place<'_>,
        problems: &mut Vec<String>,
    ) {
        if let Some(choices) = attribute["enum"].as_object() {
            let key = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            if !choices.contains_key(&key) {
                problems.push(format!("{}: {key} is not of the enumeration", place.path));
            }
        }
        if let Some(object) = attribute["object_type"].as_str() {
            // The bare `object` takes any members.
            if object == "object" {
                assert!(value.is_object(), "{}: not an object", place.path);
            } else {
                self.object(&self.0["objects"][object], value, place, problems);
            }
            return;
        }
        let named = attribute["type"].as_str().unwrap();
        let definition = &self.0["dictionary"]["types"]["attributes"][named];
        let basic = definition["type"].as_str().unwrap_or(named);
        let fits = match basic {
            "string_t" => value.is_string(),
            "integer_t" | "long_t" => value.is_i64() || value.is_u64(),
            "float_t" => value.is_number(),
            "boolean_t" => value.is_boolean(),
            "json_t" => true,
            other => panic!("type {other}"),
        };
        if !fits {
            problems.push(format!("{}: {value} is no {named}", place.path));
        }
        if named == "ip_t"
            && value.as_str().is_none_or(|ip| ip.parse::<std::net::IpAddr>().is_err())
        {
            problems.push(format!("{}: no address", place.path));
        }
    }
}

fn applies(attribute: &Value, profiles: &[&str]) -> bool {
    let of = attribute["profiles"].as_array().cloned().unwrap_or_default();
    let single = attribute["profile"].as_str();
    (of.is_empty() && single.is_none())
        || of.iter().any(|one| profiles.contains(&one.as_str().unwrap()))
        || single.is_some_and(|one| profiles.contains(&one))
}

fn constraints(
    kind: &Value,
    members: &Map<String, Value>,
    place: &Place<'_>,
    problems: &mut Vec<String>,
) {
    for (rule, names) in kind["constraints"].as_object().into_iter().flatten() {
        let names = names.as_array().unwrap();
        let present = names.iter().filter(|name| members.contains_key(name.as_str().unwrap()));
        let met = match (rule.as_str(), present.count()) {
            ("at_least_one", count) => count >= 1,
            ("just_one", count) => count == 1,
            (other, _) => panic!("constraint {other}"),
        };
        if !met {
            problems.push(format!("{}: {rule} of {names:?}", place.path));
        }
    }
}
