import { type HostPath, joinPath } from '#core/contract/hostPath.ts';
import type { ImageDetail } from '#core/contract/images.ts';
import type { HostFiles } from '#core/hosts/host.ts';
import { definitionSource, labelSource } from '#core/sif/definitionSource.ts';
import { parseLabels } from '#core/sif/metadata.ts';

/** A file of a sandbox is read up to this; it is as hostile as the image. */
const longestFile = 1024 * 1024;
const mostEnvironmentFiles = 200;
const mostApps = 200;

export interface SandboxFacts {
  readonly architecture: string | null;
  readonly source: string | null;
  readonly createdAt: number | null;
}

export type SandboxDetail = Pick<
  ImageDetail,
  'definition' | 'labels' | 'environment' | 'runscript' | 'startscript' | 'test' | 'help' | 'apps' | 'madeBy'
>;

/** What a row says of a sandbox, from its labels and definition. */
export async function readSandboxFacts(files: HostFiles, sandbox: HostPath): Promise<SandboxFacts> {
  const reader = await createSandboxReader(files, sandbox);
  const definition = await reader.text('.singularity.d/Singularity');
  const labels = await readLabels(reader);
  const labelOf = (name: string) => labels.find((label) => label.name === name)?.value ?? null;
  return {
    architecture: labelOf('org.label-schema.build-arch'),
    source: (definition === null ? null : definitionSource(definition)) ?? labelSource(labels),
    createdAt: await reader.modifiedAt('.singularity.d/labels.json'),
  };
}

/** Everything that the files of `.singularity.d` tell. Source of the names: apptainer internal/pkg/build/files. */
export async function readSandboxDetail(files: HostFiles, sandbox: HostPath): Promise<SandboxDetail> {
  const reader = await createSandboxReader(files, sandbox);
  const labels = await readLabels(reader);
  const version = labels.find(({ name }) =>
    /^org\.label-schema\.usage\.(apptainer|singularity)\.version$/.test(name),
  );
  return {
    definition: await reader.text('.singularity.d/Singularity'),
    labels,
    environment: await readEnvironment(reader),
    runscript: await reader.text('.singularity.d/runscript'),
    startscript: await reader.text('.singularity.d/startscript'),
    test: await reader.text('.singularity.d/test'),
    help: await reader.text('.singularity.d/runscript.help'),
    apps: await readApps(reader),
    madeBy:
      version === undefined ? null : `${version.name.split('.')[3] ?? ''} ${version.value}`.slice(0, 128),
  };
}

async function readLabels(reader: SandboxReader): Promise<{ name: string; value: string }[]> {
  const text = await reader.text('.singularity.d/labels.json');
  return text === null ? [] : [...parseLabels(new TextEncoder().encode(text))];
}

async function readEnvironment(reader: SandboxReader): Promise<{ file: string; text: string }[]> {
  const found: { file: string; text: string }[] = [];
  for (const name of (await reader.names('.singularity.d/env')).slice(0, mostEnvironmentFiles)) {
    const text = await reader.textAt('.singularity.d/env', name);
    if (text !== null) found.push({ file: `/.singularity.d/env/${name}`, text });
  }
  return found;
}

async function readApps(reader: SandboxReader): Promise<ImageDetail['apps']> {
  const apps: ImageDetail['apps'] = [];
  for (const name of (await reader.names('scif/apps')).slice(0, mostApps)) {
    const folder = `scif/apps/${name}/scif`;
    const help = await reader.textAt(folder, 'runscript.help' as HostPath);
    apps.push({ name, help, runscript: await reader.textAt(folder, 'runscript' as HostPath) });
  }
  return apps;
}

/** Reads below one folder only: a link that leads out of the sandbox is not followed. */
interface SandboxReader {
  /** `inside` is plain text, relative to the sandbox. */
  text(inside: string): Promise<string | null>;
  textAt(folder: string, name: HostPath): Promise<string | null>;
  names(inside: string): Promise<readonly HostPath[]>;
  modifiedAt(inside: string): Promise<number | null>;
}

async function createSandboxReader(files: HostFiles, sandbox: HostPath): Promise<SandboxReader> {
  const root = await files.realPath(sandbox);

  /** Null where nothing is, or it is outside. */
  async function locate(path: HostPath): Promise<HostPath | null> {
    const real = await files.realPath(path).catch(() => null); // missing, a dangling link, or closed to this user
    return real?.startsWith(`${root}/`) === true ? real : null;
  }

  async function textOf(path: HostPath): Promise<string | null> {
    const real = await locate(path);
    if (real === null) return null;
    const facts = await files.stat(real);
    if (facts?.kind !== 'file') return null;
    return new TextDecoder().decode(await files.read(real, 0, Math.min(longestFile, facts.sizeBytes)));
  }

  const below = (inside: string) => joinPath(root, inside as HostPath);
  return {
    text: (inside) => textOf(below(inside)).catch(() => null), // closed to this user: shown as absent
    textAt: (folder, name) => textOf(joinPath(below(folder), name)).catch(() => null), // the same
    async names(inside) {
      const real = await locate(below(inside));
      if (real === null) return [];
      const entries = await files.list(real).catch(() => []); // closed to this user, or no folder
      return entries.map(({ name }) => name).sort();
    },
    async modifiedAt(inside) {
      const real = await locate(below(inside));
      return real === null ? null : ((await files.stat(real))?.modifiedAt ?? null);
    },
  };
}
