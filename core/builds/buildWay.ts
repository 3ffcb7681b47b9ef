import type { BuildPlan } from '#core/contract/builds.ts';
import type { Runtime } from '#core/runtime/action.ts';
import type { FakerootMode } from '#core/runtime/hostConditions.ts';
import type { BuildRequest } from './buildRequest.ts';

type Way = BuildPlan['way'];

/** How the runtime gets the rights that a build needs on its host, in words, and what will not work with it. */
export function buildWay(
  { conditions, dialect }: Pick<Runtime, 'conditions' | 'dialect'>,
  request: Pick<BuildRequest, 'byHand' | 'definition' | 'options'>,
  sudo: SudoChoice,
): Way {
  if (sudo.isChosen) return sudoWay(request, sudo);
  const mode = conditions?.fakeroot ?? 'none';
  const isUnknown = conditions?.fakeroot === undefined;
  const agents = new Set(request.definition.outline.bases.map(({ agent }) => agent));
  const isSandboxOnly = mode === 'commandOnly' && request.options.form !== 'sandbox';
  return {
    mode,
    canBuild: isUnknown || (mode !== 'none' && !isSandboxOnly),
    sentence: isUnknown
      ? 'How this machine gives rights to a build is not known; the runtime will choose.'
      : sentences[mode],
    limits: [...limitsOf(mode, agents), ...(isSandboxOnly ? ['Only a sandbox can be built this way.'] : [])],
    // Executed by the project's tests: as root, subordinate ids, and the two root-mapped ways of Apptainer.
    isFromDocumentation:
      conditions?.setuid === 'yes' ||
      mode === 'commandOnly' ||
      mode === 'proot' ||
      dialect.knowledge !== 'run',
    asRoot: mode === 'root' ? null : `sudo ${request.byHand}`,
    canSudo: mode !== 'root' && sudo.state === 'there',
  };
}

/** Whether root is wanted, and what is known of sudo on the host that builds. */
export interface SudoChoice {
  readonly isChosen: boolean;
  readonly state: 'there' | 'missing' | 'blocked';
  /** An ssh host: the terminal is at the end of a line. */
  readonly isElsewhere: boolean;
}

function sudoWay(
  { byHand, options }: Pick<BuildRequest, 'byHand' | 'options'>,
  { state, isElsewhere }: SudoChoice,
): Way {
  const canSudo = state === 'there';
  return {
    mode: 'sudo',
    canBuild: canSudo,
    sentence: canSudo
      ? `Root through sudo: every kind of base and every package works. A terminal opens${isElsewhere ? ' on that host' : ''}, and sudo asks for your password there; the workbench does not see it. The image is yours.`
      : sudoSentences[state],
    limits: canSudo
      ? [
          ...(isElsewhere
            ? ['The build hangs on its terminal: it ends when the line is cut, or the workbench is closed.']
            : []),
          'Root must be able to read the files that the definition names: home folders on NFS often keep root out.',
          ...(options.form === 'sandbox'
            ? [
                'All files of the sandbox become yours, so that you can change and remove it: owners in it are lost. A SIF keeps them.',
              ]
            : []),
        ]
      : [],
    isFromDocumentation: false,
    asRoot: `sudo ${byHand}`,
    canSudo,
  };
}

const sudoSentences: Readonly<Record<Exclude<SudoChoice['state'], 'there'>, string>> = {
  missing: 'There is no sudo on that machine.',
  blocked:
    'sudo is there, but cannot become root from here: what starts programs there does it with “no new privileges”.',
};

const sentences: Readonly<Record<FakerootMode, string>> = {
  root: 'Root builds: every kind of base and every package works.',
  subuid: 'Subordinate ids: you are root inside, with 65,536 ids of your own. Packages can be installed.',
  rootMappedWithCommand:
    'Only your own id is root inside, and the fakeroot command pretends the others: most packages can be installed.',
  rootMapped: 'Only your own id is root inside: a build that gives files to other owners fails.',
  commandOnly: 'The setuid starter with the fakeroot command alone: sandboxes only.',
  proot: 'proot stands in for root, slowly.',
  none: 'Nothing on this machine lets an ordinary user build from a definition file.',
};

const distributionAgents = ['debootstrap', 'yum', 'dnf', 'zypper', 'arch'];

function limitsOf(mode: FakerootMode, agents: ReadonlySet<string>): string[] {
  const used = distributionAgents.filter((agent) => agents.has(agent));
  const needsDistribution = used.length > 0;
  switch (mode) {
    case 'root':
    case 'none':
      return [];
    case 'subuid':
      return [];
    case 'rootMapped':
      return [
        'Packages whose files belong to other owners cannot be installed in %post.',
        'A SIF with files of several owners cannot be its base.',
        ...(needsDistribution ? [`The base by ${used.join(', ')} will not work.`] : []),
      ];
    case 'rootMappedWithCommand':
    case 'commandOnly':
      return [
        'Owners of files are only pretended: in the image everything belongs to root.',
        '%post fails where the C library of the image is older than that of the machine.',
        ...(needsDistribution ? [`The base by ${used.join(', ')} is unlikely to work.`] : []),
      ];
    case 'proot':
      return needsDistribution ? [`The base by ${used.join(', ')} does not work with proot.`] : [];
  }
}
