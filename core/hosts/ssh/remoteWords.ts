import { type HostPath, hostPathToBytes } from '#core/contract/hostPath.ts';
import type { Argument } from '#core/runtime/commandSpec.ts';

/**
 * Text in which each character stands for one byte (latin1). Scripts for a remote shell are made of it, because paths
 * and environment variables are bytes.
 */
export type ByteText = string;

/** Ordinary text → its UTF-8 bytes. */
export function byteText(text: string): ByteText {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** Byte text → the bytes. */
export function bytesOf(text: ByteText): Buffer {
  return Buffer.from(text, 'latin1');
}

/**
 * One word for `/bin/sh` that stands for exactly these bytes. Every byte but NUL is safe in single quotes (measured on
 * dash, bash and busybox); a line end is taken from `$nl`, so that a word never ends the line it is on.
 */
export function quoteBytes(text: ByteText): ByteText {
  if (text !== '' && /^[A-Za-z0-9_@%+:,./-]+$/.test(text)) return text;
  return `'${text.replaceAll("'", "'\\''").replaceAll('\n', `'"$nl"'`)}'`;
}

/** A path as a word; never one that a program could take for an option. */
export function quoteHostPath(path: HostPath): ByteText {
  return quoteBytes(pathBytes(path));
}

/** A path as byte text; `./` goes before a leading dash. */
export function pathBytes(path: HostPath): ByteText {
  const text = Buffer.from(hostPathToBytes(path)).toString('latin1');
  return text.startsWith('-') ? `./${text}` : text;
}

/** A word of a CommandSpec. */
export function quoteArgument(argument: Argument): ByteText {
  if (typeof argument === 'string') return quoteBytes(byteText(argument));
  if ('secret' in argument) return quoteBytes(byteText(argument.secret));
  // As it is: the program was meant to get exactly this word.
  return quoteBytes(Buffer.from(hostPathToBytes(argument.path)).toString('latin1'));
}

/** Defines what `quoteBytes` refers to; the first line of every script. */
export const wordPrelude = "nl='\n'";
