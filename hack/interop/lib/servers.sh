# shellcheck shell=bash
# The services behind the gateway, and the gateway.
: "${here:?}" "${work:?}" "${patience:?}" "${switchyard:?}" "${access_log:?}" "${typed:?}"
: "${ws_port:?}" "${wss_port:?}" "${admin_port:?}" "${pages_port:?}"
: "${echo_port:?}" "${mqtt_port:?}" "${vnc_port:?}" "${away_port:?}"

start_echo() {
	start echo "$switchyard" echo --address "127.0.0.1:$echo_port"
	await "the echo service" accepts "$echo_port"
}

start_mosquitto() {
	cat >"$work/mosquitto.conf" <<-END
		listener $mqtt_port 127.0.0.1
		allow_anonymous true
		persistence false
		log_dest stdout
	END
	start mosquitto mosquitto -c "$work/mosquitto.conf"
	await Mosquitto accepts "$mqtt_port"
}

# A VNC server that shows a blue wall and on it a yellow terminal, which writes what it is told to $typed.
start_vnc() {
	mkfifo "$work/display"
	exec {display_fd}<>"$work/display"
	start vnc Xtigervnc -displayfd "$display_fd" -rfbport "$vnc_port" -localhost -nolisten tcp \
		-SecurityTypes None -AlwaysShared -geometry 800x600 -depth 24
	local number
	read -r -t "$patience" -u "$display_fd" number || fail "the VNC server names no display"
	export DISPLAY=":$number"
	await "the VNC server" accepts "$vnc_port"
	xsetroot -solid '#1f6feb'
	start terminal xterm -geometry 70x20+80+80 -bg '#ffd700' -fg black -e node "$here/lib/screen.mjs" "$typed"
	await "the terminal" test -s "$typed"
}

start_gateway() {
	local objects="$work/objects"
	mkdir "$objects"
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost \
		-addext subjectAltName=DNS:localhost,IP:127.0.0.1 \
		-keyout "$work/tls.key" -out "$work/tls.crt" 2>"$work/openssl.log"
	fill_in <"$here/objects.yaml" >"$objects/objects.yaml"
	"$switchyard" check -f "$objects" >"$work/check.log" 2>&1 || fail "the objects are not sound"
	start gateway "$switchyard" run -f "$objects" --admin "127.0.0.1:$admin_port" --access-log "$access_log"
	await "the gateway" accepts "$ws_port"
	await "the gateway's TLS" accepts "$wss_port"
}

# fill_in replaces @name@ by what is known under the name.
fill_in() {
	sed -e "s|@ws_port@|$ws_port|; s|@wss_port@|$wss_port|; s|@pages_port@|$pages_port|" \
		-e "s|@echo_port@|$echo_port|; s|@mqtt_port@|$mqtt_port|; s|@vnc_port@|$vnc_port|; s|@away_port@|$away_port|" \
		-e "s|@certificate@|$(base64 -w0 "$work/tls.crt")|; s|@key@|$(base64 -w0 "$work/tls.key")|"
}
