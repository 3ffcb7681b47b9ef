#!/bin/bash
# sshHost.sh STATE HOSTNAME - process 1 of one ssh host of the test bed, in namespaces of its own (sshHosts.sh makes them).
# It gives the host its own accounts, homes, /tmp and PAM, so that nothing of that touches the machine, and starts one
# sshd for each sshd_config* in STATE/ssh. When it is killed the kernel ends everything on the host: a real reboot.
set -euo pipefail
STATE=$1 NAME=$2
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
umask 022

exec >>"$STATE/log" 2>&1 </dev/null
hostname "$NAME"
mount -t proc proc /proc
# By another path first: what is mounted next may cover the test bed's own folder.
mount --rbind "$STATE" /mnt
for file in passwd shadow group hosts sudoers subuid subgid pam.d/sshd apptainer/apptainer.conf; do
  [ ! -e "/mnt/etc/$file" ] || mount --bind "/mnt/etc/$file" "/etc/$file"
done
# The machine's own list of who is signed in, its log and its service manager stay out of it.
mount -t tmpfs -o mode=755,size=8m run /run
mkdir /run/sshd /run/lock
mount -t tmpfs -o mode=755,size=8m log /var/log
mount --bind /mnt/home /home
mount --rbind /mnt/srv /srv
mount -t tmpfs -o mode=1777,size=4m small /srv/small
mount -t tmpfs -o mode=1777,size=64m,noexec noexec /srv/noexec
mount --bind /mnt/ssh /etc/ssh
# Folders of programs that sshFact.sh may take some from: what is written there stays in memory, on this host.
if [ -f /mnt/overlaid ]; then
  mkdir /run/overlaid
  mount -t tmpfs -o mode=700,size=512m overlaid /run/overlaid
  while read -r folder; do
    over=/run/overlaid$folder
    mkdir -p "$over"/{whole,upper,work}
    mount --bind "$folder" "$over/whole"
    mount -t overlay -o "lowerdir=$folder,upperdir=$over/upper,workdir=$over/work,userxattr" programs "$folder"
  done </mnt/overlaid
fi
# Devices of its own where one of them may be taken away; sshFact.sh brings it back from /run/machine.
if [ -f /mnt/overlaid ]; then
  mkdir -m 700 /run/machine
  mkdir /run/machine/dev
  mount --rbind /dev /run/machine/dev
  mount -t tmpfs -o mode=755,size=1m dev /dev
  for device in null zero full random urandom tty fuse; do
    [ -e "/run/machine/dev/$device" ] || continue
    touch "/dev/$device"
    mount --bind "/run/machine/dev/$device" "/dev/$device"
  done
  mkdir /dev/pts /dev/shm
  mount -t devpts -o newinstance,ptmxmode=666,mode=620,gid=5 devpts /dev/pts
  mount -t tmpfs -o mode=1777 shm /dev/shm
  ln -s pts/ptmx /dev/ptmx
  ln -s /proc/self/fd /dev/fd
  for number in 0:stdin 1:stdout 2:stderr; do ln -s "/proc/self/fd/${number%:*}" "/dev/${number#*:}"; done
fi
# A host with a network of its own has the test bed's registries and web server at the addresses they have outside.
for service in registry auth-registry web; do
  if [ -f "/mnt/services/$service" ]; then
    mkdir "/run/$service"
    mount --bind "$STATE/../../$service" "/run/$service"
  fi
done
SERVICES=()
for service in /mnt/services/*; do
  [ ! -f "$service" ] || SERVICES+=("$(cat "$service")")
done
mount --bind /mnt/tmp /tmp
cd /
umount -l /mnt

for service in ${SERVICES[@]+"${SERVICES[@]}"}; do
  # shellcheck disable=SC2086 # one word each: program and arguments
  env -i PATH="$PATH" HOME=/root $service >>"/var/log/${service%% *}" 2>&1 &
done
for config in /etc/ssh/sshd_config*; do
  sshd=$(command -v sshd)
  "$sshd" -D -e -f "$config" &
done
# Process 1 inherits every orphan of the host; bash reaps them while it waits. It stays as long as a server lives.
while [ -n "$(jobs -r)" ]; do wait -n || true; done
