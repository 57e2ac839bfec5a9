//! The program serving a test archive, spoken to over a plain socket.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{Child, Command, Stdio},
};

use crate::archive::TestArchive;

/// A running server; stopped when dropped.
pub(crate) struct Served {
    child: Child,
    address: String,
    key: String,
}

impl Served {
    /// Serves the archive, with a key that may write.
    pub(crate) fn new(archive: &TestArchive) -> Self {
        let key = archive.run(&["key", "create", "test"]).stdout;
        let mut child = Command::new(env!("CARGO_BIN_EXE_morgue"))
            .env("MORGUE_ARCHIVE", archive.path())
            .args(["serve", "--listen", "127.0.0.1:0"])
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        stderr.read_line(&mut line).unwrap();
        let address =
            line.split("http://").nth(1).and_then(|it| it.split('/').next()).unwrap_or_else(|| panic!("{line}"));
        let address = address.to_owned();
        // Whatever else it says must not fill the pipe.
        std::thread::spawn(move || std::io::copy(&mut stderr, &mut std::io::sink()));
        Self { child, address, key: String::from_utf8(key).unwrap().trim().to_owned() }
    }

    /// Sends a request; gives the status and the body.
    pub(crate) fn ask(&self, method: &str, path: &str, body: &[u8]) -> (u16, String) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer {}\r\nContent-Length: {}\r\n\r\n",
            self.key,
            body.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        // A server that has heard enough may hang up.
        let _answered_early = stream.write_all(body);
        let mut answer = Vec::new();
        let _hung_up = stream.read_to_end(&mut answer);
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let status = answer.get(9..12).and_then(|it| it.parse().ok()).unwrap_or_default();
        (status, answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default())
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _gone_already = self.child.kill();
        let _gone_already = self.child.wait();
    }
}
