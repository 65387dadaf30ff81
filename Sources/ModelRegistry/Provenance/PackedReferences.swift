import SystemPackage

/// The file `packed-refs`: `<40 hex> <reference>` lines sorted by reference, and below an annotated
/// tag `^<40 hex>`, the commit that it stands for.
///
/// It is merged as bytes, never as a dictionary: at 100,000 tags it has 6 MB, and each large catch-up
/// passes through it once.
struct PackedReferences {
  private static let header = "# pack-refs with: peeled fully-peeled sorted \n"
  private static let newline: UInt8 = 0x0A
  /// Where the reference begins in a line: after 40 digits and a space.
  private static let nameOffset = 41

  /// A line, its line of `^` included where it has one.
  private struct Record {
    let name: ArraySlice<UInt8>
    var text: ArraySlice<UInt8>
  }

  private var records: [Record] = []

  /// Empty where there is no file.
  init(parsing path: FilePath) throws {
    guard try FileSystem.status(path) != nil else { return }
    let bytes = try References.content(of: path)
    var isSorted = true
    var rest = bytes[...]
    while !rest.isEmpty {
      let end = rest.firstIndex(of: PackedReferences.newline).map { $0 + 1 } ?? rest.endIndex
      let line = rest[..<end]
      rest = rest[end...]
      switch line.first {
      case 0x23: continue  // '#': the header
      case 0x5E:  // '^' belongs to the line above
        guard let above = records.popLast() else { continue }
        records.append(
          Record(name: above.name, text: bytes[above.text.startIndex..<line.endIndex]))
      default:
        guard line.count > PackedReferences.nameOffset else { continue }
        let name = line.dropFirst(PackedReferences.nameOffset).prefix { $0 != 0x0A }
        if let last = records.last, !last.name.lexicographicallyPrecedes(name) { isSorted = false }
        records.append(Record(name: name, text: line))
      }
    }
    if !isSorted { records.sort { $0.name.lexicographicallyPrecedes($1.name) } }
  }

  /// The file's bytes with some tags set; a tag that stays where it is keeps what git noted of it.
  func setting(_ tags: [String: ObjectID]) -> [UInt8] {
    let new = tags.map {
      Record(name: Array($0.key.utf8)[...], text: Array("\($0.value)".utf8)[...])
    }
    .sorted { $0.name.lexicographicallyPrecedes($1.name) }
    var bytes = Array(PackedReferences.header.utf8)
    bytes.reserveCapacity(records.reduce(0) { $0 + $1.text.count } + new.count * 80)
    func append(_ tag: Record) {
      bytes += tag.text
      bytes.append(0x20)
      bytes += tag.name
      bytes.append(PackedReferences.newline)
    }
    var rest = new[...]
    for record in records {
      while let tag = rest.first, tag.name.lexicographicallyPrecedes(record.name) {
        append(tag)
        rest.removeFirst()
      }
      if let tag = rest.first, tag.name.elementsEqual(record.name) {
        rest.removeFirst()
        if !record.text.starts(with: tag.text) {
          append(tag)
          continue
        }
      }
      bytes += record.text
      if record.text.last != PackedReferences.newline { bytes.append(PackedReferences.newline) }
    }
    for tag in rest { append(tag) }
    return bytes
  }
}
