import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testbed } from '#e2e/testbed/testbed.ts';
import { createImagesFixture, type ImagesFixture, pathOf, pullInput } from './imagesFixture.ts';

const bed = testbed();
let fixture: ImagesFixture;
beforeEach(() => {
  fixture = createImagesFixture();
});
afterEach(() => fixture.dispose());

/** Names in the image folder, hidden ones too. */
const namesInLibrary = () => readdirSync(fixture.library).sort();
/** Names of private folders that conversions left. */
const temporaryNames = () => readdirSync(fixture.temporary).filter((name) => name.startsWith('.mysing'));

describe('a pull of an image with layers', () => {
  it('makes a SIF that records the reference with its digest', async () => {
    const { ended, progress, log } = fixture.start('image.pull', pullInput(`docker://${bed.registry}/${bed.tiny.repository}:${bed.tiny.tag}`));
    const result = await ended.catch((e)=>{console.log(log.join("\n")); console.log(JSON.stringify(e.report)); throw e});
    console.log(log.join('\n'), JSON.stringify(progress.slice(-5)), result);
    expect(namesInLibrary()).toEqual(['tiny_v1.sif']);
    expect(temporaryNames()).toEqual([]);
    const detail = await fixture.images.detail(pathOf(fixture.library, 'tiny_v1.sif'));
    expect(detail.image.source).toMatch(new RegExp(`^docker://${bed.registry}/demo/tiny:v1@sha256:[0-9a-f]{64}$`));
    expect(detail.digest).toBe(result.digest);
  });
});
