import CGit2
import SystemPackage

/// A folder of the history while commits are made: read when first entered, kept in memory for the
/// rest of the append, and only written again where something beneath it changed.
///
/// That keeps the cost of a commit flat: it writes the trees on the changed paths and reads nothing
/// else, however many versions there are. Callers shard their paths so that each folder stays small.
final class HistoryTree {
  private struct Entry {
    let name: [UInt8]
    /// Git's mode: 0o100644 for files, 0o40000 for folders; others are kept as they are.
    var mode: UInt32
    var id: ObjectID
    /// The folder, once it has been entered.
    var folder: HistoryTree?
    var isFolder: Bool { mode == HistoryTree.folderMode }
  }

  private static let fileMode: UInt32 = 0o100644
  private static let folderMode: UInt32 = 0o40000

  private var entries: [Entry] = []
  private var isChanged: Bool

  /// An empty folder.
  init() { isChanged = true }

  /// Parses a tree object: `<octal mode> <name>\0<20 bytes>`, again and again.
  init(parsing bytes: [UInt8], id: ObjectID, in repository: borrowing GitRepository)
    throws(HistoryError)
  {
    isChanged = false
    var rest = bytes[...]
    while !rest.isEmpty {
      guard let space = rest.firstIndex(of: 0x20), let zero = rest[space...].firstIndex(of: 0),
        rest.endIndex - zero > ObjectID.byteCount,
        let mode = UInt32(String(decoding: rest[..<space], as: UTF8.self), radix: 8)
      else {
        throw .damagedObject(path: repository.path.string, object: id.description)
      }
      let end = zero + 1 + ObjectID.byteCount
      let entry = rest[(zero + 1)..<end].withUnsafeBytes { ObjectID($0) }
      entries.append(Entry(name: Array(rest[(space + 1)..<zero]), mode: mode, id: entry))
      rest = rest[end...]
    }
  }

  /// Sets or removes (nil) the file at a path.
  func set(_ path: ArraySlice<[UInt8]>, to file: ObjectID?, in repository: borrowing GitRepository)
    throws(HistoryError)
  {
    guard let name = path.first else { return }
    let rest = path.dropFirst()
    if !rest.isEmpty {
      guard let folder = try enter(name, create: file != nil, in: repository) else { return }
      try folder.set(rest, to: file, in: repository)
      isChanged = isChanged || folder.isChanged
      if folder.entries.isEmpty { remove(name) }
    } else if let file {
      replace(Entry(name: name, mode: HistoryTree.fileMode, id: file))
    } else {
      remove(name)
    }
  }

  /// Writes the changed folders beneath and then this one.
  func write(to batch: ObjectBatch, path: String = "") -> ObjectID {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(entries.count * 40)
    for index in entries.indices {
      if let folder = entries[index].folder, folder.isChanged {
        let name = String(decoding: entries[index].name, as: UTF8.self)
        entries[index].id = folder.write(to: batch, path: "\(path)\(name)/")
      }
      let entry = entries[index]
      bytes.append(contentsOf: String(entry.mode, radix: 8).utf8)
      bytes.append(0x20)
      bytes.append(contentsOf: entry.name)
      bytes.append(0)
      entry.id.append(to: &bytes)
    }
    isChanged = false
    return batch.add(bytes, kind: GIT_OBJECT_TREE, path: path)
  }

  private func enter(_ name: [UInt8], create: Bool, in repository: borrowing GitRepository)
    throws(HistoryError) -> HistoryTree?
  {
    if let index = index(of: name, isFolder: true) {
      if let folder = entries[index].folder { return folder }
      let id = entries[index].id
      let folder = try HistoryTree(parsing: repository.treeBytes(id), id: id, in: repository)
      entries[index].folder = folder
      return folder
    }
    guard create else { return nil }
    let folder = HistoryTree()
    replace(
      Entry(
        name: name, mode: HistoryTree.folderMode, id: ObjectID(git_oid()), folder: folder))
    return folder
  }

  /// Puts an entry in its place, and out whatever else has its name.
  private func replace(_ entry: Entry) {
    if let index = index(of: entry.name, isFolder: entry.isFolder) {
      if entry.folder == nil, entries[index].id == entry.id, entries[index].mode == entry.mode {
        return
      }
      entries[index] = entry
    } else {
      remove(entry.name)
      entries.insert(entry, at: position(of: entry.name, isFolder: entry.isFolder))
    }
    isChanged = true
  }

  private func remove(_ name: [UInt8]) {
    for isFolder in [false, true] {
      if let index = index(of: name, isFolder: isFolder) {
        entries.remove(at: index)
        isChanged = true
      }
    }
  }

  private func index(of name: [UInt8], isFolder: Bool) -> Int? {
    let position = position(of: name, isFolder: isFolder)
    guard position < entries.count, entries[position].name == name,
      entries[position].isFolder == isFolder
    else { return nil }
    return position
  }

  /// Git sorts names by their bytes, those of folders as if they ended in '/'.
  private func position(of name: [UInt8], isFolder: Bool) -> Int {
    let key = name + (isFolder ? [0x2F] : [])
    var low = 0
    var high = entries.count
    while low < high {
      let middle = (low + high) / 2
      let entry = entries[middle]
      let other = entry.isFolder ? entry.name + [0x2F] : entry.name
      if other.lexicographicallyPrecedes(key) { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
