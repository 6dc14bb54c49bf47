# The guard of one PostgreSQL server, or of a copy of its data: it owns a folder from the first file to the last.
#
#   sh guard.sh BIN DIRECTORY
#
# Orders arrive as lines on standard input; each is answered with its exit status, as a line on standard output.
# When the input ends, because the program that started the guard closed it or died in whatever way, the server is
# stopped and the folder removed. The guard runs in a session of its own, so a Ctrl-C at the terminal passes it by.

bin=$1
directory=$2

initialize() {
  # The password goes from pipe to pipe: it is in no file and on no command line.
  IFS= read -r password
  printf '%s\n' "$password" | "$bin/initdb" -D data --username="$1" --pwfile=/dev/stdin \
    --auth=scram-sha-256 --encoding=UTF8 --locale=C --no-sync || return
  echo "include 'sandbox.conf'" >>data/postgresql.conf
  # Whoever writes the settings later may be root; the file stays ours.
  : >data/sandbox.conf
}

# Not by "pg_ctl start": the server is to be our own child, so that we can wait for its very end.
start() {
  "$bin/postgres" -D data &
  until grep -q '^ready' data/postmaster.pid; do
    kill -0 $! || return
    sleep 0.05
  done 2>/dev/null
}

# A server that stands still, with all of its sessions, cannot stop.
wake() {
  [ -z "$!" ] || kill -CONT $! $(pgrep -P $!)
}

stop() {
  wake
  # A walsender waits for its subscriber before it lets go; one that never answers is not waited for any longer.
  "$bin/pg_ctl" stop -D data -m fast -t 10 || "$bin/pg_ctl" stop -D data -m immediate
  wait
  # A server that was killed leaves its lock file, which would make the next one look ready.
  rm -f data/postmaster.pid
}

finish() {
  wake 2>/dev/null
  "$bin/pg_ctl" stop -D data -m immediate >/dev/null 2>&1
  wait
  cd /
  rm -rf "$directory"
}

trap finish EXIT
trap exit HUP INT TERM
# An answer that nobody is left to read must not end the guard before it has cleaned up.
trap '' PIPE

while read -r order argument; do
  case $order in
    initdb) initialize "$argument" ;;
    copy) cp -RPp "$argument" data ;;
    start) start ;;
    reload) "$bin/pg_ctl" reload -D data ;;
    restart) stop; start ;;
    stop) stop ;;
  esac >>log 2>&1
  echo $?
done
