import type { Recipe } from '#core/contract/recipes.ts';

const samePrefix =
  'Every container sees the workspace at /home/mysingularity, on every machine, so paths that are built into programs stay right and nothing has to be relocated.';
const fitsImage =
  'What is built fits the image in which it was built: its compilers, its Python or R, its C library. Open the workspace with that image, or one like it.';

/** What each recipe does, in words. */
export const recipes: readonly Recipe[] = [
  {
    kind: 'spack',
    title: 'Spack',
    steps: [
      'Takes Spack from the git mirror, archive or folder that you name, to /home/mysingularity/spack.',
      'Writes its configuration: packages go to spack/opt/spack, builds to a disk of the node where there is one, with few jobs at a time.',
      'Lets Spack look for the compilers of the image.',
    ],
    reasons: [
      `${samePrefix} So no padded prefix is needed, and binary caches fit as they are.`,
      'Builds on shared file systems are slow and disturb others: the temporary folder of the node comes first, a folder in the workspace second.',
      'Login nodes are shared, so few jobs are built at a time; in a batch job say spack install -j with more.',
      'Spack 1.0 and later fetch their package recipes when they are first used: that needs a network, or a mirror in their configuration.',
      fitsImage,
    ],
  },
  {
    kind: 'conda',
    title: 'conda or mamba',
    steps: [
      'Runs the installer that you name (Miniforge, Miniconda or Anaconda), without questions, to /home/mysingularity/conda.',
      'Writes its configuration: environments and packages stay in the workspace, and no environment is entered by itself.',
    ],
    reasons: [
      `${samePrefix} conda writes its prefix into every program, so it cannot be moved elsewhere later.`,
      'Your startup files are not changed: they do not enter a workspace.',
    ],
  },
  {
    kind: 'pip',
    title: 'Python packages (pip)',
    steps: [
      'Makes a virtual environment with the Python of the image.',
      'Installs the packages that you name in it, from a folder of wheels where you name one.',
    ],
    reasons: [
      `${samePrefix} A virtual environment knows its own path, so it cannot be moved elsewhere later.`,
      'It uses the Python of the image by its path there. An image with another Python needs an environment of its own.',
      fitsImage,
    ],
  },
  {
    kind: 'r',
    title: 'R packages',
    steps: [
      'Makes the library /home/mysingularity/R/library, and names it in .Renviron of the workspace.',
      'Installs the packages that you name in it.',
    ],
    reasons: [samePrefix, fitsImage],
  },
];
