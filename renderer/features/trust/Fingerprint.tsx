import { fingerprintGroups } from './keyRows.ts';

/** A whole fingerprint in groups of four; shorter names of keys can be forged. */
export function Fingerprint({ value }: { readonly value: string }) {
  return (
    <span data-selectable className="font-mono text-code [word-spacing:0.15em]">
      {fingerprintGroups(value)}
    </span>
  );
}
