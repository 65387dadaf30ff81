import Datasets
import JSON
import SystemPackage
import Testing

@Suite struct StatisticsTests {
  @Test("lengths, numbers, labels, types and missing values are those of the rows")
  func fields() throws {
    let scratch = try Scratch()
    let path = try scratch.file(
      "a.ndjson",
      """
      {"t":"가","n":1,"l":{"x":"b"}}
      {"t":"가나다","n":-2.5,"l":{"x":"a"}}
      {"t":"가나","n":null,"l":{"x":"b"}}
      {"t":""}
      !
      """)
    let statistics = try RowStatistics(file: path)
    #expect((statistics.rows, statistics.defective) == (4, 1))
    #expect(statistics.fields.map(\.pointer) == ["/l", "/l/x", "/n", "/t"])
    let lengths = try #require(statistics.field("/t")?.lengths)
    #expect((lengths.least, lengths.greatest) == (0, 3))
    #expect(lengths.quantile(0.5) == 1 && lengths.quantile(0.95) == 3)
    let numbers = try #require(statistics.field("/n"))
    #expect(numbers.types == ["integer": 1, "number": 1, "null": 1])
    #expect(numbers.numbers.mean == -0.75)
    #expect(statistics.missing(numbers) == 1)
    let labels = try #require(statistics.field("/l/x")).topLabels(1)
    #expect(labels.map(\.label) == ["b"] && labels.map(\.rows) == [2])
    let json = statistics.json(labels: 1)
    #expect(json["fields"]?.array?[1]["labels"] == [["label": "b", "rows": 2]])
    #expect(json["fields"]?.array?[2]["missing"] == 1)
  }

  @Test("numbers beyond doubles are counted, and the least and greatest have all their digits")
  func longNumbers() throws {
    let scratch = try Scratch()
    let path = try scratch.file(
      "a.ndjson",
      """
      {"a":18446744073709551617,"b":1,"c":1e400}
      {"a":3,"b":1e400,"c":1e1000000}
      {"a":-0.1000000000000000055511151231257827,"b":2}
      {"b":-1e400}
      {"b":4}
      """)
    let fields = try #require(RowStatistics(file: path).json()["fields"]?.array)
    let (a, b, c) = (fields[0]["numbers"], fields[1]["numbers"], fields[2]["numbers"])
    #expect(a?["max"]?.canonical == "18446744073709551617")
    #expect(a?["min"]?.canonical == "-1.000000000000000055511151231257827e-1")
    #expect(a?["count"] == 3 && a?["beyond_doubles"] == nil && a?["median"] == 3)
    #expect(b?["count"] == 5 && b?["beyond_doubles"] == 2 && b?["mean"] == .null)
    #expect(b?["median"] == 2 && b?["p95"] == .null)
    #expect(b?["max"]?.canonical == "1e400" && b?["min"]?.canonical == "-1e400")
    #expect(c?["count"] == 2 && c?["median"] == .null && c?["max"]?.canonical == "1e1000000")
  }

  @Test("quantiles of many values stay within a percentile, and least and greatest are exact")
  func sampling() throws {
    var sample = ValueSample()
    for value in 0..<100_000 { sample.add(Double(value)) }
    #expect((sample.least, sample.greatest, sample.count) == (0, 99_999, 100_000))
    // Standard error of a sampled quantile of 10,000 is half a percentile at most.
    #expect(abs(try #require(sample.quantile(0.5)) - 50_000) < 2_000)
    #expect(abs(try #require(sample.quantile(0.95)) - 95_000) < 1_500)
    sample.add(.nan)
    sample.add(.infinity)
    #expect(sample.count == 100_000)
  }

  @Test("hostile rows cost bounded memory: texts are no labels, too many fields are counted")
  func hostile() {
    var statistics = RowStatistics()
    for row in 0..<3 {
      statistics.add(
        .object(
          Dictionary(
            uniqueKeysWithValues: (0..<1200).map { ("f\($0)", .string("\(row)-\($0)")) })))
    }
    #expect(statistics.fields.count == 1000)
    #expect(statistics.unseen == 600)
    for row in 0..<300 { statistics.add(["f0": .string("text \(row)")]) }
    #expect(statistics.field("/f0")?.labels == nil)
  }
}
