//! Stories as programs read them.

use std::io::{self, Write};

use serde_json::{Map, Value, json};

use super::story::{Entry, Event, Repeated, Story, Told};

impl Told {
    /// Writes it as programs read it; `key` is what was looked for.
    ///
    /// # Errors
    ///
    /// What `out` says.
    pub fn write_json(&self, key: &str, out: &mut impl Write) -> io::Result<()> {
        let entries: Vec<Value> = self
            .entries
            .iter()
            .map(|entry| match entry {
                Entry::Message(story) => story.json(),
                Entry::Refusals(event) => event.json(),
            })
            .collect();
        let told = json!({
            "schema": 1,
            "key": key,
            "found": self.found,
            "shown": entries.len(),
            "entries": entries,
        });
        writeln!(out, "{told:#}")
    }
}

impl Story {
    fn json(&self) -> Value {
        let mut map = Map::new();
        map.insert("began".into(), json!(self.began));
        map.insert("ended".into(), json!(self.ended));
        map.insert("fate".into(), json!(self.fate));
        map.insert("queue_ids".into(), json!(self.queue_ids));
        map.insert("host".into(), json!(self.host));
        for (name, text) in &self.facts {
            let null = *name == "from" && text == "<>";
            map.insert(name.replace('-', "_"), json!(if null { "" } else { text }));
        }
        map.insert("size".into(), json!(self.size));
        let recipients: Vec<Value> = self
            .recipients
            .iter()
            .map(|to| json!({"recipient": to.recipient, "orig_to": to.orig_to, "outcome": to.outcome}))
            .collect();
        map.insert("recipients".into(), recipients.into());
        map.insert("events".into(), self.events.iter().map(Event::json).collect());
        map.into()
    }
}

impl Event {
    fn json(&self) -> Value {
        let seconds =
            |millis: u64| Value::from(std::time::Duration::from_millis(millis).as_secs_f64());
        let mut map = Map::new();
        let mut put = |name: &str, value: Value| {
            if !value.is_null() {
                map.insert(name.to_owned(), value);
            }
        };
        put("at", json!(self.at));
        put("what", json!(self.what));
        put("queue_id", json!(self.queue_id));
        put("recipient", json!(self.recipient));
        put("peer", json!(self.peer));
        put("dsn", json!(self.dsn));
        put("text", json!(self.text));
        if let Some(Repeated { times, last, pace }) = &self.repeated {
            put("times", json!(times));
            put("last", json!(last));
            put("pace_seconds", json!(pace));
        }
        if let Some((delay, parts)) = self.delay {
            put("delay_seconds", seconds(delay));
            put(
                "delays_seconds",
                parts.map_or(Value::Null, |parts| parts.map(seconds).to_vec().into()),
            );
        }
        put("branch", self.branch.as_ref().map_or(Value::Null, |story| story.json()));
        map.into()
    }
}
