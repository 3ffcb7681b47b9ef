import type { RuntimeProduct } from '#core/contract/runtime.ts';
import type { Dialect } from './dialect.ts';
import { isAtLeast, type VersionNumber } from './versionNumber.ts';

/** A published weakness that an installed version still has. */
export interface SecurityNotice {
  /** CVE or advisory number. */
  readonly id: string;
  /** One sentence. */
  readonly text: string;
  /** The first version without it. */
  readonly fixedIn: string;
  /** True when it matters only with the setuid starter and nobody knows whether this is one. */
  readonly isUncertain: boolean;
}

interface Weakness {
  readonly id: string;
  readonly product: RuntimeProduct;
  readonly from: VersionNumber;
  readonly fixedIn: VersionNumber;
  readonly isSetuidOnly: boolean;
  readonly text: string;
}

const pathLimit =
  'The administrator’s "limit container paths" can be got round by a folder with a similar name.';
const securityFlag = 'The --security options for SELinux and AppArmor have no effect.';
const start: VersionNumber = [0, 0, 0];

/** From both projects' CHANGELOG. */
const weaknesses: readonly Weakness[] = [
  weakness('CVE-2026-48785', 'apptainer', [1, 5, 1], pathLimit, { isSetuidOnly: true }),
  weakness('CVE-2026-47215', 'singularity-ce', [4, 4, 2], pathLimit, { isSetuidOnly: true }),
  weakness('CVE-2025-65105', 'apptainer', [1, 4, 5], securityFlag),
  weakness('CVE-2025-64750', 'singularity-ce', [4, 3, 5], securityFlag),
  weakness(
    'CVE-2024-3727',
    'apptainer',
    [1, 3, 2],
    'A hostile registry can make a pull ask another registry in your name.',
  ),
  weakness(
    'GHSA-mmx5-32m4-wxvx',
    'apptainer',
    [1, 2, 1],
    'Privileges are kept while a container network is set up.',
    {
      from: [1, 2, 0],
    },
  ),
  weakness('CVE-2023-30549', 'apptainer', [1, 1, 8], 'A crafted ext3 image can attack the kernel.', {
    isSetuidOnly: true,
  }),
];

/** Published weaknesses of this installation, newest first. A setuid-only one is left out where the starter is not setuid. */
export function securityNotices(dialect: Dialect): readonly SecurityNotice[] {
  const known = weaknesses
    .filter(
      (one) =>
        one.product === dialect.product &&
        isAtLeast(dialect.number, one.from) &&
        !isAtLeast(dialect.number, one.fixedIn) &&
        !(one.isSetuidOnly && dialect.isSetuid === false),
    )
    .map((one) => ({
      id: one.id,
      text: one.text,
      fixedIn: one.fixedIn.join('.'),
      isUncertain: one.isSetuidOnly && dialect.isSetuid === null,
    }));
  return dialect.product === 'singularity' ? [...known, unmaintained] : known;
}

const unmaintained: SecurityNotice = {
  id: 'unmaintained',
  text: 'Singularity under its old name gets no security fixes any more; Apptainer and SingularityCE continue it.',
  fixedIn: 'Apptainer or SingularityCE',
  isUncertain: false,
};

function weakness(
  id: string,
  product: RuntimeProduct,
  fixedIn: VersionNumber,
  text: string,
  rest: { readonly isSetuidOnly?: boolean; readonly from?: VersionNumber } = {},
): Weakness {
  return { id, product, from: rest.from ?? start, fixedIn, isSetuidOnly: rest.isSetuidOnly ?? false, text };
}
