const defaultKeepBytes = 1024 * 1024;

/** Keeps the end of a stream, at most `keepBytes` characters (1 Mi by default). */
export function tailKeeper(keepBytes = defaultKeepBytes): { add(text: string): void; text(): string } {
  let parts: string[] = [];
  let length = 0;
  return {
    add(text) {
      parts.push(text);
      length += text.length;
      if (length > keepBytes * 2) {
        const kept = parts.join('').slice(-keepBytes);
        parts = [kept];
        length = kept.length;
      }
    },
    text: () => parts.join('').slice(-keepBytes),
  };
}

const longestLine = 64 * 1024;

/** Chunks → lines, split at `\n`, `\r\n` or a lone `\r` (a progress bar's). A line longer than 64 Ki is cut there. */
export function lineSplitter(onLine: (line: string) => void): { add(text: string): void; end(): void } {
  let rest = '';
  return {
    add(text) {
      rest += text;
      const lines = rest.split(/\r\n|\n|\r(?!$)/);
      rest = lines.pop() ?? '';
      for (const line of lines) onLine(line);
      while (rest.length > longestLine) {
        onLine(rest.slice(0, longestLine));
        rest = rest.slice(longestLine);
      }
    },
    end() {
      const last = rest.endsWith('\r') ? rest.slice(0, -1) : rest;
      rest = '';
      if (last !== '') onLine(last);
    },
  };
}
