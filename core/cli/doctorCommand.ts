import {
  type Feature,
  type Host,
  type HostFact,
  type Verdict,
  type VerdictGroup,
  verdictGroupSchema,
} from '#core/contract/hosts.ts';
import { type CommandLine, type CommonOptions, openClient, writeJson } from './commandLine.ts';
import { exitStatus } from './exitStatus.ts';
import { type HostOption, hostFromArgument } from './hostArgument.ts';
import { printable, table } from './printable.ts';

const marks: Readonly<Record<Verdict['level'], string>> = { works: '✓', risk: '!', blocked: '✗' };
const featureMarks: Readonly<Record<Feature['here'], string>> = {
  works: '✓',
  limited: '!',
  no: '✗',
  unknown: '?',
};
const groupTitles: Readonly<Record<VerdictGroup, string>> = {
  runtime: 'Runtime',
  privilege: 'Rights',
  mounts: 'Images and folders in containers',
  storage: 'Room',
  hardware: 'Hardware',
  cluster: 'Cluster',
  tools: 'Tools',
  network: 'Network',
};

/** Looks at a machine: what works, what does not, why, and what mends it. */
export async function doctor(line: CommandLine, options: CommonOptions & HostOption): Promise<number> {
  const client = await openClient(line);
  const { id: hostId } = await hostFromArgument(line, client, options.host);
  const host = await client.hosts.check({ hostId });
  const { verdicts, features, facts } = await client.hosts.doctor({ hostId });
  if (options.json === true) writeJson(line.stdout, { host, verdicts, features, facts });
  else
    line.stdout.write(
      `${titleOf(host)}\n${verdictsText(verdicts)}${featuresText(features)}${factsText(facts)}`,
    );
  return verdicts.some((verdict) => verdict.level === 'blocked') ? exitStatus.failed : exitStatus.done;
}

function titleOf({ label, facts }: Host): string {
  const took = facts === null ? '' : `, looked at in ${(facts.durationMs / 1000).toFixed(1)} s`;
  return `${printable(label)}${took}\n`;
}

function verdictsText(verdicts: readonly Verdict[]): string {
  return verdictGroupSchema.options
    .map((group) => {
      const own = verdicts.filter((verdict) => verdict.group === group);
      return own.length === 0 ? '' : `${groupTitles[group]}\n${own.map(verdictText).join('')}\n`;
    })
    .join('');
}

function verdictText(verdict: Verdict): string {
  const lines = [`  ${marks[verdict.level]} ${verdict.sentence}`, `      ${verdict.fact}`];
  if (verdict.fix !== null)
    lines.push(`      ${verdict.fix.who === 'you' ? 'You' : 'Administrator'}: ${verdict.fix.command}`);
  return lines.map((text) => `${printable(text)}\n`).join('');
}

/** A column for each means: `+` where it would be enough. */
function featuresText(features: readonly Feature[]): string {
  if (features.length === 0) return '';
  const sign = (is: boolean) => (is ? '+' : '·');
  const rows = features.map(({ title, here, reason, with: means }) => [
    `  ${featureMarks[here]}`,
    title,
    sign(means.setuid),
    sign(means.userNamespaces),
    sign(means.subuid),
    sign(means.fuse),
    reason,
  ]);
  const heads = ['', 'What works here', 'setuid', 'user ns', 'subuid', 'FUSE', ''];
  return `${table([heads, ...rows].map((row) => row.map(printable)))}\n`;
}

function factsText(facts: readonly HostFact[]): string {
  return table(facts.map(({ name, value }) => [`  ${printable(name)}`, printable(value)]));
}
