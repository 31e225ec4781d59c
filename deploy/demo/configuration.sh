# What the demo's gateway and relay read: certificates, ports, YAML, and demo.env for people. Sourced by quickstart.sh.

# A CA of the demo's own; the relay is known by the SPIFFE ID in its certificate.
MakeCertificates() {
  Ca "$certificates"
  Certificate "$certificates" gateway "DNS:localhost,IP:127.0.0.1"
  Certificate "$certificates" relay "URI:spiffe://postern/relay/relay-demo" relay-demo
}

SavePort() { echo "$2" >"$state/$1.port"; }
SavedPort() { [ -s "$state/$1.port" ] && cat "$state/$1.port"; }

# The ports of the last run if they are still to be had, so that demo.env and open terminals stay right.
ChoosePorts() {
  if Running "$gateway/pid"; then
    [ -z "$mysql_port" ] || [ "$mysql_port" = "$(SavedPort mysql)" ] ||
      Fail "the gateway already listens on port $(SavedPort mysql); stop it first: deploy/quickstart.sh stop --state $state"
    mysql_port="$(SavedPort mysql)"
    api_port="$(SavedPort api)"
    console_port="$(SavedPort console || FreePort 8080)"
    SavePort console "$console_port"
    return
  fi
  if [ -n "$mysql_port" ]; then
    ! PortTaken "$mysql_port" || Fail "port $mysql_port is taken"
  else
    mysql_port="$(FreePort "$(SavedPort mysql || echo 3307)")"
  fi
  api_port="$(FreePort "$(SavedPort api || echo 8443)")"
  SavePort mysql "$mysql_port"
  SavePort api "$api_port"
  console_port="$(FreePort "$(SavedPort console || echo 8080)")"
  SavePort console "$console_port"
}

# Rewritten at every start, except the policy: that one is for trying things out, and edits stay.
WriteConfiguration() {
  mkdir -p "$gateway/data" "$relay/state"
  chmod 700 "$gateway" "$gateway/data" "$relay" "$relay/state"
  GatewayYaml >"$gateway/gateway.yaml"
  RelayYaml >"$relay/relay.yaml"
  [ -s "$gateway/policy.yaml" ] || PolicyYaml >"$gateway/policy.yaml"
}

GatewayYaml() {
  cat <<YAML
mysql:
  listen: "127.0.0.1:$mysql_port"
  tls: { certificate: "$certificates/gateway.pem", key: "$certificates/gateway.key" }
api:
  listen: "127.0.0.1:$api_port"
  tls: { certificate: "$certificates/gateway.pem", key: "$certificates/gateway.key", client_ca: "$certificates/ca.pem" }
console: { listen: "127.0.0.1:$console_port" }
data_dir: "$gateway/data"
store: { sqlite: {} }
policy: "$gateway/policy.yaml"
targets:
  $target: { relays: [relay-demo] }
YAML
}

RelayYaml() {
  cat <<YAML
name: relay-demo
gateways: ["localhost:$api_port"]
tls: { certificate: "$certificates/relay.pem", key: "$certificates/relay.key", ca: "$certificates/ca.pem" }
state_dir: "$relay/state"
targets:
  $target:
    host: 127.0.0.1
    port: $db_port
    user: postern_relay
    password_file: "$relay/password"
    database: shop
    tls: { mode: verify-full, ca: "$db_ca" }
YAML
}

PolicyYaml() {
  cat <<YAML
# Deny beats hold beats allow; what no rule matches is denied. After an edit: kill -HUP \$(cut -d ' ' -f 1 $gateway/pid)
version: 1
rules:
  - name: orders-bot-reads
    agents: [$agent]
    targets: [$target]
    allow: { verbs: [read], objects: ["shop.*"] }
  - name: writes-need-a-human
    agents: ["*"]
    targets: [$target]
    hold: { verbs: [insert, update, delete, replace], objects: ["shop.*"], reviewers: [dba], approvals: 1, wait: 10m }
  - name: never
    agents: ["*"]
    targets: ["*"]
    deny: { verbs: [ddl, account, admin] }
access:
  - { agents: [$agent], targets: [$target], open: automatic, max_ttl: 8h, idle: 30m, connections: 8 }
YAML
}

WriteDemoEnvironment() {
  (
    umask 077
    {
      echo POSTERN_MYSQL_HOST=127.0.0.1
      echo "POSTERN_MYSQL_PORT=$mysql_port"
      printf 'POSTERN_CA=%q\n' "$certificates/ca.pem"
      echo "POSTERN_API=localhost:$api_port"
      echo "POSTERN_CONSOLE=http://127.0.0.1:$console_port"
      echo "POSTERN_TARGET=$target"
      echo "POSTERN_AGENT=$agent"
      echo "POSTERN_AGENT_TOKEN=$(cat "$tokens/agent")"
      echo "POSTERN_REVIEWER_TOKEN=$(cat "$tokens/reviewer")"
      echo "POSTERN_ADMIN_TOKEN=$(cat "$tokens/admin")"
      printf 'POSTERN_DB_SOCKET=%q\n' "$db_socket"
      echo "POSTERN_DB_PORT=$db_port"
      echo "POSTERN_DB_VENDOR=$db_vendor"
      printf 'POSTERN_POLICY=%q\n' "$gateway/policy.yaml"
    } >"$state/demo.env.new"
  )
  mv "$state/demo.env.new" "$state/demo.env"
}
