#!/usr/bin/env bash
# Installs Debian packages where they are missing and it may; else says the
# command. What they would start is not started.
#
# Usage: hack/debian.sh PACKAGE...
set -euo pipefail

missing=()
for package in "$@"; do
	[[ $(dpkg-query --show --showformat '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || missing+=("$package")
done
((${#missing[@]})) || exit 0

install=(apt-get install --yes --no-install-recommends "${missing[@]}")
if ((EUID != 0)) || ! command -v apt-get >/dev/null; then
	echo "missing: install with" >&2
	echo "  sudo apt-get update && sudo ${install[*]}" >&2
	exit 1
fi

echo "installing ${missing[*]}" >&2
policy=/usr/sbin/policy-rc.d log=$(mktemp)
trap 'rm -f "$log"' EXIT
if [[ ! -e $policy ]]; then
	trap 'rm -f "$log" "$policy"' EXIT
	printf '#!/bin/sh\nexit 101\n' >"$policy"
	chmod 755 "$policy"
fi
{
	apt-get update --quiet=2
	DEBIAN_FRONTEND=noninteractive "${install[@]}" --quiet=2 -o DPkg::Lock::Timeout=300
} >"$log" 2>&1 || {
	cat "$log" >&2
	exit 1
}
