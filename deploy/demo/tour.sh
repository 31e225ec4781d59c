# The walk that quickstart.sh ends with: what an agent's statements meet, step by step. Sourced.

Tour() {
  . "$state/demo.env"
  TourTask
  TourRead
  TourHeldWrite
  TourRefusal
  TourEnd
  TourProof
}

Step() { printf "\n%s-- %s%s\n" "$bold" "$*" "$plain"; }
Shell() { printf "%s$ %s%s\n" "$faint" "$*" "$plain"; }

# The task, as the agent's posternctl answered it: $(OfTask user).
OfTask() { jq -er ".$1" <<<"$tour_task"; }

# The agent's client: a stock one, with nothing installed into it.
Agent() {
  MYSQL_PWD="$(OfTask password)" "$db_client" --no-defaults -h "$(OfTask host)" -P "$(OfTask port)" \
    -u "$(OfTask user)" --ssl-ca="$POSTERN_CA" --table "$@" shop
}

ShowAgent() { Shell "$(basename "$db_client") -u $POSTERN_AGENT+$POSTERN_TARGET … shop -e \"$1\""; }
ShowCtl() { Shell "posternctl $*"; }

TourTask() {
  Step "The agent asks for a door: policy opens it at once, for this task and no longer than 10 minutes"
  ShowCtl task start --target "$POSTERN_TARGET" --reason "\"look into order 42\"" --ttl 10m
  tour_task="$(Ctl agent task start --target "$POSTERN_TARGET" --reason "look into order 42" --ttl 10m --label tool=tour --output json)"
  jq '{id, state, user, deadline}' <<<"$tour_task"
}

TourRead() {
  local sql="SELECT status, COUNT(*) FROM orders GROUP BY status"
  Step "The agent reads: rule orders-bot-reads allows it"
  ShowAgent "$sql"
  Agent -e "$sql"
}

TourHeldWrite() {
  local sql="UPDATE orders SET quantity = quantity + 1 WHERE id = 42" client approval
  Step "The agent writes: the statement waits on the wire for a reviewer"
  ShowAgent "$sql"
  Agent -vvv -e "$sql" >"$state/tour.out" 2>&1 &
  client=$!
  approval="$(PendingApproval "$client")"
  echo "(no answer yet: held as $approval)"
  Step "The reviewer sees exactly what would run, and approves"
  ShowCtl approvals list --state pending
  Ctl reviewer approvals list --state pending
  ShowCtl approvals approve "$approval" --reason "one row, as asked"
  Ctl reviewer approvals approve "$approval" --reason "one row, as asked"
  Step "The agent has its answer"
  wait "$client" || { cat "$state/tour.out" >&2; Fail "the approved statement failed"; }
  grep -E '^(Query OK|Rows matched)' "$state/tour.out"
}

# The id of the first pending approval, as soon as there is one; gives up when the client that should wait has ended.
PendingApproval() {
  local client="$1" id
  while kill -0 "$client" 2>/dev/null; do
    id="$(Ctl reviewer approvals list --state pending --output json | jq -r '.[0].id // empty')"
    [ -z "$id" ] || { echo "$id"; return; }
    sleep 0.2
  done
  cat "$state/tour.out" >&2
  Fail "the write was not held"
}

TourRefusal() {
  Step "The agent drops a table: refused, and the connection stays usable"
  Shell "$(basename "$db_client") -u $POSTERN_AGENT+$POSTERN_TARGET … --force shop <<< \"DROP TABLE orders; SELECT COUNT(*) FROM orders;\""
  Agent --force <<<"DROP TABLE orders; SELECT COUNT(*) FROM orders;" 2>&1 || true
}

TourEnd() {
  Step "The task is done: its password is good for nothing now, and nothing of it is left open"
  ShowCtl task end "$(OfTask id)"
  Ctl agent task end "$(OfTask id)" >/dev/null
  WaitFor "the end of the task" gateway TaskEnded
  Ctl agent task show "$(OfTask id)"
  Agent -e "SELECT 1" 2>&1 || true
}

TaskEnded() { Ctl agent task show "$(OfTask id)" --output json | jq -e '.state == "ended"'; }

TourProof() {
  local session
  session="$(Ctl reviewer sessions list --task "$(OfTask id)" --output json | jq -r '.[0].id')"
  Step "The agent has left: its database thread is gone, and the record says how that was proven"
  WaitFor "the proof of close" gateway Proven "$session"
  ShowCtl sessions show "$session"
  Ctl reviewer sessions show "$session"
  # The relay looked it up from a connection of its own, which it lets go a second later.
  WaitFor "the relay to have no connection" relay NoRelayThreads
  Shell "$(basename "$db_client") --socket=\$POSTERN_DB_SOCKET -u root -e \"$(ThreadsSql)\""
  AsRoot --table -e "$(ThreadsSql)"
}

ThreadsSql() { echo "SELECT COUNT(*) AS relay_threads FROM information_schema.processlist WHERE user = 'postern_relay'"; }
NoRelayThreads() { [ "$(AsRoot --batch --skip-column-names -e "$(ThreadsSql)")" = 0 ]; }
Proven() { Ctl reviewer sessions show "$1" --output json | jq -e '.close_proof == "gone" or .close_proof == "killed"'; }
