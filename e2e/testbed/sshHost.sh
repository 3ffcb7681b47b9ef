#!/bin/bash
# sshHost.sh STATE HOSTNAME - process 1 of one ssh host of the test bed, in namespaces of its own (sshHosts.sh makes them).
# It gives the host its own accounts, homes and PAM, so that nothing of that touches the machine, and starts one sshd for
# each sshd_config* in STATE/ssh. When it is killed the kernel ends everything on the host with it: a real reboot.
set -euo pipefail
STATE=$1 NAME=$2

exec >>"$STATE/log" 2>&1 </dev/null
hostname "$NAME"
mount -t proc proc /proc
# By another path first: what is mounted next may cover the test bed's own folder.
mount --bind "$STATE" /mnt
for file in passwd shadow group hosts subuid subgid pam.d/sshd apptainer/apptainer.conf; do
  [ ! -e "/mnt/etc/$file" ] || mount --bind "/mnt/etc/$file" "/etc/$file"
done
# The machine's own list of who is signed in, its log and its service manager stay out of it.
mount -t tmpfs -o mode=755,size=8m run /run
mkdir /run/sshd /run/lock
mount -t tmpfs -o mode=755,size=8m log /var/log
mount --bind /mnt/home /home
mount --bind /mnt/srv /srv
[ ! -d /mnt/tmp ] || mount --bind /mnt/tmp /tmp
mount --bind /mnt/ssh /etc/ssh
cd /
umount /mnt

export PATH=/usr/sbin:/usr/bin:/sbin:/bin
for config in /etc/ssh/sshd_config*; do
  /usr/sbin/sshd -D -e -f "$config" &
done
# Process 1 inherits every orphan of the host, and bash reaps what it waits for.
while :; do
  wait -n || true
  [ -n "$(jobs -r)" ] || break
done
