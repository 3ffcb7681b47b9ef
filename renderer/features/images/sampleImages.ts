import { hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import { localHostId } from '#core/contract/ids.ts';
import type { Image, ImageDetail } from '#core/contract/images.ts';

/** The folder of all sample images. */
export const sampleFolder = hostPathFromText('/data/images');

/** An image for tests: an unsigned SIF of 1000 bytes. */
export function sampleImage(name: string, more: Partial<Image> = {}): Image {
  const escaped = hostPathFromText(name);
  return {
    hostId: localHostId,
    path: joinPath(sampleFolder, escaped),
    name: escaped,
    folder: sampleFolder,
    format: 'sif',
    sizeBytes: 1000,
    modifiedAt: 1,
    createdAt: null,
    architecture: 'amd64',
    source: null,
    isSigned: false,
    isEncrypted: false,
    problem: null,
    ...more,
  };
}

/** What the bytes of a sample image tell, for tests. */
export function sampleDetail(image: Image, more: Partial<ImageDetail> = {}): ImageDetail {
  return {
    image,
    definition: 'Bootstrap: docker\nFrom: alpine',
    labels: [{ name: 'org.example.author', value: 'A. Researcher' }],
    environment: [{ file: '/.singularity.d/env/90-environment.sh', text: 'export LC_ALL=C' }],
    runscript: '#!/bin/sh\nexec hello',
    startscript: null,
    test: null,
    help: null,
    apps: [],
    objects: [],
    squashfs: null,
    uuid: null,
    madeBy: 'apptainer 1.4.5',
    note: null,
    taskId: null,
    digest: `sha256:${'a'.repeat(64)}`,
    fitsHost: { fits: true, reason: 'It is for amd64, as this host.' },
    ...more,
  };
}
