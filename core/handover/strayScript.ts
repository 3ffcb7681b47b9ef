import { type HostPath, hostPathFromBytes } from '#core/contract/hostPath.ts';
import { overTree } from './layeredTree.ts';
import { keyLines, keyTest, tokenFileTest } from './secretFiles.ts';

/** What the find over a tree told of one entry. */
export interface FoundEntry {
  readonly kind: 'link' | 'foreign' | 'socket' | 'device' | 'unreadable' | 'setuid' | 'named' | 'key';
  readonly path: HostPath;
  /** Where a link leads; whose it is. */
  readonly detail: HostPath | null;
}

const kinds: Readonly<Record<string, FoundEntry['kind']>> = {
  L: 'link',
  F: 'foreign',
  S: 'socket',
  D: 'device',
  U: 'unreadable',
  I: 'setuid',
  N: 'named',
  K: 'key',
};

/**
 * One find over the tree of a workspace, and grep at the same time over the files that may be private keys: what find names
 * on descriptor 3 is looked into while it goes on. Records: a letter, the path below the tree, NUL, a detail, NUL; all as
 * base64.
 */
export const strayScript = overTree(String.raw`cd -- "$tree" || exit 74
me=$(id -u)
{ keys=$(find . -regextype posix-extended -xdev -mindepth 1 \
\( -type l \( -lname '/*' -o -lname '*..*' \) -printf 'L%P\0%l\0' \) , \
\( -type s -printf 'S%P\0\0' \) , \( \( -type b -o -type c \) -printf 'D%P\0\0' \) , \
\( -type f -perm /6000 -printf 'I%P\0%m\0' \) , \
\( -type f -size +0 \( ${tokenFileTest} \) -printf 'N%P\0\0' \) , \
\( ${keyTest} -fprint0 /dev/fd/3 \) , \
\( ! -type l ! -uid "$me" -printf 'F%P\0%u\0' -prune \) , \
\( \( -type f ! -readable -o -type d ! \( -readable -executable \) \) -printf 'U%P\0\0' -prune \) 2>/dev/null 3>&1 >&4 |
xargs -0 -r grep -lZ -a -m 1 ${keyLines} -- 2>/dev/null | base64)
printf %s "$keys" | base64 -d | { xargs -0 -r printf 'K%s\0\0' 2>/dev/null || :; }
printf '.'; } 4>&1 | base64`);

/** Output of `strayScript` → entries; null where it is not whole. */
export function parseStrays(output: string): readonly FoundEntry[] | null {
  const bytes = Buffer.from(output, 'base64');
  if (bytes.at(-1) !== 0x2e) return null;
  const found: FoundEntry[] = [];
  for (let at = 0; at < bytes.length - 1; ) {
    const kind = kinds[String.fromCharCode(bytes[at] ?? 0)];
    const end = bytes.indexOf(0, at);
    const last = bytes.indexOf(0, end + 1);
    if (kind === undefined || end < 0 || last < 0) return null;
    const path = bytes.subarray(at + 1, end);
    const start = path[0] === 0x2e && path[1] === 0x2f ? 2 : 0;
    const detail = bytes.subarray(end + 1, last);
    found.push({
      kind,
      path: hostPathFromBytes(path.subarray(start)),
      detail: detail.length === 0 ? null : hostPathFromBytes(detail),
    });
    at = last + 1;
  }
  return found;
}
