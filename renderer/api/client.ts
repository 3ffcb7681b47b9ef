import { createConnection } from './connection.ts';
import { openLine } from './firstLine.ts';

/** The page's one connection to core. */
export const connection = createConnection(openLine);

/** Every call of the contract. Failures: see `failureReport`. */
export const client = connection.client;
