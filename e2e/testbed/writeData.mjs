// writeData.mjs FOLDER MEGABYTES [SEED] - the same data every time: MEGABYTES of incompressible measurements in
// files of 1 MB, and a table of text beside them.
import { createCipheriv, createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder, megabytes, seed = 'data'] = process.argv.slice(2);
const key = createHash('sha256').update(seed).digest().subarray(0, 16);
const stream = createCipheriv('aes-128-ctr', key, Buffer.alloc(16));
const zeros = Buffer.alloc(1_000_000);

mkdirSync(folder, { recursive: true });
for (let index = 0; index < Number(megabytes); index += 1) {
  writeFileSync(join(folder, `measurement-${String(index).padStart(3, '0')}.bin`), stream.update(zeros));
}
const rows = Array.from(
  { length: 20_000 },
  (_, row) => `${row},${Math.sin(row).toFixed(6)},sample-${row % 97}`,
);
writeFileSync(join(folder, 'table.csv'), `row,value,sample\n${rows.join('\n')}\n`);
