import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const mostPlaces = 16;
const limitBytes = 64 * 1024;
const placesSchema = z.object({
  version: z.literal(1),
  places: z
    .array(z.object({ registry: z.string().max(512), repository: z.string().max(512) }))
    .max(mostPlaces),
});
type Place = z.infer<typeof placesSchema>['places'][number];

/** Which repositories have a file that we pushed: another repository of the same registry can take it from there. */
export interface PublishedPlaces {
  /** Repositories of a registry, newest first. */
  find(sha256: string, registry: string): Promise<readonly string[]>;
  add(sha256: string, place: Place): Promise<void>;
}

/** One small file a digest (lower-case hex) in a private folder. */
export function createPublishedPlaces(folder: string): PublishedPlaces {
  const fileOf = (sha256: string) => join(folder, `${sha256}.json`);
  async function read(sha256: string): Promise<readonly Place[]> {
    try {
      const text = await readFile(fileOf(sha256), 'utf8');
      return text.length > limitBytes ? [] : placesSchema.parse(JSON.parse(text)).places;
    } catch {
      return []; // none, or spoilt: nothing is lost but a short way
    }
  }
  return {
    async find(sha256, registry) {
      return (await read(sha256))
        .filter((place) => place.registry === registry)
        .map((place) => place.repository);
    },
    async add(sha256, { registry, repository }) {
      const others = (await read(sha256)).filter(
        (place) => place.registry !== registry || place.repository !== repository,
      );
      const places = [{ registry, repository }, ...others].slice(0, mostPlaces);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const temporary = `${fileOf(sha256)}.${process.pid}`;
      await writeFile(temporary, JSON.stringify({ version: 1, places }), { mode: 0o600 });
      await rename(temporary, fileOf(sha256));
    },
  };
}
