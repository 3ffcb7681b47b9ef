import type { Host, Verdict } from '#core/contract/hosts.ts';
import { textOf } from '#renderer/i18n/i18n.ts';

/** The verdicts as a message that a user can send to the administrator: what does not work first. */
export function adminMessage(host: Host, verdicts: readonly Verdict[]): string {
  const trouble = verdicts.filter((verdict) => verdict.level !== 'works');
  const values = {
    host: host.label,
    system: host.facts?.operatingSystem ?? '?',
    kernel: host.facts?.kernel ?? '?',
    architecture: host.facts?.architecture ?? '?',
  };
  const told = trouble.length === 0 ? verdicts : trouble;
  const lines = told.map((verdict) =>
    [
      `- ${verdict.sentence}`,
      `  ${verdict.fact}`,
      ...(verdict.fix === null ? [] : [`  ${textOf('hosts:message.fix', { command: verdict.fix.command })}`]),
    ].join('\n'),
  );
  const greeting = trouble.length === 0 ? 'hosts:message.allWell' : 'hosts:message.greeting';
  return [textOf(greeting, values), '', ...lines].join('\n');
}
