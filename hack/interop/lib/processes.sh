# shellcheck shell=bash
# Servers that live as long as the run.
: "${work:?}"

readonly patience=20 # seconds until a server must be up

pids=()

# start NAME COMMAND...: runs it in the background; its output goes to $work/NAME.log.
start() {
	local name=$1
	shift
	"$@" >"$work/$name.log" 2>&1 &
	pids+=($!)
}

# stop_all ends what was started, the last first: whoever uses a server goes before it.
stop_all() {
	local i
	for ((i = ${#pids[@]} - 1; i >= 0; i--)); do
		kill "${pids[i]}" 2>/dev/null || continue
		wait "${pids[i]}" 2>/dev/null || true
	done
	pids=()
}

# await WHAT COMMAND...: polls until the command succeeds, while all servers live.
await() {
	local what=$1 pid end=$((SECONDS + patience))
	shift
	until "$@" 2>/dev/null; do
		for pid in "${pids[@]}"; do
			kill -0 "$pid" 2>/dev/null || fail "a server ended while waiting for $what"
		done
		((SECONDS < end)) || fail "waited ${patience} s in vain for $what"
		sleep 0.05
	done
}

accepts() { (exec 3<>"/dev/tcp/127.0.0.1/$1"); }

fail() {
	echo "interop: $1" >&2
	tail -n 20 "$work"/*.log >&2
	exit 1
}

# free_ports N: as many loopback ports that nobody listens on.
free_ports() {
	node --input-type=module -e '
		import { createServer } from "node:net";
		import { once } from "node:events";
		const held = Array.from({ length: Number(process.argv[1]) }, () => createServer().listen(0, "127.0.0.1"));
		await Promise.all(held.map((server) => once(server, "listening")));
		console.log(held.map((server) => server.address().port).join(" "));
		held.forEach((server) => server.close());
	' "$1"
}
