# Hosts to try pipelines/parallel-decode with: sshd's of this machine, each
# with keys, a configuration and a home of their own in ./ssh. Nothing of the
# system's or the user's ssh is read or changed; nor is what a shell reads
# when it begins, which must not be killed in the middle of that.

# no_hosts: prints why there can be none, if so.
no_hosts() {
	[[ "$(parallel --version 2>/dev/null || true)" == "GNU parallel"* ]] ||
		echo "no GNU parallel"
	command -v ssh >/dev/null || echo "no ssh"
	sshd=$(PATH=$PATH:/usr/sbin type -P sshd) || echo "no sshd"
}

# hosts_begin N [WIRED]: hosts h1 to hN, on ports of 127.0.0.1; WIRED: each with
# a network of its own (root). Sets what parallel-decode needs.
hosts_begin() {
	local i
	hosts_n=$1 wired=${2-} at=$PWD/ssh
	sshd=$(PATH=$PATH:/usr/sbin type -P sshd)
	mkdir -p ssh/parallel
	ssh-keygen -q -t ed25519 -N '' -f ssh/host
	ssh-keygen -q -t ed25519 -N '' -f ssh/user
	printf '%s\n' "HostKey $at/host" "AuthorizedKeysFile $at/user.pub" \
		'PidFile none' 'UsePAM no' 'StrictModes no' \
		'PasswordAuthentication no' "SetEnv HOME=$at" >ssh/sshd_config
	printf '%s\n' 'Host *' "  IdentityFile $at/user" 'IdentitiesOnly yes' \
		'StrictHostKeyChecking no' "UserKnownHostsFile $at/known" \
		'LogLevel ERROR' >ssh/config
	hosts_pid=() hosts_port=()
	for ((i = 1; i <= hosts_n; i++)); do
		if [ -n "$wired" ]; then
			hosts_wire "$i" || return
			printf 'Host h%d\n HostName 10.213.%d.2\n Port 2222\n' \
				"$i" "$i" >>ssh/config
		fi
		hosts_start "$i" || return
	done
	export PARALLEL_SSH="ssh -F $at/config" PARALLEL_HOME=$at/parallel
}

# hosts_wire I: the network of a host.
hosts_wire() {
	local name=cdh$1
	ip netns add "$name" &&
		ip link add "$name" type veth peer name eth0 netns "$name" &&
		ip addr add "10.213.$1.1/24" dev "$name" &&
		ip link set "$name" up &&
		ip -n "$name" addr add "10.213.$1.2/24" dev eth0 &&
		ip -n "$name" link set eth0 up &&
		ip -n "$name" link set lo up
}

# hosts_start I: starts the host, on a port that is free.
hosts_start() {
	local i=$1 try port=${hosts_port[$1]:-$((20000 + RANDOM % 20000))}
	local how=() where=(-p 2222)
	[ -z "$wired" ] || how=(ip netns exec "cdh$i")
	# what sshd wants to be there, without leaving it to the system
	if [ "$(id -u)" = 0 ] && [ ! -d /run/sshd ]; then
		how+=(unshare -m sh -c
			'mount -t tmpfs t /run; mkdir /run/sshd && exec "$@"' -)
	fi
	for ((try = 0; try < 20; try++)); do
		[ -n "$wired" ] || where=(-p "$port" -o ListenAddress=127.0.0.1)
		"${how[@]}" "$sshd" -D -e -f ssh/sshd_config "${where[@]}" \
			>"ssh/log$i" 2>&1 3>&- </dev/null &
		hosts_pid[i]=$!
		for _ in {1..40}; do
			if grep -q 'Server listening' "ssh/log$i"; then
				[ -n "$wired" ] || hosts_named "$i" "$port"
				return
			fi
			kill -0 "${hosts_pid[i]}" 2>/dev/null || break
			sleep 0.05
		done
		kill "${hosts_pid[i]}" 2>/dev/null || true
		port=$((20000 + RANDOM % 20000))
	done
	cat "ssh/log$i"
	return 1
}

# hosts_named I PORT: how ssh finds it; of two lines the first counts.
hosts_named() {
	[ "${hosts_port[$1]-}" = "$2" ] && return
	hosts_port[$1]=$2
	printf 'Host h%d\n  HostName 127.0.0.1\n  Port %d\n' "$1" "$2" |
		cat - ssh/config >ssh/new
	mv ssh/new ssh/config
}

# below PID: the processes that it started, and those that they did.
below() {
	local child
	for child in $(ps -o pid= --ppid "$1"); do
		echo "$child"
		below "$child"
	done
}

# hosts_kill I: the host is dead at once, with all that runs there.
hosts_kill() {
	local pid=${hosts_pid[$1]}
	# shellcheck disable=SC2046
	kill -KILL "$pid" $(below "$pid") 2>/dev/null || true
	wait "$pid" 2>/dev/null || true
}

hosts_end() {
	local i
	for ((i = 1; i <= ${hosts_n:-0}; i++)); do
		[ -z "${hosts_pid[i]-}" ] || hosts_kill "$i"
		[ -z "$wired" ] || ip netns del "cdh$i" 2>/dev/null || true
	done
}
