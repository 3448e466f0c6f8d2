#!/usr/bin/env bash
# Makes stand-ins for images that samples name, for clusters that cannot pull: the
# same name, and of the same content what samples use, from Debian's packages. They
# are for the architecture of this machine.
#
# Usage: hack/image/debian.sh NAME OUT.tar
#   NAME is busybox or mosquitto.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
umask 022
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

main() {
	local out
	out=$(realpath -m "${2:?the archive to write}")
	case $1 in
	busybox)
		shell
		pack busybox:1.37 <<<'CMD ["sh"]'
		;;
	mosquitto)
		"$here/../debian.sh" mosquitto mosquitto-clients
		shell
		user mosquitto 1883
		programs /usr/sbin/mosquitto /usr/bin/mosquitto_{passwd,pub,rr,sub}
		install -D -m 644 /dev/null "$root/mosquitto/config/mosquitto.conf"
		install -D /dev/stdin "$root/docker-entrypoint.sh" <<<$'#!/bin/sh\nexec "$@"'
		pack eclipse-mosquitto:2.0 <<-'END'
			ENTRYPOINT ["/docker-entrypoint.sh"]
			CMD ["/usr/sbin/mosquitto", "-c", "/mosquitto/config/mosquitto.conf"]
		END
		;;
	*)
		echo "debian.sh: no such image: $1" >&2
		exit 2
		;;
	esac
}

# shell: BusyBox with all that it can be called, root, and a /tmp.
shell() {
	"$here/../debian.sh" busybox-static
	install -D /bin/busybox "$root/bin/busybox"
	local name
	for name in $(/bin/busybox --list); do
		[ -e "$root/bin/$name" ] || ln -s busybox "$root/bin/$name"
	done
	install -d -m 1777 "$root/tmp"
	user root 0
}

# user NAME NUMBER: a user, and a group of the same name and number.
user() {
	mkdir -p "$root/etc"
	echo "$1:x:$2:$2::/:/bin/sh" >>"$root/etc/passwd"
	echo "$1:x:$2:" >>"$root/etc/group"
}

# programs FILE...: programs, and the libraries that they are linked with.
programs() {
	local library program
	ldd "$@" | grep --only-matching '/[^ :]* (0x' | sort --unique | while read -r library _; do
		install -D "$library" "$root$library"
	done
	for program in "$@"; do
		install -D "$program" "$root$program"
	done
}

# pack REFERENCE: makes the archive. The image's configuration comes in, as a
# Dockerfile says it.
pack() {
	mkdir -p "$(dirname "$out")"
	{
		printf 'FROM scratch\nCOPY --from=root / /\n'
		cat
	} | GOOS='' GOARCH='' go run -C "$here" . -dockerfile /dev/stdin -arch "$(go env GOHOSTARCH)" -stage "root=$root" -o "$out" "$1"
}

main "$@"
