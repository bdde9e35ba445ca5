#!/bin/sh
# Builds and tests the Java binding: Maven's tests, the cost of a streamed token, and a fresh project that runs the README's ten lines.
#
#     bindings/java/test.sh PITH BUILD       the pith command of a build of this source; a folder to build in
#
# Prints one line, "passed failed skipped" and the names of what failed, as tests/run.sh counts; the rest goes to BUILD.log and, of
# failures, to standard error.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
command=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
mkdir -p "$2"
build=$(cd "$2" && pwd)
log=$build.log
model=$here/../../examples/models/tales-q8_0.gguf
cd "$here/../.."
. ./cmake/packages.sh

have_java() (
    need command javac openjdk-17-jdk-headless
    need command mvn maven
    need command dpkg-source dpkg-dev
    install_missing
)

skip() {
    echo "java: skipped, as $1 cannot be had" >&2
    echo 0 0 1
    exit 0
}

# The words after "Tests run:" of Maven's last line of them.
summary() {
    sed -n 's/.*Tests run: \([0-9]*\), Failures: \([0-9]*\), Errors: \([0-9]*\), Skipped: \([0-9]*\)$/\1 \2 \3 \4/p' "$log" | tail -n 1
}

jar_of() {
    echo "$build"/pith-*.jar
}

maven() {
    mvn -B -ntp -Dstyle.color=never "$@" >>"$log" 2>&1
}

# A project as its user would make it, with the program between the first two fences of README.md's Java.
fresh_project() {
    folder=$build/fresh
    rm -rf "$folder"
    mkdir -p "$folder/src/main/java"
    awk '/^```java$/ { on = 1; next } /^```$/ { if (on) exit } on' "$here/README.md" >"$folder/src/main/java/First.java"
    dependency=$(awk '/^```xml$/ { on = 1; next } /^```$/ { on = 0 } on' "$here/README.md")
    cat >"$folder/pom.xml" <<POM
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>fresh</groupId>
  <artifactId>fresh</artifactId>
  <version>1</version>
  <properties>
    <maven.compiler.release>11</maven.compiler.release>
    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
  </properties>
  <dependencies>
$dependency
  </dependencies>
</project>
POM
    maven -f "$folder/pom.xml" org.apache.maven.plugins:maven-compiler-plugin:3.13.0:compile || return 1
    maven -f "$folder/pom.xml" org.codehaus.mojo:exec-maven-plugin:3.2.0:exec -Dexec.executable=java -Dexec.outputFile="$folder/told" \
        -Dexec.args="-cp %classpath First $model" || return 1
    "$command" run "$model" --prompt "Once upon a time" >"$folder/wanted"
    [ -s "$folder/told" ] && [ "$(cat "$folder/told")" = "$(cat "$folder/wanted")" ] # the command ends with a newline of its own
}

overhead() {
    java -cp "$(jar_of)" bindings/java/bench/StreamOverhead.java "$model" "$build/native/linux-$(uname -m)/stream_overhead" 7 >>"$log" 2>&1
}

# Runs one step and counts it.
step() {
    if "$1"; then
        passed=$((passed + 1))
    else
        echo "java: $1 failed; the whole output is in $log" >&2
        failed=$((failed + 1)) names="$names $1"
    fi
}

: >"$log"
have_java >&2 || skip "a JDK or Maven"
passed=0 failed=0 skipped=0 names=
good=yes
maven -f bindings/java/pom.xml "-Dpith.build=$build" "-Dpith.command=$command" install || good=
if [ -z "$good" ] && grep -q -E 'Could not transfer artifact|Unknown host|Connection refused' "$log"; then
    skip "something Maven needs"
fi
counts=$(summary)
if [ -n "$counts" ]; then
    # shellcheck disable=SC2086 # four numbers
    set -- $counts
    failed=$(($2 + $3)) skipped=$4 passed=$(($1 - $2 - $3 - $4))
fi
if [ -z "$good" ]; then
    grep -E '^\[ERROR\]' "$log" | head -n 40 >&2
    echo "java: the whole output is in $log" >&2
    [ "$failed" -gt 0 ] || failed=1
    names=" maven"
else
    step overhead
    step fresh_project
fi
echo "$passed $failed $skipped$names"
