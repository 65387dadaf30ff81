import JSON

extension SchemaIndex {
  /// What a reference leads to.
  struct Target {
    let site: SiteID
    /// The fragment, where it is a dynamic anchor of the resource that was referred to.
    let dynamicAnchor: String?
  }

  /// Follows a `$ref`, `$dynamicRef` or `$recursiveRef`.
  ///
  /// - Parameters:
  ///   - place: Of the keyword, for messages.
  ///   - resource: The one that the keyword belongs to.
  mutating func target(
    of reference: String, _ keyword: String, at place: SchemaPlace, in resource: Int
  ) throws(SchemaProblem) -> Target {
    let destination: Int
    let written: String?
    if reference.hasPrefix("#") {
      destination = resource
      written = URIReference.decoded(String(reference.dropFirst()))
    } else {
      let target = URIReference(reference).resolved(against: resources[resource].base)
      destination = try self.resource(target.document, reference, keyword, at: place)
      written = target.decodedFragment
    }
    guard let fragment = written else {
      throw problem(
        keyword, "a URI reference with valid percent escapes", found: Phrase.quoted(reference),
        at: place)
    }
    if fragment.isEmpty { return Target(site: resources[destination].root, dynamicAnchor: nil) }
    if fragment.hasPrefix("/") {
      return try pointerTarget(fragment, reference, keyword, at: place, in: destination)
    }
    guard let site = resources[destination].anchors[fragment] else {
      throw problem(
        keyword, "a reference to a schema",
        found: "\(Phrase.quoted(reference)): \(name(destination)) has no anchor \"\(fragment)\"",
        at: place)
    }
    let isDynamic = resources[destination].dynamicAnchors[fragment] != nil
    return Target(site: site, dynamicAnchor: isDynamic ? fragment : nil)
  }

  private mutating func pointerTarget(
    _ fragment: String, _ reference: String, _ keyword: String, at place: SchemaPlace,
    in destination: Int
  ) throws(SchemaProblem) -> Target {
    var site = resources[destination].root
    let isPlain = !fragment.utf8.contains(UInt8(ascii: "~"))
    let tokens =
      isPlain
      ? fragment.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map(
        String.init)
      : JSONPointer(fragment)?.tokens ?? []
    for token in tokens {
      guard let next = child(token, of: site) else {
        let here = sites[site].place.pointer
        throw problem(
          keyword, "a reference to a schema",
          found: "\(Phrase.quoted(reference)): \(name(destination)) has no \(Phrase.quoted(token))"
            + (here == .root ? "" : " at \(here)"), at: place)
      }
      site = next
    }
    readOnDemand(site)
    return Target(site: site, dynamicAnchor: nil)
  }

  /// The resource that an absolute URI names, fetched from the resolver where it is not known yet.
  private mutating func resource(
    _ uri: String, _ reference: String, _ keyword: String, at place: SchemaPlace
  ) throws(SchemaProblem) -> Int {
    if let known = known(uri) { return known }
    let lookup = lookUp(uri)
    guard let value = lookup.value else {
      let looked = ["the schema and the documents it came with"] + lookup.looked
      let name = reference == uri ? "" : ", that is \(uri)"
      throw problem(
        keyword, "a reference to a known document",
        found: "\(Phrase.quoted(reference))\(name), which is not in "
          + looked.joined(separator: ", nor in ")
          + (lookup.failure.map { ", and cannot be fetched: \($0)" } ?? ""), at: place,
        missing: uri)
    }
    return add(value, uri: uri, inherited: resources[0].dialect)
  }

  private func name(_ resource: Int) -> String {
    let uri = resources[resource].base.document
    return uri.isEmpty ? "the schema" : uri
  }
}
