//! A mail world in a few words: what is described is all that happens in it, so a failure
//! shrinks to the one letter that causes it.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// Mail that comes, and the log that tells of it.
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) setup: Setup,
    /// Who comes, each so many milliseconds after the one before.
    pub(crate) arrivals: Vec<(u32, Arrival)>,
    /// For how many seconds mail is still tried behind the last arrival.
    pub(crate) rest: u32,
    /// Where the log was rotated, in thousandths of its lines.
    pub(crate) rotations: Vec<u16>,
    /// How much of the log is not there any more, in thousandths of its lines.
    pub(crate) missing: Option<u16>,
    /// When the clock was set, in thousandths of the world's time, and by how many seconds.
    pub(crate) clock: Option<(u16, i32)>,
}

/// What kind of mail system it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Setup {
    /// Postfix 3.11, not 3.7.
    pub(crate) new: bool,
    pub(crate) ids: Ids,
    pub(crate) stamps: Stamps,
    pub(crate) begins: Begins,
    pub(crate) passage: Passage,
    /// Whether the daemons race each other to the log.
    pub(crate) racy: bool,
}

/// Which queue IDs there are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Ids {
    Short,
    /// Short ones, used again as soon as their file is gone.
    Reused,
    /// `enable_long_queue_ids`
    Long,
}

/// How the lines are dated.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Stamps {
    /// `Nov  3 04:05:06`
    Syslog,
    /// `Nov 03 04:05:06`, by postlogd(8).
    Postlogd,
    /// `2026-11-03T04:05:06.123456+01:00`
    Rfc3339,
    /// `<22>1 2026-11-03T04:05:06.123Z mx1 postfix/smtpd 7 - - `
    Rfc5424,
}

/// When the log begins.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Begins {
    Morning,
    /// Ten minutes before midnight.
    Evening,
    NewYearsEve,
    LeapDay,
}

/// Through what a message goes before it is delivered.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Passage {
    Straight,
    /// A content filter on port 10024 that tells (XFORWARD) where the message comes from.
    Filter,
    /// One that does not.
    SilentFilter,
    /// A content filter on another host that tells it.
    FarFilter,
    /// One that does not, and answers with the new queue ID.
    FarSilentFilter,
    /// A program under pipe(8) that gives mail back to sendmail(1).
    PipeFilter,
    /// One before the queue (`smtpd_proxy_filter`): a second smtpd gets the message from it.
    Proxy,
    /// Another instance of Postfix on the same host.
    Instance,
    /// Another host whose lines are in the same log.
    Host,
}

/// Somebody, or something, that comes.
#[derive(Clone, Debug)]
pub(crate) enum Arrival {
    Session {
        client: u8,
        signed_in: bool,
        steps: Vec<Step>,
    },
    /// sendmail(1) on this host.
    Local(Letter),
    /// postscreen(8) turns a client away.
    Screened {
        temporary: bool,
    },
    /// An address is tried without mail.
    Probe {
        to: u8,
        takes: bool,
    },
}

/// What happens in an SMTP session.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// A command is refused, or would be (`warn_if_reject`).
    Refused {
        stage: &'static str,
        temporary: bool,
        only_warned: bool,
    },
    Letter(Letter),
}

/// A message.
#[derive(Clone, Debug)]
pub(crate) struct Letter {
    pub(crate) sender: u8,
    pub(crate) size: u32,
    pub(crate) taken: Taken,
    /// How often the content filter, or the other host, is down when it is tried.
    pub(crate) passage_down: u8,
    pub(crate) filter: Filter,
    /// Whether a further recipient is refused after the first one was taken.
    pub(crate) one_refused: bool,
    /// Whether the sender is told that it waits (`delay_warning_time`).
    pub(crate) delay_notice: bool,
    pub(crate) legs: Vec<Leg>,
    pub(crate) fate: Fate,
}

/// What a content filter does to a message, if it meets one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Filter {
    Passes,
    /// It gives it back recipient by recipient.
    Splits,
    Keeps,
}

/// How a message gets past cleanup(8).
#[derive(Clone, Copy, Debug)]
pub(crate) enum Taken {
    Queued,
    Held(Rule, After),
    Thrown(Rule),
    /// Refused when all of it was there.
    Refused {
        rule: Rule,
        temporary: bool,
    },
    /// The client goes away in the middle.
    Abandoned,
}

/// Who decides about a message.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Rule {
    Access,
    Header,
    Milter,
}

/// What becomes of a message on hold.
#[derive(Clone, Copy, Debug)]
pub(crate) enum After {
    Stays,
    Released,
    Deleted,
}

/// A recipient, and how the mail for it goes.
#[derive(Clone, Debug)]
pub(crate) struct Leg {
    pub(crate) to: u8,
    /// Whether it was written to an alias (`orig_to`).
    pub(crate) alias: bool,
    /// How often it is put off before that.
    pub(crate) put_off: u8,
    pub(crate) why: u8,
    pub(crate) goes: Goes,
}

/// How an attempt for a recipient ends at last.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Goes {
    Local,
    Virtual,
    Lmtp,
    Pipe,
    /// To a mailbox program that sends it on to somebody else as well.
    Redirect,
    Smtp,
    /// To the discard transport.
    Trash,
    /// Replaced by a new message to another recipient.
    Forward,
    Bounce,
    Never,
}

/// What an operator or time does to a message, after how many rounds of attempts.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fate {
    None,
    Expires(u8),
    ForceExpired(u8),
    Deleted(u8),
    Held(u8, bool),
    Requeued(u8),
}

prop_compose! {
    fn leg()(
        to in 0u8..12,
        alias in prop::bool::weighted(0.15),
        put_off in prop_oneof![4 => Just(0u8), 1 => 1u8..4],
        why in 0u8..5,
        goes in prop_oneof![
            4 => Just(Goes::Smtp),
            3 => Just(Goes::Local),
            1 => Just(Goes::Virtual),
            1 => Just(Goes::Lmtp),
            1 => Just(Goes::Pipe),
            1 => Just(Goes::Redirect),
            1 => Just(Goes::Trash),
            1 => Just(Goes::Forward),
            2 => Just(Goes::Bounce),
            2 => Just(Goes::Never),
        ],
    ) -> Leg {
        Leg { to, alias, put_off, why, goes }
    }
}

fn taken() -> impl Strategy<Value = Taken> {
    let rule = || select(vec![Rule::Access, Rule::Header, Rule::Milter]);
    let after = select(vec![After::Stays, After::Released, After::Deleted]);
    prop_oneof![
        10 => Just(Taken::Queued),
        1 => (rule(), after).prop_map(|(rule, after)| Taken::Held(rule, after)),
        1 => rule().prop_map(Taken::Thrown),
        1 => (rule(), any::<bool>())
            .prop_map(|(rule, temporary)| Taken::Refused { rule, temporary }),
        1 => Just(Taken::Abandoned),
    ]
}

fn fate() -> impl Strategy<Value = Fate> {
    let rounds = || 1u8..4;
    prop_oneof![
        8 => Just(Fate::None),
        1 => rounds().prop_map(Fate::Expires),
        1 => rounds().prop_map(Fate::ForceExpired),
        1 => rounds().prop_map(Fate::Deleted),
        1 => (rounds(), any::<bool>()).prop_map(|(rounds, back)| Fate::Held(rounds, back)),
        1 => rounds().prop_map(Fate::Requeued),
    ]
}

prop_compose! {
    fn letter()(
        sender in 0u8..8,
        size in 300u32..90_000,
        taken in taken(),
        passage_down in prop_oneof![6 => Just(0u8), 1 => 1u8..3],
        filter in prop_oneof![8 => Just(Filter::Passes), 1 => Just(Filter::Splits), 1 => Just(Filter::Keeps)],
        one_refused in prop::bool::weighted(0.1),
        delay_notice in prop::bool::weighted(0.1),
        legs in vec(leg(), 1..4),
        fate in fate(),
    ) -> Letter {
        Letter {
            sender, size, taken, passage_down, filter, one_refused, delay_notice, legs, fate,
        }
    }
}

fn step() -> impl Strategy<Value = Step> {
    let refused =
        (select(vec!["CONNECT", "EHLO", "MAIL", "RCPT"]), any::<bool>(), any::<bool>()).prop_map(
            |(stage, temporary, only_warned)| Step::Refused { stage, temporary, only_warned },
        );
    prop_oneof![4 => letter().prop_map(Step::Letter), 1 => refused]
}

fn arrival() -> impl Strategy<Value = Arrival> {
    let session = (0u8..6, prop::bool::weighted(0.2), vec(step(), 0..3))
        .prop_map(|(client, signed_in, steps)| Arrival::Session { client, signed_in, steps });
    prop_oneof![
        8 => session,
        2 => letter().prop_map(Arrival::Local),
        1 => any::<bool>().prop_map(|temporary| Arrival::Screened { temporary }),
        1 => (0u8..12, any::<bool>()).prop_map(|(to, takes)| Arrival::Probe { to, takes }),
    ]
}

prop_compose! {
    fn setup()(
        new in any::<bool>(),
        ids in select(vec![Ids::Short, Ids::Reused, Ids::Long]),
        stamps in select(vec![
            Stamps::Syslog, Stamps::Postlogd, Stamps::Rfc3339, Stamps::Rfc5424,
        ]),
        begins in select(vec![
            Begins::Morning, Begins::Evening, Begins::NewYearsEve, Begins::LeapDay,
        ]),
        passage in prop_oneof![
            3 => Just(Passage::Straight),
            1 => Just(Passage::Filter),
            1 => Just(Passage::SilentFilter),
            1 => Just(Passage::FarFilter),
            1 => Just(Passage::FarSilentFilter),
            2 => Just(Passage::PipeFilter),
            1 => Just(Passage::Proxy),
            1 => Just(Passage::Instance),
            1 => Just(Passage::Host),
        ],
        racy in any::<bool>(),
    ) -> Setup {
        Setup { new, ids, stamps, begins, passage, racy }
    }
}

prop_compose! {
    /// Any world.
    pub(crate) fn worlds()(
        setup in setup(),
        arrivals in vec((prop_oneof![50u32..5_000, 5_000u32..900_000], arrival()), 1..9),
        rest in 1u32..20_000,
        rotations in vec(1u16..1000, 0..3),
        missing in prop::option::weighted(0.25, 1u16..1000),
        clock in prop::option::weighted(
            0.15,
            (1u16..1000, select(vec![-3600, -90, -2, 2, 90, 3600])),
        ),
    ) -> World {
        World { setup, arrivals, rest, rotations, missing, clock }
    }
}
