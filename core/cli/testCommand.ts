import { formatDuration } from '#core/contract/quantity.ts';
import { type CommandLine, type CommonOptions, openClient, writeJson } from './commandLine.ts';
import { exitStatus } from './exitStatus.ts';
import { writeEnd } from './followTask.ts';
import { followWithLog } from './followWithLog.ts';
import { type HostOption, hostFromArgument } from './hostArgument.ts';
import { imageFromArgument } from './imageArgument.ts';
import { printable } from './printable.ts';

/** Runs the %test of an image; exit status 0 when it passes. */
export async function test(
  line: CommandLine,
  image: string,
  options: CommonOptions & HostOption,
): Promise<number> {
  const client = await openClient(line);
  const host = await hostFromArgument(line, client, options.host);
  const path = await imageFromArgument(client, host, image);
  const { taskId } = await client.builds.test({ hostId: host.id, path });
  const task = await followWithLog(line, client, taskId, options);
  if (task.status.state !== 'succeeded')
    return writeEnd(line, task, options, { done: () => '', cancelled: 'Cancelled.' });
  if (options.json === true) writeJson(line.stdout, { type: 'succeeded', ...task.status.result });
  else if (task.status.result.facts['test'] === 'none')
    line.stderr.write(`${printable(image)} has no %test: nothing was run.\n`);
  else {
    const seconds = ((task.endedAt ?? 0) - (task.startedAt ?? task.createdAt)) / 1000;
    line.stderr.write(`The test of ${printable(image)} passed (${formatDuration(seconds)}).\n`);
  }
  return exitStatus.done;
}
