import { type HostPath, hostPathFromBytes, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';

/**
 * `MARKER PARENT…`: everything that a list needs, in one go: names, manifests, snapshots, leases with what the host knows
 * of their processes. A record is MARKER, a letter, fields that end with NUL, and the content of a file; base64 over all.
 */
export const listScript = `m=$1; shift
b=; n=; { read -r b </proc/sys/kernel/random/boot_id; read -r n </proc/sys/kernel/hostname; } 2>/dev/null
[ -n "$n" ] || n=$(uname -n)
{ printf '%sN%s\\0%s\\0' "$m" "$n" "$b"
for p do printf '%sP%s\\0' "$m" "$p"
( cd -- "$p" 2>/dev/null || { [ ! -e "$p" ] || printf '%sX' "$m"; exit; }
[ -r . ] || printf '%sX' "$m"
find . -mindepth 1 -maxdepth 4 \\( \\
-regex '\\./[^/]*' \\( \\( ! -type d -o -name '.*' \\) -prune -o -printf "\${m}D%P\\0" \\) \\
-o -regex '\\./[^/]*/[^/]*' \\( -name workspace.json -type f -size -512k -printf "\${m}F%P\\0" -exec cat -- {} \\; \\
-o -name workspace.json -prune -printf "\${m}B%P\\0" \\
-o \\( -name home -o -name upper -o -name lower \\) -type d -prune -printf "\${m}H%P\\0%T@\\0" \\
-o -type d \\( -name leases -o -name snapshots \\) -o -prune \\) \\
-o -regex '\\./[^/]*/[^/]*/[^/]*' \\( -path '*/leases/*.json' -type f -size -64k -printf "\${m}F%P\\0" -exec cat -- {} \\; \\
-o -path '*/snapshots/.restoring-*' -prune -printf "\${m}R%P\\0" -o -name '.*' -prune -o -path '*/snapshots/*' -type d -o -prune \\) \\
-o -name snapshot.json -type f -size -64k -printf "\${m}F%P\\0" -exec cat -- {} \\; -o -prune \\) 2>/dev/null
for l in */leases/*.json; do q=\${l##*/}; q=\${q%.json}; q=\${q%-*}; q=\${q##*-}
case $q in ''|*[!0-9]*) continue;; esac
[ -r "/proc/$q/stat" ] && read -r s <"/proc/$q/stat" && printf '%sS%s\\0%s\\0' "$m" "$l" "$s"
done )
done; } 2>/dev/null | base64`;

/** How files in the folder of a workspace are called that say who works on it. */
export const lockPrefix = '.working-';
/** The same of whoever unpacks the packed file below it: beside each other only they cannot be. */
export const unpackLockPrefix = '.unpacking-';

/** A workspace's folder as it lies there: bytes, not yet believed. */
export interface ListedFolder {
  readonly path: HostPath;
  readonly manifest: Uint8Array | null;
  /** There is something of that name, but no file of a sane size. */
  readonly isManifestStrange: boolean;
  /** When the tree's first folder changed, milliseconds since 1970; null without a tree. */
  readonly homeAt: number | null;
  readonly upperAt: number | null;
  /** The same of the plain files below own writes. */
  readonly lowerAt: number | null;
  /** `snapshot.json` by the name of its folder. */
  readonly snapshots: ReadonlyMap<string, Uint8Array>;
  readonly leases: readonly {
    readonly name: HostPath;
    readonly bytes: Uint8Array;
    readonly processStat: string | null;
  }[];
  /** Names in `snapshots/` of restorings that were cut. */
  readonly restorings: readonly HostPath[];
}

export interface Listing {
  readonly node: string;
  readonly bootId: string;
  readonly folders: readonly ListedFolder[];
  /** Folders of workspaces that could not be read. */
  readonly unreadable: readonly HostPath[];
}

type Building = {
  -readonly [Key in keyof ListedFolder]: ListedFolder[Key] extends ReadonlyMap<infer Name, infer Value>
    ? Map<Name, Value>
    : ListedFolder[Key] extends readonly (infer Entry)[]
      ? Entry[]
      : ListedFolder[Key];
};

/** Output of `listScript` → what it found. Null where the output is not whole. */
export function parseListing(output: string, marker: string): Listing | null {
  const records = splitRecords(Buffer.from(output, 'base64'), marker);
  const [first, ...rest] = records;
  if (first === undefined || first.kind !== 'N') return null;
  const [node = '', bootId = ''] = first.fields(2).map((field) => field.toString('utf8'));
  const folders: Building[] = [];
  const unreadable: HostPath[] = [];
  let parent = hostPathFromText('/');
  let byName = new Map<string, Building>();
  for (const record of rest) {
    const [name = Buffer.alloc(0), second = Buffer.alloc(0)] = record.fields(2);
    const [folder = '', ...below] = name.toString('latin1').split('/');
    const known = byName.get(folder);
    switch (record.kind) {
      case 'P':
        parent = hostPathFromBytes(name);
        byName = new Map();
        break;
      case 'X':
        unreadable.push(parent);
        break;
      case 'D': {
        const found = emptyFolder(joinPath(parent, hostPathFromBytes(name)));
        byName.set(folder, found);
        folders.push(found);
        break;
      }
      default:
        if (known !== undefined)
          take(known, { kind: record.kind, below, second, content: record.content(1) });
    }
  }
  return { node, bootId, folders, unreadable };
}

interface Found {
  readonly kind: string;
  /** Names below the folder, a character for each byte. */
  readonly below: readonly string[];
  readonly second: Buffer;
  readonly content: Buffer;
}

function take(folder: Building, { kind, below, second, content }: Found): void {
  const [first = '', name = ''] = below;
  const escaped = () => hostPathFromBytes(Buffer.from(name, 'latin1'));
  switch (kind) {
    case 'B':
      folder.isManifestStrange = true;
      return;
    case 'H':
      folder[timeOf(first)] = Math.round(Number(second.toString('latin1')) * 1000);
      return;
    case 'R':
      folder.restorings.push(escaped());
      return;
    case 'S':
      for (const lease of folder.leases)
        if (lease.name === escaped()) Object.assign(lease, { processStat: second.toString('utf8') });
      return;
    case 'F':
      if (first === 'workspace.json') folder.manifest = content;
      else if (first === 'snapshots') folder.snapshots.set(name, content);
      else folder.leases.push({ name: escaped(), bytes: content, processStat: null });
  }
}

function timeOf(name: string): 'homeAt' | 'upperAt' | 'lowerAt' {
  return name === 'home' ? 'homeAt' : name === 'upper' ? 'upperAt' : 'lowerAt';
}

function emptyFolder(path: HostPath): Building {
  return {
    path,
    manifest: null,
    isManifestStrange: false,
    homeAt: null,
    upperAt: null,
    lowerAt: null,
    snapshots: new Map(),
    leases: [],
    restorings: [],
  };
}

interface ListRecord {
  readonly kind: string;
  /** The first fields. */
  fields(count: number): readonly Buffer[];
  /** What comes after so many fields. */
  content(fields: number): Buffer;
}

/** Bytes → records: the marker, a letter, and what comes until the next marker. */
export function splitRecords(bytes: Buffer, marker: string): readonly ListRecord[] {
  const records: ListRecord[] = [];
  const mark = Buffer.from(marker, 'latin1');
  for (let at = bytes.indexOf(mark); at >= 0; ) {
    const next = bytes.indexOf(mark, at + mark.length);
    records.push(recordOf(bytes.subarray(at + mark.length, next < 0 ? bytes.length : next)));
    at = next;
  }
  return records;
}

function recordOf(bytes: Buffer): ListRecord {
  const cut = (count: number) => {
    const fields: Buffer[] = [];
    let at = 1;
    while (fields.length < count) {
      const end = bytes.indexOf(0, at);
      if (end < 0) break;
      fields.push(bytes.subarray(at, end));
      at = end + 1;
    }
    return { fields, rest: bytes.subarray(at) };
  };
  return {
    kind: bytes.toString('latin1', 0, 1),
    fields: (count) => cut(count).fields,
    content: (fields) => cut(fields).rest,
  };
}
