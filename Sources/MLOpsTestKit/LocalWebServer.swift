import Foundation

/// A web server on this machine that answers as badly as servers do; Python's, as a process of its own.
///
/// `/doc/<anything>` answers with the JSON that was set for it; the other paths are named after what
/// they do. Every request's path is kept.
public final class LocalWebServer {
  /// `http://127.0.0.1:<port>`.
  public let address: String
  private let process: Process
  private let log: URL

  /// - Parameter documents: The bodies of `/doc/<name>`, by name.
  /// - Throws: What kept Python from starting.
  public init(documents: [String: String] = [:]) throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("mlops-web-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for (name, text) in documents {
      try Data(text.utf8).write(to: folder.appendingPathComponent(name))
    }
    log = folder.appendingPathComponent(".requests")
    process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-c", LocalWebServer.script, folder.path]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    // Python says the port when it listens.
    var line: [UInt8] = []
    while let byte = try output.fileHandleForReading.read(upToCount: 1)?.first, byte != 0x0A {
      line.append(byte)
    }
    address = "http://127.0.0.1:\(String(decoding: line, as: UTF8.self))"
  }

  deinit {
    // Threads of tests block signals, and so do the processes that they start: only this one works.
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    try? FileManager.default.removeItem(at: log.deletingLastPathComponent())
  }

  /// The paths that were asked for, in order.
  public var requests: [String] {
    let text = (try? String(contentsOf: log, encoding: .utf8)) ?? ""
    return text.split(separator: "\n").map(String.init)
  }

  private static let script = """
    import http.server, os, sys, time
    folder = sys.argv[1]
    class Handler(http.server.BaseHTTPRequestHandler):
        def log_message(self, *arguments): pass
        def answer(self, status, headers, body=b"", length=True):
            self.send_response(status)
            for name, value in headers: self.send_header(name, value)
            if length: self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        def do_GET(self):
            with open(os.path.join(folder, ".requests"), "a") as log: log.write(self.path + "\\n")
            json = ("Content-Type", "application/json")
            parts = self.path.split("/", 2)
            if parts[1] == "doc":
                try: body = open(os.path.join(folder, os.path.basename(parts[2])), "rb").read()
                except OSError: return self.answer(404, [json], b"{}")
                self.answer(200, [json], body.replace(b"HERE", self.headers["Host"].encode()))
            elif parts[1] == "hop":
                left = int(parts[2])
                self.answer(302, [("Location", f"/hop/{left - 1}" if left else "/doc/end")])
            elif parts[1] == "loop": self.answer(301, [("Location", "/loop")])
            elif parts[1] == "file": self.answer(302, [("Location", "file:///etc/passwd")])
            elif parts[1] == "gopher": self.answer(307, [("Location", "gopher://127.0.0.1/x")])
            elif parts[1] == "nowhere": self.answer(302, [])
            elif parts[1] == "html":
                self.answer(200, [("Content-Type", "text/html")], b"<!doctype html><p>Log in</p>")
            elif parts[1] == "text": self.answer(200, [("Content-Type", "text/plain")], b"{oops")
            elif parts[1] == "empty": self.answer(200, [json])
            elif parts[1] == "large": self.answer(200, [json], b'"' + b"x" * 300_000 + b'"')
            elif parts[1] == "endless":
                self.answer(200, [json], b'"', length=False)
                try:
                    while True: self.wfile.write(b"x" * 65536)
                except OSError: pass
            elif parts[1] == "slow":
                self.answer(200, [json], length=False)
                try:
                    for _ in range(300): self.wfile.write(b" "); self.wfile.flush(); time.sleep(0.1)
                except OSError: pass
            elif parts[1] == "cut":
                self.send_response(200); self.send_header("Content-Length", "999")
                self.end_headers(); self.wfile.write(b"{"); self.close_connection = True
            else: self.answer(int(parts[1]), [json], b"{}")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    print(server.server_address[1], flush=True)
    server.serve_forever()
    """
}
