//! The reference of drills: docs/drills.md.

use std::fmt::Write;

use super::library::{Door, Drill};

/// What drills are, and which there are, as Markdown.
pub(crate) fn reference(drills: &[Drill]) -> String {
    let mut text = String::from(BEGINNING);
    text.push_str(
        "| class | what happens | door | why it must alarm | rule |\n|---|---|---|---|---|\n",
    );
    for drill in drills {
        let doors: Vec<_> = drill.doors().into_iter().map(Door::as_str).collect();
        let rules: Vec<_> = drill.expect.iter().map(|rule| format!("`{rule}`")).collect();
        let (id, title, why) = (&drill.id, &drill.title, &drill.why);
        let (doors, rules) = (doors.join(", "), rules.join(", "));
        let _ = writeln!(text, "| `{id}` | {title} | {doors} | {why} | {rules} |");
    }
    text
}

const BEGINNING: &str = "# Drills

<!-- Printed by `plainsight reference drills`; do not edit. -->

`plainsight drill` sends harmless attacks through the doors of the running server and tells which alerts came, how
long after the acknowledgement they could be seen, and whether every sink has them. Nothing is executed: a drill is
words. It ends with 0 when every class alarmed and every sink has the alert, with 1 when not, and with 3 where no
server runs.

```sh
plainsight drill                          # all classes
plainsight drill --only secret_in_answer  # one of them
plainsight drill --list                   # what there is
```

Every run has an id of eight digits. Its users and sessions are called `drill-ID-…`, so that no alert of an earlier
run stands for one of this; its spans and events carry the attribute `plainsight.drill` with that id and
`plainsight.drill.class`, its calls through the proxy the user agent `plainsight-drill/ID`. So an analyst sees what it
is, and a suppression or a filter in the SIEM can tell it apart.

Sinks are told of a drill as of any alert: a pager rings. A sink has an alert when its cursor is past it; what its
settings leave out, such as a low severity, counts as settled. Before the first class it waits until the detector has
caught up with the log, as after a start, and tells how long that took where it was more than a second.

Classes that go through the proxy are tried where the upstream is on the server's own machine, as with
`plainsight demo`. For others the option `--through-proxy` is needed; the key that is sent is none, so that a provider
refuses the call.

## A drill

One file of `drills/` is one class. `span` are the attributes of an OTLP span (structures become JSON text), `event` is
an event of the events API, `request` is a call through the proxy (`upstream`, `path`, `body`). `repeat` sends a step
several times, `every` so many seconds apart in event time; the last is now. `{run}`, `{user}`, `{session}`,
`{address}` and `{n}` (the repetition, from 0) are filled in; user and session are there without being said. `expect`
names rule files of `rules/`: each must raise an alert whose first evidence is a record of this drill.

```yaml
title: One address tries many users
why: Bought lists of passwords are tried one user after the other.
expect: [identity/credential_stuffing]
send:
  - event: {type: sign_in, user: \"{user}-{n}\", client_address: \"{address}\", action: login, outcome: failure}
    repeat: {times: 8, every: 2}
```

## Classes

";
