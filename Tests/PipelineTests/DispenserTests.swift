import Pipeline
import Testing

@Suite("The dispenser")
struct DispenserTests {
  @Test("opens files in order, one worker to a file, and waits only when all are being read")
  func order() {
    var state = DispenserState(fileCount: 2)
    #expect(state.lease() == .lease(0))
    #expect(state.lease() == .lease(1))
    #expect(state.lease() == .wait)
    state.giveBack(0, isFinished: false)
    #expect(state.lease() == .lease(0))
    state.giveBack(1, isFinished: true)
    #expect(state.lease() == .wait)
    state.giveBack(0, isFinished: true)
    #expect(state.lease() == .finished)
  }

  @Test("prefers a file that is open to one that is not")
  func fewOpenFiles() {
    var state = DispenserState(fileCount: 3)
    #expect(state.lease() == .lease(0))
    state.giveBack(0, isFinished: false)
    #expect(state.lease() == .lease(0))
    #expect(state.lease() == .lease(1))
  }

  @Test("ends at once when stopped, and when there is no file")
  func ends() {
    var state = DispenserState(fileCount: 2)
    #expect(state.lease() == .lease(0))
    state.stop()
    #expect(state.lease() == .finished)
    var empty = DispenserState(fileCount: 0)
    #expect(empty.lease() == .finished)
  }
}
