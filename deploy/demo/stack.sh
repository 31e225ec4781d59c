# Starts, stops and describes the demo's programs. Sourced by quickstart.sh.

StartStack() {
  MakeAdminToken
  StartProgram gateway
  WaitFor "the gateway" gateway Ctl admin status
  MakeTokens
  StartProgram relay
  WaitFor "the relay to reach the database" relay TargetReady
}

# StartProgram gateway|relay. One that runs an older build than the one on disk is replaced.
StartProgram() {
  local name="$1" folder="$state/$1"
  if Running "$folder/pid" && [ "$bin/postern-$name" -nt "$folder/pid" ]; then
    Terminate "$folder/pid"
  fi
  Running "$folder/pid" || Launch "$folder/pid" "$folder/log" "$bin/postern-$name" --config "$folder/$name.yaml" 8>&-
}

TargetReady() { Ctl admin status --output json | jq -e --arg name "$target" '.targets[] | select(.name == $name) | .ready' >/dev/null; }

# WaitFor WHAT PROGRAM COMMAND...: until the command succeeds, while the program lives.
WaitFor() {
  local what="$1" folder="$state/$2" deadline=$((SECONDS + 60))
  shift 2
  until "$@" >/dev/null 2>"$state/last-error"; do
    Running "$folder/pid" || { tail -n 20 "$folder/log" >&2; Fail "it ended while waiting for $what; its log is $folder/log"; }
    [ "$SECONDS" -lt "$deadline" ] || { cat "$state/last-error" >&2; Fail "waited 60 s for $what; the log is $folder/log"; }
    sleep 0.2
  done
}

StopStack() {
  Terminate "$relay/pid"
  Terminate "$gateway/pid"
  "$root/deploy/database/stop.sh" --dir "$state/database"
  echo "stopped; $state keeps the data"
}

Status() {
  local name up=0
  for name in gateway relay database; do
    if Running "$state/$name/pid"; then
      echo "$name: running, pid $(cut -d ' ' -f 1 "$state/$name/pid")"
    else
      echo "$name: not running"
      up=1
    fi
  done
  if [ "$up" -eq 0 ]; then
    api_port="$(SavedPort api)"
    Ctl admin status || up=1
    echo "environment: . $state/demo.env"
  fi
  return "$up"
}

Summary() {
  Say "Running. Try it:"
  cat <<TEXT
  . $state/demo.env
  $(basename "$db_client") -h \$POSTERN_MYSQL_HOST -P \$POSTERN_MYSQL_PORT -u \$POSTERN_AGENT+\$POSTERN_TARGET -p"\$POSTERN_AGENT_TOKEN" --ssl-ca=\$POSTERN_CA shop
  POSTERN_TOKEN=\$POSTERN_REVIEWER_TOKEN POSTERN_API=\$POSTERN_API POSTERN_CA=\$POSTERN_CA $bin/posternctl approvals list
  http://127.0.0.1:$console_port in a browser; sign in with \$POSTERN_REVIEWER_TOKEN
  deploy/quickstart.sh stop$([ "$state" = "$root/.postern" ] || echo " --state $state")
TEXT
}
