import {
  type Compression,
  compressionSchema,
  type PullRoute,
  pullRouteSchema,
} from '#core/contract/images.ts';
import type { CommonOptions } from './commandLine.ts';
import type { HostOption } from './hostArgument.ts';
import type { PasswordOptions } from './passwordInput.ts';

/** Options of `pull` as the parser gives them. */
export interface PullOptions extends CommonOptions, HostOption, PasswordOptions {
  readonly http?: boolean;
  readonly force?: boolean;
  readonly arch?: string;
  readonly compression?: Compression;
  readonly route?: PullRoute;
  readonly sandbox?: boolean;
}

export const compressions = compressionSchema.options;
export const routes = pullRouteSchema.options;
