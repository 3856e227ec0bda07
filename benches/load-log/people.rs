//! Who writes to whom: addresses, domains and hosts are functions of a rank, and low ranks are popular.

use super::dice::Dice;
use super::text::Text;

/// Somebody with an address: here, elsewhere, or nowhere.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Person {
    /// A mailbox of ours.
    User(u64),
    /// An address elsewhere.
    Remote(u64),
}

/// How many there are of each.
pub(crate) struct People {
    users: Zipf,
    remotes: Zipf,
    domains: u64,
}

/// Draws ranks by Zipf's law with exponent 1: the first is twice as likely as the second.
struct Zipf {
    size: u64,
    log: f64,
}

impl Zipf {
    #[allow(clippy::cast_precision_loss)] // A count above 2^53 is not asked for.
    fn new(size: u64) -> Self {
        Self { size, log: (size as f64 + 1.0).ln() }
    }

    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
    fn rank(&self, dice: &mut Dice) -> u64 {
        let chance = (dice.roll() >> 11) as f64 / (1_u64 << 53) as f64;
        // A power of a uniform chance has a density that falls with the rank.
        (((chance * self.log).exp() - 1.0) as u64).min(self.size.saturating_sub(1))
    }
}

const NAMES: [&str; 24] = [
    "amy", "ben", "cleo", "dan", "eve", "finn", "gina", "hugo", "ida", "jack", "kim", "leo", "mia",
    "nils", "olga", "paul", "quinn", "rosa", "sam", "tina", "uma", "vic", "will", "zoe",
];
const PLACES: [&str; 16] = [
    "acacia", "birch", "cedar", "dogwood", "elm", "fir", "ginkgo", "hazel", "ivy", "juniper",
    "larch", "maple", "oak", "pine", "rowan", "willow",
];

impl People {
    pub(crate) fn new(users: u64, remotes: u64, domains: u64) -> Self {
        Self { users: Zipf::new(users), remotes: Zipf::new(remotes), domains: domains.max(1) }
    }

    pub(crate) fn user(&self, dice: &mut Dice) -> Person {
        Person::User(self.users.rank(dice))
    }

    pub(crate) fn remote(&self, dice: &mut Dice) -> Person {
        Person::Remote(self.remotes.rank(dice))
    }

    /// The number of a person's domain: the popular live in the popular ones, mostly.
    pub(crate) fn domain(&self, person: Person) -> u64 {
        match person {
            Person::User(rank) => rank % 3,
            Person::Remote(rank) => 3 + (rank % 7) * (rank / 7 + 1) * 31 % self.domains,
        }
    }

    /// `name123@place45.example`.
    pub(crate) fn address(&self, out: &mut Vec<u8>, person: Person) {
        let (Person::User(rank) | Person::Remote(rank)) = person;
        out.put(pick(&NAMES, rank));
        if rank >= 24 {
            out.number(signed(rank / 24));
        }
        out.put("@");
        self.place(out, person);
    }

    /// The domain of a person.
    pub(crate) fn place(&self, out: &mut Vec<u8>, person: Person) {
        match self.domain(person) {
            0 => out.put("example.org"),
            1 => out.put("example.net"),
            2 => out.put("example.com"),
            other => place(out, other),
        };
    }

    /// The host that takes a person's mail, as `name[address]`.
    pub(crate) fn exchanger(&self, out: &mut Vec<u8>, person: Person) {
        let domain = self.domain(person);
        out.put("mx.");
        self.place(out, person);
        bracketed(out, domain);
    }
}

/// `place45.example` or, for every other place, `place45.test`.
fn place(out: &mut Vec<u8>, number: u64) -> &mut Vec<u8> {
    let top = if number.is_multiple_of(2) { ".example" } else { ".test" };
    out.put(pick(&PLACES, number)).number(signed(number / 16)).put(top)
}

/// The address of a host: RFC 2544 has 131,072 of them, RFC 3849 the rest.
fn bracketed(out: &mut Vec<u8>, host: u64) {
    out.put("[");
    address(out, host);
    out.put("]");
}

/// The address without brackets.
pub(crate) fn address(out: &mut Vec<u8>, host: u64) {
    if host % 16 == 15 {
        out.put("2001:db8:");
        for shift in [16, 0] {
            let group = host >> shift & 0xFFFF;
            out.put(&format!("{group:x}")).put(if shift == 0 { "::25" } else { ":" });
        }
        return;
    }
    let low = signed(host);
    out.put("198.").number(18 + (low >> 16 & 1)).put(".").number(low >> 8 & 255).put(".");
    out.number(low & 255);
}

/// A client as `name[address]`; every third stranger has no name.
pub(crate) fn client(out: &mut Vec<u8>, host: u64, stranger: bool) {
    if stranger && host.is_multiple_of(3) {
        out.put("unknown");
    } else {
        out.put(if stranger { "host" } else { "mail" }).number(signed(host / 97)).put(".");
        place(out, 3 + host);
    }
    bracketed(out, host);
}

fn pick(from: &[&'static str], rank: u64) -> &'static str {
    let size = u64::try_from(from.len()).unwrap_or(1);
    usize::try_from(rank % size).ok().and_then(|at| from.get(at)).copied().unwrap_or_default()
}

pub(crate) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
