import type { HostId } from '#core/contract/ids.ts';
import { type BuildHost, installerPrograms } from '#core/runtime/definition/lintHost.ts';
import type { Dialect } from '#core/runtime/dialect.ts';
import type { HostRegistry } from './hostRegistry.ts';

/** A host → what the doctor knows of it as a machine that builds. Fails with runtime.missing, and as its line does. */
export async function builderOf(
  hosts: Pick<HostRegistry, 'runtime' | 'fact'>,
  id: HostId,
): Promise<{ readonly dialect: Dialect; readonly host: BuildHost }> {
  const { dialect, conditions } = await hosts.runtime(id);
  const missingTools = new Set<string>();
  for (const program of installerPrograms)
    if ((await hosts.fact(id, `has.${program}`)) === null) missingTools.add(program);
  const fakeroot = conditions?.fakeroot;
  return { dialect, host: { missingTools, ...(fakeroot === undefined ? {} : { fakeroot }) } };
}
