import type { PackageManager } from '#core/contract/compare.ts';

/** One installed package, as a database or a file name tells it. */
export interface InstalledPackage {
  readonly manager: PackageManager;
  readonly name: string;
  readonly version: string;
}

const longestField = 256;

/**
 * `var/lib/dpkg/status`, or a file of `status.d` (distroless): stanzas of fields. Packages that are not installed (their
 * configuration is kept) are left out. Source: deb-control(5); dpkg(1), package states.
 */
export function parseDpkgStatus(text: string): readonly InstalledPackage[] {
  return stanzas(text, /^([A-Za-z][\w-]*):[ \t]*(.*)$/).flatMap((fields) => {
    const status = fields.get('Status');
    if (status !== undefined && !status.endsWith(' installed')) return [];
    const name = fields.get('Package');
    const architecture = fields.get('Architecture');
    // Foreign architectures are installed beside the own one under the same name.
    const isForeign = fields.get('Multi-Arch') === 'same' && architecture !== undefined;
    return installed('dpkg', isForeign ? `${name}:${architecture}` : name, fields.get('Version'));
  });
}

/** `lib/apk/db/installed`: one letter a field. Source: Alpine wiki, "Apk spec". */
export function parseApkInstalled(text: string): readonly InstalledPackage[] {
  return stanzas(text, /^([A-Za-z]):(.*)$/).flatMap((fields) =>
    installed('apk', fields.get('P'), fields.get('V')),
  );
}

/**
 * A path of a file of a package whose name and version are in that path: Python's `NAME-VERSION.dist-info/METADATA` and
 * `NAME-VERSION[-pyX.Y].egg-info` in a folder of packages, conda's `conda-meta/NAME-VERSION-BUILD.json`. Null for others.
 * Source: packaging.python.org "Recording installed projects"; setuptools "The Internal Structure of Python Eggs";
 * conda-build "Conda package specification".
 */
export function packageOfPath(path: string): InstalledPackage | null {
  const python =
    /(?:^|\/)(?:site|dist)-packages\/([^/]+?)-([^/-]+)\.dist-info\/METADATA$/.exec(path) ??
    /(?:^|\/)(?:site|dist)-packages\/([^/]+?)-([^/-]+)(?:-py[\d.]+)?\.egg-info(?:\/PKG-INFO)?$/.exec(path);
  if (python !== null) return installed('pip', normalised(python[1] ?? ''), python[2])[0] ?? null;
  const conda = /(?:^|\/)conda-meta\/([^/]+)-([^/-]+)-([^/-]+)\.json$/.exec(path);
  return conda === null ? null : (installed('conda', conda[1], `${conda[2]} ${conda[3]}`)[0] ?? null);
}

/** PEP 503: case and the runs of `-_.` mean nothing in a name. */
function normalised(name: string): string {
  return name.toLowerCase().replaceAll(/[-_.]+/g, '-');
}

function installed(
  manager: PackageManager,
  name: string | undefined,
  version: string | undefined,
): readonly InstalledPackage[] {
  if (name === undefined || name === '' || version === undefined || version === '') return [];
  return [{ manager, name: name.slice(0, longestField), version: version.slice(0, longestField) }];
}

function stanzas(text: string, field: RegExp): readonly ReadonlyMap<string, string>[] {
  const found: Map<string, string>[] = [];
  let current = new Map<string, string>();
  for (const line of text.split('\n')) {
    if (line.trim() === '') {
      if (current.size > 0) found.push(current);
      current = new Map();
      continue;
    }
    const match = field.exec(line);
    if (match?.[1] !== undefined && !current.has(match[1])) current.set(match[1], (match[2] ?? '').trim());
  }
  if (current.size > 0) found.push(current);
  return found;
}
