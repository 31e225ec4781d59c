# Long-running programs of a state folder, each known by a pid file. Sourced, not run.
#   FreePort [WANTED]               prints WANTED if nothing listens there, else a free port of 127.0.0.1
#   Running PIDFILE                 is the process of that file alive, and still the one that was started?
#   Launch PIDFILE LOG COMMAND...   starts COMMAND in the background, detached from the terminal
#   Terminate PIDFILE               TERM, then KILL after 30 s; only ever the process that Launch started

FreePort() {
  local port="${1:-}"
  if [ -z "$port" ] || PortTaken "$port"; then
    while :; do
      port=$((20000 + RANDOM % 12000))
      PortTaken "$port" || break
    done
  fi
  echo "$port"
}

PortTaken() { [ -n "$(ss -Hltn "sport = :$1")" ]; }

# A pid alone may have been given to somebody else since; with the start time it is one process for ever.
StartTime() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d ' ' -f 20; }

Running() {
  local pid started
  [ -s "$1" ] && read -r pid started <"$1" && [ -n "$started" ] && [ "$(StartTime "$pid")" = "$started" ] &&
    ! grep -q '^State:.*Z' "/proc/$pid/status" 2>/dev/null
}

Launch() {
  local pid_file="$1" log="$2" pid
  shift 2
  setsid nohup "$@" >>"$log" 2>&1 </dev/null &
  pid=$!
  echo "$pid $(StartTime "$pid")" >"$pid_file"
}

Terminate() {
  local pid_file="$1" pid waited=0
  if Running "$pid_file"; then
    read -r pid _ <"$pid_file"
    kill "$pid"
    while Running "$pid_file"; do
      sleep 0.1
      waited=$((waited + 1))
      [ "$waited" -ne 300 ] || kill -9 "$pid"
    done
  fi
  rm -f "$pid_file"
}
