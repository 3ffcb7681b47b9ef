import { configure } from '@testing-library/react';
import { vi } from 'vitest';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import type { Host } from '#core/contract/hosts.ts';
import { taskIdSchema } from '#core/contract/ids.ts';
import type { ImportPlan, ImportSource, PublishPlan } from '#core/contract/images.ts';
import { hostsStore } from '#renderer/state/hosts.ts';
import { settingsStore } from '#renderer/state/settings.ts';
import { tasksStore } from '#renderer/state/tasks.ts';
import { serveFakeCore } from '#renderer/testing/fakeCore.ts';
import { sampleHost, sampleReport, sampleSettings } from '#renderer/testing/samples.ts';
import { resetImagesState } from './imagesState.ts';
import { forgetReferences } from './publishMemory.ts';

const taskId = taskIdSchema.parse('44444444-dddd');

/** What the stand-in for core answers and was asked, afresh for each test. */
export const answers = {
  importPlan: {} as Partial<ImportPlan>,
  publishPlan: {} as Partial<PublishPlan>,
  sources: [] as readonly ImportSource[],
  /** Title of the failure of all plans. */
  refusal: null as Partial<ReturnType<typeof sampleReport>> | null,
  /** A plan that is never answered. */
  isSlow: false,
  pulled: vi.fn(),
  imported: vi.fn(),
  planned: vi.fn(),
  published: vi.fn(),
  uploaded: vi.fn(),
  dropped: vi.fn(),
  uploadFailure: null as string | null,
};

/** Answers the calls of the dialogs. Call it once for a file of tests. */
export function serveDialogs(): void {
  // A busy machine is slow, not wrong.
  configure({ asyncUtilTimeout: 10_000 });
  serveFakeCore((os) => ({
    images: {
      planPull: os.images.planPull.handler(({ input }) => ({
        target: hostPathFromText('/images/alpine_3.20.sif'),
        exists: null,
        byHand: `apptainer pull ${input.reference}`,
        means: 'In parallel.',
        compressions: ['gzip-6', 'zstd-3'],
        routes: [],
      })),
      pull: os.images.pull.handler(({ input }) => {
        answers.pulled(input);
        return { taskId };
      }),
      importSources: os.images.importSources.handler(() => ({ sources: [...answers.sources] })),
      planImport: os.images.planImport.handler(async ({ input, errors, signal }) => {
        answers.planned(input);
        if (answers.isSlow) await new Promise((resolve) => signal?.addEventListener('abort', resolve));
        if (answers.refusal !== null) throw errors.WORKBENCH({ data: sampleReport(answers.refusal) });
        return {
          kind: 'docker-archive',
          members: ['alpine:3.20'],
          member: input.member ?? 'alpine:3.20',
          sizeBytes: 84e6,
          target: hostPathFromText(input.form === 'sif' ? '/images/alpine_3.20.sif' : '/images/alpine_3.20'),
          exists: null,
          byHand: `apptainer build alpine_3.20.sif docker-archive:${input.path ?? ''}`,
          means: 'Layer after layer.',
          warnings: [],
          ...answers.importPlan,
          ...(input.member === null ? {} : { member: input.member }),
        };
      }),
      import: os.images.import.handler(({ input }) => {
        answers.imported(input);
        return { taskId };
      }),
      planPublish: os.images.planPublish.handler(({ input, errors }) => {
        answers.planned(input);
        if (answers.refusal !== null) throw errors.WORKBENCH({ data: sampleReport(answers.refusal) });
        return {
          reference: input.reference,
          sizeBytes: 96e6,
          exists: null,
          annotations: [],
          byHand: `apptainer push ${input.path} ${input.reference}`,
          means: 'As one blob.',
          ...answers.publishPlan,
        };
      }),
      publish: os.images.publish.handler(({ input }) => {
        answers.published(input);
        return { taskId };
      }),
      beginUpload: os.images.beginUpload.handler(({ input }) => ({ uploadId: `id of ${input.name}` })),
      upload: os.images.upload.handler(async ({ input, errors, signal }) => {
        if (answers.isSlow) await new Promise((resolve) => signal?.addEventListener('abort', resolve));
        if (answers.uploadFailure !== null) {
          throw errors.WORKBENCH({ data: sampleReport({ title: answers.uploadFailure }) });
        }
        answers.uploaded(input.uploadId, input.offset, input.bytes.size);
        return {};
      }),
      endUpload: os.images.endUpload.handler(({ input }) => ({
        path: hostPathFromText(`/uploads/${input.uploadId}`),
      })),
      dropUpload: os.images.dropUpload.handler(({ input }) => {
        answers.dropped(input.uploadId);
        return {};
      }),
    },
    hosts: {
      browse: os.hosts.browse.handler(({ input }) => ({
        folder: input.folder,
        parent: null,
        entries: [],
        isCut: false,
      })),
    },
  }));
}

/** Puts everything back as before the first test. */
export function resetDialogs(hosts: readonly Host[] = [sampleHost]): void {
  Object.assign(answers, {
    importPlan: {},
    publishPlan: {},
    sources: [],
    refusal: null,
    isSlow: false,
    uploadFailure: null,
  });
  for (const spy of [
    answers.pulled,
    answers.imported,
    answers.planned,
    answers.published,
    answers.uploaded,
    answers.dropped,
  ]) {
    spy.mockClear();
  }
  resetImagesState();
  forgetReferences();
  hostsStore.setState({ isLoaded: true, hosts, currentId: sampleHost.id });
  settingsStore.setState({ settings: sampleSettings, path: null, problem: null });
  tasksStore.setState({ isLoaded: true, sequence: 0, tasks: [] });
}
