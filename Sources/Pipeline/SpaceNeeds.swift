import Blocks
import Corpus
import Files

/// What a build takes of the disk, estimated before it begins from a few documents.
public struct SpaceNeeds: Sendable, Equatable {
  /// The shards, before compression.
  public var datasetBytes: Int
  /// What lies in the work folder until the dataset is finished.
  public var workBytes: Int
  /// What an earlier run has made of both.
  public var presentBytes: Int
  /// Bytes free where the output goes; nil where the system does not say.
  public var availableBytes: Int?

  /// What is still to be written.
  public var missingBytes: Int { max(0, datasetBytes + workBytes - presentBytes) }
}

extension DatasetBuilder {
  /// Says what the build needs, and refuses to begin what the disk cannot hold.
  ///
  /// - Throws: `build.no-space`.
  func checkSpace(for plan: Plan) throws(Diagnostic) {
    // So much smaller than the disk that nobody needs to know; a quick build stays quick.
    let available = try availableBytes(above: recipe.outputPath)
    let copies = plan.objectives.reduce(0) { $0 + $1.epochs }
    let largest = Double(totalByteCount(of: plan.files) ?? 0) * 200 * Double(copies)
    if options.onSpaceNeeds == nil, largest < Double(available ?? .max) { return }
    guard let needs = try spaceNeeds(of: plan) else { return }
    options.onSpaceNeeds?(needs)
    // An estimate: what may just fit is tried, and goes on after room was made if it does not.
    guard options.checksSpace, let available, needs.missingBytes / 5 * 4 > available else { return }
    throw Diagnostic(
      "build.no-space", "the disk of '\(recipe.outputPath)' is too small for this build",
      at: SourceLocation(path: recipe.outputPath),
      expected: "about \(needs.missingBytes) bytes: \(needs.datasetBytes) for the dataset and \(needs.workBytes) for "
        + "work, \(needs.presentBytes) of them there",
      found: "\(available) bytes free",
      help: "free some space, choose another --output, or take fewer objectives or epochs (--no-space-check: try)")
  }

  /// What a plan will take: the rows of a block each of up to three files, in proportion to the inputs' sizes.
  ///
  /// - Returns: nil where an input has no size, as standard input.
  func spaceNeeds(of plan: Plan) throws(Diagnostic) -> SpaceNeeds? {
    guard let inputBytes = totalByteCount(of: plan.files) else { return nil }
    var sample = Sample()
    let count = min(3, plan.files.count)
    for number in 0..<count {
      try sample.add(plan.files[number * plan.files.count / count], plan, fileSystem)
    }
    var present = 0
    for folder in [output.blocksPath(of: plan)] + plan.sections.map({ folder(of: $0, plan) }) {
      if options.startsFresh { continue }
      guard try fileSystem.status(of: folder)?.kind == .directory else { continue }
      for name in try fileSystem.list(folder) {
        present += try fileSystem.status(of: folder + "/" + name)?.byteCount ?? 0
      }
    }
    let rowBytes = sample.rowBytesPerInputByte * Double(inputBytes)
    let headerBytes = sample.rowsPerInputByte * Double(inputBytes) * Double(Segment.rowHeaderByteCount)
    return SpaceNeeds(
      datasetBytes: Int(clamping: Int64(rowBytes)), workBytes: Int(clamping: Int64(rowBytes + headerBytes)),
      presentBytes: present, availableBytes: try availableBytes(above: recipe.outputPath))
  }

  private func folder(of section: Plan.Section, _ plan: Plan) -> String {
    recipe.outputPath + "/" + plan.objectives[section.objective].name + "/" + section.split
  }

  /// Bytes free at a path, or at the nearest folder above it that is there.
  func availableBytes(above path: String) throws(Diagnostic) -> Int? {
    var folder = path
    while try fileSystem.status(of: folder) == nil, parentDirectory(of: folder) != folder {
      folder = parentDirectory(of: folder)
    }
    return try fileSystem.availableBytes(at: folder)
  }
}

/// What a few blocks gave.
private struct Sample {
  /// Of the blocks that were made to rows.
  private var textBytes = 0
  private var rowBytes = 0
  private var rows = 0
  /// Of all that was read to see how well the inputs are packed.
  private var inputBytes = 0
  private var unpackedBytes = 0

  /// A few megabytes tell how well a file is packed; rows are dearer, and one says enough of them.
  private static let rowSampleByteCount = 1 << 20
  private static let packingSampleByteCount = 8 << 20

  var rowBytesPerInputByte: Double { perInputByte(rowBytes) }
  var rowsPerInputByte: Double { perInputByte(rows) }

  private func perInputByte(_ count: Int) -> Double {
    guard textBytes > 0, inputBytes > 0 else { return 0 }
    return Double(count) / Double(textBytes) * Double(unpackedBytes) / Double(inputBytes)
  }

  /// Reads the start of a file. What is wrong with it the build will say when it gets there.
  mutating func add(_ file: InputFile, _ plan: Plan, _ fileSystem: any FileSystem) throws(Diagnostic) {
    var file = file
    file.options.blockBytes = min(file.options.blockBytes, Self.rowSampleByteCount)
    guard var cursor = try? InputCursor(file, in: fileSystem) else { return }
    var worker = try BlockWorker(plan: plan, in: fileSystem)
    var unpacked = 0
    while unpacked < Self.packingSampleByteCount {
      guard (try? cursor.nextBlock(into: &worker.block)) == true else { break }
      let byteCount = worker.block.sourceByteCount
      if unpacked == 0 {
        guard let measured = try? worker.measureRows() else { return }
        textBytes += byteCount
        rowBytes += measured.byteCount
        rows += measured.rowCount
      }
      unpacked += byteCount
    }
    unpackedBytes += unpacked
    inputBytes += cursor.compressedBytesRead
  }
}
