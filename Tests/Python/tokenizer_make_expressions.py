#!/usr/bin/env python3
"""Writes fixtures/tokenizers/expressions.json: what Split makes of small texts with regular expressions of all kinds.

    pip install tokenizers==0.23.3
    python3 Tests/Python/tokenizer_make_expressions.py

The file is {texts, cases, replacements}; a case is {expression, behavior, invert, pieces}, the n-th of `pieces` about the
n-th text; `behavior` and `invert` are left out where they are Isolated and false. A replacement is {expression, results}:
each text with `<>` for every match. Texts and expressions are written by hand; the
published expressions among them are those of GPT-2, cl100k, Qwen, o200k, Tekken, DeepSeek, BLOOM, Falcon and CLIP.
"""
import json
import pathlib

import tokenizers
from tokenizers import Regex, normalizers as N, pre_tokenizers as P

assert tokenizers.__version__ == "0.23.3"
OUT = pathlib.Path(__file__).resolve().parent.parent.parent / "fixtures" / "tokenizers" / "expressions.json"

TEXTS = [
    "a", " ", "\n", "ab AB 12", "Hello World's it'S we'LL o'Re 'ſ x'ſy", "HTMLParser iPhone McDonald ABCs ÀÉé ǅ ʰa",
    "中文ABC字def かなカナ 한국어", "\u0301a a\u0301B \u0301 \u0301A x\u0301\u0323y", "1234567 12 3.14 ٣٤٥٦ ½Ⅳ²x",
    "a\n\n b\r\n\r\nc \n \n  d\t\te ", "foo/bar//baz/\n//\n/x.../\r\n", "$1,000.00 #tag @user C++ a=b*2;//x\n\tif(a<b){}\n",
    "\u00a0x\u3000y\u2028z\u0085w\u000bv\u000cu", "\u0000a\u0001\u007f\u00adb\u200bc\u200dd\ue000", "👍🏽 👩‍👩‍👧 ☃️ €5 «a»",
    "..a !!B ?c #1 _x_ `y`", "aaaa aab abab ß ss SS ſs ẞ Kk", "a²³¹¼½¾b Ⓐ① ⅳ", "\U0002ebf0漢\U00030000字 𝐀𝟘",
    "end of line\nand $ more\n", "x\ny\r\nz", "it’s ‘quoted’ — “yes”", "नमस्ते ไทย עברית العربية", "\u1c89\ua7da\u0378 \U0001fae9",
    "  leading", "trailing  ", "tab\tand  two   three", "fFgG09", "a-b_c.d", "(a(b)c)", "[x]{y}", "a\\b|c^d", "\u0345\u03b1\u0399",
    "'s'S's 't't", "don't won’t I'll'd", "٠١٢a߀b", "İıiI",
]

CL100K = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
BEGINS, CONTINUES, LEAD = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]", r"[^\r\n\p{L}\p{N}]?"


def o200k(digits, contraction):
    return (f"{LEAD}{BEGINS}*{CONTINUES}+{contraction}|{LEAD}{BEGINS}+{CONTINUES}*{contraction}|{digits}"
            r"| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+")


PUBLISHED = [
    r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+",
    r"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+",
    CL100K, CL100K.replace("{1,3}", ""),
    r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+",
    r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s",
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
    r"(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
    o200k(r"\p{N}{1,3}", "(?i:'s|'t|'re|'ve|'m|'ll|'d)?"), o200k(r"\p{N}", ""),
    r"\p{N}{1,3}", r"[一-龥぀-ゟ゠-ヿ]+",
    r"""[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+""",
    r"[\r\n]", r"\s?\p{L}+", r"\s?\p{P}+", r"[一-龥ࠀ-一가-퟿]+", r"\s?[A-Za-zµÀ-ÖØ-öø-ƺƼ-ƿ]+", r"\s+$",
    r" ?[^(\s|[.,!?…。，、।۔،])]+", r"[0-9][0-9][0-9]", r"[\p{P}\$\+<=>\^~\|`]+", r"\d{1,3}(?=(?:\d{3})*\b)",
    r"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+",
]

OTHERS = [
    r"\s+", r"\S+", r"\w+", r"\W+", r"\d", r"\D+", r"\h+", r"\H+", r"a$", r"^.", r".+", r"(?m:.+)", r"(?m)x.y", r"\v", r"a{1,2}+", r"a{2}?b",
    r"a{,2}", r"a{2,}", r"a**", r"a+?b", r"a++b", r"a?+b", r"(?>a+)b", r"x*", r"(?=b)", r"(?<=a)b", r"(?<!a)b", r"(?!a)\w", r"\b", r"\B", r"\bа?\w",
    r"(?i:\p{Lu})", r"(?i:[\p{Lu}])", r"(?i:[A-Z])+", r"(?i:[^a])", r"(?i:ss)", r"(?i)a|B", r"(?-i:a)", r"(?i-m:a)", r"[[:punct:]]+", r"[[:^punct:]]+", r"[[:digit:][:space:]]+",
    r"\p{^L}+", r"\P{L}+", r"\p{Letter}+", r"\p{Uppercase_Letter}", r"\p{LC}+", r"\p{M}", r"\p{Mn}", r"\p{P}", r"\p{S}", r"\p{Sc}\d", r"\p{Z}", r"\p{C}", r"\p{Cn}", r"\p{Co}",
    r"\p{Han}+", r"\p{Hiragana}|\p{Katakana}", r"\p{Greek}", r"\p{Punct}", r"\p{Any}", r"\p{Word}+", r"\p{XDigit}+", r"\p{Blank}", r"[a-c&&[^b]]", r"[ab[cd]]+", r"[^a[b]]+", r"[]a]", r"[a-]", r"[-a]", r"[a\-b]",
    r"[\x{41}-\x{43}\u0061]", r"\x41|\0", r"a(?#note)b", r"(a|b)+", r"\R", r"\A.", r".\z", r".\Z", r"\N+", r"]|}|{", r"a{x", r"\_|\-|\.", r"[\h&&\D]", r"[^\s\S]", r"\p{Nd}+\p{L}", r"[\w&&[^\d_]]+", r"[aА-Я]{2}", r"\p{Arabic}+|\p{Devanagari}+",
]
BEHAVIORS = ["removed", "merged_with_previous", "merged_with_next", "contiguous"]
SHAPES = [r"\s+", r"x*", r"(?=b)", r"\p{L}", r"[ab]", r"a|\b", r"(?<= )", r"\d+|$"]
NAMES = {"removed": "Removed", "isolated": "Isolated", "merged_with_previous": "MergedWithPrevious",
         "merged_with_next": "MergedWithNext", "contiguous": "Contiguous"}


def case(expression, behavior="isolated", invert=False):
    split = P.Split(Regex(expression), behavior, invert)
    result = {"expression": expression}
    if behavior != "isolated":
        result["behavior"] = NAMES[behavior]
    if invert:
        result["invert"] = True
    result["pieces"] = [[piece for piece, _ in split.pre_tokenize_str(text)] for text in TEXTS]
    return result


def replacement(expression):
    replace = N.Replace(Regex(expression), "<>")
    return {"expression": expression, "results": [replace.normalize_str(text) for text in TEXTS]}


def main():
    cases = [case(expression) for expression in PUBLISHED]
    cases += [case(expression, "removed", True) for expression in PUBLISHED[12:] + OTHERS]
    cases += [case(expression, behavior, invert) for expression in SHAPES for behavior in BEHAVIORS for invert in (False, True)]
    cases += [case(expression) for expression in SHAPES]
    lines = ",\n".join(json.dumps(line, ensure_ascii=False) for line in cases)
    replaced = ",\n".join(json.dumps(replacement(e), ensure_ascii=False) for e in SHAPES + [r"\s+$", r"^a|b", r"(?<=a).", " "])
    OUT.write_text('{"texts": ' + json.dumps(TEXTS, ensure_ascii=False) + ',\n"cases": [\n' + lines
                   + '\n],\n"replacements": [\n' + replaced + "\n]}\n")


if __name__ == "__main__":
    main()
