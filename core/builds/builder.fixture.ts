import type { HostPath } from '#core/contract/hostPath.ts';
import { taskIdSchema } from '#core/contract/ids.ts';
import { buildInput, clusterId, openBuilds } from './builds.fixture.ts';
import { typingPerson } from './sudoTerminal.fixture.ts';

/**
 * Builds in a process of its own: `FOLDER DEFINITION there THERE` writes the task's id, then its log, for somebody who kills
 * it; `FOLDER DEFINITION sudo PASSWORD` builds as root and writes its log; `FOLDER DEFINITION FRACTION` builds here and kills itself when the bar is that far. Without a definition it only
 * removes what others left.
 */
const [folder = '', definition = '', where = '', there = ''] = process.argv.slice(2);
if (where === 'there') {
  const { tasks } = await openBuilds({ folder, withCluster: true, there: there as HostPath });
  const input = buildInput(definition, { hostId: clusterId });
  const id = await tasks.start('image.build', input);
  process.stdout.write(`${id}\n`);
  for await (const { lines } of tasks.watchLog(id, 0))
    for (const { text } of lines) process.stdout.write(`${text}\n`);
  process.exit(0);
} else if (where === 'sudo') {
  const { openTerminal } = typingPerson([there]);
  const { builds } = await openBuilds({ folder, openTerminal });
  await builds.definition.run(buildInput(definition, { way: 'sudo' }), {
    id: taskIdSchema.parse(`task-${process.pid}`),
    signal: new AbortController().signal,
    report: () => undefined,
    log: (_stream, text) => process.stdout.write(`${text}\n`),
    resumeFrom: 0,
    isAdopted: false,
  });
} else {
  const { builds } = await openBuilds({ folder });
  await builds.removeLeftovers();
  if (definition !== '')
    await builds.definition.run(buildInput(definition), {
      id: taskIdSchema.parse(`task-${process.pid}`),
      signal: new AbortController().signal,
      report: ({ fraction }) => {
        if ((fraction ?? 0) >= Number(where)) process.kill(process.pid, 'SIGKILL');
      },
      log: () => undefined,
      resumeFrom: 0,
      isAdopted: false,
    });
  process.exit(0);
}
