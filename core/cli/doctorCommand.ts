import type { HostFacts, Verdict } from '#core/contract/hosts.ts';
import { localHostId } from '#core/contract/ids.ts';
import { type CommandLine, type CommonOptions, openClient, writeJson } from './commandLine.ts';
import { exitStatus } from './exitStatus.ts';
import { printable, table } from './printable.ts';

const marks: Readonly<Record<Verdict['level'], string>> = { works: '✓', risk: '!', blocked: '✗' };

/** Looks at this machine: what works, what does not, why, and what mends it. */
export async function doctor(line: CommandLine, options: CommonOptions): Promise<number> {
  const client = await openClient(line);
  const host = await client.hosts.check({ hostId: localHostId });
  const { verdicts } = await client.hosts.doctor({ hostId: localHostId });
  if (options.json === true) writeJson(line.stdout, { host, verdicts });
  else line.stdout.write(`${factsText(host.facts)}${verdicts.map(verdictText).join('')}`);
  return verdicts.some((verdict) => verdict.level === 'blocked') ? exitStatus.failed : exitStatus.done;
}

function factsText(facts: HostFacts | null): string {
  if (facts === null) return '';
  const runtimes = facts.runtimes.map(
    ({ path, product, version, isChosen }) => `${product} ${version} (${path})${isChosen ? ', used' : ''}`,
  );
  const rows = [
    ['System', `${facts.operatingSystem}, ${facts.kernel}, ${facts.architecture}`],
    ['User', `${facts.userName} (${facts.uid})`],
    ['Privilege', facts.privilege],
    ...runtimes.map((runtime) => ['Runtime', runtime]),
  ];
  return `${table(rows.map((row) => row.map(printable)))}\n`;
}

function verdictText(verdict: Verdict): string {
  const lines = [`${marks[verdict.level]} ${printable(verdict.sentence)}`, `    ${printable(verdict.fact)}`];
  if (verdict.fix !== null) lines.push(`    ${verdict.fix.who}: ${printable(verdict.fix.command)}`);
  return lines.map((line) => `${line}\n`).join('');
}
