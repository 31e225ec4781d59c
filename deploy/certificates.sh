# Makes the private certificates of a demo or a test: one CA, and what it signs. Sourced, not run.
#   Ca DIR                                    DIR/ca.pem, DIR/ca.key
#   Certificate DIR NAME EXTENSION [CN]       DIR/NAME.pem, DIR/NAME.key; EXTENSION is a subjectAltName such as
#                                             DNS:localhost,IP:127.0.0.1 or URI:spiffe://...
# Existing files are kept, so a second run changes nothing. Keys are readable by their owner alone.

Ca() {
  local dir="$1"
  [ ! -s "$dir/ca.pem" ] || return 0
  mkdir -p "$dir"
  (
    umask 077
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 -subj "/CN=Postern private CA" \
      -addext "basicConstraints=critical,CA:TRUE" -addext "keyUsage=critical,keyCertSign,cRLSign" \
      -keyout "$dir/ca.key" -out "$dir/ca.pem.new" 2>/dev/null
  )
  chmod 644 "$dir/ca.pem.new"
  mv "$dir/ca.pem.new" "$dir/ca.pem"
}

Certificate() {
  local dir="$1" name="$2" alternative="$3" common_name="${4:-$2}"
  [ ! -s "$dir/$name.pem" ] || return 0
  (
    umask 077
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=$common_name" \
      -keyout "$dir/$name.key" -out "$dir/$name.csr" 2>/dev/null
    openssl x509 -req -in "$dir/$name.csr" -CA "$dir/ca.pem" -CAkey "$dir/ca.key" -CAcreateserial -days 825 -out "$dir/$name.pem.new" \
      -extfile <(printf 'basicConstraints=CA:FALSE\nkeyUsage=digitalSignature\nextendedKeyUsage=serverAuth,clientAuth\nsubjectAltName=%s\n' \
        "$alternative") 2>/dev/null
    rm -f "$dir/$name.csr"
  )
  chmod 644 "$dir/$name.pem.new"
  mv "$dir/$name.pem.new" "$dir/$name.pem"
}
