# pipelines/slurm on a Slurm of its own, of one machine with two slurmd. Needs
# root, and Debian's packages of Slurm and munge.

load helper
load training

setup_file() {
	local dir=$BATS_FILE_TMPDIR host
	[ "$(id -u)" = 0 ] || return 0
	for tool in munged slurmctld slurmd sbatch scontrol; do
		command -v $tool >/dev/null || return 0
	done
	host=$(hostname -s)
	mkdir -p "$dir/state"
	chmod 755 "$dir"
	(umask 077 && head -c 1024 /dev/urandom >"$dir/key")
	# requeued jobs wait for cred_expire: 120 s, if nothing is said
	cat >"$dir/slurm.conf" <<-END
	ClusterName=cd
	SlurmctldHost=$host(127.0.0.1)
	SlurmctldPort=16817
	AuthType=auth/munge
	AuthInfo=socket=$dir/munge,cred_expire=5
	CredType=cred/munge
	SlurmUser=root
	SlurmdUser=root
	StateSaveLocation=$dir/state
	SlurmctldPidFile=$dir/slurmctld.pid
	SlurmctldLogFile=$dir/slurmctld.log
	SlurmdPidFile=$dir/%n.pid
	SlurmdSpoolDir=$dir/spool-%n
	SlurmdLogFile=$dir/%n.log
	ProctrackType=proctrack/linuxproc
	TaskPlugin=task/none
	SelectType=select/cons_tres
	SelectTypeParameters=CR_Core
	JobAcctGatherType=jobacct_gather/none
	SwitchType=switch/none
	MpiDefault=none
	NodeName=n1 NodeHostname=$host NodeAddr=127.0.0.1 Port=17001 CPUs=2
	NodeName=n2 NodeHostname=$host NodeAddr=127.0.0.1 Port=17002 CPUs=2
	PartitionName=all Nodes=n1,n2 Default=YES State=UP
	END
	export SLURM_CONF=$dir/slurm.conf
	munged --force --key-file="$dir/key" --socket="$dir/munge" \
		--pid-file="$dir/munged.pid" --log-file="$dir/munged.log" \
		--seed-file="$dir/seed" >"$dir/said" 2>&1 3>&- || return 0
	slurmctld -i 3>&-
	slurmd -N n1 3>&-
	slurmd -N n2 3>&-
}

teardown_file() {
	local pid
	for pid in "$BATS_FILE_TMPDIR"/*.pid; do
		[ -e "$pid" ] || continue
		pid=$(<"$pid")
		kill "$pid" || continue
		# it still writes where bats will remove
		while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
	done
}

setup() {
	scratch
	[ -e "$BATS_FILE_TMPDIR/n2.pid" ] || skip "no Slurm, or not root"
	waits_for "no nodes" nodes
	slurm=$(cd "$BATS_TEST_DIRNAME/../pipelines/slurm" && pwd)
}

nodes() {
	[ "$(sinfo -h -o %D:%t)" = 2:idle ]
}

# waits_for WHAT CMD...: until CMD succeeds, 60 s at most.
waits_for() {
	local what=$1 i
	shift
	for ((i = 0; i < 600; i++)); do
		! "$@" 2>/dev/null || return 0
		sleep 0.1
	done
	echo "$what"
	cat ./*.out "$BATS_FILE_TMPDIR"/*.log
	return 1
}

no_jobs() {
	[ -z "$(squeue -h)" ]
}

@test "decode: shards of an array job, joined: the bytes of one machine" {
	mkdir "it's"
	cd-draw -n 10 --seed 1 "it's/drawn"
	"$slurm/decode" -n 3 --size 16x16 --label prefix -o out.trs -- \
		"it's/drawn" 2>said
	waits_for "not joined" test -e out.trs
	cd-decode --size 16x16 --label prefix "it's/drawn" | cmp - out.trs
	waits_for "jobs are left" no_jobs
	[ ! -e out.trs.shards ]
	grep -E '^decode: job [0-9]+: 3 shards$' said
	# one of them fails: no file, and it is said
	echo old >out.trs
	fails_with 2 "decode: out.trs was not made" "$slurm/decode" --wait \
		-n 2 --size 16x16 --label prefix -o out.trs -- missing.jpg
	grep "missing.jpg: No such file" fails.err
	[ "$(cat out.trs)" = old ]
	fails_with 2 "out.trs.shards is there" "$slurm/decode" -o out.trs -- a
	fails_with 2 "not a whole number" "$slurm/decode" -n 0 -o out.trs -- a
	fails_with 2 "usage: decode" "$slurm/decode" -o out.trs
}

trained() {
	[ "$(wc -l <h.tsv)" -gt 2 ]
}

@test "train: stopped, queued again, gone on: the model of one that was not" {
	local job
	s=$(make_samples 60 16)
	cat >run <<-END
	#!/bin/bash
	set -o pipefail
	cd-shuffle --seed 1 --epochs "\$1" "$s" |
		cd-train -q -n 4 -j 1 --history h.tsv m.trs
	END
	chmod +x run
	cp "$(make_model 16)" m.trs
	mkdir once
	cp "$(make_model 16)" once/m.trs
	job=$(sbatch --parsable -c 1 "$slurm/train" ./run 400)
	waits_for "not trained" trained
	scancel --batch --signal=TERM "$job"
	waits_for "not stopped" grep "back into the queue" "slurm-$job.out"
	waits_for "jobs are left" no_jobs
	grep "the same command continues" "slurm-$job.out"
	[ "$(scontrol -o show job "$job" | grep -o 'Restarts=[0-9]*')" = \
		Restarts=1 ]
	(cd once && ../run 400)
	cmp m.trs once/m.trs
	diff <(cut -f 1-7,9,11 h.tsv) <(cut -f 1-7,9,11 once/h.tsv)
}

@test "train: what is stopped before it trains is not queued again" {
	local job
	printf '#!/bin/bash\ntouch begun\nsleep 60\n' >run
	chmod +x run
	job=$(sbatch --parsable "$slurm/train" ./run)
	waits_for "not begun" test -e begun
	scancel --batch --signal=TERM "$job"
	waits_for "jobs are left" no_jobs
	grep "not queued again" "slurm-$job.out"
	# the status is the command's
	printf '#!/bin/bash\nexit 3\n' >run
	job=$(sbatch --parsable "$slurm/train" ./run)
	waits_for "jobs are left" no_jobs
	[ "$(scontrol -o show job "$job" | grep -o ' ExitCode=[0-9:]*')" = \
		" ExitCode=3:0" ]
	fails_with 2 "usage: sbatch" env SLURM_JOB_ID=1 "$slurm/train"
}
