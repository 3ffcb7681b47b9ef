import { useState } from 'react';

/** The last value that was not null: what was known stays in view while it is asked for anew. */
export function useLatest<Value>(value: Value | null): Value | null {
  const [latest, setLatest] = useState(value);
  if (value !== null && value !== latest) setLatest(value);
  return value ?? latest;
}
