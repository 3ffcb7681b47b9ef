import { ownedTreeFunctions } from './ownedTree.ts';

/**
 * Shell programs of detached jobs, for any POSIX `sh` with the usual small tools. A job is a folder:
 *
 * | file | holds |
 * |---|---|
 * | `command` | the command line as a script |
 * | `supervise` | the supervisor, which runs it and writes its exit status |
 * | `identity` | one line: process id and start ticks of the supervisor, boot id, pid namespace, node, seconds since 1970 |
 * | `output` | everything that it writes |
 * | `status` | its exit status; there once it has ended |
 * | `alive` | nothing; locked as long as the supervisor or what it started lives, where there is flock(1) |
 * | `title`, `terminal`, `secrets`, `owned` | what it is called, whether it wants a terminal, which extra files are removed at its end, and paths elsewhere (base64, one a line) that go with it |
 *
 * `identity` appears by a hard link, so that of two starts one wins, and a job has begun when it is there.
 */

/** Names that extra files may not have. */
export const ownFileNames: ReadonlySet<string> = new Set([
  'command',
  'supervise',
  'identity',
  'alive',
  'output',
  'status',
  'status.part',
  'input',
  'title',
  'terminal',
  'secrets',
  'owned',
  'umask',
]);

/** Exit statuses of the scripts below that mean something. */
export const scriptStatus = { stillRunning: 75, onOtherNode: 76 } as const;

/** At most so many bytes are given at once: in base64 they stay below the longest line that a host gives whole. */
const pieceBytes = 48_000;

const prologue = `
set -f
own_locale=\${LC_ALL+set$LC_ALL}
export LC_ALL=C
jobs=\${XDG_STATE_HOME:-}
case $jobs in /*) ;; *) jobs=$HOME/.local/state ;; esac
jobs=$jobs/mysingularity/jobs
node=$(uname -n)
boot=$(cat /proc/sys/kernel/random/boot_id 2>/dev/null)
space=$(readlink /proc/self/ns/pid 2>/dev/null)
encoded() { base64 | tr -d '\\n'; }
pause() { sleep "$1" 2>/dev/null || sleep 1; }

# PID TICKS: whether that very process runs. Fields of proc(5) count from the last parenthesis.
is_running() {
  { read -r line <"/proc/$1/stat"; } 2>/dev/null || return 1
  set -- "$1" "$2" \${line##*) }
  [ "$3" != Z ] && [ "$3" != X ] && [ "\${22}" = "$2" ]
}

# FILE: whether nobody holds its lock any more. In a login node that is a container, what ran before a restart of it was in
# another pid namespace, of which nothing else is seen.
is_let_go() { [ -e "$1" ] && flock -n "$1" true 2>/dev/null; }

# FOLDER: sets state (none: never begun), and what the files say.
look_at() {
  state=gone status=
  { read -r pid ticks its_boot its_space its_node started <"$1/identity"; } 2>/dev/null || { state=none; return; }
  if { read -r status <"$1/status"; } 2>/dev/null; then state=ended
  elif [ "$its_node" != "$node" ]; then state=unknown
  elif [ "$its_boot" != "\${boot:--}" ]; then state=gone
  elif [ "$its_space" != "\${space:--}" ]; then is_let_go "$1/alive" || state=unknown
  elif is_running "$pid" "$ticks"; then state=running
  fi
  # It may have ended between the two looks.
  if [ "$state" = gone ] && { read -r status <"$1/status"; } 2>/dev/null; then state=ended; fi
}
`;

/** Runs in the job's own session. INT stays at its default for the command, so that it can be interrupted. */
export const superviseScript = `
cd -- "$1" || exit
umask 077
trap : HUP INT TERM
set -f
MYSINGULARITY_JOB=\${1##*/}
export MYSINGULARITY_JOB
read -r line <"/proc/$$/stat" || exit
set -- \${line##*) }
boot=$(cat /proc/sys/kernel/random/boot_id 2>/dev/null)
space=$(readlink /proc/self/ns/pid 2>/dev/null)
printf '%15s\\n' '' >status.part || exit
exec 9>alive || exit
flock -s 9 2>/dev/null || { exec 9>&-; rm -f alive; }
printf '%s %s %s %s %s %s\\n' "$$" "\${20}" "\${boot:--}" "\${space:--}" "$(uname -n)" "$(date +%s)" >"identity.$$" || exit
if ! ln "identity.$$" identity 2>/dev/null; then
  [ ! -e identity ] || { rm -f "identity.$$"; exit; }
  mv "identity.$$" identity || exit
fi
rm -f "identity.$$"
exec >/dev/null 2>&1
umask "$(cat umask)"
is_terminal=
[ ! -e terminal ] || case $(script --version 2>/dev/null) in *util-linux*) mkfifo -m 600 input && is_terminal=1 ;; esac
if [ -n "$is_terminal" ]; then
  SHELL=/bin/sh script -qefc 'exec /bin/sh ./command' /dev/null <>input >>output 2>&1
else
  /bin/sh ./command </dev/null >>output 2>&1
fi
status=$?
[ ! -e secrets ] || while IFS= read -r name; do rm -f -- "./$name"; done <secrets
# Over what was written before the command began: a full disk has room for it.
printf '%-15s\\n' "$status" 1<>status.part && mv status.part status
`;

/** Starts job `id`, unless it has begun before; writes its folder in base64. */
export function startScript(
  id: string,
  files: readonly { readonly name: string; readonly base64: string }[],
): string {
  const puts = files.map(({ name, base64 }) => `put ${name} '${base64}' || fail`);
  return `${prologue}
own_umask=$(umask)
umask 077
folder=$jobs/${id}
put() { printf '%s' "$2" | base64 -d >"$folder/$1.$$" && mv "$folder/$1.$$" "$folder/$1"; }
fail() {
  look_at "$folder"
  [ "$state" != none ] || rm -rf "$folder"
  exit 74
}
look_at "$folder"
if [ "$state" = none ]; then
  mkdir -p "$folder" || exit 74
  ${puts.join('\n  ')}
  printf '%s\\n' "$own_umask" >"$folder/umask" || fail
  : >>"$folder/output" || fail
  # A background job of a shell ignores interrupts for ever, so nothing here runs in the background: the second setsid
  # finds itself the leader of a group, which makes it fork.
  case $own_locale in set*) LC_ALL=\${own_locale#set} ;; *) unset LC_ALL ;; esac
  fresh=
  env --default-signal=INT,QUIT true 2>/dev/null && fresh='env --default-signal=INT,QUIT'
  if command -v setsid >/dev/null; then
    said=$($fresh setsid setsid /bin/sh "$folder/supervise" "$folder" 2>&1 </dev/null)
  else
    said=$(nohup /bin/sh "$folder/supervise" "$folder" 2>&1 </dev/null &)
  fi
  look_at "$folder"
  [ "$state" != none ] || { printf '%s\\n' "$said" >&2; fail; }
fi
printf '%s' "$folder" | encoded
`;
}

/**
 * One line a job: id, state, exit status, start (s), last output (s), kibibytes on the disk (0 unless asked), folder and
 * title in base64; `-` for what is not known. One id asks for one job.
 */
export function listScript(options: { readonly id: string | null; readonly isMeasured: boolean }): string {
  return `${prologue}
kibibytes() {
  total=0
  set -- "$1"
  size=$(du -sk "$1" 2>/dev/null) && total=\${size%%[!0-9]*}
  [ ! -e "$1/owned" ] || while IFS= read -r path; do
    path=$(printf '%s' "$path" | base64 -d; echo .)
    size=$(du -sk "\${path%.}" 2>/dev/null) || continue
    total=$((total + \${size%%[!0-9]*}))
  done <"$1/owned"
  printf '%s' "$total"
}
show() {
  look_at "$1"
  [ "$state" != none ] || return 0
  printf '%s %s %s %s %s %s %s %s\\n' "\${1##*/}" "$state" "\${status:--}" "\${started:-0}" \\
    "$(stat -c %Y "$1/output" 2>/dev/null || echo "\${started:-0}")" ${options.isMeasured ? '"$(kibibytes "$1")"' : '0'} \\
    "$(printf '%s' "$1" | encoded)" "$(encoded <"$1/title" 2>/dev/null)"
}
set +f
for folder in "$jobs"/${options.id ?? '*'}/; do show "\${folder%/}"; done
`;
}

/**
 * Gives the output from byte `from` on: lines of base64, each by itself; `:` now and then while nothing comes, so that
 * neither end takes a cut line for a quiet job; at the end `= STATE STATUS`. It waits there, nobody asks from here.
 */
export function followScript(id: string, from: number): string {
  return `${prologue}
folder=$jobs/${id}
at=${from} idle=0
while :; do
  look_at "$folder" # before the size: what was written before the end is seen then
  size=$(stat -c %s "$folder/output" 2>/dev/null) || size=0
  if [ "$size" -gt "$at" ]; then
    piece=$((size - at))
    [ "$piece" -le ${pieceBytes} ] || piece=${pieceBytes}
    tail -c "+$((at + 1))" "$folder/output" | head -c "$piece" | encoded
    echo || exit
    at=$((at + piece)) idle=0
    continue
  fi
  case $state in running | unknown) ;; *) break ;; esac
  idle=$((idle + 1))
  if [ "$idle" -lt 20 ]; then pause 0.1; else pause 0.5; fi
  [ $((idle % 10)) != 0 ] || echo : || exit
done
printf '= %s %s\\n' "$state" "\${status:--}"
`;
}

/**
 * Ends a job: interrupt (3 s), terminate (2 s), kill. Signals go to everything that descends from its supervisor or is
 * of its sessions and groups, known by start ticks. The supervisor is spared until the last, to write the status, and
 * `script` until the kill: it would make a termination of an interrupt.
 */
export function cancelScript(id: string): string {
  return `${prologue}
folder=$jobs/${id}
# Every process: id, parent, group, session, ticks.
table() {
  set +f
  for file in /proc/[0-9]*/stat; do
    { read -r line <"$file"; } 2>/dev/null || continue
    set -f
    file=\${file#/proc/}
    set -- "\${file%/stat}" \${line##*) }
    [ "$2" = Z ] || printf '%s %s %s %s %s\\n' "$1" "$3" "$4" "$5" "\${21}"
  done
  set -f
}
# Those of the job, the supervisor left out: id, parent, ticks.
members() {
  processes=$(table)
  known=" $pid "
  while :; do
    more=$(printf '%s\\n' "$processes" | while read -r one parent group session its_ticks; do
      case $known in *" $one "*) continue ;; esac
      case $known in *" $parent "* | *" $group "* | *" $session "*) known="$known$one " && printf '%s ' "$one" ;; esac
    done)
    [ -n "$more" ] || break
    known="$known$more"
  done
  printf '%s\\n' "$processes" | while read -r one parent group session its_ticks; do
    [ "$one" != "$pid" ] || continue
    case $known in *" $one "*) printf '%s %s %s\\n' "$one" "$parent" "$its_ticks" ;; esac
  done
}
signal_all() {
  printf '%s\\n' "$seen" | while read -r one parent its_ticks; do
    [ -n "$one" ] || continue
    [ "$1" = KILL ] || [ ! -p "$folder/input" ] || [ "$parent" != "$pid" ] || continue
    is_running "$one" "$its_ticks" && kill -s "$1" "$one" 2>/dev/null
  done
}
is_over() {
  step=0
  while look_at "$folder" && [ "$state" = running ]; do
    [ "$step" -lt "$1" ] || return 1
    step=$((step + 1))
    pause 0.1
  done
}
look_at "$folder"
case $state in
unknown)
  printf '%s' "$its_node"
  exit ${scriptStatus.onOtherNode}
  ;;
running)
  seen=
  for try in INT:30 TERM:20 KILL:20; do
    seen="$seen
$(members)"
    signal_all "\${try%:*}"
    ! is_over "\${try#*:}" || break
  done
  [ "$state" != running ] || { kill -s KILL "$pid" 2>/dev/null; is_over 20; }
  signal_all KILL
  ;;
esac
# Helpers that the runtime leaves behind when it is killed, wherever they went: they carry the job's name.
set +f
grep -ls 'MYSINGULARITY_JOB=${id}' /proc/[0-9]*/environ | while read -r file; do
  file=\${file#/proc/}
  [ "$state" = running ] || kill -s KILL "\${file%/environ}" 2>/dev/null
done
[ "$state" != running ] || exit ${scriptStatus.stillRunning}
exit 0
`;
}

/** Removes a job that has ended, with the paths that it owns; what is mounted there is left alone where `rm` can. */
export function removeScript(id: string): string {
  return `${prologue}${ownedTreeFunctions}
folder=$jobs/${id}
look_at "$folder"
case $state in
running) exit ${scriptStatus.stillRunning} ;;
unknown)
  printf '%s' "$its_node"
  exit ${scriptStatus.onOtherNode}
  ;;
esac
here=
rm -f --one-file-system 2>/dev/null && here=--one-file-system
take_away() {
  rm -rf $here -- "$1" 2>/dev/null && return
  chmod -R u+rwX -- "$1" # unpacked images have folders that nobody may write
  rm -rf $here -- "$1" 2>/dev/null && return
  in_ids rm -rf $here -- "$1" 2>/dev/null && return # copies of sandboxes have files of the person's subordinate ids
  rm -rf $here -- "$1"
}
[ ! -e "$folder/owned" ] || while IFS= read -r path; do
  path=$(printf '%s' "$path" | base64 -d; echo .)
  path=\${path%.}
  case $path in /?*) ;; *) continue ;; esac
  if [ -e "$path" ] || [ -h "$path" ]; then take_away "$path" || exit; fi
done <"$folder/owned"
[ ! -e "$folder" ] || take_away "$folder"
`;
}
