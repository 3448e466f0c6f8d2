# shellcheck shell=bash
# Sourced by node.sh: what the node sees of the machine, so that it leaves no
# trace there. The usual folders are the node's own and kept in NODE_DIR.
: "${NODE_DIR:?}"

mount --make-rshared /
mount -t tmpfs tmpfs /run
for folder in /var/lib/kubelet /var/lib/containerd /var/lib/cni /var/log /etc/cni /usr/libexec/kubernetes; do
	mkdir -p "$folder" "$NODE_DIR/root$folder"
	mount --bind "$NODE_DIR/root$folder" "$folder"
done

# Of each hierarchy of control groups the node's own part, as its root.
for hierarchy in /sys/fs/cgroup/*/; do
	hierarchy=${hierarchy%/}
	controllers=${hierarchy##*/}
	case $controllers in
	unified) umount -l "$hierarchy" ;;
	systemd)
		umount -l "$hierarchy"
		mount -t cgroup -o none,name=systemd cgroup "$hierarchy"
		;;
	*)
		mountpoint -q "$hierarchy" || continue
		umount -l "$hierarchy"
		mount -t cgroup -o "$controllers" cgroup "$hierarchy"
		;;
	esac
done

# kubelet sets these for the whole machine: it is given copies.
mkdir -p "$NODE_DIR/sysctl"
for setting in vm/overcommit_memory vm/panic_on_oom kernel/panic kernel/panic_on_oops kernel/keys/root_maxkeys kernel/keys/root_maxbytes; do
	copy=$NODE_DIR/sysctl/${setting//\//.}
	cat "/proc/sys/$setting" >"$copy"
	mount --bind "$copy" "/proc/sys/$setting"
done
