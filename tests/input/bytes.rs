//! Codecs, damage, and cutting into lines.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::process::Command;

use pfsum::Error;
use pfsum::input::{Block, Codec, MAX_LINE, Reader, Tail};

use crate::support::{CODECS, Folder, drain, log, pack, read, stream, text};

#[test]
fn every_codec_gives_the_same_lines_through_any_pipe_and_block() {
    let plain = log(3000);
    for codec in CODECS {
        let packed = pack(codec, &plain);
        for (step, block) in [(1 << 20, 1 << 18), (1, 4096), (7, 1), (511, 100), (4096, 1 << 20)] {
            let stream = stream(packed.clone(), step);
            let reader = Reader::with_block_size(Path::new("-"), stream, block).unwrap();
            let all = drain(reader);
            assert!(all.error.is_none(), "{codec} {step} {block}: {:?}", all.error);
            assert!(all.bytes == plain, "{codec} {step} {block}");
            assert_eq!(all.tail, Tail::Ended);
        }
    }
}

#[test]
fn every_block_size_gives_the_same_lines() {
    let content = b"a\n\nbb\nccc\r\n\n\ndddddddddddddddddddddddddddd\ne\nlast".to_vec();
    let expected: Vec<&[u8]> = content.split(|&b| b == b'\n').collect();
    for block in 1..content.len() + 3 {
        let stream = stream(content.clone(), 3);
        let all = drain(Reader::with_block_size(Path::new("-"), stream, block).unwrap());
        assert_eq!(all.lines, expected, "block size {block}");
        assert_eq!(all.tail, Tail::Unended, "block size {block}");
    }
}

#[test]
fn concatenated_members_are_all_read() {
    let plain = log(600);
    let third = plain.len() / 3;
    for codec in CODECS {
        let mut packed = Vec::new();
        for piece in plain.chunks(third) {
            packed.extend(pack(codec, piece));
        }
        for step in [1, 1 << 20] {
            let all =
                drain(Reader::from_stream(Path::new("-"), stream(packed.clone(), step)).unwrap());
            assert!(all.error.is_none(), "{codec}: {:?}", all.error);
            assert!(all.bytes == plain, "{codec}");
        }
    }
}

#[test]
fn zeros_behind_gzip_are_padding_and_other_bytes_are_an_error() {
    let plain = log(50);
    let mut padded = pack("gz", &plain);
    padded.extend([0; 1000]);
    let all = read(&padded);
    assert!(all.error.is_none() && all.bytes == plain);

    padded.extend(b"rubbish");
    let all = read(&padded);
    assert!(all.bytes == plain);
    assert_eq!(all.error.unwrap().to_string(), "-: gzip: unknown bytes behind the end of the data");
}

#[test]
fn skippable_frames_are_stepped_over_wherever_they_stand() {
    let plain = log(100);
    let skippable = [&[0x5a, 0x2a, 0x4d, 0x18, 5, 0, 0, 0][..], b"index"].concat();
    let packed =
        [&skippable[..], &pack("zst", &plain), &skippable, &pack("zst", &plain), &skippable]
            .concat();
    let all = read(&packed);
    assert!(all.error.is_none(), "{:?}", all.error);
    assert!(all.bytes == [&plain[..], &plain].concat());
}

/// What the codec's own tool decodes of a damaged stream.
fn tool(codec: &str, packed: &[u8]) -> Option<Vec<u8>> {
    let folder = Folder::new("tool");
    let path = folder.put("packed", packed);
    let program = match codec {
        "gz" => "gzip",
        "zst" => "zstd",
        "xz" => "xz",
        _ => "bzip2",
    };
    let input = File::open(path).ok()?;
    let output = Command::new(program).arg("-dc").stdin(input).output().ok()?;
    Some(output.stdout)
}

#[test]
fn a_cut_stream_gives_all_before_the_cut_and_then_says_so() {
    let plain = log(40_000);
    for codec in &CODECS[1..] {
        let packed = pack(codec, &plain);
        for cut in [packed.len() - 1, packed.len() - 5, packed.len() / 2, packed.len() / 9] {
            let all = read(&packed[..cut]);
            let error = all.error.unwrap_or_else(|| panic!("{codec} cut at {cut}: no error"));
            assert!(matches!(error, Error::Decompress { .. }), "{error:?}");
            assert!(error.to_string().ends_with(": unexpected end of file"), "{error}");
            assert!(plain.starts_with(&all.bytes), "{codec} cut at {cut}");
            // The xz decoder looks 20 compressed bytes ahead; nobody else may
            // be behind the codec's own tool.
            let slack = if *codec == "xz" { 400 } else { 0 };
            if let Some(theirs) = tool(codec, &packed[..cut]) {
                assert!(
                    all.bytes.len() + slack >= theirs.len(),
                    "{codec} cut at {cut}: {} of the tool's {} bytes",
                    all.bytes.len(),
                    theirs.len()
                );
            }
        }
    }
}

#[test]
fn a_flipped_byte_costs_only_what_follows_it() {
    let plain = log(40_000);
    for codec in &CODECS[1..] {
        let mut packed = pack(codec, &plain);
        let at = packed.len() * 3 / 4;
        packed[at] ^= 0x55;
        let all = read(&packed);
        let error = all.error.unwrap_or_else(|| panic!("{codec}: no error"));
        assert!(matches!(error, Error::Decompress { .. }), "{codec}: {error}");
        let same = all.bytes.iter().zip(&plain).take_while(|(a, b)| a == b).count();
        // A wrong bit may decode to wrong text before a checksum notices; the
        // text before it must all be there. Blocks of bzip2 (100 kB at its
        // fastest) and zstd (128 KiB) come whole or not at all.
        let before = plain.len() * 3 / 4 - 400_000;
        assert!(same >= before, "{codec}: {same} of {before} bytes");
    }
}

#[test]
fn damage_right_behind_a_block_costs_no_byte_before_it() {
    let log = log(20_000);
    // The third one ends just behind a buffer of the reader, in the middle of
    // a block that began before.
    for len in [100, 5000, 262_500, log.len()] {
        let plain = log[..len].to_vec();
        // A flush ends a block on a byte; 0xff begins a block of a kind that
        // neither format has.
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(&plain).unwrap();
        gzip.flush().unwrap();
        let mut zstd = zstd::stream::write::Encoder::new(Vec::new(), 1).unwrap();
        zstd.write_all(&plain[..len.min(1000) / 2]).unwrap();
        zstd.flush().unwrap();
        zstd.write_all(&plain[len.min(1000) / 2..]).unwrap();
        zstd.flush().unwrap();
        // These two end a stream, and the next one begins wrongly.
        let second = |codec: &str, at: usize| {
            let mut second = pack(codec, &plain);
            second[at] ^= 0xff;
            [pack(codec, &plain), second].concat()
        };
        for (codec, damaged) in [
            ("gzip", [gzip.get_ref().as_slice(), &[0xff; 20]].concat()),
            ("zstd", [zstd.get_ref().as_slice(), &[0xff; 20]].concat()),
            ("xz", second("xz", 14)),
            ("bzip2", second("bz2", 6)),
        ] {
            let all = read(&damaged);
            let (got, want) = (all.bytes.len(), plain.len());
            assert!(all.bytes == plain, "{codec}: {got} of {want} bytes");
            let error = all.error.unwrap().to_string();
            assert!(error.starts_with(&format!("-: {codec}: ")), "{error}");
        }
    }
}

#[test]
fn a_truncated_second_frame_keeps_the_first() {
    let plain = log(2000);
    for codec in &CODECS[1..] {
        let mut packed = pack(codec, &plain);
        let second = pack(codec, &plain);
        packed.extend(&second[..second.len() / 2]);
        let all = read(&packed);
        assert!(all.bytes.starts_with(&plain), "{codec}");
        assert!(all.error.is_some(), "{codec}");
    }
}

#[test]
fn a_line_torn_by_damage_is_told_from_a_last_line_without_newline() {
    let plain = log(2000);
    let packed = pack("gz", &plain);
    assert_eq!(read(&packed[..packed.len() / 2]).tail, Tail::Torn);
    assert_eq!(read(&pack("gz", b"whole\nlast")).tail, Tail::Unended);
}

#[test]
fn an_empty_or_hardly_begun_compressed_file_is_cut_and_an_empty_log_is_not() {
    let folder = Folder::new("empty");
    for (name, content, said) in [
        ("a.gz", &b""[..], "gzip: unexpected end of file"),
        ("b.xz", b"\xfd7z", "xz: unexpected end of file"),
        ("c.zst", b"", "zstd: unexpected end of file"),
        ("d.bz2", b"B", "bzip2: unexpected end of file"),
    ] {
        let path = folder.put(name, content);
        let all = drain(Reader::open(&path).unwrap());
        assert_eq!(all.error.unwrap().to_string(), format!("{}: {said}", path.display()));
    }
    let all = drain(Reader::open(&folder.put("mail.log", b"")).unwrap());
    assert!(all.error.is_none() && all.bytes.is_empty());
    let all = drain(Reader::open(&folder.put("plain.gz", b"not\ncompressed\n")).unwrap());
    assert_eq!(all.lines, [&b"not"[..], b"compressed"]);
}

#[test]
fn content_and_not_the_name_tells_the_codec() {
    let folder = Folder::new("named");
    let path = folder.put("mail.log.bz2", &pack("xz", b"line\n"));
    let reader = Reader::open(&path).unwrap();
    assert_eq!(reader.codec(), Codec::Xz);
    assert_eq!(drain(reader).bytes, b"line\n");
}

#[test]
fn lines_too_long_are_left_out_and_counted_whatever_the_block_size() {
    let long = vec![b'x'; MAX_LINE + 1];
    let longest = vec![b'y'; MAX_LINE];
    let content =
        [&b"first\n"[..], &long, b"\nsecond\n", &longest, b"\n", &long, &long, b"\nlast\n", &long]
            .concat();
    for block in [1000, 1 << 18, MAX_LINE] {
        let stream = stream(content.clone(), 100_000);
        let all = drain(Reader::with_block_size(Path::new("-"), stream, block).unwrap());
        assert_eq!(all.lines, [&b"first"[..], b"second", &longest, b"last"]);
        assert_eq!(all.overlong, 3);
    }
}

#[test]
fn a_last_line_without_newline_can_be_left_uncounted() {
    let mut reader =
        Reader::from_stream(Path::new("-"), stream(b"one\ntwo\nthr".to_vec(), 4)).unwrap();
    let mut block = Block::new();
    assert!(reader.fill(&mut block).unwrap());
    assert_eq!(block.unterminated_tail(), Some(&b"thr"[..]));
    block.drop_unterminated_tail();
    assert_eq!(block.as_bytes(), b"one\ntwo\n");
    assert!(!reader.fill(&mut block).unwrap());
}

#[test]
fn two_blocks_can_be_held_at_once() {
    let plain = log(10);
    let mut reader =
        Reader::with_block_size(Path::new("-"), stream(plain.clone(), 64), 200).unwrap();
    let (mut a, mut b) = (Block::new(), Block::new());
    let mut all = Vec::new();
    while reader.fill(&mut a).unwrap() {
        let more = reader.fill(&mut b).unwrap();
        all.extend_from_slice(a.as_bytes());
        if more {
            all.extend_from_slice(b.as_bytes());
        }
    }
    assert_eq!(text(&all), text(&plain));
}

#[test]
fn what_is_appended_while_reading_belongs_to_the_next_report() {
    let folder = Folder::new("grow");
    let path = folder.put("mail.log", b"one\ntwo\n");
    let reader = Reader::open(&path).unwrap();
    File::options().append(true).open(&path).unwrap().write_all(b"three\n").unwrap();
    assert_eq!(drain(reader).lines, [b"one", b"two"]);
}

#[test]
fn a_file_truncated_or_renamed_while_read_gives_what_was_there() {
    let folder = Folder::new("truncate");
    let plain = log(20_000);
    let path = folder.put("mail.log", &plain);
    let mut reader = Reader::open(&path).unwrap();
    let mut block = Block::new();
    assert!(reader.fill(&mut block).unwrap());
    File::options().write(true).open(&path).unwrap().set_len(0).unwrap();
    let all = drain(reader);
    assert!(all.error.is_none());
    assert!(plain.starts_with(&[block.as_bytes(), &all.bytes].concat()));

    let path = folder.put("mail.log", &plain);
    let reader = Reader::open(&path).unwrap();
    std::fs::rename(&path, folder.0.join("mail.log.1")).unwrap();
    assert!(drain(reader).bytes == plain);
}

#[test]
fn what_cannot_be_read_says_so_and_names_itself() {
    let folder = Folder::new("special");
    let said = |path: &Path| match Reader::open(path) {
        Ok(reader) => drain(reader).error.map(|error| error.to_string()),
        Err(error) => Some(error.to_string()),
    };
    let name = folder.0.display();
    assert_eq!(said(&folder.0), Some(format!("{name}: is a directory")));
    assert_eq!(said(&folder.0.join("no")), Some(format!("{name}/no: no such file or directory")));
    if cfg!(target_os = "linux") {
        assert_eq!(said(Path::new("/dev/null")), None);
        assert_eq!(
            said(Path::new("/dev/zero")).as_deref(),
            Some("/dev/zero: is a device, not a log")
        );
        assert!(said(Path::new("/proc/self/mem")).unwrap().starts_with("/proc/self/mem: "));
        assert_eq!(said(Path::new("/proc/self/status")), None);
    }
}

#[cfg(unix)]
#[test]
fn a_named_pipe_is_read_and_one_without_a_writer_does_not_hang() {
    let folder = Folder::new("fifo");
    let path = folder.0.join("pipe");
    if !Command::new("mkfifo").arg(&path).status().is_ok_and(|status| status.success()) {
        return;
    }
    let error = drain(Reader::open(&path).unwrap()).error.unwrap();
    assert!(error.to_string().ends_with("is a pipe that nobody writes to"), "{error}");

    let plain = log(20_000);
    let writer = {
        let (path, plain) = (path.clone(), plain.clone());
        std::thread::spawn(move || std::fs::write(path, plain).unwrap())
    };
    let all = drain(Reader::open(&path).unwrap());
    writer.join().unwrap();
    assert!(all.error.is_none(), "{:?}", all.error);
    assert!(all.bytes == plain);
}
