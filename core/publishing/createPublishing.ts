import { join } from 'node:path';
import { type PublishInput, type PublishPlan, publishInputSchema } from '#core/contract/images.ts';
import { findTag } from '#core/registry/pushManifest.ts';
import { createUploadRecords } from '#core/registry/uploadRecords.ts';
import type { UploadPlace } from '#core/registry/uploadSession.ts';
import { annotationsOf } from './annotations.ts';
import type { SentFile } from './fileBytes.ts';
import { createPublishedPlaces } from './publishedPlaces.ts';
import type { Publishing } from './publishing.ts';
import { openSif, type PublishingMeans, type PublishingRoom, sifUnder } from './publishingMeans.ts';
import { type PublishTarget, publishByHand, publishTarget } from './publishRequest.ts';
import { publishSif } from './publishSif.ts';

/** Pushes SIFs of any host to registries as ORAS artifacts, as `apptainer push` does. */
export function createPublishing(means: PublishingMeans): Publishing {
  const folder = join(means.stateFolder, 'publishing');
  const room: PublishingRoom = {
    ...means,
    records: createUploadRecords(join(folder, 'uploads')),
    places: createPublishedPlaces(join(folder, 'places')),
  };
  return {
    definition: {
      kind: 'image.publish',
      input: publishInputSchema,
      describe: (input) => {
        const target = publishTarget(input.reference);
        return {
          title: target.shown,
          hostId: input.hostId,
          target: null,
          byHand: publishByHand(input, target),
        };
      },
      storedInput: (input) => ({ ...input, credentials: null }),
      run: (input, context) => publishSif(room, input, context),
    },
    plan: (input, signal) => planPublish(room, input, signal),
  };
}

async function planPublish(
  room: PublishingRoom,
  input: PublishInput,
  signal: AbortSignal,
): Promise<PublishPlan> {
  const target = publishTarget(input.reference);
  const file = await openSif(room, input);
  const image = await room.describeImage(input.hostId, input.path);
  const annotations = annotationsOf(image, input.annotations);
  const requests = room.openRequests(target.registry, {
    isHttpAllowed: input.allowHttp,
    credentials: input.credentials,
  });
  const place = { requests, repository: target.repository, signal };
  const digest = await findTag(place, target.tag);
  const known = await room.knownFile(input.hostId, input.path);
  const exists =
    digest === null
      ? null
      : { digest, isSame: known === null ? null : await holdsFile(place, digest, `sha256:${known.sha256}`) };
  return {
    reference: target.shown,
    sizeBytes: file.facts.sizeBytes,
    exists,
    annotations: Object.entries(annotations).map(([name, value]) => ({ name, value })),
    byHand: publishByHand(input, target),
    means: meansSentence(file, target),
  };
}

async function holdsFile(place: UploadPlace, digest: string, layer: string): Promise<boolean> {
  return (await sifUnder(place, digest))?.digest === layer;
}

function meansSentence({ host }: SentFile, { registry }: PublishTarget): string {
  const way =
    host.kind === 'local'
      ? `is sent to ${registry}`
      : `goes from ${host.label} through this machine to ${registry}`;
  return `The SIF ${way} as an ORAS artifact; what the registry has already is not sent again, and a broken upload goes on where the registry allows it.`;
}
