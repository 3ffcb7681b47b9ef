import { createPublishingFixture, publishInput } from './publishing.fixture.ts';

/** Pushes in a process of its own, and says how many bytes are done: `STATE FILE REFERENCE`. */
const [state = '', file = '', reference = ''] = process.argv.slice(2);
const fixture = createPublishingFixture(state);
const { facts } = await fixture.start(publishInput(file, reference), {
  onProgress: ({ bytes }) => bytes != null && process.stdout.write(`${bytes.done}\n`),
}).ended;
process.stdout.write(`${JSON.stringify(facts)}\n`);
