/**
 * What an engine surely leaves out of the folder of a Dockerfile, by its `.dockerignore` (containers/storage fileutils;
 * podman 4.3 and buildah 1.28 were run). Only plain lines are read: where one takes something in again (`!`), or has what
 * is not known here, nothing more is left out than is sure, since the engine itself reads the file again.
 */
export function leftOutOfContext(text: string): (relative: string) => boolean {
  const lines = text
    .replace(/^\ufeff/, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  if (lines.some((line) => line.startsWith('!'))) return () => false;
  const expressions = lines.flatMap((line) => lineExpression(line) ?? []);
  return (relative) => expressions.some((expression) => expression.test(relative));
}

/** Null for what is left to the engine. */
function lineExpression(line: string): RegExp | null {
  const parts = line.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.length === 0 || parts.includes('..') || /[\\[\]]/.test(line)) return null;
  const source = parts
    .join('/')
    .replaceAll(/[.+^${}()|]/g, '\\$&')
    .split(/(\*\*\/|\*+|\?)/)
    .map((piece) =>
      piece === '**/'
        ? '(?:.*/)?'
        : piece === '*'
          ? '[^/]*'
          : piece === '?'
            ? '[^/]'
            : /^\*+$/.test(piece)
              ? '.*'
              : piece,
    )
    .join('');
  return new RegExp(`^${source}$`, 'u');
}
