#![allow(missing_docs, clippy::all, clippy::pedantic, clippy::unwrap_used, clippy::indexing_slicing)]
use pfsum::*; use std::collections::BTreeSet;
fn main() {
    let mut args: Vec<String> = std::env::args().skip(1).collect();
    let mut config = Config::default();
    args.retain(|a| match a.as_str() { "--no-fold" => { config.counting.fold = false; false } "--format"|"json"|"--whole-domains" => false, _ => true });
    config.reading.now = 1795500000;
    let mut s = summary::Summary::new(config);
    for a in &args { let mut r = input::Reader::open(std::path::Path::new(a)).unwrap(); if let Err(e) = s.read(&mut r, 1795500000) { eprintln!("{e}"); } }
    s.finish();
    let t = &s.tallies.totals;
    let (n, ta) = (&s.names, &s.tallies);
    let senders: BTreeSet<_> = ta.senders.iter().filter(|(a, _)| !n.addresses.text(*a).is_empty()).map(|x| x.0).collect();
    let sd = ta.sender_domains.len(); let rd = ta.recipient_domains.iter().filter(|(_, r)| r.deliveries > 0).count();
    let tr = |t: &tally::traffic::Traffic| format!("\"received\":{},\"delivered\":{},\"deferred\":{},\"bounced\":{},\"rejected\":{}", t.received, t.delivered, t.deferrals, t.bounced, t.rejected);
    let hours: Vec<String> = ta.course.hours.iter().enumerate().map(|(h, t)| format!("{{\"hour\":{h},{}}}", tr(t))).collect();
    let days: Vec<String> = ta.course.days.iter().map(|(d, t)| { let (y, m, d) = syslog::civil_from_days(*d); format!("{{\"date\":\"{y:04}-{m:02}-{d:02}\",{}}}", tr(t)) }).collect();
    println!("{{\"totals\":{{\"received\":{},\"delivered\":{},\"forwarded\":{},\"deferred\":{},\"deferrals\":{},\"bounced\":{},\"expired\":{},\"canceled\":{},\"rejected\":{},\"rejected_temporary\":{},\"rejected_permanent\":{},\"reject_warnings\":{},\"held\":{},\"discarded\":{},\"generated\":{},\"bytes_received\":{},\"bytes_delivered\":{},\"senders\":{},\"sending_domains\":{},\"recipients\":{},\"recipient_domains\":{},\"hops_folded\":{},\"still_queued\":{},\"swallowed\":{},\"thrown\":{},\"probes\":{}}},\"hours\":[{}],\"days\":[{}]}}",
     t.received,t.delivered,t.forwarded,t.deferred,t.deferrals,t.bounced,t.expired,t.canceled,t.rejected(),t.rejected_temporary,t.rejected_permanent,t.reject_warnings,t.held,t.discarded,t.generated,t.bytes_received,t.bytes_delivered,senders.len(),sd,ta.recipients.len(),rd,t.hops_folded,t.still_queued,t.swallowed_by_filter,t.discarded_by_transport,t.probes,hours.join(","),days.join(","));
    eprintln!("{:?} {:?} closes {}", ta.ledger, s.reading, ta.ledger.closes());
}
