//! Making compressed logs, reading them back, and a place to put them.

use std::io::{Cursor, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use pfsum::Error;
use pfsum::input::{Block, Reader, Tail};

pub(crate) const CODECS: [&str; 5] = ["plain", "gz", "zst", "xz", "bz2"];

/// Compresses with the codec of that suffix.
pub(crate) fn pack(codec: &str, content: &[u8]) -> Vec<u8> {
    match codec {
        "plain" => content.to_vec(),
        "gz" => {
            let mut encoder =
                flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            encoder.write_all(content).unwrap();
            encoder.finish().unwrap()
        }
        "zst" => {
            let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 1).unwrap();
            encoder.include_checksum(true).unwrap();
            encoder.write_all(content).unwrap();
            encoder.finish().unwrap()
        }
        "xz" => {
            let options = lzma_rust2::XzOptions::with_preset(1);
            let mut encoder = lzma_rust2::XzWriter::new(Vec::new(), options).unwrap();
            encoder.write_all(content).unwrap();
            encoder.finish().unwrap()
        }
        "bz2" => {
            let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
            encoder.write_all(content).unwrap();
            encoder.finish().unwrap()
        }
        other => panic!("no codec {other}"),
    }
}

/// A log that does not compress to nothing: `n` lines of varying length.
pub(crate) fn log(n: u32) -> Vec<u8> {
    let mut state = 88_172_645_463_325_252_u64;
    let mut log = Vec::new();
    for i in 0..n {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let (minute, second) = (i / 60 % 60, i % 60);
        writeln!(
            log,
            "Nov 22 03:{minute:02}:{second:02} mx1 postfix/qmgr[712]: {state:X}: from=<u{}@example.net>, size={}, nrcpt=1 (queue active)",
            state % 977,
            state % 100_003,
        )
        .unwrap();
    }
    log
}

/// A stream that gives at most `step` bytes at a time, as pipes do.
pub(crate) struct Dripping {
    pub(crate) content: Cursor<Vec<u8>>,
    pub(crate) step: usize,
}

impl Read for Dripping {
    fn read(&mut self, output: &mut [u8]) -> std::io::Result<usize> {
        let n = output.len().min(self.step);
        self.content.read(&mut output[..n])
    }
}

pub(crate) fn stream(content: Vec<u8>, step: usize) -> Box<dyn Read + Send> {
    Box::new(Dripping { content: Cursor::new(content), step })
}

/// All that a reader gives.
pub(crate) struct Read1 {
    pub(crate) bytes: Vec<u8>,
    pub(crate) lines: Vec<Vec<u8>>,
    pub(crate) tail: Tail,
    pub(crate) error: Option<Error>,
    pub(crate) overlong: u64,
}

pub(crate) fn drain(mut reader: Reader) -> Read1 {
    let mut all =
        Read1 { bytes: vec![], lines: vec![], tail: Tail::Ended, error: None, overlong: 0 };
    let mut block = Block::new();
    loop {
        match reader.fill(&mut block) {
            Ok(true) => {
                all.bytes.extend_from_slice(block.as_bytes());
                all.lines.extend(block.lines().map(<[u8]>::to_vec));
                all.tail = block.tail();
            }
            Ok(false) => break,
            Err(error) => {
                assert!(all.error.is_none(), "one error, once");
                all.error = Some(error);
            }
        }
    }
    all.overlong = reader.overlong();
    all
}

pub(crate) fn read(content: &[u8]) -> Read1 {
    drain(Reader::from_stream(Path::new("-"), stream(content.to_vec(), 1 << 20)).unwrap())
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A folder that goes away with the test.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let unique = NEXT.fetch_add(1, Ordering::Relaxed);
        let path =
            std::env::temp_dir().join(format!("pfsum-{name}-{}-{unique}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn put(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = self.0.join(name);
        std::fs::write(&path, content).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
