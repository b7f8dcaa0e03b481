internal import Blocks
internal import CICU

extension icu_status {
  /// Warnings are negative, success is 0, errors are positive.
  var isSuccess: Bool { self <= 0 }
}

/// What to tell when an ICU call fails; `task` completes "ICU could not …".
func icuFailure(_ status: icu_status, _ task: String) -> Diagnostic {
  Diagnostic(
    "text.icu", "ICU could not \(task)", expected: "success",
    found: unsafe String(cString: icu_error_name(status)),
    help: "check that the ICU library and its data are installed whole (libicu, version 72 or later)")
}

/// ICU counts in 32 bits, and a text may grow on its way through it.
let longestICUText = Int(Int32.max) / 16

/// Checks that ICU can take a stretch of text of so many bytes.
func checkICULength(_ byteCount: Int) throws(Diagnostic) {
  guard byteCount > longestICUText else { return }
  throw Diagnostic(
    "text.too-long", "the document is too long for ICU to rewrite", expected: "at most \(longestICUText) bytes",
    found: "\(byteCount) bytes", help: "split the document, or remove the text step that needs Unicode tables")
}
