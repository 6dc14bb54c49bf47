# The guard of one PostgreSQL server: it owns the server's folder from the first file to the last.
#
#   sh guard.sh BIN DIRECTORY
#
# Orders arrive as lines on standard input; each is answered with its exit status, as a line on standard output.
# When the input ends, because the program that started the guard closed it or died in whatever way, the server is
# stopped and the folder removed. The guard runs in a session of its own, so a Ctrl-C at the terminal passes it by.

bin=$1
directory=$2

finish() {
  "$bin/pg_ctl" stop -D data -m immediate >/dev/null 2>&1
  cd /
  rm -rf "$directory"
}
trap finish EXIT
trap exit HUP INT TERM
# An answer that nobody is left to read must not end the guard before it has cleaned up.
trap '' PIPE

while read -r order; do
  case $order in
    initdb)
      # The password goes from pipe to pipe: it is in no file and on no command line.
      IFS= read -r password
      printf '%s\n' "$password" | "$bin/initdb" -D data --username=postgres --pwfile=/dev/stdin \
        --auth=scram-sha-256 --encoding=UTF8 --locale=C --no-sync
      ;;
    start) "$bin/pg_ctl" start -D data -l log -w ;;
    restart) "$bin/pg_ctl" restart -D data -l log -w -m fast ;;
    # A walsender waits for its subscriber before it lets go; one that never answers is not waited for longer.
    stop) "$bin/pg_ctl" stop -D data -w -m fast -t 10 ;;
  esac >>log 2>&1
  echo $?
done
