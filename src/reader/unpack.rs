//! Sees through gzip and Zstandard, one inside the other too, and stops at what unpacks without end.

use std::{
    cell::Cell,
    io::{self, BufRead, BufReader, Read},
    rc::Rc,
};

use flate2::bufread::MultiGzDecoder;

/// The most layers of compression that are seen through.
const MAX_LAYERS: usize = 3;
/// Up to so many bytes, any ratio is believed.
const ALWAYS_FINE: u64 = 256 << 20;
/// News packs to a fifth or a tenth; gzip alone could reach a thousandth, and nobody's articles do.
const MAX_RATIO: u64 = 250;

/// Returns the stream unpacked, and its name without the endings of the layers.
pub(super) fn unpacked<'n, 'a>(
    name: &'n str,
    mut input: Box<dyn BufRead + 'a>,
) -> io::Result<(&'n str, Box<dyn BufRead + 'a>)> {
    let mut inner = name;
    for _ in 0..MAX_LAYERS {
        let head = input.fill_buf()?;
        let (gzip, zstd) = (head.starts_with(&[0x1f, 0x8b]), head.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]));
        if !gzip && !zstd {
            break;
        }
        let packed = Rc::new(Cell::new(0));
        let counted = Counted { inner: input, count: Rc::clone(&packed) };
        let decoder: Box<dyn Read + 'a> = if gzip {
            Box::new(MultiGzDecoder::new(counted))
        } else {
            Box::new(zstd::stream::Decoder::with_buffer(counted)?)
        };
        inner = inner.strip_suffix(if gzip { ".gz" } else { ".zst" }).unwrap_or(inner);
        input = Box::new(BufReader::with_capacity(1 << 16, Bounded { inner: decoder, packed, unpacked: 0 }));
    }
    Ok((inner, input))
}

/// Counts the bytes that are taken.
struct Counted<R> {
    inner: R,
    count: Rc<Cell<u64>>,
}

impl<R: BufRead> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.count.set(self.count.get() + read as u64);
        Ok(read)
    }
}

impl<R: BufRead> BufRead for Counted<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.inner.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.count.set(self.count.get() + amount as u64);
        self.inner.consume(amount);
    }
}

/// Fails once far more comes out than went in.
struct Bounded<R> {
    inner: R,
    packed: Rc<Cell<u64>>,
    unpacked: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.unpacked > ALWAYS_FINE && self.unpacked > self.packed.get().saturating_mul(MAX_RATIO) {
            let reason =
                format!("it unpacks to more than {MAX_RATIO} times its size; unpack it yourself if it is sound");
            return Err(io::Error::other(reason));
        }
        let read = self.inner.read(buffer)?;
        self.unpacked += read as u64;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use crate::reader::tests::outcome;

    fn gzip(data: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn layers_are_seen_through() {
        let lines = b"{\"title\":\"A\"}\n{\"title\":\"B\"}\n";
        let packed = zstd::encode_all(&gzip(lines)[..], 1).unwrap();
        assert_eq!(outcome("a.jsonl.gz.zst", &packed).0.len(), 2);
        let members = [gzip(&lines[..14]), gzip(&lines[14..])].concat();
        assert_eq!(outcome("a.gz", &members).0.len(), 2, "several members are one file");
    }

    #[test]
    fn what_is_cut_off_says_so_and_keeps_what_it_had() {
        let line = |number: usize| {
            format!("{{\"title\":\"Article {number}\",\"body\":\"{}\"}}\n", blake3::hash(&number.to_le_bytes()))
        };
        let lines: String = (0..20_000).map(line).collect();
        for packed in [gzip(lines.as_bytes()), zstd::encode_all(lines.as_bytes(), 1).unwrap()] {
            let (articles, reasons) = outcome("a.jsonl", &packed[..packed.len() * 2 / 3]);
            assert!((100..20_000).contains(&articles.len()), "{}", articles.len());
            assert_eq!(reasons.len(), 1);
            assert!(reasons[0].contains("cannot be read to its end"), "{reasons:?}");
        }
    }

    #[test]
    fn a_bomb_is_stopped() {
        let mut encoder = zstd::stream::Encoder::new(Vec::new(), 1).unwrap();
        let zeros = vec![b'x'; 1 << 20];
        for _ in 0..600 {
            encoder.write_all(&zeros).unwrap();
        }
        let (articles, reasons) = outcome("a.jsonl", &encoder.finish().unwrap());
        assert!(articles.is_empty());
        assert!(reasons.iter().any(|it| it.contains("unpacks to more than 250 times")), "{reasons:?}");
    }
}
