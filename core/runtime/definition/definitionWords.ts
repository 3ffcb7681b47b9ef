import type { DefinitionWords } from '#core/contract/definitions.ts';

type Agent = DefinitionWords['agents'][number];
type Section = DefinitionWords['sections'][number];

const registryHeaders = ['Registry', 'Namespace'];

const agents: readonly Agent[] = [
  agent(
    'docker',
    'Image of a container registry',
    'Pulls an OCI or Docker image: `From: ubuntu:24.04`, `From: quay.io/org/name:tag`.',
    ['From'],
    registryHeaders,
  ),
  agent(
    'docker-archive',
    'Archive of docker save',
    'A tar file that `docker save` or `podman save` wrote: `From: image.tar`.',
    ['From'],
    registryHeaders,
  ),
  agent(
    'docker-daemon',
    'Image of the local Docker',
    'An image of the Docker daemon of the machine that builds: `From: name:tag`.',
    ['From'],
    registryHeaders,
  ),
  agent(
    'oci',
    'Folder in OCI layout',
    'A folder with `oci-layout` and `index.json`: `From: path@sha256:…`.',
    ['From'],
    registryHeaders,
  ),
  agent(
    'oci-archive',
    'Archive in OCI layout',
    'A tar file of an OCI layout: `From: image.oci.tar`.',
    ['From'],
    registryHeaders,
  ),
  agent(
    'library',
    'Image of a library server',
    'A SIF of a library: `From: entity/collection/name:tag`. Apptainer has no library by default; name one with `Library:`.',
    ['From'],
    ['Library', 'Fingerprints'],
  ),
  agent(
    'oras',
    'SIF in a container registry',
    'A SIF that was pushed to a registry: `From: ghcr.io/org/name:tag`.',
    ['From'],
    ['Fingerprints'],
  ),
  agent(
    'shub',
    'Image of Singularity Hub',
    'The hub is an archive that can only be read: `From: user/name`.',
    ['From'],
    [],
  ),
  agent(
    'localimage',
    'Image file or sandbox',
    'A SIF, squashfs or ext3 image, or a sandbox folder, on the machine that builds: `From: base.sif`. The path counts from the folder that the build is started in.',
    ['From'],
    ['Fingerprints'],
  ),
  agent(
    'yum',
    'Red Hat family, by yum or dnf',
    'Installs a system from a package mirror with the yum or dnf of the machine that builds.',
    ['MirrorURL'],
    ['OSVersion', 'UpdateURL', 'Include', 'setopt'],
  ),
  agent(
    'dnf',
    'Red Hat family, by dnf',
    'The same as `yum`. Apptainer 1.4, SingularityCE 4.3 or newer.',
    ['MirrorURL'],
    ['OSVersion', 'UpdateURL', 'Include', 'setopt'],
  ),
  agent(
    'debootstrap',
    'Debian and Ubuntu',
    'Installs a system from a package mirror with the debootstrap of the machine that builds.',
    ['MirrorURL', 'OSVersion'],
    ['Include'],
  ),
  agent(
    'zypper',
    'openSUSE and SLE',
    'Installs a system with the zypper of the machine that builds.',
    [],
    [
      'MirrorURL',
      'OSVersion',
      'UpdateURL',
      'Include',
      'Product',
      'User',
      'Regcode',
      'ProductPGP',
      'RegisterURL',
      'Modules',
      'OtherURL0',
    ],
  ),
  agent(
    'arch',
    'Arch Linux',
    'Installs a system with the pacstrap of the machine that builds.',
    [],
    ['Include', 'ConfURL'],
  ),
  agent(
    'busybox',
    'A single BusyBox program',
    'Fetches a BusyBox binary and makes the smallest system of it.',
    ['MirrorURL'],
    [],
  ),
  agent(
    'scratch',
    'Nothing',
    'An empty image: `%files`, `%setup` or files from another stage fill it. It has no shell for `%post`.',
    [],
    [],
  ),
  agent(
    'buildkit',
    'Dockerfile, by buildkit',
    'Builds a Dockerfile: `From:` is its folder. Apptainer 1.5 or newer.',
    ['From'],
    ['Filename', 'Target', 'Frontend', 'BuildArgs'],
  ),
  agent(
    'dockerfile',
    'Dockerfile, by buildkit',
    'Builds a Dockerfile: `From:` is its folder. Apptainer 1.5 or newer.',
    ['From'],
    ['Filename', 'Target', 'Frontend', 'BuildArgs'],
  ),
];

const headers: DefinitionWords['headers'] = [
  header(
    'Bootstrap',
    'Where the base comes from',
    'The agent that makes or fetches the base. At the left edge it begins a new stage, wherever it stands in the file. The agent is case-sensitive: `docker`, not `Docker`.',
  ),
  header('From', 'The base', 'What the agent fetches: a reference, a file, a folder.'),
  header('Stage', 'Name of this stage', 'Later stages take files from it: `%files from NAME`.'),
  header('Registry', 'Registry of the base', 'Host and port, put before `From:`.'),
  header('Namespace', 'Namespace in the registry', 'Put between registry and `From:`.'),
  header('Library', 'Library server', 'Address of the library that `From:` is in.'),
  header(
    'Fingerprints',
    'Keys that must have signed the base',
    'Fingerprints, separated by commas; the build fails unless all of them signed the SIF. Other bases are not checked.',
  ),
  header(
    'MirrorURL',
    'Package mirror',
    'Address of the mirror; `%{OSVERSION}` stands for the value of `OSVersion:`.',
  ),
  header('UpdateURL', 'Mirror of updates', 'A second mirror, for updates.'),
  header('OSVersion', 'Release of the distribution', 'Such as `bookworm`, `noble`, `9`.'),
  header('Include', 'Packages to install at once', 'Separated by spaces.'),
  header('setopt', 'Options of dnf', 'Passed to dnf as they are. Apptainer 1.2, SingularityCE 4.0 or newer.'),
  header('IncludeCmd', 'Old option', 'Accepted, and without effect.'),
  header('ConfURL', 'Configuration of pacman', 'Address of a `pacman.conf`. Apptainer only.'),
  header('Product', 'SLE product', 'Name of the product to register.'),
  header('User', 'SLE account', 'E-mail address of the registration.'),
  header('Regcode', 'SLE registration code', 'It is written into the image with the definition.'),
  header('ProductPGP', 'Key of the product', 'Address of a public key.'),
  header('RegisterURL', 'SLE registration server', 'Address of the server.'),
  header('Modules', 'SLE modules', 'Separated by commas.'),
  header('OtherURL0', 'More mirrors', '`OtherURL0`, `OtherURL1` and so on.'),
  header('Filename', 'Name of the Dockerfile', '`Dockerfile` by default. Apptainer 1.5 or newer.'),
  header('Target', 'Stage of the Dockerfile', 'The last one by default. Apptainer 1.5 or newer.'),
  header('Frontend', 'Frontend of buildkit', 'Apptainer 1.5 or newer.'),
  header('BuildArgs', 'Arguments of the Dockerfile', 'Apptainer 1.5 or newer.'),
];

const sections: readonly Section[] = [
  section(
    'arguments',
    'Defaults of build arguments',
    'Lines `NAME=value`. `{{ NAME }}` anywhere in the same stage becomes the value, unless the build is given another one.',
    'file',
  ),
  section(
    'pre',
    'Before anything else, on the host',
    'Runs on the machine that builds, as you (or as root), before the base is fetched.',
    'host',
  ),
  section(
    'setup',
    'After the base, on the host',
    'Runs on the machine that builds, as you (or as root); the image is at `$APPTAINER_ROOTFS`.',
    'host',
  ),
  section(
    'files',
    'Files to copy',
    'One pair a line: source and destination (the same path when it is left out). Links are followed and owners lost when they come from the host. Spaces need double quotes.',
    'file',
    'from STAGE',
  ),
  section(
    'post',
    'What is done in the new image',
    'Runs in the image as root with `/bin/sh -ex`, with a clean environment, from `/`; `/tmp` and `/var/tmp` are those of the machine that builds. Lines for `$APPTAINER_ENVIRONMENT` become environment of the image.',
    'container',
    '-c SHELL',
  ),
  section(
    'environment',
    'Variables of the image',
    'Read by a shell whenever the image is run, not during the build. Only exported variables stay: functions and aliases do not.',
    'container',
  ),
  section(
    'runscript',
    'What `run` does',
    'A script; `#!` chooses another interpreter.',
    'container',
    '-c SHELL',
  ),
  section(
    'startscript',
    'What an instance does',
    'Runs when an instance is started.',
    'container',
    '-c SHELL',
  ),
  section(
    'test',
    'How the image proves itself',
    'Runs at the end of the build and with `test`. A failure fails the build.',
    'container',
    '-c SHELL',
  ),
  section(
    'labels',
    'Labels',
    'One a line: the name up to the first space (not a tab), then the value.',
    'file',
  ),
  section(
    'help',
    'Help text',
    'Shown by `run-help`. It is text, not a script, and still `%` at the start of a line ends it.',
    'file',
  ),
  appSection('appinstall', 'Installs an app', 'Runs after `%post`, in `/scif/apps/NAME`.', 'container'),
  appSection('appfiles', 'Files of an app', 'Copied into the folder of the app.', 'file'),
  appSection('appenv', 'Variables of an app', 'Set when the app runs.', 'container'),
  appSection('apprun', 'What the app does', 'Runs with `run --app NAME`.', 'container'),
  appSection('appstart', 'What an instance of the app does', 'Apptainer 1.2 or newer.', 'container'),
  appSection('apptest', 'How the app proves itself', 'Runs with `test --app NAME`.', 'container'),
  appSection('applabels', 'Labels of an app', 'As `%labels`.', 'file'),
  appSection('apphelp', 'Help of an app', 'Shown by `run-help --app NAME`.', 'file'),
];

/** Everything that a definition file can be made of, for completion and hover. */
export const definitionWords: DefinitionWords = {
  agents: [...agents],
  headers: [...headers],
  sections: [...sections],
};

function agent(
  name: string,
  detail: string,
  documentation: string,
  requiredHeaders: readonly string[],
  optionalHeaders: readonly string[],
): Agent {
  return {
    name,
    detail,
    documentation,
    requiredHeaders: [...requiredHeaders],
    optionalHeaders: [...optionalHeaders],
  };
}

function header(name: string, detail: string, documentation: string): DefinitionWords['headers'][number] {
  return { name, detail, documentation };
}

function section(
  name: string,
  detail: string,
  documentation: string,
  runs: Section['runs'],
  argument: string | null = null,
): Section {
  return { name, detail, documentation, runs, argument, isApp: false };
}

function appSection(name: string, detail: string, documentation: string, runs: Section['runs']): Section {
  return { name, detail, documentation, runs, argument: 'NAME', isApp: true };
}
