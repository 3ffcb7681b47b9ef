import { type Compression, compressionSchema } from '#core/contract/images.ts';
import type { CommonOptions } from './commandLine.ts';

/** Options of `pull` as the parser gives them. */
export interface PullOptions extends CommonOptions {
  readonly http?: boolean;
  readonly force?: boolean;
  readonly arch?: string;
  readonly compression?: Compression;
  readonly user?: string;
  readonly passwordStdin?: boolean;
}

export const compressions = compressionSchema.options;
