import Blocks
import JSONText
import Testing

@Suite struct JSONWriterTests {
  static let sample: JSONValue = [
    "text": "é \"q\" \\ \n\r\t\u{8}\u{C}\u{1F}\u{7F}/😀", "list": [1, -2.5, true, .null, [], .object([:])],
    "nested": ["k": ["v"]],
  ]

  @Test func `One line has no white space`() {
    #expect(
      "\(Self.sample)"
        == #"{"text":"é \"q\" \\ \n\r\t\b\f\u001f\#u{7F}/😀","list":[1,-2.5,true,null,[],{}],"nested":{"k":["v"]}}"#)
  }

  @Test func `Indentation is that of json.dumps`() {
    let value: JSONValue = ["a": [1, [], .object([:])], "b": ["c": .null]]
    let text = String(decoding: JSONWriter.bytes(of: value, indentation: 2), as: UTF8.self)
    #expect(
      text == """
        {
          "a": [
            1,
            [],
            {}
          ],
          "b": {
            "c": null
          }
        }
        """)
  }

  @Test func `What is written reads back equal`() throws {
    #expect(try JSONValue(parsing: JSONWriter.bytes(of: Self.sample)) == Self.sample)
    #expect(try JSONValue(parsing: JSONWriter.bytes(of: Self.sample, indentation: 4)) == Self.sample)
    let numbers: [Double] = [
      0.1, 1e-5, 1e16, .leastNonzeroMagnitude, 1.7976931348623157e308, -0.0, 1.0 / 3, 123456789.125,
    ]
    for number in numbers {
      #expect(try JSONValue(parsing: "\(JSONValue.number(number))") == .number(number))
    }
  }

  @Test func `Members can be streamed`() {
    var writer = JSONWriter()
    for row in 0..<2 {
      writer.beginObject()
      writer.key("row")
      writer.write(.integer(row))
      writer.key("ids")
      writer.beginArray()
      writer.endArray()
      writer.endObject()
      writer.newline()
    }
    #expect(String(decoding: writer.bytes, as: UTF8.self) == "{\"row\":0,\"ids\":[]}\n{\"row\":1,\"ids\":[]}\n")
  }

  @Test func `Numbers that JSON lacks become null`() {
    #expect("\(JSONValue.array([.number(.nan), .number(.infinity)]))" == "[null,null]")
  }

  @Test func `Settings go to JSON and back`() {
    let setting = SettingValue(json: Self.sample)
    #expect(setting.json == Self.sample)
    #expect(setting["nested"]?["k"]?.content == .list([SettingValue(.text("v"))]))
  }
}
