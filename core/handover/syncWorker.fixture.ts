import { createSyncFixture, type SyncFixtureOptions } from './sync.fixture.ts';

/** A sync in a process of its own, for somebody to kill: `OPTIONS`. Says where its line is when it begins. */
const options: SyncFixtureOptions = JSON.parse(process.argv[2] ?? '{}');
const fixture = await createSyncFixture(options);
process.stdout.write(`${fixture.there.line?.folder ?? ''}\n`);
await fixture.run();
await fixture.dispose();
