import type { ComparedEntry, FileDifference, PackageDifference } from './compare.ts';
import { formatBytes } from './quantity.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is made visible here
const unsafe = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** One line of a package: `~ dpkg libc6 2.36 → 2.41`. */
export function packageLine({ manager, name, left, right }: PackageDifference): string {
  return visibleLine(`${mark(left, right)} ${manager} ${name} ${arrow(left, right)}`);
}

/** One line of a file: `~ /etc/motd 12 B → 20 B (content, mode 0644 → 0600)`. */
export function fileLine({ path, left, right, aspects }: FileDifference): string {
  const one = left ?? right;
  const size = arrow(sizeText(left), sizeText(right));
  const kind = one?.kind === 'file' ? '' : ` [${one?.kind}]`;
  const details = aspects.map((aspect) => {
    switch (aspect) {
      case 'mode':
        return `mode ${octal(left)} → ${octal(right)}`;
      case 'target':
        return `leads to ${left?.target} → ${right?.target}`;
      case 'kind':
        return `${left?.kind} → ${right?.kind}`;
      default:
        return aspect;
    }
  });
  const reason = details.length === 0 ? '' : ` (${details.join(', ')})`;
  return visibleLine(`${mark(left, right)} ${path}${size === '' ? '' : ` ${size}`}${kind}${reason}`);
}

function mark(left: unknown, right: unknown): string {
  return left === null ? '+' : right === null ? '-' : '~';
}

function arrow(left: string | null, right: string | null): string {
  if (left === null || right === null || left === right) return right ?? left ?? '';
  return `${left} → ${right}`;
}

function sizeText(entry: ComparedEntry | null): string | null {
  return entry?.sizeBytes == null ? null : formatBytes(entry.sizeBytes);
}

function octal(entry: ComparedEntry | null): string {
  return (entry?.mode ?? 0).toString(8).padStart(4, '0');
}

/** Hostile text as one line: what could move a cursor or turn the text around becomes visible. */
export function visibleLine(line: string): string {
  return line
    .replaceAll('\n', '\\n')
    .replace(unsafe, (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`);
}
