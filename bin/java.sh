# What the launchers share: they source it with $root set to the project's folder.

fail() {
  echo "tsdsr: $*" >&2
  exit 2
}

# The feature release of the JDK in a folder, 0 where there is none. Its release file says it without starting it.
release() {
  [ -x "$1/bin/java" ] || { echo 0; return; }
  [ -r "$1/release" ] && number=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release") && [ -n "$number" ] \
      && { echo "$number"; return; }
  "$1/bin/java" -version 2>&1 | version_number
}

version_number() {
  number=$(sed -n 's/.* version "\([0-9]*\).*/\1/p' | head -n 1)
  echo "${number:-0}"
}

# The user's folder, which the environment of a service or a cron job may not name; nothing where it cannot be known.
user_home() {
  [ -z "${HOME:-}" ] || { echo "$HOME"; return; }
  user=$(id -un 2> /dev/null) || return 0
  case $user in
    '' | *[!A-Za-z0-9._-]*) return ;;
  esac
  eval "folder=~$user"
  case $folder in
    /*) echo "$folder" ;;
  esac
}

# Sets java_home to a JDK 25 or later, or only $java to its command where that is on the path.
find_java() {
  if [ -n "${TSDSR_JAVA_HOME:-}" ]; then
    [ "$(release "$TSDSR_JAVA_HOME")" -ge 25 ] \
      || fail "TSDSR_JAVA_HOME=$TSDSR_JAVA_HOME: expected the folder of a JDK 25 or later"
    java_home=$TSDSR_JAVA_HOME
    java=$java_home/bin/java
    return
  fi
  java_home=
  if [ -n "${JAVA_HOME:-}" ] && [ "$(release "$JAVA_HOME")" -ge 25 ]; then
    java_home=$JAVA_HOME
    java=$java_home/bin/java
    return
  fi
  if java=$(command -v java) && [ "$("$java" -version 2>&1 | version_number)" -ge 25 ]; then
    return
  fi
  home=$(user_home)
  for java_home in /usr/lib/jvm/* /usr/java/* /opt/java/* /opt/jdk* \
      /Library/Java/JavaVirtualMachines/*/Contents/Home "$home"/Library/Java/JavaVirtualMachines/*/Contents/Home \
      /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
      "$home"/.sdkman/candidates/java/* "$home"/.jdks/* "$home"/.asdf/installs/java/* \
      "$home"/.local/share/mise/installs/java/*; do
    if [ "$(release "$java_home")" -ge 25 ]; then
      java=$java_home/bin/java
      return
    fi
  done
  fail "no Java 25 or later found: install a JDK 25 (for example from https://adoptium.net)" \
    "or set TSDSR_JAVA_HOME to the folder of one"
}

# build MODULE "PARTS": packages the module where its jar is missing or a part of the project is newer.
build() {
  stamp=$root/$1/target/built
  is_old "$1" "$2" || return 0
  mkdir -p "$root/$1/target" 2> /dev/null && [ -w "$root/$1/target" ] \
    || fail "$root/$1/target: cannot be written, expected a folder where the project may be built at its first use"
  # Two first uses at once build one after the other.
  if command -v flock > /dev/null; then
    exec 9> "$root/$1/target/build.lock"
    flock 9
    is_old "$1" "$2" || { exec 9>&-; return 0; }
  fi
  echo "building (first use, or newer sources) ..." >&2
  # Removed, not overwritten: a process that runs from these jars keeps its own.
  rm -rf "$root/$1/target/lib" "$root/$1/target/$1.jar" "$root/$1/target/$1.aot" "$stamp"
  : > "$stamp.begun"
  log=$root/$1/target/build.log
  # Maven finds a JDK of its own; the one found here may lie where it does not look.
  [ -n "$java_home" ] || java_home=$("$java" -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java\.home = //p')
  if [ -x "$java_home/bin/javac" ]; then
    export JAVA_HOME="$java_home"
  fi
  [ -n "${HOME:-}" ] || { HOME=$(user_home); export HOME="${HOME:-$root/$1/target}"; }
  (cd "$root" && sh ./mvnw -B -q -DskipTests package -pl "$1" -am) > "$log" 2>&1 9>&- < /dev/null || {
    reason=$(sed -n 's/^\[ERROR\] //p' "$log" | grep -v '^COMPILATION ERROR' | head -n 1)
    fail "the build failed: ${reason:-$(tail -n 1 "$log")} (all of it: $log)"
  }
  # As old as the build's beginning: what was edited meanwhile is newer.
  mv "$stamp.begun" "$stamp"
  exec 9>&-
}

is_old() {
  [ -f "$stamp" ] && [ -f "$root/$1/target/$1.jar" ] || return 0
  for part in $2; do
    if [ -d "$root/$part" ]; then
      newer=$(find "$root/$part/pom.xml" "$root/$part/src/main" -newer "$stamp" | head -n 1)
    else
      newer=$(find "$root/$part" -newer "$stamp")
    fi
    [ -z "$newer" ] || return 0
  done
  return 1
}

# Java reads file names by the locale. A plain one, which containers and cron jobs have, and one that is not installed know ASCII
# only; others know some letters. On macOS Java takes names for UTF-8 under any locale.
name_files_in_utf8() {
  [ "$(locale charmap 2> /dev/null)" = UTF-8 ] || [ "$(uname)" = Darwin ] || export LC_ALL=C.UTF-8
}

# remember_start CACHE COMMAND...: runs the command once after a build, so that Java keeps what it loaded and learned (an AOT
# cache, JEP 483 and 515): later runs start half a second sooner. Where that fails an empty file stands for the cache.
remember_start() {
  cache=$1
  shift
  [ ! -e "$cache" ] && [ -w "${cache%/*}" ] && ! chooses_cache || return 0
  made=start.$$
  # In the folder, since Java's options are split at blanks and its path may have some.
  (cd "${cache%/*}" && TSDSR_JAVA_OPTS=-XX:AOTCacheOutput=$made "$@" > "$cache.log" 2>&1 < /dev/null && [ -s "$made" ] \
    || : > "$made"; mv -f "$made" "$cache")
}

# Whether the user's flags say what of Java's start is kept or taken.
chooses_cache() {
  case ${TSDSR_JAVA_OPTS:-} in
    *-XX:AOT* | *-Xshare* | *-XX:Shared* | *-XX:*SharedSpaces*) return 0 ;;
  esac
  return 1
}

# run CLASSPATH MAIN ARGUMENTS...: in place of this shell, so that signals and the exit code are Java's.
run() {
  set -- -cp "$@"
  if [ -s "${cache:-}" ] && ! chooses_cache; then
    # Silent: a cache that another Java made, or that fits no more, is passed over.
    set -- "-XX:AOTCache=$cache" '-Xlog:aot*=off' "$@"
  fi
  name_files_in_utf8
  set -f
  # The virtual machine would tell on stdout that it has read the compiler's directives; errors in options must be seen.
  messages=-XX:-DisplayVMOutput
  [ -z "${TSDSR_JAVA_OPTS:-}" ] || messages=-XX:+DisplayVMOutputToStderr
  # Tensors lie outside the heap, so the collector that starts fastest will do. Options are split at blanks on purpose.
  # shellcheck disable=SC2086
  exec "$java" -XX:+UseSerialGC -XX:NewRatio=8 -Djava.awt.headless=true \
    -XX:+UnlockDiagnosticVMOptions $messages \
    -XX:CompilerDirectivesFile="$root/tsdsr/src/main/resources/io/github/tsdsr/bundle/compiler-directives.json" \
    --add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED ${TSDSR_JAVA_OPTS:-} "$@"
}
