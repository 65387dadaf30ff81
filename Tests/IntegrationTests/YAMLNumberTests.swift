import Foundation
import JSON
import Testing

/// Numbers that people write into files of steps.
@Suite struct YAMLNumberTests {
  private func withRegistry(_ body: (Program) throws -> Void) throws {
    let program = try Program()
    defer { program.remove() }
    #expect(try program.run("init").code == 0)
    try body(program)
  }

  @Test("numbers of YAML keep every digit in rows, and what cannot is refused")
  func yamlNumbers() throws {
    try withRegistry { program in
      try program.write("{\"id\":1,\"t\":\"사과 5개\"}\n", to: "rows.ndjson")
      let exact = [
        ("18446744073709551616", "18446744073709551616"), ("1e400", "1e400"), ("1e-400", "1e-400"),
        ("0.1000000000000000055511151231257827", "1.000000000000000055511151231257827e-1"),
        ("+18_446_744_073_709_551_617", "18446744073709551617"), (".5", "0.5"), ("-007.50", "-7.5"),
        ("0x1F", "31"), ("'1e400'", "\"1e400\""), ("5.", "5"), (".inf", "\".inf\""),
        ("v1", "\"v1\""),
        ("true", "true"), ("~", "null"), ("1.2.3", "\"1.2.3\""),
      ]
      for (index, (written, expected)) in exact.enumerated() {
        try program.write("- map: {constant: {/k: \(written)}}\n", to: "clean.yaml")
        let made = try program.run(
          "clean", "./rows.ndjson", "--steps", "clean.yaml", "--out", "c\(index)")
        #expect(made.code == 0, "\(written): \(made.errors)")
        #expect(try program.run("export", "c\(index)", "out\(index)").code == 0)
        let row = try String(
          contentsOf: program.folder.appendingPathComponent("out\(index)/rows.ndjson"),
          encoding: .utf8)
        #expect(row == "{\"id\":1,\"k\":\(expected),\"t\":\"사과 5개\"}\n")
      }
      for written in ["0xFFFFFFFFFFFFFFFFFF", "1e99999999999999999999"] {
        try program.write("- map: {constant: {/k: \(written)}}\n", to: "clean.yaml")
        let refused = try program.run(
          "clean", "./rows.ndjson", "--steps", "clean.yaml", "--out", "no")
        #expect(refused.code == 65 && refused.errors.contains("exactly"), "\(refused.errors)")
      }
      try program.write(
        "- numbers: {fields: [/t], set: {/id: 18446744073709551617}}\n", to: "augment.yaml")
      let made = try program.run(
        "augment", "./rows.ndjson", "--steps", "augment.yaml", "--out", "a", "--only-synthetic")
      #expect(made.code == 0, "\(made.errors)")
      #expect(try program.run("export", "a", "aug").code == 0)
      let row = try String(
        contentsOf: program.folder.appendingPathComponent("aug/rows.ndjson"), encoding: .utf8)
      #expect(row.contains("\"id\":18446744073709551617"), "\(row)")
    }
  }
}
