import { definitionLimitBytes } from '#core/contract/definitions.ts';
import type { HostPath } from '#core/contract/hostPath.ts';
import type { HostId } from '#core/contract/ids.ts';
import { WorkbenchError, workbenchError } from '#core/errors/workbenchError.ts';
import type { FileFacts, Host, HostFiles } from '#core/hosts/host.ts';
import { isDockerfile } from '#core/runtime/definition/dockerfileText.ts';
import type { BuildHost } from '#core/runtime/definition/lintHost.ts';
import type { Dialect } from '#core/runtime/dialect.ts';
import type { Definitions } from './definitions.ts';

/** The runtime that builds on a host, and what else the host has for it. */
export interface Builder {
  readonly dialect: Dialect;
  readonly host: BuildHost;
}

export interface DefinitionsOptions {
  readonly openHost: (id: HostId) => Promise<Pick<Host, 'files'>>;
  /** What the doctor knows of a host. Fails with runtime.missing. */
  readonly builderOf: (id: HostId) => Promise<Builder>;
}

/** Definition files of this machine and of ssh hosts. */
export function createDefinitions({ openHost, builderOf }: DefinitionsOptions): Definitions {
  /** A file can be written where nothing is installed that builds it. */
  async function builderOrNull(id: HostId): Promise<Builder | null> {
    try {
      return await builderOf(id);
    } catch (error) {
      if (error instanceof WorkbenchError && error.report.code === 'runtime.missing') return null;
      throw error;
    }
  }

  return {
    // Loaded at the first use: a start must not wait for the whole language.
    lint: async ({ text, hostId, buildArguments }) => {
      const { lintDefinition } = await import('#core/runtime/definition/lintDefinition.ts');
      const builder = hostId === null ? null : await builderOrNull(hostId);
      return lintDefinition(text, { dialect: null, ...builder, buildArguments });
    },
    read: async ({ hostId, path }) => await readText((await openHost(hostId)).files, path),
    write: async ({ hostId, path }, text, expectedModifiedAt) =>
      await writeText((await openHost(hostId)).files, { path, text, expectedModifiedAt }),
    templates: async () => (await import('./templates.ts')).templates,
    convertDockerfile: async (text) =>
      (await import('#core/runtime/definition/convertDockerfile.ts')).convertDockerfile(text),
    words: async () => (await import('#core/runtime/definition/definitionWords.ts')).definitionWords,
  };
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

async function readText(files: HostFiles, given: HostPath) {
  const path = await files.realPath(given);
  const facts = await files.stat(path);
  if (facts === null) throw workbenchError('host.pathMissing', { path });
  if (facts.kind !== 'file') throw invalid(path, 'it is not a file');
  // One byte more than is allowed tells that there is more, whatever the file did meanwhile.
  const bytes = await files.read(path, 0, definitionLimitBytes + 1);
  if (bytes.length > definitionLimitBytes)
    throw invalid(path, 'it is longer than 1 MiB, which no definition file is');
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch (cause) {
    throw workbenchError(
      'input.invalid',
      { field: 'the file', path, reason: 'it is not a text in UTF-8' },
      { cause },
    );
  }
  return { path, modifiedAt: facts.modifiedAt, text, isDockerfile: isDockerfile(text) };
}

async function writeText(
  files: HostFiles,
  {
    path: given,
    text,
    expectedModifiedAt,
  }: { readonly path: HostPath; readonly text: string; readonly expectedModifiedAt: number | null },
) {
  const before = await files.stat(given);
  // A link stays one: what it leads to is replaced.
  const path = before === null ? given : await files.realPath(given);
  if (!isExpected(before, expectedModifiedAt))
    throw workbenchError('input.changedOnDisk', { path, isGone: before === null });
  if (before !== null && before.kind !== 'file') throw invalid(path, 'it is not a file');
  if (new TextEncoder().encode(text).length > definitionLimitBytes)
    throw invalid(path, 'the text is longer than 1 MiB');
  await files.write(path, text, before === null ? 0o644 : before.mode & 0o777);
  const after = await files.stat(path);
  if (after === null) throw workbenchError('input.changedOnDisk', { path, isGone: true });
  return { path, modifiedAt: after.modifiedAt };
}

function isExpected(facts: FileFacts | null, expectedModifiedAt: number | null): boolean {
  return facts === null ? expectedModifiedAt === null : facts.modifiedAt === expectedModifiedAt;
}

function invalid(path: HostPath, reason: string) {
  return workbenchError('input.invalid', { field: 'the file', path, reason });
}
