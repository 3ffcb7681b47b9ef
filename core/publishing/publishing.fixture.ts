import { join } from 'node:path';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { localHostId, taskIdSchema } from '#core/contract/ids.ts';
import type { PublishInput } from '#core/contract/images.ts';
import type { Progress, TaskResult } from '#core/contract/tasks.ts';
import type { Host } from '#core/hosts/host.ts';
import { createLocalHost } from '#core/hosts/localHost.ts';
import { readImageDetail } from '#core/images/detail.ts';
import { createLedger } from '#core/images/ledger.ts';
import { verifyImage } from '#core/images/verifyImage.ts';
import { RegistryRequests } from '#core/registry/registryRequests.ts';
import { scrubbedEnvironment } from '#core/runtime/environment.ts';
import { createPublishing } from './createPublishing.ts';
import type { Publishing } from './publishing.ts';
import type { PublishingMeans } from './publishingMeans.ts';

export interface PublishingFixture {
  readonly publishing: Publishing;
  readonly host: Host;
  /** Starts a push as the task manager would. */
  start(
    input: PublishInput,
    options?: { readonly signal?: AbortSignal; readonly onProgress?: (progress: Partial<Progress>) => void },
  ): { readonly ended: Promise<TaskResult>; readonly log: readonly string[] };
}

/** Publishing with everything real, on this machine; what it keeps is below `folder`. */
export function createPublishingFixture(
  folder: string,
  means: Partial<PublishingMeans> = {},
): PublishingFixture {
  const host = createLocalHost({
    environment: scrubbedEnvironment(process.env, null),
    observer: { started: () => ({ ended: () => undefined }) },
  });
  const ledger = createLedger({
    files: host.files,
    folder: hostPathFromText(join(folder, 'ledger')),
    onProblem: (text) => {
      throw new Error(text);
    },
  });
  const publishing = createPublishing({
    openHost: async () => host,
    openRequests: (registry, options) => new RegistryRequests({ registry, ...options }),
    knownFile: async () => null,
    verifySif: (where, path) => verifyImage(where, path, { mustBeSif: true, shownAs: path }),
    describeImage: async (_id, path) => {
      const detail = await readImageDetail({ host, hostArchitecture: 'amd64', ledger }, path);
      return { labels: detail.labels, createdAt: detail.image.createdAt };
    },
    stateFolder: folder,
    ...means,
  });
  let count = 0;
  return {
    publishing,
    host,
    start(input, options = {}) {
      const log: string[] = [];
      count += 1;
      const ended = publishing.definition.run(publishing.definition.input.parse(input), {
        id: taskIdSchema.parse(`task-${process.pid}-${count}`),
        signal: options.signal ?? new AbortController().signal,
        report: (progress) => options.onProgress?.(progress),
        log: (_stream, text) => log.push(text),
        resumeFrom: 0,
        isAdopted: false,
      });
      return { ended, log };
    },
  };
}

/** A push as the page would ask for it. */
export function publishInput(
  path: string,
  reference: string,
  rest: Partial<PublishInput> = {},
): PublishInput {
  return {
    hostId: localHostId,
    path: hostPathFromText(path),
    reference,
    allowHttp: false,
    overwrite: false,
    annotations: {},
    credentials: null,
    ...rest,
  };
}
