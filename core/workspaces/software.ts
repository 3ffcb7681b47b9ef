import type { Software } from '#core/contract/workspaces.ts';
import { type Mark, markedPath } from './measureScript.ts';

const mostSoftware = 256;

/** Software as its traces tell, and the file below the tree that says its version; null where no file needs to be read. */
export interface FoundSoftware extends Omit<Software, 'path'> {
  /** Below the tree, a character for each byte; empty is the tree itself. */
  readonly root: string;
  readonly versionFile: string | null;
}

/**
 * Traces in a tree → the software in it. What lies in a Spack or conda tree or a venv belongs to it and is not named again,
 * but for conda environments inside conda.
 */
export function findSoftware(marks: readonly Mark[]): readonly FoundSoftware[] {
  const of = (kind: Mark['kind']) => marks.filter((mark) => mark.kind === kind).map(({ path }) => path);
  const spack = spackTrees(of('spack'), of('spackDatabase'), of('spackPackage'));
  const isInSpack = (root: string) => spack.some((tree) => isBelow(root, tree.root));
  const conda = condaTrees(of('conda'), of('condaPackage')).filter(({ root }) => !isInSpack(root));
  const isTaken = (root: string) => isInSpack(root) || conda.some((tree) => isBelow(root, tree.root));
  const venvs = venvTrees(of('venv'), of('pythonPackage')).filter(({ root }) => !isTaken(root));
  const libraries = rLibraries(of('rPackage')).filter(({ root }) => !isTaken(root));
  const isOwned = (root: string) => isTaken(root) || venvs.some((tree) => isBelow(root, tree.root));
  const programs = programFolders(of('program')).filter(({ root }) => !isOwned(root));
  const inOrder = (found: readonly FoundSoftware[]) =>
    [...found].sort((left, right) => (left.root < right.root ? -1 : 1));
  return [spack, conda, venvs, libraries, programs].flatMap(inOrder).slice(0, mostSoftware);
}

/** What a found piece of software is called in a manifest, with the version that its file told. */
export function softwareOf(found: FoundSoftware, text: string | null): Software {
  const { kind, root, count } = found;
  const version = found.version ?? (text === null ? null : versionIn(kind, text));
  return { kind, path: markedPath(root), count, version };
}

/** A Spack checkout; a store of packages that is in none counts for itself. */
function spackTrees(
  checkouts: readonly string[],
  databases: readonly string[],
  packages: readonly string[],
): readonly FoundSoftware[] {
  const roots = checkouts.map((path) => cut(path, 'lib/spack/spack/__init__.py'));
  const stores = databases
    .map((path) => cut(path, '.spack-db/index.json'))
    .filter((store) => !roots.some((root) => isBelow(store, root)));
  return outermost([...roots, ...stores]).map((root) => ({
    kind: 'spack',
    root,
    count: packages.filter((path) => isBelow(path, root)).length,
    version: null,
    versionFile: roots.includes(root) ? join(root, 'lib/spack/spack/__init__.py') : null,
  }));
}

/** A conda environment is where `conda-meta/history` is; its packages are the files beside it. */
function condaTrees(histories: readonly string[], packages: readonly string[]): readonly FoundSoftware[] {
  return histories.map((path) => {
    const root = cut(path, 'conda-meta/history');
    const folder = join(root, 'conda-meta/');
    const names = packages.filter((name) => name.startsWith(folder)).map((name) => name.slice(folder.length));
    const python = names.map((name) => /^python-(\d[\w.]*)-[^-]*\.json$/.exec(name)?.[1]).find(Boolean);
    return {
      kind: 'conda',
      root,
      count: names.length,
      version: python === undefined ? null : `Python ${python}`,
      versionFile: null,
    };
  });
}

function venvTrees(files: readonly string[], packages: readonly string[]): readonly FoundSoftware[] {
  return files.map((path) => {
    const root = cut(path, 'pyvenv.cfg');
    return {
      kind: 'venv',
      root,
      count: packages.filter((name) => isBelow(name, root)).length,
      version: null,
      versionFile: path,
    };
  });
}

function rLibraries(packages: readonly string[]): readonly FoundSoftware[] {
  return [...grouped(packages.map((path) => cut(path, 'Meta/package.rds')))].map(([root, names]) => ({
    kind: 'r',
    root,
    count: names.length,
    version: null,
    versionFile: join(names[0] ?? '', 'DESCRIPTION'),
  }));
}

function programFolders(programs: readonly string[]): readonly FoundSoftware[] {
  return [...grouped(programs)].map(([root, names]) => ({
    kind: 'bin',
    root,
    count: names.length,
    version: null,
    versionFile: null,
  }));
}

/** Paths by the folder that they lie in. */
function grouped(paths: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const path of paths) {
    const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')));
    const group = groups.get(folder);
    if (group === undefined) groups.set(folder, [path]);
    else group.push(path);
  }
  return groups;
}

/** Source: spack/__init__.py (`__version__ = "0.23.0"`, before 0.22 `spack_version`), PEP 405, DESCRIPTION's `Built:`. */
function versionIn(kind: Software['kind'], text: string): string | null {
  const pattern = {
    spack: /^(?:__version__|spack_version)\s*=\s*["']([\w.+-]{1,64})["']/m,
    venv: /^version(?:_info)?\s*=\s*([\w.+-]{1,64})/m,
    r: /^Built:\s*R ([\d.]{1,32})/m,
    conda: null,
    bin: null,
  }[kind];
  const version = pattern?.exec(text)?.[1] ?? null;
  if (version === null) return null;
  return kind === 'venv' ? `Python ${version}` : kind === 'r' ? `R ${version}` : version;
}

function cut(path: string, end: string): string {
  return path.slice(0, Math.max(0, path.length - end.length - 1));
}

function join(root: string, name: string): string {
  return root === '' ? name : `${root}/${name}`;
}

function isBelow(path: string, root: string): boolean {
  return root === '' || path === root || path.startsWith(`${root}/`);
}

function outermost(roots: readonly string[]): readonly string[] {
  const unique = [...new Set(roots)];
  return unique.filter((root) => !unique.some((other) => other !== root && isBelow(root, other)));
}
