/// Inked words, one after the other, to be laid out in lines.
///
///     append("the quick") append(" [MASK→", .faint) append("brown", .hidden) append("]", .faint)
///     words        the · quick · [MASK→brown]          a word may have several inks; lines break between words
struct TextFlow: Sendable {
  struct Piece: Sendable, Equatable {
    var text: String
    var ink: Ink
  }

  /// Pieces that stay on one line as long as the line can hold them.
  struct Word: Sendable {
    var pieces: [Piece]
    var width: Int
    /// Ink of the space before it, so that an underline runs on between the words of a span.
    var spaceInk: Ink = .plain
  }

  private(set) var words: [Word] = []
  private var isOpen = false

  var isEmpty: Bool { words.isEmpty }

  /// Appends text; every space in it ends a word.
  mutating func append(_ text: String, _ ink: Ink = .plain) {
    var isFirst = true
    for part in text.split(separator: " ", omittingEmptySubsequences: false) {
      if !isFirst { isOpen = false }
      isFirst = false
      guard !part.isEmpty else { continue }
      let width = displayWidth(part)
      if isOpen {
        words[words.count - 1].width += width
        if words[words.count - 1].pieces.last?.ink == ink {
          words[words.count - 1].pieces[words[words.count - 1].pieces.count - 1].text += part
        } else {
          words[words.count - 1].pieces.append(Piece(text: String(part), ink: ink))
        }
      } else {
        let continues = words.last?.pieces.last?.ink == ink
        words.append(
          Word(pieces: [Piece(text: String(part), ink: ink)], width: width, spaceInk: continues ? ink : .plain))
        isOpen = true
      }
    }
  }

  /// Ends the word, so that what follows stands apart.
  mutating func breakWord() { isOpen = false }

  /// The words in lines of at most `width` columns. A word that no line can hold is broken where it must be.
  func lines(width: Int) -> [[Piece]] {
    let width = max(width, 8)
    var lines: [[Piece]] = []
    var line: [Piece] = []
    var used = 0
    for word in words {
      if !line.isEmpty, used + 1 + word.width <= width {
        line.append(Piece(text: " ", ink: word.spaceInk))
        line.append(contentsOf: word.pieces)
        used += 1 + word.width
        continue
      }
      if !line.isEmpty { lines.append(line) }
      line = word.pieces
      used = word.width
      guard used > width else { continue }
      var parts = Self.broken(word.pieces, width: width)
      line = parts.removeLast()
      used = line.reduce(0) { $0 + displayWidth($1.text) }
      lines.append(contentsOf: parts)
    }
    if !line.isEmpty { lines.append(line) }
    return lines
  }

  /// A long word in parts of at most `width` columns; at least one part.
  private static func broken(_ pieces: [Piece], width: Int) -> [[Piece]] {
    var parts: [[Piece]] = [[]]
    var used = 0
    for piece in pieces {
      var text = ""
      for character in piece.text {
        let columns = displayWidth(character)
        if used + columns > width {
          if !text.isEmpty { parts[parts.count - 1].append(Piece(text: text, ink: piece.ink)) }
          parts.append([])
          text = ""
          used = 0
        }
        text.append(character)
        used += columns
      }
      if !text.isEmpty { parts[parts.count - 1].append(Piece(text: text, ink: piece.ink)) }
    }
    return parts
  }
}
