#!/usr/bin/env node
import { fileURLToPath } from 'node:url';
import { load } from './compiledCode.mjs';

await load(fileURLToPath(new URL('commandLine.cjs', import.meta.url))).main();
