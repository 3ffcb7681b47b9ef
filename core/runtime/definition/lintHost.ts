import type { FakerootMode } from '../hostConditions.ts';
import { headerOf } from './definitionDocument.ts';
import type { LintContext, StageView } from './lintContext.ts';

/** What is known of the machine that will build. Undefined is unknown, and nothing is said about it. */
export interface BuildHost {
  readonly fakeroot?: FakerootMode;
  /** Programs that were looked for and are not there: `debootstrap`. */
  readonly missingTools: ReadonlySet<string>;
}

/** Agents that install a distribution, and the programs of the host that do it: any one of them serves. */
const installers: Readonly<Record<string, readonly string[]>> = {
  debootstrap: ['debootstrap'],
  yum: ['dnf', 'yum'],
  dnf: ['dnf', 'yum'],
  zypper: ['zypper'],
  arch: ['pacstrap'],
};

/** Programs that `BuildHost` wants to know of. */
export const installerPrograms: readonly string[] = [...new Set(Object.values(installers).flat())];

/** What cannot be built on the machine that was chosen, whatever the runtime takes. */
export function lintHost(context: LintContext, host: BuildHost): void {
  for (const view of context.stages) lintInstaller(context, view, host);
}

function lintInstaller(
  { add }: LintContext,
  { stage, headerValue }: StageView,
  { fakeroot, missingTools }: BuildHost,
): void {
  const header = headerOf(stage, 'bootstrap');
  const agent = headerValue('bootstrap') ?? '';
  const programs = Object.hasOwn(installers, agent) ? (installers[agent] ?? []) : [];
  if (header === null || programs.length === 0) return;
  const at = { from: header.valueFrom, to: header.valueTo };
  if (programs.every((program) => missingTools.has(program)))
    add({
      code: 'host.toolMissing',
      severity: 'error',
      at,
      message: `The machine that builds has no ${programs.join(' and no ')}.`,
      detail:
        'Install it there, build on another host, or begin with an image of a registry (Bootstrap: docker).',
    });
  else if (fakeroot === 'rootMapped' || fakeroot === 'proot')
    add({
      code: 'host.noOwners',
      severity: 'error',
      at,
      message: `${agent} does not work without root or subordinate ids on the machine that builds.`,
      detail:
        'It gives files to several owners, and there only your own id is known. Begin with an image of a registry (Bootstrap: docker), or build on another host.',
    });
  else if (fakeroot === 'rootMappedWithCommand' || fakeroot === 'commandOnly')
    add({
      code: 'host.noOwners',
      severity: 'warning',
      at,
      message: `${agent} hardly works where owners are only pretended, as on the machine that builds.`,
      detail: 'Begin with an image of a registry (Bootstrap: docker), or build on another host.',
    });
}
