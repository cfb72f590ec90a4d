/** Identifiers in the escapes of HTML and URLs: masked whole, escapes included. « and » mark what is found. */
import { describe, expect, it } from "vitest";
import { merge } from "../../src/detect/merge.ts";
import { passOne } from "../../src/detect/pass-one.ts";
import { fold } from "../../src/detect/text/fold.ts";

function marked(text: string): string {
  const { hits } = passOne(text, { role: "user", keyWords: [], topic: [], answering: true });
  return merge(hits.filter(({ score }) => score >= 0.6)).reduceRight(
    (out, { start, end }) => `${out.slice(0, start)}«${out.slice(start, end)}»${out.slice(end)}`,
    text,
  );
}

describe("identifiers in escapes", () => {
  it.each([
    "mail «maria%40example.org» now",
    "mail=«maria.lopez%40example.org»&x=1",
    "«maria%2Elopez%40example%2Eorg»",
    "«maria%2540example.org»",
    "mail «maria&#64;example.org» now",
    "mail «maria&#x40;example&#46;org»",
    "«maria&commat;example&period;org»",
    "«maria&amp;#64;example.org»",
    "call «%2B1%20415%20555%202671» please",
    "call «415&nbsp;555&nbsp;2671» please",
    "tel «415&#45;555&#45;2671»",
    "ssn «529&#45;48&#45;1173»",
    "q=«529%2D48%2D1173»&a=b",
    "name=«Maria%20Lopez»&dob=«03%2F14%2F1982»",
    "dob «03&#47;14&#47;1982»",
    "my name is «Jos&eacute; Garc&iacute;a»",
    "my name is «Maria O&#39;Brien»",
    "my name is «Jos%C3%A9 Garc%C3%ADa» thanks",
    "see «https://portal.example.org/find?name=Maria%20Lopez&mail=maria%40example.org» there",
    "see «portal.example.org/find?name=Maria%20Lopez» there",
  ])("%j", (text) => {
    expect(marked(text.replaceAll(/[«»]/g, ""))).toBe(text);
  });

  it.each(["5 &lt; 6 and 100&#37; sure", "Tom &amp; Jerry", "20% of 40 people", "it is 100% ok", "AT&T; R&D &c."])(
    "nothing in %j",
    (text) => {
      expect(marked(text)).toBe(text);
    },
  );
});

describe("folding", () => {
  it.each([
    ["a&#64;b", "a@b"],
    ["a%C3%A9%20b", "ae b"],
    ["a&copy;b", "a&copy;b"],
    ["50%zz", "50%zz"],
    ["%", "%"],
    ["&#55296;", "&#55296;"],
    ["&#0;&#x110000;", "&#0;&#x110000;"],
    ["%ff%c3", "%ff%c3"],
    ["&amp;amp;lt;x", "<x"],
  ])("reads %j as %j, and covers all of each escape", (text, expected) => {
    const folded = fold(text);
    expect(folded.text).toBe(expected);
    let covered = 0;
    for (let i = 0; i < folded.text.length; i++) {
      expect(folded.start(i)).toBe(covered);
      covered = folded.end(i);
    }
    expect(covered).toBe(text.length);
  });
});
