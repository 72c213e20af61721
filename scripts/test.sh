#!/usr/bin/env bash
# Runs every check of the repository, or the steps that are named:
#
#	scripts/test.sh [--strict] [format|vet|lint|build|test|bench|browser]...
#
# On Debian, as root, it installs with apt what a step needs. Otherwise it says
# in one line what is missing. A step that could not be had fails the run, with
# two exceptions without --strict: the browser tests, and the race detector.
#
#	TALON_DATABASE_URL  a PostgreSQL database to test with, instead of a
#	                    private server that is started and removed here
#	CHROMIUM            the browser's program
#	PACKAGES            what the step test tests, ./... unless named

set -uo pipefail
self=$(realpath "$0")
cd "$(dirname "$self")/.." || exit 1
export GOTOOLCHAIN=${GOTOOLCHAIN:-local}
# As the product is built: what vet compiles, lint, build and tests find again.
export CGO_ENABLED=0

staticcheck=honnef.co/go/tools/cmd/staticcheck@v0.8.2
steps=(format vet lint build test bench browser)
strict=false
pg_dir='' pg_bin='' pg_user=''
child=''
results=()
notes=()
failed=false

main() {
	local chosen=() step
	for arg in "$@"; do
		case $arg in
		--strict) strict=true ;;
		-h | --help) sed -n '2,/^$/{/^#/!d;s/^# \{0,1\}//;p}' "$self" && exit 0 ;;
		*)
			if [[ " ${steps[*]} " != *" $arg "* ]]; then
				echo "test.sh: there is no step \"$arg\"; the steps are: ${steps[*]}" >&2
				exit 2
			fi
			chosen+=("$arg")
			;;
		esac
	done
	trap clean_up EXIT
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 143' TERM
	if ! command -v go >/dev/null; then
		echo "test.sh: missing: Go 1.26 (https://go.dev/dl/), and go in the PATH" >&2
		exit 1
	fi
	[[ ${#chosen[@]} -gt 0 ]] || chosen=("${steps[@]}")
	again go mod download || echo "test.sh: not every module can be fetched; going on with what is here" >&2
	for step in "${chosen[@]}"; do
		run_step "$step"
	done
	summary
	[[ $failed == false ]]
}

# --- the steps ---------------------------------------------------------------

step_format() {
	local files
	files=$(find . \( -name node_modules -o -name '.?*' \) -prune -o -name '*.go' -print0 | xargs -0 gofmt -l) || return 1
	[[ -z $files ]] || { printf 'not formatted, run gofmt -w:\n%s\n' "$files" && return 1; }
}

step_vet() { go vet ./...; }

# staticcheck comes from outside the module, so that go.mod stays the product's own.
step_lint() { GOBIN=$PWD/bin again go install "$staticcheck" && bin/staticcheck ./...; }

step_build() { go build -o bin/talon ./cmd/talon && go build ./...; }

# The race detector makes computation ten times as long, and the database that
# is compiled into the tests is computation too. So it watches whole the
# packages that are quick or live by doing things at once. Of the rooms that
# are tested on both engines, one call after the other, and of the engine and
# the printer it watches the tests in which several act at once. Packs, the
# reading of files, the demo and the scripts of cmd/talon do one thing at a
# time: what they run is watched in its own package.
together='Twice|SignIn|Visit|AtOnce|Once|Two|OnlyOne|InFlight|Idempot|Simulation|Concurrent|ManyWorkers|ReusedMemory|SameFile|CancelledContext|CalledOff|HasItsTurn'
step_test() {
	local packages raced=() plain=() at_once=() race=true
	read -ra packages <<<"${PACKAGES:-./...}"
	mapfile -t packages < <(go list -e "${packages[@]}")
	[[ ${#packages[@]} -gt 0 ]] || { echo "there is no package to test" && return 1; }
	for package in "${packages[@]}"; do
		case $package in
		*/packs | */packs/* | */cmd/talon | */internal/desk/demo | */internal/ingest | */internal/ingest/*) plain+=("$package") ;;
		*/internal/desk | */internal/api | */internal/web | */internal/storage | */internal/document | */policy) plain+=("$package") at_once+=("$package") ;;
		*) raced+=("$package") ;;
		esac
	done
	if ! need cc gcc gcc libc6-dev; then
		note "test" "without the race detector: it needs gcc"
		[[ $strict == true ]] && failed=true
		plain+=("${raced[@]}")
		raced=() race=false
	fi
	[[ $race == true ]] || at_once=()
	start_postgres || return 1
	in_background test_both
}

# test_both runs what is raced beside what is not: either spends half of its
# time on one long package. The lists are those of step_test.
test_both() {
	local status=0 log racing
	log=$(mktemp) || return 1
	{
		[[ ${#raced[@]} == 0 ]] || CGO_ENABLED=1 go test -race -timeout 20m "${raced[@]}" || status=1
		[[ ${#at_once[@]} == 0 ]] || CGO_ENABLED=1 go test -race -timeout 20m -run "$together" "${at_once[@]}" || status=1
		exit $status
	} >"$log" 2>&1 &
	racing=$!
	[[ ${#plain[@]} == 0 ]] || go test -timeout 20m "${plain[@]}" || status=1
	wait "$racing" || status=1
	cat "$log" && rm -f "$log"
	return $status
}

step_bench() { (cd bench && { again go mod download || true; } && go vet ./... && go test -timeout 20m ./...); }

step_browser() {
	local with_node=()
	[[ -f e2e/run.sh ]] || { echo "missing: e2e/run.sh" && return 1; }
	if ! need node node.js nodejs || ! need npm npm npm || ! find_chromium; then
		return 3
	fi
	cd e2e || return 1
	# Debian 12 has Node 18, and the driver of the browser wants 20.
	if [[ $(node -p 'parseInt(process.versions.node)') -lt 20 ]]; then
		with_node=(npm exec -y --package=node@22 --)
		"${with_node[@]}" node --version >/dev/null ||
			{ echo "missing: node.js 20 or newer (here $(node --version), and npm can't fetch another)" && return 3; }
	fi
	[[ -d node_modules/playwright-core && -d node_modules/axe-core ]] || again npm ci --ignore-scripts --no-audit --no-fund ||
		{ echo "missing: the packages of e2e/package-lock.json" && return 3; }
	CHROMIUM=$CHROMIUM "${with_node[@]}" npm test
}

# --- what they need ----------------------------------------------------------

# need COMMAND NAME PACKAGE... installs the packages if the command is not
# there, and says what is missing if it can't.
need() {
	local command=$1 name=$2
	shift 2
	command -v "$command" >/dev/null && return 0
	install "$@" && command -v "$command" >/dev/null && return 0
	echo "missing: $name (Debian: apt-get install $*)"
	return 1
}

install() {
	[[ $(id -u) == 0 ]] && command -v apt-get >/dev/null || return 1
	echo "installing: $*"
	# Another apt may be at work on a machine that has just started.
	local get=(env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3)
	"${get[@]}" install -y --no-install-recommends "$@" >/dev/null 2>&1 && return 0
	again "${get[@]}" update >/dev/null 2>&1
	"${get[@]}" install -y --no-install-recommends "$@" >/dev/null
}

# again tries what needs the network three times.
again() {
	"$@" || { sleep 5 && "$@"; } || { sleep 20 && "$@"; }
}

find_chromium() {
	[[ -n ${CHROMIUM:-} ]] && return 0
	CHROMIUM=$(command -v chromium || command -v chromium-browser || command -v google-chrome) ||
		{ need chromium Chromium chromium fonts-noto-core && CHROMIUM=$(command -v chromium); }
}

find_postgres() {
	local dir
	for dir in $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -Vr) "$(dirname "$(command -v initdb || echo /)")"; do
		[[ -x $dir/initdb && -x $dir/pg_ctl ]] && pg_bin=$dir && return 0
	done
	return 1
}

# start_postgres makes a server of its own in a temporary folder, on a free
# port, with a random password, and names it in TALON_DATABASE_URL. The server
# refuses to run as root, so root lends it to an unprivileged user.
start_postgres() {
	[[ -n ${TALON_DATABASE_URL:-} ]] && return 0
	if ! find_postgres && ! { install postgresql && find_postgres; }; then
		echo "missing: PostgreSQL (Debian: apt-get install postgresql), or TALON_DATABASE_URL with the address of a database"
		return 1
	fi
	pg_dir=$(mktemp -d /tmp/talon-postgres.XXXXXX) || return 1
	if [[ $(id -u) == 0 ]]; then
		pg_user=postgres
		id -u postgres >/dev/null 2>&1 || pg_user=nobody
	fi
	local password port
	password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
	printf '%s' "$password" >"$pg_dir/password"
	[[ -z $pg_user ]] || chown -R "$pg_user" "$pg_dir"
	# Russian order, so that nothing comes to rely on the order of bytes; a
	# server that was built without ICU takes the order of bytes.
	as_pg initdb -N --locale-provider=icu --icu-locale=ru-RU >"$pg_dir/log" 2>&1 ||
		{ as_pg rm -rf "$pg_dir/data" && as_pg initdb -N >"$pg_dir/log" 2>&1; } ||
		{ echo "PostgreSQL can't make a database:" && cat "$pg_dir/log" && return 1; }
	for _ in 1 2 3 4 5; do
		port=$((20000 + RANDOM % 12000))
		as_pg pg_ctl start "-p $port -k $pg_dir -c listen_addresses=127.0.0.1 -c max_connections=300 -c fsync=off -c full_page_writes=off -c synchronous_commit=off" >/dev/null 2>&1 &&
			export TALON_DATABASE_URL="postgres://talon:$password@127.0.0.1:$port/postgres?sslmode=disable" &&
			return 0
	done
	echo "PostgreSQL does not start:" && tail -n 20 "$pg_dir/server.log"
	return 1
}

# as_pg runs a program as the server's user, in the server's folder.
as_pg() {
	local run=()
	[[ -z $pg_user ]] || run=(setpriv --reuid="$pg_user" --regid="$(id -g "$pg_user")" --clear-groups)
	case $1 in
	initdb) set -- "$pg_bin/initdb" -D "$pg_dir/data" -U talon -A scram-sha-256 --pwfile="$pg_dir/password" -E UTF8 --locale=C.UTF-8 "${@:2}" ;;
	pg_ctl) set -- "$pg_bin/pg_ctl" "$2" -D "$pg_dir/data" -w -s -l "$pg_dir/server.log" ${3:+-o "$3"} ${4:+"${@:4}"} ;;
	esac
	(cd "$pg_dir" && exec "${run[@]}" "$@")
}

stop_postgres() {
	[[ -n $pg_dir ]] || return 0
	[[ ! -f $pg_dir/data/postmaster.pid ]] || as_pg pg_ctl stop "" -m immediate >/dev/null 2>&1
	rm -rf "$pg_dir"
	pg_dir=''
	unset TALON_DATABASE_URL
}

# --- the run -----------------------------------------------------------------

# run_step runs a step in a process group of its own: bash hears a signal while
# it waits for a background job, and not while it waits for a command.
run_step() {
	local step=$1 begin=$SECONDS status outcome
	printf '\n== %s\n' "$step"
	if [[ $step == test ]]; then
		"step_$step" # not in a subshell: it starts a server that must be stopped
		status=$?
		stop_postgres
	else
		in_background "step_$step"
		status=$?
	fi
	case $status in
	0) outcome=ok ;;
	3)
		outcome=SKIPPED
		[[ $strict == true || $(id -u) == 0 ]] && outcome="FAILED (missing, see above)" && failed=true
		;;
	*) outcome=FAILED && failed=true ;;
	esac
	results+=("$(printf '%-9s %6s  %s' "$step" "$((SECONDS - begin)) s" "$outcome")")
}

in_background() {
	set -m
	"$@" &
	child=$!
	set +m
	wait "$child"
	local status=$?
	child=''
	return $status
}

note() { notes+=("$1: $2") && echo "$2"; }

summary() {
	printf '\n== summary\n'
	printf '%s\n' "${results[@]}"
	[[ ${#notes[@]} == 0 ]] || printf '%s\n' "${notes[@]}"
	printf 'together %d s\n' "$SECONDS"
}

clean_up() {
	local status=$?
	trap '' HUP INT TERM
	[[ -z $child ]] || { kill -TERM -- "-$child" && wait "$child"; } 2>/dev/null
	stop_postgres
	exit "$status"
}

main "$@"
