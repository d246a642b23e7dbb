//! A record as events: what a Sigma rule sees, one at a time.

mod call;
mod json;
mod record;
mod seen;
mod segment;
mod told;

use std::borrow::Cow;

use model::{Kind, Logged, Record, Timestamp};

use crate::category::Category;
use crate::value::Value;
use told::Told;
pub(crate) use told::{News, Prints};

/// The most events of one record. What a hostile record has beyond them is passed over.
const MOST_EVENTS: usize = 4096;

/// Something that rules look at.
#[derive(Clone, Debug)]
pub struct Event<'a> {
    /// What it is about.
    pub category: Category,
    /// Event time.
    pub time: Timestamp,
    /// Index of its record.
    pub index: u64,
    shared: &'a Fields<'a>,
    own: Fields<'a>,
}

impl<'a> Event<'a> {
    /// The value of a field.
    pub fn get(&self, name: &str) -> Option<&Value<'a>> {
        let hash = hash(name);
        self.own.find(hash, name).or_else(|| self.shared.find(hash, name))
    }

    /// Every field and its value. A field of the event itself hides one of the record.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &Value<'a>)> {
        let hidden = |field: &&Field<'a>| self.own.find(field.hash, &field.name).is_some();
        let shared = self.shared.0.iter().filter(move |field| !hidden(field));
        self.own.0.iter().chain(shared).map(|field| (field.name.as_ref(), &field.value))
    }

    /// The name of every field; one that is hidden comes twice.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.own.0.iter().chain(&self.shared.0).map(|field| field.name.as_ref())
    }
}

/// A field, under the hash of its name.
#[derive(Clone, Debug)]
struct Field<'a> {
    hash: u64,
    name: Cow<'a, str>,
    value: Value<'a>,
}

/// Fields in the order of their names' hashes, once they are sorted: rules ask for them by name,
/// and names share long beginnings.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fields<'a>(Vec<Field<'a>>);

impl<'a> Fields<'a> {
    fn with_capacity(capacity: usize) -> Self {
        Self(Vec::with_capacity(capacity))
    }

    fn find(&self, hash: u64, name: &str) -> Option<&Value<'a>> {
        let start = self.0.partition_point(|field| field.hash < hash);
        let same = self.0.get(start..)?.iter().take_while(|field| field.hash == hash);
        same.into_iter().find(|field| field.name == name).map(|field| &field.value)
    }

    fn push(&mut self, name: Cow<'a, str>, value: Value<'a>) {
        self.0.push(Field { hash: hash(&name), name, value });
    }

    fn set(&mut self, name: &'a str, value: Value<'a>) {
        self.push(Cow::Borrowed(name), value);
    }

    fn set_owned(&mut self, name: String, value: Value<'a>) {
        self.push(Cow::Owned(name), value);
    }

    fn text(&mut self, name: &'a str, text: Option<&'a str>) {
        if let Some(text) = text {
            self.set(name, Value::text(text));
        }
    }

    fn texts(&mut self, name: &'a str, texts: impl Iterator<Item = &'a str>) {
        if let Some(value) = Value::several(texts.map(Value::text).collect()) {
            self.set(name, value);
        }
    }

    fn count(&mut self, name: &'a str, count: Option<u64>) {
        if let Some(count) = count {
            self.set(name, Value::count(count));
        }
    }

    /// Nanoseconds, as milliseconds.
    fn millis(&mut self, name: &'a str, nanos: Option<u64>) {
        if let Some(nanos) = nanos {
            self.set(name, Value::Number(nanos as f64 / 1_000_000.0));
        }
    }

    fn flag(&mut self, name: &'a str, flag: Option<bool>) {
        if let Some(flag) = flag {
            self.set(name, Value::Flag(flag));
        }
    }

    fn score(&mut self, name: &'a str, score: Option<f64>) {
        if let Some(score) = score {
            self.set(name, Value::Number(score));
        }
    }

    /// Sorts. Of two fields of one name the first stays.
    fn sorted(mut self) -> Self {
        self.0.sort_by(|one, other| (one.hash, &one.name).cmp(&(other.hash, &other.name)));
        self.0.dedup_by(|later, earlier| later.hash == earlier.hash && later.name == earlier.name);
        self
    }
}

/// A hash to sort and find by: multiply and fold, eight bytes at a time. Names that share one are
/// told apart.
fn hash(name: &str) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64 ^ name.len() as u64;
    for piece in name.as_bytes().chunks(8) {
        let mut word = [0_u8; 8];
        word.iter_mut().zip(piece).for_each(|(to, from)| *to = *from);
        hash = (hash ^ u64::from_le_bytes(word)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        hash ^= hash >> 32;
    }
    hash
}

/// Makes events of records, and knows what each session was told already.
#[derive(Debug, Default)]
pub struct Events {
    told: Told,
}

impl Events {
    /// Shows `see` every event of a record that is of a `wanted` category, in a fixed order.
    pub fn of(
        &mut self,
        logged: &Logged,
        wanted: &dyn Fn(Category) -> bool,
        see: &mut dyn FnMut(&Event<'_>),
    ) {
        let prints = Self::prints(&logged.record, wanted);
        let news = self.news(&logged.record, &prints);
        Self::with(logged, &news, wanted, see);
    }

    /// The first step: what the memory is asked with.
    pub(crate) fn prints(record: &Record, wanted: &dyn Fn(Category) -> bool) -> Prints {
        if !Self::has_content(record.kind) {
            return Prints::default();
        }
        Prints::of(record, wanted(Category::ToolDefinition))
    }

    /// The second step, in the order of the log: what of a record is new.
    pub(crate) fn news(&mut self, record: &Record, prints: &Prints) -> News {
        if !Self::has_content(record.kind) {
            return News::default();
        }
        self.told.news(record, prints)
    }

    /// The last step, which needs no memory: the events themselves.
    pub(crate) fn with(
        logged: &Logged,
        news: &News,
        wanted: &dyn Fn(Category) -> bool,
        see: &mut dyn FnMut(&Event<'_>),
    ) {
        let record = &logged.record;
        let shared = record::fields(logged).sorted();
        let mut left = MOST_EVENTS;
        let mut tell = |category: Category, own: Fields<'_>| {
            if left > 0 {
                left -= 1;
                let own = own.sorted();
                let (time, index) = (record.time, logged.index);
                see(&Event { category, time, index, shared: &shared, own });
            }
        };
        if let Some(category) = Category::of(record.kind).filter(|category| wanted(*category)) {
            tell(category, record::own(record));
        }
        if !Self::has_content(record.kind) {
            return;
        }
        let new = &news.segments;
        if record.kind == Kind::Interaction {
            call::tell(record, new, wanted, &mut tell);
        }
        segment::tell(record, new, wanted, &mut tell);
        call::tell_definitions(record, &news.definitions, wanted, &mut tell);
    }

    /// What Plainsight says of itself has no content to look at.
    const fn has_content(kind: Kind) -> bool {
        !matches!(kind, Kind::System | Kind::Access | Kind::Alert | Kind::Amendment)
    }
}

/// Takes a category and the fields of an event's own.
type Tell<'t, 'a> = &'t mut dyn FnMut(Category, Fields<'a>);
