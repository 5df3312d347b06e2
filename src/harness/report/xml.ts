/** Well-formed XML 1.0 as text: elements, attributes, indentation. No control character gets through raw. */
import { printable } from '../../printable.ts';

export interface Element {
  readonly name: string;
  readonly attributes?: Readonly<Record<string, string | number | undefined>>;
  /** Text is kept to the character; child elements are indented. */
  readonly children?: string | readonly Element[];
}

/** A whole document; the text is valid UTF-16 and may be written as UTF-8. */
export function xmlDocument(root: Element): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${xmlElement(root)}\n`;
}

function xmlElement({ name, attributes = {}, children = [] }: Element, indent = ''): string {
  const start = `${indent}<${name}${Object.entries(attributes).map(attribute).join('')}`;
  if (typeof children === 'string')
    return children ? `${start}>${xmlText(children)}</${name}>` : `${start}/>`;
  if (children.length === 0) return `${start}/>`;
  const inner = children.map((child) => xmlElement(child, `${indent}  `));
  return [`${start}>`, ...inner, `${indent}</${name}>`].join('\n');
}

function attribute([name, value]: [string, string | number | undefined]): string {
  if (value === undefined) return '';
  // A parser turns raw line feeds and tabs of an attribute into spaces (XML 1.0, §3.3.3); references stay.
  const text = xmlText(String(value)).replace(/"/g, '&quot;').replace(/\n/g, '&#10;').replace(/\t/g, '&#9;');
  return ` ${name}="${text}"`;
}

function xmlText(text: string): string {
  // `>` too: `]]>` must not appear in text.
  return printable(text).replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}
