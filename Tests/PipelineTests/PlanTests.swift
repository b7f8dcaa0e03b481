import Pipeline
import Testing

@Suite("The plan")
struct PlanTests {
  @Test("cuts segments into more slices the larger the input is, so that one slice stays small")
  func slices() {
    // Once 6 >> bits was taken for (bytes * 6) >> bits: eight slices however large the input.
    #expect(Plan.sliceBitCount(packedByteCount: 0) == 0)
    #expect(Plan.sliceBitCount(packedByteCount: 1 << 20) == 0)
    #expect(Plan.sliceBitCount(packedByteCount: 1 << 24) == 4)
    #expect(Plan.sliceBitCount(packedByteCount: 1 << 30) == 10)
    #expect(Plan.sliceBitCount(packedByteCount: 1 << 40) == 12)
    #expect(Plan.sliceBitCount(packedByteCount: .max) == 12)
  }
}
