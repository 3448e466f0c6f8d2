# shellcheck shell=bash
# What the tests need from the system's packages and from npm's.
: "${here:?}" "${root:?}"

# tool -> Debian package
declare -Ar tools=(
	[node]=nodejs
	[npm]=npm
	[openssl]=openssl
	[mosquitto]=mosquitto
	[Xtigervnc]=tigervnc-standalone-server
	[xsetroot]=x11-xserver-utils
	[xterm]=xterm
	[chromium]=chromium
)

install_packages() {
	local tool missing=()
	for tool in "${!tools[@]}"; do
		have "$tool" || missing+=("${tools[$tool]}")
	done
	((${#missing[@]})) || return 0

	"$root/hack/debian.sh" "${missing[@]}"
}

# have finds servers too, which are not in everyone's PATH.
have() { PATH="$PATH:/usr/sbin" command -v "$1" >/dev/null; }

# Debian's Node may be older than what the modules want.
readonly node_version=20

check_node() {
	local version
	version=$(node --version)
	version=${version#v}
	((${version%%.*} >= node_version)) || {
		echo "interop: Node $version is too old: $node_version or later is needed" >&2
		exit 1
	}
}

install_modules() {
	local installed="$here/node_modules/.package-lock.json"
	[[ -e $installed && ! $here/package-lock.json -nt $installed ]] || (cd "$here" && npm ci --no-fund --no-audit --loglevel=error)
}
