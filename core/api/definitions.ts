import { api } from './base.ts';
import type { Services } from './services.ts';

export function definitionsApi({ definitions }: Services) {
  return {
    lint: api.definitions.lint.handler(async ({ input }) => {
      const { findings, outline } = await definitions.lint(input);
      return { findings: [...findings], outline };
    }),
    read: api.definitions.read.handler(({ input }) => definitions.read(input)),
    write: api.definitions.write.handler(({ input: { text, expectedModifiedAt, ...place } }) =>
      definitions.write(place, text, expectedModifiedAt),
    ),
    templates: api.definitions.templates.handler(async () => ({
      templates: [...(await definitions.templates())],
    })),
    convertDockerfile: api.definitions.convertDockerfile.handler(({ input }) =>
      definitions.convertDockerfile(input.text),
    ),
    words: api.definitions.words.handler(() => definitions.words()),
  };
}
