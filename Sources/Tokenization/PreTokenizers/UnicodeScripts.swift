internal import CKernels

/// Cuts where the script changes. Kana count as Han; spaces and what goes with any script stay with what is before
/// them, and are lost at the start of a piece.
///
/// Scripts are numbers, in the order of `CKernels`; 0 goes with any.
enum UnicodeScripts {
  static func apply(to pieces: inout PieceList) {
    unsafe pieces.split(.removed) { text, range, cuts in
      var script: UInt8 = 0
      var start = range.lowerBound
      var offset = start
      while offset < range.upperBound {
        let (scalar, byteCount) = unsafe decodeScalar(text, at: offset, end: range.upperBound)
        let next = palimpsest_script(scalar)
        if next != 0, next != script {
          cuts.append(PieceList.Cut(range: start..<offset, isMatch: script == 0))
          script = next
          start = offset
        }
        offset += byteCount
      }
      cuts.append(PieceList.Cut(range: start..<range.upperBound, isMatch: script == 0))
    }
  }
}
