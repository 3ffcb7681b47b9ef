import { openClient } from '../fixtures/client.ts';
import { startHost } from '../fixtures/host.ts';
import { createPerson } from '../fixtures/person.ts';
import { median, report } from './report.ts';

const runs = 15;

/** A definition file of 2,000 lines as people write them: many short steps, here-documents, several stages. */
function longDefinition(): string {
  const header = (stage: number) => [
    'Bootstrap: docker',
    'From: debian:{{ RELEASE }}',
    `Stage: stage${stage}`,
    '',
    '%arguments',
    '    RELEASE=12',
    '    VERSION=1.2.3',
    '',
    '%post',
    '    apt-get update',
  ];
  const step = (number: number) => [
    `    # Package ${number}`,
    `    mkdir -p /opt/src/package-${number}`,
    `    cd "/opt/src/package-${number}"`,
    `    curl -fsSL "https://example.org/package-${number}-{{ VERSION }}.tar.gz" | tar -xz --strip-components=1`,
    '    if [ -x configure ]; then ./configure --prefix=/opt/local; else cmake . -DCMAKE_INSTALL_PREFIX=/opt/local; fi',
    '    make -j "$(nproc)" install',
    `    cat > /opt/local/etc/package-${number}.conf <<EOF`,
    `name = package-${number}`,
    'EOF',
    '',
  ];
  const lines: string[] = [];
  for (let stage = 1; lines.length < 2000; stage += 1) {
    lines.push(...header(stage));
    for (let number = 0; number < 40; number += 1) lines.push(...step(number));
  }
  return `${lines.slice(0, 2000).join('\n')}\n`;
}

const person = await createPerson();
try {
  const host = await startHost(person);
  const { client, close } = await openClient(host);
  const text = longDefinition();
  const times: number[] = [];
  // The first calls are those of a program that has just started; an editor asks again and again.
  for (let run = -5; run < runs; run += 1) {
    const startedAt = performance.now();
    const { outline } = await client.definitions.lint({ text, hostId: null, buildArguments: {} });
    if (run >= 0) times.push(performance.now() - startedAt);
    if (outline.stages.length < 2) throw new Error('the file was not read to its end');
  }
  close();
  await host.stop();
  report({
    what: 'lint of 2,000 lines, with the way to core and back',
    unit: 'ms',
    ours: median(times),
    peer: null,
    goal: { of: 'ours', atMost: 50 },
  });
} finally {
  await person.dispose();
}
