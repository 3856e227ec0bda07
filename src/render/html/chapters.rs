//! The chapters of the page: which section stands where, under which heading.

use serde::Serialize;

use crate::report::model::{Body, Report, Section};

use super::ages;
use super::causes::{self, Cause};
use super::outline::{self, Stage};
use super::table::{self, MOST, Shown};

/// Sections under one heading.
#[derive(Debug, Serialize)]
pub(super) struct Chapter {
    id: &'static str,
    heading: &'static str,
    parts: Vec<Part>,
}

/// A section.
#[derive(Debug, Serialize)]
struct Part {
    id: &'static str,
    heading: &'static str,
    /// What its numbers count, in a sentence.
    lead: &'static str,
    total: usize,
    /// Whether it says in pflogsumm's words what stands above by cause.
    folded: bool,
    #[serde(flatten)]
    content: Content,
}

#[derive(Debug, Serialize)]
#[serde(tag = "kind", content = "content", rename_all = "snake_case")]
enum Content {
    Table(Shown),
    Causes(Vec<Cause>),
    Outline(Vec<Stage>),
    Lines(Vec<String>),
}

/// Where a section stands.
struct Place {
    id: &'static str,
    chapter: usize,
    heading: &'static str,
    lead: &'static str,
}

const CHAPTERS: [(&str, &str); 4] = [
    ("trouble", "Trouble, by cause"),
    ("stuck", "Still in the queue"),
    ("traffic", "Who sent, who received"),
    ("connections", "Connections"),
];
const TROUBLE: usize = 0;
const STUCK: usize = 1;
const TRAFFIC: usize = 2;
const CONNECTIONS: usize = 3;

const fn place(
    chapter: usize,
    id: &'static str,
    heading: &'static str,
    lead: &'static str,
) -> Place {
    Place { id, chapter, heading, lead }
}

/// The sections that are known, in the order of the page.
const PLACES: [Place; 34] = [
    place(
        TROUBLE,
        "panics",
        "Panics",
        "A daemon of Postfix found itself in a state that cannot be, and stopped.",
    ),
    place(TROUBLE, "fatals", "Fatal errors", "A daemon of Postfix could not go on, and stopped."),
    place(TROUBLE, "errors", "Errors", "Postfix could not do what it was asked for."),
    place(
        TROUBLE,
        "deferral_causes",
        "Why mail was deferred",
        "Root causes of attempts that were put off, the destinations and what was said there; * \
         stands for what differs in each reply.",
    ),
    place(
        TROUBLE,
        "bounce_causes",
        "Why mail was given up",
        "By the status and the reason of the refusal; * stands for what differs in each reply.",
    ),
    place(
        TROUBLE,
        "reject_causes",
        "Why clients were refused",
        "By the rule or list that refused them, for good and for now.",
    ),
    place(
        TROUBLE,
        "greylisting",
        "Greylisting",
        "What became of clients that were told to come back.",
    ),
    place(
        TROUBLE,
        "deferrals",
        "Deferrals",
        "Attempts that were put off and will be made again, by service, host and reason.",
    ),
    place(
        TROUBLE,
        "bounces",
        "Bounces",
        "Recipients given up for good, by the relay that refused them.",
    ),
    place(
        TROUBLE,
        "expired",
        "Expired",
        "Messages given up because they were too long in the queue, by relay.",
    ),
    place(
        TROUBLE,
        "rejects",
        "Refusals",
        "Commands and messages refused, by the stage of the SMTP dialogue and the reason.",
    ),
    place(TROUBLE, "reject_warnings", "Would have been refused", "What warn_if_reject let pass."),
    place(
        TROUBLE,
        "holds",
        "Held",
        "Put on hold by a rule; they wait until an operator releases them.",
    ),
    place(TROUBLE, "discards", "Discarded", "Accepted and thrown away by a rule."),
    place(
        TROUBLE,
        "ssl_errors",
        "TLS failures of clients",
        "Connections whose encryption could not be set up, by client.",
    ),
    place(
        TROUBLE,
        "unreachable",
        "Servers that could not be reached",
        "By what the connection failed of.",
    ),
    place(TROUBLE, "warnings", "Warnings", "What the daemons of Postfix warned of, by service."),
    place(TROUBLE, "master", "The master daemon", "Starts, stops and complaints of master(8)."),
    place(
        STUCK,
        "queue_ages",
        "By destination and age",
        "Recipients that wait, by minutes since their message arrived, up to the number above: the columns of qshape(1).",
    ),
    place(
        STUCK,
        "mailq",
        "What mailq says now",
        "The queue of this host when the report was made.",
    ),
    place(
        TRAFFIC,
        "sender_domains",
        "Domains that sent",
        "Messages received, by the domain of their sender.",
    ),
    place(
        TRAFFIC,
        "recipient_domains",
        "Domains that received",
        "Recipients delivered to, by domain, with the time from arrival to delivery; domains of which \
         all was put off, too.",
    ),
    place(
        TRAFFIC,
        "delays",
        "Delays",
        "From arrival to delivery, by destination, and where most of the time went.",
    ),
    place(
        TRAFFIC,
        "senders",
        "Senders",
        "By messages received from them; from=<> is the sender of notices.",
    ),
    place(TRAFFIC, "recipients", "Recipients", "By deliveries to them."),
    place(TRAFFIC, "senders_by_size", "Senders by size", "By bytes received from them."),
    place(TRAFFIC, "recipients_by_size", "Recipients by size", "By bytes delivered to them."),
    place(
        CONNECTIONS,
        "sign_in_failures",
        "Failed sign-ins",
        "By the network of the client and the name it tried.",
    ),
    place(
        CONNECTIONS,
        "users",
        "Signed-in users",
        "What they sent, and how much of it from a network with failures.",
    ),
    place(
        CONNECTIONS,
        "blocklists",
        "Blocklists",
        "How often each list named a client, and how often no other did.",
    ),
    place(
        CONNECTIONS,
        "smtpd_hosts",
        "Clients",
        "Connections to the SMTP server, by the domain of the client.",
    ),
    place(
        CONNECTIONS,
        "smtpd_per_hour",
        "Connections by hour",
        "Connections to the SMTP server, by the hour of their end.",
    ),
    place(
        CONNECTIONS,
        "tls_levels",
        "Encryption to relays",
        "Connections to other servers, by how far their certificate was checked.",
    ),
    place(
        CONNECTIONS,
        "screen_actions",
        "postscreen",
        "What postscreen(8) did to clients before they reached the SMTP server.",
    ),
];

/// The chapters that have something to say.
pub(super) fn of(report: &Report<'_>) -> Vec<Chapter> {
    let mut chapters = CHAPTERS.map(|(id, heading)| Chapter { id, heading, parts: Vec::new() });
    let mut put = |chapter: usize, part: Part| {
        if let Some(chapter) = chapters.get_mut(chapter) {
            chapter.parts.push(part);
        }
    };
    for place in &PLACES {
        if let Some(section) = report.sections.iter().find(|section| section.id == place.id)
            && section.total > 0
        {
            put(place.chapter, part(report, section, place.heading, place.lead));
        }
    }
    for section in &report.sections {
        let placed = PLACES.iter().any(|place| place.id == section.id);
        // The charts, the causes and the messages in the queue say these.
        let charted = matches!(section.id, "per_day" | "per_hour" | "queued" | "deferral_reasons");
        if !placed && !charted && section.total > 0 {
            let outline = matches!(section.body, Body::Outline(_));
            put(if outline { TROUBLE } else { TRAFFIC }, part(report, section, section.title, ""));
        }
    }
    // The chapter of the queue is there for its messages, which are no section.
    let queued = !report.queue.is_empty();
    chapters
        .into_iter()
        .filter(|chapter| !chapter.parts.is_empty() || chapter.id == "stuck" && queued)
        .collect()
}

/// Sections of pflogsumm that another one says better.
const CLASSIC: [&str; 4] = ["deferrals", "bounces", "rejects", "unreachable"];

fn part(
    report: &Report<'_>,
    section: &Section<'_>,
    heading: &'static str,
    lead: &'static str,
) -> Part {
    let content = match &section.body {
        Body::Table(_) if section.id == "deferral_causes" => Content::Causes(causes::of(report)),
        Body::Table(table) if section.id == "queue_ages" => {
            Content::Table(ages::shown(table, section.total))
        }
        Body::Table(table) => Content::Table(table::shown(table, section.total)),
        Body::Outline(outline) => Content::Outline(outline::stages(outline)),
        Body::Lines(lines) => Content::Lines(lines.iter().take(MOST).cloned().collect()),
    };
    let folded = CLASSIC.contains(&section.id);
    Part { id: section.id, heading, lead, total: section.total, folded, content }
}
