/// What `RowCanonicaliser` writes into, taken once and used for row after row.
final class CanonicalMemory {
  private(set) var output: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  private(set) var members: UnsafeMutablePointer<RowCanonicaliser.Member>
  private(set) var memberCapacity = 64

  init() {
    capacity = 4096
    output = .allocate(capacity: capacity)
    members = .allocate(capacity: memberCapacity)
  }

  deinit {
    output.deallocate()
    members.deallocate()
  }

  /// Makes room for a row of some bytes, whose canonical form is longer only by its numbers: a fraction
  /// below one of at least 18 bytes takes two more as it becomes scientific.
  func makeRoom(_ length: Int) {
    let needed = length + length / 8 + 16
    guard needed > capacity else { return }
    output.deallocate()
    capacity = max(needed, capacity * 2)
    output = .allocate(capacity: capacity)
  }

  /// Twice as many members, those that there are included.
  func growMembers() -> UnsafeMutablePointer<RowCanonicaliser.Member> {
    let larger = UnsafeMutablePointer<RowCanonicaliser.Member>.allocate(
      capacity: memberCapacity * 2)
    larger.update(from: members, count: memberCapacity)
    members.deallocate()
    members = larger
    memberCapacity *= 2
    return larger
  }
}
