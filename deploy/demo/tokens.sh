# The demo's access tokens: an admin by the gateway's own bootstrap, the others by that admin. Sourced by quickstart.sh.

# Tokens live 30 days; one that is about to end is made anew.
Usable() { [ -s "$1" ] && [ -n "$(find "$1" -mtime -25)" ]; }

Keep() {
  mkdir -p "$tokens"
  chmod 700 "$tokens"
  (umask 077 && cat >"$tokens/$1.new")
  [ -s "$tokens/$1.new" ] || Fail "no token for $1"
  mv "$tokens/$1.new" "$tokens/$1"
}

# Works only while the gateway does not run: whoever can write its folder is its first administrator.
MakeAdminToken() {
  ! Usable "$tokens/admin" || return 0
  Terminate "$gateway/pid"
  "$bin/postern-gateway" --config "$gateway/gateway.yaml" tokens create --name admin --role admin 2>>"$gateway/log" | Keep admin
}

MakeTokens() {
  Usable "$tokens/agent" ||
    Ctl admin tokens create --name "$agent" --kind agent --target "$target" --output json | jq -er .token | Keep agent
  Usable "$tokens/reviewer" ||
    Ctl admin tokens create --name "$reviewer" --kind person --group dba --role reviewer --role auditor --output json | jq -er .token |
    Keep reviewer
}

# Ctl WHO ARGUMENT...: posternctl as admin or reviewer. The token travels in the environment, not in the argument list.
Ctl() {
  local who="$1"
  shift
  POSTERN_API="localhost:$api_port" POSTERN_CA="$certificates/ca.pem" POSTERN_TOKEN="$(cat "$tokens/$who")" "$bin/posternctl" "$@"
}
