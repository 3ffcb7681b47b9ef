import type { RecipeKind } from '#core/contract/recipes.ts';

/** Where the file or folder that the person named is seen in the container. */
export const sourcePlace = '/mnt/recipe';

/**
 * What recipes run in the container, for any POSIX shell. Everything of the person's comes as words. What is half made has
 * another name, or a mark beside it where its own path is built into it: the next run then begins anew.
 */
const prelude = `set -eu
umask 022
here=/home/mysingularity
say() { printf '\\n== %s\\n' "$*"; }
fail() { printf '\\nThis did not work: %s\\n' "$*" >&2; exit 1; }
need() { for each do command -v "$each" >/dev/null 2>&1 || fail "this image has no $each. Choose an image that has it."; done; }
[ "$HOME" = "$here" ] && [ -d "$here" ] && [ -w "$here" ] || fail "the workspace is not at $here, or cannot be written"
cd "$here"
begin() { mark=.unfinished-$1
[ ! -e "$mark" ] || { say "Removing what an interrupted run left"; chmod -R u+w "$1" 2>/dev/null || :; rm -rf "$1"; }
[ ! -e "$1" ] && [ ! -L "$1" ] || fail "there is a $1 already. Remove or rename it first."
: >"$mark"; }
finish() { rm -f "$mark"; }
`;

/** `SOURCE REFERENCE JOBS`. Config: spack.readthedocs.io, config_yaml.rst; the folder's own etc/spack outranks its defaults. */
const spack = `${prelude}source=$1 reference=$2 jobs=$3
need python3 tar
begin spack
part=spack
if [ -d "$source" ] && [ -x "$source/bin/spack" ] && [ ! -e "$source/HEAD" ]; then
say "Copying Spack"; cp -R "$source" "$part"
elif [ -f "$source" ]; then
say "Unpacking Spack"; mkdir "$part"; tar -xf "$source" -C "$part"
# An archive holds its files in one folder, or at its top.
[ -x "$part/bin/spack" ] || { set -- "$part"/*; [ $# -eq 1 ] && [ -x "$1/bin/spack" ] && mv "$1" .spack-inside && rmdir "$part" && mv .spack-inside "$part"; } || fail "the archive holds no Spack"
else
need git
say "Cloning Spack"
# A repository of the host belongs to another user where ids are mapped; git asks to be told that this is known.
export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0='*' GIT_TERMINAL_PROMPT=0
if [ -n "$reference" ]; then git clone --no-hardlinks --branch "$reference" -- "$source" "$part"
else git clone --no-hardlinks -- "$source" "$part"; fi
fi
[ -x "$part/bin/spack" ] || fail "what came is no Spack: it has no bin/spack"
say "Writing spack/etc/spack/config.yaml"
mkdir -p "$part/etc/spack"
cat >"$part/etc/spack/config.yaml" <<CONFIG
config:
  # One short prefix on every machine: nothing needs padding or relocation.
  install_tree:
    root: $here/spack/opt/spack
  # A disk of the node first: shared file systems are slow for builds, and login nodes clean their own.
  build_stage:
  - \\$tempdir/\\$user/spack-stage
  - $here/.spack-stage
  source_cache: $here/.spack-cache/sources
  misc_cache: $here/.spack-cache/misc
  # Login nodes are shared.
  build_jobs: $jobs
CONFIG
finish
say "Looking for compilers of this image"
"$part/bin/spack" compiler find || printf 'Spack found no compilers here. Run: spack compiler find\\n' >&2
say "Done. In a shell of this workspace: . $here/spack/share/spack/setup-env.sh"
`;

/** `INSTALLER`. Installers of conda are shell scripts: -b asks nothing, -p says the prefix. Source: conda's documentation. */
const conda = `${prelude}[ -f "$1" ] || fail "there is no installer"
need sh
begin conda
say "Running the installer"
sh "$1" -b -p "$here/conda"
[ -x conda/bin/python ] || [ -x conda/bin/conda ] || fail "the installer left no conda"
say "Writing conda/.condarc"
cat >conda/.condarc <<CONFIG
envs_dirs:
- $here/conda/envs
pkgs_dirs:
- $here/conda/pkgs
auto_activate_base: false
CONFIG
finish
say "Done. In a shell of this workspace: . $here/conda/bin/activate"
`;

/** `FOLDER WHEELS PACKAGE…` */
const pip = `${prelude}folder=$1 wheels=$2; shift 2
need python3
begin "$folder"
say "Making the virtual environment"
python3 -m venv "$here/$folder" || fail "python3 of this image cannot make virtual environments (on Debian: python3-venv)"
if [ $# -gt 0 ]; then
say "Installing $*"
if [ -n "$wheels" ]; then "$folder/bin/python" -m pip install --no-input --no-index --find-links "$wheels" -- "$@"
else "$folder/bin/python" -m pip install --no-input -- "$@"; fi
fi
finish
say "Done. In a shell of this workspace: . $here/$folder/bin/activate"
`;

/** `REPOSITORY PACKAGE…`. R reads R_LIBS_USER from ~/.Renviron. Source: R's help(Startup). */
const r = `${prelude}repository=$1; shift
need Rscript
mkdir -p R/library
say "Naming the library in .Renviron"
{ [ ! -f .Renviron ] || grep -v '^R_LIBS_USER=' .Renviron || :; echo "R_LIBS_USER=$here/R/library"; } >.Renviron.part
mv -f .Renviron.part .Renviron
if [ $# -gt 0 ]; then
say "Installing $*"
R_LIBS_USER=$here/R/library Rscript -e 'words <- commandArgs(TRUE); from <- if (nzchar(words[1])) words[1] else getOption("repos")
install.packages(words[-1], lib = Sys.getenv("R_LIBS_USER"), repos = from)
missing <- setdiff(words[-1], rownames(installed.packages(Sys.getenv("R_LIBS_USER"))))
if (length(missing) > 0) stop("not installed: ", paste(missing, collapse = ", "))' "$repository" "$@"
fi
say "Done. R finds the library by itself in this workspace."
`;

export const recipeScripts: Readonly<Record<RecipeKind, string>> = { spack, conda, pip, r };
