import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkout } from '../fixtures/folders.ts';
import { createPerson } from '../fixtures/person.ts';
import { runProgram } from '../fixtures/programs.ts';
import { testbed } from '../testbed/testbed.ts';
import { report } from './report.ts';

/** Fewer for a first look: MYSINGULARITY_BENCH_FILES=1000. */
const files = Number(process.env['MYSINGULARITY_BENCH_FILES'] ?? 100_000);
const bed = testbed();
/** An account whose startup files print nothing: bare rsync fails on one that does. */
const host = 'cluster-bob';
const relay = join(checkout, 'e2e/bench/countingRelay.mjs');

const person = await createPerson();
const counts = join(person.home, 'counts');
const config = join(person.home, 'ssh_config');
const environment = { ...person.environment, MYSINGULARITY_SSH_CONFIG: config };

async function succeed(program: string, ...args: readonly string[]): Promise<string> {
  const { status, stdout, stderr } = await runProgram(program, args, { environment });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`);
  return stdout;
}
async function workbench(...args: readonly string[]): Promise<string> {
  const { status, stdout, stderr } = await person.workbench(args, { environment });
  if (status !== 0) throw new Error(`${args.join(' ')}: ${stderr}`);
  return stdout;
}
const there = async (script: string) => await succeed('ssh', '-q', '-F', bed.ssh.config, host, script);

/** All bytes of all lines during some work, both ways, with signing in; and its seconds. */
async function measure(work: () => Promise<unknown>): Promise<{ bytes: number; seconds: number }> {
  await writeFile(counts, '');
  const startedAt = performance.now();
  await work();
  const seconds = (performance.now() - startedAt) / 1000;
  const lines = (await readFile(counts, 'utf8')).trim().split('\n');
  return { bytes: lines.reduce((sum, text) => sum + Number(text), 0), seconds };
}

const folder = (await there('mktemp -d')).trim();
try {
  await writeFile(
    config,
    `Host *\n  ProxyCommand ${process.execPath} ${relay} %h %p ${counts}\nInclude ${bed.ssh.config}\n`,
  );
  const source = join(person.home, 'source');
  await mkdir(source);
  await succeed(
    'sh',
    '-c',
    'cd "$1" && seq 1 "$2" | awk \'{ d = "opt/package-" int($1 / 50); if (d != last) { system("mkdir -p " d); last = d }; f = d "/file-" $1 ".py"; print "content of", $1 > f; close(f) }\'',
    'sh',
    source,
    String(files),
  );
  const here = (await workbench('workspace', 'create', 'one', '--from', source)).trim();
  const other = (
    await workbench('workspace', 'create', 'one', '--host', host, '--parent', `${folder}/workspaces`)
  ).trim();
  const rsync = (target: string) =>
    succeed('rsync', '-a', '--delete', '-e', `ssh -q -F ${config}`, `${here}/home/`, `${host}:${target}/`);
  await rsync(`${folder}/plain`);
  await rsync(`${other}/home`);
  const sync = () => workbench('workspace', 'sync', 'one', host);
  const first = await measure(sync);
  report({
    what: `first sync of ${files} equal files`,
    unit: 's',
    ours: first.seconds,
    peer: null,
    goal: null,
  });
  const changed = join(here, 'home/opt/package-1/file-60.py');
  await writeFile(changed, 'changed\n');
  const peer = await measure(() => rsync(`${folder}/plain`));
  const ours = await measure(sync);
  report({
    what: `one changed file of ${files}, all bytes of the line`,
    unit: 'kB',
    ours: ours.bytes / 1000,
    peer: { name: 'rsync -a', value: peer.bytes / 1000 },
    goal: { of: 'ratio', atMost: 1.2 },
  });
  report({
    what: `one changed file of ${files}, the whole command`,
    unit: 's',
    ours: ours.seconds,
    peer: { name: 'rsync -a', value: peer.seconds },
    goal: null,
  });
} finally {
  await there(`rm -rf ${folder}`);
  await rm(join(person.home, 'source'), { recursive: true, force: true });
  await person.dispose();
}
