//! The server as a process: who may call it, what it refuses, and how it stops.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use crate::archive::TestArchive;

/// A running server over an archive; killed when dropped.
struct Server {
    process: Child,
    address: String,
}

impl Server {
    fn start(archive: &TestArchive) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_morgue"))
            .env("MORGUE_ARCHIVE", archive.path())
            .args(["serve", "--listen", "127.0.0.1:0", "--host", "archive.example"])
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines().map_while(Result::ok);
        let line = lines.find(|line| line.contains("http://")).unwrap();
        let address = line.split("http://").nth(1).unwrap().split('/').next().unwrap().to_owned();
        Self { process, address }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        stream
    }

    /// Sends a request as it stands and returns the first line of the answer.
    fn ask(&self, request: &str) -> String {
        let mut stream = self.connect();
        // The server may answer and hang up before it has read everything.
        let _sent = stream.write_all(request.as_bytes());
        status(&mut stream)
    }

    fn terminate(&self) {
        let kill = Command::new("kill").args(["-TERM", &self.process.id().to_string()]).status().unwrap();
        assert!(kill.success());
    }

    /// Waits for the end and returns the exit code.
    fn ended(mut self) -> Option<i32> {
        let started = Instant::now();
        while started.elapsed() < Duration::from_secs(15) {
            if let Some(status) = self.process.try_wait().unwrap() {
                return status.code();
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("the server did not end");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _it_may_have_ended = self.process.kill();
        let _reaped = self.process.wait();
    }
}

fn status(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    let _until_closed = stream.take(1 << 16).read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).lines().next().unwrap_or_default().to_owned()
}

fn get(path: &str, host: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")
}

#[test]
fn only_known_names_are_answered() {
    let archive = TestArchive::empty();
    let server = Server::start(&archive);
    for host in ["localhost:7700", "127.0.0.1", "archive.example"] {
        assert_eq!(server.ask(&get("/healthz", host)), "HTTP/1.1 200 OK", "{host}");
    }
    for host in ["evil.example", "127.0.0.1.evil.example", ""] {
        assert!(server.ask(&get("/api/search", host)).starts_with("HTTP/1.1 421"), "{host}");
    }
}

#[test]
fn what_is_too_long_is_refused_and_the_server_lives() {
    let archive = TestArchive::empty();
    let server = Server::start(&archive);
    let long = "a".repeat(20_000);
    assert!(server.ask(&get(&format!("/api/search?q={long}"), "localhost")).starts_with("HTTP/1.1 400"));
    let longer = "a".repeat(200_000);
    let answer = server.ask(&get(&format!("/?q={longer}"), "localhost"));
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer}");
    assert!(!server.ask("NONSENSE\r\n\r\n").contains("200"));
    assert_eq!(server.ask(&get("/healthz", "localhost")), "HTTP/1.1 200 OK");
}

#[test]
fn half_a_request_does_not_keep_it_from_stopping() {
    let archive = TestArchive::empty();
    let server = Server::start(&archive);
    let mut stream = server.connect();
    stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: loc").unwrap();
    std::thread::sleep(Duration::from_millis(300));
    let told = Instant::now();
    server.terminate();
    assert_eq!(server.ended(), Some(0));
    assert!(told.elapsed() < Duration::from_secs(8), "{:?}", told.elapsed());
}

#[test]
fn told_twice_to_stop_it_stops_at_once() {
    let archive = TestArchive::empty();
    let key = String::from_utf8(archive.run(&["key", "create", "desk"]).stdout).unwrap();
    let server = Server::start(&archive);
    let mut stream = server.connect();
    let head = "POST /api/articles HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\nAuthorization: Bearer ";
    stream.write_all(format!("{head}{}\r\n\r\n{{", key.trim()).as_bytes()).unwrap();
    std::thread::sleep(Duration::from_millis(300));
    server.terminate();
    std::thread::sleep(Duration::from_millis(500));
    let told = Instant::now();
    server.terminate();
    assert_eq!(server.ended(), Some(0));
    assert!(told.elapsed() < Duration::from_secs(4), "{:?}", told.elapsed());
}

#[test]
fn a_parameter_that_there_is_not_is_refused() {
    let archive = TestArchive::empty();
    let server = Server::start(&archive);
    for path in ["/api/suggest?field=people&prefx=a", "/api/search?colour=red", "/api/export?colour=red"] {
        assert_eq!(server.ask(&get(path, "localhost")), "HTTP/1.1 400 Bad Request", "{path}");
    }
}

#[test]
fn told_to_stop_it_finishes_what_it_began() {
    let archive = TestArchive::empty();
    let key = String::from_utf8(archive.run(&["key", "create", "desk"]).stdout).unwrap();
    let server = Server::start(&archive);
    let body = "{\"title\":\"Gates stay shut\"}";
    let head = format!(
        "POST /api/articles HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        key.trim(),
        body.len()
    );
    let mut stream = server.connect();
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(&body.as_bytes()[..5]).unwrap();
    // The request must have reached a handler before the signal does.
    std::thread::sleep(Duration::from_millis(300));
    server.terminate();
    std::thread::sleep(Duration::from_millis(300));
    assert!(TcpStream::connect(&server.address).is_err(), "nobody new is let in");
    stream.write_all(&body.as_bytes()[5..]).unwrap();
    assert_eq!(status(&mut stream), "HTTP/1.1 200 OK");
    assert_eq!(server.ended(), Some(0));
    assert_eq!(archive.export().len(), 1);
}
