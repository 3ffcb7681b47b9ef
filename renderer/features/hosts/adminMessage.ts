import type { Diagnosis, Host, Verdict } from '#core/contract/hosts.ts';
import { textOf } from '#renderer/i18n/i18n.ts';
import { chosenRuntime } from '#renderer/state/hosts.ts';

/**
 * A diagnosis as a message that a user can send to the administrator: what the user cannot mend, why, the line that
 * mends it, and what cannot be used because of it. Where nothing needs an administrator, what works.
 */
export function adminMessage(host: Host, { verdicts, features }: Diagnosis): string {
  const trouble = verdicts.filter(({ level, fix }) => level !== 'works' && fix?.who !== 'you');
  const told = trouble.length === 0 ? verdicts.filter(({ level }) => level === 'works') : trouble;
  const missing = features.filter(({ here }) => here === 'no' || here === 'limited');
  const greeting = trouble.length === 0 ? 'hosts:message.allWell' : 'hosts:message.greeting';
  return [
    textOf(greeting, {
      host: host.address ?? host.label,
      system: host.facts?.operatingSystem ?? '?',
      kernel: host.facts?.kernel ?? '?',
      architecture: host.facts?.architecture ?? '?',
    }),
    '',
    ...told.map(verdictText),
    ...(trouble.length === 0 || missing.length === 0
      ? []
      : [
          '',
          textOf('hosts:message.features'),
          '',
          ...missing.map(({ title, reason }) => `- ${title}: ${reason}`),
        ]),
    ...aboutText(host),
  ].join('\n');
}

function verdictText({ sentence, fact, fix }: Verdict): string {
  return [
    `- ${sentence}`,
    `  ${fact}`,
    ...(fix === null ? [] : [`  ${textOf('hosts:message.fix', { command: fix.command })}`]),
  ].join('\n');
}

function aboutText(host: Host): readonly string[] {
  if (host.facts === null) return [];
  const runtime = chosenRuntime(host);
  return [
    '',
    textOf('hosts:message.about', {
      user: host.facts.userName,
      uid: host.facts.uid,
      runtime:
        runtime === null
          ? textOf('hosts:message.noRuntime')
          : `${textOf(`hosts:product.${runtime.product}`)} ${runtime.version} (${runtime.path})`,
    }),
  ];
}
