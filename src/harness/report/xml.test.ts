import { execFileSync, spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { printable } from '../../printable.ts';
import { type Element, xmlDocument } from './xml.ts';

// What a guest may print: whole characters, loose UTF-16 units, and what XML itself is made of.
const unit = fc.oneof(
  fc.integer({ min: 0, max: 0x10ffff }).map((code) => String.fromCodePoint(code)),
  fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)),
  fc.constantFrom(
    '<',
    '>',
    '&',
    '"',
    "'",
    ']]>',
    '<![CDATA[',
    '&#0;',
    '&lt;',
    '\r\n',
    '\t',
    '\n',
    '\x1b[0m',
    ' ',
  ),
);
const text = fc.array(unit, { maxLength: 12 }).map((parts) => parts.join(''));
const element: fc.Arbitrary<Element> = fc.record({
  name: fc.constant('property'),
  attributes: fc.record({ name: text, value: text }),
  children: text,
});

test('text and attributes are escaped, and line feeds of attributes kept', () => {
  const root = {
    name: 'testcase',
    attributes: { name: 'a "b" <c> & \'d\'\n\t]]>', time: 1.5, file: undefined },
    children: [
      { name: 'system-out', children: '[31m\x1b[31m]]>\x00\n <&>\ud800' },
      { name: 'skipped', attributes: {} },
    ],
  };
  expect(xmlDocument(root)).toMatchInlineSnapshot(`
    "<?xml version="1.0" encoding="UTF-8"?>
    <testcase name="a &quot;b&quot; &lt;c&gt; &amp; 'd'&#10;&#9;]]&gt;" time="1.5">
      <system-out>[31m␛[31m]]&gt;␀
     &lt;&amp;&gt;�</system-out>
      <skipped/>
    </testcase>
    "
  `);
});

test('whatever the text, only characters that XML 1.0 allows come out, and no mark-up that was not meant', () => {
  fc.assert(
    fc.property(element, (child) => {
      const document = xmlDocument({ name: 'testcase', children: [child] });
      // https://www.w3.org/TR/xml/#charsets, less what is discouraged there.
      const isLegal = /^[\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u.test(document);
      const skeleton = document.replace(/"[^"<]*"/g, '""').replace(/&(amp|lt|gt|quot|#9|#10);/g, '');
      return (
        isLegal && !skeleton.includes('&') && !document.includes(']]>') && skeleton.split('<').length <= 6
      );
    }),
  );
});

const expat = `
import json, sys
from xml.parsers import expat
answers = []
for document in json.load(sys.stdin):
    seen = []
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, attributes: seen.append(attributes)
    parser.CharacterDataHandler = lambda data: seen.append(data)
    parser.Parse(document.encode('utf-8'), True)
    answers.append(seen)
json.dump(answers, sys.stdout)
`;
const hasPython = spawnSync('python3', ['-c', 'import xml.parsers.expat']).status === 0;

test('a real parser reads back what was written', ({ skip }) => {
  skip(!hasPython, 'python3 with expat is not installed');
  const children = fc.sample(element, 300);
  const documents = children.map((child) => xmlDocument(child));
  const answer = execFileSync('python3', ['-c', expat], {
    input: JSON.stringify(documents),
    maxBuffer: 1 << 26,
  });
  const read = (JSON.parse(answer.toString()) as [Record<string, string>, string?][]).map(
    ([attributes, data]) => ({
      ...attributes,
      data: data ?? '',
    }),
  );
  expect(read).toEqual(
    children.map(({ attributes, children }) => ({
      name: printable(String(attributes?.name)),
      value: printable(String(attributes?.value)),
      data: printable(children as string),
    })),
  );
});
