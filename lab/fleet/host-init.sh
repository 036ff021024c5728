#!/bin/bash
# host-init.sh HOST_DIR LOWER NAME ADDRESS PORT BOOT_MIB [GRUB_VARIABLE=VALUE...]
#
# First process of a host, in mount, UTS, PID and IPC namespaces of its own: makes them its root and stays as its init.
# All mounts live in these namespaces alone; when this process ends the kernel ends the rest and drops them.
set -euo pipefail

dir=$1 lower=$2 name=$3 address=$4 port=$5 boot_mib=$6
shift 6
root=$dir/root

mount --make-rprivate /
mount -t overlay -o "lowerdir=$lower,upperdir=$dir/upper,workdir=$dir/work" overlay "$root"
cd "$root"
hostname "$name"

mount -t proc -o nosuid,nodev,noexec proc proc
for path in sys sysrq-trigger; do # the machine's own settings
  [ -e "proc/$path" ] || continue
  mount --bind "proc/$path" "proc/$path"
  mount -o remount,bind,ro "proc/$path"
done
mount -t sysfs -o ro,nosuid,nodev,noexec sysfs sys
[ ! -d sys/firmware/efi ] || mount -t tmpfs -o ro,size=0 tmpfs sys/firmware/efi # the machine's loader is not the host's

mount -t tmpfs -o mode=755,nosuid,size=4m tmpfs dev
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts dev/pts
mount -t tmpfs -o nosuid,nodev tmpfs dev/shm
while read -r node major minor; do
  mknod -m 666 "dev/$node" c "$major" "$minor"
done <<<'null 1 3
zero 1 5
full 1 7
random 1 8
urandom 1 9
tty 5 0'
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
for fd in 0:stdin 1:stdout 2:stderr; do
  ln -s "/proc/self/fd/${fd%:*}" "dev/${fd#*:}"
done

mount -t tmpfs -o mode=755,nosuid,nodev tmpfs run
mkdir -p run/lock run/sshd run/lab
mount -t tmpfs -o mode=755,size="${boot_mib}m" tmpfs boot
cp -a "$dir/boot/." boot/
ln -s grub2 boot/grub # where Debian's GRUB looks for its environment

pivot_root . mnt
cd /
umount -l /mnt
grub2-editenv /boot/grub2/grubenv create
grub2-editenv /boot/grub2/grubenv set "$@"

# Bash reaps whatever the host orphans. The server is left alone while /run/lab/sshd-off exists.
while :; do
  if [ -e /run/lab/sshd-off ]; then
    sleep 0.05
  else
    /usr/sbin/sshd -D -e -o "ListenAddress=$address" -o "Port=$port" -o PidFile=/run/sshd.pid || sleep 0.05
  fi
done
