import type { Verdict } from '#core/contract/hosts.ts';
import type { RuntimeProduct } from '#core/contract/runtime.ts';
import { securityNotices } from '#core/runtime/securityNotices.ts';
import type { Probe } from './probe.ts';
import type { ChosenRuntime } from './probedRuntime.ts';
import { administratorCan, verdictsOf, youCan } from './verdict.ts';

const { works, risk, blocked } = verdictsOf('runtime');

/** Which runtime is used, its known weaknesses, and what its installation or the site's policy breaks. */
export function runtimeVerdicts(probe: Probe): readonly Verdict[] {
  const { chosen } = probe;
  if (chosen === null) return [missing(probe)];
  return [
    used(probe, chosen),
    ...noticeVerdicts(chosen),
    ...installationVerdicts(chosen),
    ...policyVerdicts(chosen),
  ];
}

function missing({ values }: Probe): Verdict {
  const offered = (values.get('moduleOffers') ?? '').split(' ').filter((name) => name !== '');
  const newest = offered.at(-1);
  if (newest !== undefined)
    return blocked('runtime', {
      sentence: 'The runtime here is a module that is not loaded.',
      fact: `The site's modules have ${offered.join(', ')}. Put the line below into this host's init lines.`,
      fix: youCan(`module load ${newest}`),
    });
  return blocked('runtime', {
    sentence: 'There is no container runtime here.',
    fact: 'Neither apptainer nor singularity was found in PATH, the login shell’s PATH, the usual folders or the modules.',
    fix: null,
  });
}

function used({ facts }: Probe, { installation, foundIn }: ChosenRuntime): Verdict {
  const others = facts.runtimes.length - 1;
  const parts = [
    `${installation.path}${others === 0 ? '' : `, chosen among ${others + 1} installations`}`,
    ...(foundIn === 'login' ? ['only the login shell’s PATH has it'] : []),
    ...(installation.knowledge === 'run'
      ? []
      : ['this version is known from documentation, not run in our tests']),
  ];
  return works('runtime', {
    sentence: `${productName(installation.product)} ${installation.version} is used here.`,
    fact: `${parts.join('; ')}.`,
  });
}

function noticeVerdicts({ dialect }: ChosenRuntime): readonly Verdict[] {
  return securityNotices(dialect).map((notice) =>
    risk(`security.${notice.id}`, {
      sentence: `This version has a known weakness, mended in ${notice.fixedIn}.`,
      fact: `${notice.id}: ${notice.text}${notice.isUncertain ? ' It matters only for a setuid installation.' : ''}`,
      fix: administratorCan(`Update ${productName(dialect.product)} to ${notice.fixedIn} or newer`),
    }),
  );
}

function installationVerdicts({ starter, configurationFile, installation }: ChosenRuntime) {
  const found: Verdict[] = [];
  if (starter === 'plain')
    found.push(
      risk('starter', {
        sentence: 'The setuid starter has lost its right, so it is not used.',
        fact: 'starter-suid is there without the setuid bit: the installation was copied, or lies on a nosuid file system.',
        fix: administratorCan(`Install ${productName(installation.product)} again from its package`),
      }),
    );
  if (configurationFile !== null && configurationFile.state !== 'readable')
    found.push(
      risk('configuration', {
        sentence:
          configurationFile.state === 'missing'
            ? 'The runtime’s configuration is missing, so it will not start.'
            : 'The site’s configuration cannot be read, so its switches are unknown.',
        fact: `${configurationFile.path} is ${configurationFile.state}.`,
        fix: administratorCan(
          configurationFile.state === 'missing'
            ? `Install ${productName(installation.product)} again from its package`
            : `sudo chmod 644 ${configurationFile.path}`,
        ),
      }),
    );
  return found;
}

const policies: readonly { readonly setting: string; readonly what: string }[] = [
  { setting: 'allow container sif', what: 'SIF images' },
  { setting: 'allow container dir', what: 'sandboxes' },
  { setting: 'allow container squashfs', what: 'bare squashfs images' },
  { setting: 'allow container extfs', what: 'ext3 images' },
  { setting: 'allow container encrypted', what: 'encrypted images' },
];
const limits = ['limit container owners', 'limit container groups', 'limit container paths'];

/** What the administrator does not let run. Only a setuid installation can enforce it, but says so in any case. */
function policyVerdicts({ setting, hasExecutionControl, configurationFile, installation }: ChosenRuntime) {
  const file = configurationFile?.path ?? 'the configuration';
  const refused = policies.filter((policy) => setting(policy.setting) === 'no');
  const found = refused.map((policy) =>
    risk(`policy.${policy.setting.split(' ').at(-1)}`, {
      sentence: `The site does not let you run ${policy.what}.`,
      fact: `${file} says: ${policy.setting} = no.`,
      fix: administratorCan(
        `sudo ${nameOfProgram(installation.product)} config global --set "${policy.setting}" yes`,
      ),
    }),
  );
  const limited = limits.filter((name) => !['', 'NULL', null].includes(setting(name)));
  if (limited.length > 0 || hasExecutionControl)
    found.push(
      risk('policy.limits', {
        sentence: 'The site lets only certain images run.',
        fact: [
          ...limited.map((name) => `${name} = ${setting(name)}`),
          ...(hasExecutionControl ? ['an execution control list is active'] : []),
        ]
          .join('; ')
          .concat('.'),
        fix: null,
      }),
    );
  return found;
}

/** `apptainer` → `Apptainer`. */
export function productName(product: RuntimeProduct): string {
  const names = { apptainer: 'Apptainer', 'singularity-ce': 'SingularityCE', singularity: 'Singularity' };
  return names[product];
}

function nameOfProgram(product: RuntimeProduct): string {
  return product === 'apptainer' ? 'apptainer' : 'singularity';
}
