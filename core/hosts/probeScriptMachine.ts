/** Processors, scheduler, MPI, modules, tools, network. The slow ones start first and run beside the rest. */
export const machineProbe = {
  background: `
reach() {
  where=registry-1.docker.io
  if [ -z "$(limit 1 getent hosts $where)" ] && has getent >/dev/null; then say registry 'name unknown'; return; fi
  if has bash >/dev/null; then
    if limit 1 bash -c ": </dev/tcp/$where/443"; then say registry reached; else say registry 'no answer'; fi
  elif has nc >/dev/null; then
    if limit 1 nc -z -w 1 $where 443; then say registry reached; else say registry 'no answer'; fi
  fi
}
reach &
say proxy "$(printf '%s' "$https_proxy$HTTPS_PROXY" | sed 's|//[^/@]*@|//|')"
version() { # NAME COMMAND…: its first line
  name=$1; shift
  if has "$1" >/dev/null; then say "$name" "$(limit 1 "$@" 2>&1 | first)"; fi
}
version version.slurm sinfo --version &
version version.pbs qstat --version &
version version.lsf bsub -V &
version version.mpirun mpirun --version &
version version.git git --version &
version version.python3 python3 --version &
version version.rsync rsync --version &
if has srun >/dev/null; then ( say srunMpi "$(limit 1 srun --mpi=list 2>&1)" ) & fi
if has nvidia-smi >/dev/null; then ( say nvidiaDevices "$(limit 1 nvidia-smi --query-gpu=name,driver_version --format=csv,noheader)" ) & fi
`,
  foreground: String.raw`
say nvidiaDriver "$(sed -n 's/.*Kernel Module[^0-9]*\([0-9.]*\).*/\1/p' /proc/driver/nvidia/version)"
n=0; for d in /dev/nvidia[0-9]*; do [ -c "$d" ] && n=$((n + 1)); done
say nvidiaNodes "$n"
libraries=$(ldconfig -p || /sbin/ldconfig -p)
case $libraries in *libcuda.so*) say nvidiaLibraries yes;; *) say nvidiaLibraries no;; esac
if [ -c /dev/kfd ]; then say amdNode yes; fi
if [ -n "$LMOD_VERSION" ]; then say modules "Lmod $LMOD_VERSION"
elif [ -n "$LMOD_CMD" ] || [ -e /etc/profile.d/lmod.sh ] || [ -e /etc/profile.d/z00_lmod.sh ]; then say modules Lmod
elif [ -n "$MODULESHOME" ] || [ -e /etc/profile.d/modules.sh ]; then say modules 'Environment Modules'; fi
if [ -d /run/systemd/system ]; then
  say systemd yes
  say killsAtLogout "$(limit 1 loginctl show-user --property=KillUserProcesses | sed -n 's/^KillUserProcesses=//p')"
  say lingers "$(limit 1 loginctl show-user "$user" --property=Linger | sed -n 's/^Linger=//p')"
fi
if [ -e /sys/fs/cgroup/cgroup.controllers ]; then say cgroups 2; elif [ -d /sys/fs/cgroup ]; then say cgroups 1; fi
for p in sudo rocm-smi curl rpm2cpio cpio dpkg apt-get dnf yum debootstrap zypper pacstrap sbatch; do say "has.$p" "$(has $p)"; done
`,
};
