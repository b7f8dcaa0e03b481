import Blocks
import Testing

@testable import Text

@Suite struct HTMLTextTests {
  private func text(_ html: String) -> String {
    var output: [UInt8] = []
    HTMLText.append(Array(html.utf8), to: &output)
    return String(decoding: output, as: UTF8.self)
  }

  @Test(arguments: [
    ("<h1>Title</h1><p>One &amp;   two<br>three</p>", "Title\nOne & two\nthree"),
    ("a <b>b</b><i>c</i> d", "a bc d"), ("<div><div>a</div></div>\n\n<p>b", "a\nb"),
    ("<script>var a = '<p>x</p>';</script>y<style>z</style>", "y"), ("<script>a<!--</script>b", "b"),
    ("<SCRIPT>x</ScRiPt >y", "y"), ("<script>never closed", ""), ("<title>t</title>b", "b"),
    ("<!-- a > b -->c<!-->d<!--->e<!-- --!>f", "cdef"), ("<!-- open", ""), ("<!DOCTYPE html><?php x ?>a", "a"),
    ("<a title=\"x > y\" href='>'>l</a>", "l"), ("<a b=c>d</a", "d"), ("1 < 2 <3 </>", "1 < 2 <3"),
    ("<pre>a\n  b</pre>c", "a\n  b\nc"), ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</table>", "a b\nc"),
    ("<ul><li>a<li>b</ul>", "a\nb"), ("<svg><text>x</text></svg>a<svg/>b", "ab"), ("<noscript>x<p>y</noscript>z", "z"),
    (
      "&lt;&gt;&quot;&nbsp;&eacute;&notin;&not;&notit;&bogus;&#65;&#x42;&#128;&#0;&",
      "<>\"\u{A0}é∉¬¬it;&bogus;AB€\u{FFFD}&"
    ),
    ("&NotEqualTilde;", "≂̸"), ("&#xFFFFFFFFFF;", "\u{FFFD}"), ("<p", ""), ("", ""), ("  \n ", ""),
  ]) func `What a page shows`(html: String, wanted: String) {
    #expect(text(html) == wanted)
  }

  @Test func `Depth and length cost no more than their bytes`() {
    let deep = String(repeating: "<div>", count: 5_000) + "x"
    #expect(text(deep) == "x")
    #expect(text(String(repeating: "<svg>", count: 5_000) + "x") == "")
    #expect(text(String(repeating: "<!--", count: 5_000)) == "")
    #expect(text(String(repeating: "&", count: 5_000)).utf8.count == 5_000)
    #expect(text("<script>" + String(repeating: "</", count: 5_000)) == "")
  }
}

@Suite struct MarkdownTextTests {
  private func text(_ markdown: String) -> String {
    var output: [UInt8] = []
    MarkdownText.append(Array(markdown.utf8), to: &output)
    return String(decoding: output, as: UTF8.self)
  }

  @Test(arguments: [
    ("# Title #\n\nA *b* **c** _d_ snake_case.\n", "Title\n\nA b c d snake_case."),
    ("- a\n  - b\n1. c\n> d\n> - e", "a\nb\nc\nd\ne"),
    ("[label](x \"t\") ![alt](y) [r][1] [not] x\n\n[1]: http://z", "label  r [not] x"),
    ("```swift\nlet *a* = [b](c)\n```\nd", "let *a* = [b](c)\nd"), ("~~~\nx\n```\n~~~~\ny", "x\n```\ny"),
    ("Use `a*b*` and ``c`d``.", "Use a*b* and c`d."), ("    code *x*\n\ntext", "    code *x*\n\ntext"),
    ("a\n---\nb\n\n* * *\nc", "a\nb\n\nc"), ("| h | i |\n|---|:-:|\n| *a* | b |", "h i\na b"),
    ("a <!-- x\ny --> b <br> <http://c> &amp;", "a\nb  http://c &"), ("\\*a\\* 5 * 3", "*a* 5  3"), ("~~x~~", "x"),
    ("", ""),
  ]) func `Marks go, text stays`(markdown: String, wanted: String) {
    #expect(text(markdown) == wanted)
  }

  @Test func `Long lines of marks cost no more than their bytes`() {
    for mark in ["[", "`", "*", "_", "<", "![", "&", "> ", "- ", "\\"] {
      _ = text(String(repeating: mark, count: 2_000))
    }
  }
}

@Suite struct WikiTextTests {
  private func text(_ wikitext: String) -> String {
    var output: [UInt8] = []
    WikiText.append(Array(wikitext.utf8), to: &output)
    return String(decoding: output, as: UTF8.self)
  }

  @Test(arguments: [
    (
      "'''Rome''' is the [[capital city|capital]] of {{flag|Italy}}[[Italy]].<ref>A book</ref>",
      "Rome is the capital of Italy."
    ),
    ("== Title ==\ntext\n=== Sub '''x''' ===\nmore", "Title\ntext\nSub x\nmore"), ("a = b\n=", "a = b\n="),
    ("* one\n** two\n# three\n: four\n; five", "one\ntwo\nthree\nfour\nfive"),
    ("[[File:a.png|thumb|A [[link]] in a caption]]b[[Category:C]][[de:Rom]]", "b"), ("[[:Category:C]]", "Category:C"),
    ("{| class=x\n|-\n| a || b\n|}\nc", "c"), ("{{a|{{b}}|[[c|d]]}}e{{f", "e{{f"),
    ("x<!-- c -->y<ref name=a />z<br/>w<nowiki>[[a]]</nowiki>", "xyz\nw[[a]]"),
    ("H<sub>2</sub>O <small>s</small>", "H2O s"),
    ("[http://x label] [http://y] http://z", "label  http://z"), ("&nbsp;&lt;b&gt; a & b", "\u{A0}<b> a & b"),
    ("__NOTOC__a __b__", "a __b__"), ("it's ''it'' '''''b'''''", "it's it b"), ("a\n\n\n\nb", "a\n\nb"),
    ("{{lang|fr|mot}} {{convert|5|km}} {{nowrap|1 2}}", "mot 5 km 1 2"), ("1 < 2 <x> y", "1 < 2 <x> y"),
    ("----\na", "a"),
    ("]] }} |} [[ {{ {|", " }} |} [[ {{ {|"), ("", ""),
  ]) func `What an article says`(wikitext: String, wanted: String) {
    #expect(text(wikitext) == wanted)
  }

  @Test func `Depth and length cost no more than their bytes`() {
    for mark in [
      "{{", "[[", "{|\n", "'''", "<ref>", "<!--", "[http://", "==", "&", "__", "}}", "]]", "[[a|", "<nowiki>",
    ] {
      _ = text(String(repeating: mark, count: 2_000))
      _ = text(String(repeating: mark, count: 2_000) + String(repeating: "}}]]", count: 2_000))
    }
  }
}
