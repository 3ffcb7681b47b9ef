import { type HostPath, hostPathFromBytes } from '#core/contract/hostPath.ts';

/** Entries with traces of software that are looked at; a tree with more of them tells no less by then. */
const mostMarks = 200_000;

/** What one `find` over a tree tells. */
export interface TreeMarks {
  /** On its disk; a file with several names counts once. */
  readonly bytes: number;
  /** Everything that is no folder. */
  readonly files: number;
  /** Traces of software: paths below the tree, without control characters. */
  readonly marks: readonly Mark[];
}

export interface Mark {
  readonly kind:
    | 'spack'
    | 'spackDatabase'
    | 'spackPackage'
    | 'conda'
    | 'condaPackage'
    | 'venv'
    | 'pythonPackage'
    | 'rPackage'
    | 'program';
  readonly path: string;
}

const kinds: Readonly<Record<string, Mark['kind']>> = {
  s: 'spack',
  S: 'spackDatabase',
  p: 'spackPackage',
  c: 'conda',
  C: 'condaPackage',
  v: 'venv',
  P: 'pythonPackage',
  r: 'rPackage',
  b: 'program',
};

/**
 * `TREE…`: one `find` over each tree, summed on the host: a line `= BLOCKS FILES` (of 512 bytes), and a line for each trace
 * of software. Names with control characters are counted and otherwise passed over: no program lives below such a name.
 * Sources: spack lib/spack/spack/store (`.spack-db`, `.spack/spec.json`), conda-meta of conda's docs, PEP 405 (`pyvenv.cfg`),
 * PEP 376/427 (`*.dist-info`), R-exts (`Meta/package.rds`).
 */
export const measureScript = `[ -d "$1" ] || exit 74
for t do cd -- "$t" || exit 74
find . -xdev -mindepth 1 -printf '%y %b %n %D:%i\\n' \\( -path '*[[:cntrl:]]*' -o \\
-path '*/.spack/spec.json' -type f -printf '+p%P\\n' -o \\
-path '*/conda-meta/*.json' -type f -printf '+C%P\\n' -o \\
-path '*/conda-meta/history' -type f -printf '+c%P\\n' -o \\
-path '*/lib/spack/spack/__init__.py' -type f -printf '+s%P\\n' -o \\
-path '*/.spack-db/index.json' -type f -printf '+S%P\\n' -o \\
-name pyvenv.cfg -type f -printf '+v%P\\n' -o \\
-path '*/site-packages/*.dist-info' -type d -printf '+P%P\\n' -o \\
-path '*/Meta/package.rds' -type f -printf '+r%P\\n' -o \\
-regex '\\./\\(\\.local/\\|local/\\|usr/\\|opt/\\)?bin/[^/]*' ! -type d -perm /111 -printf '+b%P\\n' -o \\
-regex '\\./[^/]*/bin/[^/]*' ! -type d -perm /111 -printf '+b%P\\n' \\) 2>/dev/null
done | awk '/^\\+/ { if (n++ < ${mostMarks}) print; next }
$1 == "d" { b += $2; next }
{ f++; if ($3 > 1) { if ($4 in seen) next; seen[$4] = 1 } b += $2 }
END { printf "= %.0f %.0f\\n", b, f }' | base64`;

/** Output of `measureScript` → what it found. Null where the output is not whole. */
export function parseMeasure(output: string): TreeMarks | null {
  const marks: Mark[] = [];
  let sum: readonly number[] | null = null;
  for (const line of Buffer.from(output, 'base64').toString('latin1').split('\n')) {
    const kind = kinds[line[1] ?? ''];
    if (line.startsWith('+') && kind !== undefined) marks.push({ kind, path: line.slice(2) });
    if (line.startsWith('= ')) sum = line.slice(2).split(' ').map(Number);
  }
  const [blocks, files] = sum ?? [];
  if (blocks === undefined || files === undefined || !Number.isFinite(blocks + files)) return null;
  return { bytes: blocks * 512, files, marks };
}

/** A path of a mark (a character for each byte) as the contract has it: `./spack`. */
export function markedPath(path: string): HostPath {
  return hostPathFromBytes(Buffer.from(path === '' ? '.' : `./${path}`, 'latin1'));
}
