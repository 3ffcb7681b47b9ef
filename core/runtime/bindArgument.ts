import { type HostPath, hostPathFromBytes, hostPathToBytes } from '#core/contract/hostPath.ts';
import type { Bind } from '#core/contract/runtime.ts';
import type { Argument } from './commandSpec.ts';
import type { Dialect } from './dialect.ts';

const encoder = new TextEncoder();
const comma = 0x2c;
const quote = 0x22;
const backslash = 0x5c;
const colon = 0x3a;

/**
 * One bind as option words. `--mount` is CSV (Go's encoding/csv), so any UTF-8 path can be given; runtimes without
 * it get `--bind` with `:`, `,` and `\` escaped by a backslash.
 */
export function bindArguments(bind: Bind, dialect: Dialect): readonly Argument[] {
  return dialect.features.mountFlag
    ? ['--mount', { path: mountSpecification(bind) }]
    : ['--bind', { path: bindSpecification(bind) }];
}

/** `type=bind,src=…,dst=…[,ro]`, fields quoted as CSV where they must be. */
function mountSpecification(bind: Bind): HostPath {
  const fields = [
    encoder.encode('type=bind'),
    joinBytes([encoder.encode('src='), hostPathToBytes(bind.source)]),
    encoder.encode(`dst=${bind.destination}`),
    ...(bind.isReadOnly ? [encoder.encode('ro')] : []),
  ];
  const parts = fields.flatMap((field, index) => [
    ...(index === 0 ? [] : [Uint8Array.of(comma)]),
    csvField(field),
  ]);
  return hostPathFromBytes(joinBytes(parts));
}

/** `source:destination:ro|rw`. */
function bindSpecification(bind: Bind): HostPath {
  const end = encoder.encode(bind.isReadOnly ? ':ro' : ':rw');
  return hostPathFromBytes(
    joinBytes([
      escaped(hostPathToBytes(bind.source)),
      Uint8Array.of(colon),
      escaped(encoder.encode(bind.destination)),
      end,
    ]),
  );
}

function csvField(field: Uint8Array): Uint8Array {
  if (!field.some((byte) => byte === comma || byte === quote || byte === 0x0a || byte === 0x0d)) return field;
  const doubled = Array.from(field).flatMap((byte) => (byte === quote ? [quote, quote] : [byte]));
  return Uint8Array.from([quote, ...doubled, quote]);
}

function escaped(field: Uint8Array): Uint8Array {
  return Uint8Array.from(
    Array.from(field).flatMap((byte) =>
      byte === comma || byte === colon || byte === backslash ? [backslash, byte] : [byte],
    ),
  );
}

function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
