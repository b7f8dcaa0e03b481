/// The directory that holds a path: everything before the last part, `.` when there is none, `/` for `/`.
package func parentDirectory(of path: String) -> String {
  var bytes = Array(path.utf8)
  while bytes.count > 1, bytes.last == UInt8(ascii: "/") { bytes.removeLast() }
  guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")) else { return "." }
  while bytes.count > 1, bytes.count > slash || bytes.last == UInt8(ascii: "/") { bytes.removeLast() }
  return String(decoding: bytes, as: UTF8.self)
}

/// The last part of a path.
package func lastComponent(of path: String) -> String {
  String(path.split(separator: "/").last ?? "")
}

/// A path to `name` in a directory; the directory `.` or nothing adds nothing.
package func path(of name: String, in directory: String) -> String {
  if directory.isEmpty || directory == "." { return name }
  return directory.hasSuffix("/") ? directory + name : directory + "/" + name
}
