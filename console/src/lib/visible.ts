/**
 * Foreign text as pieces that cannot deceive: control, bidirectional and invisible characters become
 * labels that can be seen, placeholders of redaction become chips.
 *
 * Knows no markup: each piece is shown as a text node.
 */

export type Piece =
  | { kind: 'text'; text: string }
  | { kind: 'sign'; text: string; label: string; name: string }
  | { kind: 'chip'; text: string; type: string; hint: string };

/** Names of the characters that attacks use; others are named by their code alone. */
const NAMES: Record<number, string> = {
  0x00: 'null', 0x07: 'bell', 0x08: 'backspace', 0x0b: 'vertical tab', 0x0c: 'form feed', 0x0d: 'carriage return',
  0x1b: 'escape', 0x7f: 'delete', 0x85: 'next line', 0x9b: 'control sequence introducer',
  0xad: 'soft hyphen', 0x61c: 'Arabic letter mark', 0x200b: 'zero width space', 0x200c: 'zero width non-joiner',
  0x200d: 'zero width joiner', 0x200e: 'left-to-right mark', 0x200f: 'right-to-left mark',
  0x2028: 'line separator', 0x2029: 'paragraph separator',
  0x202a: 'left-to-right embedding', 0x202b: 'right-to-left embedding', 0x202c: 'pop directional formatting',
  0x202d: 'left-to-right override', 0x202e: 'right-to-left override', 0x2060: 'word joiner',
  0x2066: 'left-to-right isolate', 0x2067: 'right-to-left isolate', 0x2068: 'first strong isolate',
  0x2069: 'pop directional isolate', 0xfeff: 'byte order mark', 0xfffc: 'object replacement',
};

/** Controls but tab and newline, format characters, unpaired surrogates, private use, tags, fillers. */
const SIGN =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffc\p{Cs}\p{Co}\u{e0000}-\u{e0fff}]/u;
/** What redaction writes: `[TYPE]`, `[TYPE:hint]`, `[not inspected]`. */
const CHIP = /\[(?:[A-Z][A-Z0-9_]{1,40}(?::[^\][\n]{1,90})?|not inspected)\]/;
const INTERESTING = new RegExp(`${CHIP.source}|${SIGN.source}`, 'gu');
const SIGNS = new RegExp(SIGN.source, 'gu');
const EMOJI = /\p{Extended_Pictographic}\ufe0f?$/u;

/** `U+202E`. */
export function code(char: string): string {
  return `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

function sign(char: string): Piece {
  const point = char.codePointAt(0) ?? 0;
  let name = NAMES[point] ?? 'invisible or control character';
  let label = code(char);
  if (point >= 0xe0020 && point <= 0xe007e) {
    label = `tag ${String.fromCharCode(point - 0xe0000)}`;
    name = 'invisible tag character';
  } else if (point >= 0xe0100 && point <= 0xe01ef) {
    name = 'variation selector';
  } else if (point < 0x20) {
    label = String.fromCharCode(0x2400 + point);
  }
  return { kind: 'sign', text: char, label, name: `${name} (${code(char)})` };
}

/** The pieces of a text, in order; their texts put together are the text. */
export function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(INTERESTING)) {
    const at = match.index;
    const part = match[0];
    // A joiner inside an emoji is part of the picture.
    if (part === '\u200d' && EMOJI.test(text.slice(Math.max(0, at - 3), at))) continue;
    // Windows line ends are no trick.
    if (part === '\r' && text[at + 1] === '\n') continue;
    if (at > from) found.push({ kind: 'text', text: text.slice(from, at) });
    from = at + part.length;
    found.push(part.length > 2 && part.startsWith('[') ? chip(part) : sign(part));
  }
  if (from < text.length) found.push({ kind: 'text', text: text.slice(from) });
  return found;
}

function chip(placeholder: string): Piece {
  const inner = placeholder.slice(1, -1);
  const colon = inner.indexOf(':');
  const type = colon < 0 ? inner : inner.slice(0, colon);
  return { kind: 'chip', text: placeholder, type, hint: colon < 0 ? '' : inner.slice(colon + 1) };
}

/** A text on one line without anything that moves the cursor: for titles, options, labels. */
export function line(text: string, most = 200): string {
  const cut = text.length > most ? `${text.slice(0, most)}…` : text;
  return cut.replace(/\s+/g, ' ').replace(SIGNS, (char) => `⟨${code(char)}⟩`);
}

/** Where to cut a text of more than `most` UTF-16 units, so that no pair is parted. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  const last = text.charCodeAt(most - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? most - 1 : most);
}
